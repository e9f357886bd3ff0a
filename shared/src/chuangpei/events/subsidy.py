"""Events of subsidy-svc (补贴服务). Money is integer fen, dates are Asia/Shanghai."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import JsonValue

from chuangpei.events.base import TYPE_PREFIX, Event, ExitGround, InstitutionRef, Part


class ClaimWindowOpened(Event):
    """A 合格证书 opened its 12-month claim window (申领期); ``last_day`` is its last whole day (S05, D01)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.claim_window.opened.v1"
    KEY: ClassVar[str] = "certificate_id"
    certificate_id: UUID
    person_key: str
    district: str
    issued_on: date
    last_day: date
    last_day_provisional: bool


class ClaimWindowClosed(Event):
    """A claim window closed, by time or because its certificate was revoked (S05, D06)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.claim_window.closed.v1"
    KEY: ClassVar[str] = "certificate_id"
    certificate_id: UUID
    person_key: str
    cause: Literal["elapsed", "revoked"]
    closed_on: date


class ClaimWindowClosing(Event):
    """An open window nothing was claimed in comes to its end in ``days_before`` days (申领期届满提醒; S05).

    Told once for each number of days, and again where the last day moved since.
    """

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.claim_window.closing.v1"
    KEY: ClassVar[str] = "certificate_id"
    certificate_id: UUID
    person_key: str
    district: str
    last_day: date
    last_day_provisional: bool
    days_before: int


class ClaimEvent(Event):
    """What every event of a claim (申领) carries: who, which certificate, how much, and where it stands."""

    KEY: ClassVar[str] = "claim_id"
    claim_id: UUID
    certificate_id: UUID
    person_key: str
    district: str
    institution_credit_code: str
    project_code: str
    amount_fen: int
    state: str
    on: date


class ClaimSubmitted(ClaimEvent):
    """The holder applied (申请; S05, S06)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.claim.submitted.v1"


class ClaimAccepted(ClaimEvent):
    """The district accepted the application for review (受理; S07)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.claim.accepted.v1"


class ClaimApproved(ClaimEvent):
    """The district approved (审核通过; S07, D05)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.claim.approved.v1"


class ClaimRejected(ClaimEvent):
    """The district did not approve (审核不通过); the findings say why."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.claim.rejected.v1"


class ClaimSupplementAsked(ClaimEvent):
    """The district asked for what is missing (补正告知), due on ``due_on``; ``fields`` name it (S07)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.claim.supplement_asked.v1"
    due_on: date
    fields: list[str]


class ClaimSupplementGiven(ClaimEvent):
    """The holder gave what was missing (补正; S07)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.claim.supplement_given.v1"


class ClaimNotAccepted(ClaimEvent):
    """The district did not take the application up (不予受理); the place is free again (S07, D03)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.claim.not_accepted.v1"


class ClaimDecisionUndone(ClaimEvent):
    """Another person undid the last decision (撤销决定); ``state`` is where it stands again (S07, D05)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.claim.decision_undone.v1"
    undone: Literal["acceptance", "non_acceptance", "rejection"]


class ClaimDecisionAmended(ClaimEvent):
    """The reason or article of a refusal was put right (更正); the refusal stays (S07)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.claim.decision_amended.v1"


class ClaimWithdrawn(ClaimEvent):
    """The holder withdrew (撤回); the place is free again (D03)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.claim.withdrawn.v1"


class ClaimNoticed(ClaimEvent):
    """The grant is publicly noticed (公示) until ``notice_last_day`` (S08, D04).

    While that day is provisional, ``claim.notice_settled`` follows, with the same or a later one.
    """

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.claim.noticed.v1"
    notice_first_day: date
    notice_last_day: date
    notice_last_day_provisional: bool = False


class ClaimNoticeSettled(ClaimEvent):
    """The holidays are known: the notice's last day is exact now, and never before the one told (D04)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.claim.notice_settled.v1"
    notice_first_day: date
    notice_last_day: date


class ClaimHeld(ClaimEvent):
    """An objection (异议) holds this claim alone (S09, D04)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.claim.held.v1"


class ClaimCleared(ClaimEvent):
    """The notice closed without a standing objection (S09)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.claim.cleared.v1"


class ClaimStopped(ClaimEvent):
    """The claim was stopped because its certificate was revoked or an objection upheld (D06, S09)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.claim.stopped.v1"
    cause: Literal["certificate_revoked", "objection_upheld"]


class ClaimPaid(ClaimEvent):
    """The bank settled the payment line (发放; S10, S11)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.claim.paid.v1"
    batch_id: UUID


class ClaimPaymentFailed(ClaimEvent):
    """The bank refused the payment line; ``bank_code`` says why."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.claim.payment_failed.v1"
    batch_id: UUID
    bank_code: str


class RecoveryOpened(Event):
    """A paid claim must be recovered (追回; D06)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.recovery.opened.v1"
    KEY: ClassVar[str] = "claim_id"
    claim_id: UUID
    recovery_id: UUID
    person_key: str
    district: str
    amount_fen: int
    cause: Literal["certificate_revoked"]
    opened_on: date


class RecoveryOpenedByFinding(Event):
    """A paid claim must be recovered because the city confirmed whose fault the payment was (追回; D03)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.recovery.opened_by_finding.v1"
    KEY: ClassVar[str] = "claim_id"
    claim_id: UUID
    recovery_id: UUID
    person_key: str
    district: str
    amount_fen: int
    fault: Literal["person_fraud", "office_error"]
    opened_on: date


class RecoveryEnded(Event):
    """A recovery ended: all of it came in (已追回), or what was still owed was waived (减免)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.recovery.ended.v1"
    KEY: ClassVar[str] = "claim_id"
    claim_id: UUID
    recovery_id: UUID
    person_key: str
    district: str
    outcome: Literal["recovered", "waived"]
    received_fen: int
    waived_fen: int
    on: date


class SubsidyFraudConfirmed(Event):
    """The city confirmed a district's finding that a paid subsidy was got by fraud (骗取补贴; D03).

    ``exit_ground`` is X2 where the institution took part, and then starts its brand's exit case (B11, D09).
    """

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.subsidy.fraud_confirmed.v1"
    KEY: ClassVar[str] = "claim_id"
    claim_id: UUID
    finding_id: UUID
    certificate_id: UUID
    certificate_number: str
    institution: InstitutionRef
    project_code: str
    person_key: str
    amount_fen: int
    exit_ground: ExitGround | None
    confirmed_on: date


class PaymentBatchEvent(Event):
    """What every event of a district's payment batch (支付批次) carries (S10)."""

    KEY: ClassVar[str] = "batch_id"
    batch_id: UUID
    number: str
    district: str
    lines: int
    total_fen: int
    sha256: str
    on: date


class PaymentBatchSealed(PaymentBatchEvent):
    """The batch can no longer change; its total and SHA-256 are fixed."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.payment_batch.sealed.v1"


class PaymentBatchReturned(PaymentBatchEvent):
    """The city gave the batch back (退回): its claims are free to be drafted again."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.payment_batch.returned.v1"


class PaymentBatchSettled(PaymentBatchEvent):
    """Every line has the bank's answer."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.payment_batch.settled.v1"
    settled_lines: int
    settled_fen: int
    failed_lines: int


class PolicyChange(Part):
    """One parameter's new value, its unit, the rule it belongs to and the document it is cited from."""

    parameter: str
    unit: str
    value: JsonValue
    rule: str
    article: str


class PolicyPublished(Event):
    """Changed parameters of the law were published (政策调整发布); they hold from ``effective_from`` on.

    ``number`` counts publications; ``policy_version`` is that of the law on the first day of the change.
    """

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.policy.published.v1"
    KEY: ClassVar[str] = "proposal_id"
    proposal_id: UUID
    number: int
    title: str
    effective_from: date
    published_on: date
    policy_version: str
    changes: tuple[PolicyChange, ...]
