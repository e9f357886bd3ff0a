"""Queries on signed credentials and status lists."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from cert_svc.credentials.credential import Credential
from cert_svc.credentials.tables import credentials, status_lists

LIST_ENTRIES = 1_048_576
"""How many certificates share one status list: 128 KiB, mostly zeros."""

_c = credentials.c
_NEW = [column.name for column in _c if column.name != "withdrawn_at"]
_ADD = Statement(
    insert(credentials)
    .values({name: bindparam(name, type_=_c[name].type) for name in _NEW})
    .on_conflict_do_nothing(index_elements=["status_list", "status_index"])
    .returning(_c.id)
)
_NEWEST_LIST = Statement(select(func.max(status_lists.c.number)))
_OPEN_LIST = Statement(
    insert(status_lists)
    .values(number=bindparam("number"), entries=bindparam("entries"))
    .on_conflict_do_nothing()
)
_LIVE = Statement(
    select(_c.document_encrypted, _c.status_list, _c.status_index).where(
        _c.certificate_id == bindparam("certificate_id"), _c.withdrawn_at.is_(None)
    )
)
_WITHDRAW = Statement(
    credentials.update()
    .where(_c.certificate_id == bindparam("of_certificate", type_=sa.Uuid), _c.withdrawn_at.is_(None))
    .values(withdrawn_at=bindparam("withdrawn_at"))
    .returning(_c.status_list)
)
_COUNT_UP = Statement(
    status_lists.update()
    .where(status_lists.c.number == bindparam("of_number", type_=sa.Integer))
    .values(revision=status_lists.c.revision + 1)
)
_LIST = Statement(select(status_lists).where(status_lists.c.number == bindparam("number")))
_NUMBERS = Statement(select(status_lists.c.number).order_by(status_lists.c.number))
_WITHDRAWN = Statement(
    select(_c.status_index).where(_c.status_list == bindparam("number"), _c.withdrawn_at.is_not(None))
)


async def add(tx: Transaction, credential: Credential, document_encrypted: str) -> bool:
    """Stores a credential; False where its place in the status list is taken."""
    values = {
        "id": credential.id,
        "certificate_id": credential.certificate_id,
        "status_list": credential.place.status_list,
        "status_index": credential.place.index,
        "key_id": credential.key_id,
        "signed_at": credential.signed_at,
        "document_encrypted": document_encrypted,
    }
    return await tx.row(_ADD, values) is not None


async def newest_list(tx: Transaction) -> int:
    """The number of the status list in which places are given out now."""
    return int(await tx.value(_NEWEST_LIST, {}))


async def open_list(tx: Transaction, number: int) -> None:
    """Makes the status list of this number, unless somebody else just did."""
    await tx.execute(_OPEN_LIST, {"number": number, "entries": LIST_ENTRIES})


async def live(tx: Transaction, certificate_id: UUID) -> Row | None:
    """The encrypted document and the place of a certificate's credential that is not withdrawn."""
    return await tx.row(_LIVE, {"certificate_id": certificate_id})


async def withdraw(tx: Transaction, certificate_id: UUID, at: datetime) -> None:
    """Marks a certificate's credential as withdrawn, and its list as changed."""
    number = await tx.value(_WITHDRAW, {"of_certificate": certificate_id, "withdrawn_at": at})
    if number is not None:
        await tx.execute(_COUNT_UP, {"of_number": number})


async def status_list(database: Database, number: int) -> Row | None:
    """A status list's size and how often it was changed."""
    return await database.row(_LIST, {"number": number})


async def list_numbers(database: Database) -> list[int]:
    """The numbers of all status lists."""
    return [row["number"] for row in await database.rows(_NUMBERS, {})]


async def withdrawn(database: Database, number: int) -> list[int]:
    """The places of a list whose credentials were withdrawn."""
    return [row["status_index"] for row in await database.rows(_WITHDRAWN, {"number": number})]
