"""The waiting list of a full class: by priority group, then time; the first gets a free place (T02, T04)."""

import asyncio

import asyncpg
import pytest
from chuangpei.auth import Role
from chuangpei.events.training import EnrolmentPromoted

EARLY = ("student", "veteran", "disabled", "soon_released")
LATE = ("contest_winner", "venture_backed")


def declared(group):
    return {"priority": {"group": group, "evidence": "证件已核验"}}


async def full_class(world, stage=1, capacity=1):
    """A class without a free place, and who took the first of them."""
    if stage == 3:
        institution, code = await world.qualified(), "IYB"
    else:
        institution, code = await world.institution(kind="district_centre"), f"P{stage}"
        await world.project(code, stage=stage)
        await world.standard(code)
    filed = await world.filed(institution, project_code=code, capacity=capacity)
    taken = [await world.enrolled(institution, filed) for _ in range(capacity)]
    return institution, filed, taken[0]


async def came(world, institution, filed, **own):
    """Somebody who comes a minute after the one before."""
    world.clock.advance(minutes=1)
    return await world.enrolled(institution, filed, **own)


async def withdraw(world, institution, enrolment):
    path = f"/enrolments/{enrolment['id']}/withdraw"
    return await world.made(
        path, {"reason": "工作冲突"}, world.of_institution(institution), enrolment["version"]
    )


async def in_line(world, institution, filed):
    """The ids of those who wait, the first in line first."""
    path = f"/classes/{filed['id']}/enrolments?state=waiting"
    items = (await world.get(path, world.of_institution(institution))).json()["items"]
    return [one["id"] for one in sorted(items, key=lambda one: one["place_in_line"])]


async def state_of(world, institution, enrolment):
    seen = await world.get(f"/enrolments/{enrolment['id']}", world.of_institution(institution))
    return seen.json()["state"]


@pytest.mark.parametrize(
    ("stage", "group"),
    [*((1, group) for group in EARLY), *((2, group) for group in EARLY), *((4, group) for group in LATE)],
)
async def test_each_group_waits_before_those_of_none_who_came_earlier(world, stage, group):
    institution, filed, first = await full_class(world, stage)
    other = await came(world, institution, filed)
    of_the_group = await came(world, institution, filed, **declared(group))
    assert (other["place_in_line"], of_the_group["place_in_line"]) == (1, 1)
    assert await in_line(world, institution, filed) == [of_the_group["id"], other["id"]]
    await withdraw(world, institution, first)
    assert await state_of(world, institution, of_the_group) == "enrolled"
    assert await state_of(world, institution, other) == "waiting"


@pytest.mark.parametrize(("stage", "group"), [*((1, one) for one in EARLY), *((4, one) for one in LATE)])
async def test_priority_bars_nobody_who_comes_while_there_is_a_place(world, stage, group):
    institution, filed, _ = await full_class(world, stage, capacity=2)
    path = f"/classes/{filed['id']}/amend"
    await world.made(path, {"capacity": 4, "reason": "增加名额"}, world.of_institution(institution), 1)
    of_none = await came(world, institution, filed)
    of_the_group = await came(world, institution, filed, **declared(group))
    assert (of_none["state"], of_the_group["state"]) == ("enrolled", "enrolled")


@pytest.mark.parametrize(("stage", "order"), [(1, EARLY), (4, LATE)])
async def test_the_groups_wait_in_the_order_of_the_document_and_each_by_time(world, stage, order):
    institution, filed, _ = await full_class(world, stage)
    by_group = {}
    for group in (None, *reversed(order)):
        own = declared(group) if group else {}
        by_group[group] = [(await came(world, institution, filed, **own))["id"] for _ in range(2)]
    wanted = [one for group in (*order, None) for one in by_group[group]]
    assert await in_line(world, institution, filed) == wanted


@pytest.mark.parametrize(("stage", "group"), [(3, "veteran"), (4, "student"), (1, "contest_winner")])
async def test_a_group_that_the_stage_does_not_name_has_no_priority_and_is_not_barred(world, stage, group):
    institution, filed, _ = await full_class(world, stage)
    earlier = await came(world, institution, filed)
    declaring = await came(world, institution, filed, **declared(group))
    assert await in_line(world, institution, filed) == [earlier["id"], declaring["id"]]


async def test_who_moves_up_is_told_once_and_the_audit_says_who_freed_the_place(world):
    institution, filed, first = await full_class(world)
    body = world.trainee(name="司马相如")
    waiting = await world.enrolled(institution, filed, **body)
    assert [one for one in await world.events() if isinstance(one, EnrolmentPromoted)] == []
    world.clock.advance(minutes=5)
    await withdraw(world, institution, first)
    (told,) = [one for one in await world.events() if isinstance(one, EnrolmentPromoted)]
    assert (str(told.enrolment_id), told.class_name) == (waiting["id"], filed["name"])
    assert told.person.person_key == world.service.privacy.person_key(body["id_number"])
    audited = "SELECT from_state || ' ' || to_state FROM audit_log WHERE action = 'promote'"
    assert await world.count(audited) == "waiting enrolled"
    seen = (await world.get(f"/enrolments/{waiting['id']}", world.of_institution(institution))).json()
    assert (seen["state"], seen["place_in_line"]) == ("enrolled", None)
    assert seen["admitted_at"] > seen["enrolled_at"]


async def test_more_places_move_up_as_many_as_wait(world):
    institution, filed, _ = await full_class(world)
    waiting = [await came(world, institution, filed) for _ in range(3)]
    path, body = f"/classes/{filed['id']}/amend", {"capacity": 3, "reason": "更换大教室"}
    changed = await world.made(path, body, world.of_institution(institution), filed["version"])
    assert (changed["capacity"], changed["enrolled"], changed["waiting"]) == (3, 3, 1)
    states = [await state_of(world, institution, one) for one in waiting]
    assert states == ["enrolled", "enrolled", "waiting"]


async def test_who_leaves_the_line_frees_no_place(world):
    institution, filed, first = await full_class(world)
    waiting = [await came(world, institution, filed) for _ in range(2)]
    await withdraw(world, institution, waiting[0])
    assert await in_line(world, institution, filed) == [waiting[1]["id"]]
    assert await state_of(world, institution, first) == "enrolled"


async def test_a_trainee_sees_the_own_place_in_line(world):
    institution, filed, _ = await full_class(world)
    mine = world.trainee()
    await came(world, institution, filed)
    await came(world, institution, filed, **mine)
    me = world.by(Role.CITIZEN, id_number=mine["id_number"])
    (seen,) = (await world.get("/my/enrolments", me)).json()["items"]
    assert (seen["state"], seen["place_in_line"]) == ("waiting", 2)


async def test_a_group_needs_its_evidence_which_rests_encrypted_and_shows_for_a_reason_that_is_kept(world):
    institution, filed, _ = await full_class(world)
    bare = world.trainee(priority={"group": "veteran"})
    path, by = f"/classes/{filed['id']}/enrolments", world.of_institution(institution)
    refused = await world.post(path, bare, by=by)
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/priority/evidence"]
    own = {"priority": {"group": "veteran", "evidence": "优待证310001已核验"}}
    enrolment = await world.enrolled(institution, filed, **own)
    stored = await world.count("SELECT string_agg(e::text, ' ') FROM enrolments e")
    assert "310001" not in stored
    assert "310001" not in (await world.get(path, by)).text
    for reader in (by, world.officer(), world.by(Role.AUDITOR)):
        seen = await world.get(f"/enrolments/{enrolment['id']}", reader)
        assert (seen.json()["priority_group"], "310001" in seen.text) == ("veteran", False)
    unmask, why = f"/enrolments/{enrolment['id']}/unmask", {"reason": "核对重点群体身份"}
    shown = await world.made(unmask, why, world.officer())
    assert shown == {"id": enrolment["id"], "priority_evidence": "优待证310001已核验"}
    assert (await world.post(unmask, {}, by=world.officer())).status_code == 422
    audited = await world.count("SELECT reason FROM audit_log WHERE action = 'unmask_enrolment'")
    assert audited == why["reason"]


async def test_who_waits_attends_nothing(world):
    institution, filed, _ = await full_class(world)
    waiting = await world.enrolled(institution, filed)
    session = filed["sessions"][0]
    world.clock.set(world.at(0, 12))
    path, body = f"/sessions/{session['id']}/attendance", {"records": [world.presence(waiting, session)]}
    refused = await world.post(path, body, by=world.of_institution(institution))
    assert [one["code"] for one in refused.json()["errors"]] == ["not_enrolled"]


async def invariants_hold(world):
    """What must be true of every class at any time: asked of the rows, not of the counters."""
    counted = """
        SELECT count(*) FROM classes AS c, LATERAL (
            SELECT count(*) FILTER (WHERE state IN ('enrolled', 'completed')) AS placed,
                   count(*) FILTER (WHERE state = 'waiting') AS line,
                   max((priority_rank, enrolled_at, id)) FILTER (
                       WHERE state = 'enrolled' AND admitted_at > enrolled_at) AS last_promoted,
                   min((priority_rank, enrolled_at, id)) FILTER (WHERE state = 'waiting') AS next
            FROM enrolments WHERE class_id = c.id) AS seen
        WHERE placed <> enrolled OR line <> waiting OR placed > capacity OR (line > 0 AND placed < capacity)
           OR last_promoted > next
    """
    return await world.count(counted) == 0


async def test_ten_withdraw_while_thirty_enrol_and_no_place_is_lost_or_given_twice(world):
    institution, filed, _ = await full_class(world, capacity=10)
    path = f"/classes/{filed['id']}/enrolments"
    enrolled = (await world.get(path, world.of_institution(institution))).json()["items"]
    world.clock.advance(minutes=1)
    withdrawals = [withdraw(world, institution, one) for one in enrolled]
    arrivals = [
        world.enrolled(institution, filed, **(declared("veteran") if number % 3 == 0 else {}))
        for number in range(30)
    ]
    mixed = [one for pair in zip(arrivals[::3], withdrawals, strict=True) for one in pair]
    others = [one for number, one in enumerate(arrivals) if number % 3]
    await asyncio.gather(*mixed, *others)
    assert await world.count("SELECT (enrolled, waiting)::text FROM classes") == "(10,20)"
    assert await invariants_hold(world)
    promoted = len([one for one in await world.events() if isinstance(one, EnrolmentPromoted)])
    moved = "SELECT count(*) FROM audit_log WHERE action = 'promote'"
    assert await world.count(moved) == promoted


async def test_the_last_place_and_its_withdrawal_over_and_over_keep_the_line_in_order(world):
    institution, filed, first = await full_class(world)
    holder, line = first, []
    for number in range(6):
        own = declared("student") if number % 2 else {}
        line.append(await came(world, institution, filed, **own))
    wanted = [line[place]["id"] for place in (1, 3, 5, 0, 2, 4)]
    for expected in wanted:
        await asyncio.gather(withdraw(world, institution, holder), came(world, institution, filed))
        assert await invariants_hold(world)
        sql = "SELECT id::text || ' ' || version FROM enrolments WHERE state = 'enrolled'"
        held, version = (await world.count(sql)).split()
        assert held == expected
        holder = {"id": held, "version": int(version)}


async def test_the_database_lets_nobody_wait_beside_a_free_place(world):
    institution, filed, _ = await full_class(world)
    await world.enrolled(institution, filed)
    for change in ("enrolled = 0", "capacity = 2", "waiting = -1"):
        with pytest.raises(asyncpg.CheckViolationError):
            await world.count(f"UPDATE classes SET {change}")  # noqa: S608 -- the changes are named above
