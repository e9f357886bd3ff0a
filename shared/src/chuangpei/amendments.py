"""Amending what was decided (更正): with a reason, keeping what stood before, never by a script.

The aggregate is changed by its own use case; :func:`amended` keeps the old and the new values beside it and
writes the audit row, in the same transaction. Rows are never updated or deleted.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from fastapi import Query
from pydantic import BaseModel, Field
from sqlalchemy import bindparam

from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.kernel.refusals import Problem, Text
from chuangpei.listing import Asked, Listing, Order, equal
from chuangpei.mechanism_tables import amendments
from chuangpei.paging import Page, PageQuery

Reason = Annotated[
    str,
    Field(min_length=2, max_length=500, description="更正原因 · why it is amended", examples=["登记有误"]),
]

NOTHING_AMENDED = Problem(
    "nothing_amended", 422, Text("更正内容与现有内容相同", "The amendment changes nothing")
)

_INSERT = Statement(
    amendments.insert().values(
        {one.name: bindparam(one.name, type_=one.type) for one in amendments.columns if one.name != "id"}
    )
)
_HISTORY = Listing(
    sa.select(amendments),
    key=Order(amendments.c.id, int),
    filters={
        "object_type": equal(amendments.c.object_type),
        "object_id": equal(amendments.c.object_id),
    },
)


class AmendmentPage(PageQuery):
    """A page of an object's amendments; ``id`` gives the first one first, ``-id`` the last one."""

    sort: Literal["id", "-id"] = "id"


AmendmentQuery = Annotated[AmendmentPage, Query()]


class AmendmentView(BaseModel):
    """One amendment (更正记录): when, by whom, why, and the values before and after."""

    amended_at: datetime
    amended_by: str
    role: str
    reason: str
    before: dict[str, Any]
    after: dict[str, Any]


async def amended(
    tx: Transaction,
    principal: Principal,
    *,
    at: datetime,
    object_type: str,
    object_id: object,
    reason: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> bool:
    """Keeps what an amendment changed, and audits it; False, and nothing kept, where nothing is different.

    ``before`` and ``after`` hold the values of the same fields as JSON knows them, no clear personal data.
    """
    changed = [name for name in after if before[name] != after[name]]
    if not changed:
        return False
    values = {
        "at": at,
        "actor": principal.subject,
        "role": principal.role,
        "object_type": object_type,
        "object_id": str(object_id),
        "reason": reason,
        "before": {name: before[name] for name in changed},
        "after": {name: after[name] for name in changed},
    }
    await tx.execute(_INSERT, values)
    await record(
        tx,
        principal,
        at=at,
        action=f"amend_{object_type}",
        object_type=object_type,
        object_id=object_id,
        reason=reason,
        details={"fields": changed},
    )
    return True


async def history(
    source: Database | Transaction, object_type: str, object_id: object, query: AmendmentPage
) -> Page[AmendmentView]:
    """A page of the amendments of an object."""
    return await _HISTORY.page(source, _asked(object_type, object_id, query), query, _view)


async def whole_history(
    source: Database | Transaction, object_type: str, object_id: object
) -> list[AmendmentView]:
    """Every amendment of an object, the first one first, for a document that holds them all."""
    asked = _asked(object_type, object_id, AmendmentPage())
    return [_view(row) async for row in _HISTORY.all_rows(source, asked)]


def _asked(object_type: str, object_id: object, query: AmendmentPage) -> Asked:
    return _HISTORY.asked(query, object_type=object_type, object_id=str(object_id))


def _view(row: Row) -> AmendmentView:
    return AmendmentView(
        amended_at=row["at"],
        amended_by=row["actor"],
        role=row["role"],
        reason=row["reason"],
        before=row["before"],
        after=row["after"],
    )
