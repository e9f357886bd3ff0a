"""Verbs of the district: recommend, decline, amend (初审推荐; B07)."""

from collections.abc import Sequence
from uuid import UUID

from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.refusals import Finding, Refusal
from chuangpei.problems import NOT_FOUND

from brand_svc.access import own_interest
from brand_svc.applications import repository
from brand_svc.applications.application import Application
from brand_svc.applications.lifecycle import OWN, Action, State
from brand_svc.applications.schemas import ReviewAmendment
from brand_svc.applications.use_cases import decided, identified, loaded
from brand_svc.findings import as_json
from brand_svc.problems import NOT_ELIGIBLE
from brand_svc.recording import record_step
from brand_svc.rounds.round import Round
from brand_svc.service import Service


async def recommend(
    tx: Transaction, service: Service, principal: Principal, application_id: UUID, version: int, comment: str
) -> Application | Refusal:
    """The institution's district recommends it to the city (择优推荐; B07); nobody who is barred (B13)."""
    return await _review(tx, service, principal, application_id, version, Action.RECOMMEND, comment)


async def decline(
    tx: Transaction, service: Service, principal: Principal, application_id: UUID, version: int, comment: str
) -> Application | Refusal:
    """The institution's district does not recommend it, and says why (B07)."""
    return await _review(tx, service, principal, application_id, version, Action.DECLINE, comment)


async def amend(
    tx: Transaction,
    service: Service,
    principal: Principal,
    application_id: UUID,
    version: int,
    body: ReviewAmendment,
) -> Application | Refusal:
    """The district corrects what it said, until the list is published (B07).

    A list deliberated on before is checked against it when it is published.
    """
    found = await _reviewable(tx, principal, application_id, version)
    if isinstance(found, Refusal):
        return found
    brand_round, application = found
    before = application.described()
    recommended = (body.outcome or application.state) == State.RECOMMENDED
    action = Action.CORRECT_TO_RECOMMENDED if recommended else Action.CORRECT_TO_DECLINED
    comment = body.comment or application.district_comment or ""
    refused = brand_round.may_amend_reviews() or await _take(tx, service, application, action, comment)
    if refused:
        return refused
    kept = await amended(
        tx,
        principal,
        at=service.clock.now(),
        object_type=Application.OBJECT_TYPE,
        object_id=application.id,
        reason=body.reason,
        before=before,
        after=application.described(),
    )
    if not kept:
        return Refusal(NOTHING_AMENDED)
    await repository.save(tx, application)
    return application


async def _review(
    tx: Transaction,
    service: Service,
    principal: Principal,
    application_id: UUID,
    version: int,
    action: Action,
    comment: str,
) -> Application | Refusal:
    found = await _reviewable(tx, principal, application_id, version)
    if isinstance(found, Refusal):
        return found
    brand_round, application = found
    before = application.state
    refused = brand_round.may_be_reviewed() or await _take(tx, service, application, action, comment)
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
        details=identified(application),
    )
    return application


async def _take(
    tx: Transaction, service: Service, application: Application, action: Action, comment: str
) -> Refusal | None:
    findings = await _findings(tx, service, application.credit_code, action)
    if isinstance(findings, Refusal):
        return findings
    return application.review(action, comment, as_json(findings), service.clock.today())


async def _findings(
    tx: Transaction, service: Service, credit_code: str, action: Action
) -> Sequence[Finding] | Refusal:
    decision = await decided(tx, service, credit_code)
    favours = action in (Action.RECOMMEND, Action.CORRECT_TO_RECOMMENDED)
    if favours and not decision.allowed:
        return Refusal(NOT_ELIGIBLE, findings=decision.findings)
    return decision.findings


async def _reviewable(
    tx: Transaction, principal: Principal, application_id: UUID, version: int
) -> tuple[Round, Application] | Refusal:
    known = await repository.find(tx, application_id)
    if known is None or known.district != principal.district or known.state in OWN:
        return Refusal(NOT_FOUND)
    return own_interest(principal, known.credit_code, *known.acted_for) or await loaded(tx, known, version)
