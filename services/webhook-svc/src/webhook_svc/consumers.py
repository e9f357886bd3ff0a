"""What webhook-svc does with the events of all services, its own among them."""

from collections.abc import Sequence

from chuangpei.consumer import Handlers, InBatch, Message
from chuangpei.database import Transaction
from chuangpei.events.registry import EVENT_TYPES

from webhook_svc.events import use_cases
from webhook_svc.service import Service


def handlers(service: Service) -> Handlers:
    """Every event type of the platform, all alike."""

    async def take(tx: Transaction, messages: Sequence[Message]) -> None:
        await use_cases.take(tx, service, messages)

    return {event: InBatch(take) for event in EVENT_TYPES.values()}
