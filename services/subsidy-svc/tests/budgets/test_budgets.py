"""Budgets: set and amended by the city, shown beside what is spent, and never overdrawn (O04)."""

import asyncio
import csv
import io
from collections import Counter
from datetime import date, time

import pytest
from chuangpei.testing.clock import FixedClock

SUBSIDY = 180_000


async def amended(office, budget, fen, **changes):
    body = {"amount_fen": fen, "document_number": "沪财社〔2026〕15号", "reason": "年中追加"} | changes
    return await office.post(f"/budgets/{budget['id']}/amend", office.city, body, budget["version"])


async def of_fund(office, district="310115", year=2026):
    [budget] = (await office.get("/budgets", office.city, district=district, fund_year=year))["items"]
    return budget


async def seal(office, batch):
    return await office.post(
        f"/batches/{batch['id']}/seal", office.officer("releaser", batch["district"]), None, batch["version"]
    )


async def test_a_budget_is_shown_beside_what_is_committed_payable_paid_and_left(unfunded):
    office = unfunded
    await office.budget(fen=3 * SUBSIDY)
    for who in ("holder", "partner"):
        await office.noticed(await office.submitted(who=who))
    office.clock.advance(days=30)
    await office.clear_due()
    figures = ("amount_fen", "committed_fen", "payable_fen", "paid_fen", "left_fen")
    assert [(await of_fund(office))[name] for name in figures] == [
        3 * SUBSIDY,
        2 * SUBSIDY,
        0,
        0,
        3 * SUBSIDY,
    ]
    batch = await office.received()
    assert [(await of_fund(office))[name] for name in figures] == [3 * SUBSIDY, 0, 2 * SUBSIDY, 0, SUBSIDY]
    lines = await office.export(batch)
    await office.bank_answers(batch, office.bank_answer(lines, failed={"1": "ACCT_CLOSED"}))
    assert [(await of_fund(office))[name] for name in figures] == [
        3 * SUBSIDY,
        SUBSIDY,
        0,
        SUBSIDY,
        2 * SUBSIDY,
    ]


async def test_without_a_budget_nothing_is_sealed(unfunded):
    await unfunded.cleared()
    batch = await unfunded.drafted()
    answer = await seal(unfunded, batch)
    assert (answer.status_code, answer.json()["code"]) == (409, "budget_exceeded")
    assert answer.json()["detail"] == "2026年预算0.00元，应付及已付0.00元，余0.00元，本次1800.00元"
    assert (await unfunded.get(f"/batches/{batch['id']}", unfunded.city))["state"] == "draft"


async def test_more_than_the_budget_has_left_is_refused_with_the_figures_until_it_is_raised(unfunded):
    office = unfunded
    budget = await office.budget(fen=2 * SUBSIDY - 1)
    await office.cleared()
    await office.sealed()
    await office.cleared(await office.submitted(who="partner"))
    batch = await office.drafted()
    answer = await seal(office, batch)
    assert answer.json()["detail"] == "2026年预算3599.99元，应付及已付1800.00元，余1799.99元，本次1800.00元"
    assert (await amended(office, budget, 2 * SUBSIDY)).status_code == 200
    assert (await seal(office, batch)).status_code == 200
    assert (await of_fund(office))["left_fen"] == 0


async def test_a_batch_of_two_years_draws_on_both_budgets(unfunded, tmp_path):
    office = unfunded
    await office.budget(fen=SUBSIDY)
    old = await office.certificate(issued_on=date(2026, 11, 2), class_started_on=date(2026, 10, 2))
    new = await office.certificate(
        who="partner", issued_on=date(2026, 11, 2), class_started_on=date(2026, 10, 2)
    )
    office.clock.set(FixedClock.on(date(2026, 12, 30), time(9)).now())
    await office.noticed(await office.submitted(old))
    office.clock.set(FixedClock.on(date(2027, 1, 4), time(9)).now())
    await office.noticed(await office.submitted(new, "partner"))
    office.clock.advance(days=30)
    law = office.law_knowing(tmp_path, date(2027, 1, 1), date(2027, 1, 31), rest=[date(2027, 1, 1)])
    assert await office.settle_last_days(law) == 2
    assert await office.clear_due() == 2
    batch = await office.drafted()
    answer = await seal(office, batch)
    assert answer.json()["detail"] == "2027年预算0.00元，应付及已付0.00元，余0.00元，本次1800.00元"
    await office.budget(fen=SUBSIDY, year=2027)
    assert (await seal(office, batch)).status_code == 200
    assert [(await of_fund(office, year=year))["left_fen"] for year in (2026, 2027)] == [0, 0]


async def test_two_batches_sealed_at_once_never_overdraw_the_budget(unfunded):
    office = unfunded
    await office.budget(fen=SUBSIDY)
    await office.cleared()
    first = await office.drafted()
    # Another draft of the district can only stand beside it where somebody wrote past the program.
    await office.sql("DROP INDEX uq_payment_batches_draft")
    await office.cleared(await office.submitted(who="partner"))
    await office.sql(
        "INSERT INTO payment_batches (id, number, district, state, drafted_at, version)"
        " SELECT gen_random_uuid(), number || 'b', district, state, drafted_at, 1 FROM payment_batches"
    )
    await office.sql(
        "INSERT INTO payment_lines (batch_id, line_no, claim_id, amount_fen, fund_year, payee_encrypted,"
        " payee_digest, approved_by, status) SELECT b.id, 1, c.id, c.amount_fen, c.fund_year,"
        " c.payee_encrypted, c.payee_digest, c.approved_by, 'pending' FROM payment_batches b, claims c"
        " JOIN windows w USING (certificate_id) WHERE b.number LIKE '%b' AND w.masked_name = '李*'"
    )
    [[other]] = await office.sql("SELECT id FROM payment_batches WHERE number LIKE '%b'")
    second = first | {"id": str(other)}
    answers = await asyncio.gather(seal(office, first), seal(office, second))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 1}
    assert (await of_fund(office))["left_fen"] == 0


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE budgets SET drawn_fen = amount_fen + 1",
        "UPDATE budgets SET amount_fen = 0",
        "DELETE FROM budgets",
    ],
)
async def test_the_database_lets_no_budget_be_overdrawn_or_lost(office, change):
    await office.cleared()
    await office.sealed()
    with pytest.raises(Exception, match=r"ck_budgets_overdrawn|can no longer be changed"):
        await office.sql(change)


async def test_an_entry_that_overdraws_is_refused_by_the_database(unfunded):
    await unfunded.budget(fen=SUBSIDY)
    await unfunded.cleared()
    await unfunded.sealed()
    with pytest.raises(Exception, match="ck_budgets_overdrawn"):
        await unfunded.sql(
            "INSERT INTO ledger_entries (posted_at, posted_on, posted_by, occasion, district, fund_line,"
            " fund_year, debit, credit, amount_fen, claims, batch_id)"
            " SELECT posted_at, posted_on, posted_by, occasion, district, fund_line, fund_year, debit,"
            " credit, 1, 1, batch_id FROM ledger_entries WHERE occasion = 'seal'"
        )


async def test_a_fund_has_one_budget(office):
    body = {"district": "310115", "fund_year": 2026, "amount_fen": 1}
    body |= {"document_number": "沪财社〔2026〕9号", "reason": "重复下达"}
    answer = await office.post("/budgets", office.city, body)
    assert (answer.status_code, answer.json()["code"]) == (409, "budget_set")


async def test_it_is_amended_with_document_and_reason_and_its_history_stays(office):
    budget = await of_fund(office)
    raised = (await amended(office, budget, 1_200_000_000)).json()
    cut = await amended(office, raised, 900_000_000, reason="年末调减")
    assert (cut.status_code, cut.json()["amount_fen"], cut.json()["version"]) == (200, 900_000_000, 3)
    history = await office.get(f"/budgets/{budget['id']}/amendments", office.officer())
    assert [(one["reason"], one["after"]["amount_fen"]) for one in history["items"]] == [
        ("年中追加", 1_200_000_000),
        ("年末调减", 900_000_000),
    ]
    entries = (await office.get("/ledger/entries", office.officer(), sort="id"))["items"]
    assert [(one["occasion"], one["amount_fen"]) for one in entries] == [
        ("allot", 1_000_000_000),
        ("allot", 200_000_000),
        ("cut", 300_000_000),
    ]


async def test_it_is_not_cut_below_what_is_payable(office):
    await office.cleared()
    await office.sealed()
    answer = await amended(office, await of_fund(office), SUBSIDY - 1)
    assert (answer.status_code, answer.json()["code"]) == (409, "budget_exceeded")
    assert (await amended(office, await of_fund(office), SUBSIDY)).status_code == 200


async def test_an_amendment_that_changes_nothing_and_an_old_version_are_refused(office):
    budget = await of_fund(office)
    same = await amended(office, budget, budget["amount_fen"], document_number=budget["document_number"])
    assert (same.status_code, same.json()["code"]) == (422, "nothing_amended")
    await amended(office, budget, 1)
    assert (await amended(office, budget, 2)).status_code == 412


@pytest.mark.parametrize(
    ("field", "value"),
    [("amount_fen", 0), ("amount_fen", 1.5), ("fund_year", 2025), ("district", "110101"), ("reason", "x")],
)
async def test_bad_input_is_named(unfunded, field, value):
    body = {"district": "310115", "fund_year": 2026, "amount_fen": 1, "document_number": "沪财社〔2026〕9号"}
    answer = await unfunded.post("/budgets", unfunded.city, body | {"reason": "下达", field: value})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{field}"]


async def test_another_district_sees_none_of_it(office):
    budget, other = await of_fund(office), office.officer("releaser", "310104")
    assert [one["district"] for one in (await office.get("/budgets", other))["items"]] == ["310104"]
    for path in ("", "/amendments"):
        answer = await office.http.get(f"/subsidy/v1/budgets/{budget['id']}{path}", headers=other)
        assert answer.status_code == 404


async def test_the_budgets_are_exported(office):
    answer = await office.http.get("/subsidy/v1/budgets/export?sort=district", headers=office.city)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["区"], row["余额（分）"]) for row in rows] == [
        ("310104", "1000000000"),
        ("310115", "1000000000"),
    ]
