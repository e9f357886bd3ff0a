"""Attendance as lists and files, and the sheet of a class (T06)."""

import csv
import io

import openpyxl
import pytest


@pytest.fixture
async def recorded(world):
    """Two trainees of a class of four sessions: one is recorded at three, the other by hand at one."""
    institution = await world.qualified()
    filed = await world.filed(institution, name="第一期")
    one, two = await world.enrolled(institution, filed), await world.enrolled(institution, filed, name="李四")
    records = await world.attended(institution, filed, one, 3)
    by, session = world.of_institution(institution), filed["sessions"][1]
    by_hand = world.presence(
        two,
        session,
        method="manual",
        device=None,
        reason="忘带手机",
        recorded_at=world.at(0, 13, 5).isoformat(),
    )
    await world.made(f"/sessions/{session['id']}/attendance", {"records": [by_hand]}, by)
    await world.made(
        f"/attendance/{records[2]['id']}/correct", {"present": False, "reason": "他人代签"}, by, 1
    )
    return institution, filed, one, two


async def methods(world, path):
    answer = await world.get(path, world.officer())
    assert answer.status_code == 200, answer.text
    return [one["method"] for one in answer.json()["items"]]


async def test_a_sessions_records_are_filtered_and_sorted(world, recorded):
    _, filed, *_ = recorded
    path = f"/sessions/{filed['sessions'][1]['id']}/attendance"
    assert await methods(world, f"{path}?sort=recorded_at") == ["qr", "manual"]
    assert await methods(world, f"{path}?sort=-recorded_at") == ["manual", "qr"]
    assert await methods(world, f"{path}?method=manual") == ["manual"]
    assert await methods(world, f"{path}?by_trainee=true") == []


async def test_a_trainees_records_are_those_of_all_sessions(world, recorded):
    *_, one, two = recorded
    assert await methods(world, f"/enrolments/{one['id']}/attendance") == ["qr"] * 3
    assert await methods(world, f"/enrolments/{one['id']}/attendance?present=false") == ["qr"]
    assert await methods(world, f"/enrolments/{two['id']}/attendance") == ["manual"]


async def test_the_export_of_a_session_says_who_was_there_and_how(world, recorded):
    _, filed, *_ = recorded
    path = f"/sessions/{filed['sessions'][1]['id']}/attendance/export?sort=recorded_at"
    rows = list(
        csv.DictReader(io.StringIO((await world.get(path, world.officer())).content.decode("utf-8-sig")))
    )
    assert [(row["学员"], row["签到方式"], row["原因"]) for row in rows] == [
        ("张*", "qr", ""),
        ("李*", "manual", "忘带手机"),
    ]
    assert rows[1]["签到时间"] == "2026-03-02 13:05:00"


async def test_the_export_of_a_trainee_has_each_of_their_records(world, recorded):
    _, _, one, _ = recorded
    path = f"/enrolments/{one['id']}/attendance/export"
    text = (await world.get(path, world.officer())).content.decode("utf-8-sig")
    assert [row["出勤"] for row in csv.DictReader(io.StringIO(text))] == ["√", "√", "×"]


async def test_the_sheet_of_a_class_is_a_row_a_trainee_and_a_column_a_session(world, recorded):
    _, filed, *_ = recorded
    answer = await world.get(f"/classes/{filed['id']}/attendance-sheet", world.officer())
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    heading, *rows = sheet.iter_rows(values_only=True)
    assert heading[3:7] == ("2026-03-02 08:00", "2026-03-02 13:00", "2026-03-03 08:00", "2026-03-03 13:00")
    assert [(row[0], *(cell or "" for cell in row[3:])) for row in rows] == [
        ("张*", "√", "√", "×", "", 2, 4, "50%"),
        ("李*", "", "√人工", "", "", 1, 4, "25%"),
    ]


async def test_the_sheet_may_be_had_as_csv(world, recorded):
    _, filed, *_ = recorded
    answer = await world.get(f"/classes/{filed['id']}/attendance-sheet?format=csv", world.officer())
    assert "√人工" in answer.content.decode("utf-8-sig")


@pytest.mark.parametrize("query", ["sort=colour", "method=voice", "colour=red"])
async def test_what_the_list_cannot_do_is_refused_by_name(world, recorded, query):
    _, filed, *_ = recorded
    answer = await world.get(f"/sessions/{filed['sessions'][0]['id']}/attendance?{query}", world.officer())
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/query/{query.partition('=')[0]}"


async def sheet_of(world, filed):
    answer = await world.get(f"/classes/{filed['id']}/attendance-sheet?format=csv", world.officer())
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_the_sheet_counts_no_cancelled_session(world):
    institution = await world.qualified()
    filed = await world.filed(institution, sessions=world.sessions(days=3), ends_on="2026-03-04")
    enrolment = await world.enrolled(institution, filed)
    seen = (await world.get(f"/classes/{filed['id']}", world.officer())).json()
    path = f"/classes/{filed['id']}/sessions/{filed['sessions'][5]['id']}/cancel"
    await world.made(path, {"reason": "讲师生病"}, world.of_institution(institution), seen["version"])
    await world.attended(institution, filed, enrolment, 4)
    (row,) = await sheet_of(world, filed)
    assert "2026-03-04 13:00" not in row
    assert (row["出勤次数"], row["课次数"], row["出勤率"]) == ("4", "5", "80%")


async def test_who_left_stands_in_the_sheet_only_with_what_they_attended(world, recorded):
    institution, filed, _, two = recorded
    never = await world.enrolled(institution, filed)
    for enrolment in (two, never):
        path = f"/enrolments/{enrolment['id']}/withdraw"
        await world.made(
            path, {"reason": "工作冲突"}, world.of_institution(institution), enrolment["version"]
        )
    assert [(row["学员"], row["状态"]) for row in await sheet_of(world, filed)] == [
        ("张*", "enrolled"),
        ("李*", "withdrawn"),
    ]
