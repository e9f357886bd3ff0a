"""What webhook-svc does with each event of the platform: keep it, and owe it to whoever subscribed."""

from collections.abc import Sequence

from chuangpei.consumer import Message
from chuangpei.database import Transaction

from webhook_svc.events import repository
from webhook_svc.service import Service


async def take(tx: Transaction, service: Service, messages: Sequence[Message]) -> None:
    """Keeps the events and owes them; what an endpoint did not subscribe to then, it may have replayed."""
    if await repository.keep(tx, messages, service.clock.now()):
        tx.after_commit(service.waking.wake)
