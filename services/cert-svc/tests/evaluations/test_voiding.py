"""The city centre voids an evaluation: its certificate falls, who had no fault starts anew (作废; C04)."""

import asyncio

import asyncpg
import pytest
from chuangpei.events.cert import CertificateRevoked, EvaluationOpened, EvaluationVoided


@pytest.fixture
async def event(office):
    return await office.complete()


async def void(office, evaluation, **body):
    return await office.step(
        evaluation, "void", office.centre, **({"note": "试卷发放有误，该场评价作废"} | body)
    )


async def evaluations(office, event):
    answer = await office.http.get(
        "/cert/v1/evaluations", params={"enrolment_id": str(event.enrolment_id)}, headers=office.centre
    )
    return answer.json()["items"]


async def states(office, event):
    return [(one["attempt"], one["state"]) for one in await evaluations(office, event)]


async def open_(office, event):
    return await office.evaluation_of(event)


async def scored(office, event):
    return (await office.score(await office.evaluation_of(event), 80)).json()


async def failed(office, event):
    return await office.evaluated(event, 40)


async def published(office, event):
    return await office.published(event, 40)


async def disputed(office, event):
    return await office.disputed(event, 40)


async def reviewed(office, event):
    given = await office.disputed(event, 40)
    return (await office.step(given, "uphold", office.evaluator("third"), reason="经核对无误")).json()


@pytest.mark.parametrize("before", [open_, scored, failed, published, disputed, reviewed])
async def test_from_every_state_it_is_voided_and_the_attempt_opens_again(office, event, before):
    evaluation = await before(office, event)
    answer = await void(office, evaluation)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["state"], answer.json()["void_reason_code"]) == ("void", "evaluation_voided")
    assert answer.json()["passed"] is None
    assert await states(office, event) == [(1, "void"), (1, "open")]
    [told] = [one for one in await office.emitted() if isinstance(one, EvaluationVoided)]
    [_, again] = [one for one in await office.emitted() if isinstance(one, EvaluationOpened)]
    assert (told.followed_by, again.attempt) == (again.evaluation_id, 1)
    assert told.passed is (None if before in (open_, scored) else False)


async def test_blind_scores_do_not_keep_it_from_being_voided(office):
    await office.deliver(office.norm(most_difference=10))
    event = await office.complete(norm_version="2026-A")
    parts = dict.fromkeys(("written", "plan", "defence"), 70)
    second_wanted = (await office.score_parts(await office.evaluation_of(event), parts)).json()
    assert (await void(office, second_wanted)).json()["state"] == "void"
    # Who scored the void attempt may score the one in its place.
    again = await office.evaluation_of(event)
    assert (await office.score_parts(again, parts)).json()["state"] == "second_wanted"


async def test_the_certificate_is_revoked_with_it_and_the_attempt_in_its_place_gives_another(office, event):
    passed = await office.evaluated(event, 80)
    await void(office, passed)
    certificate = (await office.certificates(event))["training_qualification"]
    assert certificate["number"] == passed["certificate_number"]
    assert (certificate["status"], certificate["revocation"]["reason_code"]) == (
        "revoked",
        "evaluation_voided",
    )
    [revoked] = [one for one in await office.emitted() if isinstance(one, CertificateRevoked)]
    assert revoked.exit_ground is None
    again = await office.evaluated(event, 75)
    assert again["certificate_number"] not in (None, certificate["number"])


@pytest.mark.parametrize(
    ("reason_code", "exit_ground"), [("evaluation_fraud", "X2"), ("trainee_impersonation", None)]
)
async def test_after_fraud_the_attempt_is_used_up_and_nothing_opens(office, event, reason_code, exit_ground):
    passed = await office.evaluated(event, 80)
    await void(office, passed, reason_code=reason_code)
    assert await states(office, event) == [(1, "void")]
    [revoked] = [one for one in await office.emitted() if isinstance(one, CertificateRevoked)]
    assert (revoked.reason_code, revoked.exit_ground) == (reason_code, exit_ground)
    assert (await office.retake(passed)).json()["code"] == "not_allowed_in_state"


async def test_after_fraud_in_a_retake_the_earlier_fail_is_not_retaken_again(office, event):
    first = await office.evaluated(event, 40)
    again = (await office.retake(first)).json()
    await void(office, again, reason_code="trainee_impersonation")
    assert (await office.retake(first)).json()["code"] == "not_allowed_in_state"


async def test_a_void_attempt_uses_up_no_retake(office, event):
    for _ in range(2):
        await office.retake(await office.evaluated(event, 40))
    await void(office, await office.evaluated(event, 40))
    last = await office.evaluated(event, 40)
    assert (last["attempt"], last["retakes_left"]) == (3, 0)
    assert await states(office, event) == [
        (1, "confirmed"),
        (2, "confirmed"),
        (3, "void"),
        (3, "confirmed"),
    ]


async def test_voiding_an_earlier_fail_opens_nothing_beside_a_retake_under_way(office, event):
    first = await office.evaluated(event, 40)
    await office.retake(first)
    await void(office, first)
    assert await states(office, event) == [(1, "void"), (2, "open")]


async def test_it_opens_again_after_the_months_for_retakes_too(office, event):
    evaluation = await office.evaluated(event, 40)
    office.clock.advance(days=300)
    await void(office, evaluation)
    assert (await states(office, event))[-1] == (1, "open")


async def test_without_a_valid_completion_certificate_nothing_opens(office, event):
    evaluation = await office.evaluation_of(event)
    await office.revoke((await office.certificates(event))["training_completion"], "false_training")
    await void(office, evaluation, reason_code="evaluation_voided")
    assert await states(office, event) == [(1, "void")]


async def test_what_is_void_is_neither_passed_nor_failed_in_lists(office, event):
    await void(office, await office.evaluated(event, 80), reason_code="evaluation_fraud")
    for passed in ("true", "false"):
        answer = await office.http.get(
            "/cert/v1/evaluations", params={"passed": passed}, headers=office.centre
        )
        assert answer.json()["items"] == []


async def test_the_trainee_sees_that_a_published_result_is_void_but_not_the_note(office, event):
    await void(office, await office.published(event, 80))
    [shown] = (await office.http.get("/cert/v1/evaluations", headers=office.trainee)).json()["items"]
    assert (shown["state"], shown["void_reason_code"], shown["void_note"]) == (
        "void",
        "evaluation_voided",
        None,
    )


async def test_voiding_is_on_record_with_its_reason(office, event):
    voided = (await void(office, await office.evaluated(event, 80))).json()
    assert voided["void_note"] == "试卷发放有误，该场评价作废"
    steps = await office.http.get(f"/cert/v1/evaluations/{voided['id']}/timeline", headers=office.centre)
    last = steps.json()[-1]
    assert (last["action"], last["actor"], last["from_state"], last["to_state"], last["reason"]) == (
        "void",
        "dev-city_centre-one",
        "confirmed",
        "void",
        "试卷发放有误，该场评价作废",
    )


async def test_nothing_more_is_done_with_what_is_void(office, event):
    voided = (await void(office, await office.evaluated(event, 40), reason_code="evaluation_fraud")).json()
    for answer in (
        await void(office, voided),
        await office.score(voided, 80),
        await office.confirm(voided),
        await office.step(voided, "publish", office.centre),
        await office.retake(voided),
    ):
        assert answer.json()["code"] == "not_allowed_in_state"


async def test_an_unknown_reason_and_a_stale_version_are_refused(office, event):
    evaluation = await office.evaluation_of(event)
    refused = await void(office, evaluation, reason_code="no_such_reason")
    assert refused.json()["errors"][0]["pointer"] == "/reason_code"
    assert (await void(office, evaluation | {"version": 9})).status_code == 412


async def test_of_several_voids_at_once_one_holds_and_one_attempt_opens(office, event):
    passed = await office.evaluated(event, 80)
    answers = await asyncio.gather(*(void(office, passed) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    assert await states(office, event) == [(1, "void"), (1, "open")]


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("UPDATE evaluations SET state = 'open'", asyncpg.RestrictViolationError),
        ("UPDATE evaluations SET void_note = 'x'", asyncpg.RestrictViolationError),
    ],
)
async def test_the_database_keeps_what_is_void(office, event, statement, error):
    voided = (await void(office, await office.evaluated(event, 40), reason_code="evaluation_fraud")).json()
    with pytest.raises(error):
        await office.sql(f"{statement} WHERE id = $1", voided["id"])


async def test_the_database_lets_no_standing_evaluation_stop_counting(office, event):
    await office.evaluation_of(event)
    with pytest.raises(asyncpg.CheckViolationError):
        await office.sql("UPDATE evaluations SET counts = false")
