"""Revoking (撤销): for good, with a reason; some reasons match an exit ground of a brand (C06, D06, D09)."""

import asyncio
from datetime import date

import asyncpg
import pytest
from chuangpei.events.cert import CertificateRevoked


@pytest.mark.parametrize(
    ("reason_code", "ground"),
    [
        ("evaluation_fraud", "X2"),
        ("training_under_stop_order", "X3"),
        ("other_unlawful", "X5"),
        ("clerical_error", None),
        ("trainee_impersonation", None),
    ],
)
async def test_the_event_carries_the_exit_ground_of_the_reason(office, qualification, reason_code, ground):
    office.clock.advance(days=30)
    answer = await office.revoke(qualification, reason_code)
    assert answer.status_code == 200, answer.text
    event = (await office.emitted())[-1]
    assert isinstance(event, CertificateRevoked)
    assert (event.reason_code, event.exit_ground) == (reason_code, ground)
    assert (event.number, event.kind) == (qualification["number"], "training_qualification")
    assert event.revoked_on == date(2026, 7, 1)
    assert str(event.certificate_id) == qualification["id"]


async def test_everybody_sees_that_it_was_revoked_and_when_but_not_why(office, qualification):
    await office.revoke(qualification, "evaluation_fraud", "机构组织替考，已立案")
    shown = (await office.check(qualification["number"])).json()
    assert (shown["status"], shown["revoked_on"]) == ("revoked", "2026-06-01")
    assert "替考" not in str(shown)
    assert "evaluation_fraud" not in str(shown)


async def test_the_holder_sees_the_reason_and_the_offices_the_note_too(office, qualification):
    await office.revoke(qualification, "evaluation_fraud", "机构组织替考，已立案")
    answer = await office.http.get(
        "/cert/v1/certificates",
        params={"status": "revoked"},
        headers=office.as_("citizen", "trainee"),
    )
    [own] = answer.json()["items"]
    assert own["revocation"]["zh"] == "机构组织或参与评价作弊"
    assert own["revocation"]["note"] is None
    [seen] = (
        await office.http.get("/cert/v1/certificates", params={"status": "revoked"}, headers=office.centre)
    ).json()["items"]
    assert seen["revocation"]["note"] == "机构组织替考，已立案"


async def test_it_leaves_a_line_in_the_ledger_and_the_audit_log(office, qualification):
    await office.revoke(qualification, "false_training", "现场核查无学员")
    line = (await office.sql("SELECT * FROM certificate_ledger ORDER BY id"))[-1]
    assert (line["entry"], line["number"], line["reason_code"]) == (
        "revoked",
        qualification["number"],
        "false_training",
    )
    step = (await office.sql("SELECT * FROM audit_log ORDER BY id"))[-1]
    assert (step["action"], step["from_state"], step["to_state"], step["reason"]) == (
        "revoke",
        "valid",
        "revoked",
        "现场核查无学员",
    )
    assert step["details"]["exit_ground"] == "X2"


async def test_it_happens_once(office, qualification):
    revoked = (await office.revoke(qualification)).json()
    assert (await office.revoke(qualification)).json()["code"] == "precondition_failed"
    again = await office.revoke(revoked)
    assert (again.status_code, again.json()["code"]) == (409, "not_allowed_in_state")
    assert len([event for event in await office.emitted() if isinstance(event, CertificateRevoked)]) == 1


async def test_of_several_at_once_one_revokes(office, qualification):
    answers = await asyncio.gather(*(office.revoke(qualification) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
    assert len([event for event in await office.emitted() if isinstance(event, CertificateRevoked)]) == 1


async def test_an_unknown_reason_is_refused_and_changes_nothing(office, qualification):
    answer = await office.revoke(qualification, "because")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/reason_code"
    assert (await office.check(qualification["number"])).json()["status"] == "valid"


async def test_revoking_does_not_undo_the_evaluation(office, qualification):
    await office.revoke(qualification)
    [evaluation] = (await office.http.get("/cert/v1/evaluations", headers=office.centre)).json()["items"]
    assert (evaluation["state"], evaluation["passed"]) == ("confirmed", True)


async def test_an_unknown_number_cannot_be_revoked(office, qualification):
    answer = await office.revoke(qualification | {"number": "SH2026H0000000000" + "0"})
    assert answer.status_code == 404


REVOKED = (
    "state = 'revoked', version = 2, reason_code = 'x', note = 'x', "
    "revoked_on = '2026-06-01', revoked_at = now()"
)
VALID = "state = 'valid', version = 3, reason_code = NULL, note = NULL, revoked_on = NULL, revoked_at = NULL"
FORBIDDEN = [
    "DELETE FROM certificates",
    "TRUNCATE certificates CASCADE",
    "UPDATE certificates SET number = 'SH2026H00000000000' WHERE kind = 'training_qualification'",
    "UPDATE certificates SET issued_on = issued_on + 1",
    "UPDATE certificates SET version = 2",
    "UPDATE certificates SET state = 'revoked', version = 2",
    "UPDATE certificates SET issued_on = issued_on + 1, " + REVOKED,  # noqa: S608  # written above
    "UPDATE certificates SET masked_name = '李*', " + REVOKED,  # noqa: S608  # written above
    "DELETE FROM certificate_ledger",
    "UPDATE certificate_ledger SET actor = 'another'",
    "DELETE FROM completions",
    "UPDATE completions SET completed_on = completed_on + 1",
    "DELETE FROM evaluations",
    "UPDATE evaluations SET score = 100",
    "DELETE FROM audit_log",
    "UPDATE audit_log SET actor = 'another'",
    "TRUNCATE audit_log",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
async def test_the_database_itself_forbids_rewriting_history(office, qualification, statement):
    with pytest.raises((asyncpg.RestrictViolationError, asyncpg.CheckViolationError)):
        await office.sql(statement)


async def test_a_revoked_certificate_cannot_be_made_valid_or_revoked_otherwise(office, qualification):
    await office.revoke(qualification)
    for change in (VALID, "reason_code = 'other_unlawful', version = 3"):
        with pytest.raises(asyncpg.RestrictViolationError):
            await office.sql(f"UPDATE certificates SET {change} WHERE state = 'revoked'")  # noqa: S608  # above


async def test_the_reasons_are_public_and_in_both_languages(office):
    reasons = {
        reason["code"]: reason for reason in (await office.http.get("/cert/v1/revocation-reasons")).json()
    }
    assert reasons["evaluation_fraud"]["exit_ground"] == "X2"
    assert reasons["holder_request"]["exit_ground"] is None
    assert all(reason["zh"] and reason["en"] for reason in reasons.values())
