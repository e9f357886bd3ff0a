"""What operators see of pushes, and do with those that the platform did not take (S06)."""

import csv
import io

import asyncpg
import pytest
from chuangpei.auth import Role

WHY = {"reason": "平台已恢复，重新推送"}
REFUSED = (200, {}, b'{"code": "E01"}')


@pytest.fixture
async def given_up(office, apply, courier_of, receiver):
    """A claim of which the first push was given up, and the second waits behind it."""
    receiver.script = [REFUSED]
    claim = await office.accepted(await apply())
    await courier_of(platform_tries=1).carry()
    return claim


async def listed(office, **asked):
    return (await office.get("/platform-pushes", office.city, **asked))["items"]


async def acted(office, push, action):
    return await office.post(f"/platform-pushes/{push['id']}/{action}", office.city, WHY, push["version"])


async def test_what_was_given_up_is_listed_with_what_the_platform_said(office, given_up, cases):
    [push] = await listed(office, state="given_up")
    assert (push["case_number"], push["claim_state"], push["attempts"], push["last_error"]) == (
        cases["holder"],
        "submitted",
        1,
        'HTTP 200 {"code": "E01"}',
    )
    assert push["claim_id"] == given_up["id"]
    answer = await office.get(f"/platform-pushes/{push['id']}", office.as_(Role.AUDITOR))
    assert answer == push


async def test_the_list_is_narrowed_and_ordered(office, given_up, apply, cases):
    other = await apply("partner")
    for asked, states in [
        ({"claim_id": given_up["id"], "sort": "number"}, ["submitted", "accepted"]),
        ({"claim_state": "accepted"}, ["accepted"]),
        ({"case_number": cases["partner"]}, ["submitted"]),
        ({"state": "waiting", "claim_id": other["id"]}, ["submitted"]),
        ({"state": "delivered"}, []),
    ]:
        assert [one["claim_state"] for one in await listed(office, **asked)] == states, asked


async def test_every_push_is_on_one_page_of_the_list(office, given_up):
    whole = [one["id"] for one in await listed(office)]
    paged, cursor = [], {}
    for _ in whole:
        page = await office.get("/platform-pushes", office.city, limit=1, **cursor)
        paged += [one["id"] for one in page["items"]]
        cursor = {"cursor": page["next_cursor"]}
    assert (paged, cursor["cursor"]) == (whole, None)


async def test_the_list_may_be_taken_away_as_a_file(office, given_up, cases):
    answer = await office.http.get(
        "/subsidy/v1/platform-pushes/export?state=given_up", headers=office.city | {"accept-language": "en"}
    )
    [row] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["Case number"], row["State"], row["Last error"]) == (
        cases["holder"],
        "given_up",
        'HTTP 200 {"code": "E01"}',
    )


async def test_resent_it_has_all_its_tries_again_and_the_later_ones_follow(
    office, given_up, courier, receiver
):
    [push] = await listed(office, state="given_up")
    resent = (await acted(office, push, "resend")).json()
    assert (resent["state"], resent["attempts"]) == ("waiting", 0)
    assert [await courier.carry() for _ in range(3)] == [1, 1, 0]
    assert receiver.told == ["已提交", "已提交", "已受理"]
    assert receiver.ids[0] == receiver.ids[1] == push["id"]
    [row] = await office.sql(
        "SELECT actor, action, reason FROM audit_log WHERE object_type = 'platform_push'"
    )
    assert tuple(row) == ("city", "platform_push.resend", WHY["reason"])


async def test_skipped_it_lets_the_later_ones_go_without_it(office, given_up, courier, receiver):
    [push] = await listed(office, state="given_up")
    assert (await acted(office, push, "skip")).json()["state"] == "skipped"
    assert [await courier.carry() for _ in range(2)] == [1, 0]
    assert receiver.told == ["已提交", "已受理"]


async def test_after_an_outage_all_are_resent_at_once(office, given_up, courier):
    answer = await office.post("/platform-pushes/resend", office.city, WHY)
    assert (answer.status_code, answer.json()) == (200, {"resent": 1})
    assert [await courier.carry() for _ in range(3)] == [1, 1, 0]
    assert (await office.post("/platform-pushes/resend", office.city, WHY)).json() == {"resent": 0}


@pytest.mark.parametrize(
    ("state", "action"), [("waiting", "skip"), ("delivered", "skip"), ("delivered", "resend")]
)
async def test_what_waits_is_not_skipped_and_what_is_delivered_stays(office, apply, courier, state, action):
    await apply()
    if state == "delivered":
        await courier.carry()
    [push] = await listed(office, state=state)
    answer = await acted(office, push, action)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")
    assert await listed(office, state=state) == [push]


async def test_what_changed_since_it_was_read_is_not_acted_upon(office, given_up):
    [push] = await listed(office, state="given_up")
    answer = await acted(office, push | {"version": push["version"] - 1}, "resend")
    assert answer.status_code == 412
    assert await listed(office, state="given_up") == [push]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE platform_pushes SET claim_state = 'paid'",
        "UPDATE platform_pushes SET number = 7",
        "DELETE FROM platform_pushes",
    ],
)
async def test_what_is_to_be_told_is_never_changed_or_deleted(office, apply, statement):
    await apply()
    with pytest.raises(asyncpg.RestrictViolationError):
        await office.sql(statement)
