"""Reissuing (换发): a new number for the same certificate of the same day; the old one is void (C06, D01)."""

import asyncio

import asyncpg
import pytest
from chuangpei.auth import Role
from chuangpei.events.cert import CertificateReissued, CertificateRevoked


def officer(office, district="310115"):
    return office.as_(Role.DISTRICT_OFFICER, district=district)


async def carried(office, number, carrier="credential"):
    return await office.http.get(
        f"/cert/v1/certificates/{number}/{carrier}", headers=office.as_(Role.CITIZEN, "trainee")
    )


async def checked(office, content):
    return (await office.http.post("/cert/v1/checks", content=content)).json()


async def editions(office, number, headers=None):
    return await office.http.get(f"/cert/v1/certificates/{number}/editions", headers=headers or office.centre)


async def test_it_stays_the_same_certificate_of_the_same_day_under_a_new_number(office, qualification):
    office.clock.advance(days=40)
    answer = await office.reissue(qualification, "damaged")
    assert answer.status_code == 200, answer.text
    after = answer.json()
    assert after["number"] != qualification["number"]
    new = {"number": after["number"], "identifier": after["identifier"]}
    assert after == qualification | new | {"edition": 2, "version": 2, "reissued_on": "2026-07-11"}
    assert answer.headers["etag"] == '"2"'


async def test_anybody_learns_from_the_old_number_which_one_took_its_place(office, qualification):
    second = (await office.reissue(qualification)).json()
    third = (await office.reissue(second, "damaged")).json()
    for old, edition in ((qualification, 1), (second, 2)):
        shown = (await office.check(old["number"])).json()
        assert (shown["status"], shown["reissued_as"], shown["edition"]) == (
            "reissued",
            third["number"],
            edition,
        )
    shown = (await office.check(third["number"])).json()
    assert (shown["status"], shown["reissued_as"], shown["issued_on"]) == ("valid", None, "2026-06-01")


async def test_of_a_revoked_certificate_every_number_is_revoked(office, qualification):
    second = (await office.reissue(qualification)).json()
    await office.revoke(second)
    for number in (qualification["number"], second["number"]):
        shown = (await office.check(number)).json()
        assert (shown["status"], shown["reissued_as"], shown["revoked_on"]) == (
            "revoked",
            None,
            "2026-06-01",
        )


async def test_a_revoked_one_is_not_reissued(office, qualification):
    revoked = (await office.revoke(qualification)).json()
    for answer in (await office.reissue(revoked), await office.correct_name(revoked, "李四")):
        assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_who_acts_by_the_old_number_is_told_the_one_in_force(office, qualification):
    second = (await office.reissue(qualification)).json()
    by_old = second | {"number": qualification["number"]}
    for answer in (await office.reissue(by_old), await office.revoke(by_old)):
        assert (answer.status_code, answer.json()["code"]) == (409, "number_replaced")
        assert second["number"] in answer.json()["detail"]
    assert (await office.check(second["number"])).json()["status"] == "valid"


@pytest.mark.parametrize("carrier", ["credential", "credential.jwt", "code"])
async def test_the_old_credential_is_withdrawn_and_the_new_one_good(office, qualification, carrier):
    old = await carried(office, qualification["number"], carrier)
    office.clock.advance(days=3)
    second = (await office.reissue(qualification)).json()
    found = await checked(office, old.content)
    assert (found["verdict"], found["registered"]["status"]) == ("revoked", "reissued")
    assert (await carried(office, qualification["number"], carrier)).status_code == 404
    found = await checked(office, (await carried(office, second["number"], carrier)).content)
    assert (found["verdict"], found["number"]) == ("valid", second["number"])
    assert found["issued_on"] == "2026-06-01"


async def test_a_corrected_name_stands_on_the_new_edition_and_not_on_the_old(office, qualification):
    answer = await office.correct_name(qualification, "李三丰")
    assert answer.status_code == 200, answer.text
    second = answer.json()
    assert second["holder"] == "李*"
    assert (await office.check(qualification["number"])).json()["holder"] == "张*"
    assert (await office.check(second["number"])).json()["holder"] == "李*"
    found = await checked(office, (await carried(office, second["number"])).content)
    assert (found["verdict"], found["holder"]) == ("valid", "李三丰")


async def test_what_is_issued_later_for_the_training_bears_the_corrected_name(office):
    event = await office.complete()
    await office.correct_name((await office.certificates(event))["training_completion"], "李三丰")
    await office.evaluated(event, 90)
    qualification = (await office.certificates(event))["training_qualification"]
    found = await checked(office, (await carried(office, qualification["number"])).content)
    assert found["holder"] == "李三丰"
    assert (await office.evaluation_of(event))["trainee"] == "李*"


async def test_a_name_that_is_right_already_is_not_corrected(office, qualification):
    answer = await office.correct_name(qualification, "张三丰")
    assert (answer.status_code, answer.json()["code"]) == (422, "nothing_amended")
    assert (await office.check(qualification["number"])).json()["status"] == "valid"


async def test_the_event_tells_both_numbers_and_the_name_encrypted(office, qualification):
    office.clock.advance(days=1)
    second = (await office.correct_name(qualification, "李三丰")).json()
    event = (await office.emitted())[-1]
    assert isinstance(event, CertificateReissued)
    assert (event.previous_number, event.number) == (qualification["number"], second["number"])
    assert (event.edition, event.reason_code) == (2, "name_corrected")
    assert (event.issued_on.isoformat(), event.reissued_on.isoformat()) == ("2026-06-01", "2026-06-02")
    assert str(event.certificate_id) == qualification["id"]
    assert "三丰" not in event.model_dump_json()
    assert office.service.privacy.in_events.decrypt(event.person.name_encrypted, "event.name") == "李三丰"
    assert event.person.person_key == office.person().person_key


async def test_it_leaves_a_line_in_the_ledger_and_the_audit_log(office, qualification):
    second = (await office.reissue(qualification, "damaged", officer(office))).json()
    line = (await office.sql("SELECT * FROM certificate_ledger ORDER BY id"))[-1]
    assert (line["entry"], line["number"], line["reason_code"], line["role"]) == (
        "reissued",
        second["number"],
        "damaged",
        "district_officer",
    )
    step = (await office.sql("SELECT * FROM audit_log ORDER BY id"))[-1]
    assert (step["action"], step["from_state"], step["to_state"]) == ("reissue", "valid", "valid")
    assert step["reason"] == "持证人书面声明"
    assert step["details"]["replaces"] == qualification["number"]


async def test_every_edition_is_shown_by_any_of_its_numbers(office, qualification):
    second = (await office.correct_name(qualification, "李三丰")).json()
    for number in (qualification["number"], second["number"]):
        first, last = (await editions(office, number, officer(office))).json()
        assert (first["number"], first["holder"], first["reason_code"]) == (
            qualification["number"],
            "张*",
            None,
        )
        assert (last["reason_code"], last["reason_zh"]) == ("name_corrected", "更正姓名换发")
        assert (last["note"], last["evidence"]) == ("报名时录入有误", "户口簿复印件，档案号 2026-0415")
    own = (await editions(office, second["number"], office.as_(Role.CITIZEN, "trainee"))).json()[1]
    assert (own["reason_zh"], own["note"], own["evidence"], own["made_by"]) == (
        "更正姓名换发",
        None,
        None,
        None,
    )


async def test_another_persons_and_another_districts_are_not_found(office, qualification):
    for headers in (office.as_(Role.CITIZEN, "other_trainee"), officer(office, "310104")):
        assert (await editions(office, qualification["number"], headers)).status_code == 404
    assert (await office.reissue(qualification, by=officer(office, "310104"))).status_code == 404
    assert (await office.reissue(qualification, by=officer(office))).status_code == 200


async def test_a_certificate_that_was_reissued_still_stands_for_the_evaluation(office):
    event = await office.complete()
    await office.reissue((await office.certificates(event))["training_completion"])
    assert (await office.evaluated(event, 90))["passed"] is True


async def test_of_several_at_once_one_reissues(office, qualification):
    answers = await asyncio.gather(*(office.reissue(qualification) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
    assert len((await editions(office, qualification["number"])).json()) == 2
    live = await office.sql(
        "SELECT 1 FROM credentials WHERE withdrawn_at IS NULL AND certificate_id = $1",
        (await office.sql("SELECT id FROM certificates WHERE edition = 2"))[0]["id"],
    )
    assert len(live) == 1


@pytest.mark.parametrize("_", range(4))
async def test_reissuing_and_revoking_at_once_one_of_both_happens(office, qualification, _):
    reissued, revoked = await asyncio.gather(office.reissue(qualification), office.revoke(qualification))
    assert sorted((reissued.status_code, revoked.status_code)) == [200, 412]
    told = [
        one for one in await office.emitted() if isinstance(one, CertificateReissued | CertificateRevoked)
    ]
    assert [type(one) for one in told] == [
        CertificateReissued if reissued.status_code == 200 else CertificateRevoked
    ]


async def test_a_number_that_was_replaced_is_never_given_out_again(office, qualification, numbers):
    await office.reissue(qualification)
    event = office.completion(who="other_trainee", stage=1)
    numbers.append(qualification["number"])
    await office.deliver(event)
    [other] = (await office.certificates(event)).values()
    assert other["number"] != qualification["number"]
    numbers += [qualification["number"], other["number"]]
    again = (await office.reissue(other)).json()
    assert again["number"] not in (qualification["number"], other["number"])


NEXT_EDITION = "edition = 2, version = version + 1, reissued_on = '2026-06-02'"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE certificate_editions SET masked_name = '李*'",
        "DELETE FROM certificate_editions",
        "TRUNCATE certificate_editions CASCADE",
        # A number that no edition has, and one that is another certificate's.
        f"UPDATE certificates SET number = 'SH2026H0000000000A', {NEXT_EDITION}",  # noqa: S608  # above
        (
            "UPDATE certificates AS c SET number = o.number, edition = 2, version = c.version + 1, "
            "reissued_on = '2026-06-02' FROM certificates AS o WHERE o.id <> c.id"
        ),
        "UPDATE certificates SET version = version + 1, reissued_on = issued_on, edition = 2",
        f"UPDATE certificates SET issued_on = issued_on + 1, {NEXT_EDITION}",  # noqa: S608  # above
    ],
)
async def test_the_database_keeps_editions_and_the_day_of_issue(office, qualification, statement):
    with pytest.raises(asyncpg.RestrictViolationError):
        await office.sql(statement)


async def test_the_database_gives_no_number_to_two_editions(office, qualification):
    with pytest.raises(asyncpg.UniqueViolationError):
        await office.sql(
            "INSERT INTO certificate_editions SELECT certificate_id, 2, number, masked_name, name_encrypted, "
            "at, actor, role, 'lost', 'x', NULL FROM certificate_editions WHERE number = $1",
            qualification["number"],
        )
