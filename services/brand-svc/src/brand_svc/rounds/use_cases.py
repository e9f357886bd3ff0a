"""Verbs: announce, amend, open, close, tell what is overdue (B05); the rest has files of its own."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID

from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.events.brand import BrandRoundOverdue, OverdueStep
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.outbox import emit
from chuangpei.problems import INVALID_INPUT, NOT_FOUND

from brand_svc.assessments import use_cases as assessments
from brand_svc.findings import as_json
from brand_svc.policy.parameters import parameters_on
from brand_svc.policy.rules import round_interval
from brand_svc.problems import ROUND_UNDER_WAY
from brand_svc.recording import record_step
from brand_svc.rounds import progress, repository
from brand_svc.rounds.lifecycle import State
from brand_svc.rounds.round import Round
from brand_svc.rounds.timetable import Overdue, Step, Timetable
from brand_svc.service import Service
from brand_svc.transitions import stale

_TOLD: Mapping[Step, OverdueStep] = MappingProxyType(
    {
        Step.OPENING: "opening",
        Step.CLOSING: "closing",
        Step.REVIEW: "review",
        Step.DELIBERATION: "deliberation",
        Step.PUBLICATION: "publication",
    }
)


async def announce(
    tx: Transaction, service: Service, principal: Principal, name: str, timetable: Timetable
) -> Round | Refusal:
    """The city centre announces a round (公告); a short interval since the last one only warns (B05)."""
    if not service.law.in_force.covers(timetable.opens_on):
        return _before_the_law(service)
    brand_round = Round(
        id=new_id(),
        name=name,
        timetable=timetable,
        state=State.ANNOUNCED,
        published_on=None,
        findings=await _interval(tx, service, timetable.opens_on),
        version=1,
    )
    if not await repository.add(tx, brand_round):
        return Refusal(ROUND_UNDER_WAY)
    await record_step(tx, service, principal, "announce_round", brand_round)
    return brand_round


async def amend(
    tx: Transaction,
    service: Service,
    principal: Principal,
    round_id: UUID,
    version: int,
    *,
    name: str | None,
    days: Mapping[str, date],
    reason: str,
) -> Round | Refusal:
    """The city centre corrects the name, or the days of the steps still ahead (B05)."""
    brand_round = await _changeable(tx, round_id, version)
    if isinstance(brand_round, Refusal):
        return brand_round
    before = brand_round.described()
    if refused := brand_round.amend(name, days, service.clock.today()):
        return refused
    opens_on = brand_round.timetable.opens_on
    if not service.law.in_force.covers(opens_on):
        return _before_the_law(service)
    brand_round.findings = await _interval(tx, service, opens_on)
    kept = await amended(
        tx,
        principal,
        at=service.clock.now(),
        object_type=Round.OBJECT_TYPE,
        object_id=brand_round.id,
        reason=reason,
        before=before,
        after=brand_round.described(),
    )
    if not kept:
        return Refusal(NOTHING_AMENDED)
    await repository.save(tx, brand_round)
    return brand_round


async def _interval(tx: Transaction, service: Service, opens_on: date) -> list[dict[str, Any]]:
    law = parameters_on(service.law, opens_on)
    return as_json([round_interval(opens_on, await repository.last_published_opens_on(tx), law)])


def _before_the_law(service: Service) -> Refusal:
    first = service.law.in_force.first
    text = Text(
        f"{service.law.in_force.article} 之前无据可依", f"There are no rules for brands before {first}"
    )
    return Refusal(INVALID_INPUT, errors=(FieldError("/opens_on", "no_law_in_force", text),))


async def open_applications(
    tx: Transaction, service: Service, principal: Principal, round_id: UUID, version: int
) -> Round | Refusal:
    """The city centre opens the round: applications come, every brand in force comes up (B06, B07)."""
    today = service.clock.today()
    opened = await _step(
        tx, service, principal, round_id, version, "open_round", lambda brand_round: brand_round.open(today)
    )
    if isinstance(opened, Round):
        await assessments.open_all(tx, opened.id)
        await emit(tx, opened.opened(), service.clock.now())
    return opened


async def close_applications(
    tx: Transaction, service: Service, principal: Principal, round_id: UUID, version: int
) -> Round | Refusal:
    """The city centre ends the applications; districts finish their assessments and reviews (B06, B07)."""
    today = service.clock.today()
    return await _step(
        tx, service, principal, round_id, version, "close_round", lambda brand_round: brand_round.close(today)
    )


async def tell_overdue(tx: Transaction, service: Service) -> int:
    """Tells of each day of the timetable that passed without its step, once; how many (B05)."""
    today = service.clock.today()
    brand_round = await repository.under_way_for_update(tx)
    if brand_round is None:
        return 0
    late = [one.district for one in await progress.by_district(tx, brand_round.id) if one.waiting]
    due = [one for one in brand_round.overdue(today) if one.step is not Step.REVIEW or late]
    new = [one for one in due if await repository.tell_overdue(tx, brand_round.id, one)]
    await emit(tx, [_overdue(brand_round, one, late, today) for one in new], service.clock.now())
    return len(new)


def _overdue(brand_round: Round, one: Overdue, late: list[str], today: date) -> BrandRoundOverdue:
    return BrandRoundOverdue(
        round_id=brand_round.id,
        step=_TOLD[one.step],
        due_on=one.due_on,
        districts=tuple(late) if one.step is Step.REVIEW else (),
        told_on=today,
    )


async def _changeable(tx: Transaction, round_id: UUID, version: int) -> Round | Refusal:
    brand_round = await repository.load_for_update(tx, round_id)
    if brand_round is None:
        return Refusal(NOT_FOUND)
    return stale(brand_round.version, version) or brand_round


async def _step(
    tx: Transaction,
    service: Service,
    principal: Principal,
    round_id: UUID,
    version: int,
    action: str,
    step: Callable[[Round], Refusal | None],
) -> Round | Refusal:
    brand_round = await _changeable(tx, round_id, version)
    if isinstance(brand_round, Refusal):
        return brand_round
    before = brand_round.state
    if refused := step(brand_round):
        return refused
    await repository.save(tx, brand_round)
    await record_step(tx, service, principal, action, brand_round, from_state=before)
    return brand_round
