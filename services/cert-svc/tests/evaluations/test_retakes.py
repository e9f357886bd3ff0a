"""Retakes of a failed evaluation: at most 2, within 6 months of completion (D12)."""

import asyncio
from datetime import UTC, datetime

import pytest
from chuangpei.testing.api import key


@pytest.fixture
async def event(office):
    """Completed on 2026-05-20: the last day for a retake is 2026-11-20."""
    return await office.complete()


@pytest.fixture
async def failed_once(office, event):
    return await office.evaluated(event, 40)


async def test_a_failed_evaluation_says_how_many_retakes_are_left_and_until_when(failed_once):
    assert (failed_once["retakes_left"], failed_once["retake_until"]) == (2, "2026-11-20")


async def test_two_retakes_and_no_third(office, event, failed_once):
    for attempt in (2, 3):
        opened = await office.retake(await office.evaluation_of(event))
        assert opened.status_code == 201, opened.text
        assert (opened.json()["attempt"], opened.json()["state"]) == (attempt, "open")
        last = await office.evaluated(event, 50)
    assert last["retakes_left"] == 0
    refused = await office.retake(last)
    assert (refused.status_code, refused.json()["code"]) == (422, "refused_by_rule")
    assert [one["rule"] for one in refused.json()["findings"] if one["outcome"] == "failed"] == ["D12"]


async def test_a_retake_that_is_passed_gives_the_certificate(office, event, failed_once):
    await office.retake(failed_once)
    passed = await office.evaluated(event, 61)
    certificate = (await office.certificates(event))["training_qualification"]
    assert passed["certificate_number"] == certificate["number"]


async def test_the_completion_certificate_stands_after_a_fail(office, event, failed_once):
    assert (await office.certificates(event))["training_completion"]["status"] == "valid"


@pytest.mark.parametrize(
    ("instant", "status"),
    [
        (datetime(2026, 11, 20, 15, 59, 59, tzinfo=UTC), 201),
        (datetime(2026, 11, 20, 16, 0, 0, tzinfo=UTC), 422),
    ],
)
async def test_the_last_day_counts_to_its_last_second_in_shanghai(office, failed_once, instant, status):
    office.clock.set(instant)
    assert (await office.retake(failed_once)).status_code == status


async def test_a_retake_opened_in_time_may_be_held_later(office, event, failed_once):
    office.clock.set(datetime(2026, 11, 20, 4, tzinfo=UTC))
    await office.retake(failed_once)
    office.clock.advance(days=14)
    assert (await office.evaluated(event, 88))["passed"] is True


async def test_only_a_failed_evaluation_is_retaken(office, event):
    evaluation = await office.evaluation_of(event)
    assert (await office.retake(evaluation)).status_code == 409
    passed = await office.evaluated(event, 90)
    assert (await office.retake(passed)).status_code == 409


async def test_while_a_retake_is_under_way_no_other_opens(office, event, failed_once):
    await office.retake(failed_once)
    assert (await office.retake(failed_once)).json()["code"] == "not_allowed_in_state"


async def test_an_earlier_fail_cannot_be_retaken_again_after_a_pass(office, event, failed_once):
    await office.retake(failed_once)
    await office.evaluated(event, 90)
    assert (await office.retake(failed_once)).status_code == 409


async def test_of_several_at_once_one_retake_opens(office, failed_once):
    answers = await asyncio.gather(*(office.retake(failed_once) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7


async def test_the_same_request_sent_twice_opens_one_and_answers_the_same(office, failed_once):
    same = key()
    first, second = await office.retake(failed_once, same), await office.retake(failed_once, same)
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"
    assert len(await office.sql("SELECT id FROM evaluations")) == 2


async def test_a_retake_needs_an_idempotency_key(office, failed_once):
    answer = await office.http.post(f"/cert/v1/evaluations/{failed_once['id']}/retake", headers=office.centre)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/header/Idempotency-Key"


async def test_without_a_valid_completion_certificate_there_is_no_retake(office, event, failed_once):
    await office.revoke((await office.certificates(event))["training_completion"])
    refused = await office.retake(failed_once)
    assert [one["rule"] for one in refused.json()["findings"] if one["outcome"] == "failed"] == ["C02"]
