"""Editions of a certificate (证书版次): each number it ever had, what the paper of that number says, and why.

A certificate keeps its identity and its day of issue; lost, damaged or with a wrong name it gets a new
number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

from chuangpei.events.cert import ReissueReason
from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.refusals import Text

from cert_svc.people import StoredPerson

REISSUE_REASONS: Mapping[ReissueReason, Text] = MappingProxyType(
    {
        "lost": Text("遗失补发", "The paper was lost"),
        "damaged": Text("损坏换发", "The paper was damaged"),
        "name_corrected": Text("更正姓名换发", "The name was corrected"),
    }
)
"""换发原因; C06."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """Why an edition replaced the one before; ``evidence`` names the document of a corrected name."""

    reason: ReissueReason
    note: str
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition, counted from 1: its number, whom it names, when (UTC) and by whom it was made.

    ``identifier`` is its 电子证照标识; editions from before there were any have none. Without a
    ``replacement`` it is the first.
    """

    certificate_id: UUID
    edition: int
    number: str
    identifier: str | None
    person: StoredPerson
    at: datetime
    actor: str
    role: str
    replacement: Replacement | None = None

    @property
    def on(self) -> date:
        """The civil date in Asia/Shanghai on which it was made."""
        return civil_date(self.at)
