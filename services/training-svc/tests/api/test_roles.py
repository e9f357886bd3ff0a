"""Every role on every route: who may not gets 403, who is not signed in 401, what one may not see is 404."""

from uuid import UUID

import pytest
from chuangpei.auth import Role
from chuangpei.testing.api import ALL_ROLES, operations

ANYONE = set(ALL_ROLES)
READERS = {
    Role.INSTITUTION,
    Role.DISTRICT_OFFICER,
    Role.CITY_CENTRE,
    Role.CITY_BUREAU,
    Role.AUDITOR,
}
OFFICES = READERS - {Role.INSTITUTION}
OFFICERS = {Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU}
OPERATORS = {Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR}
SUPERVISORS = {Role.DISTRICT_OFFICER, Role.CITY_CENTRE}
KEEPERS = {Role.INSTITUTION, Role.DISTRICT_OFFICER}
PUBLIC = {("GET", "/training/healthz"), ("GET", "/training/readyz")}
HEALTH = ("/training/healthz", "/training/readyz")
BY_LINK = {("GET", "/training/v1/feedback/{token}"), ("POST", "/training/v1/feedback/{token}")}
PUBLIC = {("GET", path) for path in HEALTH} | BY_LINK

MAY = {
    ("POST", "/projects"): {Role.CITY_CENTRE},
    ("GET", "/projects"): ANYONE,
    ("GET", "/projects/{code}"): ANYONE,
    ("GET", "/projects/export"): ANYONE,
    ("POST", "/projects/{code}/amend"): {Role.CITY_CENTRE},
    ("GET", "/projects/{code}/amendments"): READERS,
    ("POST", "/projects/{code}/retire"): {Role.CITY_CENTRE},
    ("POST", "/standards"): {Role.CITY_CENTRE},
    ("GET", "/standards"): ANYONE,
    ("GET", "/standards/export"): ANYONE,
    ("GET", "/standards/{standard_id}"): ANYONE,
    ("POST", "/standards/{standard_id}/amend"): {Role.CITY_CENTRE},
    ("GET", "/standards/{standard_id}/amendments"): READERS,
    ("POST", "/standards/{standard_id}/withdraw"): {Role.CITY_CENTRE},
    ("POST", "/evaluation-norms"): {Role.CITY_CENTRE},
    ("GET", "/evaluation-norms"): ANYONE,
    ("GET", "/evaluation-norms/export"): ANYONE,
    ("GET", "/evaluation-norms/{norm_id}"): ANYONE,
    ("POST", "/evaluation-norms/{norm_id}/amend"): {Role.CITY_CENTRE},
    ("GET", "/evaluation-norms/{norm_id}/amendments"): READERS,
    ("POST", "/evaluation-norms/{norm_id}/withdraw"): {Role.CITY_CENTRE},
    ("POST", "/institutions"): {Role.INSTITUTION, Role.DISTRICT_OFFICER},
    ("GET", "/institutions"): READERS,
    ("GET", "/institutions/export"): READERS,
    ("GET", "/institutions/{institution_id}"): READERS,
    ("POST", "/institutions/{institution_id}/amend"): {Role.DISTRICT_OFFICER, Role.CITY_CENTRE},
    ("GET", "/institutions/{institution_id}/amendments"): READERS,
    ("POST", "/institutions/{institution_id}/close"): {Role.DISTRICT_OFFICER, Role.CITY_CENTRE},
    ("POST", "/institutions/{institution_id}/contact"): {Role.INSTITUTION, Role.DISTRICT_OFFICER},
    ("POST", "/institutions/{institution_id}/sites"): {Role.INSTITUTION, Role.DISTRICT_OFFICER},
    ("GET", "/sites"): READERS,
    ("GET", "/sites/export"): READERS,
    ("GET", "/sites/{site_id}"): READERS,
    ("POST", "/sites/{site_id}/amend"): {Role.INSTITUTION, Role.DISTRICT_OFFICER},
    ("GET", "/sites/{site_id}/amendments"): READERS,
    ("POST", "/institutions/{institution_id}/sanctions"): OFFICERS,
    ("GET", "/sanctions"): READERS,
    ("GET", "/sanctions/export"): READERS,
    ("GET", "/sanctions/{sanction_id}"): READERS,
    ("POST", "/sanctions/{sanction_id}/amend"): OFFICERS,
    ("GET", "/sanctions/{sanction_id}/amendments"): READERS,
    ("POST", "/sanctions/{sanction_id}/lift"): OFFICERS,
    ("GET", "/flagged-classes"): READERS,
    ("GET", "/flagged-classes/export"): READERS,
    ("POST", "/complaints"): {Role.CITIZEN, Role.DISTRICT_OFFICER, Role.CITY_CENTRE},
    ("GET", "/my/complaints"): {Role.CITIZEN},
    ("GET", "/my/complaints/export"): {Role.CITIZEN},
    ("GET", "/complaints"): OFFICES,
    ("GET", "/complaints/export"): OFFICES,
    ("GET", "/complaints/{complaint_id}"): OFFICES,
    ("POST", "/complaints/{complaint_id}/disclose"): {Role.DISTRICT_OFFICER},
    ("POST", "/complaints/{complaint_id}/investigate"): {Role.DISTRICT_OFFICER},
    ("POST", "/complaints/{complaint_id}/uphold"): {Role.DISTRICT_OFFICER},
    ("POST", "/complaints/{complaint_id}/dismiss"): {Role.DISTRICT_OFFICER},
    ("POST", "/complaints/{complaint_id}/amend"): {Role.DISTRICT_OFFICER},
    ("GET", "/complaints/{complaint_id}/amendments"): OFFICES,
    ("GET", "/results"): READERS,
    ("GET", "/results/export"): READERS,
    ("GET", "/enrolments/{enrolment_id}/result"): READERS,
    ("GET", "/rankings"): OFFICES,
    ("GET", "/rankings/export"): OFFICES,
    ("POST", "/rankings/published"): {Role.CITY_CENTRE},
    ("GET", "/rankings/published"): READERS,
    ("GET", "/rankings/published/export"): READERS,
    ("GET", "/rankings/published/{ranking_id}"): READERS,
    ("GET", "/rankings/published/{ranking_id}/entries"): READERS,
    ("GET", "/rankings/published/{ranking_id}/entries/export"): READERS,
    ("POST", "/institutions/{institution_id}/designations"): {Role.CITY_CENTRE},
    ("GET", "/designations"): READERS,
    ("GET", "/designations/export"): READERS,
    ("GET", "/designations/{designation_id}"): READERS,
    ("POST", "/designations/{designation_id}/amend"): {Role.CITY_CENTRE},
    ("GET", "/designations/{designation_id}/amendments"): READERS,
    ("POST", "/designations/{designation_id}/withdraw"): {Role.CITY_CENTRE},
    ("POST", "/institutions/{institution_id}/qualifications"): {Role.INSTITUTION},
    ("GET", "/qualifications"): READERS,
    ("GET", "/qualifications/export"): READERS,
    ("GET", "/qualifications/{qualification_id}"): READERS,
    ("GET", "/qualifications/{qualification_id}/amendments"): READERS,
    ("POST", "/qualifications/{qualification_id}/revise"): {Role.INSTITUTION},
    ("POST", "/qualifications/{qualification_id}/submit"): {Role.INSTITUTION},
    ("POST", "/qualifications/{qualification_id}/withdraw"): {Role.INSTITUTION},
    ("POST", "/qualifications/{qualification_id}/approve"): {Role.DISTRICT_OFFICER},
    ("POST", "/qualifications/{qualification_id}/reject"): {Role.DISTRICT_OFFICER},
    ("POST", "/qualifications/{qualification_id}/suspend"): {Role.DISTRICT_OFFICER},
    ("POST", "/qualifications/{qualification_id}/resume"): {Role.DISTRICT_OFFICER},
    ("POST", "/qualifications/{qualification_id}/revoke"): {Role.DISTRICT_OFFICER},
    ("POST", "/qualifications/{qualification_id}/amend"): {Role.DISTRICT_OFFICER},
    ("POST", "/institutions/{institution_id}/instructors"): {Role.INSTITUTION},
    ("POST", "/my/instructor"): {Role.CITIZEN},
    ("GET", "/my/instructor"): {Role.CITIZEN},
    ("GET", "/instructors"): READERS,
    ("GET", "/instructors/export"): READERS,
    ("GET", "/instructors/{instructor_id}"): READERS,
    ("POST", "/instructors/{instructor_id}/vet"): {Role.DISTRICT_OFFICER},
    ("POST", "/instructors/{instructor_id}/refuse"): {Role.DISTRICT_OFFICER, Role.CITY_CENTRE},
    ("POST", "/instructors/{instructor_id}/admit"): {Role.CITY_CENTRE},
    ("POST", "/instructors/{instructor_id}/suspend"): {Role.CITY_CENTRE},
    ("POST", "/instructors/{instructor_id}/resume"): {Role.CITY_CENTRE},
    ("POST", "/instructors/{instructor_id}/amend"): {Role.DISTRICT_OFFICER, Role.CITY_CENTRE},
    ("GET", "/instructors/{instructor_id}/amendments"): {Role.DISTRICT_OFFICER, Role.CITY_CENTRE},
    ("POST", "/instructors/{instructor_id}/certificates"): {
        Role.INSTITUTION,
        Role.DISTRICT_OFFICER,
        Role.CITY_CENTRE,
    },
    ("POST", "/instructors/{instructor_id}/certificates/{certificate_id}/amend"): {
        Role.DISTRICT_OFFICER,
        Role.CITY_CENTRE,
    },
    ("POST", "/enrolments/{enrolment_id}/unmask"): {Role.DISTRICT_OFFICER, Role.CITY_CENTRE},
    ("POST", "/instructors/{instructor_id}/unmask"): {Role.DISTRICT_OFFICER, Role.CITY_CENTRE},
    ("GET", "/instructors/{instructor_id}/file"): READERS,
    ("GET", "/instructors/{instructor_id}/file.pdf"): READERS,
    ("GET", "/my/instructor/file"): {Role.CITIZEN},
    ("GET", "/my/instructor/file.pdf"): {Role.CITIZEN},
    ("POST", "/instructors/{instructor_id}/appraisals"): {Role.DISTRICT_OFFICER, Role.CITY_CENTRE},
    ("GET", "/appraisals"): READERS,
    ("GET", "/appraisals/export"): READERS,
    ("GET", "/appraisals/{appraisal_id}"): READERS,
    ("POST", "/appraisals/{appraisal_id}/amend"): {Role.DISTRICT_OFFICER, Role.CITY_CENTRE},
    ("GET", "/appraisals/{appraisal_id}/amendments"): READERS,
    ("POST", "/instructors/{instructor_id}/exits"): {Role.CITY_CENTRE},
    ("GET", "/instructor-exits"): READERS,
    ("GET", "/instructor-exits/export"): READERS,
    ("GET", "/instructor-exits/{exit_id}"): READERS,
    ("POST", "/instructor-exits/{exit_id}/withdraw"): {Role.CITY_CENTRE},
    ("POST", "/studios"): {Role.DISTRICT_OFFICER, Role.CITY_CENTRE},
    ("GET", "/studios"): READERS,
    ("GET", "/studios/export"): READERS,
    ("GET", "/studios/{studio_id}"): READERS,
    ("POST", "/studios/{studio_id}/amend"): {Role.DISTRICT_OFFICER, Role.CITY_CENTRE},
    ("GET", "/studios/{studio_id}/amendments"): READERS,
    ("POST", "/instructor-activities"): {Role.DISTRICT_OFFICER, Role.CITY_CENTRE},
    ("GET", "/instructor-activities"): READERS,
    ("GET", "/instructor-activities/export"): READERS,
    ("GET", "/instructor-activities/{activity_id}"): READERS,
    ("POST", "/instructor-activities/{activity_id}/amend"): {Role.DISTRICT_OFFICER, Role.CITY_CENTRE},
    ("GET", "/instructor-activities/{activity_id}/amendments"): READERS,
    ("POST", "/classes"): {Role.INSTITUTION},
    ("GET", "/classes/export"): READERS,
    ("GET", "/classes"): READERS,
    ("GET", "/classes/{class_id}"): READERS,
    ("POST", "/classes/{class_id}/amend"): KEEPERS,
    ("POST", "/classes/{class_id}/cancel"): KEEPERS,
    ("GET", "/classes/{class_id}/amendments"): READERS,
    ("POST", "/classes/{class_id}/sessions"): KEEPERS,
    ("POST", "/classes/{class_id}/sessions/{session_id}/amend"): KEEPERS,
    ("POST", "/classes/{class_id}/sessions/{session_id}/cancel"): KEEPERS,
    ("POST", "/classes/{class_id}/enrolments"): {Role.INSTITUTION},
    ("GET", "/classes/{class_id}/enrolments"): READERS,
    ("GET", "/classes/{class_id}/enrolments/export"): READERS,
    ("GET", "/enrolments"): READERS,
    ("GET", "/enrolments/export"): READERS,
    ("POST", "/enrolments/lookup"): OFFICES,
    ("POST", "/enrolments/{enrolment_id}/withdraw"): KEEPERS,
    ("POST", "/enrolments/{enrolment_id}/transfer"): KEEPERS,
    ("POST", "/my/enrolments/{enrolment_id}/withdraw"): {Role.CITIZEN},
    ("GET", "/enrolments/{enrolment_id}"): READERS,
    ("POST", "/classes/{class_id}/rosters"): {Role.INSTITUTION},
    ("GET", "/rosters"): READERS,
    ("GET", "/rosters/export"): READERS,
    ("GET", "/rosters/template"): READERS,
    ("GET", "/rosters/{roster_id}"): READERS,
    ("GET", "/rosters/{roster_id}/errors"): READERS,
    ("GET", "/rosters/{roster_id}/errors/export"): READERS,
    ("POST", "/enrolments/{enrolment_id}/complete"): {Role.INSTITUTION},
    ("POST", "/classes/{class_id}/complete"): {Role.INSTITUTION},
    ("POST", "/enrolments/{enrolment_id}/amend-completion"): {Role.DISTRICT_OFFICER},
    ("GET", "/enrolments/{enrolment_id}/amendments"): READERS,
    ("GET", "/my/enrolments"): {Role.CITIZEN},
    ("GET", "/sessions/{session_id}/code"): {Role.INSTITUTION},
    ("POST", "/my/attendance"): {Role.CITIZEN},
    ("POST", "/sessions/{session_id}/attendance"): {Role.INSTITUTION},
    ("GET", "/sessions/{session_id}/attendance"): READERS,
    ("GET", "/sessions/{session_id}/attendance/export"): READERS,
    ("GET", "/enrolments/{enrolment_id}/attendance"): READERS,
    ("GET", "/enrolments/{enrolment_id}/attendance/export"): READERS,
    ("GET", "/classes/{class_id}/attendance-sheet"): READERS,
    ("GET", "/attendance/{attendance_id}"): READERS,
    ("POST", "/attendance/{attendance_id}/correct"): {Role.INSTITUTION},
    ("POST", "/courses"): {Role.INSTITUTION},
    ("GET", "/courses"): READERS,
    ("GET", "/courses/export"): READERS,
    ("GET", "/courses/{course_id}"): READERS,
    ("GET", "/courses/{course_id}/amendments"): READERS,
    ("POST", "/courses/{course_id}/recognise"): {Role.CITY_CENTRE},
    ("POST", "/courses/{course_id}/reject"): {Role.CITY_CENTRE},
    ("POST", "/courses/{course_id}/admit"): {Role.CITY_CENTRE},
    ("POST", "/courses/{course_id}/retire"): {Role.CITY_CENTRE},
    ("POST", "/courses/{course_id}/amend"): {Role.CITY_CENTRE},
    ("POST", "/courses/{course_id}/assessments"): {Role.CITY_CENTRE},
    ("GET", "/courses/{course_id}/assessments"): OPERATORS,
    ("GET", "/courses/{course_id}/assessments/export"): OPERATORS,
    ("POST", "/courses/{course_id}/assessments/{assessment_id}/amend"): {Role.CITY_CENTRE},
    ("GET", "/courses/{course_id}/assessments/{assessment_id}/amendments"): OPERATORS,
    ("POST", "/courses/{course_id}/materials"): {Role.INSTITUTION},
    ("GET", "/courses/{course_id}/materials"): READERS,
    ("GET", "/courses/{course_id}/materials/export"): READERS,
    ("GET", "/course-materials/{material_id}"): READERS,
    ("POST", "/course-materials/{material_id}/revise"): {Role.INSTITUTION},
    ("POST", "/course-materials/{material_id}/release"): {Role.CITY_CENTRE},
    ("GET", "/course-catalogue"): ANYONE,
    ("GET", "/course-catalogue/export"): ANYONE,
    ("GET", "/course-catalogue/{course_id}"): ANYONE,
    ("GET", "/course-catalogue/{course_id}/materials"): ANYONE,
    ("GET", "/course-catalogue/{course_id}/materials/export"): ANYONE,
    ("POST", "/attendance/{attendance_id}/amend"): {Role.DISTRICT_OFFICER},
    ("POST", "/working-mechanisms"): {Role.DISTRICT_OFFICER},
    ("GET", "/working-mechanisms"): OFFICES,
    ("GET", "/working-mechanisms/export"): OFFICES,
    ("GET", "/working-mechanisms/{mechanism_id}"): OFFICES,
    ("GET", "/working-mechanisms/{mechanism_id}/amendments"): OFFICES,
    ("POST", "/working-mechanisms/{mechanism_id}/accept"): {Role.CITY_CENTRE},
    ("POST", "/working-mechanisms/{mechanism_id}/return"): {Role.CITY_CENTRE},
    ("POST", "/working-mechanisms/{mechanism_id}/amend"): {Role.DISTRICT_OFFICER},
    ("POST", "/training-plans"): {Role.DISTRICT_OFFICER},
    ("GET", "/training-plans"): OFFICES,
    ("GET", "/training-plans/export"): OFFICES,
    ("GET", "/training-plans/progress"): OFFICES,
    ("GET", "/training-plans/progress/export"): OFFICES,
    ("GET", "/training-plans/{plan_id}"): OFFICES,
    ("GET", "/training-plans/{plan_id}/amendments"): OFFICES,
    ("POST", "/training-plans/{plan_id}/resubmit"): {Role.DISTRICT_OFFICER},
    ("POST", "/training-plans/{plan_id}/accept"): {Role.CITY_CENTRE},
    ("POST", "/training-plans/{plan_id}/return"): {Role.CITY_CENTRE},
    ("POST", "/training-plans/{plan_id}/amend"): {Role.CITY_CENTRE},
    ("GET", "/follow-ups"): READERS,
    ("GET", "/follow-ups/export"): READERS,
    ("GET", "/follow-ups/due"): READERS,
    ("GET", "/follow-ups/due/export"): READERS,
    ("GET", "/follow-ups/statistics"): READERS,
    ("GET", "/follow-ups/statistics/export"): READERS,
    ("GET", "/follow-ups/{follow_up_id}"): READERS,
    ("GET", "/follow-ups/{follow_up_id}/amendments"): READERS,
    ("POST", "/follow-ups/{follow_up_id}/open-business"): KEEPERS,
    ("POST", "/follow-ups/{follow_up_id}/close-business"): KEEPERS,
    ("POST", "/follow-ups/{follow_up_id}/checks/{check_id}/record"): KEEPERS,
    ("POST", "/follow-ups/{follow_up_id}/services"): KEEPERS,
    ("POST", "/follow-ups/{follow_up_id}/amend"): KEEPERS,
    ("GET", "/my/follow-up"): {Role.CITIZEN},
    ("GET", "/enrolments/{enrolment_id}/file"): READERS,
    ("GET", "/enrolments/{enrolment_id}/file.pdf"): READERS,
    ("GET", "/my/file"): {Role.CITIZEN},
    ("GET", "/my/file.pdf"): {Role.CITIZEN},
    ("POST", "/classes/{class_id}/feedback-links"): {Role.INSTITUTION},
    ("GET", "/classes/{class_id}/feedback-links"): READERS,
    ("GET", "/classes/{class_id}/feedback-links/export"): READERS,
    ("GET", "/classes/{class_id}/feedback"): READERS,
    ("GET", "/classes/{class_id}/feedback-comments"): READERS,
    ("GET", "/classes/{class_id}/feedback-comments/export"): READERS,
    ("GET", "/my/feedback-links"): {Role.CITIZEN},
    ("GET", "/feedback-results/classes"): READERS,
    ("GET", "/feedback-results/classes/export"): READERS,
    ("GET", "/feedback-results/institutions"): READERS,
    ("GET", "/feedback-results/institutions/export"): READERS,
    ("GET", "/feedback-results/instructors"): READERS,
    ("GET", "/feedback-results/instructors/export"): READERS,
    ("GET", "/anomalies"): READERS,
    ("GET", "/anomalies/export"): READERS,
    ("GET", "/anomalies/{anomaly_id}"): READERS,
    ("GET", "/anomalies/{anomaly_id}/amendments"): READERS,
    ("POST", "/anomalies/{anomaly_id}/explain"): {Role.INSTITUTION, Role.DISTRICT_OFFICER},
    ("POST", "/anomalies/{anomaly_id}/confirm"): {Role.DISTRICT_OFFICER},
    ("POST", "/anomalies/{anomaly_id}/amend"): {Role.DISTRICT_OFFICER},
    ("POST", "/inspection-programmes"): SUPERVISORS,
    ("GET", "/inspection-programmes"): OFFICES,
    ("GET", "/inspection-programmes/export"): OFFICES,
    ("GET", "/inspection-programmes/{programme_id}"): OFFICES,
    ("POST", "/inspection-programmes/{programme_id}/draws"): SUPERVISORS,
    ("GET", "/inspection-programmes/{programme_id}/draws"): OFFICES,
    ("GET", "/inspection-programmes/{programme_id}/draws/export"): OFFICES,
    ("GET", "/inspection-draws/{draw_id}"): OFFICES,
    ("POST", "/inspection-programmes/{programme_id}/inspections"): SUPERVISORS,
    ("GET", "/inspections"): READERS,
    ("GET", "/inspections/export"): READERS,
    ("GET", "/inspections/{inspection_id}"): READERS,
    ("GET", "/inspections/{inspection_id}/amendments"): READERS,
    ("POST", "/inspections/{inspection_id}/visit"): SUPERVISORS,
    ("POST", "/inspections/{inspection_id}/find"): SUPERVISORS,
    ("POST", "/inspections/{inspection_id}/ask"): SUPERVISORS,
    ("POST", "/inspections/{inspection_id}/answer"): {Role.INSTITUTION},
    ("POST", "/inspections/{inspection_id}/verify"): SUPERVISORS,
    ("POST", "/inspections/{inspection_id}/return"): SUPERVISORS,
    ("POST", "/inspections/{inspection_id}/close"): SUPERVISORS,
    ("POST", "/inspections/{inspection_id}/amend"): SUPERVISORS,
    ("GET", "/evaluation-forms/{object_kind}"): READERS,
    ("POST", "/periodic-evaluations"): SUPERVISORS,
    ("GET", "/periodic-evaluations"): READERS,
    ("GET", "/periodic-evaluations/export"): READERS,
    ("GET", "/periodic-evaluations/{evaluation_id}"): READERS,
    ("GET", "/periodic-evaluations/{evaluation_id}/amendments"): READERS,
    ("POST", "/periodic-evaluations/{evaluation_id}/amend"): SUPERVISORS,
    ("GET", "/operations/parked-messages"): OPERATORS,
    ("POST", "/operations/parked-messages/{message_id}/replay"): {Role.CITY_CENTRE},
    ("POST", "/operations/parked-messages/{message_id}/discard"): {Role.CITY_CENTRE},
}


def concrete(path):
    """The path with something in each of its places."""
    filled = path.replace("{code}", "IYB").replace("{message_id}", "1")
    while "{" in filled:
        begin, _, rest = filled.partition("{")
        filled = begin + str(UUID(int=1)) + rest.partition("}")[2]
    return filled


def test_the_table_names_every_route_of_the_app(world):
    routes = set(operations(world.app)) - PUBLIC
    assert {(method, path.removeprefix("/training/v1")) for method, path in routes} == set(MAY)


def headers_of(world, role):
    claims = {
        Role.CITIZEN: {"id_number": "310101199001010039"},
        Role.DISTRICT_OFFICER: {"district": "310115"},
        Role.INSTITUTION: {"credit_code": "91310115MA1K000016"},
    }
    return world.by(role, **claims.get(role, {}))


async def test_who_may_not_use_a_route_is_refused_and_who_may_is_not(world):
    wrong = []
    for (method, path), allowed in MAY.items():
        for role in ALL_ROLES:
            answer = await world.http.request(
                method, f"/training/v1{concrete(path)}", headers=headers_of(world, role)
            )
            if (answer.status_code == 403) != (role not in allowed) or answer.status_code in (401, 500):
                wrong.append((method, path, role, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("token", [None, "", "nonsense", "a.b.c"])
async def test_who_is_not_signed_in_gets_nowhere(world, token):
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    for method, path in MAY:
        answer = await world.http.request(method, f"/training/v1{concrete(path)}", headers=headers)
        assert answer.status_code == 401, (method, path)
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_nobody_claims_to_be_the_system(world):
    answer = await world.get("/projects", world.by(Role.SYSTEM))
    assert answer.status_code == 401


async def test_health_is_open_to_all(world):
    for path in HEALTH:
        assert (await world.http.get(path)).status_code == 200


async def test_a_one_time_link_needs_no_signing_in_and_a_wrong_one_is_not_there(world):
    for method, path in BY_LINK:
        body = {"scores": {"content": 5}} if method == "POST" else None
        answer = await world.http.request(method, path.replace("{token}", "x" * 22), json=body)
        assert answer.status_code == 404


@pytest.fixture
async def everything(world):
    """The paths and bodies of all objects of one institution in Pudong."""
    institution = await world.qualified()
    qualification = (await world.get("/qualifications", world.officer())).json()["items"][0]
    filed = await world.filed(institution)
    instructor = (await world.get("/instructors", world.officer())).json()["items"][0]
    leaving = await world.admitted(institution)
    appraisal = await world.appraised(leaving, 59)
    exiting = (await world.get("/instructor-exits", world.officer())).json()["items"][0]
    enrolment = await world.enrolled(institution, filed)
    (record,) = await world.attended(institution, filed, enrolment, 1)
    session = filed["sessions"][0]
    roster = await world.roster(institution, filed, world.roster_file([world.trainee()]))
    reads = [
        f"/institutions/{institution['id']}",
        f"/qualifications/{qualification['id']}",
        f"/qualifications/{qualification['id']}/amendments",
        f"/instructors/{instructor['id']}",
        f"/instructors/{instructor['id']}/file",
        f"/appraisals/{appraisal['id']}",
        f"/appraisals/{appraisal['id']}/amendments",
        f"/instructor-exits/{exiting['id']}",
        f"/classes/{filed['id']}",
        f"/classes/{filed['id']}/amendments",
        f"/classes/{filed['id']}/enrolments",
        f"/classes/{filed['id']}/enrolments/export",
        f"/enrolments/{enrolment['id']}",
        f"/enrolments/{enrolment['id']}/amendments",
        f"/rosters/{roster['id']}",
        f"/rosters/{roster['id']}/errors",
        f"/rosters/{roster['id']}/errors/export",
        f"/sessions/{session['id']}/attendance",
        f"/sessions/{session['id']}/attendance/export",
        f"/enrolments/{enrolment['id']}/attendance",
        f"/enrolments/{enrolment['id']}/attendance/export",
        f"/classes/{filed['id']}/attendance-sheet",
        f"/attendance/{record['id']}",
    ]
    managed = [
        (f"/classes/{filed['id']}/amend", {"capacity": 20, "reason": "场地调整"}),
        (f"/classes/{filed['id']}/cancel", {"reason": "报名不足"}),
        (f"/classes/{filed['id']}/sessions", world.sessions(days=1, room="9")[0] | {"reason": "补课"}),
        (f"/classes/{filed['id']}/sessions/{session['id']}/amend", {"room": "9", "reason": "场地调整"}),
        (f"/classes/{filed['id']}/sessions/{session['id']}/cancel", {"reason": "讲师生病"}),
        (f"/enrolments/{enrolment['id']}/withdraw", {"reason": "工作冲突"}),
        (f"/enrolments/{enrolment['id']}/transfer", {"class_id": filed["id"], "reason": "改读"}),
    ]
    decisions = [
        *managed,
        (f"/qualifications/{qualification['id']}/approve", {"found": world.figures()}),
        *(
            (f"/qualifications/{qualification['id']}/{deed}", {"reason": "不符合标准"})
            for deed in ("reject", "suspend", "resume", "revoke", "amend")
        ),
        (f"/enrolments/{enrolment['id']}/unmask", {"reason": "核对身份"}),
        (f"/enrolments/{enrolment['id']}/amend-completion", {"completed": False, "reason": "登记有误"}),
        (f"/attendance/{record['id']}/amend", {"present": False, "reason": "他人代签"}),
        (f"/instructors/{instructor['id']}/vet", None),
        (f"/instructors/{instructor['id']}/refuse", {"reason": "不符合标准"}),
        (f"/instructors/{instructor['id']}/amend", {"projects": ["IYB"], "reason": "登记有误"}),
        (f"/instructors/{instructor['id']}/unmask", {"reason": "核对身份"}),
        (f"/instructors/{instructor['id']}/appraisals", world.appraisal(80)),
        (f"/appraisals/{appraisal['id']}/amend", {"comment": "复核", "reason": "登记有误"}),
    ]
    deeds = [
        *managed,
        (f"/institutions/{institution['id']}/qualifications", world.qualification_body()),
        (f"/qualifications/{qualification['id']}/revise", {"standard_version": "2026-1"}),
        (f"/qualifications/{qualification['id']}/submit", None),
        (f"/qualifications/{qualification['id']}/withdraw", None),
        (f"/institutions/{institution['id']}/instructors", world.application()),
        (f"/instructors/{instructor['id']}/certificates", world.application()["certificates"][0]),
        ("/classes", world.class_body(institution)),
        (f"/classes/{filed['id']}/enrolments", world.trainee()),
        (f"/enrolments/{enrolment['id']}/complete", None),
        (f"/classes/{filed['id']}/complete", None),
        (
            f"/sessions/{session['id']}/attendance",
            {"records": [world.presence(enrolment, session)]},
        ),
        (f"/attendance/{record['id']}/correct", {"present": False, "reason": "他人代签"}),
    ]
    return institution, reads, decisions, deeds


LISTS = {
    "/institutions": 1,
    "/qualifications": 1,
    "/instructors": 2,
    "/appraisals": 1,
    "/instructor-exits": 1,
    "/classes": 1,
    "/enrolments": 2,
    "/rosters": 1,
}
"""The lists, and how many rows of :func:`everything` each shows to who may see them."""


async def test_another_districts_officer_sees_and_decides_nothing(world, everything):
    _, reads, decisions, _ = everything
    other = world.officer("310104")
    assert {path: (await world.get(path, other)).status_code for path in reads} == dict.fromkeys(reads, 404)
    for path, body in decisions:
        assert (await world.post(path, body, by=other, version=1)).status_code == 404
    for path in LISTS:
        assert (await world.get(path, other)).json()["items"] == []


async def test_another_institution_sees_and_does_nothing(world, everything):
    _, reads, _, deeds = everything
    for other in (world.of_institution(await world.institution()), world.by(Role.INSTITUTION)):
        assert {path: (await world.get(path, other)).status_code for path in reads} == dict.fromkeys(
            reads, 404
        )
        for path, body in deeds:
            assert (await world.post(path, body, by=other, version=1)).status_code == 404, path


async def test_the_institution_its_district_and_the_city_see_everything(world, everything):
    institution, reads, _, _ = everything
    for reader in (
        world.of_institution(institution),
        world.officer(),
        world.centre,
        world.by(Role.CITY_BUREAU),
        world.by(Role.AUDITOR),
    ):
        assert {path: (await world.get(path, reader)).status_code for path in reads} == dict.fromkeys(
            reads, 200
        )
        for path, count in LISTS.items():
            assert len((await world.get(path, reader)).json()["items"]) == count, path
