"""What is done when brand-svc tells of brands: the file of an institution shows how it stands (B09, B11)."""

from datetime import date

from chuangpei.consumer import Message
from chuangpei.database import Statement, Transaction
from chuangpei.events.brand import BrandEnded, BrandRecognised, BrandRevoked
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from training_svc.brand_standings.tables import brand_standings

_put = insert(brand_standings).values(
    {one.name: bindparam(one.name, type_=one.type) for one in brand_standings.columns}
)
# Told late, it is no news: what was told last stands.
_PUT = Statement(
    _put.on_conflict_do_update(
        index_elements=["credit_code"],
        set_={name: _put.excluded[name] for name in ("state", "tier", "since", "told_at")},
        where=brand_standings.c.told_at <= _put.excluded.told_at,
    )
)


async def learn_recognition(tx: Transaction, event: BrandRecognised, message: Message) -> None:
    """Remembers that an institution holds a brand, and of which tier."""
    await _put_standing(tx, event.credit_code, "active", event.tier, event.recognised_on, message)


async def learn_end(tx: Transaction, event: BrandEnded, message: Message) -> None:
    """Remembers that a brand ended with a new list."""
    await _put_standing(tx, event.credit_code, "ended", None, event.ended_on, message)


async def learn_revocation(tx: Transaction, event: BrandRevoked, message: Message) -> None:
    """Remembers that a brand was revoked."""
    await _put_standing(tx, event.credit_code, "revoked", None, event.revoked_on, message)


async def _put_standing(
    tx: Transaction, credit_code: str, state: str, tier: str | None, since: date, message: Message
) -> None:
    values = {"credit_code": credit_code, "state": state, "tier": tier, "since": since}
    await tx.execute(_PUT, values | {"told_at": message.occurred_at})
