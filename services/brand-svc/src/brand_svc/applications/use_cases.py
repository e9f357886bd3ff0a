"""Verbs: submit, recommend, decline (B02, B07, B08, B12, B13)."""

from collections.abc import Callable
from uuid import UUID

from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_FOUND

from brand_svc.applications import repository
from brand_svc.applications.application import Application
from brand_svc.applications.lifecycle import State
from brand_svc.findings import as_json
from brand_svc.institutions import repository as institutions
from brand_svc.institutions.institution import Institution
from brand_svc.policy.decision import Decision, decide
from brand_svc.policy.facts import Tier
from brand_svc.policy.parameters import parameters_on
from brand_svc.policy.rules import APPLICATION_RULES
from brand_svc.problems import ALREADY_APPLIED, NO_INSTITUTION, NOT_ELIGIBLE, UNKNOWN_INSTITUTION
from brand_svc.recording import record_step
from brand_svc.rounds import repository as rounds
from brand_svc.service import Service
from brand_svc.standing import repository as standing
from brand_svc.transitions import stale


async def submit(
    tx: Transaction, service: Service, principal: Principal, round_id: UUID, tier: Tier, statement: str
) -> Application | Refusal:
    """The institution of the token applies in a round, to its own district (B07)."""
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
    decision = await _decide(tx, service, institution, tier)
    if not decision.allowed:
        return Refusal(NOT_ELIGIBLE, findings=decision.findings)
    application = _made(service, round_id, institution, tier, statement, decision)
    if not await repository.add(tx, application):
        return Refusal(ALREADY_APPLIED)
    await record_step(
        tx, service, principal, "submit_application", application, details=_identified(application)
    )
    return application


async def _decide(tx: Transaction, service: Service, institution: Institution, tier: Tier) -> Decision:
    today, code = service.clock.today(), institution.credit_code
    facts = await standing.facts_of(tx, [code], today, tier)
    return decide(facts[code], parameters_on(service.law, today), APPLICATION_RULES)


def _made(
    service: Service, round_id: UUID, institution: Institution, tier: Tier, statement: str, decision: Decision
) -> Application:
    return Application(
        id=new_id(),
        round_id=round_id,
        credit_code=institution.credit_code,
        institution_name=institution.name,
        district=institution.district,
        tier=tier,
        statement=statement,
        state=State.SUBMITTED,
        submitted_on=service.clock.today(),
        findings=as_json(decision.findings),
        parameters_version=decision.parameters_version,
        district_comment=None,
        version=1,
    )


async def recommend(
    tx: Transaction, service: Service, principal: Principal, application_id: UUID, version: int, comment: str
) -> Application | Refusal:
    """The institution's district recommends it to the city (择优推荐; B07)."""
    return await _review(
        tx, service, principal, application_id, version, comment, "recommend", Application.recommend
    )


async def decline(
    tx: Transaction, service: Service, principal: Principal, application_id: UUID, version: int, comment: str
) -> Application | Refusal:
    """The institution's district does not recommend it (B07)."""
    return await _review(
        tx, service, principal, application_id, version, comment, "decline", Application.decline
    )


async def _review(
    tx: Transaction,
    service: Service,
    principal: Principal,
    application_id: UUID,
    version: int,
    comment: str,
    action: str,
    step: Callable[[Application, str], Refusal | None],
) -> Application | Refusal:
    known = await repository.find(tx, application_id)
    if known is None or known.district != principal.district:
        return Refusal(NOT_FOUND)
    # The round before the application, as publication takes them.
    brand_round = await rounds.load_unchanging(tx, known.round_id)
    application = await repository.load_for_update(tx, application_id)
    assert brand_round is not None
    assert application is not None
    before = application.state
    refused = (
        stale(application.version, version) or brand_round.may_be_reviewed() or step(application, comment)
    )
    if refused:
        return refused
    await repository.save(tx, application)
    await record_step(
        tx,
        service,
        principal,
        f"{action}_application",
        application,
        from_state=before,
        reason=comment,
        details=_identified(application),
    )
    return application


def _identified(application: Application) -> dict[str, object]:
    return {"round_id": str(application.round_id), "credit_code": application.credit_code}
