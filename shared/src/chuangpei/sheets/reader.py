"""Reads an uploaded sheet, CSV or XLSX, into rows with line numbers and named columns.

    rows = await read_sheet(content, (SheetColumn("name", ("姓名", "name")), ...))

What kind of file it is shows by its content, not by what the client calls it. The work is done in a thread;
:class:`chuangpei.sheets.cells.Limits` bound its memory and time.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chuangpei.kernel.refusals import FieldError, Problem, Refusal, Text
from chuangpei.sheets.cells import Fault, Limits, Line, Unreadable, unreadable
from chuangpei.sheets.csv_file import lines_of_csv
from chuangpei.sheets.xlsx_file import OLE_BEGINS, ZIP_BEGINS, lines_of_xlsx, refusal_of_ole

UNREADABLE_FILE = Problem("unreadable_file", 422, Text("文件无法读取", "The file cannot be read"))

_NO_HEADING = Fault("no_heading", Text("单元格上方没有列名", "The cell has no heading above it"))


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column that is asked for: its name in each row, the headings it goes by, whether it must be there."""

    name: str
    headings: Sequence[str]
    required: bool = True


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its line in the file, its texts by column, and what of it cannot be taken.

    An empty cell is in neither. A fault under None is one of the whole row.
    """

    line: int
    cells: Mapping[str, str]
    faults: Mapping[str | None, Fault]


async def read_sheet(
    content: bytes, columns: Sequence[SheetColumn], limits: Limits | None = None
) -> list[SheetRow] | Refusal:
    """The rows below the heading, which is the first line that is not empty; or why the file is refused."""
    return await asyncio.to_thread(_read, content, columns, limits or Limits())


def _read(content: bytes, columns: Sequence[SheetColumn], limits: Limits) -> list[SheetRow] | Refusal:
    try:
        lines = _lines(content, limits)
        if not lines:
            raise unreadable(1, "empty", "文件没有内容", "The file is empty")
        heading, *rest = lines
        places = _places(heading, columns)
        if not rest:
            raise unreadable(heading.number, "no_rows", "列名下没有数据行", "No rows below the heading")
        if len(rest) > limits.rows:
            most = limits.rows
            raise unreadable(rest[most].number, "too_many_rows", f"至多{most}行", f"At most {most} rows")
    except Unreadable as error:
        return Refusal(UNREADABLE_FILE, errors=error.errors)
    return [_row(line, places) for line in rest]


def _lines(content: bytes, limits: Limits) -> list[Line]:
    if len(content) > limits.file_bytes:
        raise unreadable(1, "too_large", "文件过大", "The file is too large")
    if content.startswith(OLE_BEGINS):
        raise refusal_of_ole(content)
    if content.startswith(ZIP_BEGINS):
        return lines_of_xlsx(content, limits)
    return lines_of_csv(content, limits)


def _places(heading: Line, columns: Sequence[SheetColumn]) -> dict[int, str]:
    """Which column stands at which place; refuses headings that are unknown, missing or there twice."""
    names = {_folded(one): column.name for column in columns for one in column.headings}
    places: dict[int, str] = {}
    errors: list[FieldError] = []
    pointer = f"line {heading.number}"
    for place, cell in heading.cells.items():
        name = names.get(_folded(cell)) if isinstance(cell, str) else None
        # The heading is not repeated: where there is none, it is somebody's name or number.
        at = place + 1
        if name is None:
            text = Text(
                f"第{at}列的列名不认识，请按模板填写",
                f"The heading of column {at} is unknown; use the template",
            )
            errors.append(FieldError(pointer, "unknown_column", text))
        elif name in places.values():
            text = Text(f"第{at}列与前面的列重复", f"Column {at} is there twice")
            errors.append(FieldError(pointer, "repeated_column", text))
        else:
            places[place] = name
    for column in columns:
        if column.required and column.name not in places.values():
            heading_text = " / ".join(column.headings[:2])
            text = Text(f"缺少列：{heading_text}", f"Missing column: {heading_text}")
            errors.append(FieldError(pointer, "missing_column", text))
    if errors:
        raise Unreadable(*errors)
    return places


def _folded(heading: str) -> str:
    return "".join(heading.casefold().replace("*", "").replace("_", "").split())


def _row(line: Line, places: Mapping[int, str]) -> SheetRow:
    cells: dict[str, str] = {}
    faults: dict[str | None, Fault] = {None: line.fault} if line.fault else {}
    for place, cell in line.cells.items():
        name = places.get(place)
        if name is None:
            faults.setdefault(None, _NO_HEADING)
        elif isinstance(cell, str):
            cells[name] = cell
        else:
            faults[name] = cell
    return SheetRow(line.number, cells, faults)
