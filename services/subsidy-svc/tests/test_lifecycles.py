"""The state diagrams of the README are the transition tables."""

import re
from pathlib import Path

import pytest
from subsidy_svc.attachments import lifecycle as attachments
from subsidy_svc.claims import lifecycle as claims
from subsidy_svc.drafts import lifecycle as drafts
from subsidy_svc.fault_findings import lifecycle as fault_findings
from subsidy_svc.objections import lifecycle as objections
from subsidy_svc.payments import lifecycle as batches
from subsidy_svc.platform_pushes import lifecycle as pushes
from subsidy_svc.proposals import lifecycle as proposals
from subsidy_svc.recoveries import lifecycle as recoveries

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
DRAWN = [
    ("Claim", claims),
    ("Draft", drafts),
    ("Attachment", attachments),
    ("Objection", objections),
    ("Batch", batches),
    ("Push", pushes),
    ("Proposal", proposals),
    ("Recovery", recoveries),
    ("Finding of fault", fault_findings),
]


@pytest.mark.parametrize(("heading", "lifecycle"), DRAWN)
def test_the_diagram_draws_every_step_and_no_other(heading, lifecycle):
    section = README.partition(f"### {heading}\n")[2]
    diagram = re.search(r"```mermaid\n(.*?)```", section, re.DOTALL)
    assert diagram
    drawn = set(re.findall(r"^ *(\w+) --> (\w+): (\w+)", diagram[1], re.MULTILINE))
    steps = {(str(state), str(after), str(action)) for (state, action), after in lifecycle.NEXT.items()}
    assert drawn == steps
