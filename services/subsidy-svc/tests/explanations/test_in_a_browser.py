"""The page of an explanation in a real browser: a phone, both languages, no script, by keyboard, on paper."""

import pytest
from chuangpei.testing.browser import faults, on_a_phone, overflow, served

each_language = pytest.mark.parametrize(
    ("language", "decided", "over"),
    [
        ("zh-CN", "审核不通过，不予补贴。", "链接已失效"),
        ("en", "Your application was not approved.", "The link is over"),
    ],
)


@pytest.fixture
async def origin(office, browser):
    async with served(office.app) as at:
        yield at


async def linked(office, reason="材料与登记不符"):
    rejected = await office.step(await office.accepted(), "reject", "approver", {"reason": reason})
    path = f"/subsidy/v1/claims/{rejected.json()['id']}/explanation-link"
    return (await office.http.post(path, headers=office.citizen())).json()["path"]


@each_language
@pytest.mark.parametrize("scripts", [True, False])
async def test_a_person_reads_the_decision_on_a_phone(
    office, browser, origin, language, decided, over, scripts
):
    path = await linked(office)
    async with on_a_phone(browser, language=language, scripts=scripts) as page:
        answer = await page.goto(origin + path)
        assert answer.status == 200
        assert await page.locator(".word").first.inner_text() == decided
        assert "材料与登记不符" in await page.locator("main").inner_text()
        office.clock.advance(minutes=11)
        await page.reload()
        assert await page.locator("h1").inner_text() == over


@each_language
async def test_axe_finds_nothing_amiss_and_nothing_runs_over_the_edge(
    office, browser, origin, language, decided, over
):
    long_word = "长" * 200 + "https://example.invalid/" + "a" * 200
    paths = [await linked(office, long_word), "/subsidy/explanations/a.b.c"]
    async with on_a_phone(browser, language=language) as page:
        for path in paths:
            await page.goto(origin + path)
            assert await faults(page) == []
            assert await overflow(page) <= 0
            await page.set_viewport_size({"width": 1280, "height": 800})
            assert await faults(page) == []
            await page.set_viewport_size({"width": 320, "height": 640})
            assert await overflow(page) <= 0


async def test_the_other_language_is_one_tap_away_under_the_same_link(office, browser, origin):
    path = await linked(office)
    async with on_a_phone(browser) as page:
        await page.goto(origin + path)
        await page.get_by_role("link", name="English").click()
        assert page.url == f"{origin}{path}?lang=en"
        assert await page.locator("html").get_attribute("lang") == "en"
        assert await page.get_by_role("heading", name="What to do next").is_visible()
        await page.get_by_role("link", name="中文").click()
        assert await page.get_by_role("heading", name="下一步").is_visible()


async def test_a_screen_reader_hears_each_part_by_its_name(office, browser, origin):
    async with on_a_phone(browser) as page:
        await page.goto(origin + await linked(office))
        parts = ["办理结论", "下一步", "申领信息", "审核依据", "办理进度"]
        assert await page.get_by_role("heading", level=2).all_inner_texts() == parts
        for part in parts:
            assert await page.get_by_role("region", name=part).is_visible()


async def test_printed_it_has_its_words_and_no_way_to_click(office, browser, origin):
    async with on_a_phone(browser) as page:
        await page.goto(origin + await linked(office))
        await page.emulate_media(media="print")
        assert await page.locator(".word").first.is_visible()
        assert not await page.get_by_role("link", name="English").is_visible()
