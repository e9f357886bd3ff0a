"""A signal (线索): something another service or an officer told that may point at an exit ground (D09)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chuangpei.consumer import Message
from chuangpei.events.base import Event, ExitGround
from chuangpei.events.cert import CertificateRevoked
from chuangpei.events.subsidy import SubsidyFraudConfirmed
from chuangpei.events.training import (
    InspectionOverdue,
    InstitutionInactive,
    InstitutionListedDishonest,
    InstitutionPenalised,
)

from brand_svc.policy.facts import Idleness


@dataclass(frozen=True, slots=True)
class Signal:
    """``reference`` names what it is about, as a certificate; without ``case_id`` it belongs to no case.

    ``id`` is that of the event, of the sanction, inspection or report: the same thing told again is one
    signal. Without a ``ground`` it opens no case; the risk board counts it. ``institution_name`` and
    ``district`` are those of the telling, or of the registration where that tells none. ``recorded_by`` is
    the officer who recorded it, if one did.
    """

    id: UUID
    source: str
    reference: str
    credit_code: str
    ground: ExitGround | None
    reason_code: str
    occurred_on: date
    received_at: datetime
    institution_name: str = ""
    district: str = ""
    case_id: UUID | None = None
    recorded_by: str | None = None
    statement: str | None = None
    evidence: list[dict[str, Any]] = field(default_factory=list)


Reading = dict[str, Any] | None


def _of_revocation(event: CertificateRevoked) -> Reading:
    """None where the reason of the revocation matches no exit ground (D09)."""
    if event.exit_ground is None:
        return None
    return {
        "reference": event.number,
        "credit_code": event.institution.credit_code,
        "institution_name": event.institution.name,
        "district": event.institution.district,
        "ground": event.exit_ground,
        "reason_code": event.reason_code,
        "occurred_on": event.revoked_on,
    }


def _of_fraud(event: SubsidyFraudConfirmed) -> Reading:
    """None where the institution had no part in the fraud (D09)."""
    if event.exit_ground is None:
        return None
    return {
        "reference": event.certificate_number,
        "credit_code": event.institution.credit_code,
        "institution_name": event.institution.name,
        "district": event.institution.district,
        "ground": event.exit_ground,
        "reason_code": "subsidy_fraud",
        "occurred_on": event.confirmed_on,
    }


def _of_sanction(event: InstitutionPenalised | InstitutionListedDishonest) -> Reading:
    """On X3 where it stops the institution; an amended one is told again under the same id."""
    return {
        "id": event.sanction_id,
        "reference": event.document_number,
        "credit_code": event.credit_code,
        "district": event.district,
        "ground": event.exit_ground,
        "reason_code": event.kind if isinstance(event, InstitutionPenalised) else "dishonesty_listing",
        "occurred_on": event.starts_on,
    }


def _of_inactivity(event: InstitutionInactive) -> Reading:
    """On X4 where site and full-time teachers are lacking as well."""
    idle = Idleness(event.inactive_since, event.has_site, event.full_time_instructors)
    return {
        "reference": f"{event.inactive_since}",
        "credit_code": event.credit_code,
        "district": event.district,
        "ground": "X4" if idle.without_all else None,
        "reason_code": "inactive",
        "occurred_on": event.told_on,
    }


def _of_overdue_rectification(event: InspectionOverdue) -> Reading:
    """On no ground: what an inspection found and was not put right in time (逾期未整改; B10)."""
    return {
        "reference": str(event.inspection_id),
        "credit_code": event.institution.credit_code,
        "institution_name": event.institution.name,
        "district": event.institution.district,
        "ground": None,
        "reason_code": "rectification_overdue",
        "occurred_on": event.deadline,
    }


READINGS: Mapping[type[Event], tuple[str, Callable[[Any], Reading]]] = {
    CertificateRevoked: ("certificate.revoked", _of_revocation),
    SubsidyFraudConfirmed: ("subsidy.fraud_confirmed", _of_fraud),
    InstitutionPenalised: ("institution.penalised", _of_sanction),
    InstitutionListedDishonest: ("institution.listed_dishonest", _of_sanction),
    InstitutionInactive: ("institution.inactive", _of_inactivity),
    InspectionOverdue: ("inspection.overdue", _of_overdue_rectification),
}
"""Which events are signals, what each is called as a source, and how it is read."""


def signal_in(message: Message, received_at: datetime) -> Signal | None:
    """The signal in an event of one of the types in :data:`READINGS`, or None where there is none (D09)."""
    source, read = READINGS[type(message.event)]
    told = read(message.event)
    if told is None:
        return None
    values: dict[str, Any] = {"id": message.event_id, "source": source, "received_at": received_at}
    return Signal(**values | told)
