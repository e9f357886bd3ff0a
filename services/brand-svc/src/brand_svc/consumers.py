"""What brand-svc does with the events of other services."""

from collections.abc import Sequence

from chuangpei.consumer import Handlers, InBatch, Message
from chuangpei.database import Transaction
from chuangpei.events.cert import CertificateRevoked
from chuangpei.events.subsidy import SubsidyFraudConfirmed
from chuangpei.events.training import InstitutionRegistered

from brand_svc.exit_cases import use_cases as exit_cases
from brand_svc.institutions import use_cases as institutions
from brand_svc.service import Service


def handlers(service: Service) -> Handlers:
    """Event type to use case: the map of what happens next."""

    async def revocations(tx: Transaction, messages: Sequence[Message]) -> None:
        await exit_cases.receive_revocations(tx, service, messages)

    async def frauds(tx: Transaction, messages: Sequence[Message]) -> None:
        await exit_cases.receive_frauds(tx, service, messages)

    return {
        InstitutionRegistered: institutions.learn,
        # Together, so that the standings of all institutions concerned are locked in one order.
        CertificateRevoked: InBatch(revocations),
        SubsidyFraudConfirmed: InBatch(frauds),
    }
