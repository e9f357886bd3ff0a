"""Named queries over drafts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from subsidy_svc.drafts.lifecycle import State
from subsidy_svc.drafts.tables import drafts
from subsidy_svc.windows.tables import windows

_WINDOW = (windows.c.certificate_number, windows.c.project_name, windows.c.issued_on, windows.c.last_day)
_SELECT = sa.select(drafts, *_WINDOW).join(windows, windows.c.certificate_id == drafts.c.certificate_id)
_OWN = _SELECT.where(drafts.c.id == bindparam("id"), drafts.c.person_key == bindparam("person_key"))
_ONE = Statement(_OWN)
_FOR_UPDATE = Statement(_OWN.with_for_update(of=drafts))
_INSERT = Statement(
    insert(drafts)
    .values(
        {
            one.name: bindparam(one.name, type_=one.type)
            for one in drafts.columns
            if one.name not in ("claim_id",)
        }
    )
    .on_conflict_do_nothing()
    .returning(drafts.c.id)
)
_CONTENT = (
    "enterprise_credit_code",
    "account_kind",
    "account_masked",
    "account_encrypted",
    "phone_masked",
    "phone_encrypted",
    "channel",
    "case_number",
)
_SAVE = Statement(
    drafts.update()
    .where(drafts.c.id == bindparam("of_id"))
    .values(
        {name: bindparam(name, type_=drafts.c[name].type) for name in (*_CONTENT, "saved_at")}
        | {"version": drafts.c.version + 1}
    )
)
_DISCARD = Statement(
    drafts.update()
    .where(drafts.c.id == bindparam("of_id"))
    .values(state=State.DISCARDED, version=drafts.c.version + 1)
)
LIST = Listing(
    _SELECT.where(drafts.c.person_key == bindparam("person_key", type_=sa.Text)),
    key=Order(drafts.c.id, UUID),
    filters={"state": equal(drafts.c.state)},
)


async def add(tx: Transaction, values: Mapping[str, Any]) -> bool:
    """Adds a draft; False where its certificate has a live one."""
    return await tx.row(_INSERT, values) is not None


async def one(source: Database | Transaction, draft_id: UUID, person_key: str) -> Row | None:
    """A person's own draft."""
    return await source.row(_ONE, {"id": draft_id, "person_key": person_key})


async def load_for_update(tx: Transaction, draft_id: UUID, person_key: str) -> Row | None:
    """A person's own draft, locked."""
    return await tx.row(_FOR_UPDATE, {"id": draft_id, "person_key": person_key})


async def save(tx: Transaction, draft_id: UUID, content: Mapping[str, Any], saved_at: datetime) -> None:
    """Writes the content anew."""
    values = {name: content[name] for name in _CONTENT}
    await tx.execute(_SAVE, values | {"of_id": draft_id, "saved_at": saved_at})


async def discard(tx: Transaction, draft_id: UUID) -> None:
    """Writes that the draft was given up; it stays."""
    await tx.execute(_DISCARD, {"of_id": draft_id})
