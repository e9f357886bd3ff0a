"""Who may review a claim (回避、分工): never one's own, and alone while one has taken it (S07, D05)."""

from typing import Protocol

from chuangpei.auth import Principal
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.problems import FOUR_EYES

from subsidy_svc.problems import OWN_CLAIM, TAKEN_BY_ANOTHER


class Case(Protocol):
    """What these rules look at of a claim."""

    @property
    def person_key(self) -> str: ...

    @property
    def taken_by(self) -> str | None: ...

    @property
    def taken_by_person(self) -> str | None: ...


def is_same_person(officer: Principal, subject: str | None, person_key: str | None) -> bool:
    """By account and, where both are known, by person: two accounts of one person are one pair of eyes."""
    return officer.subject == subject or (officer.person_key is not None and officer.person_key == person_key)


def own_claim(officer: Principal, person_key: str) -> Refusal | None:
    """An officer has no part in the review of their own claim, in whatever office they sit (回避; D05)."""
    return Refusal(OWN_CLAIM, detail=_OWN) if officer.person_key == person_key else None


def may_not_review(officer: Principal, case: Case) -> Refusal | None:
    """Why the officer may not take a step of the review: the claim is their own, or another's to decide."""
    if refusal := own_claim(officer, case.person_key):
        return refusal
    if case.taken_by is not None and not is_same_person(officer, case.taken_by, case.taken_by_person):
        text = Text(
            f"由{case.taken_by}领取，退回后方可办理", f"Taken by {case.taken_by}; first to be handed back"
        )
        return Refusal(TAKEN_BY_ANOTHER, detail=text)
    return None


def not_another(officer: Principal, subject: str | None, person_key: str | None, why: Text) -> Refusal | None:
    """Refuses the second step to whoever took the first (四眼; D05)."""
    return Refusal(FOUR_EYES, detail=why) if is_same_person(officer, subject, person_key) else None


_OWN = Text("申领人本人须回避（D05）", "The claimant has no part in the review (D05)")
