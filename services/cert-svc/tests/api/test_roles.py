"""Each role on each route: who may not is refused, and what one may not see is not found (C04, C05, C06)."""

import pytest
from chuangpei.auth import Role
from chuangpei.testing.api import ALL_ROLES, bearer, key, operations

PUBLIC = frozenset(ALL_ROLES) | {None}
HOLDERS = {Role.CITIZEN, Role.CITY_CENTRE}
OPERATORS = {Role.CITY_CENTRE}
OFFICES = {Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR}
CITY = {Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR}
PLANNERS = {Role.EVALUATOR, Role.CITY_CENTRE}
CITY = OFFICES - {Role.DISTRICT_OFFICER}
KEEPERS = {Role.DISTRICT_OFFICER, Role.CITY_CENTRE}
STOCK = "/cert/v1/stock"
BODIES_PATH = "/cert/v1/evaluation-bodies"
SESSIONS_PATH = "/cert/v1/sessions"
DRAWS_PATH, RECHECKS_PATH = "/cert/v1/recheck-draws", "/cert/v1/rechecks"
CONFIRMATIONS_PATH = "/cert/v1/confirmations"
CANDIDATES_PATH = f"{SESSIONS_PATH}/{{session_id}}/candidates"
ALLOWED = {
    ("POST", BODIES_PATH): {Role.CITY_CENTRE},
    ("GET", BODIES_PATH): OFFICES | {Role.EVALUATOR},
    ("GET", f"{BODIES_PATH}/export"): OFFICES | {Role.EVALUATOR},
    ("GET", f"{BODIES_PATH}/{{body_id}}"): OFFICES | {Role.EVALUATOR},
    ("POST", f"{BODIES_PATH}/{{body_id}}/amend"): {Role.CITY_CENTRE},
    ("GET", f"{BODIES_PATH}/{{body_id}}/amendments"): OFFICES | {Role.EVALUATOR},
    ("POST", f"{BODIES_PATH}/{{body_id}}/end"): {Role.CITY_CENTRE},
    ("POST", f"{BODIES_PATH}/{{body_id}}/evaluators"): {Role.CITY_CENTRE},
    ("GET", f"{BODIES_PATH}/{{body_id}}/evaluators"): OFFICES | {Role.EVALUATOR},
    ("GET", f"{BODIES_PATH}/{{body_id}}/evaluators/export"): OFFICES | {Role.EVALUATOR},
    ("POST", f"{BODIES_PATH}/{{body_id}}/evaluators/{{evaluator_id}}/remove"): {Role.CITY_CENTRE},
    ("GET", "/cert/v1/evaluations"): OFFICES | {Role.EVALUATOR, Role.CITIZEN},
    ("GET", "/cert/v1/evaluations/export"): OFFICES | {Role.EVALUATOR, Role.CITIZEN},
    ("GET", "/cert/v1/evaluations/{evaluation_id}"): OFFICES | {Role.EVALUATOR, Role.CITIZEN},
    ("GET", "/cert/v1/evaluations/{evaluation_id}/timeline"): OFFICES | {Role.EVALUATOR, Role.CITIZEN},
    ("GET", "/cert/v1/evaluations/{evaluation_id}/dispute"): OFFICES | {Role.EVALUATOR, Role.CITIZEN},
    ("POST", "/cert/v1/evaluations/{evaluation_id}/publish"): {Role.EVALUATOR, Role.CITY_CENTRE},
    ("POST", "/cert/v1/evaluations/{evaluation_id}/dispute"): {Role.CITIZEN},
    ("POST", "/cert/v1/evaluations/{evaluation_id}/uphold"): {Role.EVALUATOR, Role.CITY_CENTRE},
    ("POST", "/cert/v1/evaluations/{evaluation_id}/correct"): {Role.EVALUATOR, Role.CITY_CENTRE},
    ("POST", "/cert/v1/evaluations/{evaluation_id}/void"): {Role.CITY_CENTRE},
    ("GET", "/cert/v1/evaluations/{evaluation_id}/blind-scores"): OFFICES | {Role.EVALUATOR},
    ("POST", "/cert/v1/evaluations/{evaluation_id}/score"): {Role.EVALUATOR},
    ("POST", "/cert/v1/evaluations/{evaluation_id}/confirm"): {Role.EVALUATOR},
    ("POST", "/cert/v1/evaluations/{evaluation_id}/retake"): {Role.EVALUATOR, Role.CITY_CENTRE},
    ("POST", SESSIONS_PATH): PLANNERS,
    ("GET", SESSIONS_PATH): OFFICES | {Role.EVALUATOR, Role.CITIZEN},
    ("GET", f"{SESSIONS_PATH}/export"): OFFICES | {Role.EVALUATOR, Role.CITIZEN},
    ("GET", f"{SESSIONS_PATH}/{{session_id}}"): OFFICES | {Role.EVALUATOR, Role.CITIZEN},
    ("POST", f"{SESSIONS_PATH}/{{session_id}}/amend"): PLANNERS,
    ("GET", f"{SESSIONS_PATH}/{{session_id}}/amendments"): OFFICES | {Role.EVALUATOR},
    ("POST", f"{SESSIONS_PATH}/{{session_id}}/cancel"): PLANNERS,
    ("POST", f"{SESSIONS_PATH}/{{session_id}}/close"): PLANNERS,
    ("POST", CANDIDATES_PATH): PLANNERS,
    ("GET", CANDIDATES_PATH): OFFICES | {Role.EVALUATOR},
    ("GET", f"{CANDIDATES_PATH}/export"): OFFICES | {Role.EVALUATOR},
    ("POST", f"{CANDIDATES_PATH}/{{candidate_id}}/take-off"): PLANNERS,
    ("POST", f"{CANDIDATES_PATH}/{{candidate_id}}/presence"): PLANNERS,
    ("POST", CONFIRMATIONS_PATH): {Role.EVALUATOR},
    ("GET", CONFIRMATIONS_PATH): CITY | {Role.EVALUATOR},
    ("GET", f"{CONFIRMATIONS_PATH}/export"): CITY | {Role.EVALUATOR},
    ("GET", f"{CONFIRMATIONS_PATH}/{{job_id}}"): CITY | {Role.EVALUATOR},
    ("GET", f"{CONFIRMATIONS_PATH}/{{job_id}}/lines"): CITY | {Role.EVALUATOR},
    ("GET", f"{CONFIRMATIONS_PATH}/{{job_id}}/lines/export"): CITY | {Role.EVALUATOR},
    ("POST", DRAWS_PATH): {Role.DISTRICT_OFFICER},
    ("GET", DRAWS_PATH): OFFICES,
    ("GET", f"{DRAWS_PATH}/export"): OFFICES,
    ("GET", f"{DRAWS_PATH}/{{draw_id}}"): OFFICES,
    ("GET", RECHECKS_PATH): OFFICES | {Role.CITIZEN},
    ("GET", f"{RECHECKS_PATH}/export"): OFFICES | {Role.CITIZEN},
    ("GET", f"{RECHECKS_PATH}/agreement"): OFFICES,
    ("GET", f"{RECHECKS_PATH}/agreement/export"): OFFICES,
    ("GET", f"{RECHECKS_PATH}/{{recheck_id}}"): OFFICES | {Role.CITIZEN},
    ("POST", f"{RECHECKS_PATH}/{{recheck_id}}/assign"): {Role.DISTRICT_OFFICER},
    ("POST", f"{RECHECKS_PATH}/{{recheck_id}}/check"): {Role.DISTRICT_OFFICER, Role.CITIZEN},
    ("POST", f"{RECHECKS_PATH}/{{recheck_id}}/close"): {Role.DISTRICT_OFFICER},
    ("POST", f"{RECHECKS_PATH}/{{recheck_id}}/amend"): {Role.DISTRICT_OFFICER},
    ("GET", f"{RECHECKS_PATH}/{{recheck_id}}/amendments"): OFFICES,
    ("GET", "/cert/v1/certificates"): OFFICES | {Role.CITIZEN},
    ("GET", "/cert/v1/certificates/export"): OFFICES | {Role.CITIZEN},
    ("GET", "/cert/v1/certificate-ledger"): OFFICES,
    ("GET", "/cert/v1/certificate-ledger/export"): OFFICES,
    ("GET", "/cert/v1/certificates/{number}/editions"): OFFICES | {Role.CITIZEN},
    ("POST", "/cert/v1/certificates/{number}/reissue"): {Role.DISTRICT_OFFICER, Role.CITY_CENTRE},
    ("POST", "/cert/v1/certificates/{number}/correct-name"): {Role.CITY_CENTRE},
    ("POST", "/cert/v1/certificates/{number}/revoke"): {Role.CITY_CENTRE},
    ("GET", "/cert/v1/certificates/{number}"): PUBLIC,
    ("GET", "/cert/v1/revocation-reasons"): PUBLIC,
    ("GET", "/cert/v1/certificates/{number}/credential"): HOLDERS,
    ("GET", "/cert/v1/certificates/{number}/credential.jwt"): HOLDERS,
    ("GET", "/cert/v1/certificates/{number}/code"): HOLDERS,
    ("GET", "/cert/v1/certificates/{number}/code.svg"): HOLDERS,
    ("GET", "/cert/v1/certificates/{number}/document.pdf"): HOLDERS,
    ("POST", f"{STOCK}/receipts"): {Role.CITY_CENTRE},
    ("GET", f"{STOCK}/receipts"): CITY,
    ("GET", f"{STOCK}/receipts/export"): CITY,
    ("POST", f"{STOCK}/allotments"): {Role.CITY_CENTRE},
    ("POST", f"{STOCK}/returns"): {Role.CITY_CENTRE},
    ("GET", f"{STOCK}/counts"): OFFICES,
    ("GET", f"{STOCK}/blanks"): OFFICES,
    ("GET", f"{STOCK}/blanks/export"): OFFICES,
    ("GET", f"{STOCK}/blanks/{{serial}}"): OFFICES,
    ("GET", f"{STOCK}/blanks/{{serial}}/moves"): OFFICES,
    ("POST", f"{STOCK}/blanks/{{serial}}/print"): KEEPERS,
    ("POST", f"{STOCK}/blanks/{{serial}}/issue"): KEEPERS,
    ("POST", f"{STOCK}/blanks/{{serial}}/spoil"): KEEPERS,
    ("GET", f"{STOCK}/moves"): OFFICES,
    ("GET", f"{STOCK}/moves/export"): OFFICES,
    ("POST", f"{STOCK}/takings"): KEEPERS,
    ("GET", f"{STOCK}/takings"): OFFICES,
    ("GET", f"{STOCK}/takings/export"): OFFICES,
    ("GET", "/cert/did.json"): PUBLIC,
    ("GET", "/cert/v1/status-lists/{list_number}"): PUBLIC,
    ("GET", "/cert/contexts/{name}"): PUBLIC,
    ("GET", "/cert/v1/trust"): PUBLIC,
    ("POST", "/cert/v1/checks"): PUBLIC,
    ("GET", "/cert/check"): PUBLIC,
    ("POST", "/cert/check"): PUBLIC,
    ("GET", "/cert/check/{number}"): PUBLIC,
    ("GET", "/cert/v1/operations/parked-messages"): {Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR},
    ("POST", "/cert/v1/operations/parked-messages/{message_id}/replay"): OPERATORS,
    ("POST", "/cert/v1/operations/parked-messages/{message_id}/discard"): OPERATORS,
    ("GET", "/cert/healthz"): PUBLIC,
    ("GET", "/cert/readyz"): PUBLIC,
}
"""Written by hand, so that a route that opens wider than meant is noticed."""

BODIES = {
    "evaluation-bodies": {
        "credit_code": "91310115MA1K35X104",
        "name": "另一评价机构",
        "first_day": "2026-01-01",
        "last_day": "2026-12-31",
    },
    "amend": {"name": "新名称", "reason": "机构更名"},
    "end": {"reason": "评价质量不合格"},
    "evaluators": {"name": "王评分", "id_number": "310101199003070019"},
    "remove": {"reason": "已离职"},
    "sessions": {
        "body_id": "01977777-7777-7777-8777-777777777777",
        "project_code": "P3",
        "district": "310115",
        "place": "张江路100号305室",
        "starts_at": "2026-06-15T09:00:00+08:00",
        "ends_at": "2026-06-15T11:30:00+08:00",
        "capacity": 30,
        "evaluator_ids": ["01977777-7777-7777-8777-777777777777"],
    },
    "cancel": {"reason": "场地停电"},
    "recheck-draws": {"first_day": "2026-04-01", "last_day": "2026-06-30", "count": 1},
    "assign": {"name": "李复核", "id_number": "310101199003070019"},
    "check": {"score": 80},
    "confirmations": {"class_id": "01977777-7777-7777-8777-777777777777"},
    "close": {},
    "candidates": {"evaluation_id": "01977777-7777-7777-8777-777777777777"},
    "take-off": {"reason": "考生申请改期"},
    "presence": {"present": True},
    "score": {"score": 80, "comment": ""},
    "receipts": {
        "kind": "training_qualification",
        "prefix": "HG",
        "first_number": 1,
        "last_number": 5,
        "printer": "上海印制厂",
        "delivery_note": "2026-0018",
    },
    "allotments": {"prefix": "HG", "first_number": 6, "last_number": 7, "district": "310115"},
    "returns": {"prefix": "HG", "first_number": 6, "last_number": 7, "district": "310115"},
    "print": {"certificate_number": "SH2026H7K3M01X2T0B"},
    "issue": {},
    "spoil": {"reason": "打印偏移"},
    "takings": {
        "kind": "training_qualification",
        "district": "310104",
        "counted": 0,
        "note": "季度盘点",
    },
    "dispute": {"grounds": "请核对答辩部分评分"},
    "uphold": {"reason": "经核对无误"},
    "correct": {"score": 64, "reason": "漏计6分"},
    "void": {"note": "试卷发放有误"},
    "reissue": {"reason_code": "lost", "note": "书面声明"},
    "correct-name": {"name": "张三峰", "note": "录入有误", "evidence": "户口簿"},
    "revoke": {"reason_code": "clerical_error", "note": "登记有误"},
    "replay": {"reason": "登记修复"},
    "discard": {"reason": "登记修复"},
}
SPECIAL_BODIES = {
    f"{SESSIONS_PATH}/{{session_id}}/amend": {"capacity": 20, "reason": "场地较小"},
    f"{RECHECKS_PATH}/{{recheck_id}}/amend": {"conclusion": "评价过程规范", "reason": "措辞有误"},
    f"{RECHECKS_PATH}/{{recheck_id}}/close": {"conclusion": "评价过程规范"},
}
"""Of paths that end like another one."""
PERSON = {
    Role.CITIZEN: "other_trainee",
    Role.EVALUATOR: "third",
    Role.CITY_CENTRE: "confirmer",
}


def headers_of(office, role):
    if role is None:
        return {}
    claims = {"district": "310104"} if role is Role.DISTRICT_OFFICER else {}
    return office.as_(role, PERSON.get(role), **claims)


def body_of(path):
    if path in SPECIAL_BODIES:
        return SPECIAL_BODIES[path]
    return BODIES.get(path.rpartition("/")[2])


def filled(path):
    return (
        path.replace("{evaluation_id}", "01977777-7777-7777-8777-777777777777")
        .replace("{body_id}", "01977777-7777-7777-8777-777777777777")
        .replace("{evaluator_id}", "01977777-7777-7777-8777-777777777777")
        .replace("{session_id}", "01977777-7777-7777-8777-777777777777")
        .replace("{draw_id}", "01977777-7777-7777-8777-777777777777")
        .replace("{recheck_id}", "01977777-7777-7777-8777-777777777777")
        .replace("{job_id}", "01977777-7777-7777-8777-777777777777")
        .replace("{candidate_id}", "01977777-7777-7777-8777-777777777777")
        .replace("{number}", "SH2026H7K3M01X2T0B")
        .replace("{serial}", "HG00000009")
        .replace("{message_id}", "999")
        .replace("{list_number}", "1")
    )


def test_every_route_has_its_line_here(office):
    assert set(operations(office.app)) == set(ALLOWED)


@pytest.mark.parametrize(("method", "path"), ALLOWED, ids=lambda part: part)
async def test_each_role_on_each_route(office, method, path):
    for role in (*ALL_ROLES, None):
        answer = await office.http.request(
            method,
            filled(path),
            json=body_of(path),
            headers=headers_of(office, role) | key() | {"if-match": '"1"'},
        )
        if role in ALLOWED[method, path]:
            assert answer.status_code in (200, 201, 404), (role, answer.text)
        else:
            assert answer.status_code == (401 if role is None else 403), (role, answer.text)


@pytest.mark.parametrize(
    "header", [{"authorization": "Bearer nonsense"}, {"authorization": "Basic dGVzdA=="}, bearer("")]
)
async def test_a_token_that_is_none_is_refused(office, header):
    assert (await office.http.get("/cert/v1/evaluations", headers=header)).status_code == 401


async def test_another_districts_officer_finds_nothing(office):
    event = await office.complete(district="310115")
    evaluation = await office.evaluation_of(event)
    own = office.as_(Role.DISTRICT_OFFICER, district="310115")
    other = office.as_(Role.DISTRICT_OFFICER, district="310104")
    for path in ("/cert/v1/evaluations", "/cert/v1/certificates"):
        assert len((await office.http.get(path, headers=own)).json()["items"]) == 1
        assert (await office.http.get(path, headers=other)).json()["items"] == []
    for path in (
        f"/cert/v1/evaluations/{evaluation['id']}",
        f"/cert/v1/evaluations/{evaluation['id']}/timeline",
    ):
        assert (await office.http.get(path, headers=own)).status_code == 200
        assert (await office.http.get(path, headers=other)).json()["code"] == "not_found"


async def test_a_filter_does_not_widen_what_is_seen(office):
    event = await office.complete(district="310115")
    number = (await office.certificates(event))["training_completion"]["number"]
    for who in (
        office.as_(Role.DISTRICT_OFFICER, district="310104"),
        office.as_(Role.CITIZEN, "other_trainee"),
    ):
        for params in ({"number": number}, {"enrolment_id": str(event.enrolment_id)}):
            answer = await office.http.get("/cert/v1/certificates", params=params, headers=who)
            assert answer.json()["items"] == []


async def test_a_citizen_sees_their_own_certificates_alone(office):
    own, other = await office.complete(), await office.complete(who="other_trainee")
    answer = await office.http.get("/cert/v1/certificates", headers=office.as_(Role.CITIZEN, "trainee"))
    assert [item["enrolment_id"] for item in answer.json()["items"]] == [str(own.enrolment_id)]
    assert str(other.enrolment_id) not in answer.text


async def test_nobody_is_shown_a_full_name_or_an_id_number(office):
    event = await office.complete()
    await office.evaluated(event, 90)
    number = office.service.privacy.in_events.decrypt(event.person.id_number_encrypted, "event.id_number")
    for path in ("/cert/v1/certificates", "/cert/v1/evaluations"):
        shown = (await office.http.get(path, headers=office.centre)).text
        assert "张*" in shown
        assert "张三丰" not in shown
        assert number not in shown
        assert event.person.person_key not in shown
