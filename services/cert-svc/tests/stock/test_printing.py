"""A certificate is printed on one blank, handed to whom it names, or the blank is spoiled (C06)."""

import asyncio

import pytest


@pytest.fixture
async def blank(store):
    return await store.blank("HG00000001")


async def test_it_is_printed_handed_over_and_its_way_is_shown(office, store, blank, qualification):
    printed = await store.print_on(blank, qualification)
    assert printed.status_code == 200, printed.text
    assert (printed.json()["state"], printed.json()["certificate_id"]) == ("printed", qualification["id"])
    office.clock.advance(days=2)
    issued = (await store.step(printed.json(), "issue", {"note": "本人领取"})).json()
    assert (issued["state"], issued["issued_to"], issued["issued_on"]) == ("issued", "张*", "2026-06-03")
    way = (await store.get("/blanks/HG00000001/moves", store.officer())).json()
    assert [(one["move"], one["from_state"], one["to_state"], one["role"]) for one in way] == [
        ("receive", None, "in_stock", "city_centre"),
        ("allot", "in_stock", "allotted", "city_centre"),
        ("print", "allotted", "printed", "district_officer"),
        ("issue", "printed", "issued", "district_officer"),
    ]
    assert (way[1]["from_district"], way[1]["to_district"], way[1]["quantity"]) == (None, "310115", 5)


async def test_the_serial_is_read_however_people_write_it(store, blank):
    assert (await store.blank("hg-0000 0001")) == blank
    assert (await store.get("/blanks/HG1")).status_code == 404


async def test_an_edition_is_printed_on_one_blank_until_that_is_spoiled(store, blank, qualification):
    printed = (await store.print_on(blank, qualification)).json()
    second = await store.blank("HG00000002")
    answer = await store.print_on(second, qualification)
    assert (answer.status_code, answer.json()["code"]) == (409, "edition_on_another_blank")
    spoiled = (await store.spoil(printed)).json()
    assert (spoiled["state"], spoiled["spoil_reason"]) == ("spoiled", "打印偏移")
    assert (await store.print_on(second, qualification)).status_code == 200


async def test_a_reissued_certificate_is_printed_once_more_and_the_old_paper_not_handed_over(
    office, store, blank, qualification
):
    printed = (await store.print_on(blank, qualification)).json()
    again = (await office.reissue(qualification)).json()
    answer = await store.step(printed, "issue")
    assert (answer.status_code, answer.json()["code"]) == (409, "paper_does_not_hold")
    second = await store.blank("HG00000002")
    assert (await store.print_on(second, qualification)).json()["code"] == "paper_does_not_hold"
    assert (await store.print_on(second, again)).json()["edition"] == 2
    assert (await store.spoil(printed)).status_code == 200


async def test_a_revoked_certificate_is_neither_printed_nor_handed_over(office, store, blank, qualification):
    printed = (await store.print_on(blank, qualification)).json()
    await office.revoke(qualification)
    assert (await store.step(printed, "issue")).json()["code"] == "paper_does_not_hold"
    second = await store.blank("HG00000002")
    assert (await store.print_on(second, qualification)).json()["code"] == "paper_does_not_hold"


async def test_a_certificate_of_another_kind_or_none_is_not_printed(office, store, blank, qualification):
    row = await office.sql("SELECT number FROM certificates WHERE kind = 'training_completion'")
    for number in (row[0]["number"], "SH2026H7K3M01X2T0B"):
        answer = await store.print_on(blank, {"number": number})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/certificate_number")


async def test_a_district_prints_its_own_certificates_on_its_own_blanks(office, store, blank):
    event = await office.complete(district="310104", who="other_trainee")
    await office.evaluated(event, 90)
    of_xuhui = (await office.certificates(event))["training_qualification"]
    assert (await store.print_on(blank, of_xuhui)).json()["errors"][0]["code"] == "unknown_certificate"
    assert (await store.print_on(blank, of_xuhui, store.officer("310104"))).status_code == 404


@pytest.mark.parametrize("action", ["issue", "print", "spoil"])
async def test_what_is_handed_over_stays_so(store, blank, qualification, action):
    printed = (await store.print_on(blank, qualification)).json()
    issued = (await store.step(printed, "issue")).json()
    body = {"print": {"certificate_number": qualification["number"]}, "spoil": {"reason": "损坏"}}
    answer = await store.step(issued, action, body.get(action))
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_what_is_not_printed_is_not_handed_over(store, blank):
    answer = await store.step(blank, "issue")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_in_stock_nothing_is_printed(office, store, qualification):
    in_stock = await store.blank("HG00000009")
    answer = await store.print_on(in_stock, qualification, office.centre)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_of_two_who_print_on_the_same_serial_one_does(office, store, blank, qualification):
    event = await office.complete(who="other_trainee")
    await office.evaluated(event, 90)
    other = (await office.certificates(event))["training_qualification"]
    answers = await asyncio.gather(
        *(store.print_on(blank, one) for one in (qualification, other, qualification, other))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    assert len(await office.sql("SELECT 1 FROM stock_moves WHERE move = 'print'")) == 1


async def test_of_two_serials_for_one_certificate_one_is_printed(office, store, qualification):
    blanks = [await store.blank(f"HG0000000{number}") for number in (1, 2, 3)]
    answers = await asyncio.gather(*(store.print_on(one, qualification) for one in blanks))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert (await store.balance())["printed"] == 1


@pytest.mark.parametrize("_", range(3))
async def test_printing_and_reissuing_at_once_leaves_no_paper_that_could_be_handed_over(
    office, store, blank, qualification, _
):
    printed, reissued = await asyncio.gather(
        store.print_on(blank, qualification), office.reissue(qualification)
    )
    assert reissued.status_code == 200
    assert printed.status_code in (200, 409)
    if printed.status_code == 200:
        assert (await store.step(printed.json(), "issue")).json()["code"] == "paper_does_not_hold"
