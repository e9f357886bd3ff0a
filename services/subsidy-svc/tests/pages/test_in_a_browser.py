"""Notices and objections in a real browser: a phone, both languages, with and without a script, no mouse."""

import pytest
from chuangpei.testing.browser import faults, on_a_phone, overflow, served

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<<>>\n%%EOF\n"
TEXT = "该人员并非该企业的合伙人，请核实。"

WORDS = {
    "zh-CN": {
        "object": "提出异议",
        "text": "异议内容",
        "send": "提交异议",
        "next": "查看进度，补充证据",
        "received": "已收到，待受理",
        "file": "文件",
        "upload": "上传",
        "dismissed": "异议不成立",
        "receipt": "回执",
        "ask": "查询",
    },
    "en": {
        "object": "Object to it",
        "text": "What you object",
        "send": "Object",
        "next": "See where it stands, add evidence",
        "received": "Received",
        "file": "File",
        "upload": "Upload",
        "dismissed": "Dismissed",
        "receipt": "Receipt",
        "ask": "Ask",
    },
}
each_language = pytest.mark.parametrize("language", WORDS)


@pytest.fixture
async def origin(office, browser):
    async with served(office.app) as at:
        yield at


async def looks_right(page):
    """On a phone, on a wide screen and on a very small one."""
    assert await faults(page) == []
    assert await overflow(page) <= 0
    await page.set_viewport_size({"width": 1280, "height": 800})
    assert await faults(page) == []
    await page.set_viewport_size({"width": 320, "height": 640})
    assert await overflow(page) <= 0
    await page.set_viewport_size({"width": 360, "height": 740})


@each_language
@pytest.mark.parametrize("scripts", [True, False])
async def test_from_the_notice_to_the_outcome_on_a_phone(
    office, browser, origin, language, scripts, tmp_path
):
    claim, words = await office.noticed(), WORDS[language]
    paper = tmp_path / "证据.pdf"
    paper.write_bytes(PDF)
    async with on_a_phone(browser, language=language, scripts=scripts) as page:
        await page.goto(f"{origin}/subsidy/notices")
        await page.get_by_role("link", name="张*").click()
        await page.get_by_role("link", name=words["object"], exact=True).click()
        await page.get_by_label(words["text"]).fill(TEXT)
        await page.get_by_role("button", name=words["send"], exact=True).click()
        receipt = await page.locator("#receipt").inner_text()
        await page.get_by_role("button", name=words["next"]).click()
        assert await page.locator(".word").inner_text() == words["received"]
        await page.get_by_label(words["file"]).set_input_files(paper)
        await page.get_by_role("button", name=words["upload"]).click()
        assert "证据.pdf" in await page.locator("dl").inner_text()
        assert await office.state_of(claim) == "held"
        [objection] = (await office.get("/objections", office.city))["items"]
        await office.decided(objection, "dismiss")
        await page.goto(f"{origin}/subsidy/objection")
        await page.get_by_label(words["receipt"]).fill(receipt.lower())
        await page.get_by_role("button", name=words["ask"], exact=True).click()
        assert await page.locator(".word").inner_text() == words["dismissed"]


@each_language
async def test_axe_finds_nothing_amiss_and_nothing_runs_over_the_edge(office, browser, origin, language):
    claim = await office.noticed()
    notice = f"/subsidy/notices/{(await office.notice_of(claim))['id']}"
    async with on_a_phone(browser, language=language) as page:
        paths = ["/subsidy/notices", "/subsidy/notices?standing=past", notice, "/subsidy/objection"]
        for path in [*paths, f"{notice}/objection", "/subsidy/notices/7"]:
            await page.goto(origin + path)
            await looks_right(page)


@each_language
async def test_errors_a_receipt_and_a_status_are_right_too(office, browser, origin, language):
    claim, words = await office.noticed(), WORDS[language]
    notice = await office.notice_of(claim)
    async with on_a_phone(browser, language=language) as page:
        await page.goto(f"{origin}/subsidy/notices/{notice['id']}/objection")
        await page.get_by_label(words["text"]).fill("短")
        await page.get_by_role("button", name=words["send"], exact=True).click()
        await page.locator("#text-error").wait_for()
        await looks_right(page)
        await page.locator(".errors a").click()
        assert await page.evaluate("document.activeElement.id") == "text"
        await page.get_by_label(words["text"]).fill(TEXT)
        await page.get_by_role("button", name=words["send"], exact=True).click()
        await page.locator("#receipt").wait_for()
        await looks_right(page)
        await page.get_by_role("button", name=words["next"]).click()
        await page.locator("#file").wait_for()
        await looks_right(page)
        await page.goto(f"{origin}/subsidy/objection")
        await page.get_by_label(words["receipt"]).fill("AAAA")
        await page.get_by_role("button", name=words["ask"], exact=True).click()
        await page.locator("#error").wait_for()
        await looks_right(page)


async def test_the_keyboard_alone_will_do(office, browser, origin):
    claim = await office.noticed()
    notice = await office.notice_of(claim)
    async with on_a_phone(browser) as page:
        await page.goto(f"{origin}/subsidy/notices/{notice['id']}/objection")
        await page.keyboard.press("Tab")
        assert await page.get_by_role("link", name="跳到正文").is_visible()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        await page.keyboard.type(TEXT)
        for _ in range(3):
            await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await page.locator("#receipt").wait_for()
    assert await office.state_of(claim) == "held"


async def test_the_other_language_is_one_tap_away_and_keeps_the_district(office, browser, origin):
    await office.noticed()
    async with on_a_phone(browser) as page:
        await page.goto(f"{origin}/subsidy/notices")
        await page.get_by_label("区", exact=True).select_option("310115")
        await page.get_by_role("button", name="查看").click()
        await page.get_by_role("link", name="English").click()
        assert await page.locator("html").get_attribute("lang") == "en"
        assert await page.get_by_label("District").input_value() == "310115"
        assert await page.get_by_role("link", name="张*").is_visible()
