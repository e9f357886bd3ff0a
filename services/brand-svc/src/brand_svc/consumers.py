"""What brand-svc does with the events of other services."""

from collections.abc import Sequence

from chuangpei.consumer import BatchHandler, Handler, Handlers, InBatch, Message
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
    TrainingCompleted,
)

from brand_svc.assessors import use_cases as assessors
from brand_svc.exit_cases import taking
from brand_svc.indicators import use_cases as indicators
from brand_svc.indicators.fact import FACTS
from brand_svc.institutions import use_cases as institutions
from brand_svc.service import Service


def handlers(service: Service) -> Handlers:
    """Event type to use case: the map of what happens next."""

    async def signals(tx: Transaction, messages: Sequence[Message]) -> None:
        await taking.receive(tx, service, messages)

    async def teaching(tx: Transaction, messages: Sequence[Message]) -> None:
        await assessors.learn_teaching(tx, service, messages)

    # Together, so that the standings of all institutions concerned are locked in one order.
    signalled = InBatch(signals)
    decided: Handlers = {
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
        CertificateRevoked: signalled,
        SubsidyFraudConfirmed: signalled,
        InspectionOverdue: signalled,
        InstitutionPenalised: _after(institutions.learn_sanction, signalled),
        InstitutionListedDishonest: _after(institutions.learn_sanction, signalled),
        InstitutionInactive: _after(institutions.learn_inactivity, signalled),
    }
    taught: Handlers = {TrainingCompleted: InBatch(teaching)}
    counted: Handlers = dict.fromkeys(FACTS, InBatch(indicators.count))
    return _together(decided, _together(taught, counted))


def _together(first: Handlers, second: Handlers) -> Handlers:
    """Both maps; an event that is in both has the effect of the first, then that of the second."""
    both = {kind: _after(first[kind], second[kind]) for kind in first.keys() & second.keys()}
    return {**first, **second, **both}


def _after(first: Handler | InBatch, second: Handler | InBatch) -> InBatch:
    async def handle(tx: Transaction, messages: Sequence[Message]) -> None:
        await _in_batch(first)(tx, messages)
        await _in_batch(second)(tx, messages)

    return InBatch(handle)


def _in_batch(handler: Handler | InBatch) -> BatchHandler:
    if isinstance(handler, InBatch):
        return handler.handle

    async def each(tx: Transaction, messages: Sequence[Message]) -> None:
        for message in messages:
            await handler(tx, message.event, message)

    return each
