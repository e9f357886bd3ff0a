"""The student file (学员档案, O32): what is on record, as JSON and on paper."""

import io
from datetime import date

import pytest
from chuangpei.auth import Role
from chuangpei.kernel.credit_code import make_credit_code
from chuangpei.kernel.enterprises import Enterprise
from chuangpei.testing.events import deliver
from pypdf import PdfReader
from training_svc.consumers import HANDLERS


class Filed:
    """A trainee with one record corrected, completed and followed up; and what the person typed."""

    def __init__(self, world, institution, filed, trainee, enrolment):
        self.world, self.institution, self.filed = world, institution, filed
        self.trainee, self.enrolment = trainee, enrolment
        self.by = world.of_institution(institution)

    @property
    def person(self):
        return self.world.by(Role.CITIZEN, id_number=self.trainee["id_number"])

    async def read(self, path, by):
        answer = await self.world.get(path, by)
        assert answer.status_code == 200, answer.text
        return answer


@pytest.fixture
async def trainee(world):
    institution = await world.qualified()
    filed = await world.filed(institution, name="第一期 #班 $x$ *甲*")
    body = world.trainee(name="张三丰")
    enrolment = await world.enrolled(institution, filed, **body)
    one = Filed(world, institution, filed, body, enrolment)
    records = await world.attended(institution, filed, enrolment, 4)
    change = {"present": True, "method": "manual", "reason": "刷卡机故障"}
    await world.made(f"/attendance/{records[0]['id']}/correct", change, one.by, 1)
    await world.made(f"/enrolments/{enrolment['id']}/complete", None, one.by, enrolment["version"])
    return one


def closed_up(text):
    """Without white space: where a PDF has some is the reader's guess."""
    return "".join(text.split())


def text_of(pdf):
    return closed_up("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


async def test_the_person_sees_everything_with_their_own_data_clear(trainee):
    file = (await trainee.read("/my/file", trainee.person)).json()
    assert file["person"] == {
        "name": "张三丰",
        "id_number": trainee.trainee["id_number"],
        "phone": "13800001234",
    }
    (training,) = file["trainings"]
    assert (training["state"], training["completed_on"]) == ("completed", "2026-03-03")
    assert [one["present"] for one in training["sessions"]] == [True] * 4
    (correction,) = training["sessions"][0]["corrections"]
    assert (correction["old_method"], correction["reason"]) == ("qr", "刷卡机故障")
    assert [one["outcome"] for one in training["findings"]] == ["passed", "passed"]
    assert training["follow_up"]["state"] == "not_opened"


async def test_the_institution_and_the_offices_see_the_enrolment_masked(trainee):
    path = f"/enrolments/{trainee.enrolment['id']}/file"
    world = trainee.world
    for by in (trainee.by, world.officer(), world.centre, world.by(Role.CITY_BUREAU), world.by(Role.AUDITOR)):
        answer = await trainee.read(path, by)
        assert answer.json()["person"]["name"] == "张*"
        assert "张三丰" not in answer.text
        assert trainee.trainee["id_number"] not in answer.text
        assert trainee.trainee["phone"] not in answer.text


async def test_what_other_institutions_keep_is_not_in_the_institutions_file(trainee):
    world = trainee.world
    world.clock.set(world.at(-9))
    other = await world.qualified()
    hours = [(world.at(day, hour), world.at(day, hour + 4)) for day in (20, 21) for hour in (8, 13)]
    sessions = [
        {"starts_at": begin.isoformat(), "ends_at": end.isoformat(), "room": "1"} for begin, end in hours
    ]
    days = {"starts_on": hours[0][0].date().isoformat(), "ends_on": hours[-1][0].date().isoformat()}
    filed = await world.filed(other, name="别校", sessions=sessions, **days)
    await world.enrolled(other, filed, **trainee.trainee)
    own = (await trainee.read("/my/file", trainee.person)).json()
    assert [one["class_name"] for one in own["trainings"]] == [trainee.filed["name"], "别校"]
    theirs = (await trainee.read(f"/enrolments/{trainee.enrolment['id']}/file", trainee.by)).json()
    assert [one["class_name"] for one in theirs["trainings"]] == [trainee.filed["name"]]


async def test_others_find_no_file(trainee):
    world = trainee.world
    stranger = world.of_institution(await world.institution())
    for ending in ("", ".pdf"):
        path = f"/enrolments/{trainee.enrolment['id']}/file{ending}"
        for by in (world.officer("310104"), stranger):
            assert (await world.get(path, by)).status_code == 404
        nobody = world.by(Role.CITIZEN, id_number=world.id_number())
        assert (await world.get(f"/my/file{ending}", nobody)).status_code == 404


async def test_on_paper_it_says_the_same(trainee):
    answer = await trainee.read("/my/file.pdf", trainee.person)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    said = text_of(answer.content)
    for word in (
        "学员档案",
        "张三丰",
        trainee.trainee["id_number"],
        "第一期 #班 $x$ *甲*",
        "创业初创期",
        "已结业",
        "出勤",
        "刷卡机故障",
        "出勤率应达到标准要求",
        "跟踪服务",
        "2026-09-03",
    ):
        assert closed_up(word) in said, word


async def test_for_others_the_paper_is_masked_too(trainee):
    answer = await trainee.read(f"/enrolments/{trainee.enrolment['id']}/file.pdf", trainee.by)
    said = text_of(answer.content)
    assert "张*" in said
    assert "张三丰" not in said
    assert trainee.trainee["id_number"] not in said


async def test_before_completion_the_file_tells_what_is_missing(world):
    institution = await world.qualified()
    filed = await world.filed(institution)
    enrolment = await world.enrolled(institution, filed)
    path = f"/enrolments/{enrolment['id']}/file"
    file = (await world.get(path, world.of_institution(institution))).json()
    (training,) = file["trainings"]
    assert [one["present"] for one in training["sessions"]] == [None] * 4
    assert [one["outcome"] for one in training["findings"]] == ["failed", "failed"]
    assert training["follow_up"] is None
    printed = await world.get(f"{path}.pdf", world.of_institution(institution))
    assert "未记录" in text_of(printed.content)


async def test_the_result_of_the_evaluation_is_in_the_file(trainee):
    assert (await trainee.read("/my/file", trainee.person)).json()["trainings"][0]["result"] is None
    await deliver(trainee.world.service.database, HANDLERS, trainee.world.evaluation(trainee.enrolment))
    result = (await trainee.read("/my/file", trainee.person)).json()["trainings"][0]["result"]
    assert (result["attempts"], result["passed"], result["void"]) == (1, True, False)
    said = text_of((await trainee.read("/my/file.pdf", trainee.person)).content)
    assert "考核评价" in said


async def test_a_business_is_in_the_file_as_it_was_typed(trainee):
    found = await trainee.world.count("SELECT id FROM follow_ups")
    body = {"name": '#panic("x") \\ $', "credit_code": "91310115MA1K35X104", "opened_on": "2026-03-03"}
    await trainee.world.made(f"/follow-ups/{found}/open-business", body, trainee.by, 1)
    answer = await trainee.read("/my/file.pdf", trainee.person)
    assert closed_up(body["name"]) in text_of(answer.content)


FIRM = make_credit_code("91310115MA1K4XY10")


async def test_the_priority_group_and_the_firm_as_it_was_at_enrolment_are_in_the_file(world):
    institution = await world.qualified()
    filed = await world.filed(institution)
    world.registry.firms[FIRM] = Enterprise(
        credit_code=FIRM,
        name="上海申创科技有限公司",
        registered_on=date(2024, 5, 10),
        province_code="31",
        status="active",
        roles=frozenset({"legal_representative", "shareholding_partner"}),
        shareholding_percent="12.05",
    )
    priority = {"group": "veteran", "evidence": "已核验退役证"}
    enrolment = await world.enrolled(institution, filed, priority=priority, enterprise_credit_code=FIRM)
    path, by = f"/enrolments/{enrolment['id']}/file", world.of_institution(institution)
    (training,) = (await world.get(path, by)).json()["trainings"]
    assert training["priority_group"] == "veteran"
    assert training["enterprise"] == enrolment["enterprise"]
    said = text_of((await world.get(f"{path}.pdf", by)).content)
    for word in (
        "退役军人",
        "上海申创科技有限公司",
        FIRM,
        "2024-05-10",
        "法定代表人",
        "持股合伙人",
        "12.05%",
    ):
        assert closed_up(word) in said, word


async def test_who_changed_class_finds_the_other_class_and_the_reason_in_both_records(world):
    institution = await world.qualified()
    by, me = world.of_institution(institution), world.trainee()
    first = await world.filed(institution)
    days = {"starts_on": "2026-03-04", "ends_on": "2026-03-05"}
    second = await world.filed(institution, name="周末班", sessions=world.sessions(first=2), **days)
    old = await world.enrolled(institution, first, **me)
    body = {"class_id": second["id"], "reason": "改读周末班"}
    await world.made(f"/enrolments/{old['id']}/transfer", body, by, old["version"])
    own = world.by(Role.CITIZEN, id_number=me["id_number"])
    left, entered = (await world.get("/my/file", own)).json()["trainings"]
    assert (left["state"], left["end_reason"], left["transferred_to_class"]) == (
        "transferred",
        "改读周末班",
        "周末班",
    )
    assert left["ended_at"] is not None
    assert (entered["transferred_from_class"], entered["ended_at"]) == (first["name"], None)
    said = text_of((await world.get("/my/file.pdf", own)).content)
    for word in ("已转班", "改读周末班", "转入班级", "转班前班级"):
        assert word in said, word


async def test_who_withdrew_reads_when_and_why(world):
    institution = await world.qualified()
    filed = await world.filed(institution)
    by = world.of_institution(institution)
    enrolment = await world.enrolled(institution, filed)
    path = f"/enrolments/{enrolment['id']}"
    await world.made(f"{path}/withdraw", {"reason": "工作冲突"}, by, enrolment["version"])
    (training,) = (await world.get(f"{path}/file", by)).json()["trainings"]
    assert (training["state"], training["end_reason"]) == ("withdrawn", "工作冲突")
    assert training["transferred_to_class"] is None
    said = text_of((await world.get(f"{path}/file.pdf", by)).content)
    assert "已退班" in said
    assert "工作冲突" in said


async def test_a_cancelled_session_is_not_shown_as_one_that_nobody_recorded(world):
    institution = await world.qualified()
    by = world.of_institution(institution)
    extra = {
        "starts_at": world.at(1, 18).isoformat(),
        "ends_at": world.at(1, 22).isoformat(),
        "room": "301",
    }
    filed = await world.filed(institution, sessions=[*world.sessions(), extra])
    enrolment = await world.enrolled(institution, filed)
    path = f"/classes/{filed['id']}/sessions/{filed['sessions'][4]['id']}/cancel"
    await world.made(path, {"reason": "讲师生病"}, by, filed["version"])
    await world.attended(institution, filed, enrolment, 4)
    (training,) = (await world.get(f"/enrolments/{enrolment['id']}/file", by)).json()["trainings"]
    assert [one["cancelled"] for one in training["sessions"]] == [False] * 4 + [True]
    said = text_of((await world.get(f"/enrolments/{enrolment['id']}/file.pdf", by)).content)
    assert "课次已取消" in said
    assert "未记录" not in said
