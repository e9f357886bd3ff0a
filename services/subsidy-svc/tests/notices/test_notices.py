"""The public notice: what it shows, how long, and what ends it (S08, S09, D04, D13)."""

import asyncio
from datetime import date, datetime

import pytest
from chuangpei.events.subsidy import ClaimCleared, ClaimNoticed, ClaimNoticeSettled
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


async def current_and_past(office, **asked):
    return [
        [item["name"] for item in (await office.get("/notices", standing=standing, **asked))["items"]]
        for standing in ("current", "past")
    ]


async def test_what_runs_or_is_held_is_current_and_what_ended_is_past(office):
    first = await office.noticed()
    second = await office.noticed(await office.submitted(who="partner"))
    assert await current_and_past(office) == [["李*", "张*"], []]
    await office.objected(second)
    office.clock.advance(days=10)
    assert await current_and_past(office) == [["李*"], ["张*"]]
    await office.clear_due()
    assert await current_and_past(office, district="310115") == [["李*"], ["张*"]]
    assert await current_and_past(office, district="310104") == [[], []]
    assert await current_and_past(office, published_since="2026-06-02") == [[], []]
    assert await office.state_of(first) == "cleared"


async def test_the_list_goes_on_page_by_page(office):
    for who in ("holder", "partner", "third"):
        await office.noticed(await office.submitted(who=who))
    page = await office.get("/notices", limit=2, standing="current")
    rest = await office.get("/notices", limit=2, standing="current", cursor=page["next_cursor"])
    assert [item["name"] for item in page["items"] + rest["items"]] == ["欧阳*", "李*", "张*"]
    assert rest["next_cursor"] is None


async def test_the_list_is_taken_away_as_a_file_that_shows_no_more_than_the_notices(office):
    await office.noticed()
    answer = await office.http.get("/subsidy/v1/notices/export")
    [heading, line] = answer.content.decode("utf-8-sig").splitlines()
    assert heading.startswith("区,姓名,培训机构,项目")
    assert line == "310115,张*,浦东创业学院,项目GYB,180000,2026-06-01,2026-06-05,False,open"


YEAR_END = datetime(2026, 12, 30, 9, tzinfo=SHANGHAI)


@pytest.fixture
def january(office, tmp_path):
    """The law once the days of January 2027 are published."""

    def january(until=7, **known):
        return office.law_knowing(tmp_path, date(2027, 1, 1), date(2027, 1, until), **known)

    return january


async def at_year_end(office):
    """A claim noticed on 2026-12-30, while nobody knows the holidays of 2027."""
    certificate = await office.certificate(issued_on=date(2026, 11, 2), class_started_on=date(2026, 10, 1))
    office.clock.set(YEAR_END)
    return await office.noticed(await office.submitted(certificate))


async def test_while_the_holidays_are_not_published_the_last_day_is_provisional_and_nothing_clears(office):
    claim = await at_year_end(office)
    notice = await office.notice_of(claim)
    assert (notice["last_day"], notice["last_day_provisional"]) == ("2027-01-05", True)
    [event] = await office.emitted(ClaimNoticed)
    assert event.notice_last_day_provisional
    office.clock.set(datetime(2027, 1, 20, 9, tzinfo=SHANGHAI))
    assert await office.settle_last_days() == 0
    assert await office.clear_due() == 0
    shown = await office.get(f"/notices/{notice['id']}")
    assert (shown["state"], shown["last_day_provisional"]) == ("open", True)
    assert [item["id"] for item in (await office.get("/notices", standing="current"))["items"]] == [
        notice["id"]
    ]
    told = await office.get(f"/claims/{claim['id']}/explanation", office.citizen())
    assert "暂定" in told["decided"]["zh"]
    assert "provisional" in told["decided"]["en"]
    assert (await office.object_to(claim)).status_code == 201


async def test_once_they_are_the_last_day_is_exact_and_clears_by_it(office, january):
    claim = await at_year_end(office)
    notice = await office.notice_of(claim)
    law = january(rest=[date(2027, 1, 1)])
    assert await office.settle_last_days(law) == 1
    assert await office.settle_last_days(law) == 0
    shown = await office.shown(claim)
    assert (shown["notice_last_day"], shown["version"]) == ("2027-01-06", claim["version"] + 1)
    [event] = await office.emitted(ClaimNoticeSettled)
    assert (event.notice_first_day, event.notice_last_day) == (date(2026, 12, 30), date(2027, 1, 6))
    office.clock.set(datetime(2027, 1, 6, 23, 59, 59, tzinfo=SHANGHAI))
    assert await office.clear_due() == 0
    assert (await office.get(f"/notices/{notice['id']}"))["state"] == "open"
    office.clock.advance(seconds=1)
    assert await office.clear_due() == 1


async def test_a_last_day_never_moves_before_the_one_that_was_published(office, january):
    claim = await at_year_end(office)
    law = january(work=[date(2027, 1, 2), date(2027, 1, 3)])
    assert await office.settle_last_days(law) == 1
    assert (await office.shown(claim))["notice_last_day"] == "2027-01-05"
    [event] = await office.emitted(ClaimNoticeSettled)
    assert event.notice_last_day == date(2027, 1, 5)
    for change in (
        "UPDATE notices SET last_day = '2027-02-01'",
        "UPDATE notices SET last_day_provisional = true",
    ):
        with pytest.raises(Exception, match="can no longer be changed"):
            await office.sql(change)


async def test_a_held_claim_whose_last_day_is_provisional_is_not_cleared_by_a_dismissal(office, january):
    claim = await at_year_end(office)
    objection = await office.objected(claim)
    office.clock.set(datetime(2027, 1, 20, 9, tzinfo=SHANGHAI))
    await office.decided(objection, "dismiss")
    assert await office.state_of(claim) == "noticed"
    assert await office.settle_last_days(january(rest=[date(2027, 1, 1)])) == 1
    assert await office.clear_due() == 1


async def test_a_calendar_that_tells_a_part_of_the_days_settles_nothing(office, january):
    await at_year_end(office)
    assert await office.settle_last_days(january(until=3)) == 0


async def test_the_last_day_is_settled_once_however_many_ask(office, january):
    await at_year_end(office)
    law = january(rest=[date(2027, 1, 1)])
    settled = await asyncio.gather(*(office.settle_last_days(law) for _ in range(4)))
    assert sum(settled) == 1
    assert len(await office.emitted(ClaimNoticeSettled)) == 1
