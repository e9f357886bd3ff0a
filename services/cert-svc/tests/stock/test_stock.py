"""Blank certificates are received, allotted and returned by ranges, and every one is accounted for (C06)."""

import asyncio
import time

import asyncpg
import pytest
from chuangpei.testing.api import key


async def test_a_range_received_is_in_stock_serial_by_serial(office, store):
    page = (await store.get("/blanks", state="in_stock")).json()
    assert [one["serial"] for one in page["items"]] == [f"HG{number:08d}" for number in range(6, 11)]
    [receipt] = (await store.get("/receipts")).json()["items"]
    assert (receipt["first_serial"], receipt["last_serial"], receipt["quantity"]) == (
        "HG00000001",
        "HG00000010",
        10,
    )


async def test_no_serial_is_received_twice(store):
    for first, last in ((10, 20), (1, 1), (5, 200)):
        answer = await store.receive(first, last)
        assert (answer.status_code, answer.json()["code"]) == (409, "blanks_received_before")
    assert (await store.receive(11, 20)).status_code == 201
    assert (await store.receive(5, 8, prefix="JY", kind="training_completion")).status_code == 201


async def test_a_hundred_thousand_are_received_and_allotted_in_a_moment(office, store):
    started = time.monotonic()
    assert (await store.receive(1_000_001, 1_100_000)).json()["quantity"] == 100_000
    answer = await store.move("allotments", 1_000_001, 1_100_000, district="310104")
    assert answer.json()["quantity"] == 100_000
    assert time.monotonic() - started < 60
    assert (await store.balance())["received"] == 100_010
    assert len(await office.sql("SELECT 1 FROM stock_moves")) == 4


async def test_more_than_that_or_backwards_is_refused(store):
    for first, last in ((1_000_001, 1_100_001), (30, 20)):
        answer = await store.receive(first, last)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/last_number")


async def test_a_part_of_a_range_is_allotted_and_the_rest_stays(store):
    assert (await store.blank("HG00000005"))["district"] == "310115"
    assert (await store.blank("HG00000006"))["state"] == "in_stock"


async def test_an_evaluation_body_is_allotted_blanks_too(store, body):
    assert (await store.move("allotments", 6, 7, body_id=body["id"])).status_code == 201
    assert (await store.blank("HG00000006"))["body_id"] == body["id"]
    answer = await store.move("allotments", 8, 8, body_id="01977777-7777-7777-8777-777777777777")
    assert answer.json()["errors"][0]["pointer"] == "/body_id"


@pytest.mark.parametrize("holder", [{"note": "无去处"}, {"district": "310115", "body_id": "0" * 32}])
async def test_a_range_goes_to_one_holder(store, holder):
    answer = await store.move("allotments", 8, 8, **holder)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/district")


async def test_a_range_is_moved_whole_or_not_at_all(store):
    answer = await store.move("allotments", 4, 8, district="310104")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_all_there")
    assert (await store.blank("HG00000008"))["state"] == "in_stock"
    assert (await store.move("allotments", 8, 11)).status_code == 404


async def test_unused_blanks_come_back_and_go_elsewhere(store):
    assert (await store.move("returns", 4, 5, district="310104")).json()["code"] == "not_all_there"
    assert (await store.move("returns", 4, 5)).status_code == 201
    assert (await store.blank("HG00000004"))["state"] == "in_stock"
    assert (await store.move("allotments", 4, 5, district="310104")).status_code == 201
    assert (await store.blank("HG00000004"))["district"] == "310104"


async def test_what_is_printed_does_not_come_back(store, qualification):
    await store.print_on(await store.blank("HG00000004"), qualification)
    assert (await store.move("returns", 3, 5)).json()["code"] == "not_all_there"


async def test_of_two_allotments_that_share_serials_one_happens(store):
    answers = await asyncio.gather(
        store.move("allotments", 6, 9, district="310104"),
        store.move("allotments", 8, 10, district="310105"),
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    balance = await store.balance()
    assert balance["in_stock"] + balance["allotted"] == 10


async def test_the_same_request_sent_again_acts_once(office, store):
    headers, body = office.centre | key(), {"prefix": "HG", "first_number": 6, "last_number": 7}
    for _ in range(2):
        answer = await office.http.post(
            "/cert/v1/stock/allotments", json=body | {"district": "310104"}, headers=headers
        )
        assert answer.status_code == 201
    assert len(await office.sql("SELECT 1 FROM stock_moves WHERE move = 'allot'")) == 2


async def test_received_is_in_stock_allotted_printed_issued_and_spoiled_together(store, qualification):
    printed = (await store.print_on(await store.blank("HG00000001"), qualification)).json()
    await store.step(printed, "issue")
    await store.spoil(await store.blank("HG00000002"))
    await store.spoil(await store.blank("HG00000010"), store.office.centre)
    assert await store.balance() == {
        "kind": "training_qualification",
        "received": 10,
        "in_stock": 4,
        "allotted": 3,
        "printed": 0,
        "issued": 1,
        "spoiled": 2,
        "balanced": True,
    }
    own = (await store.get("/counts", store.officer())).json()
    assert own["balances"] is None
    assert {(one["state"], one["quantity"]) for one in own["counts"]} == {
        ("allotted", 3),
        ("issued", 1),
        ("spoiled", 1),
    }


async def test_a_stock_taking_keeps_what_was_found_beside_what_is_booked(office, store, qualification):
    await store.print_on(await store.blank("HG00000001"), qualification)
    await store.spoil(await store.blank("HG00000002"))
    body = {"kind": "training_qualification", "district": "310115", "counted": 3, "note": "季度盘点"}
    answer = await office.http.post("/cert/v1/stock/takings", json=body, headers=store.officer() | key())
    assert answer.status_code == 201, answer.text
    taking = answer.json()
    assert (taking["booked"], taking["counted"], taking["difference"]) == (4, 3, -1)
    store_count = {"kind": "training_qualification", "counted": 5, "note": "季度盘点"}
    await office.http.post("/cert/v1/stock/takings", json=store_count, headers=office.centre | key())
    [different] = (await store.get("/takings", different="true")).json()["items"]
    assert different["id"] == taking["id"]
    file = await store.get("/takings/export")
    assert file.text.count("\r\n") == 3


async def test_a_district_counts_its_own_alone(office, store):
    body = {"kind": "training_qualification", "district": "310104", "counted": 3, "note": "季度盘点"}
    answer = await office.http.post("/cert/v1/stock/takings", json=body, headers=store.officer() | key())
    assert answer.status_code == 404


async def test_the_lists_are_narrowed_paged_and_exported(store):
    page = (await store.get("/blanks", limit=4)).json()
    rest = (await store.get("/blanks", limit=10, cursor=page["next_cursor"])).json()
    assert [one["serial"][-2:] for one in page["items"] + rest["items"]] == [
        f"{number:02d}" for number in range(1, 11)
    ]
    found = await store.get("/blanks", district="310115", first_number=2, last_number=3, prefix="HG")
    assert [one["serial"] for one in found.json()["items"]] == ["HG00000002", "HG00000003"]
    for path, lines in (("/blanks/export", 11), ("/moves/export", 3), ("/receipts/export", 2)):
        assert (await store.get(path)).text.count("\r\n") == lines
    [allotted] = (await store.get("/moves", move="allot", district="310115")).json()["items"]
    assert (allotted["quantity"], allotted["to_district"]) == (5, "310115")


async def test_another_districts_stock_is_not_seen(store):
    other = store.officer("310104")
    for path in ("/blanks", "/moves", "/takings"):
        assert (await store.get(path, other)).json()["items"] == []
        assert (await store.get(f"{path}/export", other)).text.count("\r\n") == 1
    assert (await store.get("/blanks/HG00000001", other)).status_code == 404
    assert (await store.get("/blanks/HG00000001/moves", other)).status_code == 404
    assert (await store.get("/counts", other)).json()["counts"] == []


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM blanks",
        "UPDATE blanks SET number = number + 100, version = version + 1",
        "UPDATE blanks SET district = '310104', version = version + 1 WHERE state = 'allotted'",
        "UPDATE blanks SET state = 'issued', version = version + 1 WHERE state = 'allotted'",
        "UPDATE blanks SET state = 'allotted', version = version + 1 WHERE state = 'in_stock'",
        "DELETE FROM stock_moves",
        "UPDATE stock_moves SET actor = 'another'",
        "UPDATE stock_receipts SET last_number = 9",
        "DELETE FROM stock_takings",
    ],
)
async def test_the_database_keeps_every_blank_accounted_for(office, store, statement):
    with pytest.raises((asyncpg.RestrictViolationError, asyncpg.CheckViolationError)):
        await office.sql(statement)
