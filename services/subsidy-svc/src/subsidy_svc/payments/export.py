"""The file for the bank (代发文件), as CSV or XLSX: the one place where account numbers are opened.

UTF-8 with a byte order mark, so that spreadsheets show Chinese; CRLF; a cell that a spreadsheet would take
for a formula gets an apostrophe in front.
"""

import csv
import io
import re
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from chuangpei.database import Database, Statement
from chuangpei.export import Column
from chuangpei.kernel.refusals import Text
from chuangpei.privacy import Privacy
from sqlalchemy import bindparam, func, select

from subsidy_svc.claims.payee import SEPARATOR, clear_text
from subsidy_svc.payments.batch import Batch
from subsidy_svc.payments.tables import lines

COLUMNS = ("batch_number", "line_no", "claim_id", "holder_name", "bank", "account_number", "amount_fen")
_NUMBERS = ("line_no", "amount_fen")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_AT_A_TIME = 4_000
# What may need quotes or a guard. Nearly no line has any of it, and so a million go several times quicker.
_RISKY = re.compile(r"""[",'=+\-@\t\r\n]""")
# Bounded on both sides: with a LIMIT, tables not yet analysed are sorted whole for each stretch.
_LINES = (
    "SELECT line_no, claim_id, amount_fen, payee_encrypted FROM payment_lines"
    " WHERE batch_id = $1 AND line_no > $2 AND line_no <= $3 AND status <> 'held_out' ORDER BY line_no"
)
_LAST = Statement(select(func.max(lines.c.line_no)).where(lines.c.batch_id == bindparam("batch_id")))


def _column(place: int, name: str) -> Column[Sequence[str]]:
    if name in _NUMBERS:
        return Column(Text(name, name), lambda cells: int(cells[place]))
    return Column(Text(name, name), lambda cells: cells[place])


BANK_COLUMNS = tuple(_column(place, name) for place, name in enumerate(COLUMNS))
"""The columns of the sheet: those of the CSV file, under the same names in either language."""


async def bank_file(database: Database, privacy: Privacy, batch: Batch) -> AsyncIterator[bytes]:
    """The file in pieces. Its lines cannot change, so no transaction is held while a client reads slowly."""
    yield b"\xef\xbb\xbf" + _csv(COLUMNS).encode()
    for after in range(0, await _last(database, batch.id), _AT_A_TIME):
        copied = await _copied(database, batch.id, after)
        yield "".join([_line(batch.number, row.split("\t"), privacy) for row in copied.splitlines()]).encode()


async def bank_rows(database: Database, privacy: Privacy, batch: Batch) -> AsyncIterator[Sequence[str]]:
    """The same lines, cell by cell, for a sheet."""
    for after in range(0, await _last(database, batch.id), _AT_A_TIME):
        for row in (await _copied(database, batch.id, after)).splitlines():
            line_no, claim_id, amount_fen, sealed = row.split("\t")
            payee = clear_text(sealed, privacy).split(SEPARATOR)
            yield (batch.number, line_no, claim_id, *payee, amount_fen)


async def _last(database: Database, batch_id: UUID) -> int:
    row = await database.row(_LAST, {"batch_id": batch_id})
    return int(row[0] or 0) if row else 0


async def _copied(database: Database, batch_id: UUID, after: int) -> str:
    """The next lines as COPY writes them: no value of a line needs its escapes."""
    text = io.BytesIO()
    async with database.transaction() as tx:
        await tx.connection.copy_from_query(_LINES, batch_id, after, after + _AT_A_TIME, output=text)
    return text.getvalue().decode()


def _line(number: str, row: Sequence[str], privacy: Privacy) -> str:
    line_no, claim_id, amount_fen, sealed = row
    payee = clear_text(sealed, privacy)
    if _RISKY.search(payee) is None:
        return f"{number},{line_no},{claim_id},{payee.replace(SEPARATOR, ',')},{amount_fen}\r\n"
    cells = (guarded(cell) for cell in payee.split(SEPARATOR))
    return _csv((number, line_no, claim_id, *cells, amount_fen))


def _csv(cells: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def guarded(cell: str) -> str:
    """The cell, safe to open in a spreadsheet."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def unguarded(cell: str) -> str:
    """The cell as it was before :func:`guarded`."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
