"""A qualification (资质): an institution's right to run a stage-3 project by a version of its standard."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chuangpei.events.base import ProjectRef
from chuangpei.events.training import QualificationApproved
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_ALLOWED_NOW

from training_svc.qualifications.lifecycle import NEXT, Action, State


@dataclass(slots=True)
class Qualification:
    """One application and what became of it; ``district`` is the one that decides (T07)."""

    id: UUID
    institution_id: UUID
    credit_code: str
    project: ProjectRef
    standard_version: str
    district: str
    state: State
    submitted_at: datetime
    version: int
    decided_on: date | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    reason: str | None = None

    def approve(
        self, by: str, at: datetime, on: date, comment: str | None = None
    ) -> QualificationApproved | Refusal:
        """The district approves by the cited standard (T07); tells so in an event."""
        refusal = self._decide(Action.APPROVE, by, at, on, comment)
        if refusal:
            return refusal
        return QualificationApproved(
            credit_code=self.credit_code,
            institution_id=self.institution_id,
            qualification_id=self.id,
            project=self.project,
            standard_version=self.standard_version,
            approved_on=on,
        )

    def reject(self, by: str, at: datetime, on: date, reason: str) -> Refusal | None:
        """The district rejects, saying why; the institution may apply again (T07)."""
        return self._decide(Action.REJECT, by, at, on, reason)

    def _decide(self, action: Action, by: str, at: datetime, on: date, reason: str | None) -> Refusal | None:
        following = NEXT.get((self.state, action))
        if following is None:
            return Refusal(NOT_ALLOWED_NOW)
        self.state, self.reason = following, reason
        self.decided_by, self.decided_at, self.decided_on = by, at, on
        self.version += 1
        return None
