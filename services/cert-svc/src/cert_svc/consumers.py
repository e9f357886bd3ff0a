"""Which event sets off which use case."""

from chuangpei.consumer import Handlers, Message
from chuangpei.database import Transaction
from chuangpei.events.training import CompletionRevoked, EvaluationNormPublished, TrainingCompleted

from cert_svc.completions.use_cases import complete, take_back
from cert_svc.norms import repository as norms
from cert_svc.service import Service


def handlers(service: Service) -> Handlers:
    """The one table of what this service listens to."""

    async def on_training_completed(tx: Transaction, event: TrainingCompleted, _: Message) -> None:
        await complete(tx, service, event)

    async def on_completion_revoked(tx: Transaction, event: CompletionRevoked, _: Message) -> None:
        await take_back(tx, service, event)

    async def on_norm_published(tx: Transaction, event: EvaluationNormPublished, _: Message) -> None:
        await norms.keep(tx, event)

    return {
        TrainingCompleted: on_training_completed,
        CompletionRevoked: on_completion_revoked,
        EvaluationNormPublished: on_norm_published,
    }
