"""How a qualification is shown."""

from datetime import date

from chuangpei.web import finding_view

from training_svc.qualifications.qualification import Qualification
from training_svc.qualifications.schemas import FiguresBody, QualificationView


def view_of(one: Qualification, today: date) -> QualificationView:
    """The qualification as it stands on ``today``."""
    return QualificationView(
        id=one.id,
        institution_id=one.institution_id,
        credit_code=one.credit_code,
        project_code=one.project.code,
        stage=one.project.stage,
        standard_version=one.standard_version,
        district=one.district,
        state=one.standing(today),
        created_at=one.created_at,
        submitted_at=one.submitted_at,
        declared=FiguresBody.of(one.declared),
        found=FiguresBody.of(one.found),
        findings=[finding_view(found) for found in one.findings],
        decided_on=one.decided_on,
        reason=one.reason,
        valid_from=one.valid_from,
        valid_until=one.valid_until,
        standing_since=one.standing_since,
        standing_reason=one.standing_reason,
        version=one.version,
    )
