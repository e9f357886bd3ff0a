"""Reads XLSX, row by row: formulas are told from texts and never evaluated, bombs are not unpacked.

openpyxl parses with defusedxml, so that no entity expands.
"""

import io
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

import openpyxl
from openpyxl.worksheet._reader import WorkSheetParser

from chuangpei.kernel.refusals import Text
from chuangpei.sheets.cells import (
    DAMAGED_NUMBER,
    ERROR_VALUE,
    FORMULA,
    Cell,
    Fault,
    Limits,
    Line,
    Unreadable,
    cell_of_text,
    too_many_columns,
    unreadable,
)

ZIP_BEGINS = b"PK\x03\x04"
OLE_BEGINS = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How the files of Excel before 2007 begin, and those with a password."""

_MOST_PARTS = 200
_MOST_RATIO = 200
_MOST_MERGES = 1_000
_EXACT_BELOW = 10**15
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

_HIDDEN = Fault(
    "hidden_row",
    Text(
        "该行被隐藏或筛选掉，请取消隐藏或删除该行", "The row is hidden or filtered out; show it or delete it"
    ),
)
_MERGED = Fault("merged_cells", Text("该行有合并单元格，请取消合并", "Unmerge the cells of the row"))


def refusal_of_ole(content: bytes) -> Unreadable:
    """Why a file of the old container cannot be taken."""
    if _ENCRYPTED in content:
        return unreadable(1, "encrypted", "文件有密码，请取消密码后上传", "Take the password off the file")
    return unreadable(
        1, "old_format", "请将 .xls 文件另存为 .xlsx 后上传", "Save the .xls file as .xlsx and send that"
    )


def lines_of_xlsx(content: bytes, limits: Limits) -> list[Line]:
    """The lines that are not empty of the one visible sheet that has any; raises :class:`Unreadable`."""
    try:
        _check_size(content, limits)
        return _lines(content, limits)
    except Unreadable:
        raise
    except Exception as error:  # whatever the parsers of a foreign file stumble on
        raise unreadable(1, "broken", "不是完好的 XLSX 文件", "This is no sound XLSX file") from error


def _check_size(content: bytes, limits: Limits) -> None:
    """Refuses a bomb by what the archive says of its parts, before any of them is unpacked."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if any(part.flag_bits & 1 for part in parts):
            raise refusal_of_ole(_ENCRYPTED)
        unpacked = sum(part.file_size for part in parts)
        ratios = (part.file_size / max(part.compress_size, 1) for part in parts)
        if (
            len(parts) > _MOST_PARTS
            or unpacked > limits.unpacked_bytes
            or max(ratios, default=0) > _MOST_RATIO
            # A tag takes a few bytes there and a hundred in memory. A part longer than it says is refused.
            or sum(archive.read(part).count(b"<") for part in parts) > limits.tags
        ):
            raise unreadable(1, "too_large", "文件解压后过大", "The file is too large once it is unpacked")


def _lines(content: bytes, limits: Limits) -> list[Line]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    try:
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        filled = [lines for sheet in visible if (lines := _lines_of_sheet(book, sheet, limits))]
    finally:
        book.close()
    if len(filled) > 1:
        raise unreadable(
            1,
            "several_sheets",
            "有多个工作表填有内容，请只保留一个",
            "Several sheets are filled in; keep one alone",
        )
    return filled[0] if filled else []


def _lines_of_sheet(book: Any, sheet: Any, limits: Limits) -> list[Line]:
    found: list[Line] = []
    # The parser itself, for the worksheet's own iterator tells neither hidden rows nor merged cells.
    with book._archive.open(sheet._worksheet_path) as source:
        parser = WorkSheetParser(
            source,
            sheet._shared_strings,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        last = 0
        for number, row in parser.parse():
            if number <= last:
                raise unreadable(number, "broken", "行号重复或倒序", "The rows are out of order")
            last = number
            if cells := _cells(number, row, limits):
                found.append(Line(number, cells))
            if len(found) > limits.rows + 1:
                return found  # enough to see that there are too many
    hidden = {
        int(number) for number, row in parser.row_dimensions.items() if row.get("hidden") in ("1", "true")
    }
    merged = _merged_lines(parser.merged_cells.mergeCell if parser.merged_cells else (), last)
    return [
        Line(line.number, line.cells, _HIDDEN if line.number in hidden else _MERGED)
        if line.number in hidden | merged
        else line
        for line in found
    ]


def _merged_lines(merges: Iterable[Any], last: int) -> set[int]:
    ranges = list(merges)
    if len(ranges) > _MOST_MERGES:
        raise unreadable(1, "merged_cells", "合并单元格过多，请取消合并", "Unmerge the cells")
    return {number for one in ranges for number in range(one.min_row, min(one.max_row, last) + 1)}


def _cells(number: int, row: Iterable[Any], limits: Limits) -> dict[int, Cell]:
    cells: dict[int, Cell] = {}
    for one in row:
        cell = _cell(one["data_type"], one["value"], limits)
        if cell is None:
            continue
        if one["column"] > limits.columns:
            raise too_many_columns(number, limits)
        cells[one["column"] - 1] = cell
    return cells


def _cell(kind: str, value: Any, limits: Limits) -> Cell | None:
    if kind == "f":
        return FORMULA
    if value is None:
        return None
    if kind == "e":
        return ERROR_VALUE
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    return cell_of_text(value.isoformat() if isinstance(value, date | time) else str(value), limits)


def _number(value: float) -> Cell:
    """A number as it was typed; a spreadsheet keeps 15 digits of it."""
    if abs(value) >= _EXACT_BELOW:
        return DAMAGED_NUMBER
    return str(int(value)) if value == int(value) else str(value)
