"""The rows of a bank's result file (银行回盘文件), CSV or XLSX by its content, each with its line."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.sheets.cells import Limits
from chuangpei.sheets.reader import SheetColumn, SheetRow, read_sheet
from chuangpei.sheets.xlsx_file import OLE_BEGINS, ZIP_BEGINS

from subsidy_svc.payments.export import COLUMNS

REQUIRED = ("line_no", "claim_id", "holder_name", "account_number", "amount_fen", "result", "bank_code")
_KNOWN = frozenset(REQUIRED) | frozenset(COLUMNS)
_SHEET = tuple(SheetColumn(name, (name,), required=name in REQUIRED) for name in sorted(_KNOWN))
_LIMITS = Limits(tags=3_000_000, rows=20_000, columns=20, cell_length=200)
"""What a sheet may have, so that reading it takes seconds; a larger batch is answered by CSV."""


class ResultFault(Exception):  # noqa: N818  # a fault of the file, not of the program
    """What is wrong with one line, or with the whole file where it is line 1; in one column or in several."""

    def __init__(self, at: int, code: str, text: Text, column: str | None = None) -> None:
        super().__init__(code)
        self.at, self.code, self.text, self.column = at, code, text, column


class ResultRow(NamedTuple):
    """One line of the file: its number, its cells by column, and what of it cannot be taken."""

    at: int
    cells: Mapping[str, str]
    faults: tuple[ResultFault, ...] = ()


async def result_rows(content: bytes) -> Iterable[ResultRow] | Refusal:
    """The rows below the header: those of CSV as they are asked for, those of a sheet read whole in a thread.

    A sheet that cannot be read is refused. Iterating over CSV raises :class:`ResultFault` where the file as a
    whole cannot be taken.
    """
    if not content.startswith((ZIP_BEGINS, OLE_BEGINS)):
        return _rows_of_csv(content)
    rows = await read_sheet(content, _SHEET, _LIMITS)
    return rows if isinstance(rows, Refusal) else [_of_sheet(row) for row in rows]


def _of_sheet(row: SheetRow) -> ResultRow:
    faults = tuple(ResultFault(row.line, fault.code, fault.text, name) for name, fault in row.faults.items())
    return ResultRow(row.line, {**dict.fromkeys(REQUIRED, ""), **row.cells}, faults)


def _rows_of_csv(content: bytes) -> Iterator[ResultRow]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ResultFault(1, "not_utf8", Text("文件不是 UTF-8 编码", "The file is not UTF-8")) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = _header(next(reader, []))
        for cells in reader:
            if cells:
                yield _of_csv(reader.line_num, header, cells)
    except csv.Error as error:
        text_of_fault = Text("不是有效的 CSV", "Not valid comma-separated values")
        raise ResultFault(reader.line_num, "malformed", text_of_fault) from error


def _of_csv(at: int, header: list[str], cells: list[str]) -> ResultRow:
    if len(cells) == len(header):
        return ResultRow(at, dict(zip(header, cells, strict=True)))
    text = Text(f"应有{len(header)}列，实有{len(cells)}列", f"{len(header)} columns, not {len(cells)}")
    return ResultRow(at, {}, (ResultFault(at, "missing_column", text),))


def _header(names: list[str]) -> list[str]:
    missing = [name for name in REQUIRED if name not in names]
    unknown = [name for name in names if name not in _KNOWN]
    if missing or unknown or len(set(names)) != len(names):
        listed = ", ".join(missing or unknown or names)
        code = "missing_column" if missing else "unknown_column"
        text = Text(f"表头不符：{listed}", f"The columns are not as expected: {listed}")
        raise ResultFault(1, code, text)
    return names
