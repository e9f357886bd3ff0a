"""A counted fact (计数事实) of an institution, and what of each event becomes one (B04)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from chuangpei.events.base import Event
from chuangpei.events.cert import (
    CertificateRevoked,
    EvaluationConfirmed,
    EvaluationCorrected,
    EvaluationVoided,
)
from chuangpei.events.subsidy import SubsidyFraudConfirmed
from chuangpei.events.training import (
    ComplaintDecided,
    CompletionRevoked,
    FollowUpRecorded,
    TrainingCompleted,
)

from brand_svc.policy.indicators import FactKind


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing of a kind that happened at an institution on a day, known by its ``reference``.

    ``amount`` is what it amounts to: 1 for a passed evaluation, the jobs of a business. One that does not
    count (``counts``) was taken back, or never was: a later event of the same reference may change that.
    """

    kind: FactKind
    reference: UUID
    credit_code: str
    day: date
    amount: int = 1
    counts: bool = True


def _confirmed(event: EvaluationConfirmed) -> Iterable[Fact]:
    yield Fact(
        FactKind.EVALUATION,
        event.evaluation_id,
        event.institution.credit_code,
        event.evaluated_on,
        int(event.passed),
    )


def _corrected(event: EvaluationCorrected) -> Iterable[Fact]:
    yield Fact(
        FactKind.EVALUATION,
        event.evaluation_id,
        event.institution.credit_code,
        event.evaluated_on,
        int(event.passed),
    )


def _voided(event: EvaluationVoided) -> Iterable[Fact]:
    code = event.institution.credit_code
    yield Fact(FactKind.EVALUATION, event.evaluation_id, code, event.voided_on, 0, counts=False)


def _completed(event: TrainingCompleted) -> Iterable[Fact]:
    """The trainee, and the class: it was held once somebody completed it, whatever becomes of that."""
    code = event.institution.credit_code
    yield Fact(FactKind.COMPLETION, event.enrolment_id, code, event.completed_on)
    yield Fact(FactKind.CLASS, event.class_id, code, event.class_ended_on)


def _completion_revoked(event: CompletionRevoked) -> Iterable[Fact]:
    """The trainee, and the business, which belongs to the enrolment."""
    code = event.institution.credit_code
    yield Fact(FactKind.COMPLETION, event.enrolment_id, code, event.completed_on, counts=False)
    yield Fact(FactKind.OPENING, event.enrolment_id, code, event.completed_on, 0, counts=False)


def _followed_up(event: FollowUpRecorded) -> Iterable[Fact]:
    yield Fact(
        FactKind.OPENING,
        event.enrolment_id,
        event.institution.credit_code,
        event.opened_on or event.recorded_on,
        event.jobs,
        counts=event.opened_on is not None,
    )


def _complained(event: ComplaintDecided) -> Iterable[Fact]:
    code = event.institution.credit_code
    yield Fact(FactKind.COMPLAINT, event.complaint_id, code, event.filed_on, counts=event.upheld)


def _revoked(event: CertificateRevoked) -> Iterable[Fact]:
    """Only where the reason is one the institution answers for (D09)."""
    if event.exit_ground is not None:
        code = event.institution.credit_code
        yield Fact(FactKind.REVOCATION, event.certificate_id, code, event.revoked_on)


def _defrauded(event: SubsidyFraudConfirmed) -> Iterable[Fact]:
    """Only where the institution took part (D09)."""
    if event.exit_ground is not None:
        yield Fact(FactKind.FRAUD, event.finding_id, event.institution.credit_code, event.confirmed_on)


FACTS: Mapping[type[Event], Callable[[Any], Iterable[Fact]]] = {
    EvaluationConfirmed: _confirmed,
    EvaluationCorrected: _corrected,
    EvaluationVoided: _voided,
    TrainingCompleted: _completed,
    CompletionRevoked: _completion_revoked,
    FollowUpRecorded: _followed_up,
    ComplaintDecided: _complained,
    CertificateRevoked: _revoked,
    SubsidyFraudConfirmed: _defrauded,
}
"""Which events are counted, and as what."""
