"""Verbs: draft, amend, publish, withdraw a rubric, and choose the one a round is scored by (B04)."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.problems import INVALID_INPUT, NOT_FOUND

from brand_svc.policy.parameters import parameters_on
from brand_svc.policy.rubric import Rubric, flaws
from brand_svc.problems import RUBRIC_EXISTS, RUBRIC_NOT_FIT, SCORING_BEGUN
from brand_svc.recording import record_step
from brand_svc.rounds import repository as rounds
from brand_svc.rounds.lifecycle import State as RoundState
from brand_svc.rounds.round import Round
from brand_svc.rubrics import repository
from brand_svc.rubrics.lifecycle import State
from brand_svc.rubrics.rubric import RoundRubric, RubricVersion
from brand_svc.service import Service
from brand_svc.transitions import stale

_BEFORE_SCORES_COUNT = frozenset({RoundState.ANNOUNCED, RoundState.OPEN, RoundState.CLOSED})
_UNKNOWN = FieldError(
    "/rubric_id", "not_published", Text("没有已发布的该评分规则", "There is no such published rubric")
)


async def draft(
    tx: Transaction,
    service: Service,
    principal: Principal,
    *,
    label: str,
    name: str,
    effective_from: date,
    content: dict[str, Any],
) -> RubricVersion | Refusal:
    """The city centre drafts a rubric (草拟); refused where its weights do not add up (B04)."""
    if errors := flaws(Rubric.of(content)):
        return Refusal(INVALID_INPUT, errors=errors)
    rubric = RubricVersion(
        id=new_id(),
        label=label,
        name=name,
        effective_from=effective_from,
        content=content,
        state=State.DRAFT,
        made_at=service.clock.now(),
        made_by=principal.subject,
        version=1,
    )
    if not await repository.add(tx, rubric):
        return Refusal(RUBRIC_EXISTS)
    await record_step(tx, service, principal, "draft_rubric", rubric, details={"label": label})
    return rubric


async def amend(
    tx: Transaction,
    service: Service,
    principal: Principal,
    rubric_id: UUID,
    version: int,
    *,
    name: str,
    effective_from: date,
    content: dict[str, Any],
    reason: str,
) -> RubricVersion | Refusal:
    """Corrects a rubric that no round is scored by, keeping what stood before (更正; B04)."""
    if errors := flaws(Rubric.of(content)):
        return Refusal(INVALID_INPUT, errors=errors)
    rubric = await _changeable(tx, rubric_id, version)
    if isinstance(rubric, Refusal):
        return rubric
    before = rubric.amendable()
    if refused := rubric.amend(name, effective_from, content):
        return refused
    kept = await amended(
        tx,
        principal,
        at=service.clock.now(),
        object_type=rubric.OBJECT_TYPE,
        object_id=rubric.id,
        reason=reason,
        before=before,
        after=rubric.amendable(),
    )
    if not kept:
        return Refusal(NOTHING_AMENDED)
    await repository.save(tx, rubric)
    return rubric


async def publish(
    tx: Transaction, service: Service, principal: Principal, rubric_id: UUID, version: int
) -> RubricVersion | Refusal:
    """The city centre publishes the rubric (制定发布; B04), so that rounds may choose it."""
    return await _step(tx, service, principal, rubric_id, version, "publish_rubric", RubricVersion.publish)


async def withdraw(
    tx: Transaction, service: Service, principal: Principal, rubric_id: UUID, version: int, reason: str
) -> RubricVersion | Refusal:
    """Withdraws a rubric that no round is scored by (撤回; B04)."""
    return await _step(
        tx, service, principal, rubric_id, version, "withdraw_rubric", RubricVersion.withdraw, reason
    )


async def _step(
    tx: Transaction,
    service: Service,
    principal: Principal,
    rubric_id: UUID,
    version: int,
    action: str,
    step: Callable[[RubricVersion], Refusal | None],
    reason: str | None = None,
) -> RubricVersion | Refusal:
    rubric = await _changeable(tx, rubric_id, version)
    if isinstance(rubric, Refusal):
        return rubric
    before = rubric.state
    if refused := step(rubric):
        return refused
    await repository.save(tx, rubric)
    await record_step(tx, service, principal, action, rubric, from_state=before, reason=reason)
    return rubric


async def _changeable(tx: Transaction, rubric_id: UUID, version: int) -> RubricVersion | Refusal:
    rubric = await repository.load_for_update(tx, rubric_id)
    if rubric is None:
        return Refusal(NOT_FOUND)
    return stale(rubric.version, version) or rubric


async def choose(
    tx: Transaction,
    service: Service,
    principal: Principal,
    round_id: UUID,
    version: int,
    rubric_id: UUID,
    years: tuple[int, int] | None,
) -> RoundRubric | Refusal:
    """The city centre says by which rubric a round is scored, until the first subject is (B04).

    The rubric is frozen by it. Without ``years`` the automatic indicators look at the last ones before the
    round, as many as the dated number says.
    """
    brand_round = await rounds.load_for_update(tx, round_id)
    if brand_round is None:
        return Refusal(NOT_FOUND)
    rubric = await repository.held_published(tx, rubric_id)
    refused = stale(brand_round.version, version) or _unfit(brand_round, rubric)
    if refused:
        return refused
    first, last = years or _years_before(service, brand_round.timetable.opens_on)
    chosen = RoundRubric(round_id, rubric_id, first, last, service.clock.now(), principal.subject)
    try:
        async with tx.savepoint():
            await repository.choose(tx, chosen)
    except asyncpg.RestrictViolationError:
        return Refusal(SCORING_BEGUN)
    details = {"rubric_id": str(rubric_id), "first_year": first, "last_year": last}
    await record_step(tx, service, principal, "choose_rubric", brand_round, details=details)
    return chosen


def _unfit(brand_round: Round, rubric: RubricVersion | None) -> Refusal | None:
    if brand_round.state not in _BEFORE_SCORES_COUNT:
        return Refusal(SCORING_BEGUN)
    if rubric is None:
        return Refusal(INVALID_INPUT, errors=(_UNKNOWN,))
    if brand_round.timetable.opens_on < rubric.effective_from:
        text = Text(
            f"该规则自 {rubric.effective_from} 起适用，本轮 {brand_round.timetable.opens_on} 开放申报",
            f"It holds from {rubric.effective_from}; the round opens on {brand_round.timetable.opens_on}",
        )
        return Refusal(RUBRIC_NOT_FIT, detail=text)
    return None


def _years_before(service: Service, opens_on: date) -> tuple[int, int]:
    years: int = parameters_on(service.law, opens_on).indicator_years.value
    return opens_on.year - years + 1, opens_on.year
