"""The state diagrams of the README are the transition tables."""

import re
from pathlib import Path

import pytest
from training_svc.anomalies import lifecycle as anomalies
from training_svc.classes import lifecycle as classes
from training_svc.complaints import lifecycle as complaints
from training_svc.course_materials.tables import course_materials
from training_svc.courses import lifecycle as courses
from training_svc.designations import lifecycle as designations
from training_svc.enrolments import lifecycle as enrolments
from training_svc.enterprises.tables import enterprise_snapshots
from training_svc.exits import lifecycle as exits
from training_svc.feedback.tables import feedback_rounds
from training_svc.follow_ups import lifecycle as follow_ups
from training_svc.inspections import lifecycle as inspections
from training_svc.institutions import lifecycle as institutions
from training_svc.instructors import lifecycle as instructors
from training_svc.norms.tables import evaluation_norms
from training_svc.projects.tables import projects
from training_svc.qualifications import lifecycle as qualifications
from training_svc.rosters import lifecycle as rosters
from training_svc.sanctions import lifecycle as sanctions
from training_svc.standards.tables import standards
from training_svc.training_plans import lifecycle as plans
from training_svc.working_mechanisms import lifecycle as mechanisms

PACKAGE = Path(classes.__file__).parents[1]
README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


DRAWN = [
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
]


@pytest.mark.parametrize(("heading", "lifecycle"), DRAWN)
def test_the_diagram_draws_every_step_and_no_other(heading, lifecycle):
    section = README.partition(f"### {heading}\n")[2]
    diagram = re.search(r"```mermaid\n(.*?)```", section, re.DOTALL)
    assert diagram
    drawn = set(re.findall(r"^ *(\w+) --> (\w+): (\w+)", diagram[1], re.MULTILINE))
    steps = {(str(state), str(after), str(action)) for (state, action), after in lifecycle.NEXT.items()}
    assert drawn == steps


def test_every_lifecycle_is_drawn():
    """A folder that has a table of steps has its diagram too."""
    kept = {path.parent.name for path in PACKAGE.glob("*/lifecycle.py")}
    assert {Path(lifecycle.__file__).parent.name for _, lifecycle in DRAWN} == kept


@pytest.mark.parametrize(
    ("table", "column"),
    [
        (feedback_rounds, "closed_on"),
        (course_materials, "released_at"),
        (enterprise_snapshots, "state"),
        (standards, "withdrawn_on"),
        (evaluation_norms, "withdrawn_on"),
        (projects, "retired_on"),
    ],
    ids=lambda one: one if isinstance(one, str) else one.name,
)
def test_what_a_date_tells_is_told(table, column):
    told = README.partition("### What a date tells\n")[2].partition("\n## ")[0]
    assert column in table.c
    assert column == "state" or f"`{column}`" in told
