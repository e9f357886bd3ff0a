"""Files of drafts: the claim has them once the draft is submitted, a discarded one takes them along (S06)."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest
from chuangpei.testing.api import key
from subsidy_svc.attachments.use_cases import sweep

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<<>>\n%%EOF\n"
FILE = {"name": "股东名册.pdf", "subject": "role"}


@pytest.fixture
async def draft(office):
    certificate = await office.certificate()
    answer = await office.post("/claim-drafts", office.citizen(), office.claim_body(certificate))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def attach(office, path, content=PDF, headers=None, params=FILE):
    sent = (headers or office.citizen()) | key() | {"content-type": "application/octet-stream"}
    url = f"/subsidy/v1{path}/attachments"
    return await office.http.post(url, params=params, content=content, headers=sent)


async def attached(office, draft, content=PDF):
    answer = await attach(office, f"/claim-drafts/{draft['id']}", content)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def files(office, path, headers=None):
    return await office.get(f"{path}/attachments", headers or office.citizen())


async def content_of(office, path, file, headers=None):
    url = f"/subsidy/v1{path}/attachments/{file['id']}"
    return await office.http.get(url, headers=headers or office.citizen())


async def submit(office, draft):
    sent = office.citizen() | key() | {"if-match": f'"{draft["version"]}"'}
    return await office.http.post(f"/subsidy/v1/claim-drafts/{draft['id']}/submit", headers=sent)


async def discard(office, draft):
    return await office.post(f"/claim-drafts/{draft['id']}/discard", office.citizen(), None, draft["version"])


async def swept(office):
    async with office.service.database.transaction() as tx:
        return await sweep(tx, office.service)


def stored(office):
    folder = Path(office.service.settings.attachments_url.removeprefix("file://"))
    return [file for file in folder.rglob("*") if file.is_file()]


async def test_a_drafts_files_go_along_to_the_claim(office, draft):
    file = await attached(office, draft)
    assert (file["draft_id"], file["claim_id"]) == (draft["id"], None)
    claim = (await submit(office, draft)).json()
    more = (await attach(office, f"/claims/{claim['id']}")).json()
    for headers in (office.citizen(), office.officer(), office.city):
        listed = await files(office, f"/claims/{claim['id']}", headers)
        assert [(one["id"], one["claim_id"], one["draft_id"]) for one in listed] == [
            (file["id"], claim["id"], draft["id"]),
            (more["id"], claim["id"], None),
        ]
        answer = await content_of(office, f"/claims/{claim['id']}", file, headers)
        assert answer.content == PDF
    assert [one["id"] for one in await files(office, f"/claim-drafts/{draft['id']}")] == [file["id"]]


async def test_nobody_but_the_person_sees_the_files_of_a_draft(office, draft):
    file = await attached(office, draft)
    path = f"/claim-drafts/{draft['id']}"
    partner = office.citizen("partner")
    assert (await attach(office, path, headers=partner)).status_code == 404
    assert (await content_of(office, path, file, partner)).status_code == 404
    assert (await office.http.get(f"/subsidy/v1{path}/attachments", headers=partner)).status_code == 404
    for headers in (office.officer(), office.city):
        assert (await content_of(office, path, file, headers)).status_code == 403


async def test_a_file_of_one_draft_is_found_under_no_other(office, draft):
    file = await attached(office, draft)
    body = office.claim_body(await office.certificate(project="P2"))
    other = (await office.post("/claim-drafts", office.citizen(), body)).json()
    claim = await office.submitted(await office.certificate(project="P3"))
    for path in (f"/claim-drafts/{other['id']}", f"/claims/{claim['id']}"):
        assert (await content_of(office, path, file)).status_code == 404
        assert await files(office, path) == []


@pytest.mark.parametrize(
    ("content", "params", "status", "code"),
    [
        (b"<html>", FILE, 422, "invalid_input"),
        (b"", FILE, 422, "invalid_input"),
        (PDF + bytes(10_485_760), FILE, 413, "body_too_large"),
        (PDF, {"subject": "role"}, 422, "invalid_input"),
        (PDF, FILE | {"subject": "gossip"}, 422, "invalid_input"),
        (PDF, FILE | {"name": "../x.pdf"}, 422, "invalid_input"),
    ],
)
async def test_a_draft_takes_the_files_that_a_claim_takes(office, draft, content, params, status, code):
    answer = await attach(office, f"/claim-drafts/{draft['id']}", content, params=params)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert stored(office) == []


async def test_the_files_of_a_discarded_draft_are_gone_at_once_and_erased_by_the_timer(office, draft):
    file = await attached(office, draft)
    assert (await discard(office, draft)).status_code == 200
    path = f"/claim-drafts/{draft['id']}"
    assert await files(office, path) == []
    assert (await content_of(office, path, file)).status_code == 404
    refused = await attach(office, path)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_allowed_in_state")
    assert len(stored(office)) == 1
    assert sorted(await asyncio.gather(swept(office), swept(office))) == [0, 1]
    assert stored(office) == []
    assert [row["state"] for row in await office.sql("SELECT state FROM attachments")] == ["erased"]


async def test_a_draft_that_is_a_claim_takes_no_more_files_itself(office, draft):
    await submit(office, draft)
    answer = await attach(office, f"/claim-drafts/{draft['id']}")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_a_draft_and_its_claim_together_have_no_more_files_than_the_law_says(office, draft):
    most = office.service.law.on(office.clock.today()).attachments.per_claim
    answers = [await attach(office, f"/claim-drafts/{draft['id']}") for _ in range(most - 1)]
    assert {answer.status_code for answer in answers} == {201}
    claim = (await submit(office, draft)).json()
    at_once = await asyncio.gather(*(attach(office, f"/claims/{claim['id']}") for _ in range(3)))
    assert Counter(answer.status_code for answer in at_once) == {201: 1, 409: 2}
    assert {answer.json()["code"] for answer in at_once if answer.is_error} == {"attachments_full"}


async def test_a_file_that_comes_while_the_draft_is_submitted_is_the_claims_or_is_refused(office):
    for number in range(4):
        body = office.claim_body(await office.certificate(project=f"P{number}"))
        draft = (await office.post("/claim-drafts", office.citizen("holder"), body)).json()
        path = f"/claim-drafts/{draft['id']}"
        file, submitted = await asyncio.gather(attach(office, path), submit(office, draft))
        if submitted.status_code != 201:  # the person has all the places they may (S04)
            assert number == 3
            continue
        listed = await files(office, f"/claims/{submitted.json()['id']}")
        assert file.status_code in (201, 409)
        assert len(listed) == (file.status_code == 201)


async def test_a_file_that_comes_while_the_draft_is_discarded_goes_with_it_or_is_refused(office):
    for number in range(3):
        body = office.claim_body(await office.certificate(project=f"P{number}"))
        draft = (await office.post("/claim-drafts", office.citizen(), body)).json()
        path = f"/claim-drafts/{draft['id']}"
        file, discarded = await asyncio.gather(attach(office, path), discard(office, draft))
        assert discarded.status_code == 200
        assert file.status_code in (201, 409)
        assert await files(office, path) == []
    office.clock.advance(hours=2)
    await swept(office)
    assert stored(office) == []


@pytest.mark.parametrize("state", ["draft", "submitted"])
async def test_the_database_keeps_the_files_of_every_draft_that_was_not_discarded(office, draft, state):
    await attached(office, draft)
    if state == "submitted":
        await submit(office, draft)
    for change in (
        "UPDATE attachments SET state = 'discarded'",
        "UPDATE attachments SET state = 'erased'",
        "UPDATE attachments SET draft_id = NULL, claim_id = (SELECT claim_id FROM claim_drafts)",
        "DELETE FROM attachments",
    ):
        with pytest.raises(Exception, match="can no longer be changed"):
            await office.sql(change)


async def test_a_file_is_of_a_claim_or_of_a_draft(office, draft):
    await attached(office, draft)
    copied = (
        "INSERT INTO attachments SELECT gen_random_uuid(), {claim}, subject, name_encrypted, media_type,"
        " bytes, sha256, state, begun_at, uploaded_by, {draft} FROM attachments"
    )
    claim = await office.submitted(await office.certificate(project="P2"))
    for of_claim, of_draft in (("NULL::uuid", "NULL::uuid"), (f"'{claim['id']}'::uuid", "draft_id")):
        with pytest.raises(Exception, match="ck_attachments_of_one"):
            await office.sql(copied.format(claim=of_claim, draft=of_draft))
