"""Recoveries: demanded, paid back in instalments never more than owed, or waived by two people (D06, O04)."""

import asyncio
import csv
import io
from collections import Counter

import pytest
from chuangpei.auth import Role
from chuangpei.events.subsidy import RecoveryEnded

OWED = 180_000
DEMAND = {"document": "浦人社责退〔2026〕3号", "due_on": "2026-12-31"}
WHY = {"reason": "家庭经济困难，经核实无力偿还"}


@pytest.fixture
async def recovery(office):
    """The open recovery of a paid claim whose certificate was revoked."""
    certificate = await office.certificate()
    await office.paid(certificate)
    await office.revoke(certificate)
    [item] = (await office.get("/recoveries", office.officer()))["items"]
    return item


async def step(office, recovery, action, json=None, by=None):
    path = f"/recoveries/{recovery['id']}/{action}"
    return await office.post(path, by or office.officer(), json, recovery["version"])


async def demanded(office, recovery):
    answer = await step(office, recovery, "demand", DEMAND)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def received(office, recovery, fen, by=None):
    body = {"amount_fen": fen, "received_on": str(office.clock.today()), "reference": "国库 2026-07"}
    return await office.post(f"/recoveries/{recovery['id']}/receipts", by or office.officer(), body)


async def accounts(office):
    total = (await office.get("/ledger/report", office.city))["total"]
    assert all(equation["holds"] for equation in total["equations"])
    return tuple(total[f"{name}_fen"] for name in ("receivable", "recovered", "waived"))


async def test_it_is_demanded_by_a_day_and_overdue_after_it(office, recovery):
    shown = await demanded(office, recovery)
    assert (shown["state"], shown["due_on"], shown["overdue"]) == ("demanded", "2026-12-31", False)
    office.clock.advance(days=365)
    [late] = (await office.get("/recoveries", office.city, overdue=True))["items"]
    assert (late["id"], late["overdue"]) == (recovery["id"], True)
    assert (await office.get("/recoveries", office.city, overdue=False))["items"] == []


async def test_instalments_add_up_and_the_last_one_ends_it(office, recovery):
    shown = await demanded(office, recovery)
    part = (await received(office, shown, 60_000)).json()
    assert (part["state"], part["received_fen"], part["outstanding_fen"]) == ("demanded", 60_000, 120_000)
    assert await accounts(office) == (120_000, 60_000, 0)
    whole = (await received(office, part, 120_000)).json()
    assert (whole["state"], whole["outstanding_fen"]) == ("recovered", 0)
    assert await accounts(office) == (0, OWED, 0)
    [ended] = await office.emitted(RecoveryEnded)
    assert (ended.outcome, ended.received_fen) == ("recovered", OWED)
    receipts = (await office.get(f"/recoveries/{recovery['id']}/receipts", office.officer()))["items"]
    assert [one["amount_fen"] for one in receipts] == [60_000, 120_000]


async def test_more_than_is_owed_is_refused(office, recovery):
    shown = await demanded(office, recovery)
    answer = await received(office, shown, OWED + 1)
    assert (answer.status_code, answer.json()["code"]) == (409, "more_than_owed")
    assert answer.json()["detail"] == "尚欠1800.00元，本次1800.01元"
    assert await accounts(office) == (OWED, 0, 0)


async def test_instalments_recorded_at_once_never_bring_in_more_than_is_owed(office, recovery):
    shown = await demanded(office, recovery)
    answers = await asyncio.gather(*(received(office, shown, 100_000) for _ in range(4)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 3}
    assert await accounts(office) == (80_000, 100_000, 0)


async def test_before_the_demand_and_from_tomorrow_nothing_is_received(office, recovery):
    answer = await received(office, recovery, 1)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")
    shown = await demanded(office, recovery)
    body = {"amount_fen": 1, "received_on": "2030-01-01", "reference": "国库"}
    answer = await office.post(f"/recoveries/{shown['id']}/receipts", office.officer(), body)
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/received_on"]


async def test_a_receipt_recorded_wrongly_is_reversed_once(office, recovery):
    shown = await demanded(office, recovery)
    whole = (await received(office, shown, OWED)).json()
    path = f"/recoveries/{recovery['id']}/receipts"
    [receipt] = (await office.get(path, office.officer()))["items"]
    answer = await step(office, whole, f"receipts/{receipt['id']}/reverse", {"reason": "登记对象有误"})
    assert (answer.status_code, answer.json()["state"]) == (200, "demanded"), answer.text
    assert (answer.json()["received_fen"], answer.json()["outstanding_fen"]) == (0, OWED)
    assert await accounts(office) == (OWED, 0, 0)
    entries = await office.get("/ledger/entries", office.city, recovery_id=recovery["id"], sort="id")
    opened, receive, reverse = entries["items"]
    assert [one["occasion"] for one in (opened, receive, reverse)] == ["open_recovery", "receive", "reverse"]
    assert reverse["reverses"] == receive["id"]
    again = await step(office, answer.json(), f"receipts/{receipt['id']}/reverse", {"reason": "再次冲销"})
    assert (again.status_code, again.json()["code"]) == (409, "not_allowed_in_state")


async def test_the_rest_is_waived_by_another_person_of_the_city(office, recovery):
    shown = await demanded(office, recovery)
    part = (await received(office, shown, 30_000)).json()
    proposed = (await step(office, part, "propose-waiver", WHY)).json()
    assert (proposed["state"], proposed["waiver_reason"]) == ("waiver_proposed", WHY["reason"])
    answer = await step(office, proposed, "approve-waiver", by=office.city)
    assert (answer.status_code, answer.json()["state"]) == (200, "waived"), answer.text
    assert (answer.json()["waived_fen"], answer.json()["outstanding_fen"]) == (150_000, 0)
    assert await accounts(office) == (0, 30_000, 150_000)
    [ended] = await office.emitted(RecoveryEnded)
    assert (ended.outcome, ended.waived_fen) == ("waived", 150_000)


async def test_who_proposed_the_waiver_does_not_approve_it_in_another_office(office, recovery):
    proposed = (await step(office, await demanded(office, recovery), "propose-waiver", WHY)).json()
    same = office.as_(Role.CITY_CENTRE, "acceptor", subject="city-b")
    answer = await step(office, proposed, "approve-waiver", by=same)
    assert (answer.status_code, answer.json()["code"]) == (409, "four_eyes")


async def test_a_refused_waiver_leaves_it_owed(office, recovery):
    proposed = (await step(office, await demanded(office, recovery), "propose-waiver", WHY)).json()
    refused = (
        await step(office, proposed, "refuse-waiver", {"reason": "不符合减免条件"}, office.city)
    ).json()
    assert (refused["state"], refused["outstanding_fen"]) == ("demanded", OWED)
    assert (await received(office, refused, OWED)).json()["state"] == "recovered"


async def test_the_order_is_amended_with_its_history(office, recovery):
    shown = await demanded(office, recovery)
    change = {"due_on": "2027-03-31", "reason": "同意分期"}
    answer = await step(office, shown, "amend", change)
    assert (answer.status_code, answer.json()["due_on"]) == (200, "2027-03-31")
    history = await office.get(f"/recoveries/{recovery['id']}/amendments", office.officer())
    assert [(one["reason"], one["before"]["due_on"]) for one in history["items"]] == [
        ("同意分期", "2026-12-31")
    ]
    same = await step(office, answer.json(), "amend", change)
    assert (same.status_code, same.json()["code"]) == (422, "nothing_amended")


async def test_a_day_that_is_over_is_no_day_to_pay_by(office, recovery):
    answer = await step(office, recovery, "demand", DEMAND | {"due_on": "2026-01-01"})
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/due_on"]


async def test_another_district_finds_none_of_it_and_an_old_version_is_refused(office, recovery):
    other = office.officer("approver", "310104")
    assert (await step(office, recovery, "demand", DEMAND, other)).status_code == 404
    assert (await received(office, recovery, 1, other)).status_code == 404
    for path in ("", "/receipts", "/receipts/export", "/amendments"):
        answer = await office.http.get(f"/subsidy/v1/recoveries/{recovery['id']}{path}", headers=other)
        assert answer.status_code == 404, path
    await demanded(office, recovery)
    assert (await step(office, recovery, "propose-waiver", WHY)).status_code == 412


async def test_recoveries_are_exported(office, recovery):
    answer = await office.http.get("/subsidy/v1/recoveries/export?state=open", headers=office.city)
    [row] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["申领人"], row["应追回（分）"], row["已追回（分）"]) == ("张*", "180000", "0")


TOO_MUCH = (
    "INSERT INTO recovery_receipts SELECT gen_random_uuid(), id, amount_fen, now(), 'x', now(), 'x'"
    " FROM recoveries"
)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE recoveries SET received_fen = amount_fen + 1",
        "UPDATE recoveries SET state = 'recovered'",
        "UPDATE recoveries SET amount_fen = 1",
        "DELETE FROM recoveries",
        "UPDATE recovery_receipts SET amount_fen = 1",
        TOO_MUCH,
    ],
)
async def test_the_database_lets_nobody_owe_less_or_pay_more(office, recovery, statement):
    await received(office, await demanded(office, recovery), 1)
    with pytest.raises(Exception, match=r"ck_recoveries_(owed|ended)|can no longer be changed"):
        await office.sql(statement)
