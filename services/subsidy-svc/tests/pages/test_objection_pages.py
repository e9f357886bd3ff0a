"""Anybody objects on a page, is told at the field what is wrong, and reads the outcome by receipt (S09)."""

import re
from urllib.parse import urlencode

import pytest

FORM = {"content-type": "application/x-www-form-urlencoded"}
TEXT = "该人员并非该企业的合伙人，请核实。"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<<>>\n%%EOF\n"


async def path_of(office, claim):
    return f"/subsidy/notices/{(await office.notice_of(claim))['id']}/objection"


async def posted(office, path, fields, **headers):
    return await office.http.post(path, content=urlencode(fields), headers=FORM | headers)


async def asked(office, receipt, **given):
    return await office.http.post("/subsidy/objection", data={"receipt": receipt}, **given)


def receipt_in(answer):
    return re.search(r'id="receipt">([A-Z2-7-]+)<', answer.text)[1]


def key_in(answer):
    return re.search(r'name="key" value="([^"]+)"', answer.text)[1]


async def test_an_objection_is_made_on_the_page_and_the_receipt_is_shown(office):
    claim = await office.noticed()
    path = await path_of(office, claim)
    form = await office.http.get(path)
    answer = await posted(office, path, {"key": key_in(form), "text": TEXT, "name": "李四光", "contact": ""})
    assert answer.status_code == 201
    assert await office.state_of(claim) == "held"
    [item] = (await office.get("/objections", office.officer()))["items"]
    assert (item["text"], item["name"], item["has_contact"]) == (TEXT, "李*", False)
    status = await asked(office, receipt_in(answer))
    assert "已收到，待受理" in status.text
    assert "2026年6月8日" in status.text
    assert "李" not in status.text


async def test_the_form_sent_twice_is_one_objection_and_with_another_text_another(office):
    path = await path_of(office, await office.noticed())
    key = key_in(await office.http.get(path))
    answers = [await posted(office, path, {"key": key, "text": TEXT}) for _ in range(2)]
    assert receipt_in(answers[0]) == receipt_in(answers[1])
    other = await posted(office, path, {"key": key, "text": TEXT + "另见附件。"})
    assert receipt_in(other) != receipt_in(answers[0])
    assert len(await office.sql("SELECT 1 FROM objections")) == 2


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "短"}, "text"),
        ({"text": "长" * 2001}, "text"),
        ({"text": TEXT, "name": "李"}, "name"),
        ({"text": TEXT, "name": "李\u200b四"}, "name"),
        ({"text": TEXT, "contact": "1"}, "contact"),
    ],
)
async def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(office, given, field):
    claim = await office.noticed()
    path = await path_of(office, claim)
    answer = await posted(office, path, given)
    assert answer.status_code == 422
    assert "<title>填写有误：" in answer.text
    assert re.findall(r'id="(\w+)-error"', answer.text) == [field]
    assert f'href="#{field}"' in answer.text
    assert re.findall(r'aria-invalid="true"', answer.text) == ['aria-invalid="true"']
    if given["text"] == TEXT:
        assert TEXT in answer.text
    assert await office.state_of(claim) == "noticed"
    english = await office.http.post(f"{path}?lang=en", content=urlencode(given), headers=FORM)
    told = re.search(rf'id="{field}-error">([^<]+)<', english.text)[1]
    assert not re.search(r"[\u4e00-\u9fff]", told)


async def test_what_was_typed_is_never_run(office):
    path = await path_of(office, await office.noticed())
    typed = '"><script>alert(1)</script>'
    answer = await posted(office, path, {"text": "短", "name": typed, "contact": typed})
    assert "<script>" not in answer.text


async def test_a_closed_notice_takes_no_objection_on_its_page(office):
    claim = await office.noticed()
    path = await path_of(office, claim)
    key = key_in(await office.http.get(path))
    office.clock.advance(days=30)
    for answer in (await office.http.get(path), await posted(office, path, {"key": key, "text": TEXT})):
        assert answer.status_code == 409
        assert "公示期已结束" in answer.text
    assert await office.state_of(claim) == "noticed"


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"&" * 900, b"text", b'{"text": 1}'])
async def test_a_form_of_another_shape_says_nothing(office, body):
    answer = await office.http.post(await path_of(office, await office.noticed()), content=body, headers=FORM)
    assert answer.status_code == 422
    assert await office.sql("SELECT 1 FROM objections") == []


async def test_a_form_too_large_is_answered_with_a_page(office):
    path = await path_of(office, await office.noticed())
    answer = await posted(office, path, {"text": "x" * 70_000})
    assert (answer.status_code, answer.headers["content-type"]) == (413, "text/html; charset=utf-8")


@pytest.mark.parametrize("receipt", ["", "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA", "<b>", "9" * 5000])
async def test_a_wrong_receipt_is_told_so(office, receipt):
    await office.objected(await office.noticed())
    answer = await asked(office, receipt)
    assert answer.status_code == 404
    assert "未找到该回执" in answer.text
    assert "<b>" not in answer.text


async def test_evidence_is_added_on_the_page(office):
    objection = await office.objected(await office.noticed())
    answer = await asked(office, objection["receipt"], files={"file": ("股东名册.pdf", PDF)})
    assert answer.status_code == 200
    assert "证据已收到" in answer.text
    assert "股东名册.pdf" in answer.text
    [file] = await office.get(f"/objections/{objection['id']}/evidence", office.officer())
    assert (file["name"], file["media_type"], file["subject"]) == ("股东名册.pdf", "application/pdf", "other")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.pdf", b"", "请选择文件"),
        ("a.pdf", b"<html></html>", "只接受 PDF、JPEG、PNG"),
        ("a.pdf", PDF + bytes(5_242_880), "过大"),
    ],
)
async def test_what_stands_against_a_file_is_told_at_its_field(office, name, content, told):
    objection = await office.objected(await office.noticed())
    answer = await asked(office, objection["receipt"], files={"file": (name, content)})
    assert answer.status_code == 422
    assert told in re.search(r'id="error"[^>]*>([^<]+)<', answer.text)[1]
    assert 'aria-invalid="true"' in answer.text
    assert await office.sql("SELECT 1 FROM attachments WHERE state = 'stored'") == []


async def test_a_body_far_too_large_is_answered_with_a_page(office):
    objection = await office.objected(await office.noticed())
    answer = await asked(office, objection["receipt"], files={"file": ("a.pdf", PDF + bytes(6_000_000))})
    assert (answer.status_code, answer.headers["content-type"]) == (413, "text/html; charset=utf-8")
    assert "请求内容过大" in answer.text


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\\b.pdf", "x" * 300 + ".pdf"])
async def test_a_files_name_is_kept_as_plain_text(office, name):
    objection = await office.objected(await office.noticed())
    answer = await asked(office, objection["receipt"], files={"file": (name, PDF)})
    assert answer.status_code == 200
    [file] = await office.get(f"/objections/{objection['id']}/evidence", office.officer())
    assert not re.search(r"[/\\\\]", file["name"])
    assert len(file["name"]) <= 120


async def test_the_same_upload_sent_again_is_one_file(office):
    objection = await office.objected(await office.noticed())
    key = key_in(await asked(office, objection["receipt"]))
    for _ in range(2):
        await office.http.post(
            "/subsidy/objection",
            data={"receipt": objection["receipt"], "key": key},
            files={"file": ("a.pdf", PDF)},
        )
    assert len(await office.sql("SELECT 1 FROM attachments")) == 1


@pytest.mark.parametrize(
    ("verb", "word"), [("uphold", "异议成立"), ("dismiss", "异议不成立"), ("not-accept", "不予受理")]
)
async def test_the_outcome_is_read_with_its_reason_and_article(office, verb, word):
    objection = await office.objected(await office.noticed())
    if verb == "not-accept":
        await office.handle(objection, verb, "releaser")
    else:
        await office.decided(objection, verb)
    answer = await asked(office, objection["receipt"])
    for text in (word, "经核查工商登记", "沪人社规〔2025〕30号", "2026年6月1日"):
        assert text in answer.text
    assert 'type="file"' not in answer.text


async def test_who_asks_too_often_gets_a_page_that_says_so(office):
    for _ in range(office.service.settings.objections_per_minute):
        await asked(office, "AAAA")
    answer = await asked(office, "AAAA")
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert "请求过于频繁" in answer.text
    assert (await office.http.get("/subsidy/notices")).status_code == 200
