"""An objection (异议): its methods change its state, or give the refusal."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from chuangpei.auth import Principal
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.problems import NOT_ALLOWED_NOW

from subsidy_svc.claims.reviewers import is_same_person, not_another
from subsidy_svc.objections.lifecycle import DECIDED, NEXT, Action, State
from subsidy_svc.problems import NOT_INVESTIGATED


class Author(NamedTuple):
    """Who wrote a note of the investigation: the account and, where it is known, the person."""

    subject: str
    person_key: str | None


@dataclass(slots=True, kw_only=True)
class Objection:
    """One objection to one notice. ``due_on`` is the last day for the step awaited, or that was."""

    id: UUID
    notice_id: UUID
    claim_id: UUID
    district: str
    received_at: datetime
    state: State
    due_on: date
    investigator: str | None = None
    investigator_person: str | None = None
    decision_reason: str | None = None
    decision_article: str | None = None
    decided_by: str | None = None
    decided_by_person: str | None = None
    decided_at: datetime | None = None
    version: int = 1

    def accept(self, due_on: date) -> Refusal | None:
        """The district takes it up (受理); the decision is due on ``due_on`` (S09)."""
        if refusal := self._move(Action.ACCEPT):
            return refusal
        self.due_on = due_on
        return None

    def not_accept(self, officer: Principal, at: datetime, reason: str, article: str) -> Refusal | None:
        """The district does not take it up (不予受理), and says why and by which article (S09)."""
        if refusal := self._move(Action.NOT_ACCEPT):
            return refusal
        self._decide(officer, at, reason, article)
        return None

    def investigate(self, officer: Principal) -> Refusal | None:
        """An officer investigates it (核查), or takes it over from another who did (S09)."""
        if is_same_person(officer, self.investigator, self.investigator_person):
            return Refusal(NOT_ALLOWED_NOW, detail=_YOURS)
        if refusal := self._move(Action.INVESTIGATE):
            return refusal
        self.investigator, self.investigator_person = officer.subject, officer.person_key
        return None

    def may_note(self, officer: Principal) -> Refusal | None:
        """What is found is noted by who investigates, while that goes on."""
        if self.state is not State.INVESTIGATING:
            return self._not_now()
        mine = is_same_person(officer, self.investigator, self.investigator_person)
        return None if mine else Refusal(NOT_ALLOWED_NOW, detail=_ANOTHERS)

    def decide(
        self,
        action: Action,
        officer: Principal,
        at: datetime,
        reason: str,
        article: str,
        noted_by: Collection[Author],
    ) -> Refusal | None:
        """Another person than who investigated upholds or dismisses it (异议成立、不成立; S09, D05).

        ``noted_by`` wrote the notes of the investigation: without one there is nothing to decide by.
        """
        if refusal := self._move(action):
            return refusal
        for author in (Author(self.investigator or "", self.investigator_person), *noted_by):
            if refusal := not_another(officer, author.subject, author.person_key, _ANOTHER_DECIDES):
                return refusal
        if not noted_by:
            return Refusal(NOT_INVESTIGATED)
        self._decide(officer, at, reason, article)
        return None

    def amend(self, reason: str, article: str) -> Refusal | None:
        """The reason or article of a decision is put right (更正); the decision itself stays."""
        if self.state not in DECIDED:
            return self._not_now()
        self.decision_reason, self.decision_article = reason, article
        return None

    def _decide(self, officer: Principal, at: datetime, reason: str, article: str) -> None:
        self.decision_reason, self.decision_article, self.decided_at = reason, article, at
        self.decided_by, self.decided_by_person = officer.subject, officer.person_key

    def _move(self, action: Action) -> Refusal | None:
        following = NEXT.get((self.state, action))
        if following is None:
            return self._not_now()
        self.state = following
        return None

    def _not_now(self) -> Refusal:
        text = Text(f"当前状态为 {self.state}", f"The objection is {self.state}")
        return Refusal(NOT_ALLOWED_NOW, detail=text)


_YOURS = Text("该异议已由您核查", "You are investigating it already")
_ANOTHERS = Text("由他人核查，接手后方可记录", "Another investigates it; take it over first")
_ANOTHER_DECIDES = Text("核查人不得作出决定（D05）", "Who investigated does not decide (D05)")
