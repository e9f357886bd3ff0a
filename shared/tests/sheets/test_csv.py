"""CSV as people and spreadsheets write it: read whole, or refused with the reason."""

from typing import Any

import pytest
from chuangpei.kernel.refusals import Refusal
from chuangpei.sheets.cells import Limits
from chuangpei.sheets.reader import SheetColumn, SheetRow, read_sheet

COLUMNS = (
    SheetColumn("name", ("姓名", "Name")),
    SheetColumn("id_number", ("证件号码", "ID number")),
    SheetColumn("phone", ("手机号", "Phone"), required=False),
)
TWO = "姓名,证件号码,手机号\r\n张三丰,310115199003072311,13800001234\r\n李四,31011519900307234X,\r\n"


async def rows_of(content: bytes | str, **limits: Any) -> list[SheetRow]:
    raw = content.encode() if isinstance(content, str) else content
    rows = await read_sheet(raw, COLUMNS, Limits(**limits))
    assert not isinstance(rows, Refusal), rows
    return rows


async def errors_of(content: bytes | str, **limits: Any) -> list[tuple[str, str]]:
    raw = content.encode() if isinstance(content, str) else content
    refusal = await read_sheet(raw, COLUMNS, Limits(**limits))
    assert isinstance(refusal, Refusal)
    assert refusal.problem.code == "unreadable_file"
    return [(error.pointer, error.code) for error in refusal.errors]


async def faults_of(cell: str, **limits: Any) -> dict[str | None, str]:
    """The faults of a row whose name is the cell."""
    (row,) = await rows_of(f'姓名,证件号码\n"{cell}",1\n', **limits)
    return {column: fault.code for column, fault in row.faults.items()}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
async def test_every_encoding_that_spreadsheets_write_is_read(encoding: str) -> None:
    first, second = await rows_of(TWO.encode(encoding))
    assert (first.line, first.cells["name"], first.cells["phone"]) == (2, "张三丰", "13800001234")
    assert second.cells == {"name": "李四", "id_number": "31011519900307234X"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
async def test_commas_semicolons_and_tabs_part_cells(delimiter: str) -> None:
    rows = await rows_of(TWO.replace(",", delimiter))
    assert [row.cells["name"] for row in rows] == ["张三丰", "李四"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
async def test_lines_are_numbered_as_an_editor_shows_them(end: str) -> None:
    content = f'{end}姓名,证件号码{end}"张{end}三",1{end},{end}{end}李四,2{end},,{end}{end}'
    assert [(row.line, row.cells["id_number"]) for row in await rows_of(content)] == [(3, "1"), (7, "2")]


async def test_headings_are_known_in_both_languages_whatever_their_order_and_spacing() -> None:
    (row,) = await rows_of(" id_NUMBER ,*name\n1, 王五 \n")
    assert row.cells == {"name": "王五", "id_number": "1"}


async def test_marks_by_which_a_number_stays_a_text_are_taken_off() -> None:
    (row,) = await rows_of("姓名,证件号码\n张三,'310115199003072311\n")
    assert row.cells["id_number"] == "310115199003072311"
    (row,) = await rows_of("姓名,证件号码\n张三,310115199003072311\t\n")
    assert row.cells["id_number"] == "310115199003072311"


@pytest.mark.parametrize(
    "cell", ["=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "+HYPERLINK(1)", "-1+A1", "＝1+1", " \t=1", "'=1"]
)
async def test_a_formula_is_a_fault_of_its_cell(cell: str) -> None:
    assert await faults_of(cell) == {"name": "formula"}


@pytest.mark.parametrize("cell", ["+8613800001234", "+86 138-0000-1234", "-", "张=三", "a@b"])
async def test_what_no_spreadsheet_runs_is_no_formula(cell: str) -> None:
    assert await faults_of(cell) == {}


@pytest.mark.parametrize("cell", ["3.10115E+17", "3.10115e17", "3E+17"])
async def test_a_number_that_excel_rounded_is_a_fault_of_its_cell(cell: str) -> None:
    assert await faults_of(cell) == {"name": "damaged_number"}


async def test_a_cell_too_long_is_a_fault_and_the_others_stand() -> None:
    assert await faults_of("张" * 11, cell_length=10) == {"name": "too_long"}
    assert await faults_of("张" * 10, cell_length=10) == {}


async def test_a_cell_beside_the_columns_is_a_fault_of_its_row() -> None:
    (row,) = await rows_of("姓名,证件号码\n张三,1,,多\n")
    assert {column: fault.code for column, fault in row.faults.items()} == {None: "no_heading"}


@pytest.mark.parametrize(
    ("content", "errors"),
    [
        ("", [("line 1", "empty")]),
        ("\n , \n", [("line 1", "empty")]),
        ("姓名,证件号码\n", [("line 1", "no_rows")]),
        ("\n姓名,号\n张三,1\n", [("line 2", "unknown_column"), ("line 2", "missing_column")]),
        ("姓名,姓名\n张三,1\n", [("line 1", "repeated_column"), ("line 1", "missing_column")]),
        ('姓名,证件号码\n张三,"1\n', [("line 2", "broken")]),
        ('姓名,证件号码\n张三,"1"2\n', [("line 2", "broken")]),
        ("姓名,证件号码\n张\0三,1\n", [("line 1", "broken")]),
        (b"\xff\xff\xff\xff", [("line 1", "unknown_encoding")]),
        (b"\xff\xfe\x00", [("line 1", "unknown_encoding")]),
        ('{"name": "张三"}', [("line 1", "unknown_column")] + [("line 1", "missing_column")] * 2),
    ],
)
async def test_a_file_that_cannot_be_taken_is_refused_with_every_reason(
    content: bytes | str, errors: list[tuple[str, str]]
) -> None:
    assert await errors_of(content) == errors


async def test_a_file_without_heading_is_refused_without_repeating_whom_it_names() -> None:
    refusal = await read_sheet("张三丰,310115199003072311\n".encode(), COLUMNS)
    assert isinstance(refusal, Refusal)
    assert "张三丰" not in repr(refusal)
    assert "310115199003072311" not in repr(refusal)


async def test_bytes_rows_and_columns_have_their_most() -> None:
    row = "张三,1\n"
    assert len(await rows_of("姓名,证件号码\n" + row * 5, rows=5)) == 5
    assert await errors_of("姓名,证件号码\n" + row * 6 + "=", rows=5) == [("line 7", "too_many_rows")]
    assert await errors_of("姓名,证件号码\n张三,1,2,3\n", columns=3) == [("line 2", "too_many_columns")]
    assert await errors_of(TWO, file_bytes=len(TWO.encode()) - 1) == [("line 1", "too_large")]
