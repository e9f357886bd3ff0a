"""Opening, scoring, confirming and retaking evaluations."""

from dataclasses import replace
from uuid import UUID

from chuangpei.auth import SYSTEM, Principal
from chuangpei.database import Transaction
from chuangpei.kernel.refusals import Refusal
from chuangpei.outbox import emit
from chuangpei.problems import NOT_ALLOWED_NOW, NOT_FOUND

from cert_svc.candidates.sittings import sitting_of
from cert_svc.certificates.certificate import Certificate, Evaluated
from cert_svc.certificates.use_cases import issue
from cert_svc.completions.completion import Completion
from cert_svc.evaluations import repository, telling
from cert_svc.evaluations.evaluation import Evaluation
from cert_svc.evaluations.handling import certificate_stands, recorded, taken
from cert_svc.evaluations.scoring import Points
from cert_svc.policy.rubric import Rubric
from cert_svc.service import Service


async def open_first(tx: Transaction, service: Service, completion: Completion, rubric: Rubric) -> None:
    """Opens the evaluation that follows a completed stage-3 training (C02)."""
    await opened(tx, SYSTEM, Evaluation.opened(completion, 1, rubric, service.clock.now()), "open")


async def score(
    tx: Transaction,
    service: Service,
    principal: Principal,
    evaluation_id: UUID,
    version: int,
    *,
    points: Points,
    comment: str,
) -> Evaluation | Refusal:
    """Gives points, of the whole or of each part, or amends them before confirmation (评分; C02, C04).

    Where the norm wants blind scores (盲评), it is one of them (T05).
    """
    found = await taken(tx, service, principal, evaluation_id, version)
    if isinstance(found, Refusal):
        return found
    evaluation, acting = found
    before, at = evaluation.state, service.clock.now()
    acting = replace(acting, sitting=await sitting_of(tx, evaluation.id, acting.by.person_key, at))
    stands = await certificate_stands(tx, evaluation)
    if refusal := evaluation.give_score(points, comment, acting, at, certificate_stands=stands):
        return refusal
    action, given = "score", evaluation.score
    if evaluation.rubric.is_blind:
        action, given = "score_blind", evaluation.blind_scores[-1]
        await repository.add_blind_score(tx, evaluation)
    await repository.save(tx, evaluation)
    await recorded(tx, principal, evaluation, action, before, at=at, given=given, reason=comment)
    return evaluation


async def confirm(
    tx: Transaction, service: Service, principal: Principal, evaluation_id: UUID, version: int
) -> tuple[Evaluation, Certificate | None] | Refusal:
    """Confirms the score as another person; a pass issues the 培训合格证书 with it (确认; C02, C04)."""
    found = await taken(tx, service, principal, evaluation_id, version)
    if isinstance(found, Refusal):
        return found
    evaluation, acting = found
    before, at = evaluation.state, service.clock.now()
    refusal = evaluation.confirm(
        acting,
        at,
        certificate_stands=await certificate_stands(tx, evaluation),
        dispute_is_open=await repository.dispute_is_open(tx, evaluation),
    )
    if refusal:
        return refusal
    await repository.save(tx, evaluation)
    await recorded(tx, principal, evaluation, "confirm", before, at=at, given=evaluation.score)
    await emit(tx, telling.confirmed(evaluation), at)
    return evaluation, await qualified(tx, service, principal, evaluation) if evaluation.passed else None


async def retake(
    tx: Transaction, service: Service, principal: Principal, evaluation_id: UUID
) -> Evaluation | Refusal:
    """Opens the next attempt after a failed one, while no result is disputed (补考; D12)."""
    evaluation, _ = await repository.load_attempts(tx, evaluation_id)
    if evaluation is None:
        return Refusal(NOT_FOUND)
    following = evaluation.retake(
        service.clock.now(),
        certificate_stands=await certificate_stands(tx, evaluation),
        dispute_is_open=await repository.dispute_is_open(tx, evaluation),
    )
    if isinstance(following, Refusal):
        return following
    return following if await opened(tx, principal, following, "retake") else Refusal(NOT_ALLOWED_NOW)


async def opened(tx: Transaction, principal: Principal, evaluation: Evaluation, action: str) -> bool:
    """Stores and tells a new evaluation; False where the enrolment has another under way, or has passed."""
    if not await repository.add(tx, evaluation):
        return False
    await recorded(tx, principal, evaluation, action, None, at=evaluation.opened_at)
    await emit(tx, telling.opened(evaluation), evaluation.opened_at)
    return True


async def qualified(
    tx: Transaction, service: Service, principal: Principal, evaluation: Evaluation
) -> Certificate | None:
    """Issues the 培训合格证书 that rests on a passed evaluation (C02); None where there is one."""
    assert evaluation.score is not None, "what is passed has a score"
    evaluated = Evaluated(evaluation.id, evaluation.score.evaluated_on)
    return await issue(tx, service, principal, evaluation.completion, "training_qualification", evaluated)
