"""Studios, trainings and contests of instructors, and the teacher file (T10, O31, O32)."""

import io

import pytest
from chuangpei.auth import Role
from pypdf import PdfReader
from training_svc.exits.use_cases import take_effect

XUHUI = "310104"


def text_of(pdf):
    """What a PDF says, without white space: where it has some is the reader's guess."""
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


@pytest.fixture
async def institution(world):
    return await world.qualified()


@pytest.fixture
async def head(world, institution):
    return await world.admitted(institution, name="李老师")


@pytest.fixture
async def member(world, institution):
    return await world.admitted(institution, name="王老师")


def studio(head, *members, **own):
    return {
        "name": "李老师工作室",
        "field": "数字经济",
        "head_id": head["id"],
        "member_ids": [one["id"] for one in members],
        "opened_on": "2026-02-20",
    } | own


def contest(*results, **own):
    return {
        "kind": "contest",
        "name": "讲师大赛",
        "organiser": "上海市就业促进中心",
        "begins_on": "2026-02-10",
        "ends_on": "2026-02-11",
        "results": [
            {"instructor_id": one["id"], "result": prize, "rank": rank}
            for rank, (one, prize) in enumerate(results, 1)
        ],
    } | own


def codes(answer):
    return [(one["pointer"], one["code"]) for one in answer.json()["errors"]]


async def test_an_instructor_opens_a_studio_with_others(world, head, member):
    opened = await world.made("/studios", studio(head, member), world.officer())
    assert (opened["district"], opened["head_name"]) == ("310115", "李*")
    assert opened["members"] == [{"instructor_id": member["id"], "name": "王*"}]
    assert (await world.get(f"/studios/{opened['id']}", world.officer(XUHUI))).json() == opened


async def test_a_studio_is_of_active_instructors(world, institution, head):
    suspended = await world.decided(await world.admitted(institution), "suspend", reason="投诉核查")
    unknown = {"id": "00000000-0000-0000-0000-000000000001"}
    answer = await world.post("/studios", studio(suspended, head, head, unknown), by=world.centre)
    assert codes(answer) == [
        ("/head_id", "not_active"),
        ("/member_ids/1", "named_twice"),
        ("/member_ids/2", "unknown_instructor"),
    ]


async def test_nobody_heads_two_open_studios(world, head):
    opened = await world.made("/studios", studio(head), world.centre)
    answer = await world.post("/studios", studio(head), by=world.centre)
    assert (answer.status_code, answer.json()["code"]) == (409, "heads_another_studio")
    path = f"/studios/{opened['id']}/amend"
    await world.made(path, {"closed_on": "2026-02-20", "reason": "期满"}, world.centre, opened["version"])
    assert (await world.post("/studios", studio(head), by=world.centre)).status_code == 201


async def test_a_studio_is_amended_with_a_reason_and_keeps_who_is_there(world, head, member):
    opened = await world.made("/studios", studio(head, member), world.officer())
    await world.decided(member, "suspend", reason="投诉核查")
    path = f"/studios/{opened['id']}/amend"
    amended = await world.made(path, {"field": "绿色经济", "reason": "更正领域"}, world.officer(), 1)
    assert (amended["field"], amended["members"], amended["version"]) == ("绿色经济", opened["members"], 2)
    (kept,) = (await world.get(f"/studios/{opened['id']}/amendments", world.officer())).json()["items"]
    assert (kept["before"], kept["after"]) == ({"field": "数字经济"}, {"field": "绿色经济"})
    same = await world.post(path, {"field": "绿色经济", "reason": "更正领域"}, by=world.officer(), version=2)
    assert same.json()["code"] == "nothing_amended"
    early = await world.post(
        path, {"closed_on": "2026-02-19", "reason": "期满"}, by=world.officer(), version=2
    )
    assert codes(early) == [("/closed_on", "before_opening")]
    stale = await world.post(path, {"field": "银发经济", "reason": "更正"}, by=world.officer(), version=1)
    assert stale.status_code == 412


async def test_a_district_amends_its_own_records_only(world, head):
    opened = await world.made("/studios", studio(head), world.officer())
    held = await world.made("/instructor-activities", contest((head, "一等奖")), world.centre)
    for path in (f"/studios/{opened['id']}/amend", f"/instructor-activities/{held['id']}/amend"):
        answer = await world.post(
            path, {"name": "改名", "reason": "更正"}, by=world.officer(XUHUI), version=1
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "not_your_record")


async def test_a_contest_tells_its_results_by_rank(world, head, member):
    held = await world.made(
        "/instructor-activities", contest((member, "一等奖"), (head, "二等奖")), world.centre
    )
    assert held["district"] is None
    assert [(one["name"], one["result"], one["rank"]) for one in held["results"]] == [
        ("王*", "一等奖", 1),
        ("李*", "二等奖", 2),
    ]


async def test_results_are_amended_as_a_whole(world, head, member):
    held = await world.made("/instructor-activities", contest((member, "一等奖")), world.officer())
    results = contest((head, "一等奖"))["results"]
    path = f"/instructor-activities/{held['id']}/amend"
    amended = await world.made(path, {"results": results, "reason": "名次有误"}, world.officer(), 1)
    assert [one["name"] for one in amended["results"]] == ["李*"]
    (kept,) = (await world.get(f"/instructor-activities/{held['id']}/amendments", world.centre)).json()[
        "items"
    ]
    assert [one["instructor_id"] for one in kept["before"]["results"]] == [member["id"]]
    same = await world.post(path, {"results": results, "reason": "名次有误"}, by=world.officer(), version=2)
    assert same.json()["code"] == "nothing_amended"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"ends_on": "2026-02-09"}, "/ends_on"),
        ({"kind": "training"}, ""),
        ({"hours": 8}, ""),
        (
            {"results": [{"instructor_id": "00000000-0000-0000-0000-000000000001", "result": "优秀"}]},
            "/results/0/instructor_id",
        ),
        ({"kind": "party"}, "/kind"),
    ],
)
async def test_what_is_wrong_with_an_activity_is_named(world, head, change, pointer):
    answer = await world.post("/instructor-activities", contest((head, "一等奖")) | change, by=world.centre)
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


async def test_a_contest_stays_without_hours(world, head):
    held = await world.made("/instructor-activities", contest((head, "一等奖")), world.centre)
    path = f"/instructor-activities/{held['id']}/amend"
    answer = await world.post(
        path, {"hours": 8, "ends_on": "2026-02-09", "reason": "更正"}, by=world.centre, version=1
    )
    assert codes(answer) == [("/ends_on", "invalid"), ("/hours", "no_hours")]


async def test_records_are_filtered_sorted_and_exported(world, head, member):
    await world.made("/studios", studio(head, member), world.officer())
    await world.made("/studios", studio(member, name="甲工作室"), world.centre)
    await world.made("/instructor-activities", contest((head, "=一等奖")), world.centre)
    course = {"kind": "training", "hours": 16, "name": "师资提高班", "begins_on": "2026-02-01"}
    await world.made("/instructor-activities", contest((member, "合格"), **course), world.officer())

    async def names(path):
        return [one["name"] for one in (await world.get(path, world.centre)).json()["items"]]

    assert await names(f"/studios?instructor_id={member['id']}&sort=-opened_on") == [
        "甲工作室",
        "李老师工作室",
    ]
    assert await names(f"/studios?instructor_id={head['id']}") == ["李老师工作室"]
    assert await names("/studios?district=310115") == ["李老师工作室"]
    assert await names("/studios?open=false") == []
    assert await names("/instructor-activities?kind=training") == ["师资提高班"]
    assert await names(f"/instructor-activities?instructor_id={head['id']}") == ["讲师大赛"]
    assert await names("/instructor-activities?sort=begins_on") == ["师资提高班", "讲师大赛"]
    assert await names("/instructor-activities?begins_from=2026-02-02") == ["讲师大赛"]
    text = (await world.get("/instructor-activities/export?kind=contest", world.officer(XUHUI))).text
    assert "李* =一等奖" in text
    assert "甲工作室" in (await world.get("/studios/export?open=true", world.officer(XUHUI))).text


async def test_the_teacher_file_has_everything_on_record_masked(world, institution, head, member):
    by = world.of_institution(institution)
    filed = await world.made(
        "/classes", world.class_body(institution, instructors=[{"instructor_id": head["id"]}]), by
    )
    await world.made("/studios", studio(head, member), world.officer())
    await world.made("/instructor-activities", contest((head, "一等奖")), world.centre)
    course = {"kind": "training", "hours": 16, "name": "师资提高班"}
    await world.made("/instructor-activities", contest((head, "合格"), **course), world.officer())
    appraisal = await world.appraised(head, 59)
    world.clock.advance(days=10)
    async with world.service.database.transaction() as tx:
        await take_effect(tx, world.service)
    file = (await world.get(f"/instructors/{head['id']}/file", by)).json()
    assert file["written_on"] == "2026-03-02"
    assert file["instructor"] == (await world.get(f"/instructors/{head['id']}", by)).json()
    assert [(one["class_id"], one["sessions"]) for one in file["classes"]] == [(filed["id"], 4)]
    assert [one["id"] for one in file["appraisals"]] == [appraisal["id"]]
    assert [(one["ground"], one["state"]) for one in file["exits"]] == [("failed_appraisal", "effective")]
    assert [(one["name"], one["hours"], one["result"]) for one in file["trainings"]] == [
        ("师资提高班", 16, "合格")
    ]
    assert [(one["name"], one["rank"]) for one in file["contests"]] == [("讲师大赛", 1)]
    assert [(one["name"], one["heads_it"]) for one in file["studios"]] == [("李老师工作室", True)]
    said = text_of((await world.get(f"/instructors/{head['id']}/file.pdf", by)).content)
    for word in ("教师档案", "李*", filed["name"], "考核不合格", "师资提高班", "讲师大赛", "李老师工作室"):
        assert word in said, word
    others = (await world.get(f"/instructors/{member['id']}/file", by)).json()
    assert [one["heads_it"] for one in others["studios"]] == [False]
    assert others["classes"] == others["appraisals"] == others["exits"] == []


async def test_a_class_that_was_cancelled_is_marked_in_the_teacher_file(world, institution, head):
    by = world.of_institution(institution)
    body = world.class_body(institution, instructors=[{"instructor_id": head["id"]}])
    filed = await world.made("/classes", body, by)
    path = f"/instructors/{head['id']}/file"
    assert [one["cancelled"] for one in (await world.get(path, by)).json()["classes"]] == [False]
    assert "已取消" not in text_of((await world.get(f"{path}.pdf", by)).content)
    await world.made(f"/classes/{filed['id']}/cancel", {"reason": "人数不足"}, by, filed["version"])
    (taught,) = (await world.get(path, by)).json()["classes"]
    assert (taught["cancelled"], taught["sessions"]) == (True, 0)
    assert "已取消" in text_of((await world.get(f"{path}.pdf", by)).content)


async def test_instructors_read_their_own_file(world, institution):
    body = world.application()
    admitted = await world.admitted(institution, **body)
    own = world.by(Role.CITIZEN, id_number=body["id_number"])
    file = await world.get("/my/instructor/file", own)
    assert file.json()["instructor"]["id"] == admitted["id"]
    other = world.by(Role.CITIZEN, id_number=world.id_number())
    assert (await world.get("/my/instructor/file", other)).status_code == 404
    assert "教师档案" in text_of((await world.get("/my/instructor/file.pdf", own)).content)
    assert (await world.get("/my/instructor/file.pdf", other)).status_code == 404
