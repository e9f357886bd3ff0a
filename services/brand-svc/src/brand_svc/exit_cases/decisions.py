"""Verbs of the city bureau, and what follows from time and new lists: revoke, dismiss, return (B11, B12)."""

from collections.abc import Sequence
from uuid import UUID

from chuangpei.auth import Principal, Role
from chuangpei.database import Transaction
from chuangpei.kernel.refusals import Refusal
from chuangpei.outbox import emit
from chuangpei.problems import FORBIDDEN, NOT_FOUND

from brand_svc.brands import repository as brands
from brand_svc.brands.brand import Brand
from brand_svc.exit_cases import repository
from brand_svc.exit_cases.exit_case import ExitCase
from brand_svc.exit_cases.lifecycle import State
from brand_svc.exit_cases.steps import Step, in_reach, may_decide, may_verify, store, take_step, taken_by
from brand_svc.policy.deadlines import last_day
from brand_svc.policy.parameters import parameters_on
from brand_svc.policy.rules import may_apply_again_on
from brand_svc.problems import ANOTHER_CASE_OPEN, NO_BRAND_ANY_MORE
from brand_svc.service import Service
from brand_svc.standing import repository as standing
from brand_svc.standing.repository import Ban

_AT_A_TIME = 200


async def send_back(
    tx: Transaction, service: Service, principal: Principal, case_id: UUID, version: int, reason: str
) -> ExitCase | Refusal:
    """The city bureau wants more verified (退回补充核实; B11): the district has its whole time again."""
    today = service.clock.today()
    due_on = last_day(today, parameters_on(service.law, today).verification_working_days)
    step = Step("return_exit_case", lambda case: case.send_back(reason, due_on), reason, may_decide)
    return await take_step(tx, service, principal, case_id, version, step)


async def dismiss(
    tx: Transaction, service: Service, principal: Principal, case_id: UUID, version: int, reason: str
) -> ExitCase | Refusal:
    """The city bureau leaves the brand as it is (B11)."""
    today = service.clock.today()
    step = Step("dismiss_exit_case", lambda case: case.dismiss(reason, principal, today), reason, may_decide)
    return await take_step(tx, service, principal, case_id, version, step)


async def revoke(
    tx: Transaction, service: Service, principal: Principal, case_id: UUID, version: int, reason: str
) -> ExitCase | Refusal:
    """The city bureau revokes the brand (B11, B12).

    The brand ends today and the ban begins; what else is undecided against the holder is closed.
    """
    today = service.clock.today()
    case = await _locked_with_standing(tx, principal, case_id)
    if isinstance(case, Refusal):
        return case
    step = Step("revoke_brand", lambda case: case.revoke(reason, principal, today), reason, may_decide)
    taken = await taken_by(tx, principal, case, version, step)
    if isinstance(taken, Refusal):
        return taken
    brand = await _revoke_brand(tx, service, case)
    superseded = await repository.supersede(tx, case, today)
    details: dict[str, object] = {
        "brand_id": str(brand.id),
        "may_apply_again_on": str(brand.may_apply_again_on),
        "superseded": [str(one.id) for one in superseded],
    }
    await store(tx, service, principal, case, step, taken, details)
    changed = [one.changed(today) for one in (case, *superseded)]
    await emit(tx, [case.revoked(brand), *changed], service.clock.now())
    return case


async def reopen(
    tx: Transaction, service: Service, principal: Principal, case_id: UUID, version: int, reason: str
) -> ExitCase | Refusal:
    """A case closed by mistake goes on (恢复办理; B11): the district's if unfounded, the city's if dismissed.

    Refused where the institution holds no brand any more, or another case on the ground is undecided.
    """
    case = await _locked_with_standing(tx, principal, case_id)
    if isinstance(case, Refusal):
        return case
    brand = await _reopenable(tx, principal, case)
    if isinstance(brand, Refusal):
        return brand
    today = service.clock.today()
    law = parameters_on(service.law, today)
    mine = case.state is State.CLOSED_UNFOUNDED
    due_on = last_day(today, law.verification_working_days if mine else law.city_decision_working_days)
    check = may_verify if mine else may_decide
    step = Step("reopen_exit_case", lambda case: case.reopen(brand, due_on), reason, check)
    taken = await taken_by(tx, principal, case, version, step)
    if isinstance(taken, Refusal):
        return taken
    await store(tx, service, principal, case, step, taken)
    await emit(tx, case.changed(today), service.clock.now())
    return case


async def _reopenable(tx: Transaction, principal: Principal, case: ExitCase) -> Brand | Refusal:
    """The brand it goes on against, or why it does not: who closed it, reopens it."""
    closed_by = {State.DISMISSED: Role.CITY_BUREAU, State.CLOSED_UNFOUNDED: Role.DISTRICT_OFFICER}
    if closed_by.get(case.state, principal.role) is not principal.role:
        return Refusal(FORBIDDEN)
    brand = (await brands.active_of(tx, [case.credit_code])).get(case.credit_code)
    if brand is None:
        return Refusal(NO_BRAND_ANY_MORE)
    other = await repository.undecided_for_update(tx, case.credit_code, case.ground)
    if other is not None and other.id != case.id:
        return Refusal(ANOTHER_CASE_OPEN)
    return brand


async def lapse(tx: Transaction, service: Service, credit_codes: Sequence[str]) -> list[UUID]:
    """Ends what is undecided against institutions whose brands just ended with a new list (B06)."""
    today = service.clock.today()
    lapsed = await repository.lapse(tx, credit_codes, today)
    await emit(tx, [case.changed(today) for case in lapsed], service.clock.now())
    return [case.id for case in lapsed]


async def tell_overdue(tx: Transaction, service: Service) -> int:
    """Tells of cases whose last day is over (逾期), each once for each time in hand; returns how many."""
    cases = await repository.take_overdue(tx, service.clock.today(), _AT_A_TIME)
    await emit(tx, [case.told_overdue() for case in cases], service.clock.now())
    return len(cases)


async def _locked_with_standing(tx: Transaction, principal: Principal, case_id: UUID) -> ExitCase | Refusal:
    known = await repository.find(tx, case_id)
    if known is None or not in_reach(principal, known):
        return Refusal(NOT_FOUND)
    await standing.lock(tx, [known.credit_code])
    case = await repository.load_for_update(tx, case_id)
    assert case is not None, "cases are never deleted"
    return case


async def _revoke_brand(tx: Transaction, service: Service, case: ExitCase) -> Brand:
    brand = (await brands.active_of(tx, [case.credit_code])).get(case.credit_code)
    assert brand is not None, "an undecided case stands against an active brand, or it would have lapsed"
    # Processes may disagree on the time around midnight; no brand ends before it began.
    day = max(service.clock.today(), brand.recognised_on)
    law = parameters_on(service.law, day)
    until = may_apply_again_on(day, law)
    refused = brand.revoke(day, until)
    assert refused is None, "an active brand can be revoked"
    await brands.save(tx, brand)
    await standing.add_ban(
        tx, Ban(brand.id, case.id, brand.credit_code, case.ground, day, until, law.version)
    )
    return brand
