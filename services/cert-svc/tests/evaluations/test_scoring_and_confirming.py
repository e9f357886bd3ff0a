"""One person scores, another confirms; neither taught the class (C02, C04)."""

import asyncio

import asyncpg
import pytest
from cert_svc.certificates.use_cases import revoke
from chuangpei.auth import Principal, Role
from chuangpei.events.cert import CertificateIssued, EvaluationConfirmed


@pytest.fixture
async def event(office):
    return await office.complete()


@pytest.fixture
async def open_evaluation(office, event):
    return await office.evaluation_of(event)


def findings_against(answer):
    return [one["en"] for one in answer.json()["findings"] if one["outcome"] == "failed"]


async def test_who_taught_the_class_may_neither_score_nor_confirm(office, open_evaluation):
    refused = await office.score(open_evaluation, 80, "teacher")
    assert (refused.status_code, refused.json()["code"]) == (422, "refused_by_rule")
    assert findings_against(refused) == ["Who taught the class may not evaluate it"]
    scored = (await office.score(open_evaluation, 80)).json()
    assert (await office.confirm(scored, "teacher")).status_code == 422


async def test_nobody_evaluates_their_own_training(office, open_evaluation):
    refused = await office.score(open_evaluation, 100, "trainee")
    assert findings_against(refused) == ["Nobody may evaluate their own training"]


async def test_who_scored_does_not_confirm(office, event, open_evaluation):
    scored = (await office.score(open_evaluation, 80)).json()
    refused = await office.confirm(scored, "scorer")
    assert (refused.status_code, refused.json()["code"]) == (409, "four_eyes")
    assert list(await office.certificates(event)) == ["training_completion"]


async def test_a_second_account_of_the_same_person_is_the_same_person(office, open_evaluation):
    scored = (await office.score(open_evaluation, 80)).json()
    refused = await office.http.post(
        f"/cert/v1/evaluations/{scored['id']}/confirm",
        headers=office.as_(Role.EVALUATOR, "scorer", subject="another-account") | {"if-match": '"2"'},
    )
    assert refused.json()["code"] == "four_eyes"


async def test_an_account_used_by_two_persons_counts_as_one(office, open_evaluation):
    scored = (await office.score(open_evaluation, 80)).json()
    refused = await office.http.post(
        f"/cert/v1/evaluations/{scored['id']}/confirm",
        headers=office.as_(Role.EVALUATOR, "confirmer", subject="scorer") | {"if-match": '"2"'},
    )
    assert refused.json()["code"] == "four_eyes"


async def test_an_evaluator_without_a_real_name_is_refused(office, open_evaluation):
    headers = office.as_(Role.EVALUATOR, subject="nameless") | {"if-match": '"1"'}
    refused = await office.http.post(
        f"/cert/v1/evaluations/{open_evaluation['id']}/score", json={"score": 80}, headers=headers
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "real_name_required")


async def test_the_scorer_amends_until_confirmation_and_both_scores_stay_on_record(office, open_evaluation):
    first = (await office.score(open_evaluation, 28)).json()
    office.clock.advance(days=2)
    amended = (await office.score(first, 82)).json()
    assert (amended["score"], amended["version"]) == (82, 3)
    assert amended["evaluated_on"] == "2026-06-01"
    steps = await office.sql("SELECT details FROM audit_log WHERE action = 'score' ORDER BY id")
    assert [step["details"]["score"] for step in steps] == [28, 82]


async def test_every_step_tells_who_when_from_what_to_what(office, open_evaluation):
    scored = (await office.score(open_evaluation, 28)).json()
    await office.confirm((await office.score(scored, 82)).json())
    steps = await office.http.get(
        f"/cert/v1/evaluations/{open_evaluation['id']}/timeline", headers=office.evaluator("third")
    )
    assert [
        (one["action"], one["actor"], one["from_state"], one["to_state"], one["score"], one["passed"])
        for one in steps.json()
    ] == [
        ("open", "system", None, "open", None, None),
        ("score", "scorer", "open", "scored", 28, None),
        ("score", "scorer", "scored", "scored", 82, None),
        ("confirm", "confirmer", "scored", "confirmed", 82, True),
    ]
    assert {one["at"] for one in steps.json()} == {"2026-06-01T01:00:00Z"}


async def test_another_person_does_not_amend_the_score(office, open_evaluation):
    scored = (await office.score(open_evaluation, 28)).json()
    refused = await office.score(scored, 82, "third")
    assert findings_against(refused) == ["A score is amended by the person who gave it"]


async def test_a_score_changed_meanwhile_is_not_confirmed_unseen(office, open_evaluation):
    seen = (await office.score(open_evaluation, 28)).json()
    await office.score(seen, 82)
    assert (await office.confirm(seen)).status_code == 412


async def test_a_confirmed_score_stands(office, event):
    confirmed = await office.evaluated(event, 82)
    assert (await office.score(confirmed, 90)).json()["code"] == "not_allowed_in_state"
    assert (await office.confirm(confirmed, "third")).json()["code"] == "not_allowed_in_state"


async def test_what_is_not_scored_cannot_be_confirmed(office, open_evaluation):
    assert (await office.confirm(open_evaluation)).json()["code"] == "not_allowed_in_state"


@pytest.mark.parametrize(("points", "passed"), [(0, False), (59, False), (60, True), (100, True)])
async def test_the_pass_mark_decides(office, event, points, passed):
    confirmed = await office.evaluated(event, points)
    assert confirmed["passed"] is passed
    assert ("training_qualification" in await office.certificates(event)) is passed
    told = [one for one in await office.emitted() if isinstance(one, EvaluationConfirmed)]
    assert [(one.passed, one.score) for one in told] == [(passed, points)]


async def test_of_several_confirmers_at_once_one_confirms_and_one_certificate_is_issued(office, event):
    scored = (await office.score(await office.evaluation_of(event), 75)).json()
    people = ["confirmer", "third", "other_trainee"] * 3
    answers = await asyncio.gather(*(office.confirm(scored, who) for who in people))
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 8
    issued = [one for one in await office.emitted() if isinstance(one, CertificateIssued)]
    assert [one.kind for one in issued] == ["training_completion", "training_qualification"]


@pytest.mark.parametrize("points", [55, 90])
async def test_when_the_completion_certificate_was_revoked_nothing_more_is_decided(office, event, points):
    scored = (await office.score(await office.evaluation_of(event), points)).json()
    await office.revoke((await office.certificates(event))["training_completion"], "false_training")
    refused = await office.confirm(scored)
    assert findings_against(refused) == ["The certificate of the finished training must be valid"]
    assert list(await office.certificates(event)) == ["training_completion"]


async def test_a_confirmation_waits_for_a_revocation_under_way_and_is_then_refused(office, event):
    scored = (await office.score(await office.evaluation_of(event), 90)).json()
    completion = (await office.certificates(event))["training_completion"]
    async with office.service.database.transaction() as tx:
        await revoke(
            tx,
            office.service,
            Principal("centre", Role.CITY_CENTRE),
            completion["number"],
            completion["version"],
            reason_code="false_training",
            note="现场核查无学员",
        )
        confirming = asyncio.create_task(office.confirm(scored))
        while not await office.sql("SELECT pid FROM pg_locks WHERE NOT granted"):
            assert not confirming.done(), "it was confirmed while the certificate was being revoked"
    refused = await confirming
    assert findings_against(refused) == ["The certificate of the finished training must be valid"]
    assert list(await office.certificates(event)) == ["training_completion"]


@pytest.mark.parametrize(
    "change",
    [
        "confirmed_by = scored_by",
        "confirmed_by_key = scored_by_key",
        "passed = false",
        "confirmed_at = NULL",
        "state = 'scored'",
    ],
)
async def test_the_database_itself_forbids_one_person_confirming_and_a_wrong_result(
    office, open_evaluation, change
):
    await office.score(open_evaluation, 80)
    columns = {
        "state": "'confirmed'",
        "passed": "true",
        "confirmed_by": "'confirmer'",
        "confirmed_by_key": "'key'",
        "confirmed_at": "now()",
    }
    name, value = change.split(" = ")
    parts = ", ".join(f"{column} = {given}" for column, given in (columns | {name: value}).items())
    with pytest.raises(asyncpg.CheckViolationError):
        await office.sql(f"UPDATE evaluations SET {parts}")  # noqa: S608  # written above
