"""What is done with training plans: submit, accept, return, resubmit, amend (O02)."""

from collections.abc import Callable, Sequence
from uuid import UUID

from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal

from training_svc.policy.decision import decide
from training_svc.policy.plans import PLAN_RULES, PlanFacts
from training_svc.problems import PLAN_EXISTS, PLAN_REFUSED
from training_svc.service import Service
from training_svc.training_plans import repository
from training_svc.training_plans.lifecycle import State
from training_svc.training_plans.plan import Plan, PlanLine
from training_svc.training_plans.schemas import NewPlan, NewPlanLine, PlanAmendment
from training_svc.versions import as_read
from training_svc.visibility import scope_of


async def submit(tx: Transaction, service: Service, principal: Principal, body: NewPlan) -> Plan | Refusal:
    """A district submits its plan for a year, the only one (提交; O02)."""
    if refusal := _refused(service, body.year):
        return refusal
    plan = Plan(
        id=new_id(),
        district=principal.district or "",
        year=body.year,
        lines=_lines(body.lines),
        state=State.SUBMITTED,
        submitted_at=service.clock.now(),
        submitted_on=service.clock.today(),
        version=1,
    )
    if not await repository.insert_new(tx, plan, principal.subject):
        return Refusal(PLAN_EXISTS)
    await _record(tx, service, principal, plan, "submit_plan", None)
    return plan


async def resubmit(
    tx: Transaction,
    service: Service,
    principal: Principal,
    plan_id: UUID,
    version: int,
    lines: Sequence[NewPlanLine],
) -> Plan | Refusal:
    """The district submits a returned plan anew (重新提交; O02)."""

    def decide_it(plan: Plan) -> Refusal | None:
        return _refused(service, plan.year) or plan.resubmit(_lines(lines), service.clock.now())

    return await _moved(tx, service, principal, plan_id, version, "resubmit_plan", decide_it)


async def accept(
    tx: Transaction, service: Service, principal: Principal, plan_id: UUID, version: int
) -> Plan | Refusal:
    """The city centre accepts the plan (通过; O02)."""

    def decide_it(plan: Plan) -> Refusal | None:
        return plan.accept(principal.subject, service.clock.now())

    return await _moved(tx, service, principal, plan_id, version, "accept_plan", decide_it)


async def send_back(
    tx: Transaction, service: Service, principal: Principal, plan_id: UUID, version: int, reason: str
) -> Plan | Refusal:
    """The city centre returns the plan, saying why (退回; O02)."""

    def decide_it(plan: Plan) -> Refusal | None:
        return plan.send_back(principal.subject, service.clock.now(), reason)

    return await _moved(tx, service, principal, plan_id, version, "return_plan", decide_it)


async def amend(
    tx: Transaction, service: Service, principal: Principal, plan_id: UUID, version: int, body: PlanAmendment
) -> Plan | Refusal:
    """The city centre, which accepted it, adjusts a plan; the lines before are kept (调整; O02)."""
    plan = await _changeable(tx, principal, plan_id, version)
    if isinstance(plan, Refusal):
        return plan
    before = _shown(plan.lines)
    if refusal := plan.amend(_lines(body.lines)):
        return refusal
    await repository.save(tx, plan)
    changed = await amended(
        tx,
        principal,
        at=service.clock.now(),
        object_type="training_plan",
        object_id=plan.id,
        reason=body.reason,
        before=before,
        after=_shown(plan.lines),
    )
    return plan if changed else Refusal(NOTHING_AMENDED)


def _refused(service: Service, year: int) -> Refusal | None:
    facts = PlanFacts(service.law.in_force, service.clock.today(), year)
    return decide(PLAN_RULES, facts).refusal(PLAN_REFUSED)


def _lines(given: Sequence[NewPlanLine]) -> tuple[PlanLine, ...]:
    return tuple(sorted(PlanLine(one.stage, one.target_group, one.people, one.classes) for one in given))


def _shown(lines: Sequence[PlanLine]) -> dict[str, list[dict[str, object]]]:
    return {
        "lines": [
            {
                "stage": one.stage,
                "target_group": str(one.target_group),
                "people": one.people,
                "classes": one.classes,
            }
            for one in lines
        ]
    }


async def _moved(
    tx: Transaction,
    service: Service,
    principal: Principal,
    plan_id: UUID,
    version: int,
    action: str,
    decide_it: Callable[[Plan], Refusal | None],
) -> Plan | Refusal:
    plan = await _changeable(tx, principal, plan_id, version)
    if isinstance(plan, Refusal):
        return plan
    before = plan.state
    if refusal := decide_it(plan):
        return refusal
    await repository.save(tx, plan)
    await _record(tx, service, principal, plan, action, before)
    return plan


async def _changeable(tx: Transaction, principal: Principal, plan_id: UUID, version: int) -> Plan | Refusal:
    return as_read(await repository.load_for_update(tx, plan_id, scope_of(principal)), version)


async def _record(
    tx: Transaction, service: Service, principal: Principal, plan: Plan, action: str, before: State | None
) -> None:
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action=action,
        object_type="training_plan",
        object_id=plan.id,
        from_state=before,
        to_state=plan.state,
        reason=plan.reason,
        details={"district": plan.district, "year": plan.year} | _shown(plan.lines),
    )
