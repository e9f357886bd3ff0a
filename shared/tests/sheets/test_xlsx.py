"""XLSX as people save it: one sheet's texts, no formula, no bomb, nothing hidden."""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from chuangpei.kernel.refusals import Refusal
from chuangpei.sheets.cells import Limits
from chuangpei.sheets.reader import SheetColumn, SheetRow, read_sheet

COLUMNS = (SheetColumn("name", ("姓名",)), SheetColumn("id_number", ("证件号码",)))
HEADING = ("姓名", "证件号码")
SHEET = "xl/worksheets/sheet1.xml"


def book_of(*rows: Sequence[Any]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (HEADING, *rows):
        book.active.append(list(row))
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_part(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one of its parts changed by hand."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data) if name == part else data)
    return file.getvalue()


async def rows_of(book: openpyxl.Workbook | bytes) -> list[SheetRow]:
    rows = await read_sheet(book if isinstance(book, bytes) else saved(book), COLUMNS)
    assert not isinstance(rows, Refusal), rows
    return rows


async def errors_of(content: bytes, **limits: Any) -> list[tuple[str, str]]:
    refusal = await read_sheet(content, COLUMNS, Limits(**limits))
    assert isinstance(refusal, Refusal)
    return [(error.pointer, error.code) for error in refusal.errors]


def faults(row: SheetRow) -> dict[str | None, str]:
    return {column: fault.code for column, fault in row.faults.items()}


async def test_texts_are_read_with_the_numbers_of_their_rows() -> None:
    rows = await rows_of(book_of(("张三", "310115199003072311"), (None, " "), ("李四", "2")))
    assert [(row.line, dict(row.cells)) for row in rows] == [
        (2, {"name": "张三", "id_number": "310115199003072311"}),
        (4, {"name": "李四", "id_number": "2"}),
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (13800001234, "13800001234"),
        (13800001234.0, "13800001234"),
        (1.5, "1.5"),
        (True, "TRUE"),
        (date(2026, 3, 2), "2026-03-02"),
        (datetime(2026, 3, 2, 9, 30), "2026-03-02T09:30:00"),  # noqa: DTZ001 -- a sheet knows no zone
    ],
)
async def test_numbers_and_dates_read_as_they_were_typed(value: Any, text: str) -> None:
    (row,) = await rows_of(book_of(("张三", value)))
    assert row.cells["id_number"] == text


@pytest.mark.parametrize("value", [310115199003072311, 3.10115199003072e17, 10**15, 1e300])
async def test_an_id_number_that_excel_made_a_number_of_is_a_fault_not_a_guess(value: float) -> None:
    (row,) = await rows_of(book_of(("张三", value)))
    assert faults(row) == {"id_number": "damaged_number"}
    assert row.cells == {"name": "张三"}


@pytest.mark.parametrize("value", ["=1+1", '="310115199003072311"', '=HYPERLINK("http://x")'])
async def test_a_formula_is_a_fault_even_where_its_result_is_stored(value: str) -> None:
    content = with_part(
        saved(book_of(("张三", value))), SHEET, lambda xml: xml.replace(b"<v />", b"<v>1</v>")
    )
    (row,) = await rows_of(content)
    assert faults(row) == {"id_number": "formula"}


async def test_a_text_that_looks_like_a_formula_is_a_fault_too() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADING)
        sheet.write_row(1, 0, ["张三", "1"])
        sheet.write_string(2, 0, "=1+1")
    assert [faults(row) for row in await rows_of(file.getvalue())] == [{}, {"name": "formula"}]


async def test_an_error_value_is_a_fault() -> None:
    book = book_of(("张三", "#N/A"))
    assert faults((await rows_of(book))[0]) == {"id_number": "error_value"}


async def test_hidden_rows_are_named_not_taken_unseen() -> None:
    book = book_of(("张三", "1"), ("李四", "2"))
    assert book.active is not None
    book.active.row_dimensions[3].hidden = True
    assert [faults(row) for row in await rows_of(book)] == [{}, {None: "hidden_row"}]


async def test_rows_that_a_merged_cell_touches_are_named() -> None:
    book = book_of(("张三", "1"), ("李四", "2"), ("王五", "3"))
    assert book.active is not None
    book.active.merge_cells("A3:A9")
    assert [faults(row) for row in await rows_of(book)] == [
        {},
        {None: "merged_cells"},
        {None: "merged_cells"},
    ]


async def test_empty_and_hidden_sheets_do_not_count_but_two_filled_ones_are_refused() -> None:
    book = book_of(("张三", "1"))
    book.create_sheet("Sheet2")
    notes = book.create_sheet("lists")
    notes.append(["x"])
    notes.sheet_state = "hidden"
    assert len(await rows_of(book)) == 1
    notes.sheet_state = "visible"
    assert await errors_of(saved(book)) == [("line 1", "several_sheets")]


async def test_old_and_encrypted_files_are_refused_with_what_to_do() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert await errors_of(ole) == [("line 1", "old_format")]
    encrypted = ole + "EncryptedPackage".encode("utf-16-le")
    assert await errors_of(encrypted) == [("line 1", "encrypted")]


async def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    big = with_part(saved(book_of(("张三", "1"))), SHEET, lambda xml: xml + b" " * 40_000_000)
    assert len(big) < 100_000
    assert await errors_of(big) == [("line 1", "too_large")]
    dense = with_part(saved(book_of(("张三", "1"))), SHEET, lambda xml: xml + b" " * 4_000_000)
    assert await errors_of(dense) == [("line 1", "too_large")], "by its ratio"


async def test_a_file_of_nothing_but_tags_is_refused() -> None:
    sound = saved(book_of(("张三", "1")))
    many = with_part(sound, SHEET, lambda xml: xml.replace(b"</row>", b"<c/>" * 1_000 + b"</row>", 1))
    assert await errors_of(many, tags=900) == [("line 1", "too_large")]


async def test_entities_do_not_expand() -> None:
    entity = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    assert openpyxl.DEFUSEDXML
    content = with_part(
        saved(book_of(("张三", "1"))),
        SHEET,
        lambda xml: (entity + xml[xml.index(b"<worksheet") :]).replace("张三".encode(), b"&b;"),
    )
    assert await errors_of(content) == [("line 1", "broken")]


@pytest.mark.parametrize("kept", [0, 30, 200, -1, -30])
async def test_a_broken_file_is_refused(kept: int) -> None:
    content = saved(book_of(("张三", "1")))
    cut = b"PK\x03\x04" + content[4:][:kept]
    assert await errors_of(cut) == [("line 1", "broken")]


async def test_a_zip_that_is_no_workbook_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert await errors_of(file.getvalue()) == [("line 1", "broken")]


async def test_rows_out_of_order_are_no_sound_file() -> None:
    content = with_part(
        saved(book_of(("张三", "1"), ("李四", "2"))),
        SHEET,
        lambda xml: xml.replace(b'<row r="3"', b'<row r="2"'),
    )
    assert [code for _, code in await errors_of(content)] == ["broken"]


async def test_rows_and_columns_have_their_most() -> None:
    content = saved(book_of(*(("张三", str(number)) for number in range(6))))
    assert await errors_of(content, rows=5) == [("line 7", "too_many_rows")]
    assert await errors_of(saved(book_of(("张三", "1", "2", "3"))), columns=3) == [
        ("line 2", "too_many_columns")
    ]


async def test_a_thousand_empty_rows_below_are_nothing() -> None:
    content = with_part(
        saved(book_of(("张三", "1"))),
        SHEET,
        lambda xml: xml.replace(
            b"</sheetData>",
            b"".join(b'<row r="%d"/>' % number for number in range(10, 1_010)) + b"</sheetData>",
        ),
    )
    rows = await read_sheet(content, COLUMNS, Limits(rows=1))
    assert isinstance(rows, list)
    assert len(rows) == 1
