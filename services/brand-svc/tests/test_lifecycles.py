"""The transition tables: what they allow, what they refuse, and the diagrams of the README."""

import re
from pathlib import Path

import pytest
from brand_svc.applications import lifecycle as applications
from brand_svc.assessments import lifecycle as assessments
from brand_svc.assignments import lifecycle as assignments
from brand_svc.brands import lifecycle as brands
from brand_svc.exit_cases import lifecycle as exit_cases
from brand_svc.reports import lifecycle as reports
from brand_svc.rounds import lifecycle as rounds
from brand_svc.rubrics import lifecycle as rubrics
from brand_svc.scorings import lifecycle as scorings
from brand_svc.transitions import next_state
from chuangpei.kernel.refusals import Refusal

README = Path(__file__).parents[1] / "README.md"
LIFECYCLES = {
    "rounds": rounds,
    "assessments": assessments,
    "applications": applications,
    "brands": brands,
    "exit_cases": exit_cases,
    "reports": reports,
    "rubrics": rubrics,
    "scorings": scorings,
    "assignments": assignments,
}
STEPS = [
    pytest.param(module, state, action, id=f"{name}-{state}-{action}")
    for name, module in LIFECYCLES.items()
    for state in module.State
    for action in module.Action
]


@pytest.mark.parametrize(("module", "state", "action"), STEPS)
def test_each_step_is_in_the_table_or_refused_naming_the_state(module, state, action):
    after = next_state(module.NEXT, state, action)
    if (state, action) in module.NEXT:
        assert after is module.NEXT[state, action]
    else:
        assert isinstance(after, Refusal)
        assert after.problem.code == "not_allowed_in_state"
        assert after.detail is not None
        assert state.zh in after.detail.zh
        assert action.zh in after.detail.zh
        assert state in after.detail.en


@pytest.mark.parametrize("module", LIFECYCLES.values(), ids=LIFECYCLES)
def test_every_state_and_action_has_a_chinese_name_of_its_own(module):
    for kind in (module.State, module.Action):
        assert all(re.fullmatch("[一-鿿]+", one.zh) for one in kind)
        assert len({one.zh for one in kind}) == len(kind)


async def test_a_chinese_reader_is_refused_in_chinese(city):
    brand_round = await city.announce(days=0)
    refused = await city.post(f"/rounds/{brand_round['id']}/close", city.centre, version=1)
    assert refused.json()["detail"] == "当前状态为“已公告”，不能办理“截止”"


@pytest.mark.parametrize("module", LIFECYCLES.values(), ids=LIFECYCLES)
def test_every_state_can_be_reached_and_every_action_does_something(module):
    first = next(iter(module.State))
    reached = {first, *module.NEXT.values()}
    assert reached == set(module.State)
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


def test_no_step_leads_out_of_a_brand_that_is_over():
    over = {brands.State.ENDED, brands.State.REVOKED}
    assert not [state for state, _ in brands.NEXT if state in over]
