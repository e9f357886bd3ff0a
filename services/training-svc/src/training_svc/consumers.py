"""What training-svc does on the events of others."""

from chuangpei.consumer import Handlers, Message
from chuangpei.database import Transaction
from chuangpei.events.cert import CertificateRevoked, EvaluationConfirmed

from training_svc.results.use_cases import learn_evaluation, learn_revocation


async def _on_evaluation(tx: Transaction, event: EvaluationConfirmed, _: Message) -> None:
    await learn_evaluation(tx, event)


async def _on_revocation(tx: Transaction, event: CertificateRevoked, _: Message) -> None:
    await learn_revocation(tx, event)


HANDLERS: Handlers = {EvaluationConfirmed: _on_evaluation, CertificateRevoked: _on_revocation}
"""Event type to use case: the map of what happens next."""
