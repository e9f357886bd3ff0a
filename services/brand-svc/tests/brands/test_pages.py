"""The public list for people: a page on a phone, a file, a document (B03, B09, B11)."""

import io

import pytest
from chuangpei.testing.browser import faults, on_a_phone, overflow, served
from pypdf import PdfReader

each_language = pytest.mark.parametrize("language", ["zh-CN", "en"])


async def page(city, path="", **query):
    return await city.http.get(f"/brand/list{path}", params=query)


async def test_the_page_shows_who_holds_a_brand_and_narrows_by_district_and_tier(institutions):
    city = institutions
    await city.recognise("A", "C")
    whole = (await page(city)).text
    assert "申城技能培训学校" in whole
    assert "徐汇职业培训中心" in whole
    xuhui = (await page(city, district="310104")).text
    assert "徐汇职业培训中心" in xuhui
    assert "申城技能培训学校" not in xuhui
    assert "没有符合条件的有效品牌" in (await page(city, tier="city")).text
    assert (await page(city, district="<b>", tier="x")).status_code == 200


async def test_who_is_revoked_leaves_the_page_at_once_and_its_history_says_why(holder):
    city = holder
    await city.revoked("A", "X4")
    assert "申城技能培训学校" not in (await page(city)).text
    history = (await page(city, f"/{city.code('A')}")).text
    assert "撤销认定" in history
    assert "X4" in history


@pytest.mark.parametrize("code", ["nobody", "91310115MA1K35J213", "%00", "<script>"])
async def test_an_institution_that_held_no_brand_is_not_found(holder, code):
    answer = await page(holder, f"/{code}")
    assert answer.status_code == 404
    assert "<script>" not in answer.text


@each_language
async def test_axe_finds_nothing_amiss_on_a_phone_and_nothing_runs_over_the_edge(holder, browser, language):
    city = holder
    async with served(city.app) as origin, on_a_phone(browser, language=language) as phone:
        await phone.goto(f"{origin}/brand/list")
        assert await faults(phone) == []
        assert await overflow(phone) <= 0
        await phone.get_by_role("link", name="申城技能培训学校").click()
        assert await phone.locator(".word").inner_text() == ("有效" if language == "zh-CN" else "In force")
        assert await faults(phone) == []
        assert await overflow(phone) <= 0


async def test_the_list_is_narrowed_without_scripts(institutions, browser):
    city = institutions
    await city.recognise("A", "C")
    async with served(city.app) as origin, on_a_phone(browser, scripts=False) as phone:
        await phone.goto(f"{origin}/brand/list")
        await phone.get_by_label("所在区").select_option("310104")
        await phone.locator("button[type=submit]").click()
        names = await phone.locator("dd a").all_inner_texts()
        assert names == ["徐汇职业培训中心"]


async def test_the_list_is_a_document_city_tier_first(institutions):
    city = institutions
    brand_round = await city.open_round()
    found = await city.recommended(brand_round, "A", "C")
    brand_round = await city.close(brand_round)
    tiers = {"A": "district", "C": "city"}
    body = {"recognised": [{"application_id": found[who]["id"], "tier": tiers[who]} for who in found]}
    listing = await city.step(brand_round, "/rounds/{}/deliberate", city.bureau, body)
    await city.publish(listing)
    answer = await city.get("/brands/list.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    text = "".join("".join(one.extract_text() for one in pages).split())
    assert text.index("市级品牌") < text.index("徐汇职业培训中心") < text.index("区级品牌")
    assert text.index("区级品牌") < text.index("申城技能培训学校")
    assert city.code("A") in text


async def test_an_empty_list_is_a_document_and_a_page_too(city):
    assert (await city.get("/brands/list.pdf")).content.startswith(b"%PDF")
    assert "没有符合条件的有效品牌" in (await page(city)).text


async def test_the_list_is_a_file_in_the_order_asked(institutions):
    city = institutions
    await city.recognise("A", "B", "C")
    file = await city.get("/brands/export", format="csv", sort="-district")
    districts = [line.split(",")[2] for line in file.text.splitlines()[1:]]
    assert districts == ["310115", "310115", "310104"]
    sheet = await city.get("/brands/export", format="xlsx", district="310104")
    assert sheet.content.startswith(b"PK")
