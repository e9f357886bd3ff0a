"""Verbs: announce, open, close, deliberate; publishing has its own file (B05, B08)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Finding, Refusal, Text
from chuangpei.problems import INVALID_INPUT, NOT_FOUND

from brand_svc.applications import repository as applications
from brand_svc.applications.application import Application
from brand_svc.applications.lifecycle import State as ApplicationState
from brand_svc.findings import as_json
from brand_svc.policy.decision import Decision, decide
from brand_svc.policy.facts import Tier
from brand_svc.policy.parameters import parameters_on
from brand_svc.policy.rules import round_interval
from brand_svc.problems import NOT_ELIGIBLE, NOT_RECOMMENDED, ROUND_UNDER_WAY
from brand_svc.recording import record_step
from brand_svc.rounds import repository
from brand_svc.rounds.lifecycle import State
from brand_svc.rounds.round import Recognition, Round
from brand_svc.service import Service
from brand_svc.standing import repository as standing
from brand_svc.transitions import stale


@dataclass(frozen=True, slots=True)
class Choice:
    """What the bureau chose (审议认定): an application and the tier it is recognised in."""

    application_id: UUID
    tier: Tier


@dataclass(frozen=True, slots=True)
class Listing:
    """A round with its list and what the rules warn of about those on it."""

    brand_round: Round
    recognised: Sequence[Recognition]
    warnings: tuple[Finding, ...]


async def announce(
    tx: Transaction, service: Service, principal: Principal, name: str, opens_on: date, closes_on: date
) -> Round | Refusal:
    """The city centre announces a round (公告); a short interval since the last one only warns (B05)."""
    if not service.law.in_force.covers(opens_on):
        return _before_the_law(service)
    brand_round = Round(
        id=new_id(),
        name=name,
        opens_on=opens_on,
        closes_on=closes_on,
        state=State.ANNOUNCED,
        published_on=None,
        findings=await _interval(tx, service, opens_on),
        version=1,
    )
    if not await repository.add(tx, brand_round):
        return Refusal(ROUND_UNDER_WAY)
    await record_step(tx, service, principal, "announce_round", brand_round)
    return brand_round


async def correct(
    tx: Transaction,
    service: Service,
    principal: Principal,
    round_id: UUID,
    version: int,
    *,
    name: str,
    opens_on: date,
    closes_on: date,
) -> Round | Refusal:
    """The city centre corrects what it announced, before the round opens (B05)."""
    if not service.law.in_force.covers(opens_on):
        return _before_the_law(service)
    findings = await _interval(tx, service, opens_on)
    return await _step(
        tx,
        service,
        principal,
        round_id,
        version,
        "correct_round",
        lambda brand_round: brand_round.correct(name, opens_on, closes_on, findings),
    )


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
    """The city centre opens the round for applications (B07)."""
    today = service.clock.today()
    return await _step(
        tx, service, principal, round_id, version, "open_round", lambda brand_round: brand_round.open(today)
    )


async def close_applications(
    tx: Transaction, service: Service, principal: Principal, round_id: UUID, version: int
) -> Round | Refusal:
    """The city centre ends the applications; districts finish their reviews (B07)."""
    return await _step(tx, service, principal, round_id, version, "close_round", Round.close)


async def _step(
    tx: Transaction,
    service: Service,
    principal: Principal,
    round_id: UUID,
    version: int,
    action: str,
    step: Callable[[Round], Refusal | None],
) -> Round | Refusal:
    brand_round = await repository.load_for_update(tx, round_id)
    if brand_round is None:
        return Refusal(NOT_FOUND)
    before, announced = brand_round.state, _announced(brand_round)
    refused = stale(brand_round.version, version) or step(brand_round)
    if refused:
        return refused
    await repository.save(tx, brand_round)
    now = _announced(brand_round)
    details: dict[str, object] | None = None if now == announced else {"before": announced, "after": now}
    await record_step(tx, service, principal, action, brand_round, from_state=before, details=details)
    return brand_round


def _announced(brand_round: Round) -> dict[str, str]:
    return {
        "name": brand_round.name,
        "opens_on": str(brand_round.opens_on),
        "closes_on": str(brand_round.closes_on),
    }


async def deliberate(
    tx: Transaction,
    service: Service,
    principal: Principal,
    round_id: UUID,
    version: int,
    choices: Sequence[Choice],
) -> Listing | Refusal:
    """The city bureau decides on the list, among what districts recommended (B08); nothing is public yet.

    Refused with every finding where someone on it may not be recognised on this day (B02, B12, B13).
    """
    brand_round = await repository.load_for_update(tx, round_id)
    if brand_round is None:
        return Refusal(NOT_FOUND)
    before = brand_round.state
    candidates = await applications.of_round(tx, round_id, [choice.application_id for choice in choices])
    refused = stale(brand_round.version, version) or brand_round.deliberate() or _unfit(choices, candidates)
    if refused:
        return refused
    codes = [candidates[choice.application_id].credit_code for choice in choices]
    findings = await examined(tx, service, codes)
    if isinstance(findings, Refusal):
        return findings
    await repository.replace_list(tx, round_id, {choice.application_id: choice.tier for choice in choices})
    await repository.save(tx, brand_round)
    details = {"recognised": len(choices)}
    await record_step(
        tx, service, principal, "deliberate_round", brand_round, from_state=before, details=details
    )
    return Listing(brand_round, await repository.list_of(tx, round_id), findings)


async def read_list(tx: Transaction, service: Service, round_id: UUID) -> Listing | Refusal:
    """The list of the last deliberation; until it is published with what the rules would say today (B08)."""
    brand_round = await repository.find(tx, round_id)
    if brand_round is None:
        return Refusal(NOT_FOUND)
    recognised = await repository.list_of(tx, round_id)
    if brand_round.state is State.PUBLISHED:
        return Listing(brand_round, recognised, ())
    decisions = await _decisions(tx, service, [line.credit_code for line in recognised])
    findings = tuple(one for decision in decisions for one in (*decision.against, *decision.warnings))
    return Listing(brand_round, recognised, findings)


def _unfit(choices: Sequence[Choice], candidates: dict[UUID, Application]) -> Refusal | None:
    errors: list[FieldError] = []
    seen: set[UUID] = set()
    for n, choice in enumerate(choices):
        application = candidates.get(choice.application_id)
        pointer = f"/recognised/{n}/application_id"
        if choice.application_id in seen:
            errors.append(FieldError(pointer, "repeated", Text("重复", "Named twice")))
        elif application is None:
            errors.append(
                FieldError(pointer, "not_in_round", Text("不属于本轮", "Not an application of this round"))
            )
        elif application.state is not ApplicationState.RECOMMENDED:
            text = Text(
                f"状态为“{application.state.zh}”，未经区推荐",
                f"In state {application.state}, not recommended",
            )
            errors.append(FieldError(pointer, "not_recommended", text))
        seen.add(choice.application_id)
    return Refusal(NOT_RECOMMENDED, errors=tuple(errors)) if errors else None


async def examined(
    tx: Transaction, service: Service, credit_codes: Sequence[str]
) -> tuple[Finding, ...] | Refusal:
    """Asks the rules about all who are to be recognised today: warnings, or the refusal with every reason."""
    decisions = await _decisions(tx, service, credit_codes)
    against = tuple(finding for decision in decisions for finding in decision.against)
    if against:
        return Refusal(NOT_ELIGIBLE, findings=against)
    return tuple(finding for decision in decisions for finding in decision.warnings)


async def _decisions(tx: Transaction, service: Service, credit_codes: Sequence[str]) -> list[Decision]:
    if not credit_codes:
        return []
    today = service.clock.today()
    law = parameters_on(service.law, today)
    facts = await standing.facts_of(tx, credit_codes, today)
    return [decide(facts[code], law) for code in credit_codes]
