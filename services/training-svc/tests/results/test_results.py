"""What cert-svc tells of evaluations and revoked certificates is kept for each enrolment (T06, T08)."""

import asyncio
from datetime import date
from uuid import UUID

import pytest
from chuangpei.events.base import InstitutionRef, ProjectRef
from chuangpei.events.cert import CertificateRevoked, EvaluationCorrected, EvaluationVoided
from chuangpei.kernel.identifiers import new_id
from chuangpei.testing.events import deliver, received
from training_svc.consumers import HANDLERS

INSTITUTION = InstitutionRef(credit_code="91310115MA1K35X104", name="甲校", district="310115")
PROJECT = ProjectRef(code="IYB", name="改善你的企业", stage=3)
PARKED = "SELECT count(*) FROM parked_messages"


def revocation(enrolment, reason="evaluation_fraud"):
    return CertificateRevoked(
        certificate_id=new_id(),
        number="N1",
        kind="training_qualification",
        institution=INSTITUTION,
        project=PROJECT,
        person_key="k",
        reason_code=reason,
        exit_ground=None,
        revoked_on=date(2026, 4, 1),
        enrolment_id=enrolment and enrolment["id"],
    )


def about(event):
    """What every event of an evaluation tells."""
    names = ("evaluation_id", "enrolment_id", "class_id", "institution", "project", "person_key")
    return {name: getattr(event, name) for name in names}


def correction(event, *, passed):
    return EvaluationCorrected(
        **about(event),
        passed=passed,
        score=70 if passed else 50,
        pass_mark=60,
        evaluated_on=event.evaluated_on,
        passed_before=event.passed,
        score_before=event.score,
        reviewed_on=date(2026, 4, 2),
    )


def voiding(event, **own):
    values = {
        "passed": event.passed,
        "reason_code": "evaluation_voided",
        "voided_on": date(2026, 4, 2),
        "followed_by": None,
    }
    return EvaluationVoided(**about(event) | values | own)


@pytest.fixture
async def enrolled(world):
    institution = await world.qualified()
    filed = await world.filed(institution)
    return institution, filed, await world.enrolled(institution, filed)


async def told(world, *events):
    await deliver(world.service.database, HANDLERS, *events)


async def result(world, enrolment):
    answer = await world.get(f"/enrolments/{enrolment['id']}/result", world.officer())
    return answer.json() if answer.status_code == 200 else None


async def test_a_pass_is_kept_with_its_day(world, enrolled):
    institution, filed, enrolment = enrolled
    assert await result(world, enrolment) is None
    await told(world, world.evaluation(enrolment))
    kept = await result(world, enrolment)
    assert (kept["passed"], kept["evaluated_on"], kept["attempts"], kept["void"]) == (
        True,
        "2026-03-10",
        1,
        False,
    )
    assert (kept["class_id"], kept["institution_id"]) == (filed["id"], institution["id"])


async def test_an_event_that_comes_twice_counts_once(world, enrolled):
    *_, enrolment = enrolled
    record = received(world.evaluation(enrolment, passed=False))
    await told(world, record)
    await told(world, record)
    assert (await result(world, enrolment))["attempts"] == 1


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_a_retake_that_passes_counts_in_whatever_order_the_attempts_come(world, enrolled, order):
    *_, enrolment = enrolled
    attempts = [
        world.evaluation(enrolment, passed=False, on=date(2026, 3, 10)),
        world.evaluation(enrolment, passed=True, on=date(2026, 4, 10)),
    ]
    for number in order:
        await told(world, attempts[number])
    kept = await result(world, enrolment)
    assert (kept["passed"], kept["attempts"], kept["evaluated_on"]) == (True, 2, "2026-04-10")


@pytest.mark.parametrize("first", ["evaluation", "revocation"])
async def test_a_certificate_revoked_for_fraud_makes_the_result_void(world, enrolled, first):
    *_, enrolment = enrolled
    events = [world.evaluation(enrolment), revocation(enrolment)]
    await told(world, *(events if first == "evaluation" else events[::-1]))
    kept = await result(world, enrolment)
    assert (kept["passed"], kept["void"]) == (True, True)
    assert (kept["revoked_on"], kept["revocation_reason"]) == ("2026-04-01", "evaluation_fraud")


@pytest.mark.parametrize("passed", [True, False])
async def test_a_corrected_result_is_the_one_that_counts(world, enrolled, passed):
    *_, enrolment = enrolled
    confirmed = world.evaluation(enrolment, passed=not passed)
    await told(world, confirmed, correction(confirmed, passed=passed))
    kept = await result(world, enrolment)
    assert (kept["passed"], kept["attempts"], kept["evaluated_on"], kept["void"]) == (
        passed,
        1,
        "2026-03-10",
        False,
    )


async def test_a_correction_leaves_what_came_of_another_attempt(world, enrolled):
    *_, enrolment = enrolled
    first = world.evaluation(enrolment, passed=False, on=date(2026, 3, 10))
    second = world.evaluation(enrolment, passed=True, on=date(2026, 4, 10))
    await told(world, first, second, correction(second, passed=False))
    kept = await result(world, enrolment)
    assert (kept["passed"], kept["attempts"], kept["evaluated_on"]) == (False, 2, "2026-04-10")
    await told(world, correction(first, passed=True))
    assert (await result(world, enrolment))["passed"] is True


async def test_a_void_evaluation_is_taken_out_of_the_result(world, enrolled):
    *_, enrolment = enrolled
    first = world.evaluation(enrolment, passed=False, on=date(2026, 3, 10))
    second = world.evaluation(enrolment, passed=True, on=date(2026, 4, 10))
    await told(world, first, second, voiding(second))
    kept = await result(world, enrolment)
    assert (kept["passed"], kept["attempts"], kept["evaluated_on"]) == (False, 1, "2026-03-10")
    await told(world, voiding(first))
    kept = await result(world, enrolment)
    assert (kept["passed"], kept["attempts"], kept["evaluated_on"]) == (False, 0, None)


async def test_an_evaluation_that_is_void_before_it_was_confirmed_changes_nothing(world, enrolled):
    *_, enrolment = enrolled
    await told(world, voiding(world.evaluation(enrolment), passed=None))
    assert await result(world, enrolment) is None
    assert await world.count(PARKED) == 0


async def test_a_void_attempt_that_is_passed_in_its_place_counts_once(world, enrolled):
    *_, enrolment = enrolled
    first, again = world.evaluation(enrolment), world.evaluation(enrolment, on=date(2026, 4, 10))
    await told(world, first, voiding(first), revocation(enrolment, "evaluation_voided"), again)
    kept = await result(world, enrolment)
    assert (kept["passed"], kept["attempts"], kept["evaluated_on"], kept["void"]) == (
        True,
        1,
        "2026-04-10",
        False,
    )


async def test_attempts_told_at_once_are_all_counted(world, enrolled):
    *_, enrolment = enrolled
    attempts = [world.evaluation(enrolment, passed=passed) for passed in (False, True, False, False)]
    await asyncio.gather(*(told(world, one) for one in attempts))
    kept = await result(world, enrolment)
    assert (kept["attempts"], kept["passed"]) == (4, True)


async def test_what_was_told_before_each_evaluation_was_kept_is_corrected_and_voided_too(world, enrolled):
    *_, enrolment = enrolled
    first = world.evaluation(enrolment, passed=False)
    second = world.evaluation(enrolment, passed=True)
    await told(world, first, second)
    await world.count("UPDATE result_attempts SET evaluation_id = NULL")
    await told(world, correction(second, passed=False), voiding(first))
    kept = await result(world, enrolment)
    assert (kept["attempts"], kept["passed"]) == (1, False)


@pytest.mark.parametrize("change", [lambda one: correction(one, passed=False), voiding])
async def test_a_change_of_an_evaluation_that_is_not_known_waits(world, enrolled, change):
    *_, enrolment = enrolled
    await told(world, change(world.evaluation(enrolment)))
    assert await world.count(PARKED + " WHERE waiting AND dead_since IS NULL") == 1


@pytest.mark.parametrize(
    "reason", ["clerical_error", "holder_request", "evaluation_corrected", "evaluation_voided"]
)
async def test_a_certificate_revoked_without_fault_of_the_training_leaves_the_result(world, enrolled, reason):
    *_, enrolment = enrolled
    await told(world, world.evaluation(enrolment), revocation(enrolment, reason))
    kept = await result(world, enrolment)
    assert (kept["passed"], kept["void"], kept["revocation_reason"]) == (True, False, reason)


async def test_what_made_a_result_void_stays_whatever_is_revoked_later(world, enrolled):
    *_, enrolment = enrolled
    await told(world, world.evaluation(enrolment))
    for reason in ("evaluation_fraud", "holder_request"):
        await told(world, revocation(enrolment, reason))
    kept = await result(world, enrolment)
    assert (kept["void"], kept["revocation_reason"]) == (True, "evaluation_fraud")


async def test_an_event_of_an_unknown_enrolment_waits(world):
    unknown = {"id": UUID(int=1)}
    await told(world, world.evaluation(unknown), revocation(unknown))
    assert await world.count(PARKED + " WHERE waiting AND dead_since IS NULL") == 2
    assert await world.count("SELECT count(*) FROM results") == 0


async def test_a_revocation_of_the_first_form_is_kept_for_an_operator(world, enrolled):
    *_, enrolment = enrolled
    await told(world, revocation(None))
    assert await world.count(PARKED + " WHERE NOT waiting") == 1
    assert await result(world, enrolment) is None


async def test_results_are_found_by_class_and_outcome(world, enrolled):
    institution, filed, enrolment = enrolled
    other = await world.enrolled(institution, filed)
    await told(world, world.evaluation(enrolment), world.evaluation(other, passed=False))

    async def found(query):
        answer = await world.get(f"/results?{query}", world.of_institution(institution))
        assert answer.status_code == 200, answer.text
        return [one["enrolment_id"] for one in answer.json()["items"]]

    assert await found(f"class_id={filed['id']}&passed=false") == [other["id"]]
    assert await found("project_code=IYB&sort=-enrolment_id") == [other["id"], enrolment["id"]]
    assert await found("void=true") == []
    export = await world.get("/results/export", world.officer())
    assert len(export.text.splitlines()) == 3
