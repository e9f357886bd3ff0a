"""Deliberating on both lists (审议): brands that were assessed, applications that were recommended (B08)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.refusals import FieldError, Finding, Refusal, Text
from chuangpei.problems import NOT_FOUND

from brand_svc.applications import repository as applications
from brand_svc.applications.application import Application
from brand_svc.applications.lifecycle import State as ApplicationState
from brand_svc.assessments import repository as assessments
from brand_svc.assessments.assessment import Assessment
from brand_svc.assessments.lifecycle import State as AssessmentState
from brand_svc.policy.decision import Decision, decide
from brand_svc.policy.parameters import parameters_on
from brand_svc.problems import NOT_ASSESSED, NOT_ELIGIBLE, NOT_RECOMMENDED, PASSED_LEFT_OUT
from brand_svc.recording import record_step
from brand_svc.rounds import repository
from brand_svc.rounds.lifecycle import State
from brand_svc.rounds.round import Choice, Recognition, Round
from brand_svc.service import Service
from brand_svc.standing import repository as standing
from brand_svc.transitions import stale

_FIT = (ApplicationState.RECOMMENDED, AssessmentState.PASSED)
_TWICE = Text("重复", "Named twice")
_ELSEWHERE = Text("不属于本轮", "Not of this round")

Candidates = Mapping[UUID, Application | Assessment]


@dataclass(frozen=True, slots=True)
class Listing:
    """A round with its list and what the rules warn of about those on it."""

    brand_round: Round
    recognised: Sequence[Recognition]
    warnings: tuple[Finding, ...]


async def deliberate(
    tx: Transaction,
    service: Service,
    principal: Principal,
    round_id: UUID,
    version: int,
    choices: Sequence[Choice],
) -> Listing | Refusal:
    """The city bureau decides on the list and the tiers (B03, B08); nothing is public yet."""
    brand_round = await repository.load_for_update(tx, round_id)
    if brand_round is None:
        return Refusal(NOT_FOUND)
    before = brand_round.state
    if refused := stale(brand_round.version, version) or brand_round.deliberate():
        return refused
    warnings = await examined(tx, service, round_id, choices)
    if isinstance(warnings, Refusal):
        return warnings
    candidates = await _candidates(tx, round_id, choices)
    lines = [_line(choice, candidates[_id(choice)]) for choice in choices]
    await repository.replace_list(tx, round_id, lines)
    await repository.save(tx, brand_round)
    details = {"recognised": len(choices)}
    await record_step(
        tx, service, principal, "deliberate_round", brand_round, from_state=before, details=details
    )
    return Listing(brand_round, await repository.list_of(tx, round_id), warnings)


async def read_list(tx: Transaction, service: Service, round_id: UUID) -> Listing | Refusal:
    """The list of the last deliberation; until it is published with what the rules would say today (B08)."""
    brand_round = await repository.find(tx, round_id)
    if brand_round is None:
        return Refusal(NOT_FOUND)
    recognised = await repository.list_of(tx, round_id)
    if brand_round.state is State.PUBLISHED:
        return Listing(brand_round, recognised, ())
    decisions = await _decisions(tx, service, [line.credit_code for line in recognised])
    findings = tuple(
        one for decision in decisions.values() for one in (*decision.against, *decision.warnings)
    )
    return Listing(brand_round, recognised, findings)


async def examined(
    tx: Transaction, service: Service, round_id: UUID, choices: Sequence[Choice | Recognition]
) -> tuple[Finding, ...] | Refusal:
    """What the rules warn of about a list today, or why it cannot be the list.

    On it stand only who was recommended or passed in this round (B06, B07), and nobody who is barred (B02,
    B12, B13). Every brand that takes part has been assessed, and who passed is left out only where barred.
    """
    candidates = await _candidates(tx, round_id, choices)
    existing = await assessments.standing_of_round(tx, round_id)
    if refused := _unfit(choices, candidates) or _unassessed(existing):
        return refused
    chosen = [candidates[_id(choice)].credit_code for choice in choices]
    passed = [one for one in existing if one.state is AssessmentState.PASSED]
    decisions = await _decisions(tx, service, {*chosen, *(one.credit_code for one in passed)})
    against = tuple(finding for code in chosen for finding in decisions[code].against)
    if against:
        return Refusal(NOT_ELIGIBLE, findings=against)
    kept = set(chosen)
    left_out = [one for one in passed if one.credit_code not in kept and decisions[one.credit_code].allowed]
    if left_out:
        return Refusal(PASSED_LEFT_OUT, errors=tuple(_left_out(left_out)))
    return tuple(finding for code in chosen for finding in decisions[code].warnings)


def _id(choice: Choice | Recognition) -> UUID:
    chosen = choice.application_id or choice.assessment_id
    assert chosen is not None, "a choice is of one of the two"
    return chosen


async def _candidates(tx: Transaction, round_id: UUID, choices: Sequence[Choice | Recognition]) -> Candidates:
    applied = [choice.application_id for choice in choices if choice.application_id]
    assessed = [choice.assessment_id for choice in choices if choice.assessment_id]
    return {
        **await applications.of_round(tx, round_id, applied),
        **await assessments.of_round(tx, round_id, assessed),
    }


def _line(choice: Choice, candidate: Application | Assessment) -> Recognition:
    return Recognition(
        choice.application_id,
        choice.assessment_id,
        candidate.credit_code,
        candidate.institution_name,
        candidate.district,
        choice.tier,
    )


def _unfit(choices: Sequence[Choice | Recognition], candidates: Candidates) -> Refusal | None:
    errors = tuple(_unfit_errors(choices, candidates))
    return Refusal(NOT_RECOMMENDED, errors=errors) if errors else None


def _unfit_errors(choices: Sequence[Choice | Recognition], candidates: Candidates) -> Iterator[FieldError]:
    seen: set[UUID] = set()
    for n, choice in enumerate(choices):
        candidate = candidates.get(_id(choice))
        kind = "application_id" if choice.application_id else "assessment_id"
        pointer = f"/recognised/{n}/{kind}"
        if _id(choice) in seen:
            yield FieldError(pointer, "repeated", _TWICE)
        elif candidate is None:
            yield FieldError(pointer, "not_in_round", _ELSEWHERE)
        elif candidate.state not in _FIT:
            yield FieldError(pointer, "not_recommended", _not_fit(candidate))
        seen.add(_id(choice))


def _not_fit(candidate: Application | Assessment) -> Text:
    return Text(
        f"{candidate.institution_name}：状态为“{candidate.state.zh}”",
        f"{candidate.institution_name} is in state {candidate.state}",
    )


def _unassessed(existing: Sequence[Assessment]) -> Refusal | None:
    waiting = [one for one in existing if one.state is AssessmentState.ENTERED]
    if not waiting:
        return None
    names = "、".join(one.institution_name for one in waiting)
    return Refusal(NOT_ASSESSED, detail=Text(f"待评估：{names}", f"To be assessed: {names}"))


def _left_out(left_out: Sequence[Assessment]) -> Iterator[FieldError]:
    for one in left_out:
        text = Text(
            f"{one.institution_name} 评估达标而未列入名单",
            f"{one.institution_name} passed and is not on the list",
        )
        yield FieldError("/recognised", "passed_left_out", text)


async def _decisions(
    tx: Transaction, service: Service, credit_codes: Sequence[str] | set[str]
) -> dict[str, Decision]:
    if not credit_codes:
        return {}
    today = service.clock.today()
    law = parameters_on(service.law, today)
    facts = await standing.facts_of(tx, list(credit_codes), today)
    return {code: decide(facts[code], law) for code in credit_codes}
