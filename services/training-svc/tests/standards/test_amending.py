"""A published standard or norm is amended or withdrawn until something cites it, then frozen (T05)."""

import asyncio

import asyncpg
import pytest
from chuangpei.auth import Principal, Role
from chuangpei.events.training import EvaluationNormPublished, StandardPublished
from chuangpei.kernel.refusals import Refusal
from training_svc.classes import use_cases as classes
from training_svc.classes.schemas import NewClass
from training_svc.published import use_cases as published
from training_svc.qualifications import use_cases as qualifications
from training_svc.qualifications.schemas import NewQualification
from training_svc.standards.schemas import StandardAmendment
from training_svc.standards.use_cases import STANDARD

CENTRE = Principal("centre", Role.CITY_CENTRE)


@pytest.fixture
async def standard(world):
    await world.project()
    return await world.standard()


async def amend(world, document, revision=1, kind="standards", **changes):
    body = {"reason": "发布有误"} | changes
    return await world.post(f"/{kind}/{document['id']}/amend", body, by=world.centre, version=revision)


async def withdraw(world, document, revision=1, kind="standards"):
    path, body = f"/{kind}/{document['id']}/withdraw", {"reason": "发布有误"}
    return await world.post(path, body, by=world.centre, version=revision)


async def told(world, kind):
    return [event for event in await world.events() if isinstance(event, kind)]


async def test_a_standard_says_how_many_trainees_an_instructor_how_much_room_and_how_much_online(world):
    await world.project()
    limits = {
        "trainees_per_instructor": 15,
        "square_decimetres_per_trainee": 200,
        "max_online_percent": 30,
    }
    made = await world.standard(**limits)
    assert limits.items() <= made.items()
    (event,) = await told(world, StandardPublished)
    assert (event.trainees_per_instructor, event.revision, event.withdrawn) == (15, 1, False)


@pytest.mark.parametrize(
    ("field", "value"),
    [("trainees_per_instructor", 0), ("square_decimetres_per_trainee", 0), ("max_online_percent", 101)],
)
async def test_an_impossible_limit_is_named(world, standard, field, value):
    answer = await amend(world, standard, **{field: value})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"/{field}")


async def test_what_nothing_cites_is_amended_and_the_old_value_is_kept(world, standard):
    assert standard["frozen"] is False
    after = await amend(world, standard, min_hours=20, max_online_percent=30)
    assert (after.json()["min_hours"], after.json()["revision"]) == (20, 2)
    assert after.headers["etag"] == '"2"'
    (kept,) = (await world.get(f"/standards/{standard['id']}/amendments", world.officer())).json()["items"]
    assert kept["before"] == {"min_hours": 16, "max_online_percent": None}
    assert kept["after"] == {"min_hours": 20, "max_online_percent": 30}
    assert [(event.min_hours, event.revision) for event in await told(world, StandardPublished)] == [
        (16, 1),
        (20, 2),
    ]


async def test_an_amendment_needs_the_revision_that_was_read_and_a_change(world, standard):
    assert (await amend(world, standard, revision=None, min_hours=20)).status_code == 428
    assert (await amend(world, standard, revision=2, min_hours=20)).status_code == 412
    same = await amend(world, standard, min_hours=16)
    assert (same.status_code, same.json()["code"]) == (422, "nothing_amended")
    assert (await world.get(f"/standards/{standard['id']}", world.centre)).json() == standard


async def test_two_versions_never_begin_on_one_day(world, standard):
    later = await world.standard(version="2026-2", effective_from="2026-06-01")
    answer = await amend(world, later, effective_from="2026-01-01")
    assert (answer.status_code, answer.json()["code"]) == (409, "standard_exists")
    assert (await amend(world, later, effective_from="2026-07-01")).status_code == 200


async def test_a_withdrawn_version_is_cited_by_nobody_and_leaves_its_day_free(world, standard):
    withdrawn = await withdraw(world, standard)
    assert withdrawn.json()["withdrawn_on"] == "2026-02-20"
    assert [event.withdrawn for event in await told(world, StandardPublished)] == [False, True]
    institution = await world.institution()
    path = f"/institutions/{institution['id']}/qualifications"
    answer = await world.post(path, world.qualification_body(), by=world.of_institution(institution))
    assert answer.json()["errors"][0]["code"] == "unknown_standard"
    assert (await world.standard(version="2026-2"))["effective_from"] == standard["effective_from"]
    again = await withdraw(world, standard, 2)
    assert (again.status_code, again.json()["code"]) == (409, "not_allowed_in_state")


@pytest.mark.parametrize("change", [amend, withdraw])
async def test_from_the_first_application_on_a_standard_is_frozen(world, standard, change):
    await world.submitted(await world.institution())
    seen = (await world.get(f"/standards/{standard['id']}", world.centre)).json()
    assert seen == standard | {"frozen": True}
    answer = await change(world, standard, **({"min_hours": 20} if change is amend else {}))
    assert (answer.status_code, answer.json()["code"]) == (409, "frozen")


async def test_a_draft_freezes_nothing(world, standard):
    await world.submitted(await world.institution(), draft=True)
    assert (await amend(world, standard, min_hours=20)).status_code == 200


async def test_a_class_of_a_stage_without_qualifications_freezes_its_standard_and_norm(world):
    await world.project("GYB", stage=1)
    standard, norm = await world.standard("GYB"), await world.norm("GYB")
    centre = await world.institution(kind="district_centre")
    await world.filed(centre, project_code="GYB")
    assert (await amend(world, standard, min_hours=8)).json()["code"] == "frozen"
    assert (await amend(world, norm, kind="evaluation-norms", pass_mark=70)).json()["code"] == "frozen"
    assert (await withdraw(world, norm, kind="evaluation-norms")).json()["code"] == "frozen"


async def test_an_amendment_waits_for_an_application_under_way_and_is_refused(world, standard):
    institution = await world.institution()
    body = NewQualification.model_validate(world.qualification_body())
    async with world.service.database.transaction() as tx:
        applied = await qualifications.apply(
            tx, world.service, world.principal_of(institution), institution["id"], body
        )
        assert not isinstance(applied, Refusal)
        amending = asyncio.create_task(amend(world, standard, min_hours=20))
        await world.somebody_waits_for_a_lock()
    answer = await amending
    assert (answer.status_code, answer.json()["code"]) == (409, "frozen")
    assert (await world.get(f"/standards/{standard['id']}", world.centre)).json()["min_hours"] == 16


async def test_an_amendment_waits_for_a_class_being_filed_and_is_refused(world):
    await world.project("GYB", stage=1)
    standard = await world.standard("GYB")
    centre = await world.institution(kind="district_centre")
    body = await world.teachable(centre, world.class_body(centre, project_code="GYB"))
    body = NewClass.model_validate(body)
    async with world.service.database.transaction() as tx:
        filed = await classes.file_class(tx, world.service, world.principal_of(centre), body)
        assert not isinstance(filed, Refusal)
        amending = asyncio.create_task(amend(world, standard, min_hours=8))
        await world.somebody_waits_for_a_lock()
    assert (await amending).json()["code"] == "frozen"


async def test_an_application_waits_for_an_amendment_under_way_and_is_measured_by_it(world, standard):
    institution = await world.institution()
    body = StandardAmendment(min_hours=20, reason="发布有误")
    async with world.service.database.transaction() as tx:
        await published.amend(tx, world.service, CENTRE, standard["id"], 1, STANDARD, body)
        applying = asyncio.create_task(world.submitted(institution))
        await world.somebody_waits_for_a_lock()
    assert [one["required"] for one in (await applying)["findings"] if one["outcome"] == "failed"] == ["≥ 20"]


async def test_even_a_script_that_amends_while_somebody_cites_is_refused(world, standard):
    institution = await world.institution()
    body = NewQualification.model_validate(world.qualification_body())
    script = "UPDATE standards SET min_hours = 1"
    async with world.service.database.transaction() as tx:
        await qualifications.apply(
            tx, world.service, world.principal_of(institution), institution["id"], body
        )
        amending = asyncio.create_task(world.count(script))
        await world.somebody_waits_for_a_lock()
    with pytest.raises(asyncpg.RestrictViolationError):
        await amending


async def test_of_many_who_apply_and_amend_at_once_no_amendment_follows_an_application(world, standard):
    institutions = [await world.institution() for _ in range(6)]
    amendments = [amend(world, standard, min_hours=hours) for hours in range(10, 16)]
    applications = [world.submitted(institution) for institution in institutions]
    await asyncio.gather(*(one for pair in zip(applications, amendments, strict=True) for one in pair))
    measured = await world.count(
        "SELECT array_agg(DISTINCT one ->> 'required') FROM qualifications,"
        " jsonb_array_elements(findings) AS one WHERE one ->> 'zh' = '课程课时应不少于标准'"
    )
    kept = await world.count("SELECT min_hours FROM standards")
    assert measured == [f"≥ {kept}"]


async def test_nothing_that_is_withdrawn_can_be_cited_even_by_a_script(world):
    await world.qualified()
    other = await world.standard(version="2026-2", effective_from="2026-06-01")
    await withdraw(world, other)
    with pytest.raises(asyncpg.RestrictViolationError):
        await world.count("UPDATE qualifications SET standard_version = '2026-2'")


async def test_a_norm_has_its_parts_and_is_told_to_the_others(world):
    await world.project()
    norm = await world.norm()
    assert (norm["pass_mark"], norm["most_retakes"], norm["retake_months"]) == (60, 2, 6)
    (event,) = await told(world, EvaluationNormPublished)
    assert [(part.code, part.weight) for part in event.parts] == [("written", 40), ("plan", 60)]
    parts = [{"code": "defence", "name": "答辩", "weight": 100}]
    after = await amend(world, norm, kind="evaluation-norms", parts=parts)
    assert after.json()["parts"] == [parts[0] | {"pass_mark": None}]
    assert [event.revision for event in await told(world, EvaluationNormPublished)] == [1, 2]
    (kept,) = (await world.get(f"/evaluation-norms/{norm['id']}/amendments", world.centre)).json()["items"]
    assert kept["before"] == {"parts": norm["parts"]}


async def test_a_norm_may_want_two_blind_scores_a_mark_for_each_part_and_other_days_to_dispute(world):
    await world.project()
    parts = [
        {"code": "written", "name": "笔试", "weight": 40, "pass_mark": 50},
        {"code": "plan", "name": "创业计划书", "weight": 60},
    ]
    norm = await world.norm(parts=parts, most_difference=10, dispute_days=7)
    (event,) = await told(world, EvaluationNormPublished)
    assert [part.pass_mark for part in event.parts] == [50, None]
    assert (event.most_difference, event.dispute_days) == (10, 7)
    export = await world.get("/evaluation-norms/export", world.centre)
    assert "笔试 40% ≥ 50；创业计划书 60%" in export.text
    after = await amend(world, norm, kind="evaluation-norms", most_difference=None)
    assert (after.json()["most_difference"], after.json()["dispute_days"]) == (None, 7)
    (kept,) = (await world.get(f"/evaluation-norms/{norm['id']}/amendments", world.centre)).json()["items"]
    assert (kept["before"], kept["after"]) == ({"most_difference": 10}, {"most_difference": None})


async def test_a_norm_wants_one_score_unless_it_says_by_how_much_two_may_differ(world):
    await world.project()
    norm = await world.norm()
    assert (norm["most_difference"], norm["dispute_days"]) == (None, None)


@pytest.mark.parametrize(
    ("field", "value"),
    [("most_difference", -1), ("most_difference", 101), ("dispute_days", 0), ("dispute_days", 366)],
)
async def test_an_impossible_number_of_a_norm_is_named(world, field, value):
    await world.project()
    answer = await amend(world, await world.norm(), kind="evaluation-norms", **{field: value})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"/{field}")


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [{"code": "a", "name": "笔试", "weight": 100, "pass_mark": 101}],
        [{"code": "a", "name": "笔试", "weight": 99}],
        [{"code": "a", "name": "笔试", "weight": 50}, {"code": "a", "name": "答辩", "weight": 50}],
        [{"code": "a", "name": "笔试", "weight": 100}, {"code": "b", "name": "答辩", "weight": 0}],
    ],
)
async def test_the_parts_of_a_norm_weigh_100_and_are_named_once(world, parts):
    await world.project()
    body = {
        "project_code": "IYB",
        "version": "1",
        "name": "规范",
        "effective_from": "2026-01-01",
        "pass_mark": 60,
        "parts": parts,
    }
    answer = await world.post("/evaluation-norms", body, by=world.centre)
    assert answer.status_code == 422
    assert {error["pointer"].split("/")[1] for error in answer.json()["errors"]} == {"parts"}


async def test_a_class_keeps_the_norm_in_force_on_its_first_day(world):
    institution = await world.qualified()
    assert (await world.filed(institution))["norm_version"] is None
    await world.norm(version="2026-1")
    await world.norm(version="2026-2", effective_from="2026-03-02")
    await world.norm(version="2026-3", effective_from="2026-03-03")
    filed = await world.filed(institution, sessions=world.sessions(room="302"))
    assert filed["norm_version"] == "2026-2"
    await world.norm(version="2026-4", effective_from="2026-03-01")
    assert (await world.get(f"/classes/{filed['id']}", world.centre)).json()["norm_version"] == "2026-2"


@pytest.mark.parametrize("kind", ["standards", "evaluation-norms"])
async def test_versions_are_filtered_sorted_and_taken_away_as_a_file(world, kind):
    for code in ("IYB", "EYB"):
        await world.project(code)
    make = world.standard if kind == "standards" else world.norm
    await make("IYB", "1", effective_from="2026-03-01")
    await make("IYB", "2", effective_from="2026-02-01")
    withdrawn = await make("EYB", "3", effective_from="2026-01-01")
    await withdraw(world, withdrawn, kind=kind)

    async def versions(query):
        found = await world.get(f"/{kind}?{query}", world.by(Role.AUDITOR))
        return [one["version"] for one in found.json()["items"]]

    assert await versions("project_code=IYB&sort=effective_from") == ["2", "1"]
    assert await versions("withdrawn=true") == ["3"]
    assert await versions("withdrawn=false&sort=-effective_from") == ["1", "2"]
    assert await versions("effective_since=2026-02-01&effective_until=2026-02-28") == ["2"]
    file = await world.get(f"/{kind}/export?sort=effective_from", world.by(Role.AUDITOR))
    lines = file.content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[1] for line in lines] == ["版本", "3", "2", "1"]
