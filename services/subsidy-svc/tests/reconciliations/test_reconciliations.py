"""Daily reconciliation: decisions, ledger and bank to the fen, each difference traced (O04, S10)."""

import asyncio
import csv
import io

import pytest
from subsidy_svc.reconciliations.use_cases import reconcile_due

SUBSIDY = 180_000
MEASURES = (
    "committed_decided",
    "committed_ledger",
    "payable_decided",
    "payable_ledger",
    "paid_decided",
    "paid_ledger",
    "paid_bank",
    "receivable_decided",
    "receivable_ledger",
)


async def reconciled(office, district="310115"):
    answer = await office.post("/reconciliations", office.city, {"district": district})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def differences(office, **params):
    return (await office.get("/reconciliations/differences", office.city, sort="id", **params))["items"]


async def three_claims(office):
    """One paid, one whose payment failed, one in a batch that the bank has."""
    for who in ("holder", "partner"):
        await office.noticed(await office.submitted(who=who))
    office.clock.advance(days=30)
    await office.clear_due()
    batch = await office.received()
    lines = await office.export(batch)
    await office.bank_answers(batch, office.bank_answer(lines, failed={"2": "ACCT_CLOSED"}))
    await office.cleared(await office.submitted(who="third"))
    await office.export(await office.received())


async def test_decisions_ledger_and_bank_agree_to_the_fen(office):
    await three_claims(office)
    made = await reconciled(office)
    assert [made[f"{measure}_fen"] for measure in MEASURES] == [
        *(SUBSIDY, SUBSIDY),
        *(SUBSIDY, SUBSIDY),
        *(SUBSIDY, SUBSIDY, SUBSIDY),
        *(0, 0),
    ]
    assert (made["differences"], made["number"]) == (0, 1)
    assert await differences(office) == []


async def test_what_was_changed_past_the_program_is_traced_to_its_claim(office):
    claim = await office.cleared()
    await office.sql("UPDATE claims SET state = 'paid'")
    made = await reconciled(office)
    assert (made["paid_decided_fen"], made["paid_ledger_fen"], made["paid_bank_fen"]) == (SUBSIDY, 0, 0)
    found = await differences(office)
    assert [(one["kind"], one["subject"], one["expected_fen"], one["found_fen"]) for one in found] == [
        ("committed", claim["id"], 0, SUBSIDY),
        ("paid", claim["id"], SUBSIDY, 0),
    ]
    assert {one["state"] for one in found} == {"open"}


async def test_what_the_bank_paid_and_its_lines_do_not_say_is_traced_to_the_batch(office):
    await office.paid()
    await office.sql("UPDATE payment_lines SET status = 'failed'")
    await reconciled(office)
    [batch] = (await office.get("/batches", office.city))["items"]
    [bank] = await differences(office, kind="bank")
    assert (bank["subject"], bank["expected_fen"], bank["found_fen"]) == (batch["id"], 0, SUBSIDY)


async def test_a_difference_is_explained_by_a_person_and_closes_when_it_vanishes(office):
    await office.cleared()
    assert (await reconciled(office))["differences"] == 0
    await office.sql("UPDATE claims SET state = 'rejected'")
    assert (await reconciled(office))["differences"] == 1
    [found] = await differences(office, state="open")
    path = f"/reconciliations/differences/{found['id']}/explain"
    note = {"note": "数据库维护时误改"}
    answer = await office.post(path, office.officer(), note, found["version"])
    assert (answer.status_code, answer.json()["state"]) == (200, "explained"), answer.text
    again = await reconciled(office)
    assert (again["differences"], again["number"]) == (1, 3)
    [same] = await differences(office)
    assert (same["id"], same["state"], same["note"]) == (found["id"], "explained", note["note"])
    await office.sql("UPDATE claims SET state = 'cleared'")
    assert (await reconciled(office))["differences"] == 0
    [closed] = await differences(office)
    assert (closed["state"], closed["closed_on"]) == ("closed", str(office.clock.today()))
    late = await office.post(path, office.officer(), note, closed["version"])
    assert (late.status_code, late.json()["code"]) == (409, "not_allowed_in_state")


async def test_each_district_is_reconciled_once_for_each_day_that_is_over(office):
    await three_claims(office)
    done = await asyncio.gather(*(reconcile_due(office.service) for _ in range(3)))
    assert sum(done) >= 16
    rows = await office.sql("SELECT district, count(*) FROM reconciliations GROUP BY district")
    assert {row["count"] for row in rows} == {1}
    assert len(rows) == 16
    assert await reconcile_due(office.service) == 0
    office.clock.advance(days=1)
    assert await reconcile_due(office.service) == 16
    found = (await office.get("/reconciliations", office.officer(), agrees=True))["items"]
    assert [one["district"] for one in found] == ["310115", "310115"]
    assert found[0]["made_by"] == "system"


async def test_another_district_sees_none_of_it(office):
    await office.cleared()
    await office.sql("UPDATE claims SET state = 'rejected'")
    await reconciled(office)
    [found] = await differences(office)
    other = office.officer("approver", "310104")
    assert (await office.get("/reconciliations", other))["items"] == []
    assert (await office.get("/reconciliations/differences", other))["items"] == []
    path = f"/reconciliations/differences/{found['id']}/explain"
    assert (await office.post(path, other, {"note": "误改"}, found["version"])).status_code == 404
    assert (await office.post(path, office.city, {"note": "误改"}, 9)).status_code == 412


async def test_reconciliations_and_differences_are_exported(office):
    await office.cleared()
    await office.sql("UPDATE claims SET state = 'rejected'")
    await reconciled(office)
    for path, column, value in (("", "差异数", "1"), ("/differences", "种类", "committed")):
        answer = await office.http.get(f"/subsidy/v1/reconciliations{path}/export", headers=office.city)
        [row] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
        assert row[column] == value


@pytest.mark.parametrize(
    "statement", ["UPDATE reconciliations SET differences = 0", "DELETE FROM reconciliations"]
)
async def test_a_record_is_never_changed(office, statement):
    await reconciled(office)
    with pytest.raises(Exception, match="can no longer be changed"):
        await office.sql(statement)
