"""What training-svc does when cert-svc tells of an evaluation or a revoked certificate."""

from chuangpei.consumer import NotYet
from chuangpei.database import Transaction
from chuangpei.events.cert import CertificateRevoked, EvaluationConfirmed

from training_svc.policy.results import makes_void
from training_svc.results import repository


async def learn_evaluation(tx: Transaction, event: EvaluationConfirmed) -> None:
    """Keeps whether the enrolment passed (T08). Raises :class:`NotYet` where it is not known."""
    known = await repository.evaluated(
        tx, event.enrolment_id, passed=event.passed, evaluated_on=event.evaluated_on
    )
    if not known:
        raise NotYet(f"enrolment {event.enrolment_id} is not known")


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
