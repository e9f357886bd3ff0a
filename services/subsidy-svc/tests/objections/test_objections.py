"""Objections hold one claim alone, are investigated by one person and decided by another (S09, D03–D05)."""

from datetime import datetime

import pytest
from chuangpei.events.subsidy import ClaimCleared, ClaimHeld, ClaimStopped
from chuangpei.kernel.clock import SHANGHAI
from chuangpei.testing.api import key

RULING = {"reason": "经核查工商登记", "article": "沪人社规〔2025〕30号 一(二)"}
DECISIONS = ("not-accept", "dismiss", "uphold")


def by_receipt(objection):
    return {"objection-receipt": objection["receipt"]}


async def refused(office, objection, verb, who):
    answer = await office.handle(objection, verb, who)
    assert answer.status_code == 409, answer.text
    return answer.json()["code"]


async def ended(office, objection, verb):
    """Decided by an officer, after an investigation where the decision needs one."""
    if verb != "not-accept":
        return await office.decided(objection, verb)
    answer = await office.handle(objection, verb, "releaser")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_objection_holds_its_claim_alone_from_the_moment_it_is_filed(office):
    first = await office.noticed()
    second = await office.noticed(await office.submitted(who="partner"))
    await office.objected(first)
    office.clock.advance(days=30)
    assert await office.clear_due() == 1
    assert (await office.state_of(first), await office.state_of(second)) == ("held", "cleared")
    assert [str(event.claim_id) for event in await office.emitted(ClaimHeld)] == [first["id"]]
    notice = await office.notice_of(first)
    assert (await office.get(f"/notices/{notice['id']}"))["state"] == "held"


async def test_the_whole_way_of_an_objection(office):
    objection = await office.objected(await office.noticed())
    assert objection["due_on"] == "2026-06-08"
    seen = await office.objection(objection)
    assert (seen["state"], seen["due_on"], seen["overdue"]) == ("received", "2026-06-08", False)
    accepted = (await office.handle(objection, "accept", "acceptor")).json()
    assert (accepted["state"], accepted["due_on"]) == ("accepted", "2026-06-23")
    taken = (await office.handle(objection, "investigate", "acceptor")).json()
    assert (taken["state"], taken["investigator"]) == ("investigating", "acceptor")
    assert (await office.handle(objection, "notes", "acceptor")).status_code == 201
    decided = (await office.handle(objection, "dismiss", "releaser")).json()
    assert (decided["state"], decided["decided_by"]) == ("dismissed", "releaser")
    assert (decided["decision_reason"], decided["decision_article"]) == tuple(RULING.values())
    rows = await office.sql(
        "SELECT action, from_state, to_state FROM audit_log WHERE object_type = 'objection' ORDER BY id"
    )
    assert [tuple(row) for row in rows] == [
        ("objection.accept", "received", "accepted"),
        ("objection.investigate", "accepted", "investigating"),
        ("objection.note", "investigating", "investigating"),
        ("objection.dismiss", "investigating", "dismissed"),
    ]


async def test_an_anonymous_objection_needs_no_name_and_a_named_one_is_masked(office):
    claim = await office.noticed()
    await office.objected(claim)
    await office.objected(claim, name="李四光", contact="13800000000")
    items = (await office.get("/objections", office.officer()))["items"]
    assert [(item["name"], item["has_contact"]) for item in items] == [("李*", True), (None, False)]
    [row] = await office.sql("SELECT string_agg(o::text, '') AS all FROM objections o")
    assert "李四光" not in row["all"]
    assert "13800000000" not in row["all"]
    assert len(await office.emitted(ClaimHeld)) == 1


async def test_who_objected_is_opened_for_a_reason_that_is_kept(office):
    claim = await office.noticed()
    named = await office.objected(claim, name="李四光", contact="13800000000")
    path, body = f"/objections/{named['id']}/unmask", {"reason": "向异议人核实情况"}
    opened = (await office.post(path, office.officer("releaser"), body)).json()
    assert (opened["name"], opened["contact"]) == ("李四光", "13800000000")
    assert (await office.post(path, office.officer("approver"), body)).json()["code"] == "four_eyes"
    assert (await office.post(path, office.officer("releaser", "310104"), body)).status_code == 404
    rows = await office.sql("SELECT actor, reason FROM audit_log WHERE action = 'unmask_objection'")
    assert [tuple(row) for row in rows] == [("releaser", "向异议人核实情况")]
    anonymous = await office.objected(claim)
    answer = await office.post(f"/objections/{anonymous['id']}/unmask", office.officer(), body)
    assert (answer.json()["name"], answer.json()["contact"]) == (None, None)


@pytest.mark.parametrize("verb", ["not-accept", "dismiss"])
async def test_what_does_not_stand_lets_the_notice_go_on(office, verb):
    claim = await office.noticed()
    assert (await ended(office, await office.objected(claim), verb))["state"] in ("not_accepted", "dismissed")
    assert await office.state_of(claim) == "noticed"
    office.clock.advance(days=30)
    assert await office.clear_due() == 1


@pytest.mark.parametrize("verb", ["not-accept", "dismiss"])
async def test_after_the_notice_is_over_the_claim_is_cleared_at_once(office, verb):
    claim = await office.noticed()
    objection = await office.objected(claim)
    office.clock.advance(days=30)
    await ended(office, objection, verb)
    assert await office.state_of(claim) == "cleared"
    assert len(await office.emitted(ClaimCleared)) == 1
    steps = await office.get(f"/claims/{claim['id']}/timeline", office.citizen())
    words = {"not-accept": "异议不予受理", "dismiss": "异议不成立"}
    assert [step["zh"] for step in steps][-2:] == ["公示期收到异议", words[verb]]


async def test_of_two_objections_both_must_be_decided_before_the_claim_goes_on(office):
    claim = await office.noticed()
    first, second = await office.objected(claim), await office.objected(claim)
    await ended(office, first, "dismiss")
    assert await office.state_of(claim) == "held"
    await ended(office, second, "not-accept")
    assert await office.state_of(claim) == "noticed"


async def test_an_upheld_objection_stops_the_claim_and_frees_its_place(office):
    certificate = await office.certificate()
    claim = await office.noticed(await office.submitted(certificate))
    first, second = await office.objected(claim), await office.objected(claim)
    assert (await ended(office, first, "uphold"))["state"] == "upheld"
    shown = await office.shown(claim)
    assert (shown["state"], shown["decision_reason"], shown["decision_article"]) == (
        "stopped",
        *RULING.values(),
    )
    assert [event.cause for event in await office.emitted(ClaimStopped)] == ["objection_upheld"]
    assert (await office.objection(second))["state"] == "lapsed"
    await office.submitted(certificate)


async def test_nothing_of_the_claim_is_paid_while_an_objection_is_undecided(office):
    await office.cleared(await office.submitted(who="partner"))
    held = await office.noticed()
    objection = await office.investigated(await office.objected(held))
    office.clock.advance(days=30)
    await office.clear_due()
    batch = await office.received()
    assert [line["claim_id"] for line in await office.export(batch)] != [held["id"]]
    assert await office.state_of(held) == "held"
    await office.handle(objection, "dismiss", "releaser")
    assert [line["claim_id"] for line in await office.export(await office.received())] == [held["id"]]


async def test_who_approved_the_claim_handles_no_objection_to_it(office):
    objection = await office.objected(await office.noticed())
    for verb in ("accept", "not-accept", "investigate", "notes", "dismiss", "uphold"):
        assert await refused(office, objection, verb, "approver") == "four_eyes", verb


async def test_who_investigated_does_not_decide_and_neither_does_who_did_before(office):
    objection = await office.investigated(await office.objected(await office.noticed()))
    for verb in ("dismiss", "uphold"):
        assert await refused(office, objection, verb, "acceptor") == "four_eyes"
    taken_over = (await office.handle(objection, "investigate", "releaser")).json()
    assert taken_over["investigator"] == "releaser"
    for who in ("acceptor", "releaser"):
        assert await refused(office, objection, "dismiss", who) == "four_eyes", who
    assert (await office.handle(objection, "dismiss", "third")).status_code == 200


async def test_the_database_holds_the_four_eyes_too(office):
    await office.investigated(await office.objected(await office.noticed()))
    with pytest.raises(Exception, match="ck_objections_two_people"):
        await office.sql(
            "UPDATE objections SET state = 'dismissed', decided_by = investigator, decided_at = now(),"
            " decision_reason = 'x'"
        )


async def test_only_who_investigates_notes_what_was_found(office):
    objection = await office.objected(await office.noticed())
    assert await refused(office, objection, "notes", "acceptor") == "not_allowed_in_state"
    await office.handle(objection, "accept", "acceptor")
    await office.handle(objection, "investigate", "acceptor")
    assert await refused(office, objection, "notes", "releaser") == "not_allowed_in_state"
    assert await refused(office, objection, "investigate", "acceptor") == "not_allowed_in_state"


async def test_without_a_note_there_is_nothing_to_decide_by(office):
    objection = await office.objected(await office.noticed())
    await office.handle(objection, "accept", "acceptor")
    await office.handle(objection, "investigate", "acceptor")
    for verb in ("dismiss", "uphold"):
        assert await refused(office, objection, verb, "releaser") == "not_investigated"


async def test_notes_are_read_by_the_offices_and_never_changed(office):
    objection = await office.investigated(await office.objected(await office.noticed()))
    await office.handle(objection, "notes", "acceptor", {"text": "约谈申领人，称已入股"})
    path = f"/objections/{objection['id']}/notes"
    page = await office.get(path, office.city, limit=1)
    assert [one["text"] for one in page["items"]] == ["调取工商登记档案，持股比例30%"]
    rest = await office.get(path, office.city, cursor=page["next_cursor"])
    assert [one["text"] for one in rest["items"]] == ["约谈申领人，称已入股"]
    file = await office.http.get(f"/subsidy/v1{path}/export", headers=office.city)
    assert "约谈申领人，称已入股" in file.text
    for change in ("UPDATE objection_notes SET text = 'x'", "DELETE FROM objection_notes"):
        with pytest.raises(Exception, match="can no longer be changed"):
            await office.sql(change)


@pytest.mark.parametrize("verb", DECISIONS)
async def test_a_decided_objection_is_not_decided_again(office, verb):
    objection = await office.objected(await office.noticed())
    await ended(office, objection, verb)
    for again in DECISIONS:
        assert await refused(office, objection, again, "third") == "not_allowed_in_state"
    with pytest.raises(Exception, match="can no longer be changed"):
        await office.sql("UPDATE objections SET state = 'received'")


async def test_a_step_at_an_old_version_is_refused(office):
    objection = await office.objected(await office.noticed())
    await office.handle(objection, "accept", "acceptor")
    path = f"/objections/{objection['id']}/investigate"
    assert (await office.post(path, office.officer(), None, 1)).status_code == 412
    assert (await office.http.post(f"/subsidy/v1{path}", headers=office.officer())).status_code == 428


@pytest.mark.parametrize("verb", DECISIONS)
async def test_the_reason_of_a_decision_is_amended_with_its_history(office, verb):
    objection = await office.objected(await office.noticed())
    await ended(office, objection, verb)
    amendment = {"decision_reason": "经核查股东名册", "decision_article": RULING["article"], "reason": "笔误"}
    amended = (await office.handle(objection, "amend", "releaser", amendment)).json()
    assert amended["decision_reason"] == "经核查股东名册"
    again = await office.handle(objection, "amend", "releaser", amendment)
    assert (again.status_code, again.json()["code"]) == (422, "nothing_amended")
    [kept] = (await office.get(f"/objections/{objection['id']}/amendments", office.city))["items"]
    assert (kept["before"], kept["after"], kept["reason"]) == (
        {"decision_reason": RULING["reason"]},
        {"decision_reason": "经核查股东名册"},
        "笔误",
    )


async def test_an_undecided_objection_has_nothing_to_amend(office):
    objection = await office.objected(await office.noticed())
    amendment = {"decision_reason": "更正", "decision_article": "一(二)", "reason": "笔误"}
    answer = await office.handle(objection, "amend", "releaser", amendment)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


@pytest.mark.parametrize("verb", DECISIONS)
@pytest.mark.parametrize("lacking", ["reason", "article"])
async def test_a_decision_says_why_and_by_which_article(office, verb, lacking):
    objection = await office.objected(await office.noticed())
    body = {name: value for name, value in RULING.items() if name != lacking}
    answer = await office.handle(objection, verb, "releaser", body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"/{lacking}")


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        (datetime(2026, 6, 5, 23, 59, 59, tzinfo=SHANGHAI), 201),
        (datetime(2026, 6, 6, 0, 0, 0, tzinfo=SHANGHAI), 409),
    ],
)
async def test_objections_are_taken_until_the_last_second_of_the_last_day(office, moment, status):
    claim = await office.noticed()
    office.clock.set(moment)
    assert (await office.object_to(claim)).status_code == status


async def test_a_claim_that_ended_takes_no_objection(office):
    claim = await office.noticed()
    await office.step(claim, "withdraw", "holder")
    answer = await office.object_to(claim)
    assert (answer.status_code, answer.json()["code"]) == (409, "notice_closed")


async def test_a_claim_in_a_batch_takes_no_objection_and_the_batch_stays_as_it_is(office):
    claim = await office.cleared()
    batch = await office.sealed()
    answer = await office.object_to(claim)
    assert (answer.status_code, answer.json()["code"]) == (409, "notice_closed")
    assert await office.state_of(claim) == "batched"
    assert (await office.get(f"/batches/{batch['id']}", office.city))["lines"] == 1
    assert await office.sql("SELECT 1 FROM objections") == []


async def test_withdrawing_a_held_claim_lapses_its_objections(office):
    claim = await office.noticed()
    objection = await office.investigated(await office.objected(claim))
    held = await office.shown(claim)
    assert (await office.step(held, "withdraw", "holder")).status_code == 200
    assert (await office.objection(objection))["state"] == "lapsed"
    assert await refused(office, objection, "dismiss", "releaser") == "not_allowed_in_state"


async def test_another_districts_officer_neither_sees_nor_decides(office):
    objection = await office.objected(await office.noticed())
    other = office.officer("releaser", "310104")
    assert (await office.get("/objections", other))["items"] == []
    for path in ("", "/notes", "/notes/export", "/evidence", "/amendments"):
        answer = await office.http.get(f"/subsidy/v1/objections/{objection['id']}{path}", headers=other)
        assert answer.status_code == 404, path
    for verb in ("accept", "investigate", "notes", *DECISIONS):
        answer = await office.handle(objection, verb, "releaser", district="310104")
        assert answer.status_code == 404, verb


async def test_objections_are_listed_by_what_an_office_asks(office):
    claim = await office.noticed()
    first, second = await office.objected(claim), await office.objected(claim)
    await office.handle(first, "not-accept", "releaser")
    await office.handle(second, "accept", "acceptor")
    await office.handle(second, "investigate", "acceptor")

    async def found(**asked):
        return [one["id"] for one in (await office.get("/objections", office.city, **asked))["items"]]

    assert await found() == [second["id"], first["id"]]
    assert await found(sort="due_on") == [first["id"], second["id"]]
    assert await found(undecided="true") == [second["id"]]
    assert await found(undecided="false", state="not_accepted") == [first["id"]]
    assert await found(investigator="acceptor", claim_id=claim["id"]) == [second["id"]]
    assert await found(overdue="true") == []
    office.clock.advance(days=60)
    assert await found(overdue="true") == [second["id"]]
    file = await office.http.get("/subsidy/v1/objections/export", headers=office.officer())
    assert file.text.count("\n") == 3


async def test_the_same_objection_sent_again_is_one_and_tells_the_same_receipt(office):
    claim, headers = await office.noticed(), key()
    answers = [await office.object_to(claim, headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert "idempotency-replayed" in answers[1].headers
    assert len(await office.sql("SELECT 1 FROM objections")) == 1


async def test_by_the_receipt_anybody_reads_what_became_of_it(office):
    objection = await office.objected(await office.noticed(), name="李四光")
    typed = objection["receipt"].replace("-", " ").lower()
    for receipt in (objection["receipt"], typed):
        status = await office.get("/objections/by-receipt", {"objection-receipt": receipt})
        assert (status["state"], status["due_on"]) == ("received", "2026-06-08")
    await ended(office, objection, "dismiss")
    status = await office.get("/objections/by-receipt", by_receipt(objection))
    assert (status["state"], status["decision_reason"]) == ("dismissed", RULING["reason"])
    assert "李" not in str(status)


async def test_a_receipt_is_neither_guessed_nor_found_in_the_database(office):
    objection = await office.objected(await office.noticed())
    wrong = objection["receipt"][:-1] + ("A" if objection["receipt"][-1] != "A" else "B")
    answer = await office.http.get("/subsidy/v1/objections/by-receipt", headers={"objection-receipt": wrong})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    kept = await office.sql(
        "SELECT convert_from(body, 'UTF8') AS text FROM idempotency_keys WHERE body IS NOT NULL"
        " UNION ALL SELECT objections::text FROM objections UNION ALL SELECT audit_log::text FROM audit_log"
    )
    assert kept
    assert not [row for row in kept if objection["receipt"] in row["text"]]


async def test_who_objects_too_often_is_told_to_wait(office):
    claim = await office.noticed()
    most = office.service.settings.objections_per_minute
    answers = [await office.object_to(claim) for _ in range(most + 1)]
    assert [answer.status_code for answer in answers] == [201] * most + [429]
    assert int(answers[-1].headers["retry-after"]) >= 1
