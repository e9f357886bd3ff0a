"""Holders in the order of their risk, each with the signals of three years behind it (B10)."""

import asyncio
from datetime import date
from uuid import uuid4

import pytest
from chuangpei.testing.events import received


async def board(city, headers=None, **query):
    answer = await city.get("/risk-board", headers or city.bureau, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def inspection(city, who="A", **own):
    body = {
        "credit_code": city.code(who),
        "occurred_on": "2026-07-01",
        "reference": "浦人社检1",
        "statement": "现场无人",
    } | own
    district = "310104" if who == "C" else "310115"
    answer = await city.post("/signals", city.officer(district), body)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
async def holders(institutions):
    await institutions.recognise("A", "B", "C")
    return institutions


async def test_holders_stand_in_the_order_of_what_their_signals_weigh(holders):
    city = holders
    await city.deliver(city.revocation("B", "X2", on=date(2026, 7, 1)))
    await inspection(city, "C")
    shown = await board(city)
    assert [(one["institution_name"], one["score"], one["signals"]) for one in shown] == [
        ("浦江人力资源有限公司", 50, 1),
        ("徐汇职业培训中心", 4, 1),
        ("申城技能培训学校", 0, 0),
    ]
    assert [one["open_case"] for one in shown] == [True, False, False]
    assert shown[0]["lines"] == [
        {
            "source": "certificate.revoked",
            "ground": "X2",
            "year": 1,
            "signals": 1,
            "weight": 50,
            "percent": 100,
        }
    ]


async def test_signals_of_before_the_brand_count_and_age_away(holders):
    city = holders
    await city.deliver(city.revocation("A", "X2", on=date(2024, 8, 1)))
    assert [one["score"] for one in await board(city, credit_code=city.code("A"))] == [30]
    city.clock.advance(days=31)
    assert [one["score"] for one in await board(city, credit_code=city.code("A"))] == [15]
    city.clock.advance(days=365)
    [shown] = await board(city, credit_code=city.code("A"))
    assert (shown["score"], shown["signals"], shown["lines"]) == (0, 0, [])


async def test_the_score_shown_is_the_sum_of_its_lines(holders):
    city = holders
    for n, on in enumerate((date(2026, 7, 1), date(2025, 6, 1), date(2023, 9, 1))):
        await city.deliver(city.revocation("A", "X4", on=on, number=f"CP-{n}"))
        await inspection(city, "A", occurred_on=str(on), reference=f"检{n}")
    [shown] = await board(city, credit_code=city.code("A"))
    reckoned = sum(one["signals"] * one["weight"] * one["percent"] for one in shown["lines"])
    assert shown["score"] == reckoned // 100 == (34 * 100 + 34 * 60 + 34 * 30) // 100


async def test_an_event_told_again_counts_once_and_many_at_once_all_count(holders):
    city = holders
    event = received(city.revocation("A", on=date(2026, 7, 1)), event_id=uuid4())
    await city.deliver(event, event)
    await city.deliver(event)
    assert [one["signals"] for one in await board(city, credit_code=city.code("A"))] == [1]
    await asyncio.gather(
        *(
            city.deliver(*(city.revocation(who, on=date(2026, 7, 1), number=f"{n}") for who in order))
            for n, order in enumerate(("ABC", "CBA", "BAC", "CAB"))
        )
    )
    assert {one["signals"] for one in await board(city)} == {4, 5}


async def test_a_revoked_holder_leaves_the_board_at_once(holders):
    city = holders
    await city.revoked("A")
    assert city.code("A") not in {one["credit_code"] for one in await board(city)}


async def test_the_board_is_narrowed_paged_and_exported(holders):
    city = holders
    await city.deliver(*(city.revocation(who, on=date(2026, 7, 1)) for who in "AC"))
    assert [one["district"] for one in await board(city, city.officer("310104"))] == ["310104"]
    assert len(await board(city, least_score=50)) == 2
    assert len(await board(city, open_case=False)) == 1
    seen, cursor = [], None
    for _ in range(3):
        query = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        page = (await city.get("/risk-board", city.bureau, **query)).json()
        seen += [one["credit_code"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert (cursor, sorted(seen)) == (None, sorted(city.code(who) for who in "ABC"))
    file = await city.get("/risk-board/export", city.bureau, format="csv")
    assert len(file.text.strip().splitlines()) == 4


async def test_the_formula_is_shown_with_the_day_from_which_it_holds(city):
    shown = (await city.get("/risk-board/formula", city.as_("auditor"))).json()
    assert (shown["percents"], shown["weights"]["X2"], shown["since"]) == ([100, 60, 30], 50, "2026-06-29")
    assert "本平台决定" in shown["article"]


async def test_what_an_inspection_found_on_a_ground_opens_a_case_and_keeps_its_evidence(holders):
    city = holders
    evidence = [{"title": "现场检查笔录", "reference": "笔录1"}]
    signal = await inspection(city, "A", ground="X4", evidence=evidence)
    [case] = await city.cases()
    assert (case["id"], case["ground"]) == (signal["case_id"], "X4")
    assert case["signals"][0]["evidence"][0]["title"] == "现场检查笔录"
    again = await inspection(city, "A", ground="X4", reference="浦人社检2")
    assert again["case_id"] == case["id"]


async def test_who_recorded_an_inspection_does_not_verify_what_it_opened(holders):
    city = holders
    await inspection(city, "A", ground="X4")
    [case] = await city.cases()
    path, body = f"/exit-cases/{case['id']}/verify", {"founded": False, "statement": "查无实据"}
    refused = await city.post(path, city.officer(), body, case["version"])
    assert (refused.status_code, refused.json()["code"]) == (409, "four_eyes")
    other = city.as_("district_officer", district="310115", subject="another")
    assert (await city.post(path, other, body, case["version"])).status_code == 200


@pytest.mark.parametrize(
    ("who", "own", "code"),
    [
        ("C", {}, "unknown_institution"),
        ("A", {"occurred_on": "2026-07-02"}, "invalid_input"),
        ("A", {"ground": "X9"}, "invalid_input"),
        ("A", {"credit_code": "91310115MA1K35X104"}, "unknown_institution"),
    ],
)
async def test_an_officer_records_for_the_own_district_what_has_happened(holders, who, own, code):
    city = holders
    body = {"credit_code": city.code(who), "occurred_on": "2026-07-01", "reference": "1", "statement": "无人"}
    refused = await city.post("/signals", city.officer(), body | own)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
