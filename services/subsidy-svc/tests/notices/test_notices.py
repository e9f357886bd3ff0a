"""The public notice: what it shows, how long, and what ends it (S08, S09, D04, D13)."""

from datetime import date, datetime

import pytest
from chuangpei.events.subsidy import ClaimCleared
from chuangpei.kernel.clock import SHANGHAI


async def test_a_notice_shows_what_the_law_names_and_nothing_more(office):
    claim = await office.noticed()
    notice = await office.notice_of(claim)
    shown = await office.get(f"/notices/{notice['id']}")
    assert shown == {
        "id": notice["id"],
        "district": "310115",
        "name": "张*",
        "institution_name": "浦东创业学院",
        "project_name": "项目GYB",
        "amount_fen": 180000,
        "first_day": "2026-06-01",
        "last_day": "2026-06-05",
        "last_day_provisional": False,
        "state": "open",
    }


async def test_the_list_is_public_and_by_district(office):
    await office.noticed()
    await office.noticed(
        await office.submitted(await office.certificate(who="partner", district="310104"), "partner")
    )
    assert [item["name"] for item in (await office.get("/notices"))["items"]] == ["李*", "张*"]
    assert [item["name"] for item in (await office.get("/notices", district="310115"))["items"]] == ["张*"]


@pytest.mark.parametrize(
    ("today", "last_day"),
    [(date(2026, 9, 24), "2026-10-08"), (date(2026, 4, 30), "2026-05-09")],
)
async def test_five_working_days_with_make_up_days(office, today, last_day):
    certificate = await office.certificate(issued_on=date(2026, 4, 1), class_started_on=date(2026, 3, 1))
    office.clock.set(datetime(today.year, today.month, today.day, 16, tzinfo=SHANGHAI))
    claim = await office.noticed(await office.submitted(certificate))
    assert claim["notice_last_day"] == last_day


async def test_a_notice_closes_when_its_last_whole_day_is_over(office):
    claim = await office.noticed()
    notice = await office.notice_of(claim)
    office.clock.set(datetime(2026, 6, 5, 23, 59, 59, tzinfo=SHANGHAI))
    assert await office.clear_due() == 0
    assert (await office.get(f"/notices/{notice['id']}"))["state"] == "open"
    office.clock.advance(seconds=1)
    assert (await office.get(f"/notices/{notice['id']}"))["state"] == "closed"
    assert await office.clear_due() == 1
    assert await office.clear_due() == 0
    assert await office.state_of(claim) == "cleared"
    assert len(await office.emitted(ClaimCleared)) == 1


async def test_a_notice_is_frozen(office):
    await office.noticed()
    for statement in ("UPDATE notices SET amount_fen = 1", "DELETE FROM notices", "TRUNCATE notices CASCADE"):
        with pytest.raises(Exception, match="can no longer be changed"):
            await office.sql(statement)


async def test_a_withdrawn_claim_closes_its_notice(office):
    claim = await office.noticed()
    notice = await office.notice_of(claim)
    await office.step(claim, "withdraw", "holder")
    assert (await office.get(f"/notices/{notice['id']}"))["state"] == "closed"
    office.clock.advance(days=30)
    assert await office.clear_due() == 0


async def test_an_unknown_notice_is_not_found(office):
    answer = await office.http.get("/subsidy/v1/notices/01977777-7777-7777-8777-777777777777")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
