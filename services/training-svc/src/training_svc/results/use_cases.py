"""What training-svc does when cert-svc tells of an evaluation or a revoked certificate."""

from uuid import UUID

from chuangpei.consumer import NotYet
from chuangpei.database import Transaction
from chuangpei.events.cert import (
    CertificateRevoked,
    EvaluationConfirmed,
    EvaluationCorrected,
    EvaluationVoided,
)

from training_svc.policy.results import makes_void
from training_svc.results import repository


async def learn_evaluation(tx: Transaction, event: EvaluationConfirmed) -> None:
    """Keeps whether the enrolment passed (T08). Raises :class:`NotYet` where it is not known."""
    await _lock(tx, event.enrolment_id)
    await repository.keep_attempt(
        tx,
        event.enrolment_id,
        event.evaluation_id,
        passed=event.passed,
        evaluated_on=event.evaluated_on,
    )


async def learn_correction(tx: Transaction, event: EvaluationCorrected) -> None:
    """Keeps the corrected result of an evaluation (T08). Raises :class:`NotYet` where it is not known."""
    await _lock(tx, event.enrolment_id)
    known = await repository.change_attempt(
        tx,
        event.enrolment_id,
        event.evaluation_id,
        was_passed=event.passed_before,
        passed=event.passed,
        voided=False,
    )
    if not known:
        raise NotYet(f"evaluation {event.evaluation_id} is not known")


async def learn_void(tx: Transaction, event: EvaluationVoided) -> None:
    """Takes a void evaluation out of the result (T08); one that was not confirmed never was in it.

    Raises :class:`NotYet` where it is not known.
    """
    if event.passed is None:
        return
    await _lock(tx, event.enrolment_id)
    known = await repository.change_attempt(
        tx,
        event.enrolment_id,
        event.evaluation_id,
        was_passed=event.passed,
        passed=event.passed,
        voided=True,
    )
    if not known:
        raise NotYet(f"evaluation {event.evaluation_id} is not known")


async def learn_revocation(tx: Transaction, event: CertificateRevoked) -> None:
    """Keeps that a certificate was revoked, and whether that makes the result void (T08).

    Raises :class:`NotYet` where the enrolment is not known, ``ValueError`` for an event of the first form,
    which names none.
    """
    if event.enrolment_id is None:
        raise ValueError(f"the revocation of {event.certificate_id} names no enrolment")
    known = await repository.revoked(
        tx,
        event.enrolment_id,
        void=makes_void(event.reason_code),
        revoked_on=event.revoked_on,
        reason=event.reason_code,
    )
    if not known:
        raise NotYet(f"enrolment {event.enrolment_id} is not known")


async def _lock(tx: Transaction, enrolment_id: UUID) -> None:
    if not await repository.locked(tx, enrolment_id):
        raise NotYet(f"enrolment {enrolment_id} is not known")
