"""The bank's result file: refused whole with line numbers, or applied once (S10, S11)."""

import asyncio
import csv
import io
from collections import Counter

import pytest
from chuangpei.events.subsidy import ClaimPaid, ClaimPaymentFailed, PaymentBatchSettled


def rows_of(content):
    return list(csv.reader(io.StringIO(content)))


def text_of(rows):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


async def test_lines_settle_one_by_one(office, exported):
    batch, lines = exported
    answer = await office.bank_answers(batch, office.bank_answer(lines, failed={"2": "ACCT_CLOSED"}))
    assert answer.status_code == 201, answer.text
    result = answer.json()
    assert (result["lines"], result["settled_lines"], result["settled_fen"], result["failed_lines"]) == (
        3,
        2,
        360000,
        1,
    )
    states = [(await office.shown({"id": line["claim_id"]}))["state"] for line in lines]
    assert states == ["paid", "payment_failed", "paid"]
    failed = await office.shown({"id": lines[1]["claim_id"]})
    assert failed["payment"] == {
        "batch_number": batch["number"],
        "batch_state": "settled",
        "line_no": 2,
        "status": "failed",
        "bank_code": "ACCT_CLOSED",
    }
    assert failed["timeline"][-1]["action"] == "claim.payment_failed"
    assert len(await office.emitted(ClaimPaid)) == 2
    assert [event.bank_code for event in await office.emitted(ClaimPaymentFailed)] == ["ACCT_CLOSED"]
    [settled] = await office.emitted(PaymentBatchSettled)
    assert (settled.settled_lines, settled.settled_fen, settled.failed_lines) == (2, 360000, 1)


async def test_the_batch_is_settled_when_every_line_is_answered(office, exported):
    batch, lines = exported
    await office.bank_answers(batch, office.bank_answer(lines[:1]))
    assert (await office.get(f"/batches/{batch['id']}", office.city))["state"] == "exported"
    await office.bank_answers(batch, office.bank_answer(lines[1:]))
    assert (await office.get(f"/batches/{batch['id']}", office.city))["state"] == "settled"
    [settled] = await office.emitted(PaymentBatchSettled)
    assert (settled.settled_lines, settled.failed_lines) == (3, 0)


async def test_the_same_file_imported_twice_is_effective_once(office, exported):
    batch, lines = exported
    content = office.bank_answer(lines[:2])
    first = await office.bank_answers(batch, content)
    events = len(await office.emitted())
    second = await office.bank_answers(batch, content)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert len(await office.emitted()) == events
    assert len(await office.sql("SELECT 1 FROM bank_results")) == 1


async def test_the_same_file_imported_at_once_is_effective_once(office, exported):
    batch, lines = exported
    content = office.bank_answer(lines)
    answers = await asyncio.gather(*(office.bank_answers(batch, content) for _ in range(5)))
    assert Counter(answer.status_code for answer in answers) == {201: 5}
    assert len({answer.content for answer in answers}) == 1
    assert len(await office.emitted(ClaimPaid)) == 3


async def test_a_repeated_line_refuses_the_file(office, exported, refused):
    batch, lines = exported
    assert await refused(batch, office.bank_answer([*lines, lines[0]])) == [("line 5, line_no", "repeated")]


async def test_a_line_answered_in_an_earlier_file_refuses_the_file(office, exported, refused):
    batch, lines = exported
    await office.bank_answers(batch, office.bank_answer(lines[:1]))
    assert await refused(batch, office.bank_answer(lines)) == [("line 2", "answered_before")]


@pytest.mark.parametrize(
    ("column", "value", "at", "code"),
    [
        ("amount_fen", "180001", "line 3, amount_fen", "altered_amount"),
        ("account_number", "6222021001122330009", "line 3", "altered_payee"),
        ("account_number", "6.22202E+18", "line 3", "altered_payee"),
        ("holder_name", "王五", "line 3", "altered_payee"),
        ("claim_id", "01977777-7777-7777-8777-777777777777", "line 3", "foreign"),
        ("claim_id", "nonsense", "line 3, claim_id", "foreign"),
        ("line_no", "99", "line 3", "foreign"),
        ("line_no", "first", "line 3, line_no", "not_a_number"),
        ("line_no", "1" * 5000, "line 3, line_no", "not_a_number"),
        ("amount_fen", "1800.00", "line 3, amount_fen", "not_a_number"),
        ("amount_fen", "-180000", "line 3, amount_fen", "not_a_number"),
        ("batch_number", "310104-20260613-1", "line 3, batch_number", "foreign"),
        ("result", "maybe", "line 3, result", "unknown_result"),
        ("result", "failed", "line 3, bank_code", "bank_code"),
        ("bank_code", "E1", "line 3, bank_code", "bank_code"),
    ],
)
async def test_an_altered_or_foreign_line_refuses_the_file_with_its_number_and_column(
    office, exported, refused, column, value, at, code
):
    batch, lines = exported
    rows = rows_of(office.bank_answer(lines))
    rows[2][rows[0].index(column)] = value
    assert await refused(batch, text_of(rows)) == [(at, code)]


async def test_a_refusal_repeats_neither_names_nor_accounts(office, exported):
    batch, lines = exported
    rows = rows_of(office.bank_answer(lines))
    amount, account = rows[0].index("amount_fen"), rows[0].index("account_number")
    for row in rows[1:]:
        row[amount] = row[account]
    answer = await office.bank_answers(batch, text_of(rows))
    assert (answer.status_code, answer.json()["code"]) == (422, "bank_file_refused"), answer.text
    assert lines[0]["account_number"] not in answer.text


async def test_every_fault_is_told_at_once(office, exported, refused):
    batch, lines = exported
    rows = rows_of(office.bank_answer(lines))
    rows[1][rows[0].index("amount_fen")] = "1"
    rows[2] = rows[2][:-1]
    rows[3][rows[0].index("claim_id")] = "01977777-7777-7777-8777-777777777777"
    assert await refused(batch, text_of(rows)) == [
        ("line 2, amount_fen", "altered_amount"),
        ("line 3", "missing_column"),
        ("line 4", "foreign"),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "missing_column"),
        (b"line_no,claim_id\r\n1,2\r\n", "missing_column"),
        (b"\xff\xfe\x00", "not_utf8"),
        ("结果\r\n".encode("gb18030"), "not_utf8"),
        (b'line_no,claim_id,holder_name,account_number,amount_fen,result,bank_code\r\n"open', "malformed"),
        (b"line_no,claim_id,holder_name,account_number,amount_fen,result,bank_code\r\n", "empty"),
        (
            b"line_no,line_no,claim_id,holder_name,account_number,amount_fen,result,bank_code\r\n",
            "unknown_column",
        ),
        (
            b"extra,line_no,claim_id,holder_name,account_number,amount_fen,result,bank_code\r\n",
            "unknown_column",
        ),
    ],
)
async def test_a_file_that_is_none_is_refused(exported, refused, content, code):
    batch, _ = exported
    [(_, found)] = await refused(batch, content)
    assert found == code


async def test_a_file_of_another_batch_is_refused(office, exported, refused):
    batch, lines = exported
    await office.noticed(await office.submitted(await office.certificate(project="P2")))
    office.clock.advance(days=30)
    await office.clear_due()
    other = await office.received()
    await office.export(other)
    content = office.bank_answer(lines)
    assert {code for _, code in await refused(other, content)} == {"foreign"}
    assert (await office.bank_answers(batch, content)).status_code == 201
    assert {code for _, code in await refused(other, content)} == {"foreign"}


async def test_results_before_the_export_are_refused(office):
    await office.cleared()
    batch = await office.received()
    answer = await office.bank_answers(batch, b"line_no\r\n")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_a_file_with_a_mark_and_without_one_reads_alike(office, exported):
    batch, lines = exported
    content = "\ufeff" + office.bank_answer(lines)
    assert (await office.bank_answers(batch, content)).status_code == 201


async def test_a_key_used_for_another_file_is_refused(office, exported):
    batch, lines = exported
    same = {"idempotency-key": "the-same-key"}
    first = await office.bank_answers(batch, office.bank_answer(lines[:1]), **same)
    second = await office.bank_answers(batch, office.bank_answer(lines[1:]), **same)
    assert (first.status_code, second.status_code) == (201, 422)
    assert second.json()["code"] == "idempotency_mismatch"
