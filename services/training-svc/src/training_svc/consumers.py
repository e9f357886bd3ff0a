"""What training-svc does on the events of others."""

from chuangpei.consumer import Handlers, Message
from chuangpei.database import Transaction
from chuangpei.events.brand import BrandEnded, BrandRecognised, BrandRevoked
from chuangpei.events.cert import (
    CertificateRevoked,
    EvaluationConfirmed,
    EvaluationCorrected,
    EvaluationVoided,
)

from training_svc.brand_standings import use_cases as brand_standings
from training_svc.results.use_cases import (
    learn_correction,
    learn_evaluation,
    learn_revocation,
    learn_void,
)


async def _on_evaluation(tx: Transaction, event: EvaluationConfirmed, _: Message) -> None:
    await learn_evaluation(tx, event)


async def _on_correction(tx: Transaction, event: EvaluationCorrected, _: Message) -> None:
    await learn_correction(tx, event)


async def _on_void(tx: Transaction, event: EvaluationVoided, _: Message) -> None:
    await learn_void(tx, event)


async def _on_revocation(tx: Transaction, event: CertificateRevoked, _: Message) -> None:
    await learn_revocation(tx, event)


HANDLERS: Handlers = {
    EvaluationConfirmed: _on_evaluation,
    EvaluationCorrected: _on_correction,
    EvaluationVoided: _on_void,
    CertificateRevoked: _on_revocation,
    BrandRecognised: brand_standings.learn_recognition,
    BrandEnded: brand_standings.learn_end,
    BrandRevoked: brand_standings.learn_revocation,
}
"""Event type to use case: the map of what happens next."""
