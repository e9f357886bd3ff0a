"""The bank's result as a sheet: the rules of the CSV, each fault with line and column, nothing evaluated."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from chuangpei.events.subsidy import ClaimPaid
from subsidy_svc.payments.result_rows import REQUIRED, result_rows

XLSX = {"content-type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def saved(rows: Sequence[Sequence[Any]], change=lambda sheet: None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    change(book.active)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


async def exported_sheet(office, batch):
    """The rows of the sheet that the bank gets."""
    path = f"/subsidy/v1/batches/{batch['id']}/export.xlsx"
    answer = await office.http.get(path, headers=office.city)
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]


async def answered(office, batch, codes=None):
    """The bank's sheet: what was exported, with a result for each line."""
    header, *rows = await exported_sheet(office, batch)
    number = header.index("line_no")
    results = [
        ["failed", code] if (code := (codes or {}).get(row[number])) else ["settled", None] for row in rows
    ]
    return [
        [*header, "result", "bank_code"],
        *([*row, *result] for row, result in zip(rows, results, strict=True)),
    ]


def place(rows, column):
    return rows[0].index(column)


async def test_the_exported_sheet_comes_back_with_its_results(office, exported):
    batch, lines = exported
    content = saved(await answered(office, batch, {2: "ACCT_CLOSED"}))
    answer = await office.bank_answers(batch, content, **XLSX)
    assert answer.status_code == 201, answer.text
    result = answer.json()
    assert (result["lines"], result["settled_lines"], result["failed_lines"]) == (3, 2, 1)
    states = [(await office.shown({"id": line["claim_id"]}))["state"] for line in lines]
    assert states == ["paid", "payment_failed", "paid"]
    again = await office.bank_answers(batch, content, **XLSX)
    assert (again.status_code, again.json()) == (201, result)
    assert len(await office.emitted(ClaimPaid)) == 2


async def test_what_a_file_is_shows_by_its_content_and_not_by_what_it_is_called(office, exported):
    batch, lines = exported
    rows = await answered(office, batch)
    assert (await office.bank_answers(batch, saved(rows[:2]))).status_code == 201
    csv_named_xlsx = await office.bank_answers(batch, office.bank_answer(lines[1:]), **XLSX)
    assert csv_named_xlsx.status_code == 201, csv_named_xlsx.text


async def test_columns_stand_in_any_order_and_a_sheet_may_answer_a_part(office, exported):
    batch, _ = exported
    rows = await answered(office, batch)
    turned = [list(reversed(row)) for row in rows]
    assert (await office.bank_answers(batch, saved([turned[0], turned[3]]))).json()["lines"] == 1


@pytest.mark.parametrize(
    ("column", "value", "at", "code"),
    [
        ("amount_fen", 180001, "line 3, amount_fen", "altered_amount"),
        ("amount_fen", 1800.5, "line 3, amount_fen", "not_a_number"),
        ("amount_fen", "=E2", "line 3, amount_fen", "formula"),
        ("amount_fen", "#N/A", "line 3, amount_fen", "error_value"),
        ("account_number", 6222021001122330002, "line 3, account_number", "damaged_number"),
        ("account_number", "6.22202E+18", "line 3, account_number", "damaged_number"),
        ("account_number", "6222021001122330009", "line 3", "altered_payee"),
        ("holder_name", "=HYPERLINK(1)", "line 3, holder_name", "formula"),
        ("holder_name", "王五", "line 3", "altered_payee"),
        ("holder_name", "长" * 201, "line 3, holder_name", "too_long"),
        ("claim_id", "nonsense", "line 3, claim_id", "foreign"),
        ("line_no", None, "line 3, line_no", "not_a_number"),
        ("batch_number", "310104-20260613-1", "line 3, batch_number", "foreign"),
        ("result", "=1+1", "line 3, result", "formula"),
        ("result", "maybe", "line 3, result", "unknown_result"),
        ("bank_code", "E1", "line 3, bank_code", "bank_code"),
    ],
)
async def test_a_bad_cell_refuses_the_sheet_with_its_line_and_column(
    office, exported, refused, column, value, at, code
):
    batch, _ = exported
    rows = await answered(office, batch)
    rows[2][place(rows, column)] = value
    assert await refused(batch, saved(rows)) == [(at, code)]


async def test_every_bad_row_is_told_at_once_and_no_account_with_it(office, exported, refused):
    batch, lines = exported
    rows = await answered(office, batch)
    rows[1][place(rows, "amount_fen")] = "=1"
    rows[1][place(rows, "holder_name")] = "=2"
    rows[2][place(rows, "amount_fen")] = lines[1]["account_number"]
    rows[3][place(rows, "line_no")] = rows[1][place(rows, "line_no")]
    assert await refused(batch, saved(rows)) == [
        ("line 2, holder_name", "formula"),
        ("line 2, amount_fen", "formula"),
        ("line 3, amount_fen", "not_a_number"),
        ("line 4", "foreign"),
    ]
    answer = await office.bank_answers(batch, saved(rows))
    assert lines[1]["account_number"] not in answer.text


async def test_a_line_answered_twice_in_one_sheet_is_refused(office, exported, refused):
    batch, _ = exported
    rows = await answered(office, batch)
    assert await refused(batch, saved([*rows, rows[1]])) == [("line 5, line_no", "repeated")]


async def test_a_row_that_is_hidden_is_not_taken_unseen(office, exported, refused):
    batch, _ = exported

    def hide(sheet):
        sheet.row_dimensions[3].hidden = True

    assert await refused(batch, saved(await answered(office, batch), hide)) == [("line 3", "hidden_row")]


async def test_a_sheet_that_cannot_be_read_is_refused_whole(office, exported, refused):
    batch, _ = exported
    rows = await answered(office, batch)
    sound = saved(rows)
    extra = [[*row, "x"] for row in rows]
    lacking = [row[:-1] for row in rows]
    assert await refused(batch, sound[: len(sound) // 2]) == [("line 1", "broken")]
    assert await refused(batch, saved(extra)) == [("line 1", "unknown_column")]
    assert await refused(batch, saved(lacking)) == [("line 1", "missing_column")]
    assert await refused(batch, saved(rows[:1])) == [("line 1", "no_rows")]
    assert await refused(batch, saved([])) == [("line 1", "empty")]
    assert await refused(batch, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)) == [
        ("line 1", "old_format")
    ]


async def test_a_bomb_is_refused_before_it_is_unpacked(exported, refused):
    batch, _ = exported
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"\0" * 70_000_000)
    assert await refused(batch, content.getvalue()) == [("line 1", "too_large")]


async def test_a_sheet_has_no_more_lines_than_it_may(exported, refused):
    batch, _ = exported
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, REQUIRED)
        for number in range(1, 20_002):
            sheet.write(number, 0, number)
    assert await refused(batch, content.getvalue()) == [("line 20002", "too_many_rows")]


async def test_results_before_the_export_are_refused_whatever_the_sheet_holds(office):
    await office.cleared()
    batch = await office.received()
    answer = await office.bank_answers(batch, b"PK\x03\x04", **XLSX)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_a_name_of_the_cards_account_reads_alike_from_sheet_and_csv():
    row = ["1", "c", "O'Neil 张", "6222", "1", "settled", ""]
    sheet = await result_rows(saved([list(REQUIRED), row]))
    text = ",".join(REQUIRED) + "\r\n" + ",".join(row) + "\r\n"
    assert [one.cells for one in sheet] == [one.cells for one in await result_rows(text.encode())]
