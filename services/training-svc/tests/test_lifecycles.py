"""The state diagrams of the README are the transition tables."""

import re
from pathlib import Path

import pytest
from training_svc.anomalies import lifecycle as anomalies
from training_svc.classes import lifecycle as classes
from training_svc.complaints import lifecycle as complaints
from training_svc.courses import lifecycle as courses
from training_svc.designations import lifecycle as designations
from training_svc.enrolments import lifecycle as enrolments
from training_svc.exits import lifecycle as exits
from training_svc.follow_ups import lifecycle as follow_ups
from training_svc.inspections import lifecycle as inspections
from training_svc.institutions import lifecycle as institutions
from training_svc.instructors import lifecycle as instructors
from training_svc.qualifications import lifecycle as qualifications
from training_svc.rosters import lifecycle as rosters
from training_svc.sanctions import lifecycle as sanctions
from training_svc.training_plans import lifecycle as plans
from training_svc.working_mechanisms import lifecycle as mechanisms

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("heading", "lifecycle"),
    [
        ("Qualification", qualifications),
        ("Class", classes),
        ("Enrolment", enrolments),
        ("Course", courses),
        ("Roster import", rosters),
        ("Working mechanism", mechanisms),
        ("Training plan", plans),
        ("Instructor", instructors),
        ("Follow-up", follow_ups),
        ("Exit from the pool", exits),
        ("Anomaly", anomalies),
        ("Institution", institutions),
        ("Sanction", sanctions),
        ("Complaint", complaints),
        ("Designation", designations),
        ("Inspection", inspections),
    ],
)
def test_the_diagram_draws_every_step_and_no_other(heading, lifecycle):
    section = README.partition(f"### {heading}")[2]
    diagram = re.search(r"```mermaid\n(.*?)```", section, re.DOTALL)
    assert diagram
    drawn = set(re.findall(r"^ *(\w+) --> (\w+): (\w+)", diagram[1], re.MULTILINE))
    steps = {(str(state), str(after), str(action)) for (state, action), after in lifecycle.NEXT.items()}
    assert drawn == steps
