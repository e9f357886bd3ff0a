"""A district draws evaluations by lot and has them measured again by somebody who sees no score (C05)."""

import asyncio
from datetime import date
from hashlib import sha256

import asyncpg
import pytest
from chuangpei.auth import Role
from chuangpei.events.cert import EvaluationRecheckDiffers
from chuangpei.kernel.resident_id import make_resident_id
from chuangpei.testing.api import key

DRAWS, RECHECKS = "/cert/v1/recheck-draws", "/cert/v1/rechecks"
PUDONG, XUHUI = "310115", "310104"
QUARTER = {"first_day": "2026-04-01", "last_day": "2026-06-30"}
EXPERT = make_resident_id("310101", date(1970, 7, 7), 9)


def officer(office, district=PUDONG, **claims):
    return office.as_(Role.DISTRICT_OFFICER, district=district, **claims)


def expert(office):
    return office.as_(Role.CITIZEN, subject="expert", id_number=EXPERT)


def at_version(version):
    return {"if-match": f'"{version}"'}


def findings_against(answer):
    return [one["en"] for one in answer.json()["findings"] if one["outcome"] == "failed"]


async def draw(office, by=None, **given):
    wanted = QUARTER | ({"count": 1} if "percent" not in given else {}) | given
    return await office.http.post(DRAWS, json=wanted, headers=(by or officer(office)) | key())


async def drawn(office, points=80, **given):
    """The re-check of an evaluation that came to so many points."""
    await office.evaluated(await office.complete(**given), points)
    answer = await draw(office, count=1000)
    assert answer.status_code == 201, answer.text
    [recheck] = await listed(office, officer(office), draw_id=answer.json()["id"])
    return recheck


async def listed(office, headers, **params):
    answer = await office.http.get(RECHECKS, params=params, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def step(office, recheck, name, body, by=None):
    return await office.http.post(
        f"{RECHECKS}/{recheck['id']}/{name}",
        json=body,
        headers=(by or officer(office)) | at_version(recheck["version"]),
    )


async def assigned(office, recheck, id_number=EXPERT):
    answer = await step(office, recheck, "assign", {"name": "李复核", "id_number": id_number})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def checked(office, recheck, points):
    given = await assigned(office, recheck)
    answer = await step(office, given, "check", {"score": points, "comment": "另行评阅"}, expert(office))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def closed(office, recheck, points):
    checked_one = await checked(office, recheck, points)
    answer = await step(office, checked_one, "close", {"conclusion": "评价过程规范"})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_draw_is_kept_so_that_anyone_can_repeat_it(office):
    evaluations = [await office.evaluated(await office.complete(), 80) for _ in range(5)]
    made = (await draw(office, percent=50)).json()
    assert len(made["drawn"]) == 3, "half of five, rounded up"
    assert made["population"] == sorted(one["id"] for one in evaluations)
    lots = sorted(made["population"], key=lambda one: sha256(f"{made['seed']}:{one}".encode()).hexdigest())
    assert made["drawn"] == lots[:3]
    read = await office.http.get(f"{DRAWS}/{made['id']}", headers=officer(office))
    assert (read.json()["seed"], read.json()["holds"]) == (made["seed"], True)
    found = await listed(office, officer(office), draw_id=made["id"])
    assert sorted(one["evaluation_id"] for one in found) == sorted(made["drawn"])


async def test_only_what_has_a_result_in_the_district_and_period_is_drawn_and_once(office, body):
    await office.complete()
    await office.evaluated(await office.complete(district=XUHUI), 80)
    inside = await office.evaluated(await office.complete(), 80)
    before = await draw(office, first_day="2026-06-02")
    assert (before.status_code, before.json()["code"]) == (404, "nothing_to_draw")
    assert (await draw(office, project_code="P4")).json()["code"] == "nothing_to_draw"
    made = (await draw(office, count=9, body_id=body["id"], project_code="P3")).json()
    assert (made["population"], made["drawn"]) == ([inside["id"]], [inside["id"]])
    assert (await draw(office)).json()["code"] == "nothing_to_draw"


async def test_of_draws_at_the_same_time_none_draws_what_another_drew(office):
    for _ in range(3):
        await office.evaluated(await office.complete(), 80)
    answers = await asyncio.gather(*(draw(office, count=3) for _ in range(4)))
    assert [one.status_code for one in answers].count(201) == 1
    assert {one.json()["code"] for one in answers if one.status_code != 201} <= {
        "drawn_meanwhile",
        "nothing_to_draw",
    }
    assert len(await listed(office, officer(office))) == 3


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"last_day": "2026-03-31"}, "/last_day"),
        ({"last_day": "2027-04-02"}, "/last_day"),
        ({"percent": 10, "count": 1}, "/percent"),
        ({"percent": 101}, "/percent"),
        ({"count": 0}, "/count"),
    ],
)
async def test_a_draw_that_cannot_be_is_refused_field_by_field(office, given, pointer):
    refused = await draw(office, **given)
    assert (refused.status_code, pointer in {one["pointer"] for one in refused.json()["errors"]}) == (
        422,
        True,
    )


async def test_a_check_is_blind_until_it_is_made(office):
    recheck = await drawn(office, 80)
    given = await assigned(office, recheck)
    assert (given["state"], given["checker"]) == ("assigned", "李*")
    for headers in (officer(office), expert(office), office.centre):
        [seen] = await listed(office, headers)
        assert (seen["original_points"], seen["original_passed"], seen["agrees"]) == (None, None, None)
    hidden = await office.http.get(f"/cert/v1/evaluations/{recheck['evaluation_id']}", headers=expert(office))
    assert hidden.status_code == 404, "whoever checks as a person sees nothing of the evaluation itself"
    answer = await step(office, given, "check", {"score": 78}, expert(office))
    seen = answer.json()
    assert (seen["points"], seen["original_points"], seen["agrees"]) == (78, 80, True)


@pytest.mark.parametrize(
    ("original", "points", "against"),
    [
        (80, 85, []),
        (80, 75, []),
        (80, 86, ["The points may differ by at most 5"]),
        (61, 59, ["The check must come to the same result"]),
        (80, 40, ["The check must come to the same result", "The points may differ by at most 5"]),
        (40, 42, []),
    ],
)
async def test_a_check_agrees_with_the_same_result_and_points_near_each_other(
    office, original, points, against
):
    recheck = await checked(office, await drawn(office, original), points)
    assert recheck["agrees"] is (not against)
    assert [one["en"] for one in recheck["findings"] if one["outcome"] == "failed"] == against


async def test_one_that_differs_is_told_when_it_is_closed_and_one_that_agrees_is_not(office):
    await closed(office, await drawn(office, 80), 80)
    differing = await closed(office, await drawn(office, 80), 50)
    [event] = [one for one in await office.emitted() if isinstance(one, EvaluationRecheckDiffers)]
    assert (str(event.recheck_id), event.original_points, event.points, event.passed) == (
        differing["id"],
        80,
        50,
        False,
    )
    [flagged] = await listed(office, office.centre, agrees="false", state="closed")
    assert flagged["id"] == differing["id"]


async def test_the_parts_of_the_norm_are_checked_part_by_part(office):
    await office.deliver(office.norm())
    event = await office.complete(norm_version="2026-A")
    parts = {"written": 80, "plan": 71, "defence": 60}
    scored = (await office.score_parts(await office.evaluation_of(event), parts)).json()
    await office.confirm(scored)
    await draw(office)
    [recheck] = await listed(office, officer(office))
    given = await assigned(office, recheck)
    whole = await step(office, given, "check", {"score": 70}, expert(office))
    assert whole.json()["errors"][0]["pointer"] == "/parts"
    one = (await step(office, given, "check", {"parts": parts}, expert(office))).json()
    assert [part["points"] for part in one["parts"]] == [80, 71, 60]
    assert (one["points"], one["agrees"]) == (one["original_points"], True)


@pytest.mark.parametrize(
    ("who", "reasons"),
    [
        (
            "scorer",
            ["Who scored or confirmed it may not check it", "A body is not checked by its own evaluators"],
        ),
        ("third", ["A body is not checked by its own evaluators"]),
    ],
)
async def test_nobody_of_the_body_checks_it(office, who, reasons):
    recheck = await drawn(office)
    body = {"name": "李复核", "id_number": office.id_number_of(who)}
    assert findings_against(await step(office, recheck, "assign", body)) == reasons


async def test_who_belongs_to_the_institution_that_trained_does_not_check(office):
    given = await assigned(office, await drawn(office))
    of_institution = office.as_(
        Role.CITIZEN, subject="expert", id_number=EXPERT, credit_code="91310115MA1K12345X"
    )
    refused = await step(office, given, "check", {"score": 80}, of_institution)
    assert findings_against(refused) == ["An institution may not evaluate those it trained"]


async def test_only_whom_it_was_given_to_gives_points_and_once(office):
    given = await assigned(office, await drawn(office))
    stranger = office.as_(Role.CITIZEN, "other_trainee")
    assert (await step(office, given, "check", {"score": 80}, stranger)).status_code == 404
    other = await step(office, given, "check", {"score": 80}, officer(office, subject="other"))
    assert other.json()["code"] == "not_the_checker"
    once = (await step(office, given, "check", {"score": 80}, expert(office))).json()
    again = await step(office, once, "check", {"score": 90}, expert(office))
    assert again.json()["code"] == "not_allowed_in_state"
    for change in (
        "UPDATE rechecks SET points = 82",
        "UPDATE rechecks SET checker_key = 'x'",
        "UPDATE rechecks SET original_points = 82",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await office.sql(change)


async def test_it_may_be_given_to_another_before_it_is_checked(office):
    given = await assigned(office, await drawn(office))
    instead = await assigned(office, given, make_resident_id("310101", date(1970, 7, 7), 11))
    assert await listed(office, expert(office)) == []
    refused = await step(office, instead, "check", {"score": 80}, expert(office))
    assert refused.status_code == 404


async def test_an_officer_who_checked_does_not_close(office):
    recheck = await drawn(office)
    given = await assigned(office, recheck)
    checker = officer(office, subject="checker", id_number=EXPERT)
    one = (await step(office, given, "check", {"score": 80}, checker)).json()
    refused = await step(office, one, "close", {"conclusion": "评价过程规范"}, checker)
    assert refused.json()["code"] == "four_eyes"
    assert (await step(office, one, "close", {"conclusion": "评价过程规范"})).json()["state"] == "closed"


async def test_a_conclusion_is_amended_with_its_reason_once_there_is_one(office):
    one = await checked(office, await drawn(office), 80)
    amendment = {"conclusion": "评价过程基本规范", "reason": "措辞有误"}
    early = await step(office, one, "amend", amendment)
    assert early.json()["code"] == "not_allowed_in_state"
    ended = (await step(office, one, "close", {"conclusion": "评价过程规范"})).json()
    amended = (await step(office, ended, "amend", amendment)).json()
    assert amended["conclusion"] == "评价过程基本规范"
    nothing = await step(office, amended, "amend", amendment)
    assert nothing.json()["code"] == "nothing_amended"
    answer = await office.http.get(f"{RECHECKS}/{ended['id']}/amendments", headers=office.centre)
    [kept] = answer.json()["items"]
    assert kept["before"] == {"conclusion": "评价过程规范"}


async def test_how_often_checks_agree_is_counted_by_body_and_period(office, body):
    for points in (80, 80, 50):
        await checked(office, await drawn(office, 80), points)
    await drawn(office, 80)
    for params, expected in (
        ({}, [(body["id"], "上海示例评价中心", 3, 2, 67)]),
        (
            {"evaluated_since": "2026-06-01", "evaluated_until": "2026-06-01"},
            [(body["id"], body["name"], 3, 2, 67)],
        ),
        ({"evaluated_since": "2026-06-02"}, []),
        ({"district": XUHUI}, []),
    ):
        answer = await office.http.get(f"{RECHECKS}/agreement", params=params, headers=office.centre)
        found = [tuple(one.values()) for one in answer.json()["items"]]
        assert found == expected, params
        file = await office.http.get(f"{RECHECKS}/agreement/export", params=params, headers=office.centre)
        assert file.text.count("\r\n") == len(expected) + 1
    other = await office.http.get(f"{RECHECKS}/agreement", headers=officer(office, XUHUI))
    assert other.json()["items"] == []


async def test_rechecks_and_draws_are_found_and_exported(office, body):
    first = await closed(office, await drawn(office, 80), 80)
    second = await drawn(office, 80)
    for params, expected in (
        ({}, [first, second]),
        ({"sort": "-evaluated_on"}, [second, first]),
        ({"state": "closed", "agrees": "true", "project_code": "P3"}, [first]),
        ({"body_id": body["id"], "district": PUDONG, "evaluated_since": "2026-06-01"}, [first, second]),
        ({"evaluated_until": "2026-05-31"}, []),
    ):
        found = await listed(office, office.centre, **params)
        assert [one["id"] for one in found] == [one["id"] for one in expected], params
        file = await office.http.get(f"{RECHECKS}/export", params=params, headers=office.centre)
        assert file.text.count("\r\n") == len(expected) + 1
    for params, count in (
        ({}, 2),
        ({"sort": "-drawn_at"}, 2),
        ({"district": XUHUI}, 0),
        ({"project_code": "P9"}, 0),
    ):
        answer = await office.http.get(DRAWS, params=params, headers=officer(office))
        assert len(answer.json()["items"]) == count
        file = await office.http.get(f"{DRAWS}/export", params=params, headers=officer(office))
        assert file.text.count("\r\n") == count + 1


async def test_another_districts_officer_finds_nothing(office):
    recheck = await drawn(office)
    other = officer(office, XUHUI)
    assert await listed(office, other) == []
    assert (await office.http.get(DRAWS, headers=other)).json()["items"] == []
    for path in (
        f"{DRAWS}/{recheck['draw_id']}",
        f"{RECHECKS}/{recheck['id']}",
        f"{RECHECKS}/{recheck['id']}/amendments",
    ):
        assert (await office.http.get(path, headers=other)).status_code == 404
    refused = await step(office, recheck, "assign", {"name": "李复核", "id_number": EXPERT}, other)
    assert refused.status_code == 404


async def test_a_checker_is_kept_encrypted_and_shown_masked(office):
    given = await assigned(office, await drawn(office))
    [row] = await office.sql("SELECT * FROM rechecks")
    assert "李复核" not in str(dict(row))
    assert EXPERT not in str(dict(row)) + str(given)
