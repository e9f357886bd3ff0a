"""Lists as files: whole, in both languages, and harmless to who opens them."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import chuangpei.export
import httpx
import openpyxl
import pytest
from chuangpei.export import Cell, Column, export
from chuangpei.kernel.refusals import Text
from fastapi import FastAPI, Request, Response

ROWS: list[list[Cell]] = [
    ["张三", 1800, date(2026, 3, 2), datetime(2026, 3, 1, 16, 30, tzinfo=UTC), True, None],
    ["=1+1", -5, None, None, False, "@SUM(A1)"],
    ['say "hi", 王', 0, None, None, False, "a\nb"],
    ["\t=cmd|' /C calc'!A0", 0, None, None, False, "＝1+1"],
]


def columns() -> list[Column[Sequence[Cell]]]:
    names = ("姓名 Name", "金额 Amount", "日期 Day", "时间 At", "有 Has", "备注 Note")
    return [
        Column(Text(*name.split()), lambda row, place=place: row[place])  # type: ignore[misc]  # bound now
        for place, name in enumerate(names)
    ]


async def exported(kind: str, rows: Sequence[Sequence[Cell]] = ROWS, language: str = "zh") -> httpx.Response:
    """What a client downloads."""
    app = FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False})

    async def read() -> AsyncIterator[Sequence[Cell]]:
        for row in rows:
            yield row

    @app.get("/file")
    async def file(request: Request) -> Response:
        return await export(request, "名单", columns(), read(), kind)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        return await client.get("/file", headers={"accept-language": language})


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def cells_of_csv(answer: httpx.Response) -> list[list[str]]:
    assert answer.content.startswith(b"\xef\xbb\xbf"), "Excel knows UTF-8 by its mark"
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def cells_of_xlsx(answer: httpx.Response) -> list[tuple[Any, ...]]:
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    return list(sheet.iter_rows(values_only=True))


async def test_a_csv_has_every_row_with_dates_and_shanghai_times() -> None:
    heading, first, *_ = cells_of_csv(await exported("csv"))
    assert heading == ["姓名", "金额", "日期", "时间", "有", "备注"]
    assert first == ["张三", "1800", "2026-03-02", "2026-03-02 00:30:00", "True", ""]


async def test_what_a_spreadsheet_takes_for_a_formula_becomes_a_text_in_csv() -> None:
    rows = cells_of_csv(await exported("csv"))
    assert rows[2][0] == "'=1+1"
    assert rows[2][1] == "-5", "a number is no formula"
    assert rows[2][5] == "'@SUM(A1)"
    assert rows[4][0].startswith("'\t=")
    assert rows[4][5] == "'＝1+1"


async def test_quotes_commas_and_line_ends_stay_in_their_cell() -> None:
    assert cells_of_csv(await exported("csv"))[3] == ['say "hi", 王', "0", "", "", "False", "a\nb"]


async def test_an_xlsx_holds_the_same_rows_and_no_formula() -> None:
    rows = cells_of_xlsx(await exported("xlsx", language="en"))
    assert rows[0] == ("Name", "Amount", "Day", "At", "Has", "Note")
    assert rows[1][:4] == ("张三", 1800, "2026-03-02", "2026-03-02 00:30:00")
    assert rows[2][0] == "=1+1"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_a_long_list_is_whole(kind: str) -> None:
    answer = await exported(kind, [["名", number, None, None, False, None] for number in range(1_234)])
    rows = cells_of_csv(answer) if kind == "csv" else cells_of_xlsx(answer)
    assert [int(row[1]) for row in rows[1:]] == list(range(1_234))


async def test_more_rows_than_a_sheet_holds_are_refused_and_leave_no_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(chuangpei.export, "XLSX_ROWS", 3)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    answer = await exported("xlsx")
    assert (answer.status_code, answer.json()["code"]) == (422, "too_many_rows")
    assert files_in(tmp_path) == []
    assert (await exported("xlsx", ROWS[:3])).status_code == 200
    assert files_in(tmp_path) == [], "the file goes once it is sent"


async def test_the_file_says_its_name() -> None:
    answer = await exported("csv")
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''%E5%90%8D%E5%8D%95.csv"
