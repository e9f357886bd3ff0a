"""A completed training (完成培训) as training-svc told it: what certificates and evaluations rest on."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chuangpei.events.base import InstitutionRef, ProjectRef

from cert_svc.people import StoredPerson


@dataclass(frozen=True, slots=True)
class Completion:
    """One trainee's completed training (C01, C02), as it was told last.

    Dates are civil dates in Asia/Shanghai. ``instructor_keys`` are the person keys of those who taught.
    """

    enrolment_id: UUID
    class_id: UUID
    institution: InstitutionRef
    project: ProjectRef
    person: StoredPerson
    standard_version: str
    class_started_on: date
    class_ended_on: date
    completed_on: date
    sessions_attended: int
    sessions_held: int
    instructor_keys: tuple[str, ...]
