"""Signs of risk inform an officer, are kept with the decision, are noted, and never decide (S07)."""

import asyncio
from collections import Counter

import pytest
from chuangpei.auth import Role
from chuangpei.kernel.credit_code import make_credit_code
from subsidy_svc.policy.risk import Kind
from subsidy_svc.risk_signs.use_cases import look_due

PHONE, ACCOUNT = "13812345678", "6217001234567890"
OTHER_SCHOOL = make_credit_code("52310115MJ7777777")
EVERYBODY = ("holder", "partner", "third", "releaser")


def own_account(number=ACCOUNT, holder="张三丰"):
    return {
        "kind": "other",
        "bank": "中国工商银行",
        "account_number": number,
        "holder_name": holder,
        "reason": "社保卡金融账户未激活",
    }


@pytest.fixture
def town(office):
    """Everybody has an account of their own, so that nothing is shared that a test does not share."""
    office.accounts.numbers = {office.id_number(who): f"62220210011{n:04}" for n, who in enumerate(EVERYBODY)}
    return office


async def claimed(office, who="holder", certificate=None, **given):
    answer = await office.claim(certificate or await office.certificate(who=who), who, **given)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def looked(office):
    while await look_due(office.service):
        pass


async def kinds(office, claim, *, standing=True):
    found = await office.get(f"/claims/{claim['id']}/risk-signs", office.officer())
    return {one["kind"] for one in found["signs"] if (one["gone_at"] is None) is standing}


async def sign_of(office, claim, kind):
    found = await office.get(f"/claims/{claim['id']}/risk-signs", office.officer())
    return next(one for one in found["signs"] if one["kind"] == kind)


async def note(office, sign, who="approver", district="310115", version=None, **body):
    sent = {"result": "explained", "note": "两人为夫妻，已电话核实"} | body
    headers = office.officer(who, district)
    return await office.post(f"/risk-signs/{sign['id']}/note", headers, sent, version or sign["version"])


async def test_one_account_of_two_people_is_a_sign_for_both(town):
    first = await claimed(town, account=own_account())
    await looked(town)
    assert await kinds(town, first) == set()
    second = await claimed(town, "partner", account=own_account(holder="李四光"))
    await looked(town)
    for claim in (first, second):
        assert await kinds(town, claim) == {Kind.SHARED_ACCOUNT}
    finding = (await sign_of(town, first, Kind.SHARED_ACCOUNT))["finding"]
    assert (finding["rule"], finding["fact"], finding["outcome"]) == ("S11", "2 people", "warned")


async def test_one_phone_of_two_people_is_a_sign_however_it_is_written(town):
    first = await claimed(town, phone="138 1234 5678")
    second = await claimed(town, "partner", phone="+8613812345678")
    await looked(town)
    for claim in (first, second):
        assert await kinds(town, claim) == {Kind.SHARED_PHONE}


async def test_one_person_with_two_claims_is_no_sign(town):
    for project in ("P1", "P2"):
        claim = await claimed(town, certificate=await town.certificate(project=project), phone=PHONE)
    await looked(town)
    assert await kinds(town, claim) == set()


async def test_a_firm_of_four_claimants_is_a_sign_and_of_three_is_none(town):
    claims = [await claimed(town, who) for who in EVERYBODY[:3]]
    await looked(town)
    assert [await kinds(town, claim) for claim in claims] == [set()] * 3
    await claimed(town, EVERYBODY[3])
    await looked(town)
    assert [await kinds(town, claim) for claim in claims] == [{Kind.SHARED_ENTERPRISE}] * 3


async def test_a_withdrawn_claim_still_counts_for_those_that_share_with_it(town):
    first = await claimed(town, phone=PHONE)
    await town.step(first, "withdraw", "holder")
    second = await claimed(town, "partner", phone=PHONE)
    await looked(town)
    assert await kinds(town, second) == {Kind.SHARED_PHONE}
    assert await kinds(town, first) == set()


async def approved_elsewhere(office, school, count, district="310115"):
    """Claims of an institution that were approved lately, written by the database itself."""
    async with office.service.database.transaction() as tx:
        await tx.connection.execute("SET LOCAL session_replication_role = replica")
        await tx.connection.execute(
            "INSERT INTO claims (id, certificate_id, person_key, district, institution_credit_code,"
            " project_code, amount_fen, enterprise_credit_code, enterprise_name, channel, account_kind,"
            " account_masked, payee_encrypted, payee_digest, findings, within_years_on, policy_version,"
            " submitted_at, state, accepted_by, approved_by, notice_last_day, fund_year, version)"
            " SELECT gen_random_uuid(), gen_random_uuid(), md5(i::text || $1::text), $3, $1, 'P', 180000,"
            " 'firm' || i::text, 'x', 'online', 'social_security_card', 'x', 'x', '', '[]', '{}', 'x', $4,"
            " 'cleared', 'a', 'b', '2026-06-08', 2026, 1 FROM generate_series(1, $2::int) AS i",
            school,
            count,
            district,
            office.clock.now(),
        )


async def test_an_institution_whose_approvals_stand_out_is_a_sign_of_its_claims(town):
    claim = await claimed(town)
    school = claim_school(town)
    await approved_elsewhere(town, school, 12)
    await approved_elsewhere(town, OTHER_SCHOOL, 4)
    await looked(town)
    assert await kinds(town, claim) == set()
    await approved_elsewhere(town, school, 1)
    town.clock.advance(days=1)
    await looked(town)
    assert await kinds(town, claim) == {Kind.OUTSTANDING_INSTITUTION}
    assert (await sign_of(town, claim, Kind.OUTSTANDING_INSTITUTION))["finding"]["fact"] == "13 > 3 × 4 ÷ 1"


async def test_an_institution_alone_in_its_district_is_compared_with_the_citys(town):
    claim = await claimed(town)
    await approved_elsewhere(town, claim_school(town), 13)
    await approved_elsewhere(town, OTHER_SCHOOL, 4, district="310104")
    await looked(town)
    assert await kinds(town, claim) == {Kind.OUTSTANDING_INSTITUTION}


def claim_school(office):
    return office.issued().institution.credit_code


async def test_a_sign_that_is_no_longer_found_is_gone_and_stays_to_be_read(town):
    claim = await claimed(town)
    await approved_elsewhere(town, claim_school(town), 13)
    await approved_elsewhere(town, OTHER_SCHOOL, 4)
    await looked(town)
    await approved_elsewhere(town, OTHER_SCHOOL, 4)
    town.clock.advance(days=1)
    await looked(town)
    assert await kinds(town, claim) == set()
    assert await kinds(town, claim, standing=False) == {Kind.OUTSTANDING_INSTITUTION}


async def test_a_claim_with_every_sign_is_approved_like_any_other_and_they_are_kept_with_the_decision(office):
    claims = [await claimed(office, who, phone=PHONE) for who in EVERYBODY]
    await approved_elsewhere(office, claim_school(office), 13)
    await approved_elsewhere(office, OTHER_SCHOOL, 4)
    await looked(office)
    assert await kinds(office, claims[0]) == set(Kind)
    await note(
        office, await sign_of(office, claims[0], Kind.SHARED_PHONE), result="suspicious", note="核实中"
    )
    noticed = await office.noticed(claims[0])
    assert noticed["state"] == "noticed"
    told = (await office.get(f"/claims/{noticed['id']}/risk-signs", office.city))["at_decisions"]
    assert [one["action"] for one in told] == ["claim.accept", "claim.approve"]
    assert {sign["kind"] for sign in told[1]["signs"]} == set(Kind)
    assert [sign["result"] for sign in told[1]["signs"] if sign["kind"] == "shared_phone"] == ["suspicious"]


async def test_what_was_shown_at_a_decision_stays_whatever_is_noted_later(town):
    first = await claimed(town, phone=PHONE)
    await claimed(town, "partner", phone=PHONE)
    await looked(town)
    await town.step(first, "accept", "acceptor")
    await note(town, await sign_of(town, first, Kind.SHARED_PHONE))
    [told] = (await town.get(f"/claims/{first['id']}/risk-signs", town.officer()))["at_decisions"]
    assert (told["actor"], told["signs"][0]["result"]) == ("acceptor", None)


async def test_the_claimant_and_the_public_are_shown_nothing_of_it(town):
    claim = await claimed(town, phone=PHONE)
    await claimed(town, "partner", phone=PHONE)
    await looked(town)
    await town.noticed(claim)
    for path in ("", "/timeline", "/explanation", "/decision", "/registry-checks"):
        shown = await town.http.get(f"/subsidy/v1/claims/{claim['id']}{path}", headers=town.citizen())
        assert (shown.status_code, "shared_phone" in shown.text, "risk" in shown.text) == (200, False, False)
    answer = await town.http.get(f"/subsidy/v1/claims/{claim['id']}/risk-signs", headers=town.citizen())
    assert answer.status_code == 403
    [notice] = (await town.get("/notices"))["items"]
    assert not [name for name in notice if "risk" in name or "sign" in name]
    policy = await town.get("/policy", on="2026-06-01")
    assert not [one for one in policy["parameters"] if "risk" in one["name"]]


async def test_another_district_does_not_find_it(town):
    claim = await claimed(town, phone=PHONE)
    await claimed(town, "partner", phone=PHONE)
    await looked(town)
    sign = await sign_of(town, claim, Kind.SHARED_PHONE)
    elsewhere = town.officer(district="310104")
    for path in (f"/claims/{claim['id']}/risk-signs", f"/risk-signs/{sign['id']}/amendments"):
        assert (await town.http.get(f"/subsidy/v1{path}", headers=elsewhere)).status_code == 404
    assert (await note(town, sign, district="310104")).status_code == 404
    assert (await town.get("/risk-signs", elsewhere))["items"] == []


async def test_the_queue_counts_signs_and_finds_the_claims_that_have_some(town):
    claim = await claimed(town, phone=PHONE)
    await claimed(town, "partner", phone=PHONE)
    quiet = await claimed(town, "third")
    await looked(town)
    items = (await town.get("/review-queue", town.officer()))["items"]
    assert {one["claim_id"]: one["risk_signs"] for one in items}[claim["id"]] == 1
    with_signs = (await town.get("/review-queue", town.officer(), risk_signs=True))["items"]
    assert (len(with_signs), quiet["id"] in str(with_signs)) == (2, False)
    without = (await town.get("/review-queue", town.officer(), risk_signs=False))["items"]
    assert [one["claim_id"] for one in without] == [quiet["id"]]


async def test_the_list_is_filtered_paged_and_taken_away(town):
    for who in EVERYBODY:
        await claimed(town, who, phone=PHONE)
    await looked(town)
    everything = (await town.get("/risk-signs", town.officer()))["items"]
    assert Counter(one["kind"] for one in everything) == {"shared_phone": 4, "shared_enterprise": 4}
    phones = await town.get("/risk-signs", town.city, kind="shared_phone", limit=3)
    rest = await town.get(
        "/risk-signs", town.city, kind="shared_phone", limit=3, cursor=phones["next_cursor"]
    )
    assert (len(phones["items"]), len(rest["items"])) == (3, 1)
    sign = everything[0]
    assert (await note(town, sign)).status_code == 200
    auditor = town.as_(Role.AUDITOR, subject="auditor")
    seen = await town.get("/risk-signs", auditor, looked_into=True, stands=True, result="explained")
    assert [one["id"] for one in seen["items"]] == [sign["id"]]
    assert (await town.get("/risk-signs", auditor, claim_id=sign["claim_id"], looked_into=False))["items"]
    export = await town.http.get("/subsidy/v1/risk-signs/export", headers=town.officer())
    assert export.text.count("shared_phone") == 4
    for secret in ("张三丰", PHONE):
        assert secret not in export.text


async def test_a_note_keeps_those_before_it(town):
    claim = await claimed(town, phone=PHONE)
    await claimed(town, "partner", phone=PHONE)
    await looked(town)
    sign = await sign_of(town, claim, Kind.SHARED_PHONE)
    noted = (await note(town, sign, result="suspicious", note="电话无人接听")).json()
    assert (noted["result"], noted["noted_by"], noted["version"]) == ("suspicious", "approver", 2)
    assert (await note(town, sign)).status_code == 412
    same = await note(town, noted, result="suspicious", note="电话无人接听")
    assert same.json()["code"] == "nothing_amended"
    assert (await note(town, noted)).json()["result"] == "explained"
    history = (await town.get(f"/risk-signs/{sign['id']}/amendments", town.officer()))["items"]
    assert [(one["before"]["result"], one["after"]["result"]) for one in history] == [
        (None, "suspicious"),
        ("suspicious", "explained"),
    ]
    town.clock.advance(days=1)
    await looked(town)
    assert (await sign_of(town, claim, Kind.SHARED_PHONE))["result"] == "explained"


async def test_nobody_notes_a_sign_of_their_own_claim(town):
    claim = await claimed(town, phone=PHONE)
    await claimed(town, "partner", phone=PHONE)
    await looked(town)
    refused = await note(town, await sign_of(town, claim, Kind.SHARED_PHONE), who="holder")
    assert refused.json()["code"] == "own_claim"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [({"result": "fraud"}, "/result"), ({"note": ""}, "/note"), ({"decide": True}, "/decide")],
)
async def test_bad_notes_name_their_field(town, body, pointer):
    sign = {"id": "01977777-7777-7777-8777-777777777777", "version": 1}
    answer = await note(town, sign, **body)
    assert (answer.status_code, [one["pointer"] for one in answer.json()["errors"]]) == (422, [pointer])


async def test_two_notes_at_once_leave_one_of_them(town):
    claim = await claimed(town, phone=PHONE)
    await claimed(town, "partner", phone=PHONE)
    await looked(town)
    sign = await sign_of(town, claim, Kind.SHARED_PHONE)
    answers = await asyncio.gather(*(note(town, sign, note=f"核实{n}") for n in range(6)))
    assert Counter(one.status_code for one in answers) == {200: 1, 412: 5}


async def test_several_workers_and_an_officer_at_once_leave_each_sign_once(town):
    claims = [await claimed(town, who, phone=PHONE) for who in EVERYBODY]
    await asyncio.gather(
        *(look_due(town.service) for _ in range(4)),
        *(town.step(claim, "accept", "acceptor") for claim in claims),
    )
    town.clock.advance(days=1)
    await looked(town)
    rows = await town.sql("SELECT kind, count(*) FROM risk_signs GROUP BY kind")
    assert {row["kind"]: row["count"] for row in rows} == {"shared_phone": 4, "shared_enterprise": 4}


async def test_what_was_found_of_which_claim_is_never_moved_or_deleted(town):
    await claimed(town, phone=PHONE)
    await claimed(town, "partner", phone=PHONE)
    await looked(town)
    for statement in ("UPDATE risk_signs SET kind = 'shared_account'", "DELETE FROM risk_signs"):
        with pytest.raises(Exception, match="can no longer be changed"):
            await town.sql(statement)


async def test_a_claim_is_looked_at_again_each_day_while_it_is_in_review(town):
    claim = await claimed(town)
    await looked(town)
    assert await look_due(town.service) == 0
    town.clock.advance(days=1)
    assert await look_due(town.service) == 1
    await town.step(claim, "withdraw", "holder")
    town.clock.advance(days=1)
    assert await look_due(town.service) == 0
