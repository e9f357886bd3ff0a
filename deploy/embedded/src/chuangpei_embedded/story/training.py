"""Chapter one: an institution is qualified, holds a class, and its trainees complete (T05, T07, C02)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chuangpei_embedded.accounts import CITY_CENTRE, Account
from chuangpei_embedded.story.cast import Person
from chuangpei_embedded.story.client import Actor, Json, expect
from chuangpei_embedded.story.play import Play

_DAYS = (1, 2, 3, 4)
_MORNING, _AFTERNOON = (9, 12), (13, 16)
_STANDARD = "2026-1"
_DECLARED = {
    "class_size": 30,
    "instructors": 2,
    "hours": 24,
    "room_square_decimetres": 6_000,
    "online_percent": 0,
}


@dataclass(frozen=True, slots=True)
class Trained:
    """The class and its enrolments: those completed, in the order of the cast."""

    institution: Json
    class_id: str
    completed: dict[Person, Json]


async def train(play: Play) -> Trained:
    """Plays the chapter. One trainee stays away from half of the sessions and may not complete."""
    play.tell.chapter("一、培训", "Training")
    institution = await _qualified_institution(play)
    await _admitted_instructor(play, institution)
    filed = await _filed_class(play, institution)
    enrolments = await _enrolled(play, filed)
    await _attended(play, filed, enrolments)
    completed = await _completed(play, enrolments)
    return Trained(institution, filed["id"], completed)


async def _qualified_institution(play: Play) -> Json:
    """T05, T07: project and standard, the institution, its qualification and the district's approval."""
    cast, centre = play.cast, await play.actor(CITY_CENTRE)
    await centre.post(
        "/training/v1/projects",
        {"code": cast.project_code, "name": "改善你的企业", "stage": 3, "family": "iyb"},
    )
    standard = {
        "project_code": cast.project_code,
        "version": _STANDARD,
        "name": "创业初创期培训项目设置标准",
        "effective_from": play.first_day.isoformat(),
        "min_hours": 24,
        "max_class_size": 30,
        "attendance_percent": 80,
        "trainees_per_instructor": 20,
        "square_decimetres_per_trainee": 200,
        "max_online_percent": 30,
    }
    await centre.post("/training/v1/standards", standard)
    await centre.post("/training/v1/evaluation-norms", _norm(play))
    fact = f"{cast.project_code} {_STANDARD}"
    play.tell.done("发布项目、标准与评价规范", "Project, standard and evaluation norm published", fact)
    institution = await _registered(play, cast.institution())
    await _registered(play, cast.rival())
    own = await play.actor(cast.institution())
    applied = await own.post(
        f"/training/v1/institutions/{institution['id']}/qualifications",
        {"project_code": cast.project_code, "standard_version": _STANDARD, "declared": _DECLARED},
    )
    officer = await play.actor(play.officers.approves)
    approved = await officer.post(
        f"/training/v1/qualifications/{applied['id']}/approve",
        {"found": _DECLARED, "comment": "场地、师资符合标准"},
        version=applied["version"],
    )
    expect(approved["state"] == "approved", "an approved qualification", approved)
    play.tell.done(
        "区核实并批准资质", "District approves the qualification", f"…{approved['valid_until']} T07"
    )
    return institution


async def _admitted_instructor(play: Play, institution: Json) -> None:
    """T10: who is to teach applies for the pool by real name; the district vets, the city centre admits."""
    cast, own = play.cast, await play.actor(play.cast.institution())
    applied = await own.post(
        f"/training/v1/institutions/{institution['id']}/instructors",
        {
            "name": cast.instructor_name,
            "id_number": cast.instructor_id_number,
            "phone": "13900000000",
            "employment": "full_time",
            "fields": ["企业管理"],
            "projects": [cast.project_code],
            "certificates": [
                {
                    "name": "创业培训讲师证书",
                    "number": f"JS-{cast.project_code}",
                    "issued_by": "中国就业培训技术指导中心",
                    "issued_on": "2023-06-01",
                }
            ],
        },
    )
    officer, centre = await play.actor(play.officers.approves), await play.actor(CITY_CENTRE)
    path = f"/training/v1/instructors/{applied['id']}"
    vetted = await officer.post(f"{path}/vet", {"comment": "证书真实有效"}, version=applied["version"])
    admitted = await centre.post(f"{path}/admit", version=vetted["version"])
    expect(admitted["state"] == "active", "an instructor active in the pool", admitted)
    play.tell.done("讲师实名入库", "Instructor admitted to the pool by real name", "T10")


def _norm(play: Play) -> Json:
    """T05: how the project is evaluated."""
    return {
        "project_code": play.cast.project_code,
        "version": _STANDARD,
        "name": "创业初创期培训评价规范",
        "effective_from": play.first_day.isoformat(),
        "pass_mark": 60,
        "parts": [
            {"code": "written", "name": "笔试", "weight": 40},
            {"code": "plan", "name": "创业计划书", "weight": 40},
            {"code": "defence", "name": "答辩", "weight": 20},
        ],
    }


async def _registered(play: Play, account: Account) -> Json:
    own = await play.actor(account)
    institution = await own.post(
        "/training/v1/institutions",
        {
            "credit_code": account.credit_code,
            "name": account.name,
            "district": account.district,
            "kind": "private_training_institution",
            "address": "示例路1号",
        },
    )
    play.tell.done("机构登记", "Institution registered", f"{account.credit_code} {account.district}")
    return institution


async def _filed_class(play: Play, institution: Json) -> Json:
    """T06: a class with its dates, sessions and real-name instructor."""
    cast, own = play.cast, await play.actor(play.cast.institution())
    filed = await own.post(
        "/training/v1/classes",
        {
            "institution_id": institution["id"],
            "project_code": cast.project_code,
            "name": "创业初创期第一班",
            "starts_on": play.at(_DAYS[0]).date().isoformat(),
            "ends_on": play.at(_DAYS[-1]).date().isoformat(),
            "capacity": len(cast.trainees),
            "sessions": [
                {
                    "starts_at": play.at(day, begin).isoformat(),
                    "ends_at": play.at(day, end).isoformat(),
                    "room": "301",
                }
                for day in _DAYS
                for begin, end in (_MORNING, _AFTERNOON)
            ],
            "instructors": [{"name": cast.instructor_name, "id_number": cast.instructor_id_number}],
        },
    )
    filed = await own.get(f"/training/v1/classes/{filed['id']}")
    expect(len(filed["sessions"]) == 2 * len(_DAYS), f"{2 * len(_DAYS)} sessions", filed)
    play.tell.done("班级备案", "Class filed", f"{filed['starts_on']}…{filed['ends_on']}")
    return filed


async def _enrolled(play: Play, filed: Json) -> dict[Person, Json]:
    own = await play.actor(play.cast.institution())
    enrolments: dict[Person, Json] = {}
    async for person in play.tell.each(play.cast.trainees, "实名报名", "Enrolling by real name"):
        body = {"name": person.name, "id_number": person.id_number, "phone": person.phone}
        enrolments[person] = await own.post(f"/training/v1/classes/{filed['id']}/enrolments", body)
    play.tell.done("学员实名报名", "Trainees enrolled by real name", f"{len(enrolments)} T06")
    return enrolments


async def _attended(play: Play, filed: Json, enrolments: dict[Person, Json]) -> None:
    """T06: every session's attendance, recorded on its day; the last trainee comes in the mornings only."""
    own = await play.actor(play.cast.institution())
    sessions = sorted(filed["sessions"], key=lambda session: str(session["starts_at"]))
    *diligent, absent = enrolments.values()
    records = 0
    async for session in play.tell.each(sessions, "逐课签到", "Recording attendance"):
        starts_at = datetime.fromisoformat(session["starts_at"]).astimezone(play.at(0).tzinfo)
        present = [*diligent, absent] if starts_at.hour == _MORNING[0] else diligent
        await play.until(datetime.fromisoformat(session["ends_at"]))
        await own.post(f"/training/v1/sessions/{session['id']}/attendance", _records(present, starts_at))
        records += len(present)
    play.tell.done("记录考勤", "Attendance recorded", f"{len(sessions)}×{len(enrolments)}: {records}")


def _records(present: Sequence[Json], starts_at: datetime) -> Json:
    return {
        "records": [
            {
                "enrolment_id": enrolment["id"],
                "method": "qr",
                "recorded_at": (starts_at + timedelta(seconds=20 * order)).isoformat(),
                "device": "qr-301",
                "reason": None,
            }
            for order, enrolment in enumerate(present)
        ]
    }


async def _completed(play: Play, enrolments: dict[Person, Json]) -> dict[Person, Json]:
    """C02: who reached the attendance completes; who did not is refused with the rule and the numbers."""
    own = await play.actor(play.cast.institution())
    completed: dict[Person, Json] = {}
    *diligent, absent = enrolments
    async for person in play.tell.each(diligent, "结业", "Completing"):
        completed[person] = await _complete(own, enrolments[person])
    play.tell.done("学员结业", "Trainees completed", f"{len(completed)} C02")
    seen = await own.get(f"/training/v1/enrolments/{enrolments[absent]['id']}")
    problem = await own.refused(f"/training/v1/enrolments/{seen['id']}/complete", version=seen["version"])
    findings = [one for one in problem["findings"] if one["outcome"] == "failed"]
    expect([one["rule"] for one in findings] == ["C02"], "a refusal by C02", problem)
    fact = f"{findings[0]['fact']}, {findings[0]['required']} C02"
    play.tell.done("出勤不足，不予结业", "Too few sessions: not completed", fact)
    return completed


async def _complete(own: Actor, enrolment: Json) -> Json:
    seen = await own.get(f"/training/v1/enrolments/{enrolment['id']}")
    done = await own.post(f"/training/v1/enrolments/{seen['id']}/complete", version=seen["version"])
    expect(done["state"] == "completed", "a completed enrolment", done)
    return done
