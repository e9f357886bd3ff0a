"""The district's review step by step: supplements, refusals, undoing, the queue (S07, D03, D05)."""

import asyncio
import csv
import io
from collections import Counter

import pytest
from chuangpei.auth import Role
from chuangpei.events.subsidy import (
    ClaimDecisionAmended,
    ClaimDecisionUndone,
    ClaimNotAccepted,
    ClaimSupplementAsked,
    ClaimSupplementGiven,
)
from subsidy_svc.claims.lifecycle import Action
from subsidy_svc.claims.timeline import WORDS

ROLE_MISSING = {"missing": [{"field": "role", "text": "请提供股东名册"}]}
ROLE_GIVEN = {"answers": [{"field": "role", "text": "股东名册见附件，联系电话13800000000"}]}
NOT_HERE = {"reason": "申请人不属于补贴对象", "article": "沪人社规〔2025〕30号 一(二)"}


async def done(office, claim, action, who, json=None):
    headers = office.citizen(who) if action == "give-supplement" else office.officer(who, claim["district"])
    answer = await office.post(f"/claims/{claim['id']}/{action}", headers, json, claim["version"])
    assert answer.status_code == 200, answer.text
    return answer.json()


async def refused(office, claim, action, who, json=None):
    answer = await office.step(claim, action, who, json)
    assert answer.is_client_error, answer.text
    return answer.json()["code"]


async def places(office):
    return len(await office.sql("SELECT 1 FROM reservations"))


async def supplements(office, claim, headers=None):
    return await office.get(f"/claims/{claim['id']}/supplements", headers or office.citizen())


# Supplements


async def test_a_supplement_is_asked_given_and_the_review_goes_on(office):
    claim = await office.submitted()
    assert claim["due_on"] == "2026-06-08"  # 5 working days after Monday 2026-06-01
    asked = await done(office, claim, "ask-supplement", "acceptor", ROLE_MISSING)
    assert (asked["state"], asked["due_on"]) == ("supplement_asked", "2026-06-15")
    [event] = await office.emitted(ClaimSupplementAsked)
    assert (event.fields, str(event.due_on)) == (["role"], "2026-06-15")
    office.clock.advance(days=1)
    given = await done(office, asked, "give-supplement", "holder", ROLE_GIVEN)
    assert (given["state"], given["due_on"]) == ("submitted", "2026-06-09")
    assert len(await office.emitted(ClaimSupplementGiven)) == 1
    [shown] = await supplements(office, claim)
    assert (shown["answers"], shown["overdue"]) == (ROLE_GIVEN["answers"], False)
    assert (await office.accepted(given))["state"] == "accepted"


async def test_what_the_person_answered_is_not_readable_in_the_database(office):
    asked = await done(office, await office.submitted(), "ask-supplement", "acceptor", ROLE_MISSING)
    await done(office, asked, "give-supplement", "holder", ROLE_GIVEN)
    [[text]] = await office.sql("SELECT string_agg(t::text, '') FROM supplements AS t")
    [[audited]] = await office.sql("SELECT string_agg(t::text, '') FROM audit_log AS t")
    [[told]] = await office.sql("SELECT string_agg(convert_from(value, 'UTF8'), '') FROM outbox")
    assert "13800000000" not in text + audited + told


async def test_a_supplement_answers_all_that_was_asked_for(office):
    missing = {"missing": [*ROLE_MISSING["missing"], {"field": "identity", "text": "身份证复印件不清晰"}]}
    asked = await done(office, await office.submitted(), "ask-supplement", "acceptor", missing)
    answer = await office.post(
        f"/claims/{asked['id']}/give-supplement", office.citizen(), ROLE_GIVEN, asked["version"]
    )
    assert answer.status_code == 422
    assert "identity" in answer.json()["errors"][0]["message"]
    assert await office.state_of(asked) == "supplement_asked"


async def test_a_late_supplement_is_overdue_and_still_taken_until_the_district_decides(office):
    asked = await done(office, await office.submitted(), "ask-supplement", "acceptor", ROLE_MISSING)
    assert await refused(office, asked, "not-accept", "approver", NOT_HERE) == "supplement_not_due"
    office.clock.advance(days=15)
    assert [one["overdue"] for one in await supplements(office, asked)] == [True]
    given = await done(office, asked, "give-supplement", "holder", ROLE_GIVEN)
    assert given["state"] == "submitted"


async def test_a_claim_whose_supplement_never_came_is_not_accepted(office):
    asked = await done(office, await office.submitted(), "ask-supplement", "acceptor", ROLE_MISSING)
    office.clock.advance(days=15)
    ended = await done(office, asked, "not-accept", "approver", NOT_HERE)
    assert (ended["state"], await places(office)) == ("not_accepted", 0)


async def test_a_third_supplement_is_not_asked_for(office):
    claim = await office.submitted()
    for _ in range(2):
        claim = await done(office, claim, "ask-supplement", "acceptor", ROLE_MISSING)
        claim = await done(office, claim, "give-supplement", "holder", ROLE_GIVEN)
    assert await refused(office, claim, "ask-supplement", "acceptor", ROLE_MISSING) == "supplements_used_up"
    assert [one["number"] for one in await supplements(office, claim)] == [1, 2]


async def test_a_claim_that_awaits_a_supplement_is_withdrawn_or_stopped(office):
    first, second = await office.certificate(project="P1"), await office.certificate(project="P2")
    for certificate, end in ((first, "withdrawn"), (second, "stopped")):
        claim = await office.submitted(certificate)
        asked = await done(office, claim, "ask-supplement", "acceptor", ROLE_MISSING)
        if end == "withdrawn":
            await office.step(asked, "withdraw", "holder")
        else:
            await office.revoke(certificate)
        assert await office.state_of(asked) == end
    assert await places(office) == 0


async def test_what_was_asked_and_given_is_never_changed(office):
    asked = await done(office, await office.submitted(), "ask-supplement", "acceptor", ROLE_MISSING)
    await done(office, asked, "give-supplement", "holder", ROLE_GIVEN)
    for change in (
        "UPDATE supplements SET missing = '[]'",
        "UPDATE supplements SET answers_encrypted = 'x'",
        "DELETE FROM supplements",
    ):
        with pytest.raises(Exception, match="can no longer be changed"):
            await office.sql(change)


# Not accepted, and rejected


async def test_not_accepting_names_reason_and_article_and_frees_the_place_once(office):
    claim = await office.submitted()
    answers = await asyncio.gather(
        *(office.step(claim, "not-accept", who, NOT_HERE) for who in ("acceptor", "approver") * 5)
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 9}
    [ended] = [answer.json() for answer in answers if answer.status_code == 200]
    assert (ended["state"], ended["decision_article"]) == ("not_accepted", NOT_HERE["article"])
    assert len(await office.emitted(ClaimNotAccepted)) == 1
    assert await places(office) == 0
    await office.submitted(await office.certificate())


async def test_not_accepting_belongs_before_acceptance_and_rejecting_after_it(office):
    claim = await office.submitted()
    assert await refused(office, claim, "reject", "acceptor", {"reason": "不符"}) == "not_allowed_in_state"
    accepted = await office.accepted(claim)
    assert await refused(office, accepted, "not-accept", "acceptor", NOT_HERE) == "not_allowed_in_state"


@pytest.mark.parametrize("body", [{"reason": "材料不符"}, {"article": "一(二)"}, NOT_HERE | {"more": "x"}])
async def test_a_non_acceptance_without_reason_or_article_is_refused(office, body):
    claim = await office.submitted()
    assert await refused(office, claim, "not-accept", "acceptor", body) == "invalid_input"


# One's own claim, and a claim filed at the counter


@pytest.mark.parametrize(
    ("action", "json"),
    [("take", None), ("accept", None), ("ask-supplement", ROLE_MISSING), ("not-accept", NOT_HERE)],
)
async def test_an_officer_has_no_part_in_a_new_claim_of_their_own(office, action, json):
    claim = await office.submitted(who="holder")
    assert await refused(office, claim, action, "holder", json) == "own_claim"
    assert await office.state_of(claim) == "submitted"


async def test_an_officer_neither_approves_nor_rejects_nor_undoes_their_own_claim(office):
    claim = await office.accepted()
    for action, json in (("approve", None), ("reject", {"reason": "不符"}), ("undo", {"reason": "有误"})):
        assert await refused(office, claim, action, "holder", json) == "own_claim", action
    rejected = await done(office, claim, "reject", "approver", {"reason": "材料不符"})
    amendment = {"decision_reason": "更正", "decision_article": "一(二)", "reason": "笔误"}
    assert await refused(office, rejected, "amend", "holder", amendment) == "own_claim"


async def test_an_officer_does_not_decide_an_objection_to_their_own_claim(office):
    objection = await office.objected(await office.noticed())
    for step in ("accept", "not-accept", "investigate", "notes", "dismiss", "uphold"):
        assert (await office.handle(objection, step, "holder")).json()["code"] == "own_claim", step
    path, body = f"/objections/{objection['id']}/unmask", {"reason": "想知道是谁"}
    assert (await office.post(path, office.officer("holder"), body)).json()["code"] == "own_claim"


async def test_the_database_takes_no_approval_by_the_claimant(office):
    claim = await office.accepted()
    with pytest.raises(Exception, match="ck_claims_not_ones_own"):
        await office.sql(
            "UPDATE claims SET approved_by = 'x', approved_by_person = person_key WHERE id = $1", claim["id"]
        )


async def test_who_filed_a_claim_at_the_counter_accepts_but_does_not_approve_it(office):
    certificate = await office.certificate()
    body = office.claim_body(certificate) | {
        "certificate_number": certificate.number,
        "id_number": office.id_number("holder"),
    }
    del body["certificate_id"]
    filed = (await office.post("/claims/counter", office.officer("approver"), body)).json()
    accepted = await office.accepted(filed)
    assert await refused(office, accepted, "approve", "approver") == "four_eyes"
    assert await refused(office, accepted, "take", "approver") == "four_eyes"
    assert (await office.step(accepted, "approve", "releaser")).status_code == 200


# The queue


async def queue(office, headers=None, **params):
    page = await office.get("/review-queue", headers or office.officer(), **params)
    return [case["claim_id"] for case in page["items"]]


async def test_the_queue_has_what_is_due_first_at_the_top(office):
    late = await office.submitted(who="holder")
    office.clock.advance(days=1)
    new = await office.submitted(who="partner")
    waiting = await done(
        office, await office.submitted(who="third"), "ask-supplement", "acceptor", ROLE_MISSING
    )
    assert await queue(office) == [late["id"], new["id"], waiting["id"]]
    assert await queue(office, state="supplement_asked") == [waiting["id"]]
    office.clock.advance(days=7)
    assert await queue(office, overdue=True) == [late["id"]]
    assert await queue(office, overdue=False) == [new["id"], waiting["id"]]
    first = await office.get("/review-queue", office.officer(), limit=2)
    rest = await office.get("/review-queue", office.officer(), limit=2, cursor=first["next_cursor"])
    assert [case["claim_id"] for case in rest["items"]] == [waiting["id"]]
    assert await queue(office, office.officer(district="310104")) == []
    assert len(await queue(office, office.city)) == 3


async def test_the_queue_leaves_out_what_is_decided(office):
    claim = await office.noticed()
    assert await queue(office) == []
    assert (await office.shown(claim))["due_on"] is None


async def test_the_queue_is_exported_as_it_is_listed(office):
    claim = await office.submitted()
    answer = await office.http.get(
        "/subsidy/v1/review-queue/export", headers=office.officer() | {"accept-language": "en"}
    )
    [row] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["Claim"], row["Due on"], row["State"]) == (claim["id"], "2026-06-08", "submitted")


async def test_one_of_many_officers_takes_a_case(office):
    claim = await office.submitted()
    answers = await asyncio.gather(
        *(office.step(claim, "take", who) for who in ("acceptor", "approver", "releaser") * 3)
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 8}


async def test_only_who_took_a_case_decides_it(office):
    claim = await office.submitted()
    taken = await done(office, claim, "take", "approver")
    assert await queue(office, taken=False) == []
    assert await queue(office, office.officer("approver"), mine=True) == [claim["id"]]
    assert await queue(office, office.officer("acceptor"), mine=True) == []
    case = claim | {"version": taken["version"]}
    for action, json in (("accept", None), ("not-accept", NOT_HERE), ("ask-supplement", ROLE_MISSING)):
        assert await refused(office, case, action, "acceptor", json) == "taken_by_another", action
    assert await refused(office, case, "take", "acceptor") == "taken_by_another"
    accepted = await done(office, case, "accept", "approver")
    # Accepted, it is free for whoever is to approve.
    assert await queue(office, taken=False) == [accepted["id"]]
    assert await refused(office, accepted, "take", "approver") == "four_eyes"


async def test_a_case_handed_back_is_free_for_others(office):
    claim = await office.submitted()
    taken = await done(office, claim, "take", "approver")
    case = claim | {"version": taken["version"]}
    back = await done(office, case, "hand-back", "acceptor", {"reason": "经办人请假"})
    assert back["taken_by"] is None
    case["version"] = back["version"]
    assert await refused(office, case, "hand-back", "acceptor", {"reason": "经办人请假"}) == "not_taken"
    assert (await done(office, case, "take", "acceptor"))["taken_by"] == "acceptor"


async def test_a_claim_out_of_review_is_not_taken(office):
    assert await refused(office, await office.noticed(), "take", "releaser") == "not_allowed_in_state"


# Undone and amended


async def test_another_person_undoes_an_acceptance(office):
    accepted = await office.accepted()
    assert await refused(office, accepted, "undo", "acceptor", {"reason": "受理有误"}) == "four_eyes"
    undone = await done(office, accepted, "undo", "approver", {"reason": "受理有误"})
    assert (undone["state"], await places(office)) == ("submitted", 1)
    [event] = await office.emitted(ClaimDecisionUndone)
    assert (event.undone, event.state) == ("acceptance", "submitted")
    # Who accepted no longer counts: that decision is gone.
    again = await done(office, undone, "accept", "approver")
    assert (await office.step(again, "approve", "acceptor")).status_code == 200


async def test_an_undone_rejection_takes_its_place_again(office):
    accepted = await office.accepted()
    rejected = await done(office, accepted, "reject", "acceptor", {"reason": "材料不符"})
    assert await places(office) == 0
    assert await refused(office, rejected, "undo", "acceptor", {"reason": "有误"}) == "four_eyes"
    undone = await done(office, rejected, "undo", "approver", {"reason": "核实后材料相符"})
    assert (undone["state"], undone["decision_reason"], await places(office)) == ("accepted", None, 1)
    [amendment] = (await office.get(f"/claims/{undone['id']}/amendments", office.officer()))["items"]
    assert amendment["before"] == {"state": "rejected", "decision_reason": "材料不符"}
    assert amendment["reason"] == "核实后材料相符"
    assert (await office.step(undone, "approve", "approver")).status_code == 200


async def test_a_refusal_is_not_undone_once_its_place_is_taken(office):
    certificate = await office.certificate()
    refused_once = await done(office, await office.submitted(certificate), "not-accept", "acceptor", NOT_HERE)
    again = await office.submitted(certificate)
    assert await refused(office, refused_once, "undo", "approver", {"reason": "有误"}) == "place_taken"
    await office.step(again, "withdraw", "holder")
    undone = await done(office, refused_once, "undo", "approver", {"reason": "有误"})
    assert (undone["state"], await places(office)) == ("submitted", 1)


async def test_undoing_a_rejection_and_applying_again_at_once_leave_one_claim(office):
    for number in range(4):
        certificate = await office.certificate(project=f"P{number}", who="partner")
        claim = await office.submitted(certificate, who="partner")
        ended = await done(office, claim, "not-accept", "acceptor", NOT_HERE)
        undone, applied = await asyncio.gather(
            office.step(ended, "undo", "approver", {"reason": "有误"}), office.claim(certificate, "partner")
        )
        assert sorted((undone.is_success, applied.is_success)) == [False, True]
        standing = undone if undone.is_success else applied
        await office.step(standing.json(), "withdraw", "partner")
        assert await places(office) == 0


async def test_two_officers_undo_a_rejection_once(office):
    rejected = await done(office, await office.accepted(), "reject", "acceptor", {"reason": "材料不符"})
    answers = await asyncio.gather(
        *(office.step(rejected, "undo", who, {"reason": "有误"}) for who in ("approver", "releaser") * 4)
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 7}
    assert await places(office) == 1


async def test_a_refusal_is_not_undone_after_its_certificate_was_revoked(office):
    certificate = await office.certificate()
    ended = await done(office, await office.submitted(certificate), "not-accept", "acceptor", NOT_HERE)
    await office.revoke(certificate)
    assert await refused(office, ended, "undo", "approver", {"reason": "有误"}) == "certificate_revoked"


@pytest.mark.parametrize("state", ["submitted", "noticed", "cleared"])
async def test_what_rests_on_nothing_undoable_stays(office, state):
    claim = await getattr(office, state)()
    assert await refused(office, claim, "undo", "releaser", {"reason": "有误"}) == "not_allowed_in_state"


async def test_the_reason_of_a_refusal_is_amended_and_what_stood_is_kept(office):
    ended = await done(office, await office.submitted(), "not-accept", "acceptor", NOT_HERE)
    same = {"decision_reason": NOT_HERE["reason"], "decision_article": NOT_HERE["article"], "reason": "笔误"}
    assert await refused(office, ended, "amend", "approver", same) == "nothing_amended"
    amended = await done(office, ended, "amend", "approver", same | {"decision_reason": "企业登记已满三年"})
    assert (amended["state"], amended["decision_reason"]) == ("not_accepted", "企业登记已满三年")
    [entry] = (await office.get(f"/claims/{ended['id']}/amendments", office.officer()))["items"]
    assert entry["before"] == {"decision_reason": NOT_HERE["reason"]}
    assert len(await office.emitted(ClaimDecisionAmended)) == 1
    accepted = await office.accepted(await office.submitted(who="partner"))
    assert await refused(office, accepted, "amend", "approver", same) == "not_allowed_in_state"


# The timeline


async def test_a_person_reads_each_step_in_plain_words_without_officers_names(office):
    asked = await done(office, await office.submitted(), "ask-supplement", "acceptor", ROLE_MISSING)
    given = await done(office, asked, "give-supplement", "holder", ROLE_GIVEN)
    ended = await done(office, given, "not-accept", "acceptor", NOT_HERE)
    await done(office, ended, "undo", "approver", {"reason": "认定有误"})
    steps = await office.get(f"/claims/{asked['id']}/timeline", office.citizen())
    assert [(step["zh"], step["by_zh"]) for step in steps] == [
        ("提交申领", "申领人"),
        ("要求补正", "浦东新区人力资源社会保障部门"),
        ("提交补正", "申领人"),
        ("不予受理", "浦东新区人力资源社会保障部门"),
        ("撤销原决定，恢复办理", "浦东新区人力资源社会保障部门"),
    ]
    assert steps[1]["reason"] == "请提供股东名册"
    assert steps[3]["article"] == NOT_HERE["article"]
    assert all(step["article"] and step["actor"] is None for step in steps)
    officers = await office.get(f"/claims/{asked['id']}/timeline", office.officer())
    assert [step["actor"] for step in officers] == ["holder", "acceptor", "holder", "acceptor", "approver"]


async def test_a_timeline_is_shown_to_nobody_else(office):
    claim = await office.submitted()
    for headers in (office.citizen("partner"), office.officer(district="310104")):
        for page in ("timeline", "supplements"):
            path = f"/subsidy/v1/claims/{claim['id']}/{page}"
            assert (await office.http.get(path, headers=headers)).status_code == 404
    other = office.as_(Role.DISTRICT_OFFICER, "approver", district="310104")
    path = f"/subsidy/v1/claims/{claim['id']}/amendments"
    assert (await office.http.get(path, headers=other)).status_code == 404


def test_every_step_of_a_claim_has_its_words():
    stored = {Action.SETTLE: "paid", Action.FAIL: "payment_failed"}
    without_row = {Action.BATCH}
    for action in set(Action) - without_row:
        assert f"claim.{stored.get(action, action)}" in WORDS
