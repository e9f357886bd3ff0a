"""The page of a claim's explanation: opened by a short-lived link, by nobody else, kept by no cache."""

import re
from datetime import date, datetime, timedelta

import pytest
from chuangpei.auth import Role
from chuangpei.passes import Pass, Passes
from chuangpei.privacy import Keyring
from chuangpei.testing.settings import test_settings
from pydantic import ValidationError
from subsidy_svc.settings import Settings

DEMAND = {"document": "浦人社责退〔2026〕3号", "due_on": "2026-12-31"}


async def make_link(office, claim, headers=None):
    return await office.http.post(
        f"/subsidy/v1/claims/{claim['id']}/explanation-link", headers=headers or office.citizen()
    )


async def linked(office, claim):
    answer = await make_link(office, claim)
    assert answer.status_code == 201, answer.text
    return answer.json()["path"]


async def opened(office, claim, language="zh"):
    answer = await office.http.get(await linked(office, claim), params={"lang": language})
    assert answer.status_code == 200, answer.text
    return answer


async def explained(office, claim):
    return await office.get(f"/claims/{claim['id']}/explanation", office.citizen())


async def awaiting_supplement(office):
    body = {"missing": [{"field": "role", "text": "请提供载明持股比例的股东名册"}]}
    return (await office.step(await office.submitted(), "ask-supplement", "acceptor", body)).json()


async def not_accepted(office):
    body = {"reason": "申请材料不属于本人", "article": "沪人社规〔2025〕30号 一(二)"}
    return (await office.step(await office.submitted(), "not-accept", "acceptor", body)).json()


async def rejected(office):
    answer = await office.step(await office.accepted(), "reject", "approver", {"reason": "材料与登记不符"})
    return answer.json()


async def withdrawn(office):
    return (await office.step(await office.submitted(), "withdraw", "holder")).json()


async def held(office):
    claim = await office.noticed()
    notice = await office.notice_of(claim)
    answer = await office.post(f"/notices/{notice['id']}/objections", {}, {"text": "请核实该人员身份"})
    assert answer.status_code == 201, answer.text
    return claim


async def stopped(office):
    certificate = await office.certificate()
    claim = await office.submitted(certificate)
    await office.revoke(certificate)
    return claim


async def batched(office):
    claim = await office.cleared()
    await office.received()
    return claim


async def failed(office):
    claim = await office.cleared()
    batch = await office.received()
    await office.bank_answers(batch, office.bank_answer(await office.export(batch), {"1": "E01"}))
    return claim


async def account_changed(office):
    claim = await office.shown(await failed(office))
    account = {
        "kind": "other",
        "bank": "中国工商银行",
        "account_number": "6222021001122334455",
        "holder_name": "张三丰",
        "reason": "社保卡金融账户未激活",
    }
    path = f"/claims/{claim['id']}/account"
    answer = await office.post(path, office.citizen(), {"account": account}, claim["version"])
    assert answer.status_code == 200, answer.text
    return claim


async def in_recovery(office):
    certificate = await office.certificate()
    claim = await office.paid(certificate)
    await office.revoke(certificate)
    return claim


async def recovery_step(office, action, json, by=None):
    [recovery] = (await office.get("/recoveries", office.officer()))["items"]
    path = f"/recoveries/{recovery['id']}/{action}"
    version = None if action == "receipts" else recovery["version"]
    answer = await office.post(path, by or office.officer(), json, version)
    assert answer.is_success, answer.text


STATES = {
    "submitted": (lambda office: office.submitted(), "已收到您的申请", "您无须办理"),
    "supplement_asked": (awaiting_supplement, "需要补正", "股东名册"),
    "accepted": (lambda office: office.accepted(), "正在审核", "您无须办理"),
    "not_accepted": (not_accepted, "不予受理", "申请材料不属于本人"),
    "rejected": (rejected, "审核不通过", "材料与登记不符"),
    "noticed": (lambda office: office.noticed(), "现予公示", "进入支付"),
    "held": (held, "收到异议", "等待核查结果"),
    "cleared": (lambda office: office.cleared(), "等待纳入支付批次", "补贴将发放至"),
    "batched": (batched, "已纳入支付批次", "您无须办理"),
    "paid": (lambda office: office.paid(), "已发放至", "您无须办理"),
    "payment_failed": (failed, "未能将补贴发放", "请更正收款账户"),
    "account_changed": (account_changed, "您已更正收款账户", "复核通过后"),
    "withdrawn": (withdrawn, "您已撤回申请", "2027-05-20"),
    "stopped": (stopped, "申领终止", "不能再申领"),
}


@pytest.mark.parametrize("state", STATES)
async def test_the_page_says_what_the_explanation_says_in_either_language(office, state):
    reach, decided, following = STATES[state]
    claim = await reach(office)
    told = await explained(office, claim)
    assert told["state"] == state
    chinese, english = (await opened(office, claim)).text, (await opened(office, claim, "en")).text
    for words in (decided, following, told["article"], told["decided"]["zh"], told["next_step"]["zh"]):
        assert words in chinese
    for words in (told["decided"]["en"], told["next_step"]["en"], told["article"]):
        assert words.replace("'", "&#39;") in english
    assert (told["until"] or "") in chinese
    assert told["where"] is None or told["where"]["zh"] in chinese
    for found in told["findings"]:
        assert found["zh"] in chinese
    assert len(told["findings"]) >= 9


@pytest.mark.parametrize(
    ("state", "where"),
    [
        ("supplement_asked", "一网通办，线上提交"),
        ("payment_failed", "一网通办，线上提交"),
        ("rejected", "一网通办，或任一区就业促进中心窗口"),
        ("noticed", None),
        ("stopped", None),
    ],
)
async def test_who_has_something_to_do_is_told_where(office, state, where):
    told = await explained(office, await STATES[state][0](office))
    assert (told["where"] or {}).get("zh") == where


async def test_a_subsidy_to_be_paid_back_is_told_step_by_step(office):
    claim = await in_recovery(office)
    told = await explained(office, claim)
    assert "因培训合格证书已被撤销，决定追回" in told["decided"]["zh"]
    assert (told["article"], told["until"], told["where"]) == ("本项目决定 D06", None, None)
    assert "责令退回" in told["next_step"]["zh"]
    assert told["steps"][-1]["zh"] == "决定追回补贴"
    assert told["steps"][-1]["reason"] is None
    await recovery_step(office, "demand", DEMAND)
    receipt = {"amount_fen": 60_000, "received_on": str(office.clock.today()), "reference": "国库 2026-07"}
    await recovery_step(office, "receipts", receipt)
    told = await explained(office, claim)
    assert told["recovery"] == {
        "state": "demanded",
        "owed_yuan": "1200.00",
        "document": DEMAND["document"],
        "due_on": "2026-12-31",
    }
    assert "请在2026-12-31前（含当日）" in told["next_step"]["zh"]
    assert told["where"]["zh"] == "浦东新区人力资源社会保障部门"
    assert "1200.00元" in (await opened(office, claim)).text
    office.clock.set(office.clock.on(date(2027, 1, 1)).now())
    assert "期限2026-12-31已过" in (await explained(office, claim))["next_step"]["zh"]
    await recovery_step(office, "propose-waiver", {"reason": "家庭经济困难"})
    assert "等待市级决定" in (await explained(office, claim))["next_step"]["zh"]
    await recovery_step(office, "approve-waiver", None, office.as_(Role.CITY_CENTRE, "approver"))
    assert "1200.00元已予减免" in (await explained(office, claim))["next_step"]["zh"]


async def test_a_subsidy_paid_back_whole_leaves_nothing_to_do(office):
    claim = await in_recovery(office)
    await recovery_step(office, "demand", DEMAND)
    receipt = {"amount_fen": 180_000, "received_on": str(office.clock.today()), "reference": "国库 2026-07"}
    await recovery_step(office, "receipts", receipt)
    assert "已全部退回" in (await explained(office, claim))["next_step"]["zh"]


async def test_a_link_is_good_for_its_minutes_and_no_longer(office):
    answer = await make_link(office, await office.noticed())
    link = answer.json()
    assert datetime.fromisoformat(link["good_until"]) == office.clock.now() + timedelta(minutes=10)
    assert answer.headers["cache-control"] == "no-store"
    office.clock.advance(minutes=10)
    assert (await office.http.get(link["path"])).status_code == 200
    office.clock.advance(seconds=1)
    late = await office.http.get(link["path"])
    assert late.status_code == 404
    assert "链接已失效" in late.text


async def test_a_link_shows_the_claim_as_it_is_when_it_is_opened(office):
    claim = await office.submitted()
    path = await linked(office, claim)
    await office.noticed(claim)
    assert "现予公示" in (await office.http.get(path)).text


async def test_only_the_person_makes_a_link_and_that_is_audited(office):
    claim = await office.submitted()
    assert (await make_link(office, claim, office.citizen("partner"))).status_code == 404
    for headers in (office.officer(), office.city):
        assert (await make_link(office, claim, headers)).status_code == 403
    await linked(office, claim)
    rows = await office.sql("SELECT actor, object_id FROM audit_log WHERE action = 'explanation.link'")
    assert [tuple(row) for row in rows] == [("holder", claim["id"])]


def forgeries(office, claim, path):
    text = path.rpartition("/")[2]
    now = office.clock.now()
    given = Pass(office.uuid(claim), now, now + timedelta(minutes=10))
    other_key = Keyring({"t1": "aes256gcm:" + "A" * 43 + "="}, "t1")
    yield "a.b.c"
    yield "a" * 5_000
    yield text[: len(text) // 2]
    yield text.rpartition(".")[0] + "."
    yield Passes(other_key, "subsidy.explanation.link").sign(given)
    yield Passes(office.service.privacy.at_rest, "another purpose").sign(given)
    yield office.citizen()["authorization"].partition(" ")[2]


async def test_a_forged_link_gets_the_page_of_one_that_is_over(office):
    claim = await office.submitted()
    path = await linked(office, claim)
    office.clock.advance(minutes=11)
    over = await office.http.get(path)
    for forged in forgeries(office, claim, path):
        answer = await office.http.get(f"/subsidy/explanations/{forged}")
        assert (answer.status_code, answer.content) == (404, over.content), forged


async def test_the_page_names_nobody_in_full_and_runs_nothing_that_was_typed(office):
    reason = '<script>alert("x")</script> {{ 7 * 7 }}'
    answer = await office.step(await office.accepted(), "reject", "approver", {"reason": reason})
    page = await opened(office, answer.json())
    assert "<script" not in page.text
    assert "&lt;script&gt;" in page.text
    assert "{{ 7 * 7 }}" in page.text
    for secret in ("张三丰", office.id_number("holder"), "6222021001122334455", office.person_key("holder")):
        assert secret not in page.text


async def test_the_page_is_kept_framed_and_told_on_by_nobody(office):
    claim = await office.submitted()
    for path in (await linked(office, claim), "/subsidy/explanations/a.b.c"):
        answer = await office.http.get(path)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert '<meta name="robots" content="noindex">' in answer.text
        assert "set-cookie" not in answer.headers


async def test_the_english_page_has_no_chinese_but_names_and_articles(office):
    claim = await office.noticed()
    page = (await opened(office, claim, "en")).text
    told = await explained(office, claim)
    for words in (told["institution_name"], told["enterprise_name"], told["project_name"]):
        page = page.replace(words, "")
    articles = {one["article"] for one in (*told["findings"], *told["steps"], told)}
    for words in (*sorted(articles, key=len, reverse=True), told["holder"], "中文", "一网通办"):
        page = page.replace(words, "")
    assert re.findall(r"[\u4e00-\u9fff]+", page) == []


async def test_all_of_it_is_under_fifty_kilobytes(office):
    page = await opened(office, await office.paid())
    files = re.findall(r'(?:src|href)="(/subsidy/pages/[^"]+)"', page.text)
    assert len(files) == 2
    whole = len(page.content) + sum([len((await office.http.get(path)).content) for path in files])
    assert whole < 50_000


@pytest.mark.parametrize("minutes", [0, 61])
def test_a_link_that_is_good_for_nothing_or_for_long_is_no_setting(minutes):
    with pytest.raises(ValidationError):
        test_settings(
            Settings,
            "postgresql://127.0.0.1/unused",
            registry_url="http://127.0.0.1:9",
            accounts_url="http://127.0.0.1:9",
            attachments_url="file:///tmp/unused",
            explanation_link_minutes=minutes,
        )
