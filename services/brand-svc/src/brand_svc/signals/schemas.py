"""Views of signals."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from brand_svc.signals.signal import Signal


class SignalView(BaseModel):
    """A signal (线索) with its source; without ``case_id`` it came when there was no brand (D09)."""

    event_id: UUID
    source: str
    reference: str
    credit_code: str
    institution_name: str
    district: str
    ground: str
    reason_code: str
    occurred_on: date
    received_at: datetime
    case_id: UUID | None

    @classmethod
    def of(cls, signal: Signal) -> Self:
        """The view of a signal."""
        return cls(
            event_id=signal.event_id,
            source=signal.source,
            reference=signal.reference,
            credit_code=signal.credit_code,
            institution_name=signal.institution_name,
            district=signal.district,
            ground=signal.ground,
            reason_code=signal.reason_code,
            occurred_on=signal.occurred_on,
            received_at=signal.received_at,
            case_id=signal.case_id,
        )
