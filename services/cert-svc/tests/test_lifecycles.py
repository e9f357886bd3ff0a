"""The state diagrams of the README are the transition tables."""

import re
from pathlib import Path

import pytest
from cert_svc.certificates import lifecycle as certificates
from cert_svc.confirmations import lifecycle as confirmations
from cert_svc.evaluation_bodies import lifecycle as bodies
from cert_svc.evaluations import lifecycle as evaluations
from cert_svc.rechecks import lifecycle as rechecks
from cert_svc.sessions import lifecycle as sessions
from cert_svc.stock import lifecycle as stock

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("heading", "lifecycle"),
    [
        ("Evaluation body", bodies),
        ("Evaluation session", sessions),
        ("Evaluation", evaluations),
        ("Confirmation job", confirmations),
        ("Re-check", rechecks),
        ("Certificate", certificates),
        ("Blank certificate", stock),
    ],
)
def test_the_diagram_draws_every_step_and_no_other(heading, lifecycle):
    section = README.partition(f"### {heading}\n")[2]
    diagram = re.search(r"```mermaid\n(.*?)```", section, re.DOTALL)
    assert diagram
    drawn = set(re.findall(r"^ *(\w+) --> (\w+): (\w+)", diagram[1], re.MULTILINE))
    steps = {(str(state), str(after), str(action)) for (state, action), after in lifecycle.NEXT.items()}
    assert drawn == steps
