"""Automatic indicators: each thing counted once, in whatever order it is told, with its sources (B04)."""

import asyncio
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest
from chuangpei.events.base import TYPE_PREFIX, InstitutionRef, ProjectRef
from chuangpei.events.cert import EvaluationConfirmed, EvaluationCorrected, EvaluationVoided
from chuangpei.events.training import (
    ComplaintDecided,
    CompletionRevoked,
    FollowUpRecorded,
    TrainingCompleted,
)
from chuangpei.kernel.identifiers import new_id
from chuangpei.testing.events import received

PROJECT = ProjectRef(code="S3-01", name="创业经营", stage=3)
PERSON = {"person_key": "k" * 64, "masked_name": "张*", "name_encrypted": "x", "id_number_encrypted": "x"}
DAY = date(2026, 5, 20)


def _institution(city, who="A"):
    return InstitutionRef(credit_code=city.code(who), name=who, district="310115")


def confirmed(city, *, passed=True, evaluation_id=None, who="A", on=DAY):
    return EvaluationConfirmed(
        evaluation_id=evaluation_id or new_id(),
        enrolment_id=new_id(),
        class_id=new_id(),
        institution=_institution(city, who),
        project=PROJECT,
        person_key="k" * 64,
        passed=passed,
        score=80 if passed else 40,
        pass_mark=60,
        evaluated_on=on,
    )


def _of(evaluation):
    names = ("evaluation_id", "enrolment_id", "class_id", "institution", "project", "person_key")
    return {name: getattr(evaluation, name) for name in names}


def corrected(evaluation, *, passed):
    return EvaluationCorrected(
        **_of(evaluation),
        passed=passed,
        score=70,
        pass_mark=60,
        evaluated_on=evaluation.evaluated_on,
        passed_before=not passed,
        score_before=40,
        reviewed_on=DAY + timedelta(9),
    )


def voided(evaluation):
    return EvaluationVoided(
        **_of(evaluation),
        passed=True,
        reason_code="error",
        voided_on=DAY + timedelta(20),
        followed_by=None,
    )


def completed(city, *, class_id=None, who="A", on=DAY, instructors=()):
    return TrainingCompleted(
        enrolment_id=new_id(),
        class_id=class_id or new_id(),
        institution=_institution(city, who),
        project=PROJECT,
        person=PERSON,
        standard_version="1",
        class_started_on=on - timedelta(10),
        class_ended_on=on,
        completed_on=on,
        sessions_attended=4,
        sessions_held=4,
        instructor_keys=instructors,
    )


def taken_back(completion):
    names = ("enrolment_id", "class_id", "institution", "project", "completed_on")
    return CompletionRevoked(
        **{name: getattr(completion, name) for name in names},
        person_key="k" * 64,
        revoked_on=DAY + timedelta(30),
        ground="officer_decision",
    )


def followed_up(completion, *, jobs, opened_on=DAY):
    return FollowUpRecorded(
        follow_up_id=new_id(),
        enrolment_id=completion.enrolment_id,
        institution=completion.institution,
        opened_on=opened_on,
        closed_on=None,
        jobs=jobs,
        recorded_on=DAY + timedelta(40),
    )


def complaint(city, *, upheld=True, complaint_id=None, who="A"):
    return ComplaintDecided(
        complaint_id=complaint_id or new_id(),
        institution=_institution(city, who),
        subject="teaching",
        upheld=upheld,
        filed_on=DAY,
        decided_on=DAY + timedelta(5),
    )


def told(event, minutes):
    """The event as it was told so many minutes after the first."""
    record = received(event)
    at = (datetime(2026, 6, 1, tzinfo=UTC) + timedelta(minutes=minutes)).isoformat().encode()
    headers = tuple((name, at if name == "ce_time" else value) for name, value in record.headers)
    return replace(record, headers=headers)


async def values(city, who="A", years=(2024, 2026)):
    query = {"first_year": years[0], "last_year": years[1]}
    answer = await city.get(f"/institutions/{city.code(who)}/indicators", city.bureau, **query)
    assert answer.status_code == 200, answer.text
    return {one["measure"]: one["value"] for one in answer.json()["items"]}


async def counts_agree(city):
    """Whether the counts are those of the facts."""
    return (
        await city.rows(
            "SELECT credit_code, year, kind, facts, amount FROM indicator_counts WHERE facts > 0"
            " EXCEPT SELECT credit_code, extract(year FROM day)::int, kind, count(*), sum(amount)"
            " FROM indicator_facts WHERE counts GROUP BY 1, 2, 3"
        )
        + await city.rows(
            "SELECT credit_code, extract(year FROM day)::int, kind, count(*), sum(amount)"
            " FROM indicator_facts WHERE counts GROUP BY 1, 2, 3"
            " EXCEPT SELECT credit_code, year, kind, facts, amount FROM indicator_counts"
        )
        == []
    )


async def test_an_institution_without_events_has_no_shares_and_counts_nothing(institutions):
    found = await values(institutions)
    assert (found["pass_rate"], found["jobs_per_hundred"]) == (None, None)
    assert (found["classes_held"], found["complaints_upheld"], found["frauds"]) == (0, 0, 0)


async def test_the_pass_rate_is_of_evaluations_with_a_standing_result(institutions):
    city = institutions
    failed = confirmed(city, passed=False)
    await city.deliver(confirmed(city), confirmed(city), failed, confirmed(city, who="B", passed=False))
    assert (await values(city))["pass_rate"] == 6667
    assert (await values(city, "B"))["pass_rate"] == 0
    await city.deliver(corrected(failed, passed=True))
    assert (await values(city))["pass_rate"] == 10000
    await city.deliver(voided(failed))
    answer = await city.get(
        f"/institutions/{city.code('A')}/indicators", city.bureau, first_year=2026, last_year=2026
    )
    [rate] = [one for one in answer.json()["items"] if one["measure"] == "pass_rate"]
    assert (rate["of"]["value"], rate["per"]["value"], rate["times"]) == (2, 2, 10000)
    assert await counts_agree(city)


async def test_classes_trainees_and_businesses_are_counted(institutions):
    city, class_id = institutions, new_id()
    trainees = [completed(city, class_id=class_id) for _ in range(3)] + [completed(city)]
    await city.deliver(*trainees, followed_up(trainees[0], jobs=2), followed_up(trainees[1], jobs=3))
    found = await values(city)
    assert (found["trainees_completed"], found["classes_held"]) == (4, 2)
    assert (found["opening_rate"], found["jobs_per_hundred"]) == (5000, 125)
    await city.deliver(taken_back(trainees[0]))
    found = await values(city)
    assert (found["trainees_completed"], found["classes_held"]) == (3, 2)
    assert (found["opening_rate"], found["jobs_per_hundred"]) == (3333, 100)
    assert await counts_agree(city)


async def test_only_complaints_found_true_count_and_a_reversed_one_no_more(institutions):
    city, one = institutions, new_id()
    await city.deliver(complaint(city, complaint_id=one), complaint(city, upheld=False), complaint(city))
    assert (await values(city))["complaints_upheld"] == 2
    await city.deliver(complaint(city, complaint_id=one, upheld=False))
    assert (await values(city))["complaints_upheld"] == 1


async def test_only_what_the_institution_answers_for_is_held_against_it(institutions):
    city = institutions
    await city.deliver(city.revocation("A", None), city.revocation("A", "X2"), city.fraud("A", None))
    found = await values(city)
    assert (found["revocations"], found["frauds"]) == (1, 0)
    await city.deliver(city.fraud("A", "X2"))
    assert (await values(city))["frauds"] == 1
    assert len((await city.get("/signals", city.bureau)).json()["items"]) == 2


async def test_only_the_years_asked_for_are_looked_at(institutions):
    city = institutions
    await city.deliver(confirmed(city, on=date(2025, 12, 31)), confirmed(city, passed=False))
    assert (await values(city, years=(2025, 2025)))["pass_rate"] == 10000
    assert (await values(city, years=(2026, 2026)))["pass_rate"] == 0
    refused = await city.get(
        f"/institutions/{city.code('A')}/indicators", city.bureau, first_year=2026, last_year=2025
    )
    assert refused.status_code == 422


async def test_an_event_that_comes_twice_counts_once(institutions):
    city = institutions
    event = received(confirmed(city), event_id=new_id())
    await city.deliver(event, event)
    await city.deliver(event)
    facts = (await city.get(f"/institutions/{city.code('A')}/facts", city.bureau)).json()["items"]
    assert len(facts) == 1
    assert await counts_agree(city)


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_the_order_of_arrival_what_was_told_last_holds(institutions, seed):
    city, draw = institutions, random.Random(seed)
    first, second = confirmed(city, passed=False), confirmed(city)
    complaint_id, trainee = new_id(), completed(city)
    events = [
        told(first, 0),
        told(corrected(first, passed=True), 10),
        told(second, 1),
        told(voided(second), 20),
        told(complaint(city, complaint_id=complaint_id), 2),
        told(complaint(city, complaint_id=complaint_id, upheld=False), 30),
        told(complaint(city, complaint_id=complaint_id), 31),
        told(trainee, 3),
        told(followed_up(trainee, jobs=1), 4),
        told(followed_up(trainee, jobs=7), 40),
    ]
    draw.shuffle(events)
    for event in events:
        await city.deliver(event)
    found = await values(city)
    assert found["pass_rate"] == 10000
    assert found["complaints_upheld"] == 1
    assert (found["opening_rate"], found["jobs_per_hundred"]) == (10000, 700)
    assert await counts_agree(city)


async def test_events_told_by_several_at_once_are_all_counted(institutions):
    city = institutions
    lots = [[completed(city, class_id=None, who=who) for who in "ABC" for _ in range(5)] for _ in range(4)]
    await asyncio.gather(*(city.deliver(*lot) for lot in lots))
    assert [(await values(city, who))["trainees_completed"] for who in "ABC"] == [20, 20, 20]
    assert await city.rows("SELECT 1 FROM parked_messages") == []
    assert await counts_agree(city)


async def test_an_event_before_the_institution_is_known_counts_once_it_is(city):
    await city.deliver(confirmed(city))
    query = {"first_year": 2026, "last_year": 2026}
    unknown = await city.get(f"/institutions/{city.code('A')}/indicators", city.bureau, **query)
    assert unknown.status_code == 404
    await city.register("A")
    assert (await values(city))["pass_rate"] == 10000


async def test_the_facts_behind_a_figure_are_listed_with_their_sources(institutions):
    city = institutions
    failed, other = confirmed(city, passed=False), confirmed(city, on=date(2026, 2, 1))
    await city.deliver(failed, other, completed(city), voided(failed))
    path = f"/institutions/{city.code('A')}/facts"
    shown = (await city.get(path, city.institution("A"), kind="evaluation", counts=True)).json()["items"]
    assert [(one["reference"], one["amount"], one["source"]) for one in shown] == [
        (str(other.evaluation_id), 1, "evaluation.confirmed.v1")
    ]
    gone = (await city.get(path, city.officer(), kind="evaluation", counts=False)).json()["items"]
    assert [one["source"] for one in gone] == ["evaluation.voided.v1"]
    days = [one["day"] for one in (await city.get(path, city.bureau, sort="day")).json()["items"]]
    assert days == sorted(days)
    file = await city.get(f"{path}/export", city.bureau, kind="class")
    assert "training.completed.v1" in file.text
    narrow = (await city.get(path, city.bureau, since="2026-05-01", until="2026-05-31")).json()["items"]
    assert {one["kind"] for one in narrow} == {"completion", "class"}


async def test_another_institution_or_district_finds_nothing(institutions):
    city = institutions
    query = {"first_year": 2026, "last_year": 2026}
    for headers in (city.institution("B"), city.officer("310104")):
        for path in ("indicators", "facts", "facts/export"):
            asked = query if path == "indicators" else {}
            answer = await city.get(f"/institutions/{city.code('A')}/{path}", headers, **asked)
            assert answer.status_code == 404, path


async def test_no_fact_is_deleted(institutions):
    city = institutions
    await city.deliver(confirmed(city))
    with pytest.raises(asyncpg.RestrictViolationError):
        await city.rows("DELETE FROM indicator_facts")


def test_every_event_that_is_counted_is_one_of_the_platform():
    from brand_svc.indicators.fact import FACTS
    from chuangpei.events.registry import EVENT_TYPES

    assert {event.TYPE for event in FACTS} <= set(EVENT_TYPES)
    assert all(event.TYPE.startswith(TYPE_PREFIX) for event in FACTS)
