"""Anybody checks a certificate on a page, in both languages, and learns nothing from a guess (C06)."""

import re
from urllib.parse import urlencode

import pytest
from cert_svc.certificates.schemas import PublicCertificateView
from cert_svc.credentials.answer import by_code
from cert_svc.credentials.schemas import CheckView
from chuangpei.auth import Role
from chuangpei.credentials.checking import REASONS, Verdict

NUMBERS = [
    "SH2026H7K3M01X2T0B",
    "SH2026H7K3M01X2T0C",
    "SH2026H",
    "%00",
    "' OR 1=1 --",
    "<script>",
    "9" * 5000,
]
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def number(qualification):
    return qualification["number"]


async def page(office, path="", **headers):
    return await office.http.get(f"/cert/check{path}", headers=headers)


def headers_of(answer):
    return {name: value for name, value in answer.headers.items() if name != "x-request-id"}


async def asked(office, text, **params):
    return await office.http.post(
        "/cert/check", content=urlencode({"asked": text}), headers=FORM, params=params
    )


async def code_of(office, certificate):
    return (
        await office.http.get(
            f"/cert/v1/certificates/{certificate['number']}/code", headers=office.as_(Role.CITIZEN, "trainee")
        )
    ).text


async def test_a_valid_certificate_is_shown_as_the_paper_shows_it(office, number):
    answer = await page(office, f"/{number}")
    assert answer.status_code == 200
    for text in (number, "有效", "培训合格证书", "张*", "浦东创业学院", "创业初创期培训", "2026年6月1日"):
        assert text in answer.text
    assert "张三丰" not in answer.text
    assert "<title>有效 · 证书核验 · 创培</title>" in answer.text


async def test_a_certificate_is_found_by_its_identifier_too(office, qualification):
    identifier = qualification["identifier"]
    answer = await page(office, f"/{identifier}")
    assert "有效" in answer.text
    assert identifier in answer.text
    assert qualification["number"] in answer.text
    asked_for = await asked(office, f" 1.2.156.3005.2.{identifier.lower()}")
    assert asked_for.headers["location"] == f"/cert/check/{identifier}"


async def test_a_revoked_one_is_told_with_the_day(office, qualification):
    office.clock.advance(days=3)
    await office.revoke(qualification)
    answer = await page(office, f"/{qualification['number']}")
    assert "已撤销" in answer.text
    assert "2026年6月4日" in answer.text


async def test_a_replaced_one_leads_to_the_number_in_force(office, qualification):
    renewed = (await office.reissue(qualification)).json()
    answer = await page(office, f"/{qualification['number']}")
    assert "已换发" in answer.text
    assert f'href="/cert/check/{renewed["number"]}' in answer.text
    assert "有效" in (await page(office, f"/{renewed['number']}")).text


@pytest.mark.parametrize("guess", NUMBERS)
async def test_a_wrong_number_and_an_unknown_one_get_the_same_page(office, number, guess):
    other = "0" if number[-1] != "0" else "2"
    wrong = await page(office, f"/{number[:-1]}{other}")
    answer = await page(office, f"/{guess}")
    assert (wrong.status_code, answer.status_code) == (404, 404)
    assert answer.content == wrong.content
    assert headers_of(answer) == headers_of(wrong)


@pytest.mark.parametrize("text", ["<b>", "证书", "", "SH2026H", "9" * 2000])
async def test_what_is_neither_a_number_nor_a_code_is_not_found(office, text):
    answer = await asked(office, text)
    assert answer.status_code == 404
    assert "未找到" in answer.text
    assert "<b>" not in answer.text


@pytest.mark.parametrize("written", ["{}", " {}\r\n", "https://chuangpei.example/cert/check/{}"])
async def test_a_number_that_is_asked_leads_to_its_page(office, number, written):
    answer = await asked(office, written.format(number.lower()), lang="en")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/cert/check/{number}?lang=en"


async def test_a_code_is_checked_and_names_the_holder_as_the_paper_does(office, qualification):
    code = await code_of(office, qualification)
    answer = await asked(office, code[:40] + "\r\n" + code[40:] + "\n")
    assert answer.status_code == 200
    assert "有效" in answer.text
    assert "张三丰" in answer.text
    await office.revoke(qualification)
    assert "已撤销" in (await asked(office, code)).text


async def test_a_forged_code_is_not_to_be_trusted_and_tells_nothing(office, qualification):
    code = await code_of(office, qualification)
    another = "B" if code[-9] == "A" else "A"
    for forged in (code[:-9] + another + code[-8:], "CPC1:", "CPC1:<script>"):
        answer = await asked(office, forged)
        assert "不可信" in answer.text
        assert "张三丰" not in answer.text
        assert "<script>" not in answer.text


async def test_a_code_is_never_shown_better_than_its_own_status(office, number):
    """Even where the register knew better."""
    known = PublicCertificateView.model_validate((await office.check(number)).json())
    for verdict in set(Verdict) - {Verdict.VALID}:
        found = CheckView(
            verdict=verdict,
            zh=REASONS[verdict].zh,
            en=REASONS[verdict].en,
            carrier="paper",
            number=number,
            holder="张三丰",
            issued_on=known.issued_on,
            detail="",
            registered=known,
        )
        assert by_code(found, office.clock.now()).word.zh == "不可信"


async def test_a_form_too_large_is_refused(office):
    assert (await asked(office, "A" * 20_000)).status_code == 413


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"&" * 900, b"asked", b"other=1", b'{"asked": 1}'])
async def test_a_form_of_another_shape_is_not_found(office, body):
    answer = await office.http.post("/cert/check", content=body, headers=FORM)
    assert answer.status_code == 404


async def test_it_speaks_the_language_of_the_browser_or_the_one_chosen(office):
    for path, header, language in (
        ("", "", "zh-CN"),
        ("", "en-GB", "en"),
        ("?lang=en", "zh", "en"),
        ("?lang=zh", "en", "zh-CN"),
        ("?lang=%3Cb%3E", "en", "zh-CN"),
    ):
        answer = await page(office, path, **{"accept-language": header})
        assert f'<html lang="{language}">' in answer.text
        assert answer.headers["content-language"] == language
    assert not re.search(r"[\u4e00-\u9fff]", (await page(office, "?lang=en")).text.replace("中文", ""))


async def test_nothing_is_kept_framed_or_run_from_elsewhere(office, number):
    for path in ("", f"/{number}", "/SH"):
        answer = await page(office, path)
        assert answer.headers["cache-control"] == "no-store"
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "<script>" not in answer.text
        assert " style=" not in answer.text
        assert " on" not in re.sub(r">[^<]*<", "><", answer.text)


async def test_all_of_it_is_under_fifty_kilobytes(office, number):
    answer = await page(office, f"/{number}")
    files = re.findall(r'(?:src|href)="(/cert/pages/[^"]+)"', answer.text)
    assert len(files) == 3
    whole = len(answer.content)
    for path in files:
        file = await office.http.get(path)
        assert file.headers["cache-control"] == "public, max-age=31536000, immutable"
        whole += len(file.content)
    assert whole < 50_000


@pytest.mark.parametrize("path", ["0000000000000000/pages.css", "0000000000000000/no.js", "x/check.html"])
async def test_an_address_of_another_content_is_not_found(office, path):
    assert (await office.http.get(f"/cert/pages/{path}")).status_code == 404
