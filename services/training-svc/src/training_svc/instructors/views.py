"""Instructors as they are shown: masked, in the state of the day."""

from collections.abc import Sequence
from datetime import date

from chuangpei.database import Row

from training_svc.instructors.instructor import Instructor
from training_svc.instructors.schemas import CertificateView, InstructorSummary, InstructorView


def summary(one: Instructor, today: date) -> InstructorSummary:
    """An instructor without the certificates."""
    return InstructorSummary(
        id=one.id,
        name=one.person.masked_name,
        id_number=one.person.masked_id_number,
        phone=one.masked_phone,
        employment=one.employment,
        institution_id=one.institution_id,
        institution_name=one.institution_name,
        credit_code=one.credit_code,
        district=one.district,
        fields=list(one.fields),
        projects=list(one.projects),
        state=one.state_on(today),
        applied_at=one.applied_at,
        admitted_on=one.admitted_on,
        appraisal_due_on=one.appraisal_due_on,
        exits_on=one.exits_on,
        may_apply_again_on=one.may_return_on,
        reason=one.reason,
        version=one.version,
    )


def view(one: Instructor, certificates: Sequence[Row], today: date) -> InstructorView:
    """An instructor with the certificates held."""
    return InstructorView(
        **summary(one, today).model_dump(), certificates=[_certificate(row) for row in certificates]
    )


def _certificate(row: Row) -> CertificateView:
    return CertificateView.model_validate({name: row[name] for name in CertificateView.model_fields})
