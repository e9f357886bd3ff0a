"""What brand-svc does with the events of other services."""

from collections.abc import Sequence
from typing import Any

from chuangpei.consumer import Handler, Handlers, InBatch, Message
from chuangpei.database import Transaction
from chuangpei.events.cert import CertificateRevoked
from chuangpei.events.subsidy import SubsidyFraudConfirmed
from chuangpei.events.training import (
    ClassCancelled,
    ClassChanged,
    ClassFiled,
    ClassReinstated,
    InspectionOverdue,
    InstitutionInactive,
    InstitutionListedDishonest,
    InstitutionPenalised,
    InstitutionRegistered,
    InstitutionSanctionLifted,
    InstitutionUpdated,
    QualificationAmended,
    QualificationApproved,
    QualificationExpired,
    QualificationRestored,
    QualificationResumed,
    QualificationRevoked,
    QualificationSuspended,
)

from brand_svc.exit_cases import use_cases as exit_cases
from brand_svc.institutions import use_cases as institutions
from brand_svc.service import Service


def handlers(service: Service) -> Handlers:
    """Event type to use case: the map of what happens next."""

    async def signals(tx: Transaction, messages: Sequence[Message]) -> None:
        await exit_cases.receive(tx, service, messages)

    def signals_and(learn: Handler) -> InBatch:
        async def both(tx: Transaction, messages: Sequence[Message]) -> None:
            for message in messages:
                event: Any = message.event
                await learn(tx, event, message)
            await exit_cases.receive(tx, service, messages)

        return InBatch(both)

    return {
        InstitutionRegistered: institutions.learn,
        InstitutionUpdated: institutions.learn_change,
        InstitutionSanctionLifted: institutions.learn_lifting,
        QualificationApproved: institutions.learn_qualification,
        QualificationAmended: institutions.learn_qualification,
        QualificationSuspended: institutions.learn_qualification,
        QualificationResumed: institutions.learn_qualification,
        QualificationRevoked: institutions.learn_qualification,
        QualificationRestored: institutions.learn_qualification,
        QualificationExpired: institutions.learn_qualification,
        ClassFiled: institutions.learn_class,
        ClassChanged: institutions.learn_class,
        ClassCancelled: institutions.learn_class,
        ClassReinstated: institutions.learn_class,
        # Together, so that the standings of all institutions concerned are locked in one order.
        CertificateRevoked: InBatch(signals),
        SubsidyFraudConfirmed: InBatch(signals),
        InspectionOverdue: InBatch(signals),
        InstitutionPenalised: signals_and(institutions.learn_sanction),
        InstitutionListedDishonest: signals_and(institutions.learn_sanction),
        InstitutionInactive: signals_and(institutions.learn_inactivity),
    }
