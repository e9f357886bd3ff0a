"""The ledger: each step of the money is one balanced entry, traced to its claims (O04, D11)."""

import csv
import io
from datetime import date, time

import pytest
from chuangpei.testing.clock import FixedClock

SUBSIDY = 180_000


async def position(office, **params):
    """The accounts that hold anything, in all funds together."""
    total = (await office.get("/ledger/report", office.city, **params))["total"]
    assert all(equation["holds"] for equation in total["equations"]), total
    names = ("committed", "payable", "paid", "receivable", "recovered", "waived")
    return {name: total[f"{name}_fen"] for name in names if total[f"{name}_fen"]}


async def entries(office, **params):
    found = (await office.get("/ledger/entries", office.city, sort="id", **params))["items"]
    return [entry for entry in found if entry["budget_id"] is None]


async def occasions(office, **params):
    return [entry["occasion"] for entry in await entries(office, **params)]


async def test_before_its_approval_a_claim_is_no_money(office):
    await office.accepted()
    assert await entries(office) == []


async def test_an_approval_commits_the_money_of_its_year(office):
    claim = await office.noticed()
    [entry] = await entries(office)
    assert (entry["occasion"], entry["debit"], entry["credit"]) == ("commit", "committed", "available")
    assert (entry["amount_fen"], entry["claim_id"]) == (SUBSIDY, claim["id"])
    assert (entry["district"], entry["fund_line"], entry["fund_year"]) == ("310115", "stage_3_subsidy", 2026)
    assert (entry["posted_on"], entry["posted_by"]) == ("2026-06-01", "approver")
    assert await position(office) == {"committed": SUBSIDY}


async def test_a_withdrawal_frees_what_was_committed(office):
    await office.step(await office.noticed(), "withdraw", "holder")
    assert await occasions(office) == ["commit", "release"]
    assert await position(office) == {}


async def test_a_rejection_before_the_approval_posts_nothing(office):
    await office.step(await office.accepted(), "reject", "approver", {"reason": "材料不符"})
    assert await entries(office) == []


async def test_an_upheld_objection_frees_what_was_committed(office):
    await office.decided(await office.objected(await office.noticed()), "uphold")
    assert await occasions(office) == ["commit", "release"]


async def test_the_way_to_the_bank_is_four_entries_for_any_number_of_claims(office):
    for who in ("holder", "partner", "third"):
        await office.noticed(await office.submitted(who=who))
    office.clock.advance(days=30)
    await office.clear_due()
    batch = await office.drafted()
    assert await position(office) == {"committed": 3 * SUBSIDY}
    batch = await office.batch_step(batch, "seal")
    assert await position(office) == {"payable": 3 * SUBSIDY}
    batch = await office.batch_step(await office.batch_step(batch, "hand-over"), "receive")
    lines = await office.export(batch)
    await office.bank_answers(batch, office.bank_answer(lines, failed={"2": "ACCT_CLOSED"}))
    assert await position(office) == {
        "paid": 2 * SUBSIDY,
        "committed": SUBSIDY,
    }
    of_batch = await entries(office, batch_id=batch["id"])
    assert [(one["occasion"], one["amount_fen"], one["claims"]) for one in of_batch] == [
        ("seal", 3 * SUBSIDY, 3),
        ("fail", SUBSIDY, 1),
        ("settle", 2 * SUBSIDY, 2),
    ]


async def test_an_entry_of_a_batch_is_traced_to_its_lines_and_a_claim_to_its_entries(office):
    for who in ("holder", "partner"):
        await office.noticed(await office.submitted(who=who))
    office.clock.advance(days=30)
    await office.clear_due()
    batch = await office.received()
    lines = await office.export(batch)
    await office.bank_answers(batch, office.bank_answer(lines, failed={"2": "ACCT_CLOSED"}))
    traced = {}
    for entry in await entries(office, batch_id=batch["id"]):
        found = (await office.get(f"/ledger/entries/{entry['id']}/lines", office.officer()))["items"]
        assert sum(line["amount_fen"] for line in found) == entry["amount_fen"]
        traced[entry["occasion"]] = [line["claim_id"] for line in found]
    paid, failed = (line["claim_id"] for line in lines)
    assert traced == {"seal": [paid, failed], "settle": [paid], "fail": [failed]}
    assert await occasions(office, claim_id=paid) == ["commit", "seal", "settle"]
    assert await occasions(office, claim_id=failed) == ["commit", "seal", "fail"]


async def test_a_line_held_out_is_free_again(office):
    certificate = await office.certificate()
    claim = await office.cleared(await office.submitted(certificate))
    await office.sealed()
    await office.revoke(certificate)
    assert await occasions(office, claim_id=claim["id"]) == ["commit", "seal", "hold_out", "release"]
    assert await position(office) == {}


async def test_a_recalled_line_that_the_bank_refused_is_free_again(office):
    certificate = await office.certificate()
    claim = await office.cleared(await office.submitted(certificate))
    batch = await office.received()
    lines = await office.export(batch)
    await office.revoke(certificate)
    await office.bank_answers(batch, office.bank_answer(lines, failed={"1": "ACCT_CLOSED"}))
    assert await occasions(office, claim_id=claim["id"]) == ["commit", "seal", "fail", "release"]
    assert await position(office) == {}


async def test_a_revocation_after_payment_makes_it_receivable(office):
    certificate = await office.certificate()
    await office.cleared(await office.submitted(certificate))
    batch = await office.received()
    await office.bank_answers(batch, office.bank_answer(await office.export(batch)))
    await office.revoke(certificate)
    assert await position(office) == {"paid": SUBSIDY, "receivable": SUBSIDY}


async def test_money_promised_in_december_and_paid_in_january_is_of_the_old_year(office):
    certificate = await office.certificate(issued_on=date(2026, 12, 1), class_started_on=date(2026, 11, 2))
    office.clock.set(FixedClock.on(date(2026, 12, 25), time(9)).now())
    await office.cleared(await office.submitted(certificate))
    assert office.clock.today().year == 2027
    await office.sealed()  # drawn on the budget of 2026, for 2027 has none
    assert await position(office, year=2026) == {"payable": SUBSIDY}
    assert await position(office, year=2027) == {}


async def test_the_accounts_sum_to_the_same_on_both_sides(office):
    await office.cleared()
    await office.sealed()
    accounts = await office.get("/ledger/accounts", office.officer(), year=2026)
    assert {item["account"]: (item["side"], item["balance_fen"]) for item in accounts["items"]} == {
        "budget": ("credit", 1_000_000_000),
        "available": ("debit", 1_000_000_000 - SUBSIDY),
        "committed": ("debit", 0),
        "payable": ("debit", SUBSIDY),
    }
    assert accounts["debit_fen"] == accounts["credit_fen"] == 1_000_000_000 + 2 * SUBSIDY


async def test_another_district_sees_none_of_it(office):
    await office.cleared()
    batch = await office.sealed()
    other = office.officer("releaser", "310104")
    assert {one["district"] for one in (await office.get("/ledger/entries", other))["items"]} == {"310104"}
    report = await office.get("/ledger/report", other, district="310115")
    assert [fund["district"] for fund in report["funds"]] == ["310104"]
    [entry] = await entries(office, batch_id=batch["id"])
    assert (await office.get(f"/ledger/entries/{entry['id']}/lines", other))["items"] == []


async def test_the_entries_are_paged_filtered_and_exported(office):
    await office.cleared()
    await office.sealed()
    first = await office.get("/ledger/entries", office.city, limit=1)
    second = await office.get("/ledger/entries", office.city, limit=1, cursor=first["next_cursor"])
    assert [page["items"][0]["occasion"] for page in (first, second)] == ["seal", "commit"]
    assert await occasions(office, account="payable") == ["seal"]
    answer = await office.http.get("/subsidy/v1/ledger/entries/export", headers=office.city)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["事由"], row["金额（分）"]) for row in rows[:2]] == [
        ("seal", "180000"),
        ("commit", "180000"),
    ]
    assert [row["事由"] for row in rows[2:]] == ["allot", "allot"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entries SET amount_fen = 1",
        "DELETE FROM ledger_entries",
        "TRUNCATE ledger_entries CASCADE",
    ],
)
async def test_an_entry_is_never_changed(office, statement):
    await office.noticed()
    with pytest.raises(Exception, match="can no longer be changed"):
        await office.sql(statement)


COPY = """
INSERT INTO ledger_entries (posted_at, posted_on, posted_by, occasion, district, fund_line, fund_year,
    debit, credit, amount_fen, claims, claim_id, reverses)
SELECT posted_at, posted_on, posted_by, {}, claims, claim_id, {} FROM ledger_entries
WHERE reverses IS NULL AND claim_id IS NOT NULL
"""
MIRROR = COPY.format("'reverse', district, fund_line, fund_year, credit, debit, amount_fen", "id")


@pytest.mark.parametrize(
    ("entry", "reverses", "refused_by"),
    [
        ("'seal', district, fund_line, fund_year, 'paid', 'committed', amount_fen", "NULL", "posting"),
        ("occasion, district, fund_line, fund_year, debit, credit, 0", "NULL", "amount_fen"),
        ("occasion, district, fund_line, fund_year, debit, credit, -1", "NULL", "amount_fen"),
        ("'reverse', district, fund_line, fund_year, credit, debit, amount_fen", "NULL", "reverses"),
        ("'reverse', district, fund_line, fund_year, credit, debit, amount_fen - 1", "id", "mirrored"),
        ("'reverse', district, fund_line, fund_year, debit, credit, amount_fen", "id", "mirrored"),
        ("'reverse', '310104', fund_line, fund_year, credit, debit, amount_fen", "id", "mirrored"),
    ],
)
async def test_the_database_takes_no_entry_that_is_none(office, entry, reverses, refused_by):
    await office.noticed()
    with pytest.raises(Exception, match=refused_by):
        await office.sql(COPY.format(entry, reverses))


async def test_an_entry_is_reversed_once_by_its_mirror_alone(office):
    await office.noticed()
    await office.sql(MIRROR)
    assert await position(office) == {}
    with pytest.raises(Exception, match="uq_ledger_entries_reverses"):
        await office.sql(MIRROR)
