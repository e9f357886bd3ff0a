"""Each role on each route it may not use: 401 without a token, 403 with the wrong role."""

from uuid import uuid4

import pytest
from chuangpei.auth import Role
from chuangpei.testing.api import ALL_ROLES, operations

CENTRE, BUREAU, OFFICER, AUDITOR = Role.CITY_CENTRE, Role.CITY_BUREAU, Role.DISTRICT_OFFICER, Role.AUDITOR
OFFICIALS = {CENTRE, BUREAU, OFFICER, AUDITOR}
PUBLIC = set(ALL_ROLES) | {None}
ROUND, ASSESSMENT, APPLICATION, CASE = (
    "/brand/v1/rounds/{round_id}",
    "/brand/v1/assessments/{assessment_id}",
    "/brand/v1/applications/{application_id}",
    "/brand/v1/exit-cases/{case_id}",
)
RUBRIC = "/brand/v1/rubrics/{rubric_id}"
SCORING = "/brand/v1/scorings/{scoring_id}"
TASK = "/brand/v1/my/assignments/{assignment_id}"
ASSESSOR = "/brand/v1/assessors/{assessor_id}"
CITY = {CENTRE, BUREAU, AUDITOR}
INSTITUTION = "/brand/v1/institutions/{credit_code}"
SIGNED_IN = set(ALL_ROLES)
REPORTS = "/brand/v1/reports"
MINE = "/brand/v1/my/exit-cases"
PARKED = "/brand/v1/operations/parked-messages"
ALLOWED = {
    ("POST", "/brand/v1/rounds"): {CENTRE},
    ("GET", "/brand/v1/rounds"): PUBLIC,
    ("GET", ROUND): PUBLIC,
    ("GET", "/brand/v1/rounds/export"): PUBLIC,
    ("POST", f"{ROUND}/amend"): {CENTRE},
    ("GET", f"{ROUND}/amendments"): OFFICIALS,
    ("GET", f"{ROUND}/progress"): {CENTRE, BUREAU, AUDITOR},
    ("POST", f"{ROUND}/open"): {CENTRE},
    ("POST", f"{ROUND}/close"): {CENTRE},
    ("POST", f"{ROUND}/deliberate"): {BUREAU},
    ("POST", f"{ROUND}/publish"): {BUREAU},
    ("GET", f"{ROUND}/list"): {CENTRE, BUREAU, AUDITOR},
    ("POST", f"{ROUND}/applications"): {Role.INSTITUTION},
    ("GET", "/brand/v1/assessments"): OFFICIALS | {Role.INSTITUTION},
    ("GET", "/brand/v1/assessments/export"): OFFICIALS | {Role.INSTITUTION},
    ("GET", ASSESSMENT): OFFICIALS | {Role.INSTITUTION},
    ("POST", f"{ASSESSMENT}/enter"): {Role.INSTITUTION},
    ("POST", f"{ASSESSMENT}/assess"): {OFFICER},
    ("POST", f"{ASSESSMENT}/amend"): {OFFICER},
    ("GET", f"{ASSESSMENT}/amendments"): OFFICIALS | {Role.INSTITUTION},
    ("GET", "/brand/v1/applications"): OFFICIALS | {Role.INSTITUTION},
    ("GET", APPLICATION): OFFICIALS | {Role.INSTITUTION},
    ("GET", "/brand/v1/applications/export"): OFFICIALS | {Role.INSTITUTION},
    ("POST", f"{APPLICATION}/save"): {Role.INSTITUTION},
    ("POST", f"{APPLICATION}/discard"): {Role.INSTITUTION},
    ("POST", f"{APPLICATION}/submit"): {Role.INSTITUTION},
    ("POST", f"{APPLICATION}/withdraw"): {Role.INSTITUTION},
    ("POST", f"{APPLICATION}/amend"): {OFFICER},
    ("GET", f"{APPLICATION}/amendments"): OFFICIALS | {Role.INSTITUTION},
    ("POST", f"{APPLICATION}/recommend"): {OFFICER},
    ("POST", f"{APPLICATION}/decline"): {OFFICER},
    ("POST", "/brand/v1/rubrics"): {CENTRE},
    ("GET", "/brand/v1/rubrics"): SIGNED_IN,
    ("GET", "/brand/v1/rubrics/export"): SIGNED_IN,
    ("GET", RUBRIC): SIGNED_IN,
    ("POST", f"{RUBRIC}/amend"): {CENTRE},
    ("GET", f"{RUBRIC}/amendments"): {CENTRE, BUREAU, AUDITOR},
    ("POST", f"{RUBRIC}/publish"): {CENTRE},
    ("POST", f"{RUBRIC}/withdraw"): {CENTRE},
    ("POST", f"{ROUND}/rubric"): {CENTRE},
    ("GET", f"{ROUND}/rubric"): SIGNED_IN,
    ("GET", f"{INSTITUTION}/indicators"): OFFICIALS | {Role.INSTITUTION},
    ("GET", f"{INSTITUTION}/facts"): OFFICIALS | {Role.INSTITUTION},
    ("GET", f"{INSTITUTION}/facts/export"): OFFICIALS | {Role.INSTITUTION},
    ("POST", "/brand/v1/assessors"): {CENTRE},
    ("GET", "/brand/v1/assessors"): CITY,
    ("GET", "/brand/v1/assessors/export"): CITY,
    ("POST", f"{ASSESSOR}/remove"): {CENTRE},
    ("POST", f"{ASSESSOR}/ties"): {CENTRE},
    ("GET", f"{ASSESSOR}/ties"): CITY,
    ("POST", f"{ASSESSOR}/ties/{{tie_id}}/end"): {CENTRE},
    ("POST", f"{ROUND}/scorings"): {CENTRE},
    ("GET", "/brand/v1/scorings"): OFFICIALS,
    ("GET", "/brand/v1/scorings/export"): OFFICIALS,
    ("GET", SCORING): OFFICIALS,
    ("GET", f"{SCORING}/explanation"): OFFICIALS | {Role.INSTITUTION, Role.EVALUATOR},
    ("POST", f"{SCORING}/moderate"): {CENTRE},
    ("POST", f"{ROUND}/draw"): {CENTRE},
    ("GET", "/brand/v1/assignments"): CITY,
    ("GET", "/brand/v1/assignments/export"): CITY,
    ("POST", "/brand/v1/assignments/{assignment_id}/replace"): {CENTRE},
    ("GET", "/brand/v1/my/assignments"): {Role.EVALUATOR},
    ("GET", TASK): {Role.EVALUATOR},
    ("POST", f"{TASK}/score"): {Role.EVALUATOR},
    ("POST", f"{TASK}/withdraw"): {Role.EVALUATOR},
    ("GET", f"{ROUND}/ranking"): OFFICIALS,
    ("GET", f"{ROUND}/ranking/export"): OFFICIALS,
    ("POST", f"{ROUND}/ranking"): {CENTRE},
    ("GET", "/brand/v1/rankings"): OFFICIALS,
    ("GET", "/brand/v1/rankings/export"): OFFICIALS,
    ("GET", "/brand/v1/rankings/{ranking_id}"): OFFICIALS,
    ("GET", "/brand/v1/rankings/{ranking_id}/entries"): OFFICIALS,
    ("GET", "/brand/v1/rankings/{ranking_id}/entries/export"): OFFICIALS,
    ("GET", f"{RUBRIC}/trial"): CITY,
    ("GET", f"{RUBRIC}/trial/export"): CITY,
    ("GET", "/brand/v1/brands"): PUBLIC,
    ("GET", "/brand/v1/brands/export"): PUBLIC,
    ("GET", "/brand/v1/brands/list.pdf"): PUBLIC,
    ("GET", "/brand/list"): PUBLIC,
    ("GET", "/brand/list/{credit_code}"): PUBLIC,
    ("GET", "/brand/v1/brands/{credit_code}"): PUBLIC,
    ("GET", "/brand/v1/signals"): OFFICIALS,
    ("POST", "/brand/v1/signals"): {OFFICER, CENTRE, BUREAU},
    ("POST", REPORTS): PUBLIC,
    ("POST", f"{REPORTS}/transferred"): {Role.AGENCY, OFFICER, CENTRE},
    ("GET", f"{REPORTS}/receipts/{{receipt}}"): PUBLIC,
    ("GET", REPORTS): OFFICIALS,
    ("GET", f"{REPORTS}/export"): OFFICIALS,
    ("GET", f"{REPORTS}/{{report_id}}"): OFFICIALS,
    ("GET", f"{REPORTS}/{{report_id}}/amendments"): OFFICIALS,
    ("POST", f"{REPORTS}/{{report_id}}/disclose"): {OFFICER},
    ("POST", f"{REPORTS}/{{report_id}}/accept"): {OFFICER},
    ("POST", f"{REPORTS}/{{report_id}}/decline"): {OFFICER},
    ("POST", f"{REPORTS}/{{report_id}}/reopen"): {OFFICER},
    ("GET", "/brand/v1/risk-board"): OFFICIALS,
    ("GET", "/brand/v1/risk-board/export"): OFFICIALS,
    ("GET", "/brand/v1/risk-board/formula"): OFFICIALS,
    ("GET", "/brand/v1/signals/export"): OFFICIALS,
    ("GET", "/brand/v1/institutions"): OFFICIALS | {Role.INSTITUTION},
    ("GET", "/brand/v1/institutions/export"): OFFICIALS | {Role.INSTITUTION},
    ("GET", "/brand/v1/institutions/{credit_code}"): OFFICIALS | {Role.INSTITUTION},
    ("GET", "/brand/v1/exit-cases"): OFFICIALS,
    ("GET", CASE): OFFICIALS,
    ("GET", "/brand/v1/exit-cases/export"): OFFICIALS,
    ("GET", f"{CASE}/amendments"): OFFICIALS,
    ("POST", f"{CASE}/notify"): {OFFICER},
    ("POST", f"{CASE}/verify"): {OFFICER},
    ("POST", f"{CASE}/amend"): {OFFICER},
    ("POST", f"{CASE}/recuse"): {OFFICER, BUREAU},
    ("POST", f"{CASE}/reopen"): {OFFICER, BUREAU},
    ("GET", MINE): {Role.INSTITUTION},
    ("GET", f"{MINE}/export"): {Role.INSTITUTION},
    ("GET", f"{MINE}/{{case_id}}"): {Role.INSTITUTION},
    ("POST", f"{MINE}/{{case_id}}/answer"): {Role.INSTITUTION},
    ("POST", f"{MINE}/{{case_id}}/waive"): {Role.INSTITUTION},
    ("POST", f"{CASE}/return"): {BUREAU},
    ("POST", f"{CASE}/revoke"): {BUREAU},
    ("POST", f"{CASE}/dismiss"): {BUREAU},
    ("GET", PARKED): {CENTRE, BUREAU, AUDITOR},
    ("POST", f"{PARKED}/{{message_id}}/replay"): {CENTRE},
    ("POST", f"{PARKED}/{{message_id}}/discard"): {CENTRE},
    ("GET", "/brand/healthz"): PUBLIC,
    ("GET", "/brand/readyz"): PUBLIC,
}


def test_every_route_is_in_the_table(app):
    assert set(operations(app)) == set(ALLOWED)


def headers_of(city, role):
    claims = {
        Role.DISTRICT_OFFICER: {"district": "310115"},
        Role.INSTITUTION: {"credit_code": "91310115MA1K35J311"},
        Role.CITIZEN: {"id_number": "11010519491231002X"},
    }
    return {} if role is None else city.as_(role, **claims.get(role, {}))


@pytest.fixture
def app(city):
    return city.app


@pytest.mark.parametrize("role", [None, *ALL_ROLES])
async def test_a_role_is_let_in_where_the_table_says_and_nowhere_else(city, role):
    for (method, path), allowed in ALLOWED.items():
        filled = path.format(
            round_id=uuid4(),
            application_id=uuid4(),
            assessment_id=uuid4(),
            case_id=uuid4(),
            report_id=uuid4(),
            receipt="0" * 20,
            rubric_id=uuid4(),
            scoring_id=uuid4(),
            ranking_id=uuid4(),
            assignment_id=uuid4(),
            assessor_id=uuid4(),
            tie_id=uuid4(),
            credit_code="91310115MA1K35J311",
            message_id=1,
        )
        answer = await city.http.request(method, filled, headers=headers_of(city, role))
        if role in allowed:
            assert answer.status_code not in (401, 403), (method, path)
        else:
            expected = (401, "unauthenticated") if role is None else (403, "forbidden")
            assert (answer.status_code, answer.json()["code"]) == expected, (method, path)


async def test_a_made_up_token_is_no_token(city):
    answer = await city.get("/signals", {"authorization": "Bearer made.up.token"})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
