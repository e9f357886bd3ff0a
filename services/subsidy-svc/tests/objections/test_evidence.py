"""Evidence comes by the receipt alone, typed by content, limited, sealed, and read by the offices (S09)."""

import asyncio
from pathlib import Path
from uuid import UUID

import pytest
from chuangpei.testing.api import key
from subsidy_svc.attachments import use_cases
from subsidy_svc.attachments.schemas import FileQuery
from subsidy_svc.objections.evidence import home_of, objector

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
async def objection(office):
    return await office.objected(await office.noticed())


async def add(office, objection, content=PDF, headers=None, name="照片.pdf"):
    given = {"objection-receipt": objection["receipt"], "content-type": "application/octet-stream"}
    return await office.http.post(
        "/subsidy/v1/objections/by-receipt/evidence",
        params={"name": name, "subject": "role"},
        content=content,
        headers=given | (headers or key()),
    )


async def added(office, objection, content=PDF):
    answer = await add(office, objection, content)
    assert answer.status_code == 201, answer.text
    return answer.json()


def terms(office):
    return office.service.law.on(office.clock.today()).objections


def folder(office, objection):
    root = Path(office.service.settings.attachments_url.removeprefix("file://"))
    return root / "objections" / objection["id"]


async def test_who_holds_the_receipt_adds_evidence_and_the_office_reads_it(office, objection):
    file = await added(office, objection)
    assert (file["media_type"], file["bytes"], file["objection_id"]) == (
        "application/pdf",
        len(PDF),
        objection["id"],
    )
    status = await office.get("/objections/by-receipt", {"objection-receipt": objection["receipt"]})
    assert [one["name"] for one in status["evidence"]] == ["照片.pdf"]
    path = f"/subsidy/v1/objections/{objection['id']}/evidence"
    assert await office.get(f"/objections/{objection['id']}/evidence", office.officer()) == [file]
    answer = await office.http.get(f"{path}/{file['id']}", headers=office.officer("releaser"))
    assert answer.content == PDF
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].startswith("attachment;")
    other = office.officer("releaser", "310104")
    assert (await office.http.get(f"{path}/{file['id']}", headers=other)).status_code == 404
    rows = await office.sql(
        "SELECT actor, action FROM audit_log WHERE object_type = 'attachment' ORDER BY id"
    )
    assert [tuple(row) for row in rows] == [
        (f"objection:{objection['id']}", "attachment.store"),
        ("releaser", "attachment.read"),
    ]


async def test_neither_content_nor_name_is_readable_at_rest(office, objection):
    file = await added(office, objection)
    assert b"%PDF" not in (folder(office, objection) / file["id"]).read_bytes()
    [[row]] = await office.sql("SELECT attachments::text FROM attachments")
    assert "照片" not in row


async def test_a_wrong_receipt_adds_nothing(office, objection):
    answer = await add(office, objection | {"receipt": "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA"})
    assert answer.status_code == 404
    assert await office.sql("SELECT 1 FROM attachments") == []


@pytest.mark.parametrize("content", [b"<html></html>", b"MZ" + bytes(200), b"", b"text"])
async def test_what_is_no_paper_and_no_photograph_is_refused(office, objection, content):
    answer = await add(office, objection, content)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "unknown_content")


async def test_a_file_above_the_limit_is_refused_and_one_of_exactly_the_limit_taken(office, objection):
    most = terms(office).evidence_max_bytes
    assert (await add(office, objection, PDF + bytes(most - len(PDF)))).status_code == 201
    answer = await add(office, objection, PDF + bytes(most - len(PDF) + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_an_objection_has_no_more_files_than_the_law_says_however_they_come(office, objection):
    most = terms(office).evidence_files
    answers = await asyncio.gather(*(add(office, objection) for _ in range(most + 3)))
    assert [answer.status_code for answer in answers].count(201) == most
    assert {a.json()["code"] for a in answers if a.status_code != 201} == {"attachments_full"}


async def test_a_file_sent_twice_is_added_once(office, objection):
    one = key()
    answers = [await add(office, objection, headers=one) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len(await office.sql("SELECT 1 FROM attachments")) == 1


async def test_evidence_comes_as_long_as_nobody_has_decided(office, objection):
    await office.investigated(objection)
    office.clock.advance(days=30)
    await added(office, objection)
    await office.handle(objection, "dismiss", "releaser")
    answer = await add(office, objection)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_too_many_files_from_one_address_have_to_wait(office, objection):
    for _ in range(office.service.settings.objections_per_minute):
        last = await add(office, objection | {"receipt": "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA"})
    assert last.status_code == 429


async def test_a_file_whose_objection_never_heard_of_it_is_swept(office, objection):
    kept = await added(office, objection)
    service = office.service
    number, query = UUID(objection["id"]), FileQuery(name="半途.pdf", subject="role")
    lost = await use_cases.upload(service, objector(number), home_of(number), query, PDF)
    assert (folder(office, objection) / str(lost)).exists()
    office.clock.advance(hours=2)
    async with service.database.transaction() as tx:
        assert await use_cases.sweep(tx, service) == 1
    assert [file.name for file in folder(office, objection).iterdir()] == [kept["id"]]


async def test_a_file_belongs_to_a_claim_or_to_an_objection_and_never_to_both(office, objection):
    await added(office, objection)
    with pytest.raises(Exception, match="ck_attachments_of_one"):
        await office.sql(
            "INSERT INTO attachments (id, claim_id, objection_id, subject, name_encrypted, media_type, bytes,"
            " sha256, state, begun_at, uploaded_by)"
            " SELECT gen_random_uuid(), c.id, a.objection_id, a.subject, a.name_encrypted,"
            " a.media_type, a.bytes, a.sha256, a.state, a.begun_at, a.uploaded_by"
            " FROM attachments a, claims c"
        )
