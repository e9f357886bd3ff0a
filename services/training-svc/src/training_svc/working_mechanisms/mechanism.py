"""A district's working mechanism (工作机制): filed with the city centre (O01)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.masking import mask_name, mask_phone
from chuangpei.kernel.refusals import Refusal
from chuangpei.privacy import Privacy
from chuangpei.problems import NOT_ALLOWED_NOW

from training_svc.working_mechanisms.lifecycle import NEXT, Action, State

_NAME, _PHONE = "contact.name", "contact.phone"


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask in the responsible unit (联系人): masks to show, the rest encrypted."""

    masked_name: str
    masked_phone: str
    name_encrypted: str
    phone_encrypted: str

    @classmethod
    def sealed(cls, privacy: Privacy, name: str, phone: str) -> "Contact":
        """Seals a name and a normalised phone number."""
        return cls(
            masked_name=mask_name(name),
            masked_phone=mask_phone(phone),
            name_encrypted=privacy.at_rest.encrypt(name, _NAME),
            phone_encrypted=privacy.at_rest.encrypt(phone, _PHONE),
        )

    def is_same_as(self, privacy: Privacy, other: "Contact") -> bool:
        """Whether both are one name and number: two numbers may look alike under their masks."""
        return self._clear(privacy) == other._clear(privacy)

    def _clear(self, privacy: Privacy) -> tuple[str, str]:
        open_ = privacy.at_rest.decrypt
        return open_(self.name_encrypted, _NAME), open_(self.phone_encrypted, _PHONE)

    def __str__(self) -> str:
        return f"{self.masked_name} {self.masked_phone}"


@dataclass(slots=True)
class Mechanism:
    """One filing and what became of it; the latest accepted one is the district's present mechanism."""

    id: UUID
    district: str
    title: str
    document_reference: str
    responsible_unit: str
    contact: Contact
    state: State
    filed_at: datetime
    filed_on: date
    version: int
    decided_at: datetime | None = None
    decided_on: date | None = None
    decided_by: str | None = None
    reason: str | None = None

    def accept(self, by: str, at: datetime) -> Refusal | None:
        """The city centre takes it on file (备案)."""
        return self._decide(Action.ACCEPT, by, at, None)

    def send_back(self, by: str, at: datetime, reason: str) -> Refusal | None:
        """The city centre returns it (退回), saying why; the district files anew."""
        return self._decide(Action.RETURN, by, at, reason)

    def _decide(self, action: Action, by: str, at: datetime, reason: str | None) -> Refusal | None:
        following = NEXT.get((self.state, action))
        if following is None:
            return Refusal(NOT_ALLOWED_NOW)
        self.state, self.reason = following, reason
        self.decided_by, self.decided_at, self.decided_on = by, at, civil_date(at)
        self.version += 1
        return None
