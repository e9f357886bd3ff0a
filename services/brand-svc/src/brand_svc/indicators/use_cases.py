"""What brand-svc does with the events that it counts (B04)."""

from collections.abc import Sequence

from chuangpei.consumer import Message
from chuangpei.database import Transaction
from chuangpei.events.base import TYPE_PREFIX
from chuangpei.kernel.identifiers import new_id

from brand_svc.indicators import repository
from brand_svc.indicators.fact import FACTS


async def count(tx: Transaction, messages: Sequence[Message]) -> None:
    """Keeps the facts in these events; of one thing, what was told last.

    Rows are always taken in one order, so that nobody waits in a circle.
    """
    latest = {}
    for message in sorted(messages, key=lambda one: one.occurred_at):
        for fact in FACTS[type(message.event)](message.event):
            latest[fact.kind, fact.reference] = (fact, message)
    if not latest:
        return
    rows = [
        {
            "id": new_id(),
            "kind": fact.kind,
            "reference": fact.reference,
            "credit_code": fact.credit_code,
            "day": fact.day,
            "amount": fact.amount,
            "counts": fact.counts,
            "source": message.type.removeprefix(f"{TYPE_PREFIX}."),
            "event_id": message.event_id,
            "told_at": message.occurred_at,
        }
        for _, (fact, message) in sorted(latest.items(), key=lambda one: one[0])
    ]
    await repository.put(tx, rows)
