"""A claim window (申领期): opened by a stage-3 合格证书, closed by time or revocation (S05, D01, D06)."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from chuangpei.events.cert import CertificateIssued, CertificateReissued, CertificateRevoked
from chuangpei.events.subsidy import ClaimWindowClosed, ClaimWindowOpened

from subsidy_svc.policy.periods import Period

QUALIFYING_KIND = "training_qualification"
QUALIFYING_STAGE = 3
_DAY = timedelta(days=1)


class State(StrEnum):
    """Derived when read: what time alone decides is not stored."""

    OPEN = "open"
    CLOSED = "closed"


def may_open_a_window(event: CertificateIssued | CertificateReissued | CertificateRevoked) -> bool:
    """Whether the certificate is of the kind that opens windows: the 合格证书 of stage 3 (C02, S01)."""
    return event.kind == QUALIFYING_KIND and event.project.stage == QUALIFYING_STAGE


@dataclass(frozen=True, slots=True)
class Window:
    """One window. The holder's name and number stay encrypted under the event keys."""

    certificate_id: UUID
    certificate_number: str
    person_key: str
    masked_name: str
    name_encrypted: str
    id_number_encrypted: str
    institution_credit_code: str
    institution_name: str
    district: str
    project_code: str
    project_name: str
    class_started_on: date
    evaluated_on: date | None
    issued_on: date
    last_day: date
    last_day_provisional: bool
    closed_cause: str | None
    revoked_on: date | None

    def state_on(self, day: date) -> State:
        """Whether the window is open on ``day`` (Asia/Shanghai); its last whole day counts (D01)."""
        is_open = self.revoked_on is None and self.issued_on <= day <= self.last_day
        return State.OPEN if is_open else State.CLOSED

    def days_left(self, day: date) -> int:
        """How many days of the window are left, ``day`` included; none while it is closed."""
        return (self.last_day - day).days + 1 if self.state_on(day) is State.OPEN else 0

    def opened(self) -> ClaimWindowOpened:
        """The event of its opening."""
        return ClaimWindowOpened(
            certificate_id=self.certificate_id,
            person_key=self.person_key,
            district=self.district,
            issued_on=self.issued_on,
            last_day=self.last_day,
            last_day_provisional=self.last_day_provisional,
        )


def window_of(event: CertificateIssued, period: Period, remind_on: date | None) -> dict[str, object]:
    """The row of the window that a certificate opens; the district is frozen here (S07)."""
    return {
        "certificate_id": event.certificate_id,
        "certificate_number": event.number,
        "person_key": event.person.person_key,
        "masked_name": event.person.masked_name,
        "name_encrypted": event.person.name_encrypted,
        "id_number_encrypted": event.person.id_number_encrypted,
        "institution_credit_code": event.institution.credit_code,
        "institution_name": event.institution.name,
        "district": event.institution.district,
        "project_code": event.project.code,
        "project_name": event.project.name,
        "class_id": event.class_id,
        "class_started_on": event.class_started_on,
        "evaluated_on": event.evaluated_on,
        "issued_on": event.issued_on,
        "last_day": period.last_day,
        "last_day_provisional": period.provisional,
        "remind_on": remind_on,
    }


def edition_of(event: CertificateReissued) -> dict[str, object]:
    """What a window takes over from a newer edition of its certificate: its number and whom it names."""
    return {
        "certificate_number": event.number,
        "certificate_edition": event.edition,
        "masked_name": event.person.masked_name,
        "name_encrypted": event.person.name_encrypted,
        "id_number_encrypted": event.person.id_number_encrypted,
    }


def elapsed(certificate_id: UUID, person_key: str, last_day: date) -> ClaimWindowClosed:
    """The event of a window that closed when its last day ended."""
    return ClaimWindowClosed(
        certificate_id=certificate_id, person_key=person_key, cause="elapsed", closed_on=last_day + _DAY
    )
