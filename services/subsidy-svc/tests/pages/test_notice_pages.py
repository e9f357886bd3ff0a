"""The pages of notices: by district, current and past, in both languages (S08, D04, D13)."""

import re
from datetime import datetime

import pytest
from chuangpei.kernel.clock import SHANGHAI

SECRETS = ("张三丰", "310101199001010012", "6222021001122334455")


async def page(office, path="/subsidy/notices", **params):
    return await office.http.get(path, params=params)


async def notice_page(office, claim, **params):
    notice = await office.notice_of(claim)
    return await page(office, f"/subsidy/notices/{notice['id']}", **params)


def main_of(answer):
    return answer.text.partition("<main")[2].partition("</main>")[0]


async def test_the_list_shows_what_the_notices_show_and_no_more(office):
    await office.noticed()
    answer = await page(office)
    assert answer.status_code == 200
    for text in ("张*", "浦东创业学院", "项目GYB", "1800.00元", "浦东新区", "2026年6月1日", "2026年6月5日"):
        assert text in main_of(answer)
    assert not [secret for secret in SECRETS if secret in answer.text]


async def test_it_is_narrowed_to_a_district_and_to_what_runs_or_ended(office):
    await office.cleared()
    there = await office.certificate(who="partner", district="310104")
    await office.noticed(await office.submitted(there, "partner"))
    for asked, names in (
        ({}, ["李*"]),
        ({"standing": "past"}, ["张*"]),
        ({"district": "310115"}, []),
        ({"district": "310115", "standing": "past"}, ["张*"]),
        ({"district": "no district"}, ["李*"]),
    ):
        assert re.findall(r">(.\*) ·", main_of(await page(office, **asked))) == names, asked
    assert "没有符合条件的公示" in (await page(office, district="310151")).text


async def test_the_next_page_is_a_link(office, monkeypatch):
    monkeypatch.setattr("subsidy_svc.notices.pages._A_PAGE", 2)
    for who in ("holder", "partner", "third"):
        await office.noticed(await office.submitted(who=who))
    first = await page(office, district="310115")
    assert re.findall(r">(\S+\*) ·", main_of(first)) == ["欧阳*", "李*"]
    [address] = re.findall(r'rel="next" href="([^"]+)"', first.text)
    second = await office.http.get(address.replace("&amp;", "&"))
    assert re.findall(r">(\S+\*) ·", main_of(second)) == ["张*"]
    assert 'rel="next"' not in second.text
    assert "首页" in second.text


@pytest.mark.parametrize("cursor", ["nonsense", "WzFd", "x" * 500])
async def test_an_address_whose_cursor_is_none_begins_anew(office, cursor):
    await office.noticed()
    answer = await page(office, cursor=cursor)
    assert (answer.status_code, "张*" in answer.text) == (200, True)


async def test_a_notice_says_where_it_stands_and_whether_anybody_may_object(office):
    claim = await office.noticed()
    shown = await notice_page(office, claim)
    assert "公示中" in shown.text
    assert "提出异议" in shown.text
    objection = await office.objected(claim)
    held = await notice_page(office, claim)
    assert "异议核查中" in held.text
    assert "提出异议" in held.text
    office.clock.advance(days=10)
    assert "提出异议" not in (await notice_page(office, claim)).text
    await office.decided(objection, "dismiss")
    assert "公示已结束" in (await notice_page(office, claim)).text


async def test_a_provisional_last_day_is_told_in_both_languages(office):
    certificate = await office.certificate(issued_on=datetime(2026, 11, 2, tzinfo=SHANGHAI).date())
    office.clock.set(datetime(2026, 12, 30, 9, tzinfo=SHANGHAI))
    claim = await office.noticed(await office.submitted(certificate))
    assert "暂定" in (await notice_page(office, claim)).text
    assert "provisional" in (await notice_page(office, claim, lang="en")).text
    assert "（暂定）" in (await page(office)).text


@pytest.mark.parametrize("at", ["7", "x", "01977777-7777-7777-8777-777777777777", "%00"])
async def test_an_address_under_which_there_is_nothing_is_told_so(office, at):
    for path in (f"/subsidy/notices/{at}", f"/subsidy/notices/{at}/objection"):
        answer = await page(office, path)
        assert answer.status_code == 404
        assert "未找到" in answer.text


async def test_english_pages_have_no_chinese_but_names(office):
    await office.noticed()
    answer = await page(office, lang="en")
    text = (
        answer.text.replace("中文", "").replace("张*", "").replace("浦东创业学院", "").replace("项目GYB", "")
    )
    assert not re.search(r"[\u4e00-\u9fff（）。，]", text)


async def test_the_other_language_keeps_what_was_asked(office):
    answer = await page(office, district="310115", standing="past")
    assert 'href="?district=310115&amp;standing=past&amp;lang=en"' in answer.text


async def test_nothing_is_kept_framed_or_run_from_elsewhere_and_all_is_small(office):
    claim = await office.noticed()
    for answer in (
        await page(office),
        await notice_page(office, claim),
        await page(office, "/subsidy/objection"),
    ):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert "<script" not in answer.text
        assert " style=" not in answer.text
        assert "http" not in main_of(answer)
        files = re.findall(r'(?:src|href)="(/subsidy/pages/[^"]+)"', answer.text)
        sizes = [len((await office.http.get(path)).content) for path in files]
        assert len(sizes) == 2
        assert len(answer.content) + sum(sizes) < 50_000
