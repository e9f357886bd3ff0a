"""Voiding an evaluation (作废): its certificate falls with it; a trainee without fault is evaluated anew."""

from uuid import UUID

from chuangpei.auth import SYSTEM, Principal
from chuangpei.database import Transaction
from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.refusals import Refusal
from chuangpei.outbox import emit
from chuangpei.problems import INVALID_INPUT, NOT_FOUND, PRECONDITION_FAILED

from cert_svc.certificates import repository as certificates
from cert_svc.certificates.use_cases import UNKNOWN_REASON, revoke
from cert_svc.evaluations import repository, telling
from cert_svc.evaluations.evaluation import Evaluation
from cert_svc.evaluations.handling import certificate_stands, recorded
from cert_svc.evaluations.lifecycle import UNDECIDED
from cert_svc.evaluations.use_cases import opened
from cert_svc.service import Service

VOIDED = "evaluation_voided"
"""The reason that names a fault of the organisation, and speaks against nobody."""


async def void_one(
    tx: Transaction,
    service: Service,
    principal: Principal,
    evaluation_id: UUID,
    version: int,
    *,
    reason_code: str,
    note: str,
) -> Evaluation | Refusal:
    """Voids the evaluation in the version that was read (作废; C04)."""
    evaluation, _ = await repository.load_attempts(tx, evaluation_id)
    if evaluation is None:
        return Refusal(NOT_FOUND)
    if evaluation.version != version:
        return Refusal(PRECONDITION_FAILED)
    return await void(tx, service, principal, evaluation, reason_code=reason_code, note=note)


async def void(
    tx: Transaction,
    service: Service,
    principal: Principal,
    evaluation: Evaluation,
    *,
    reason_code: str = VOIDED,
    note: str,
    anew: bool = True,
) -> Evaluation | Refusal:
    """Voids a locked evaluation, whatever came of it, and revokes the certificate resting on it (C04, C06).

    The reason is one of those for which certificates are revoked. Where it says that the trainee had no
    fault, the attempt is not used up, and opens again at once if ``anew`` and the 培训结业证书 stands (D12).
    Evaluations are locked before certificates: who does both follows this order.
    """
    before, at = evaluation.state, service.clock.now()
    reason = service.law.reasons_on(civil_date(at)).get(reason_code)
    if reason is None:
        return Refusal(INVALID_INPUT, errors=(UNKNOWN_REASON,))
    if refusal := evaluation.void(reason, note, principal.subject, at):
        return refusal
    await repository.save(tx, evaluation)
    await recorded(tx, principal, evaluation, "void", before, at=at, given=evaluation.score, reason=note)
    # The 培训结业证书 is locked before the 合格证书, as where both fall with a completion.
    stands = await certificate_stands(tx, evaluation)
    await revoke_certificate(tx, service, principal, evaluation, reason_code, note)
    following = None
    if anew and not evaluation.counts and stands:
        wanted = evaluation.anew(at)
        following = wanted if await opened(tx, principal, wanted, "open_anew") else None
    await emit(tx, telling.voided(evaluation, following), at)
    return evaluation


async def void_undecided(
    tx: Transaction, service: Service, enrolment_id: UUID, reason_code: str, note: str
) -> None:
    """Voids an enrolment's evaluation that has no result yet, for what the platform was told (C04)."""
    evaluation = await repository.newest_for_update(tx, enrolment_id)
    if evaluation is not None and evaluation.state in UNDECIDED:
        await void(tx, service, SYSTEM, evaluation, reason_code=reason_code, note=note, anew=False)


async def open_anew(tx: Transaction, service: Service, enrolment_id: UUID, reason_code: str) -> None:
    """Opens again the attempt that was voided for a reason which no longer holds (C02, D12)."""
    evaluation = await repository.newest_for_update(tx, enrolment_id)
    if evaluation is None or evaluation.voiding is None or evaluation.voiding.reason_code != reason_code:
        return
    await opened(tx, SYSTEM, evaluation.anew(service.clock.now()), "open_anew")


async def revoke_certificate(
    tx: Transaction,
    service: Service,
    principal: Principal,
    evaluation: Evaluation,
    reason_code: str,
    note: str,
) -> None:
    """Revokes the valid certificate that rests on the evaluation, if there is one (撤销; C06)."""
    resting = await certificates.resting_on(tx, evaluation.id)
    if resting is None:
        return
    number, version = resting
    revoked = await revoke(tx, service, principal, number, version, reason_code=reason_code, note=note)
    assert not isinstance(revoked, Refusal), "it is valid, and locked"
