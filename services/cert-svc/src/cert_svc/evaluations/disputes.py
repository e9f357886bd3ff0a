"""Publishing a result, and what becomes of a dispute of it (成绩公布、复核)."""

from uuid import UUID

from chuangpei.auth import SYSTEM, Principal, Role
from chuangpei.database import Transaction
from chuangpei.kernel.refusals import Refusal
from chuangpei.outbox import emit
from chuangpei.problems import NOT_FOUND

from cert_svc.evaluations import repository, telling
from cert_svc.evaluations.evaluation import Evaluation
from cert_svc.evaluations.handling import certificate_stands, checked, recorded, taken
from cert_svc.evaluations.scoring import Points
from cert_svc.evaluations.use_cases import qualified
from cert_svc.evaluations.voiding import revoke_certificate, void
from cert_svc.problems import REAL_NAME_REQUIRED
from cert_svc.service import Service

CORRECTED = "evaluation_corrected"
"""The reason for which a certificate is revoked when its evaluation was corrected to a fail."""
_GROUNDS = "evaluation.dispute_grounds"
_SUPERSEDED = "前次评价经复核更正为合格 · An earlier attempt was corrected to a pass"


async def publish(
    tx: Transaction, service: Service, principal: Principal, evaluation_id: UUID, version: int
) -> Evaluation | Refusal:
    """Shows a confirmed result to the trainee, who may dispute it from then on (成绩公布; C04)."""
    if principal.role is Role.EVALUATOR and principal.person_key is None:
        return Refusal(REAL_NAME_REQUIRED)
    locked = await repository.load_for_update(tx, evaluation_id)
    found = await checked(tx, service, principal, locked, version)
    if isinstance(found, Refusal):
        return found
    evaluation, publisher = found
    before, at = evaluation.state, service.clock.now()
    if refusal := evaluation.publish(publisher, at):
        return refusal
    await repository.save(tx, evaluation)
    await recorded(tx, principal, evaluation, "publish", before, at=at, given=evaluation.score)
    await emit(tx, telling.published(evaluation), at)
    return evaluation


async def dispute(
    tx: Transaction, service: Service, principal: Principal, evaluation_id: UUID, grounds: str
) -> Evaluation | Refusal:
    """The trainee disputes a published result, once and in time (复核申请; C04); grounds are encrypted."""
    evaluation, others = await repository.load_attempts(tx, evaluation_id)
    if evaluation is None or not _is_published_to(principal, evaluation):
        return Refusal(NOT_FOUND)
    before, at = evaluation.state, service.clock.now()
    passed_later = any(one.passed and one.attempt > evaluation.attempt for one in others)
    encrypted = service.privacy.at_rest.encrypt(grounds, _GROUNDS)
    if refusal := evaluation.take_dispute(encrypted, principal.subject, at, passed_later=passed_later):
        return refusal
    await repository.add_dispute(tx, evaluation)
    await repository.save(tx, evaluation)
    await recorded(tx, principal, evaluation, "dispute", before, at=at)
    await emit(tx, telling.disputed(evaluation), at)
    return evaluation


async def uphold(
    tx: Transaction,
    service: Service,
    principal: Principal,
    evaluation_id: UUID,
    version: int,
    reason: str,
) -> Evaluation | Refusal:
    """Another person than who scored or confirmed finds that the result stands (维持; C04)."""
    found = await taken(tx, service, principal, evaluation_id, version)
    if isinstance(found, Refusal):
        return found
    evaluation, reviewer = found
    before, at = evaluation.state, service.clock.now()
    if refusal := evaluation.uphold(reason, reviewer, at):
        return refusal
    await repository.save_review(tx, evaluation)
    await repository.save(tx, evaluation)
    await recorded(tx, principal, evaluation, "uphold", before, at=at, given=evaluation.score, reason=reason)
    await emit(tx, telling.reviewed(evaluation), at)
    return evaluation


async def correct(
    tx: Transaction,
    service: Service,
    principal: Principal,
    evaluation_id: UUID,
    version: int,
    *,
    points: Points,
    reason: str,
) -> Evaluation | Refusal:
    """Another person gives the disputed result other points, which decide anew (更正; C02, C04).

    What was a fail and is a pass gets its 培训合格证书 at once, and a retake under way falls away; what was a
    pass and is a fail has its certificate revoked.
    """
    if principal.person_key is None:
        return Refusal(REAL_NAME_REQUIRED)
    locked, others = await repository.load_attempts(tx, evaluation_id)
    found = await checked(tx, service, principal, locked, version)
    if isinstance(found, Refusal):
        return found
    evaluation, reviewer = found
    before, passed_before, at = evaluation.state, evaluation.passed, service.clock.now()
    stands = await certificate_stands(tx, evaluation)
    if refusal := evaluation.correct(points, reason, reviewer, at, certificate_stands=stands):
        return refusal
    if evaluation.passed:
        for one in others:
            if one.is_undecided and one.attempt > evaluation.attempt:
                await void(tx, service, SYSTEM, one, note=_SUPERSEDED, anew=False)
    await repository.save_review(tx, evaluation)
    await repository.save(tx, evaluation)
    await recorded(tx, principal, evaluation, "correct", before, at=at, given=evaluation.score, reason=reason)
    await emit(tx, telling.reviewed(evaluation), at)
    if evaluation.passed and not passed_before:
        await qualified(tx, service, principal, evaluation)
    elif passed_before and not evaluation.passed:
        await revoke_certificate(tx, service, principal, evaluation, CORRECTED, reason)
    return evaluation


def grounds_of(service: Service, evaluation: Evaluation) -> str:
    """The clear grounds of its dispute."""
    assert evaluation.dispute is not None, "only a dispute has grounds"
    return service.privacy.at_rest.decrypt(evaluation.dispute.grounds_encrypted, _GROUNDS)


def _is_published_to(principal: Principal, evaluation: Evaluation) -> bool:
    is_own = evaluation.completion.person.person_key == principal.person_key
    return is_own and evaluation.publication is not None
