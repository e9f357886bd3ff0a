"""Bad input is refused with the place and the reason, and changes nothing."""

import pytest
from chuangpei.auth import Role

GOOD_ID, WRONG_CHECK = "310101199001010039", "310101199001010038"


ROWS = " + ".join(
    f"(SELECT count(*) FROM {table})"  # noqa: S608 -- the tables are named here
    for table in (
        "projects",
        "standards",
        "institutions",
        "qualifications",
        "classes",
        "enrolments",
        "attendance",
        "audit_log",
        "outbox",
        "idempotency_keys",
    )
)


@pytest.fixture(scope="module")
async def world(lasting_world):
    """Bad input changes nothing, so one world serves all tests here."""
    return lasting_world


@pytest.fixture(scope="module")
async def prepared(world):
    institution = await world.qualified()
    filed = await world.filed(institution)
    return institution, filed, await world.enrolled(institution, filed)


async def refused(world, path, body, by, pointer):
    before = await world.count(f"SELECT {ROWS}")
    answer = await world.post(path, body, by=by)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert pointer in [error["pointer"] for error in answer.json()["errors"]], answer.text
    assert await world.count(f"SELECT {ROWS}") == before
    return answer


@pytest.mark.parametrize(
    ("id_number", "word"),
    [
        (WRONG_CHECK, "校验位"),
        ("31010119900101003", "18位"),
        ("31010119900101003X9", "18位"),
        ("310101199013010039", "出生日期"),
        ("990101199001010039", "地区"),
        ("31010119900101003A", "数字"),
        ("", "18位"),
    ],
)
async def test_a_wrong_id_number_is_named_and_not_repeated(world, prepared, id_number, word):
    institution, filed, _ = prepared
    answer = await refused(
        world,
        f"/classes/{filed['id']}/enrolments",
        world.trainee(id_number=id_number),
        world.of_institution(institution),
        "/id_number",
    )
    assert word in answer.json()["errors"][0]["message"]
    assert not id_number or id_number not in answer.text


@pytest.mark.parametrize(
    "code", ["91310115MA1K000017", "91310115MA1K00001", "9131O115MA1K000016", "", "x" * 61]
)
async def test_a_credit_code_that_fails_is_refused(world, code):
    await refused(
        world, "/institutions", world.institution_body(credit_code=code), world.officer(), "/credit_code"
    )


async def test_a_district_outside_shanghai_is_refused(world):
    await refused(world, "/institutions", world.institution_body("110101"), world.officer(), "/district")


@pytest.mark.parametrize("phone", ["12345", "一二三四五六七八", "1380000123456789", "138-0000-123a"])
async def test_what_is_no_phone_number_is_refused(world, prepared, phone):
    institution, filed, _ = prepared
    path = f"/classes/{filed['id']}/enrolments"
    await refused(world, path, world.trainee(phone=phone), world.of_institution(institution), "/phone")


async def test_reversed_dates_are_refused(world, prepared):
    institution, _, _ = prepared
    body = world.class_body(institution, starts_on="2026-03-03", ends_on="2026-03-02")
    await refused(world, "/classes", body, world.of_institution(institution), "/ends_on")


@pytest.mark.parametrize("hour", [9, 8])
async def test_a_session_that_ends_when_or_before_it_starts_is_refused(world, prepared, hour):
    institution, _, _ = prepared
    session = {"starts_at": world.at(0, 9).isoformat(), "ends_at": world.at(0, hour).isoformat(), "room": "1"}
    body = world.class_body(institution, sessions=[session])
    await refused(world, "/classes", body, world.of_institution(institution), "/sessions/0/ends_at")


@pytest.mark.parametrize(
    "instant",
    ["2026-03-02T09:00:00", "2026-03-02", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+08:00", "soon", 5],
)
async def test_an_instant_has_its_time_zone_and_a_possible_year(world, prepared, instant):
    institution, filed, enrolment = prepared
    session, path = filed["sessions"][0], f"/sessions/{filed['sessions'][0]['id']}/attendance"
    body = {"records": [world.presence(enrolment, session, recorded_at=instant)]}
    await refused(world, path, body, world.of_institution(institution), "/records/0/recorded_at")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"capacity": 0}, "/capacity"),
        ({"capacity": 1001}, "/capacity"),
        ({"capacity": 2.5}, "/capacity"),
        ({"sessions": []}, "/sessions"),
        ({"instructors": []}, "/instructors"),
        ({"name": "  "}, "/name"),
        ({"name": "班\u0000级"}, "/name"),
        ({"institution_id": "one"}, "/institution_id"),
        ({"district": "310104"}, "/district"),
    ],
)
async def test_what_is_wrong_with_a_class_is_named(world, prepared, change, pointer):
    institution, _, _ = prepared
    body = world.class_body(institution, **change)
    await refused(world, "/classes", body, world.of_institution(institution), pointer)


async def test_unknown_fields_are_refused_on_every_body(world, prepared):
    institution, filed, enrolment = prepared
    session, by = filed["sessions"][0], world.of_institution(institution)
    extra = {"unknown": 1}
    for path, body, who in [
        ("/projects", {"code": "EYB", "name": "项目", "stage": 3}, world.centre),
        ("/standards", {"project_code": "IYB"}, world.centre),
        ("/institutions", world.institution_body(), world.officer()),
        ("/evaluation-norms", {"project_code": "IYB"}, world.centre),
        (f"/institutions/{institution['id']}/qualifications", {"project_code": "IYB"}, by),
        ("/classes", world.class_body(institution), by),
        (f"/classes/{filed['id']}/enrolments", world.trainee(), by),
        (f"/sessions/{session['id']}/attendance", {"records": [world.presence(enrolment, session)]}, by),
        (f"/attendance/{enrolment['id']}/correct", {"present": False, "reason": "他人代签"}, by),
        (f"/attendance/{enrolment['id']}/amend", {"present": False, "reason": "他人代签"}, world.officer()),
        (f"/enrolments/{enrolment['id']}/amend-completion", {"completed": False}, world.officer()),
        ("/my/attendance", {"code": "a.b.c"}, world.by(Role.CITIZEN, id_number=GOOD_ID)),
        (f"/qualifications/{enrolment['id']}/revise", {}, by),
        (f"/qualifications/{enrolment['id']}/approve", {}, world.officer()),
        (f"/qualifications/{enrolment['id']}/suspend", {}, world.officer()),
        (f"/qualifications/{enrolment['id']}/amend", {}, world.officer()),
        (f"/standards/{enrolment['id']}/amend", {}, world.centre),
        ("/projects/IYB/amend", {}, world.centre),
        ("/projects/IYB/retire", {}, world.centre),
        (f"/qualifications/{enrolment['id']}/reject", {"reason": "不符合"}, world.officer()),
        (f"/institutions/{institution['id']}/amend", {"reason": "更正"}, world.officer()),
        (f"/institutions/{institution['id']}/close", {"reason": "停办"}, world.officer()),
        (f"/institutions/{institution['id']}/contact", {"name": "王", "phone": "13900001234"}, by),
        (f"/institutions/{institution['id']}/sites", {"address": "示例路2号"}, by),
        (f"/institutions/{institution['id']}/sanctions", {"kind": "fine"}, world.officer()),
        (f"/institutions/{institution['id']}/designations", {"reason": "第一"}, world.centre),
        (f"/sites/{enrolment['id']}/amend", {"reason": "更正"}, by),
        (f"/sanctions/{enrolment['id']}/amend", {"reason": "更正"}, world.officer()),
        (f"/sanctions/{enrolment['id']}/lift", {"reason": "验收"}, world.officer()),
        (f"/designations/{enrolment['id']}/amend", {"reason": "更正"}, world.centre),
        (f"/designations/{enrolment['id']}/withdraw", {"reason": "下滑"}, world.centre),
        ("/complaints", {"subject": "fees"}, world.officer()),
        (f"/complaints/{enrolment['id']}/uphold", {"outcome": "属实"}, world.officer()),
        (f"/complaints/{enrolment['id']}/amend", {"outcome": "属实"}, world.officer()),
        (f"/complaints/{enrolment['id']}/disclose", {"reason": "核实"}, world.officer()),
        ("/rankings/published", {"year": 2026}, world.centre),
    ]:
        await refused(world, path, body | extra, who, "/unknown")


@pytest.mark.parametrize("content", [b"{", b'{"code": }', b"\xff\xfe", b"[1,2", b"{'code': 'IYB'}"])
async def test_broken_json_is_told_as_such(world, content):
    headers = world.centre | {"idempotency-key": "broken-json", "content-type": "application/json"}
    answer = await world.http.post("/training/v1/projects", content=content, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")


async def test_an_oversized_body_is_not_read(world):
    name = "长" * 1_048_576
    answer = await world.post("/projects", {"code": "IYB", "name": name, "stage": 3}, by=world.centre)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_an_oversized_body_without_a_length_is_not_read_either(world):
    async def stream():
        for _ in range(40):
            yield b" " * 65_536

    headers = world.centre | {"idempotency-key": "oversized-body", "content-type": "application/json"}
    answer = await world.http.post("/training/v1/projects", content=stream(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_creating_needs_a_key(world):
    answer = await world.http.post(
        "/training/v1/projects", json={"code": "IYB", "name": "项目", "stage": 3}, headers=world.centre
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/header/Idempotency-Key"


@pytest.mark.parametrize("version", ["abc", "-1", "99999999999", '""'])
async def test_an_if_match_that_is_no_version_matches_nothing(world, prepared, version):
    institution, _, enrolment = prepared
    answer = await world.post(
        f"/enrolments/{enrolment['id']}/complete",
        by=world.of_institution(institution),
        headers={"if-match": version},
    )
    assert answer.status_code == 412


async def test_reasons_are_given_in_the_language_asked_for(world, prepared):
    institution, filed, _ = prepared
    path, body = f"/classes/{filed['id']}/enrolments", world.trainee(id_number=WRONG_CHECK)
    by = world.of_institution(institution)
    chinese = await world.post(path, body, by=by)
    english = await world.post(path, body, by=by, headers={"accept-language": "en"})
    assert chinese.json()["title"] == "填写内容有误"
    assert english.json()["title"] == "The input is not valid"
    assert "check character" in english.json()["errors"][0]["message"]


@pytest.mark.parametrize("path", ["/projects/%00", "/projects/" + "x" * 500, "/classes/not-an-id"])
async def test_a_strange_path_is_no_server_error(world, path):
    assert (await world.get(path, world.centre)).status_code in (404, 422)
