"""A signal (线索): something another service told that points at an exit ground (D09)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Self
from uuid import UUID

from chuangpei.events.base import ExitGround
from chuangpei.events.cert import CertificateRevoked
from chuangpei.events.subsidy import SubsidyFraudConfirmed


@dataclass(frozen=True, slots=True)
class Signal:
    """``reference`` names what it is about, as a certificate; without ``case_id`` it belongs to no case."""

    event_id: UUID
    source: str
    reference: str
    credit_code: str
    institution_name: str
    district: str
    ground: ExitGround
    reason_code: str
    occurred_on: date
    received_at: datetime
    case_id: UUID | None = None

    @classmethod
    def of_revocation(cls, event: CertificateRevoked, event_id: UUID, received_at: datetime) -> Self | None:
        """The signal in a revoked certificate, or None where its reason matches no exit ground (D09)."""
        if event.exit_ground is None:
            return None
        return cls(
            event_id=event_id,
            source="certificate.revoked",
            reference=event.number,
            credit_code=event.institution.credit_code,
            institution_name=event.institution.name,
            district=event.institution.district,
            ground=event.exit_ground,
            reason_code=event.reason_code,
            occurred_on=event.revoked_on,
            received_at=received_at,
        )

    @classmethod
    def of_fraud(cls, event: SubsidyFraudConfirmed, event_id: UUID, received_at: datetime) -> Self | None:
        """The signal in a confirmed subsidy fraud, or None where the institution had no part in it (D09)."""
        if event.exit_ground is None:
            return None
        return cls(
            event_id=event_id,
            source="subsidy.fraud_confirmed",
            reference=event.certificate_number,
            credit_code=event.institution.credit_code,
            institution_name=event.institution.name,
            district=event.institution.district,
            ground=event.exit_ground,
            reason_code="subsidy_fraud",
            occurred_on=event.confirmed_on,
            received_at=received_at,
        )
