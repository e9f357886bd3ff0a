"""What brand-svc does when training-svc tells of an institution."""

from chuangpei.consumer import Message
from chuangpei.database import Transaction
from chuangpei.events.training import InstitutionRegistered

from brand_svc.institutions import repository


async def learn(tx: Transaction, event: InstitutionRegistered, message: Message) -> None:
    """Remembers a registered institution, so that it may apply (B07)."""
    await repository.put(tx, event)
