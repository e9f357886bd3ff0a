"""What happens next: from an event to its use case."""

from collections.abc import Sequence

from chuangpei.consumer import Handlers, InBatch, Message
from chuangpei.database import Transaction
from chuangpei.events.cert import CertificateIssued, CertificateReissued, CertificateRevoked

from subsidy_svc.law.published import refresh
from subsidy_svc.revocation import revoke
from subsidy_svc.service import Service
from subsidy_svc.windows.use_cases import open_windows, reissue


def handlers(service: Service) -> Handlers:
    """Every event this service listens to."""

    async def on_issued(tx: Transaction, messages: Sequence[Message]) -> None:
        await refresh(tx, service.law)
        await open_windows(tx, service.law, service.clock, messages)

    async def on_reissued(tx: Transaction, event: CertificateReissued, _: Message) -> None:
        await reissue(tx, event)

    async def on_revoked(tx: Transaction, event: CertificateRevoked, _: Message) -> None:
        await revoke(tx, service, event)

    return {
        CertificateIssued: InBatch(on_issued),
        CertificateReissued: on_reissued,
        CertificateRevoked: on_revoked,
    }
