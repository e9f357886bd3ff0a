"""Verbs of the institution: begin, save, discard, submit, withdraw (B02, B07, B08, B12, B13)."""

from uuid import UUID

from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.input_errors import field_errors
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal, failed
from chuangpei.problems import INVALID_INPUT, NOT_FOUND
from pydantic import ValidationError

from brand_svc.applications import repository
from brand_svc.applications.application import Application
from brand_svc.applications.lifecycle import State
from brand_svc.applications.schemas import Draft
from brand_svc.findings import as_json
from brand_svc.institutions import repository as institutions
from brand_svc.institutions.institution import Institution
from brand_svc.materials import Materials
from brand_svc.policy.decision import Decision, decide
from brand_svc.policy.facts import Facts, Tier
from brand_svc.policy.parameters import parameters_on
from brand_svc.policy.rules import APPLICATION_RULES, applied_for_district_tier
from brand_svc.problems import ALREADY_APPLIED, NO_INSTITUTION, NOT_ELIGIBLE, UNKNOWN_INSTITUTION
from brand_svc.recording import record_step
from brand_svc.rounds import repository as rounds
from brand_svc.rounds.round import Round
from brand_svc.service import Service
from brand_svc.standing import repository as standing
from brand_svc.transitions import stale


async def begin(
    tx: Transaction, service: Service, principal: Principal, round_id: UUID, draft: Draft
) -> Application | Refusal:
    """The institution of the token begins an application to its own district, one a round (B07, B08)."""
    if principal.credit_code is None:
        return Refusal(NO_INSTITUTION)
    brand_round = await rounds.load_unchanging(tx, round_id)
    if brand_round is None:
        return Refusal(NOT_FOUND)
    if refused := brand_round.may_take_application(service.clock.today()):
        return refused
    institution = await institutions.find(tx, principal.credit_code)
    if institution is None:
        return Refusal(UNKNOWN_INSTITUTION)
    if refused := _of_wrong_tier(service, institution.credit_code, draft.tier):
        return refused
    application = _begun(round_id, institution, principal, draft)
    if not await repository.add(tx, application):
        return Refusal(ALREADY_APPLIED)
    await record_step(
        tx, service, principal, "begin_application", application, details=identified(application)
    )
    return application


def _begun(round_id: UUID, institution: Institution, principal: Principal, draft: Draft) -> Application:
    return Application(
        id=new_id(),
        round_id=round_id,
        credit_code=institution.credit_code,
        institution_name=institution.name,
        district=institution.district,
        tier=Tier.DISTRICT,
        materials=draft.materials(),
        state=State.DRAFT,
        version=1,
        acted_for=[principal.person_key] if principal.person_key else [],
    )


async def save(
    tx: Transaction, service: Service, principal: Principal, application_id: UUID, version: int, draft: Draft
) -> Application | Refusal:
    """What the draft holds is replaced; it need not be complete (保存草稿; B07)."""
    found = await _own(tx, service, principal, application_id, version)
    if isinstance(found, Refusal):
        return found
    refused = _of_wrong_tier(service, found.credit_code, draft.tier) or found.save(
        draft.materials(), principal.person_key
    )
    if refused:
        return refused
    await repository.save(tx, found)
    return found


async def discard(
    tx: Transaction, service: Service, principal: Principal, application_id: UUID, version: int
) -> Application | Refusal:
    """The draft is given up; another may be begun (弃置; B07)."""
    found = await _own(tx, service, principal, application_id, version)
    if isinstance(found, Refusal):
        return found
    before = found.state
    if refused := found.discard():
        return refused
    await repository.save(tx, found)
    await record_step(tx, service, principal, "discard_application", found, from_state=before)
    return found


async def submit(
    tx: Transaction, service: Service, principal: Principal, application_id: UUID, version: int
) -> Application | Refusal:
    """The complete draft goes to the district; refused with every finding (B02, B06, B07, B12, B13, D07)."""
    found = await _own(tx, service, principal, application_id, version)
    if isinstance(found, Refusal):
        return found
    before, today = found.state, service.clock.today()
    if refused := _incomplete(found):
        return refused
    decision = await decided(tx, service, found.credit_code)
    if not decision.allowed:
        return Refusal(NOT_ELIGIBLE, findings=decision.findings)
    refused = found.submit(
        as_json(decision.findings), decision.parameters_version, principal.person_key, today
    )
    if refused:
        return refused
    await repository.save(tx, found)
    await record_step(
        tx,
        service,
        principal,
        "submit_application",
        found,
        from_state=before,
        details=identified(found),
    )
    return found


async def withdraw(
    tx: Transaction, service: Service, principal: Principal, application_id: UUID, version: int, reason: str
) -> Application | Refusal:
    """Taken back until the applications close; another may then be begun, with better papers (撤回; B07)."""
    found = await _own(tx, service, principal, application_id, version)
    if isinstance(found, Refusal):
        return found
    before = found.state
    if refused := found.withdraw():
        return refused
    await repository.save(tx, found)
    await record_step(tx, service, principal, "withdraw_application", found, from_state=before, reason=reason)
    return found


async def decided(tx: Transaction, service: Service, credit_code: str) -> Decision:
    """What the rules on new applications say of an institution today."""
    today = service.clock.today()
    facts = await standing.facts_of(tx, [credit_code], today)
    return decide(facts[credit_code], parameters_on(service.law, today), APPLICATION_RULES)


async def loaded(tx: Transaction, known: Application, version: int) -> tuple[Round, Application] | Refusal:
    """The round, then the application, locked in the order in which publication takes them."""
    brand_round = await rounds.load_unchanging(tx, known.round_id)
    application = await repository.load_for_update(tx, known.id)
    assert brand_round is not None
    assert application is not None
    return stale(application.version, version) or (brand_round, application)


def identified(application: Application) -> dict[str, object]:
    """What the audit row of a step says of it."""
    return {"round_id": str(application.round_id), "credit_code": application.credit_code}


async def _own(
    tx: Transaction, service: Service, principal: Principal, application_id: UUID, version: int
) -> Application | Refusal:
    known = await repository.find(tx, application_id)
    if known is None or known.credit_code != principal.credit_code:
        return Refusal(NOT_FOUND)
    found = await loaded(tx, known, version)
    if isinstance(found, Refusal):
        return found
    brand_round, application = found
    return brand_round.may_take_application(service.clock.today()) or application


def _of_wrong_tier(service: Service, credit_code: str, tier: Tier) -> Refusal | None:
    today = service.clock.today()
    finding = applied_for_district_tier(Facts(credit_code, today, tier), parameters_on(service.law, today))
    return Refusal(NOT_ELIGIBLE, findings=(finding,)) if failed([finding]) else None


def _incomplete(application: Application) -> Refusal | None:
    try:
        Materials.model_validate(application.materials)
    except ValidationError as error:
        found = [{**one, "loc": ("materials", *one["loc"])} for one in error.errors()]
        return Refusal(INVALID_INPUT, errors=field_errors(found))
    return None
