"""No one scores whoever they have a tie to: by rule, by the database, in any order (B04)."""

import asyncio
import random
from datetime import date, timedelta

import asyncpg
import pytest
from chuangpei.events.base import InstitutionRef, ProjectRef
from chuangpei.events.training import TrainingCompleted
from chuangpei.kernel.identifiers import new_id

PERSON = {"person_key": "k" * 64, "masked_name": "张*", "name_encrypted": "x", "id_number_encrypted": "x"}
_INTERESTED = """
SELECT 1 FROM assignments JOIN assessor_ties AS tie USING (person_key, credit_code)
WHERE assignments.state IN ('assigned', 'scored')
AND (tie.bars_until IS NULL OR tie.bars_until >= (assigned_at AT TIME ZONE 'Asia/Shanghai')::date)
"""


def taught(panel, who, institution="A", ended_on=date(2026, 6, 1)):
    return TrainingCompleted(
        enrolment_id=new_id(),
        class_id=new_id(),
        institution=InstitutionRef(
            credit_code=panel.city.code(institution), name=institution, district="310115"
        ),
        project=ProjectRef(code="S3-01", name="创业经营", stage=3),
        person=PERSON,
        standard_version="1",
        class_started_on=ended_on - timedelta(9),
        class_ended_on=ended_on,
        completed_on=ended_on,
        sessions_attended=4,
        sessions_held=4,
        instructor_keys=(panel.key(who),),
    )


async def test_whoever_has_a_tie_is_not_drawn(panel):
    assert (await panel.tie("P")).status_code == 201
    await panel.draw()
    assert {one.who for one in (await panel.drawn()).values()} == {"Q", "R"}


async def test_whoever_taught_there_is_not_drawn_though_nobody_declared_it(panel):
    await panel.city.deliver(taught(panel, "Q"))
    await panel.draw()
    assert {one.who for one in (await panel.drawn()).values()} == {"P", "R"}
    ties = await panel.city.get(f"/assessors/{panel.assessors['Q']['id']}/ties", panel.city.bureau)
    [tie] = ties.json()["items"]
    assert (tie["kind"], tie["until"], tie["bars_until"]) == ("taught", "2026-06-01", "2029-06-01")


@pytest.mark.parametrize(("until", "drawn"), [("2023-07-01", False), ("2023-06-30", True)])
async def test_a_tie_that_is_over_bars_for_three_years_more(panel, until, drawn):
    assert (await panel.tie("P", until=until)).status_code == 201
    for who in ("Q", "R"):
        await panel.tie(who)
    await panel.draw()
    assert [one.who for one in (await panel.drawn()).values()] == (["P"] if drawn else [])


async def test_a_tie_that_comes_to_light_sets_aside_what_was_given(panel):
    await panel.draw()
    tasks = await panel.drawn()
    scoring = await panel.scored("A", 8, 8)
    assert scoring["state"] == "settled"
    assert (await panel.tie(tasks[1].who, kind="interest")).status_code == 201
    scoring = await panel.scoring()
    assert scoring["state"] == "open"
    assert [one.who for one in (await panel.drawn(state="set_aside")).values()] == [tasks[1].who]
    assert (await panel.explanation(headers=panel.by(tasks[1].who))).status_code == 404
    assert await panel.draw() == {"assigned": 1, "vacant": 0}
    assert (await panel.scored("A", 7))["state"] == "settled"
    shown = (await panel.explanation()).json()
    assert sorted(one["points"] for one in shown["scores"]) == [4200, 4800]


async def test_teaching_that_is_told_later_sets_aside_too(panel):
    await panel.draw()
    task = (await panel.drawn())[1]
    await panel.city.deliver(taught(panel, task.who))
    assert [one.who for one in (await panel.drawn(state="set_aside")).values()] == [task.who]
    assert await panel.city.rows("SELECT 1 FROM parked_messages") == []


async def test_of_three_scores_the_two_that_are_left_settle_or_a_third_is_asked_again(panel):
    await panel.draw()
    await panel.scored("A", 9, 5)
    await panel.draw()
    await panel.scored("A", 6)
    first = (await panel.drawn(state="scored"))[1]
    assert (await panel.tie(first.who)).status_code == 201
    assert (await panel.scoring())["state"] == "settled"
    shown = (await panel.explanation()).json()
    assert [one["assessor"] for one in shown["scores"]] == [2, 3]


async def test_the_database_refuses_an_interested_assessor_to_a_script_too(panel):
    city = panel.city
    await panel.draw()
    task = (await panel.drawn())[1]
    with pytest.raises(asyncpg.RestrictViolationError):
        await city.rows(
            "INSERT INTO assessor_ties SELECT $1, person_key, credit_code, 'interest', NULL, NULL, 'x',"
            " now(), 'x', 1 FROM assignments WHERE id = $2",
            new_id(),
            task.id,
        )
    assert (await panel.tie(task.who)).status_code == 201
    with pytest.raises(asyncpg.RestrictViolationError):
        await city.rows("UPDATE assignments SET state = 'assigned', end_reason = NULL WHERE id = $1", task.id)


async def test_a_tie_declared_while_assessors_are_drawn_leaves_none_interested(new_panel):
    panel = await new_panel.begin("A", "B", "C")
    await panel.add("P", "Q", "R")
    await panel.open()
    path = f"/rounds/{panel.round['id']}/draw"
    answers = await asyncio.gather(
        panel.city.post(path, panel.city.centre), panel.tie("P", "A"), panel.tie("Q", "B")
    )
    assert [one.status_code for one in answers] == [201, 201, 201]
    assert await panel.city.rows(_INTERESTED) == []


async def test_a_score_given_while_its_tie_is_declared_does_not_count(panel):
    await panel.draw()
    task = (await panel.drawn())[1]
    scored, tied = await asyncio.gather(panel.gives(task), panel.tie(task.who))
    assert tied.status_code == 201
    assert scored.status_code in (200, 409, 412)
    assert await panel.city.rows(_INTERESTED) == []
    assert [one.who for one in (await panel.drawn(state="set_aside")).values()] == [task.who]


async def test_whoever_leaves_the_pool_frees_the_places_not_scored_yet(panel):
    city = panel.city
    await panel.draw()
    tasks = await panel.drawn()
    assert (await panel.gives(tasks[1])).status_code == 200
    for task in tasks.values():
        assessor = panel.assessors[task.who]
        body = {"reason": "本人申请退出"}
        answer = await city.post(f"/assessors/{assessor['id']}/remove", city.centre, body, 1)
        assert answer.status_code == 200, answer.text
    assert [one.who for one in (await panel.drawn(state="scored")).values()] == [tasks[1].who]
    assert [one.who for one in (await panel.drawn(state="replaced")).values()] == [tasks[2].who]
    assert await panel.draw() == {"assigned": 1, "vacant": 0}


async def test_a_tie_is_ended_with_its_day_and_bars_no_longer_than_it_should(panel):
    city = panel.city
    tie = (await panel.tie("P")).json()
    path = f"/assessors/{panel.assessors['P']['id']}/ties/{tie['id']}/end"
    future = await city.post(path, city.centre, {"until": "2027-01-01", "reason": "合同终止"}, 1)
    assert future.status_code == 422
    body = {"until": "2020-01-01", "reason": "合同终止"}
    ended = await city.post(path, city.centre, body, 1)
    assert (ended.json()["until"], ended.json()["bars_until"]) == ("2020-01-01", "2023-01-01")
    assert (await city.post(path, city.centre, body, 2)).status_code == 409
    other = path.replace(panel.assessors["P"]["id"], panel.assessors["Q"]["id"])
    assert (await city.post(other, city.centre, body, 2)).status_code == 404


async def test_a_person_is_in_the_pool_once_and_kept_encrypted(panel):
    city = panel.city
    body = {"name": "王P", "id_number": panel.people["P"], "field": "职业培训"}
    refused = await city.post("/assessors", city.centre, body)
    assert (refused.status_code, refused.json()["code"]) == (409, "assessor_exists")
    kept = str(await city.rows("SELECT assessors::text FROM assessors"))
    assert "王P" not in kept
    assert panel.people["P"] not in kept
    listed = (await city.get("/assessors", city.bureau)).json()["items"]
    assert {one["masked_name"] for one in listed} == {"王*"}
    assert "王*" in (await city.get("/assessors/export", city.bureau)).text


@pytest.mark.parametrize("seed", range(2))
async def test_whatever_happens_no_one_scores_whom_they_have_a_tie_to(new_panel, seed):
    draw = random.Random(seed)
    panel = await new_panel.begin("A", "B", "C")
    names = tuple(panel.people)
    await panel.add(*names)
    await panel.open()

    async def declares():
        return await panel.tie(draw.choice(names), draw.choice("ABC"), draw.choice(["employed", "interest"]))

    async def teaches():
        await panel.city.deliver(taught(panel, draw.choice(names), draw.choice("ABC")))

    async def draws():
        return await panel.city.post(f"/rounds/{panel.round['id']}/draw", panel.city.centre)

    async def scores():
        tasks = await panel.drawn(draw.choice("ABC"))
        for task in list(tasks.values())[:1]:
            return await panel.gives(task, draw.randint(0, 10))
        return None

    for _ in range(25):
        acts = [draw.choice([declares, teaches, draws, scores, scores, draws])() for _ in range(3)]
        answers = await asyncio.gather(*acts)
        assert not [one for one in answers if one is not None and one.status_code >= 500]
        assert await panel.city.rows(_INTERESTED) == []
    assert await panel.city.rows("SELECT 1 FROM parked_messages") == []
    assert await panel.city.rows("SELECT 1 FROM scores")
