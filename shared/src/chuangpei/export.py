"""Lists as files: CSV and XLSX, streamed, harmless when a spreadsheet opens them.

A text that a spreadsheet would take for a formula (OWASP "CSV injection") is written with an apostrophe
before it in CSV, and as a plain text cell in XLSX.
"""

import asyncio
import csv
import io
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

import xlsxwriter
from fastapi import Request, Response
from fastapi.responses import FileResponse, StreamingResponse
from pydantic import Field
from starlette.background import BackgroundTask

from chuangpei.kernel.clock import SHANGHAI
from chuangpei.kernel.refusals import Problem, Refusal, Text
from chuangpei.paging import ListQuery
from chuangpei.web import as_attachment, problem_response, wants_english

T = TypeVar("T")
Cell = str | int | date | datetime | bool | None

XLSX_ROWS = 1_048_575
"""What a sheet holds below its heading."""

_TOO_LONG = Problem(
    "too_many_rows",
    422,
    Text("行数超过 XLSX 的上限，请用 CSV 或加筛选", "More rows than XLSX holds; use CSV, or filter the list"),
)
_FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_CHUNK = 500
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CSV_TYPE = "text/csv; charset=utf-8"
EXPORT_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "文件 · the file", "content": {"text/csv": {}, XLSX_TYPE: {}}}
}


class ExportQuery(ListQuery):
    """The kind of file asked for; the query of each export adds the filters and the ``sort`` of its list."""

    format: Literal["csv", "xlsx"] = Field(default="csv", description="文件格式 · file format")


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """One column of a file: its heading in both languages and what it shows of a row."""

    heading: Text
    value: Callable[[T], Cell]


async def export(
    request: Request, name: str, columns: Sequence[Column[T]], rows: AsyncIterator[T], file_format: str
) -> Response:
    """The rows as a file to download: CSV as it is read, XLSX once it is whole.

    ``name`` is the file's name without ending. Headings are in the language the client prefers; instants are
    shown in Asia/Shanghai. More rows than an XLSX sheet holds are refused (422).
    """
    headings = [one.heading.en if wants_english(request) else one.heading.zh for one in columns]
    sent = as_attachment(f"{name}.{file_format}")
    if file_format == "csv":
        lines = _csv(headings, columns, rows)
        return StreamingResponse(lines, headers=sent, media_type=_CSV_TYPE)
    path = await _xlsx(headings, columns, rows)
    if path is None:
        return problem_response(request, Refusal(_TOO_LONG))
    return FileResponse(path, headers=sent, media_type=XLSX_TYPE, background=BackgroundTask(path.unlink))


def download(name: str, file_format: str, content: bytes) -> Response:
    """A whole file to download, ``csv`` or ``xlsx``; ``name`` is without ending."""
    kind = _CSV_TYPE if file_format == "csv" else XLSX_TYPE
    return Response(content, headers=as_attachment(f"{name}.{file_format}"), media_type=kind)


async def _csv(
    headings: Sequence[str], columns: Sequence[Column[T]], rows: AsyncIterator[T]
) -> AsyncIterator[str]:
    yield "\ufeff" + _lines([headings])  # the mark by which Excel knows UTF-8
    async for chunk in _chunks(rows):
        yield _lines([[_csv_cell(column.value(row)) for column in columns] for row in chunk])


def _lines(cells: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(cells)
    return text.getvalue()


def _csv_cell(value: Cell) -> str:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA_BEGINS) else value
    return _written(value)


def _written(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    return value.isoformat() if isinstance(value, date) else str(value)


async def _xlsx(headings: Sequence[str], columns: Sequence[Column[T]], rows: AsyncIterator[T]) -> Path | None:
    """Writes the file in a thread, a chunk at a time; None, and no file, where it has too many rows."""
    sheet = _Sheet(headings)
    try:
        async for chunk in _chunks(rows):
            if sheet.rows + len(chunk) > XLSX_ROWS:
                sheet.discard()
                return None
            await asyncio.to_thread(sheet.add, [[column.value(row) for column in columns] for row in chunk])
        await asyncio.to_thread(sheet.close)
    except BaseException:
        sheet.discard()
        raise
    return sheet.path


class _Sheet:
    """A workbook of one sheet that keeps one row in memory at a time."""

    def __init__(self, headings: Sequence[str]) -> None:
        with tempfile.NamedTemporaryFile(prefix="chuangpei-export-", suffix=".xlsx", delete=False) as file:
            self.path = Path(file.name)
        self._book = xlsxwriter.Workbook(file.name, {"constant_memory": True})
        self._sheet = self._book.add_worksheet()
        self.rows = 0
        for place, heading in enumerate(headings):
            self._sheet.write_string(0, place, heading)

    def add(self, cells: Sequence[Sequence[Cell]]) -> None:
        for row in cells:
            self.rows += 1
            for place, value in enumerate(row):
                if isinstance(value, int) and not isinstance(value, bool):
                    self._sheet.write_number(self.rows, place, value)
                elif value is not None:
                    self._sheet.write_string(self.rows, place, _written(value))

    def close(self) -> None:
        self._book.close()

    def discard(self) -> None:
        # xlsxwriter warns of a book that was never closed, and keeps its parts on disk until then.
        if not self._book.fileclosed:
            self._book.close()
        self.path.unlink(missing_ok=True)


async def _chunks(rows: AsyncIterator[T]) -> AsyncIterator[list[T]]:
    chunk: list[T] = []
    async for row in rows:
        chunk.append(row)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
