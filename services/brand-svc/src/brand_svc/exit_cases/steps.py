"""What every step of an exit case has alike: who may take it, what it replaces, what it leaves (B11)."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from uuid import UUID

from chuangpei.amendments import amended
from chuangpei.auth import Principal, Role
from chuangpei.database import Transaction
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.outbox import emit
from chuangpei.problems import FOUR_EYES, NOT_FOUND

from brand_svc.access import own_interest
from brand_svc.exit_cases import repository
from brand_svc.exit_cases.exit_case import ExitCase
from brand_svc.problems import OWN_INTEREST
from brand_svc.recording import record_step
from brand_svc.service import Service
from brand_svc.signals import repository as signals
from brand_svc.transitions import stale

Check = Callable[[Transaction, Principal, ExitCase], Awaitable[Refusal | None]]

_TEXTS = (
    "notice",
    "notice_evidence",
    "noticed_on",
    "answer",
    "answer_evidence",
    "answered_on",
    "waived",
    "statement",
    "evidence",
    "verified_on",
    "returned_for",
    "reason",
    "decided_on",
)


async def _nothing(tx: Transaction, principal: Principal, case: ExitCase) -> Refusal | None:
    return None


class Step(NamedTuple):
    """One step: its name in the audit log, what it does to the case, why, and who may not take it."""

    name: str
    act: Callable[[ExitCase], Refusal | None]
    reason: str | None = None
    check: Check = _nothing


def in_reach(principal: Principal, case: ExitCase) -> bool:
    """Whether the case exists for the principal: an institution's own once it was told of it (B11)."""
    match principal.role:
        case Role.INSTITUTION:
            return case.credit_code == principal.credit_code and case.noticed_on is not None
        case Role.DISTRICT_OFFICER:
            return case.district == principal.district
    return True


async def conflict_of(tx: Transaction, principal: Principal, case: ExitCase) -> Refusal | None:
    """Who is of the institution, or has stepped aside (回避) by whatever account, takes no part (B11)."""
    if refused := own_interest(principal, case.credit_code):
        return refused
    for subject, person_key in await repository.recused(tx, case.id):
        if _same(principal, subject, person_key):
            return Refusal(OWN_INTEREST)
    return None


async def may_verify(tx: Transaction, principal: Principal, case: ExitCase) -> Refusal | None:
    """Who recorded an inspection or accepted a report does not verify the case it is in (B10, B11)."""
    recorders = {signal.recorded_by for signal in await signals.of_case(tx, case.id)}
    if principal.subject in recorders:
        text = Text("登记线索者不得核实", "Whoever recorded a signal does not verify it")
        return Refusal(FOUR_EYES, detail=text)
    return None


async def may_decide(tx: Transaction, principal: Principal, case: ExitCase) -> Refusal | None:
    """Who verified a case does not decide it, in whatever office they sit now (B11)."""
    if _same(principal, case.verified_by, case.verified_by_person):
        return Refusal(FOUR_EYES)
    return await may_verify(tx, principal, case)


async def take_step(
    tx: Transaction, service: Service, principal: Principal, case_id: UUID, version: int, step: Step
) -> ExitCase | Refusal:
    """Takes a step that concerns the case alone: locked, checked, saved, told and recorded."""
    case = await repository.load_for_update(tx, case_id)
    if case is None or not in_reach(principal, case):
        return Refusal(NOT_FOUND)
    taken = await taken_by(tx, principal, case, version, step)
    if isinstance(taken, Refusal):
        return taken
    await store(tx, service, principal, case, step, taken)
    await emit(tx, case.changed(service.clock.today()), service.clock.now())
    return case


async def taken_by(
    tx: Transaction, principal: Principal, case: ExitCase, version: int, step: Step
) -> dict[str, Any] | Refusal:
    """What stood in the locked case before the step, which it has taken; or why it may not."""
    before = {"state": case.state, **texts(case)}
    refused = stale(case.version, version)
    if refused is None and principal.role is not Role.INSTITUTION:
        refused = await conflict_of(tx, principal, case) or await step.check(tx, principal, case)
    return refused or step.act(case) or before


async def store(
    tx: Transaction,
    service: Service,
    principal: Principal,
    case: ExitCase,
    step: Step,
    before: dict[str, Any],
    details: dict[str, object] | None = None,
) -> None:
    """Saves the case, keeps what the step replaced (see ``chuangpei.amendments``), and records it."""
    await repository.save(tx, case)
    after = texts(case)
    replaced = [name for name in _TEXTS if before[name] and before[name] != after[name]]
    if replaced:
        await amended(
            tx,
            principal,
            at=service.clock.now(),
            object_type=ExitCase.OBJECT_TYPE,
            object_id=case.id,
            reason=step.reason or step.name,
            before={name: before[name] for name in replaced},
            after={name: after[name] for name in replaced},
        )
    await record_step(
        tx,
        service,
        principal,
        step.name,
        case,
        from_state=before["state"],
        reason=step.reason,
        details=details,
    )


def texts(case: ExitCase) -> dict[str, Any]:
    """What is said in a case, and when, as JSON knows it."""
    values = {name: getattr(case, name) for name in _TEXTS}
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()
    }


def _same(principal: Principal, subject: str | None, person_key: str | None) -> bool:
    """By account and, where both are known, by person: two accounts of one person are one."""
    by_person = principal.person_key is not None and principal.person_key == person_key
    return principal.subject == subject or by_person
