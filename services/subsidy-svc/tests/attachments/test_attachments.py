"""Attachments: typed by content, limited while they come, sealed, checked, swept (S06, S07)."""

import asyncio
from pathlib import Path
from urllib.parse import unquote

import pytest
from chuangpei.kernel.refusals import Refusal
from chuangpei.testing.api import key
from subsidy_svc.attachments import use_cases
from subsidy_svc.attachments.repository import Home
from subsidy_svc.attachments.schemas import FileQuery
from subsidy_svc.problems import FILES_AWAY

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<<>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(64) + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(64)


async def attach(office, claim, content=PDF, headers=None, name="股东名册.pdf", subject="role"):
    return await office.http.post(
        f"/subsidy/v1/claims/{claim['id']}/attachments",
        params={"name": name, "subject": subject},
        content=content,
        headers=(headers or office.citizen()) | key() | {"content-type": "application/octet-stream"},
    )


async def attached(office, claim, content=PDF, **given):
    answer = await attach(office, claim, content, **given)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def download(office, file, headers=None):
    path = f"/subsidy/v1/claims/{file['claim_id']}/attachments/{file['id']}"
    return await office.http.get(path, headers=headers or office.citizen())


def folder(office):
    return Path(office.service.settings.attachments_url.removeprefix("file://"))


def stored_file(office, file):
    return folder(office) / "claims" / file["claim_id"] / file["id"]


async def sweep(office):
    async with office.service.database.transaction() as tx:
        return await use_cases.sweep(tx, office.service)


@pytest.mark.parametrize(
    ("content", "kind"), [(PDF, "application/pdf"), (JPEG, "image/jpeg"), (PNG, "image/png")]
)
async def test_a_file_comes_back_as_it_was_and_only_to_be_saved(office, content, kind):
    file = await attached(office, await office.submitted(), content)
    assert (file["media_type"], file["bytes"]) == (kind, len(content))
    answer = await download(office, file)
    assert answer.content == content
    assert answer.headers["content-type"] == kind
    assert answer.headers["x-content-type-options"] == "nosniff"
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment;")
    assert unquote(disposition).endswith("股东名册.pdf")


@pytest.mark.parametrize(
    "content",
    [b"<html><script>alert(1)</script></html>", b"MZ" + bytes(200), b"PK\x03\x04" + bytes(60), b"text", b""],
)
async def test_what_is_none_of_the_three_kinds_is_refused_whatever_its_name(office, content):
    answer = await attach(office, await office.submitted(), content, name="名册.pdf")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "unknown_content")
    assert not folder(office).exists() or not list(folder(office).rglob("*.*"))


async def test_a_file_above_the_limit_is_refused_while_it_comes(office):
    most = office.service.law.on(office.clock.today()).attachments.max_bytes
    sent = 0

    async def endless():
        nonlocal sent
        for _ in range(64):
            sent += 1
            yield PDF + bytes(1024 * 1024 - len(PDF))

    answer = await attach(office, await office.submitted(), endless())
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert sent <= most // (1024 * 1024) + 2


async def test_a_file_of_exactly_the_limit_is_taken(office):
    most = office.service.law.on(office.clock.today()).attachments.max_bytes
    file = await attached(office, await office.submitted(), PDF + bytes(most - len(PDF)))
    assert file["bytes"] == most


async def test_neither_content_nor_name_is_readable_at_rest(office):
    file = await attached(office, await office.submitted(), PDF, name="张三丰身份证.pdf")
    assert b"%PDF" not in stored_file(office, file).read_bytes()
    [[row]] = await office.sql("SELECT attachments::text FROM attachments")
    assert "张三丰" not in row


async def test_a_file_changed_or_exchanged_at_rest_is_not_handed_out(office):
    claim = await office.submitted()
    one, other = await attached(office, claim, PDF), await attached(office, claim, PNG)
    stored_file(office, one).write_bytes(stored_file(office, other).read_bytes())
    answer = await download(office, one)
    assert (answer.status_code, answer.json()["code"]) == (500, "attachment_damaged")
    stored_file(office, one).unlink()
    assert (await download(office, one)).json()["code"] == "attachment_damaged"
    assert (await download(office, other)).content == PNG


async def test_only_who_may_see_the_claim_sees_its_files(office):
    claim = await office.submitted()
    file = await attached(office, claim)
    for headers in (office.officer(), office.city):
        assert (await download(office, file, headers)).content == PDF
    for headers in (office.citizen("partner"), office.officer(district="310104")):
        assert (await download(office, file, headers)).status_code == 404
        assert (await attach(office, claim, headers=headers)).status_code == 404
        path = f"/subsidy/v1/claims/{claim['id']}/attachments"
        assert (await office.http.get(path, headers=headers)).status_code == 404
    other = await office.submitted(who="partner")
    foreign = {"id": file["id"], "claim_id": other["id"]}
    assert (await download(office, foreign, office.citizen("partner"))).status_code == 404


async def test_an_offices_look_is_audited_and_the_persons_own_is_not(office):
    file = await attached(office, await office.submitted())
    await download(office, file)
    await download(office, file, office.officer("approver"))
    rows = await office.sql(
        "SELECT actor, action FROM audit_log WHERE object_type = 'attachment' ORDER BY id"
    )
    assert [tuple(row) for row in rows] == [("holder", "attachment.store"), ("approver", "attachment.read")]


async def test_files_are_attached_only_while_the_claim_is_in_review(office):
    answer = await attach(office, await office.noticed())
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_a_claim_has_no_more_files_than_the_law_says_however_they_come(office):
    claim = await office.submitted()
    most = office.service.law.on(office.clock.today()).attachments.per_claim
    answers = await asyncio.gather(*(attach(office, claim) for _ in range(most + 3)))
    assert [answer.status_code for answer in answers].count(201) == most
    assert {a.json()["code"] for a in answers if a.status_code != 201} == {"attachments_full"}


async def test_a_file_sent_twice_is_attached_once(office):
    claim, one = await office.submitted(), key()
    answers = [await attach(office, claim, headers=office.citizen() | one) for _ in range(2)]
    path = f"/subsidy/v1/claims/{claim['id']}/attachments"
    sent = office.citizen() | one | {"content-type": "application/pdf"}
    params = {"name": "a.pdf", "subject": "role"}
    first = await office.http.post(path, params=params, content=PDF, headers=sent)
    again = await office.http.post(path, params=params, content=PDF, headers=sent)
    assert first.json() == again.json()
    assert first.json()["id"] not in {answer.json()["id"] for answer in answers}


async def test_a_file_whose_claim_never_heard_of_it_is_swept(office):
    claim = await office.submitted()
    kept = await attached(office, claim)
    query = FileQuery(name="半途.pdf", subject="role")
    principal = await office.service.verifier.verify(office.citizen()["authorization"].split()[1])
    # The process dies between storing the file and telling the claim.
    lost = await use_cases.upload(office.service, principal, Home(office.uuid(claim)), query, PDF)
    orphan = stored_file(office, {"claim_id": claim["id"], "id": str(lost)})
    assert orphan.exists()
    listed = await office.get(f"/claims/{claim['id']}/attachments", office.citizen())
    assert [file["id"] for file in listed] == [kept["id"]]
    assert await sweep(office) == 0
    office.clock.advance(hours=2)
    assert await asyncio.gather(sweep(office), sweep(office)) in ([1, 0], [0, 1])
    assert not orphan.exists()
    assert stored_file(office, kept).exists()
    async with office.service.database.transaction() as tx:
        late = await use_cases.finish(tx, office.service, principal, Home(office.uuid(claim)), lost)
    assert isinstance(late, Refusal)


async def test_while_the_store_is_away_nothing_is_attached(office, monkeypatch):
    class Away:
        async def put(self, path, content):
            return Refusal(FILES_AWAY, retry_after_seconds=30)

    object.__setattr__(office.service, "files", Away())
    answer = await attach(office, await office.submitted())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert await office.sql("SELECT 1 FROM attachments WHERE state = 'stored'") == []


async def test_an_attached_file_is_never_exchanged_in_the_database(office):
    await attached(office, await office.submitted())
    for change in (
        "UPDATE attachments SET sha256 = 'x'",
        "UPDATE attachments SET state = 'abandoned'",
        "UPDATE attachments SET state = 'discarded'",
        "UPDATE attachments SET state = 'erased'",
        "UPDATE attachments SET draft_id = claim_id",
        "DELETE FROM attachments",
    ):
        with pytest.raises(Exception, match="can no longer be changed"):
            await office.sql(change)
