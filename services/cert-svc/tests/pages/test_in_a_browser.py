"""The page of the public check in a real browser: a phone, both languages, no script, no mouse, a camera."""

import pytest
from chuangpei.auth import Role
from chuangpei.testing.browser import faults, on_a_phone, overflow, served

READS_CODES = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect(video) { return video.videoWidth ? [{ rawValue: "%s" }] : []; }
};
"""
"""What a phone's browser has and Chromium on Linux lacks."""

REFUSES_THE_CAMERA = """
navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("", "NotAllowedError"); };
"""

each_language = pytest.mark.parametrize(
    ("language", "valid", "revoked", "unknown"),
    [("zh-CN", "有效", "已撤销", "未找到"), ("en", "Valid", "Revoked", "Not found")],
)


@pytest.fixture
async def origin(office, browser):
    async with served(office.app) as at:
        yield at


async def asked(page, text):
    await page.get_by_role("textbox").fill(text)
    await page.locator("button[type=submit]").click()


async def word(page):
    return await page.locator(".word").inner_text()


@each_language
@pytest.mark.parametrize("scripts", [True, False])
async def test_a_certificate_is_checked_on_a_phone(
    office, qualification, browser, origin, language, valid, revoked, unknown, scripts
):
    number = qualification["number"]
    async with on_a_phone(browser, language=language, scripts=scripts) as page:
        await page.goto(f"{origin}/cert/check")
        await asked(page, number.lower())
        assert page.url == f"{origin}/cert/check/{number}?lang={language[:2]}"
        assert await word(page) == valid
        await asked(page, "SH2026H7K3M01X2T0B")
        assert await word(page) == unknown
        await office.revoke(qualification)
        await asked(page, number)
        assert await word(page) == revoked


@each_language
async def test_axe_finds_nothing_amiss_and_nothing_runs_over_the_edge(
    office, qualification, browser, origin, language, valid, revoked, unknown
):
    paths = ["/cert/check", f"/cert/check/{qualification['number']}", "/cert/check/SH"]
    async with on_a_phone(browser, language=language) as page:
        for path in paths:
            await page.goto(origin + path)
            assert await faults(page) == []
            assert await overflow(page) <= 0
            await page.set_viewport_size({"width": 1280, "height": 800})
            assert await faults(page) == []
            await page.set_viewport_size({"width": 320, "height": 640})
            assert await overflow(page) <= 0


async def test_the_other_language_is_one_tap_away(qualification, browser, origin):
    async with on_a_phone(browser) as page:
        await page.goto(f"{origin}/cert/check/{qualification['number']}")
        await page.get_by_role("link", name="English").click()
        assert await word(page) == "Valid"
        assert await page.locator("html").get_attribute("lang") == "en"
        await page.get_by_role("link", name="中文").click()
        assert await word(page) == "有效"


async def test_the_keyboard_alone_will_do(qualification, browser, origin):
    async with on_a_phone(browser) as page:
        await page.goto(f"{origin}/cert/check")
        await page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="跳到正文")
        assert await skip.is_visible()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        await page.keyboard.type(qualification["number"])
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/cert/check/SH*")
        assert await word(page) == "有效"


async def test_a_code_is_read_by_the_camera_where_the_browser_can(office, qualification, browser, origin):
    code = await office.http.get(
        f"/cert/v1/certificates/{qualification['number']}/code", headers=office.as_(Role.CITIZEN, "trainee")
    )
    async with on_a_phone(browser) as page:
        await page.goto(f"{origin}/cert/check")
        assert not await page.get_by_role("button", name="扫描二维码").is_visible()
        await page.add_init_script(READS_CODES % code.text)
        await page.reload()
        await page.get_by_role("button", name="扫描二维码").click()
        await page.locator(".word").wait_for()
        assert await word(page) == "有效"
        assert "张三丰" in await page.locator("dl").inner_text()


async def test_a_camera_that_is_refused_is_told(browser, origin):
    async with on_a_phone(browser) as page:
        await page.add_init_script(READS_CODES % "")
        await page.add_init_script(REFUSES_THE_CAMERA)
        await page.goto(f"{origin}/cert/check")
        await page.get_by_role("button", name="扫描二维码").click()
        await page.get_by_role("status").wait_for()
        assert "请粘贴或输入" in await page.get_by_role("status").inner_text()
        assert await page.get_by_role("button", name="扫描二维码").is_enabled()
