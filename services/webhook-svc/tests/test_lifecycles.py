"""The transition tables: what they allow, what they refuse, and the diagrams of the README."""

import re
from pathlib import Path

import pytest
from chuangpei.kernel.refusals import Refusal
from webhook_svc.agencies import lifecycle as agencies
from webhook_svc.deliveries import lifecycle as deliveries
from webhook_svc.endpoints import lifecycle as endpoints
from webhook_svc.transitions import next_state

README = Path(__file__).parents[1] / "README.md"
LIFECYCLES = {"agencies": agencies, "endpoints": endpoints, "deliveries": deliveries}


@pytest.mark.parametrize("name", LIFECYCLES)
def test_each_step_is_in_the_table_or_refused(name):
    module = LIFECYCLES[name]
    for state in module.State:
        for action in module.Action:
            after = next_state(module.NEXT, state, action)
            assert after is module.NEXT.get((state, action)) or isinstance(after, Refusal)


@pytest.mark.parametrize("name", LIFECYCLES)
def test_every_state_can_be_reached_and_every_action_does_something(name):
    module = LIFECYCLES[name]
    assert {next(iter(module.State)), *module.NEXT.values()} == set(module.State)
    assert {action for _, action in module.NEXT} == set(module.Action)


@pytest.mark.parametrize("name", LIFECYCLES)
def test_the_diagram_in_the_readme_is_the_table(name):
    text = README.read_text(encoding="utf-8")
    diagram = re.search(rf"%% {name}\n(.*?)```", text, re.DOTALL)
    assert diagram is not None
    drawn = set(re.findall(r"^\s*(\w+) --> (\w+): (\w+)$", diagram[1], re.MULTILINE))
    table = {
        (str(before), str(after), str(action)) for (before, action), after in LIFECYCLES[name].NEXT.items()
    }
    assert drawn == table


def test_nothing_leads_back_from_deletion():
    assert not [state for state, _ in endpoints.NEXT if state is endpoints.State.DELETED]
