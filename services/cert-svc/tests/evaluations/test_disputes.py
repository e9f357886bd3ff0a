"""The trainee disputes a published result once; another person upholds or corrects it (复核; C04)."""

import asyncio
from datetime import UTC, datetime

import asyncpg
import pytest
from chuangpei.auth import Role
from chuangpei.events.cert import (
    CertificateRevoked,
    EvaluationCorrected,
    EvaluationDisputed,
    EvaluationUpheld,
)

GROUNDS = "答辩部分漏计一项得分"


@pytest.fixture
async def event(office):
    return await office.complete()


@pytest.fixture
async def failed(office, event):
    """Published with 55 points on 2026-06-01: the last day to dispute it is 2026-06-16."""
    return await office.published(event, 55)


@pytest.fixture
async def disputed(office, event):
    return await office.disputed(event, 55)


async def dispute(office, evaluation, headers=None):
    return await office.step(evaluation, "dispute", headers or office.trainee, grounds=GROUNDS)


async def correct(office, evaluation, score, who="third"):
    return await office.step(
        evaluation, "correct", office.evaluator(who), score=score, reason="答辩漏计，予以更正"
    )


async def uphold(office, evaluation, who="third"):
    return await office.step(evaluation, "uphold", office.evaluator(who), reason="经核对得分无误")


async def read(office, evaluation, headers):
    answer = await office.http.get(f"/cert/v1/evaluations/{evaluation['id']}/dispute", headers=headers)
    return answer.json() if answer.status_code == 200 else answer.status_code


async def told(office, kind):
    return [one for one in await office.emitted() if isinstance(one, kind)]


def against(answer):
    return [one["en"] for one in answer.json()["findings"] if one["outcome"] == "failed"]


@pytest.mark.parametrize(
    ("instant", "status"),
    [
        (datetime(2026, 6, 16, 15, 59, 59, tzinfo=UTC), 201),
        (datetime(2026, 6, 16, 16, 0, 0, tzinfo=UTC), 422),
    ],
)
async def test_the_last_day_to_dispute_counts_to_its_last_second_in_shanghai(office, failed, instant, status):
    office.clock.set(instant)
    assert (await dispute(office, failed)).status_code == status


async def test_a_norm_says_how_long_a_result_may_be_disputed(office):
    await office.deliver(office.norm(dispute_days=5))
    evaluation = await office.evaluation_of(await office.complete(norm_version="2026-A"))
    parts = dict.fromkeys(("written", "plan", "defence"), 50)
    confirmed = (await office.confirm((await office.score_parts(evaluation, parts)).json())).json()
    published = (await office.step(confirmed, "publish", office.centre)).json()
    assert published["last_dispute_day"] == "2026-06-06"


async def test_the_grounds_are_read_by_who_decides_and_rest_encrypted(office, disputed):
    for headers in (office.trainee, office.evaluator("third"), office.centre):
        assert (await read(office, disputed, headers))["grounds"] == GROUNDS
    assert await read(office, disputed, office.as_(Role.CITIZEN, "other_trainee")) == 404
    assert await read(office, disputed, office.as_(Role.DISTRICT_OFFICER, district="310104")) == 404
    for table in ("disputes", "audit_log", "idempotency_keys", "outbox"):
        rows = await office.sql(f"SELECT {table}::text FROM {table}")  # noqa: S608  # named above
        assert all(GROUNDS not in row[0] for row in rows), table


async def test_what_is_not_disputed_has_no_dispute_to_read(office, failed):
    assert await read(office, failed, office.centre) == 404


async def test_the_trainee_alone_disputes(office, failed):
    assert (await dispute(office, failed, office.as_(Role.CITIZEN, "other_trainee"))).status_code == 404
    assert (await dispute(office, failed, office.evaluator("third"))).status_code == 403


async def test_a_result_is_disputed_once(office, disputed):
    assert (await dispute(office, disputed)).json()["code"] == "not_allowed_in_state"
    upheld = (await uphold(office, disputed)).json()
    assert (await dispute(office, upheld)).json()["code"] == "not_allowed_in_state"


async def test_of_several_disputes_at_once_one_is_taken(office, failed):
    answers = await asyncio.gather(*(dispute(office, failed) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert len(await told(office, EvaluationDisputed)) == 1


async def test_a_result_that_is_upheld_stands_with_the_reason(office, event, disputed):
    upheld = (await uphold(office, disputed)).json()
    assert (upheld["state"], upheld["review_outcome"], upheld["score"]) == ("reviewed", "upheld", 55)
    shown = await read(office, disputed, office.trainee)
    assert (shown["outcome"], shown["reason"], shown["reviewed_by"]) == ("upheld", "经核对得分无误", None)
    assert (await read(office, disputed, office.centre))["reviewed_by"] == "third"
    [event_told] = await told(office, EvaluationUpheld)
    assert (event_told.passed, event_told.score) == (False, 55)


async def test_a_fail_that_is_corrected_to_a_pass_gets_its_certificate_at_once(office, event, disputed):
    corrected = (await correct(office, disputed, 61)).json()
    assert (corrected["passed"], corrected["score"], corrected["review_outcome"]) == (True, 61, "corrected")
    certificate = (await office.certificates(event))["training_qualification"]
    assert (certificate["number"], certificate["status"]) == (corrected["certificate_number"], "valid")
    assert certificate["evaluated_on"] == "2026-06-01"
    [one] = await told(office, EvaluationCorrected)
    assert (one.passed_before, one.score_before, one.passed, one.score) == (False, 55, True, 61)


async def test_a_pass_that_is_corrected_to_a_fail_loses_its_certificate_without_an_exit_ground(office, event):
    disputed = await office.disputed(event, 82)
    corrected = (await correct(office, disputed, 58)).json()
    assert (corrected["passed"], corrected["retakes_left"]) == (False, 2)
    certificate = (await office.certificates(event))["training_qualification"]
    assert certificate["revocation"]["reason_code"] == "evaluation_corrected"
    [revoked] = await told(office, CertificateRevoked)
    assert revoked.exit_ground is None
    # The next attempt that is passed gets a certificate of its own.
    await office.retake(corrected)
    passed = await office.evaluated(event, 90)
    assert passed["certificate_number"] not in (None, certificate["number"])


async def test_what_was_scored_before_a_correction_stays_readable(office, disputed):
    await correct(office, disputed, 61)
    shown = await read(office, disputed, office.trainee)
    assert (shown["score_before"], shown["passed_before"]) == (55, False)
    steps = await office.http.get(f"/cert/v1/evaluations/{disputed['id']}/timeline", headers=office.centre)
    assert [
        (one["action"], one["actor"], one["from_state"], one["to_state"], one["score"], one["passed"])
        for one in steps.json()[2:]
    ] == [
        ("confirm", "confirmer", "scored", "confirmed", 55, False),
        ("publish", "confirmer", "confirmed", "published", 55, False),
        ("dispute", "trainee", "published", "disputed", None, False),
        ("correct", "third", "disputed", "reviewed", 61, True),
    ]
    own = await office.http.get(f"/cert/v1/evaluations/{disputed['id']}/timeline", headers=office.trainee)
    assert [(one["action"], one["reason"]) for one in own.json()[4:]] == [
        ("dispute", None),
        ("correct", "答辩漏计，予以更正"),
    ]


async def test_a_correction_that_changes_nothing_is_refused(office, disputed):
    refused = await correct(office, disputed, 55)
    assert (refused.status_code, refused.json()["code"]) == (422, "nothing_amended")


async def test_a_correction_of_parts_names_each_part_of_the_norm(office):
    await office.deliver(office.norm())
    event = await office.complete(norm_version="2026-A")
    parts = dict.fromkeys(("written", "plan", "defence"), 50)
    scored = (await office.score_parts(await office.evaluation_of(event), parts)).json()
    published = (await office.step((await office.confirm(scored)).json(), "publish", office.centre)).json()
    disputed = (await dispute(office, published)).json()
    refused = await correct(office, disputed, 80)
    assert refused.json()["errors"][0]["pointer"] == "/parts"
    corrected = await office.step(
        disputed, "correct", office.evaluator("third"), parts=parts | {"defence": 51}, reason="漏计一分"
    )
    assert corrected.status_code == 200, corrected.text
    assert (await read(office, disputed, office.centre))["parts_before"] == parts


@pytest.mark.parametrize("who", ["scorer", "confirmer"])
@pytest.mark.parametrize("decide", [uphold, lambda office, one, who: correct(office, one, 61, who)])
async def test_who_scored_or_confirmed_does_not_decide(office, disputed, who, decide):
    refused = await decide(office, disputed, who)
    assert (refused.status_code, refused.json()["code"]) == (409, "four_eyes")


async def test_no_blind_scorer_decides(office):
    await office.deliver(office.norm(most_difference=10))
    event = await office.complete(norm_version="2026-A")
    evaluation, parts = await office.evaluation_of(event), dict.fromkeys(("written", "plan", "defence"), 50)
    for who in ("scorer", "third"):
        evaluation = (await office.score_parts(evaluation, parts, who)).json()
    published = (
        await office.step((await office.confirm(evaluation)).json(), "publish", office.centre)
    ).json()
    disputed = (await dispute(office, published)).json()
    for who in ("scorer", "third", "confirmer"):
        assert (await uphold(office, disputed, who)).json()["code"] == "four_eyes"
    assert (await uphold(office, disputed, "other_trainee")).status_code == 200


async def test_the_city_centre_decides_by_real_name(office, disputed):
    nameless = await office.step(disputed, "uphold", office.centre, reason="经核对无误")
    assert nameless.json()["code"] == "real_name_required"
    named = office.as_(Role.CITY_CENTRE, "third")
    assert (await office.step(disputed, "uphold", named, reason="经核对无误")).status_code == 200


async def test_the_teacher_and_the_trainee_do_not_decide(office, disputed):
    for who, reason in (
        ("teacher", "Who taught the class may not evaluate it"),
        ("trainee", "Nobody may evaluate their own training"),
    ):
        assert against(await uphold(office, disputed, who)) == [reason]


@pytest.mark.parametrize("decide", [uphold, lambda office, one: correct(office, one, 61)])
async def test_only_what_is_disputed_is_decided(office, failed, decide):
    assert (await decide(office, failed)).json()["code"] == "not_allowed_in_state"


async def test_of_several_decisions_at_once_one_holds(office, event, disputed):
    answers = await asyncio.gather(
        *(correct(office, disputed, 61, who) for who in ("third", "other_trainee") * 2),
        uphold(office, disputed),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]
    assert len(await told(office, EvaluationCorrected)) + len(await told(office, EvaluationUpheld)) == 1


async def test_without_a_valid_completion_certificate_no_result_is_corrected(office, event, disputed):
    await office.revoke((await office.certificates(event))["training_completion"], "false_training")
    refused = await correct(office, disputed, 61)
    assert against(refused) == ["The certificate of the finished training must be valid"]


async def test_while_a_result_is_disputed_there_is_no_retake(office, disputed):
    refused = await office.retake(disputed)
    assert against(refused) == ["While a result is disputed, retakes wait"]
    upheld = (await uphold(office, disputed)).json()
    assert (await office.retake(upheld)).status_code == 201


async def test_a_retake_under_way_is_not_confirmed_while_the_earlier_result_is_disputed(
    office, event, failed
):
    again = (await office.retake(failed)).json()
    await dispute(office, failed)
    scored = (await office.score(again, 90)).json()
    assert against(await office.confirm(scored)) == ["While a result is disputed, retakes wait"]


async def test_a_retake_under_way_falls_away_when_the_earlier_result_is_corrected_to_a_pass(
    office, event, failed
):
    again = (await office.retake(failed)).json()
    await office.score(again, 40)
    disputed = (await dispute(office, failed)).json()
    assert (await correct(office, disputed, 70)).json()["passed"] is True
    later = await office.http.get(f"/cert/v1/evaluations/{again['id']}", headers=office.centre)
    assert (later.json()["state"], later.json()["void_reason_code"]) == ("void", "evaluation_voided")
    assert len(await office.sql("SELECT id FROM evaluations")) == 2
    assert (await office.certificates(event))["training_qualification"]["status"] == "valid"


async def test_who_passed_a_later_attempt_has_nothing_to_dispute(office, event, failed):
    await office.retake(failed)
    await office.evaluated(event, 90)
    assert against(await dispute(office, failed)) == ["A later attempt was passed"]


async def test_a_dispute_and_a_retake_at_once_never_both_go_through_unseen(office, event, failed):
    disputing, retaking = await asyncio.gather(dispute(office, failed), office.retake(failed))
    assert disputing.status_code == 201
    assert retaking.status_code in (201, 422)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE evaluations SET score = 99",
        "UPDATE evaluations SET passed = true, version = version + 1",
        "UPDATE evaluations SET state = 'confirmed', version = version + 1",
        "UPDATE evaluations SET last_dispute_day = '2030-01-01', state = 'reviewed', version = version + 1",
        "DELETE FROM disputes",
        (
            "UPDATE disputes SET outcome = 'upheld', review_reason = 'x', reviewed_at = now(),"
            " reviewed_by = 'scorer', reviewed_by_key = 'x'"
        ),
    ],
)
async def test_the_database_keeps_a_result_and_lets_another_person_decide(office, disputed, statement):
    with pytest.raises(asyncpg.PostgresError) as refused:
        await office.sql(statement)
    assert isinstance(refused.value, asyncpg.RestrictViolationError | asyncpg.CheckViolationError)
