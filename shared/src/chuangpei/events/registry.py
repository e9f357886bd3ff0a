"""Every event type of the platform, in one visible tuple."""

from collections.abc import Mapping
from types import MappingProxyType

from chuangpei.events import brand, cert, subsidy, training, webhook
from chuangpei.events.base import Event, topic_of

TRAINING_EVENTS: tuple[type[Event], ...] = (
    training.StandardPublished,
    training.EvaluationNormPublished,
    training.InstitutionRegistered,
    training.InstitutionUpdated,
    training.InstitutionPenalised,
    training.InstitutionListedDishonest,
    training.InstitutionSanctionLifted,
    training.InstitutionDesignated,
    training.InstitutionDesignationWithdrawn,
    training.InstitutionInactive,
    training.QualificationApproved,
    training.QualificationAmended,
    training.QualificationSuspended,
    training.QualificationResumed,
    training.QualificationRevoked,
    training.QualificationRestored,
    training.QualificationExpired,
    training.ClassFiled,
    training.ClassChanged,
    training.ClassCancelled,
    training.ClassReinstated,
    training.EnrolmentPromoted,
    training.TrainingCompleted,
    training.CourseRecognised,
    training.CourseRetired,
    training.CourseRestored,
    training.CompletionRevoked,
    training.InstructorAppraisalDue,
    training.InstructorExited,
    training.InstructorReinstated,
    training.FollowUpDue,
    training.FollowUpRecorded,
    training.ComplaintDecided,
    training.AnomalyFound,
    training.InspectionOverdue,
)
CERT_EVENTS: tuple[type[Event], ...] = (
    cert.EvaluationOpened,
    cert.EvaluationConfirmed,
    cert.EvaluationPublished,
    cert.EvaluationDisputed,
    cert.EvaluationUpheld,
    cert.EvaluationCorrected,
    cert.EvaluationVoided,
    cert.EvaluationRecheckDiffers,
    cert.EvaluationSessionPlanned,
    cert.EvaluationSessionChanged,
    cert.EvaluationSessionCancelled,
    cert.CertificateIssued,
    cert.CertificateReissued,
    cert.CertificateRevoked,
)
SUBSIDY_EVENTS: tuple[type[Event], ...] = (
    subsidy.ClaimWindowOpened,
    subsidy.ClaimWindowClosed,
    subsidy.ClaimWindowClosing,
    subsidy.ClaimSubmitted,
    subsidy.ClaimAccepted,
    subsidy.ClaimApproved,
    subsidy.ClaimRejected,
    subsidy.ClaimSupplementAsked,
    subsidy.ClaimSupplementGiven,
    subsidy.ClaimNotAccepted,
    subsidy.ClaimDecisionUndone,
    subsidy.ClaimDecisionAmended,
    subsidy.ClaimWithdrawn,
    subsidy.ClaimNoticed,
    subsidy.ClaimNoticeSettled,
    subsidy.ClaimHeld,
    subsidy.ClaimCleared,
    subsidy.ClaimStopped,
    subsidy.ClaimPaid,
    subsidy.ClaimPaymentFailed,
    subsidy.RecoveryOpened,
    subsidy.RecoveryOpenedByFinding,
    subsidy.RecoveryEnded,
    subsidy.SubsidyFraudConfirmed,
    subsidy.PaymentBatchSealed,
    subsidy.PaymentBatchReturned,
    subsidy.PaymentBatchSettled,
    subsidy.PolicyPublished,
)
BRAND_EVENTS: tuple[type[Event], ...] = (
    brand.BrandRoundOpened,
    brand.BrandRoundOverdue,
    brand.BrandRoundPublished,
    brand.BrandRecognised,
    brand.BrandEnded,
    brand.ExitCaseOpened,
    brand.ExitCaseChanged,
    brand.ExitCaseOverdue,
    brand.BrandRevoked,
)
WEBHOOK_EVENTS: tuple[type[Event], ...] = (webhook.EndpointDisabled,)

EVENTS_BY_SERVICE: Mapping[str, tuple[type[Event], ...]] = MappingProxyType(
    {
        "training-svc": TRAINING_EVENTS,
        "cert-svc": CERT_EVENTS,
        "subsidy-svc": SUBSIDY_EVENTS,
        "brand-svc": BRAND_EVENTS,
        "webhook-svc": WEBHOOK_EVENTS,
    }
)

EVENT_TYPES: Mapping[str, type[Event]] = MappingProxyType(
    {event.TYPE: event for events in EVENTS_BY_SERVICE.values() for event in events}
)

TOPICS: tuple[str, ...] = tuple(sorted({topic_of(event_type) for event_type in EVENT_TYPES}))
