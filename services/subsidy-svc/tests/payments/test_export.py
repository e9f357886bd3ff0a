"""The file for the bank: the one place with clear account numbers (S10, S11)."""

import csv
import io

import pytest
from subsidy_svc.payments.export import guarded, unguarded


async def test_the_file_is_utf_8_with_a_mark_and_the_same_each_time(office):
    await office.cleared()
    batch = await office.received()
    path = f"/subsidy/v1/batches/{batch['id']}/export.csv"
    first = await office.http.get(path, headers=office.city)
    assert first.content.startswith(b"\xef\xbb\xbfbatch_number,")
    assert first.headers["content-type"] == "text/csv; charset=utf-8"
    assert first.headers["cache-control"] == "no-store"
    assert f'filename="{batch["number"]}.csv"' in first.headers["content-disposition"]
    lines = await office.export(batch)
    await office.bank_answers(batch, office.bank_answer(lines))
    again = await office.http.get(path, headers=office.city)
    assert again.content == first.content


async def test_each_export_leaves_a_row_in_the_audit_log_without_account_numbers(office):
    await office.cleared()
    batch = await office.received()
    await office.export(batch)
    await office.export(batch)
    rows = await office.sql(
        "SELECT actor, details::text AS details FROM audit_log WHERE action = 'batch.export'"
    )
    assert [row["actor"] for row in rows] == ["city", "city"]
    assert all("6222" not in row["details"] for row in rows)


async def test_only_the_city_sees_the_file(office):
    await office.cleared()
    batch = await office.received()
    answer = await office.http.get(
        f"/subsidy/v1/batches/{batch['id']}/export.csv", headers=office.officer("releaser")
    )
    assert answer.status_code == 403


async def test_a_name_that_a_spreadsheet_would_run_is_made_safe_and_still_recognised(office):
    office.accounts.holder = None
    name = "=HYPERLINK(A1)"
    office_names = office.person.__globals__["NAMES"]
    office_names["third"], kept = name, office_names["third"]
    try:
        certificate = await office.certificate(who="third")
    finally:
        office_names["third"] = kept
    await office.cleared(await office.submitted(certificate, "third"))
    batch = await office.received()
    [line] = await office.export(batch)
    assert line["holder_name"] == "'=HYPERLINK(A1)"
    assert (await office.bank_answers(batch, office.bank_answer([line]))).status_code == 201


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\tx", "张三丰", "'quoted", "", "'"])
def test_a_guarded_cell_comes_back_as_it_was(cell):
    assert unguarded(guarded(cell)) == cell
    assert not guarded(cell).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_cell_with_quotes_commas_and_line_ends_survives_the_file():
    text = io.StringIO()
    csv.writer(text).writerow(['a"b', "c,d", "e\nf"])
    assert next(csv.reader(io.StringIO(text.getvalue()))) == ['a"b', "c,d", "e\nf"]
