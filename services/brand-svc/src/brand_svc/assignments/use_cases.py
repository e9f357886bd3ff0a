"""Verbs: draw assessors, score, withdraw, replace, set aside (B04).

Locks are always taken in the order round, assessors, scorings, assignments, so that nobody waits in a circle.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.problems import INVALID_INPUT, NOT_ALLOWED_NOW, NOT_FOUND

from brand_svc.assessors import repository as assessors
from brand_svc.assignments import repository
from brand_svc.assignments.assignment import Assignment
from brand_svc.assignments.lifecycle import Action, State
from brand_svc.policy.drawing import Drawn, Vacancy, draw
from brand_svc.policy.parameters import parameters_on
from brand_svc.policy.rubric import Rubric
from brand_svc.policy.scoring import judged_points, shares_of
from brand_svc.recording import record_step
from brand_svc.rounds import repository as rounds
from brand_svc.rounds.lifecycle import UNDER_REVIEW
from brand_svc.scorings import repository as scorings
from brand_svc.scorings.lifecycle import State as ScoringState
from brand_svc.scorings.scoring import Score
from brand_svc.scorings.use_cases import rubric_of, unfit_marks
from brand_svc.service import Service
from brand_svc.transitions import stale

_PLACES = (1, 2, 3)
_MISSING = Text("未评分", "There is no mark for it")


@dataclass(frozen=True, slots=True)
class Given:
    """What an assessor gives: marks by indicator, on what each rests, and a comment on the whole."""

    marks: Mapping[str, int]
    bases: Mapping[str, str]
    comment: str


async def draw_round(
    tx: Transaction, service: Service, principal: Principal, round_id: UUID
) -> Drawn | Refusal:
    """Draws assessors for every free place of a round (抽取评审专家): two each, a third where it is wanted.

    Nobody with a tie to the institution is drawn, nor anybody who left a place of the same scoring.
    """
    brand_round = await rounds.load_for_update(tx, round_id)
    if brand_round is None:
        return Refusal(NOT_FOUND)
    if brand_round.state not in UNDER_REVIEW:
        return Refusal(NOT_ALLOWED_NOW)
    today = service.clock.today()
    pool = await assessors.locked_pool(tx)
    rows = await repository.locked_open(tx, round_id)
    load = dict.fromkeys(pool, 0)
    load |= {one: much for one, much in (await repository.load_in(tx, round_id)).items() if one in pool}
    drawn = draw(await _vacancies(tx, rows), load, await assessors.tied(tx, today))
    due_on = today + timedelta(days=parameters_on(service.law, today).assessor_days.value)
    new = [
        Assignment(
            id=new_id(),
            scoring_id=vacancy.scoring_id,
            round_id=round_id,
            credit_code=vacancy.credit_code,
            place=vacancy.place,
            assessor_id=assessor_id,
            person_key=pool[assessor_id],
            state=State.ASSIGNED,
            due_on=due_on,
            assigned_at=service.clock.now(),
            assigned_by=principal.subject,
            end_reason=None,
            version=1,
        )
        for vacancy, assessor_id in drawn.places
    ]
    await repository.add_all(tx, sorted(new, key=lambda one: one.person_key))
    details = {"assigned": len(new), "vacant": len(drawn.vacant)}
    await record_step(tx, service, principal, "draw_assessors", brand_round, details=details)
    return drawn


async def _vacancies(tx: Transaction, rows: Sequence[Row]) -> list[Vacancy]:
    taken, ever = await repository.places_of(tx, [row["id"] for row in rows])
    found = []
    for row in rows:
        wanted = 3 if row["state"] == ScoringState.THIRD_WANTED else 2
        free = [place for place in _PLACES if place not in taken.get(row["id"], ())]
        missing = wanted - len(taken.get(row["id"], ()))
        not_again = frozenset(ever.get(row["id"], ()))
        found += [
            Vacancy(row["id"], row["credit_code"], place, not_again) for place in free[: max(missing, 0)]
        ]
    return found


async def score(
    tx: Transaction,
    service: Service,
    principal: Principal,
    assignment_id: UUID,
    version: int,
    given: Given,
) -> Assignment | Refusal:
    """The assessor scores (评分): a mark and its basis for each judged indicator. It never changes.

    Neither of two sees what the other gave before both are in; a difference beyond the rubric's limit asks a
    third.
    """
    known = await own(tx, principal, assignment_id)
    if known is None:
        return Refusal(NOT_FOUND)
    brand_round = await rounds.load_unchanging(tx, known.round_id)
    scoring = await scorings.load_for_update(tx, known.scoring_id)
    assignment = await repository.load_for_update(tx, assignment_id)
    assert brand_round is not None
    assert scoring is not None
    assert assignment is not None
    rubric = await rubric_of(tx, scoring.rubric_id)
    if refused := stale(assignment.version, version) or _unfit(rubric, given):
        return refused
    if brand_round.state not in UNDER_REVIEW:
        return Refusal(NOT_ALLOWED_NOW)
    before, state_before = assignment.state, scoring.state
    if refused := assignment.score():
        return refused
    new = _score(service, rubric, assignment, given)
    if refused := scoring.take(rubric, [*scoring.scores, new]):
        return refused
    await repository.save(tx, assignment)
    await repository.add_score(tx, _row(new))
    await scorings.save(tx, scoring)
    await record_step(tx, service, principal, "score", assignment, from_state=before)
    await record_step(tx, service, principal, "weigh_scores", scoring, from_state=state_before)
    return assignment


def _unfit(rubric: Rubric, given: Given) -> Refusal | None:
    errors = [*unfit_marks(rubric, given.marks)]
    errors += [
        FieldError(f"/marks/{one.code}", "missing", _MISSING)
        for one in rubric.judged
        if one.code not in given.marks
    ]
    return Refusal(INVALID_INPUT, errors=tuple(errors)) if errors else None


def _score(service: Service, rubric: Rubric, assignment: Assignment, given: Given) -> Score:
    return Score(
        assignment_id=assignment.id,
        place=assignment.place,
        marks=given.marks,
        bases=given.bases,
        comment=given.comment,
        points=judged_points(rubric, shares_of(rubric, given.marks)),
        scored_at=service.clock.now(),
    )


def _row(one: Score) -> dict[str, object]:
    return {
        "assignment_id": one.assignment_id,
        "marks": {code: {"mark": mark, "basis": one.bases[code]} for code, mark in one.marks.items()},
        "comment": one.comment,
        "points": one.points,
        "scored_at": one.scored_at,
    }


async def withdraw(
    tx: Transaction, service: Service, principal: Principal, assignment_id: UUID, version: int, reason: str
) -> Assignment | Refusal:
    """The assessor does not score this subject (主动回避), and says why; another is drawn for the place."""
    known = await own(tx, principal, assignment_id)
    if known is None:
        return Refusal(NOT_FOUND)
    return await _end(tx, service, principal, known, version, Action.WITHDRAW, reason)


async def replace(
    tx: Transaction, service: Service, principal: Principal, assignment_id: UUID, version: int, reason: str
) -> Assignment | Refusal:
    """The city centre takes a place from an assessor who has not scored, as one who is late (更换)."""
    known = await repository.find(tx, assignment_id)
    if known is None:
        return Refusal(NOT_FOUND)
    return await _end(tx, service, principal, known, version, Action.REPLACE, reason)


async def own(tx: Transaction, principal: Principal, assignment_id: UUID) -> Assignment | None:
    """The assignment, if it is the principal's."""
    found = await repository.find(tx, assignment_id)
    mine = found is not None and principal.person_key == found.person_key
    return found if mine else None


async def _end(
    tx: Transaction,
    service: Service,
    principal: Principal,
    known: Assignment,
    version: int,
    action: Action,
    reason: str,
) -> Assignment | Refusal:
    await scorings.load_for_update(tx, known.scoring_id)
    assignment = await repository.load_for_update(tx, known.id)
    assert assignment is not None
    before = assignment.state
    refused = stale(assignment.version, version) or assignment.end(action, reason)
    if refused:
        return refused
    await repository.save(tx, assignment)
    await record_step(
        tx, service, principal, f"{action}_assignment", assignment, from_state=before, reason=reason
    )
    return assignment


async def set_aside(
    tx: Transaction,
    service: Service,
    principal: Principal,
    tie: tuple[str, str, date | None],
    reason: str,
) -> int:
    """Ends what a tie (person key, credit code, how long it bars) bars in rounds that are not published.

    A score already given counts no more, and its scoring is open again. The assessor is locked before.
    """
    found = await repository.barred(tx, *tie)
    for assignment_id, scoring_id in found:
        scoring = await scorings.load_for_update(tx, scoring_id)
        assignment = await repository.load_for_update(tx, assignment_id)
        assert scoring is not None
        assert assignment is not None
        before, was_scored = assignment.state, assignment.state is State.SCORED
        if assignment.end(Action.SET_ASIDE, reason):
            continue
        await repository.save(tx, assignment)
        await record_step(
            tx, service, principal, "set_aside_assignment", assignment, from_state=before, reason=reason
        )
        if was_scored:
            state = scoring.state
            left = [one for one in scoring.scores if one.assignment_id != assignment_id]
            refused = scoring.reopen(await rubric_of(tx, scoring.rubric_id), left)
            assert refused is None, "a scoring is reopened from every state"
            await scorings.save(tx, scoring)
            await record_step(
                tx, service, principal, "reopen_scoring", scoring, from_state=state, reason=reason
            )
    return len(found)


async def free_places_of(
    tx: Transaction, service: Service, principal: Principal, assessor_id: UUID, reason: str
) -> None:
    """Ends what an assessor who leaves the pool has not scored; the assessor is locked before."""
    for assignment_id, scoring_id in await repository.unscored_of(tx, assessor_id):
        await scorings.load_for_update(tx, scoring_id)
        assignment = await repository.load_for_update(tx, assignment_id)
        assert assignment is not None
        before = assignment.state
        if assignment.end(Action.REPLACE, reason):
            continue
        await repository.save(tx, assignment)
        await record_step(
            tx, service, principal, "replace_assignment", assignment, from_state=before, reason=reason
        )
