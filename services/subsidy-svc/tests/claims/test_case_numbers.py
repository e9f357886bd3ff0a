"""Applications that came through the city's platform carry its case number and channel (办件编号; S06)."""

import asyncio
from collections import Counter

import asyncpg
import pytest
from chuangpei.testing.api import key

CASE = "SH00FW20260601000123"
OTHER_CASE = "SH00FW20260601000124"


def draft_content(office, certificate, **given):
    body = office.claim_body(certificate, **given)
    del body["certificate_id"]
    return body


async def test_a_claim_says_by_which_channel_and_under_which_number_it_came(office):
    answer = await office.claim(await office.certificate(), channel="app", case_number=CASE)
    assert answer.status_code == 201, answer.text
    shown = await office.shown(answer.json())
    assert (shown["channel"], shown["case_number"]) == ("app", CASE)


async def test_a_counter_may_give_the_number_too(office):
    certificate = await office.certificate()
    body = {
        "certificate_number": certificate.number,
        "id_number": office.id_number("holder"),
        "enterprise_credit_code": office.claim_body(certificate)["enterprise_credit_code"],
        "account": {"kind": "social_security_card"},
        "case_number": CASE,
    }
    answer = await office.post("/claims/counter", office.officer(), body)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["channel"], answer.json()["case_number"]) == ("counter", CASE)


async def test_a_draft_keeps_both_until_it_is_submitted(office):
    certificate = await office.certificate()
    body = office.claim_body(certificate, channel="web", case_number=OTHER_CASE)
    draft = (await office.post("/claim-drafts", office.citizen(), body)).json()
    assert (draft["channel"], draft["case_number"]) == ("web", OTHER_CASE)
    content = draft_content(office, certificate, channel="terminal", case_number=CASE)
    saved = await office.post(
        f"/claim-drafts/{draft['id']}/save", office.citizen(), content, draft["version"]
    )
    headers = office.citizen() | key() | {"if-match": f'"{saved.json()["version"]}"'}
    answer = await office.http.post(f"/subsidy/v1/claim-drafts/{draft['id']}/submit", headers=headers)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["channel"], answer.json()["case_number"]) == ("terminal", CASE)


async def test_a_draft_that_names_no_channel_comes_online(office):
    draft = (
        await office.post("/claim-drafts", office.citizen(), office.claim_body(await office.certificate()))
    ).json()
    assert (draft["channel"], draft["case_number"]) == (None, None)
    headers = office.citizen() | key() | {"if-match": '"1"'}
    answer = await office.http.post(f"/subsidy/v1/claim-drafts/{draft['id']}/submit", headers=headers)
    assert answer.json()["channel"] == "online"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("case_number", "SH1"),
        ("case_number", "sh00fw20260601000123"),
        ("case_number", "SH00FW 20260601000123"),
        ("case_number", "-SH00FW20260601000123"),
        ("case_number", "9" * 41),
        ("case_number", ""),
        ("channel", "counter"),
        ("channel", "fax"),
    ],
)
async def test_what_is_no_number_or_no_channel_of_a_citizen_is_refused(office, field, value):
    answer = await office.claim(await office.certificate(), **{field: value})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{field}"]


async def test_a_second_claim_of_the_case_is_refused_and_takes_no_place(office):
    assert (await office.claim(await office.certificate(), case_number=CASE)).status_code == 201
    answer = await office.claim(await office.certificate(who="partner"), "partner", case_number=CASE)
    assert (answer.status_code, answer.json()["code"]) == (409, "case_number_used")
    assert len(await office.sql("SELECT 1 FROM reservations")) == 1


async def test_of_many_at_once_with_one_number_one_is_taken(office):
    people = ("holder", "partner", "third")
    certificates = {who: await office.certificate(who=who) for who in people}
    answers = await asyncio.gather(
        *(office.claim(certificates[who], who, case_number=CASE) for who in people)
    )
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 2}
    assert len(await office.sql("SELECT 1 FROM claims")) == 1


async def test_sent_twice_it_is_answered_alike(office):
    certificate = await office.certificate()
    body, headers = office.claim_body(certificate, case_number=CASE), office.citizen() | key()
    first = await office.http.post("/subsidy/v1/claims", json=body, headers=headers)
    again = await office.http.post("/subsidy/v1/claims", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()


async def test_the_number_of_a_claim_never_changes(office):
    await office.claim(await office.certificate(), case_number=CASE)
    with pytest.raises(asyncpg.RestrictViolationError):
        await office.sql("UPDATE claims SET case_number = $1", OTHER_CASE)


@pytest.fixture
async def two_claims(office):
    """One that came by the app, one by any other online channel."""
    by_app = await office.claim(await office.certificate(), channel="app", case_number=CASE)
    other = await office.claim(await office.certificate(who="partner"), "partner")
    return by_app.json(), other.json()


@pytest.mark.parametrize("path", ["/claims", "/review-queue"])
async def test_lists_are_searched_by_number_and_narrowed_to_a_channel(office, two_claims, path):
    by_app, other = two_claims
    named = "claim_id" if path == "/review-queue" else "id"
    for asked, found in [
        ({"case_number": CASE}, [by_app]),
        ({"case_number": OTHER_CASE}, []),
        ({"channel": "app"}, [by_app]),
        ({"channel": "online"}, [other]),
    ]:
        items = (await office.get(path, office.officer(), **asked))["items"]
        assert [item[named] for item in items] == [claim["id"] for claim in found], asked
    [item] = (await office.get(path, office.officer(), case_number=CASE))["items"]
    assert (item["channel"], item["case_number"]) == ("app", CASE)


async def test_another_districts_officer_does_not_find_the_number(office, two_claims):
    elsewhere = office.officer("releaser", "310104")
    assert (await office.get("/claims", elsewhere, case_number=CASE))["items"] == []


@pytest.mark.parametrize("path", ["/claims/export", "/review-queue/export"])
async def test_files_show_number_and_channel(office, two_claims, path):
    answer = await office.http.get(f"/subsidy/v1{path}", headers=office.officer(), params={"channel": "app"})
    heading, row, *rest = answer.content.decode("utf-8-sig").splitlines()
    cells = dict(zip(heading.split(","), row.split(","), strict=True))
    assert (cells["申请渠道"], cells["办件编号"], rest) == ("app", CASE, [])
