"""Opening, scoring, confirming and retaking evaluations."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import SYSTEM, Principal
from chuangpei.database import Transaction
from chuangpei.kernel.refusals import Refusal
from chuangpei.outbox import emit
from chuangpei.problems import NOT_ALLOWED_NOW, NOT_FOUND, PRECONDITION_FAILED

from cert_svc.candidates.sittings import sitting_of
from cert_svc.certificates import repository as certificate_repository
from cert_svc.certificates.certificate import Certificate, Evaluated
from cert_svc.certificates.use_cases import issue
from cert_svc.completions.completion import Completion
from cert_svc.evaluations import repository
from cert_svc.evaluations.evaluation import Evaluation
from cert_svc.evaluations.lifecycle import State
from cert_svc.evaluations.records import Acting, Evaluator, Score
from cert_svc.evaluators.repository import office_of
from cert_svc.policy.rubric import Rubric
from cert_svc.problems import REAL_NAME_REQUIRED
from cert_svc.service import Service


async def open_first(tx: Transaction, service: Service, completion: Completion, rubric: Rubric) -> None:
    """Opens the evaluation that follows a completed stage-3 training (C02)."""
    evaluation = Evaluation.opened(completion, 1, rubric, service.clock.now())
    await repository.add(tx, evaluation)
    await _recorded(tx, SYSTEM, evaluation, "open", None, at=evaluation.opened_at)


async def score(
    tx: Transaction,
    service: Service,
    principal: Principal,
    evaluation_id: UUID,
    version: int,
    *,
    points: int | Mapping[str, int],
    comment: str,
) -> Evaluation | Refusal:
    """Gives points, of the whole or of each part, or amends them before confirmation (评分; C02, C04).

    Where the norm wants blind scores (盲评), it is one of them (T05).
    """
    taken = await _taken(tx, service, principal, evaluation_id, version)
    if isinstance(taken, Refusal):
        return taken
    evaluation, acting = taken
    before, at = evaluation.state, service.clock.now()
    acting = replace(acting, sitting=await sitting_of(tx, evaluation.id, acting.by.person_key, at))
    stands = await _stands(tx, evaluation)
    if refusal := evaluation.give_score(points, comment, acting, at, certificate_stands=stands):
        return refusal
    action, given = "score", evaluation.score
    if evaluation.rubric.is_blind:
        action, given = "score_blind", evaluation.blind_scores[-1]
        await repository.add_blind_score(tx, evaluation)
    await repository.save(tx, evaluation)
    await _recorded(tx, principal, evaluation, action, before, at=at, given=given, reason=comment)
    return evaluation


async def confirm(
    tx: Transaction, service: Service, principal: Principal, evaluation_id: UUID, version: int
) -> tuple[Evaluation, Certificate | None] | Refusal:
    """Confirms the score as another person; a pass issues the 培训合格证书 with it (确认; C02, C04)."""
    taken = await _taken(tx, service, principal, evaluation_id, version)
    if isinstance(taken, Refusal):
        return taken
    evaluation, acting = taken
    at = service.clock.now()
    confirmed = evaluation.confirm(acting, at, certificate_stands=await _stands(tx, evaluation))
    if isinstance(confirmed, Refusal):
        return confirmed
    await repository.save(tx, evaluation)
    await _recorded(tx, principal, evaluation, "confirm", State.SCORED, at=at, given=evaluation.score)
    await emit(tx, confirmed, at)
    if not confirmed.passed:
        return evaluation, None
    evaluated = Evaluated(evaluation.id, confirmed.evaluated_on)
    return evaluation, await issue(
        tx, service, principal, evaluation.completion, "training_qualification", evaluated
    )


async def retake(
    tx: Transaction, service: Service, principal: Principal, evaluation_id: UUID
) -> Evaluation | Refusal:
    """Opens the next attempt after a failed one (补考; D12)."""
    evaluation = await repository.load_for_update(tx, evaluation_id)
    if evaluation is None:
        return Refusal(NOT_FOUND)
    following = evaluation.retake(service.clock.now(), certificate_stands=await _stands(tx, evaluation))
    if isinstance(following, Refusal):
        return following
    if not await repository.add(tx, following):
        return Refusal(NOT_ALLOWED_NOW)
    await _recorded(tx, principal, following, "retake", None, at=following.opened_at)
    return following


async def _taken(
    tx: Transaction, service: Service, principal: Principal, evaluation_id: UUID, version: int
) -> tuple[Evaluation, Acting] | Refusal:
    """The locked evaluation and who acts. Without a real name nobody could be kept from their own class."""
    if principal.person_key is None:
        return Refusal(REAL_NAME_REQUIRED)
    evaluation = await repository.load_for_update(tx, evaluation_id)
    if evaluation is None:
        return Refusal(NOT_FOUND)
    if evaluation.version != version:
        return Refusal(PRECONDITION_FAILED)
    office = await office_of(
        tx, principal.person_key, evaluation.completion.project.code, service.clock.today()
    )
    codes = (office.credit_code if office else None, principal.credit_code)
    return evaluation, Acting(
        Evaluator(principal.subject, principal.person_key),
        office.body_id if office else None,
        frozenset(code for code in codes if code is not None),
    )


async def _stands(tx: Transaction, evaluation: Evaluation) -> bool:
    return await certificate_repository.training_certificate_stands(tx, evaluation.completion.enrolment_id)


async def _recorded(
    tx: Transaction,
    principal: Principal,
    evaluation: Evaluation,
    action: str,
    before: State | None,
    *,
    at: datetime,
    given: Score | None = None,
    reason: str | None = None,
) -> None:
    await record(
        tx,
        principal,
        at=at,
        action=action,
        object_type="evaluation",
        object_id=evaluation.id,
        from_state=before,
        to_state=evaluation.state,
        reason=reason,
        details={
            "attempt": evaluation.attempt,
            "score": given.points if given else None,
            "parts": dict(given.part_points) if given and given.part_points else None,
            "pass_mark": evaluation.rubric.pass_mark,
            "body": str(evaluation.body_id) if evaluation.body_id else None,
            "passed": evaluation.confirmation.passed if evaluation.confirmation else None,
        },
    )
