"""The rules of training against cases.yaml."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from chuangpei.kernel.clock import SHANGHAI
from chuangpei.kernel.refusals import failed
from training_svc.policy import courses, feedback, rules
from training_svc.policy.attendance import Card, Method, Photo, Presence, presence_errors
from training_svc.policy.catalogue import PROJECT_RULES, CertificateKind, Family, ProjectFacts
from training_svc.policy.decision import decide
from training_svc.policy.facts import (
    ClassFacts,
    CompletionFacts,
    EnrolmentFacts,
    Hours,
    InstructorFacts,
    RegistrationFacts,
    RoomFacts,
    Standard,
)
from training_svc.policy.organisers import InstitutionKind
from training_svc.policy.parameters import load_law, parameters_on, parameters_or_none
from training_svc.policy.qualification import (
    APPLICATION_RULES,
    CRITERIA_RULES,
    ApplicationFacts,
    CriteriaFacts,
    Figures,
    period_of,
)

CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("cases.yaml").read_text(encoding="utf-8")
)
LAW = load_law()
STANDARD = Standard("2026-1", date(2026, 1, 1), min_hours=16, max_class_size=30, attendance_percent=80)
LIMITS = {"trainees_per_instructor": 15, "square_decimetres_per_trainee": 200, "max_online_percent": 30}
USUAL_SESSIONS = [f"2026-03-0{day} {hours}" for day in (2, 3) for hours in ("08:00/12:00", "13:00/17:00")]


def cases(group: str, expected: str) -> Any:
    """One parameter set a case: the facts under its sentence, and what is expected."""
    sets = []
    for case in CASES[group]:
        (sentence,) = case.keys() - {expected}
        sets.append(pytest.param(case[sentence], case[expected], id=sentence))
    return pytest.mark.parametrize(("given", "expected"), sets)


def limits(given: dict[str, Any]) -> dict[str, Any]:
    """What the standard of a case limits otherwise than usual."""
    return {name: given[name] for name in LIMITS if name in given}


def hours(text: str) -> Hours:
    day, _, times = text.partition(" ")
    begin, _, end = times.partition("/")
    return Hours(_instant(day, begin), _instant(day, end))


def _instant(day: str, time: str) -> datetime:
    hour, minute = map(int, time.split(":"))
    midnight = datetime.combine(date.fromisoformat(day), datetime.min.time(), SHANGHAI)
    return midnight + timedelta(hours=hour, minutes=minute)


def instructor(given: dict[str, Any]) -> InstructorFacts:
    state = given.get("state", "active")
    return InstructorFacts(
        name="李*",
        state=None if state == "unknown" else state,
        active=state == "active",
        appraisal_due_on=given.get("appraisal_due_on", date(2031, 12, 1)),
        entitled=given.get("entitled", state != "unknown"),
    )


def room(given: dict[str, int]) -> RoomFacts:
    return RoomFacts("301", date(2026, 3, 2), given.get("area"), given.get("seats"))


def failing(found: tuple[Any, ...]) -> list[str]:
    return [finding.rule for finding in failed(found)]


@cases("filing", "fails")
def test_filing_a_class(given, expected):
    starts_on = given.get("starts_on", date(2026, 3, 2))
    covered = LAW.in_force.covers(starts_on)
    facts = ClassFacts(
        in_force=LAW.in_force,
        today=given.get("today", starts_on),
        stage=given.get("stage", 3),
        project_retired=given.get("retired", False),
        project_district=given.get("project_district"),
        district=given.get("district", "310115"),
        organiser=InstitutionKind(given.get("organiser", "private_training_institution")),
        qualified=given.get("qualified", True),
        standard=None if given.get("standard") == "none" else replace(STANDARD, **limits(given)),
        parameters=parameters_on(LAW, starts_on) if covered else None,
        starts_on=starts_on,
        ends_on=given.get("ends_on", date(2026, 3, 3)),
        capacity=given.get("capacity", 30),
        room_square_decimetres=given.get("room"),
        sessions=tuple(map(hours, given.get("sessions", USUAL_SESSIONS))),
        rooms=tuple(map(room, given["rooms"])) if "rooms" in given else None,
        online_sessions=tuple(map(hours, given.get("online", ()))),
        instructors=(instructor(given.get("instructor", {})),) * given.get("instructors", 1),
    )
    assert failing(decide(rules.CLASS_RULES, facts).findings) == expected


@cases("qualification", "fails")
def test_applying_for_a_qualification(given, expected):
    today = given.get("today", date(2026, 2, 20))
    in_force = given.get("in_force", "2026-1")
    facts = ApplicationFacts(
        law=LAW.in_force,
        today=today,
        stage=given.get("stage", 3),
        project_retired=given.get("retired", False),
        project_district=given.get("project_district"),
        district="310115",
        cited_version="2026-1",
        standard=None if in_force == "none" else replace(STANDARD, version=in_force),
        granted_until=given.get("granted_until"),
        parameters=parameters_or_none(LAW, today),
    )
    assert failing(decide(APPLICATION_RULES, facts).findings) == expected


@cases("criteria", "fails")
def test_measuring_an_application_by_the_standard(given, expected):
    usual = Figures(class_size=30, instructors=2, hours=16, room_square_decimetres=6_000, online_percent=30)
    found = replace(usual, **{name: value for name, value in given.items() if hasattr(usual, name)})
    standard = replace(STANDARD, **(({} if given.get("limits") == "none" else LIMITS) | limits(given)))
    facts = CriteriaFacts(LAW.in_force, given.get("today", date(2026, 2, 20)), standard, usual, found)
    found_by_rules = decide(CRITERIA_RULES, facts).findings
    assert failing(found_by_rules) == expected
    warned = [one for one in found_by_rules if one.outcome == "warned"]
    assert bool(warned) == (found != usual)


@cases("validity", "until")
def test_how_long_a_qualification_is_valid(given, expected):
    years = parameters_on(LAW, given["approved"]).qualification_years
    first, last = period_of(given["approved"], given.get("granted_until"), years)
    assert (first, last) == (given.get("begins", given["approved"]), expected)


@cases("catalogue", "fails")
def test_adding_a_project(given, expected):
    facts = ProjectFacts(
        stage=given["stage"],
        family=Family(given.get("family", "city")),
        district=given.get("district"),
        certificates=tuple(map(CertificateKind, given["certificates"])),
    )
    assert failing(decide(PROJECT_RULES, facts).findings) == expected


@cases("registration", "fails")
def test_registering_an_institution(given, expected):
    facts = RegistrationFacts(InstitutionKind(given["kind"]), given["by_officer"])
    assert failing(decide(rules.REGISTRATION_RULES, facts).findings) == expected


@cases("enrolment", "fails")
def test_enrolling(given, expected):
    facts = EnrolmentFacts(given["ends_on"], given["today"], given.get("teaches", False))
    assert failing(decide(rules.ENROLMENT_RULES, facts).findings) == expected


@cases("completion", "fails")
def test_completing(given, expected):
    end = datetime(2026, 3, 3, 17, tzinfo=SHANGHAI)
    facts = CompletionFacts(
        stage=given["stage"],
        sessions_attended=given["attended"],
        sessions_held=given["held"],
        attendance_percent=given.get("percent", 80),
        last_session_ends_at=end,
        now=end + timedelta(minutes=given.get("minutes_after_the_end", 60)),
    )
    assert failing(decide(rules.COMPLETION_RULES, facts).findings) == expected


@cases("attendance", "errors")
def test_recording_attendance(given, expected):
    presence = Presence(
        method=Method(given.get("method", "qr")),
        recorded_at=_instant("2026-03-02", given["at"]),
        device=given.get("device", "gate-1"),
        reason=given.get("reason"),
        card=Card("****1234", "sealed") if given.get("card") else None,
        photo=Photo("2026/7f3a", "0" * 64) if given.get("photo") else None,
    )
    session = hours("2026-03-02 09:00/12:00")
    now = _instant("2026-03-02", given.get("now", "12:00"))
    enrolled_at = _instant("2026-03-02", given.get("enrolled", "08:00"))
    found = presence_errors(presence, session, parameters_on(LAW, date(2026, 3, 2)), enrolled_at, now)
    assert [error.code for error in found] == expected


def course_facts(given: dict[str, Any]) -> courses.CourseFacts:
    day = given.get("day", date(2026, 3, 2))
    return courses.CourseFacts(
        in_force=LAW.in_force,
        day=day,
        parameters=parameters_on(LAW, day) if LAW.in_force.covers(day) else None,
        online_percent=given.get("online", 40),
        max_online_percent=given.get("limit"),
        scores=tuple(given.get("scores", (90, 80))),
        grant_fen=given.get("grant_fen", 8_000_000),
    )


@cases("feedback", "fails")
def test_asking_for_feedback(given, expected):
    ends_on = date(2026, 3, 3)
    last_day = feedback.last_day_of(ends_on, parameters_on(LAW, date(2026, 3, 2)))
    facts = feedback.FeedbackFacts(ends_on, last_day, given["today"])
    assert failing(decide(feedback.FEEDBACK_RULES, facts).findings) == expected


@cases("feedback_results", "shown")
def test_showing_results_of_feedback(given, expected):
    assert feedback.may_be_shown(given["answers"], parameters_on(LAW, date(2026, 3, 2))) is expected


@cases("course_submission", "fails")
def test_submitting_a_course(given, expected):
    assert failing(decide(courses.SUBMISSION_RULES, course_facts(given)).findings) == expected


@cases("course_recognition", "fails")
def test_recognising_a_course(given, expected):
    assert failing(decide(courses.RECOGNITION_RULES, course_facts(given)).findings) == expected


@cases("course_amendment", "fails")
def test_amending_a_course(given, expected):
    assert failing(decide(courses.AMENDMENT_RULES, course_facts(given)).findings) == expected


def test_a_decision_tells_what_passed_as_well_as_what_failed():
    facts = CompletionFacts(
        3, 7, 10, 80, datetime(2026, 3, 3, tzinfo=SHANGHAI), datetime(2026, 3, 4, tzinfo=SHANGHAI)
    )
    over, attendance = decide(rules.COMPLETION_RULES, facts).findings
    assert (over.outcome, over.fact, over.required) == ("passed", "2026-03-04 00:00", "≥ 2026-03-03 00:00")
    assert (attendance.outcome, attendance.fact, attendance.required) == ("failed", "7/10", "≥ 80%")
    assert attendance.article == "沪人社规〔2025〕30号 一(二)"
