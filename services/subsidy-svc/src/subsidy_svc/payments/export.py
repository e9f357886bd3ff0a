"""The file for the bank (代发文件): the one place where account numbers are opened, some lines at a time.

UTF-8 with a byte order mark, so that spreadsheets show Chinese; CRLF; a cell that a spreadsheet would take
for a formula gets an apostrophe in front.
"""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement
from chuangpei.privacy import Privacy
from sqlalchemy import bindparam

from subsidy_svc.claims.payee import opened
from subsidy_svc.payments.batch import Batch
from subsidy_svc.payments.tables import lines

COLUMNS = ("batch_number", "line_no", "claim_id", "holder_name", "bank", "account_number", "amount_fen")
_STRETCH = 2_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_AFTER = Statement(
    sa.select(lines.c.line_no, lines.c.claim_id, lines.c.amount_fen, lines.c.payee_encrypted)
    .where(
        lines.c.batch_id == bindparam("batch_id"),
        lines.c.line_no > bindparam("after"),
        lines.c.status != "held_out",
    )
    .order_by(lines.c.line_no)
    .limit(_STRETCH)
)


async def bank_file(database: Database, privacy: Privacy, batch: Batch) -> AsyncIterator[bytes]:
    """The file in pieces. Its lines cannot change, so no transaction is held while a client reads slowly."""
    yield b"\xef\xbb\xbf" + _csv([COLUMNS])
    after = 0
    while rows := await _lines_after(database, batch.id, after):
        yield _csv([_cells(row, batch.number, privacy) for row in rows])
        after = rows[-1]["line_no"]


async def _lines_after(database: Database, batch_id: UUID, after: int) -> list[Row]:
    return await database.rows(_AFTER, {"batch_id": batch_id, "after": after})


def _cells(row: Row, number: str, privacy: Privacy) -> tuple[object, ...]:
    payee = opened(row["payee_encrypted"], privacy)
    return (
        number,
        row["line_no"],
        row["claim_id"],
        guarded(payee.holder),
        guarded(payee.bank),
        payee.account_number,
        row["amount_fen"],
    )


def guarded(cell: str) -> str:
    """The cell, safe to open in a spreadsheet."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def unguarded(cell: str) -> str:
    """The cell as it was before :func:`guarded`."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def _csv(rows: Sequence[Sequence[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
