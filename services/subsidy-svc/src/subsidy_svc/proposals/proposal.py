"""A proposal (政策调整) of changed parameters: its methods change its state, or refuse."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from chuangpei.auth import Principal
from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.problems import FOUR_EYES, NOT_ALLOWED_NOW

from subsidy_svc.policy.proposing import Change
from subsidy_svc.proposals.lifecycle import NEXT, Action, State


@dataclass(slots=True)
class Trial:
    """How far a trial (试算) over past claims has come.

    ``run`` counts the trials of a proposal; ``based_on`` is the number of the publication whose law it went
    by. Claims up to ``last_claim`` are looked at in the order of their ids, those up to ``reached`` are done.
    """

    run: int = 0
    based_on: int | None = None
    last_claim: UUID | None = None
    reached: UUID | None = None
    claims_total: int = 0
    claims_tried: int = 0
    claims_changed: int = 0
    claims_without_facts: int = 0
    ended_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Proposal:
    """What is to change from ``effective_from`` on; the changes themselves are fixed from the beginning.

    ``number`` counts publications: each is based on the one before.
    """

    id: UUID
    title: str
    effective_from: date
    changes: tuple[Change, ...]
    state: State
    proposed_by: str
    proposed_by_person: str | None
    proposed_at: datetime
    trial: Trial = field(default_factory=Trial)
    number: int | None = None
    published_by: str | None = None
    published_by_person: str | None = None
    published_at: datetime | None = None
    published_on: date | None = None
    reason: str | None = None
    version: int = 1

    def begin_trial(self, based_on: int, last_claim: UUID | None, claims: int) -> Refusal | None:
        """A trial over the claims up to ``last_claim`` begins (试算); one made before is kept beside it."""
        if refusal := self._move(Action.TRY):
            return refusal
        self.trial = Trial(self.trial.run + 1, based_on, last_claim, claims_total=claims)
        return None

    def end_trial(self, at: datetime, *, failed: bool = False) -> Refusal | None:
        """Every claim was looked at, or the trial cannot go on."""
        if refusal := self._move(Action.FAIL if failed else Action.FINISH):
            return refusal
        self.trial.ended_at = at
        return None

    def publish(self, by: Principal, at: datetime) -> Refusal | None:
        """Another person than who proposed puts it in force from its day on (发布); D05 by analogy."""
        if refusal := self._move(Action.PUBLISH):
            return refusal
        if by.subject == self.proposed_by or (by.person_key and by.person_key == self.proposed_by_person):
            return Refusal(FOUR_EYES, detail=_ANOTHER_PUBLISHES)
        assert self.trial.based_on is not None, "what was tried was tried on a law"
        self.number = self.trial.based_on + 1
        self.published_by, self.published_by_person = by.subject, by.person_key
        self.published_at, self.published_on = at, civil_date(at)
        return None

    def withdraw(self, reason: str) -> Refusal | None:
        """It is not pursued (撤回)."""
        if refusal := self._move(Action.WITHDRAW):
            return refusal
        self.reason = reason
        return None

    def _move(self, action: Action) -> Refusal | None:
        following = NEXT.get((self.state, action))
        if following is None:
            return Refusal(
                NOT_ALLOWED_NOW, detail=Text(f"当前状态为 {self.state}", f"The proposal is {self.state}")
            )
        self.state = following
        self.version += 1
        return None


_ANOTHER_PUBLISHES = Text("提出人不得发布自己的调整", "Who proposed a change may not publish it")
