"""A blank certificate (空白证书): a numbered sheet from the printer, accounted for from then on (C06)."""

import re
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from chuangpei.events.cert import CertificateKind
from chuangpei.kernel.refusals import Refusal
from chuangpei.kernel.written import compact
from chuangpei.problems import NOT_ALLOWED_NOW

from cert_svc.certificates.certificate import Certificate
from cert_svc.stock.lifecycle import NEXT, Action, State

DIGITS = 8
_SERIAL = re.compile(rf"[A-Z]{{1,6}}[0-9]{{{DIGITS}}}")


class Range(NamedTuple):
    """Serials of one prefix, ``first`` to ``last``, both included."""

    prefix: str
    first: int
    last: int

    @property
    def quantity(self) -> int:
        """How many serials it has."""
        return self.last - self.first + 1


class Holder(NamedTuple):
    """Who keeps a blank: a district's centre or an evaluation body; neither for the city's own store."""

    district: str | None = None
    body_id: UUID | None = None


def serial_of(prefix: str, number: int) -> str:
    """The serial as it stands on the sheet: letters, then eight digits."""
    return f"{prefix}{number:0{DIGITS}d}"


def canonical(text: str) -> str:
    """The serial as it is stored, from how people write it; empty where it can be none."""
    serial = compact(text[:40]).replace("-", "")
    return serial if _SERIAL.fullmatch(serial) else ""


@dataclass(slots=True)
class Blank:
    """One sheet: who keeps it, what is printed on it, and to whom and when (Asia/Shanghai) it was handed."""

    serial: str
    prefix: str
    number: int
    kind: CertificateKind
    receipt_id: UUID
    state: State
    district: str | None
    body_id: UUID | None
    version: int
    certificate_id: UUID | None = None
    edition: int | None = None
    issued_to: str | None = None
    issued_to_key: str | None = None
    issued_on: date | None = None
    spoil_reason: str | None = None

    @property
    def holder(self) -> Holder:
        """Who keeps it, or kept it last."""
        return Holder(self.district, self.body_id)

    @property
    def alone(self) -> Range:
        """The range of this serial alone."""
        return Range(self.prefix, self.number, self.number)

    def print(self, certificate: Certificate) -> Refusal | None:
        """The newest edition of a certificate is printed on it (打印)."""
        if refusal := self._step(Action.PRINT):
            return refusal
        self.certificate_id, self.edition = certificate.id, certificate.edition
        return None

    def issue(self, certificate: Certificate, on: date) -> Refusal | None:
        """It is handed to the person whom its certificate names (发放)."""
        if refusal := self._step(Action.ISSUE):
            return refusal
        person = certificate.person
        self.issued_to, self.issued_to_key, self.issued_on = person.masked_name, person.person_key, on
        return None

    def spoil(self, reason: str) -> Refusal | None:
        """It can be used no more (作废): misprinted, damaged, lost; or what it says no longer holds."""
        if refusal := self._step(Action.SPOIL):
            return refusal
        self.spoil_reason = reason
        return None

    def _step(self, action: Action) -> Refusal | None:
        after = NEXT.get((self.state, action))
        if after is None:
            return Refusal(NOT_ALLOWED_NOW)
        self.state = after
        self.version += 1
        return None
