"""A claim explained to its person: what was decided, by which article, what comes next (S01–S11)."""

import io
from dataclasses import replace
from datetime import date

import pytest
from chuangpei.kernel.refusals import Text
from pypdf import PdfReader
from subsidy_svc.claims.lifecycle import State
from subsidy_svc.explanations.wording import WORDS, Situation
from subsidy_svc.policy.parameters import LawBook

SITUATION = Situation(
    district=Text("浦东新区", "Pudong New Area"),
    yuan="1800.00",
    account="中国银行 ****4455",
    due_on=date(2026, 6, 8),
    notice_last_day=date(2026, 6, 12),
    notice_provisional=False,
    batch_number="310115-2026-001",
    bank_code="E01",
    certificate_revoked_on=None,
    may_claim_until=date(2027, 5, 20),
)


async def explained(office, claim, who="holder"):
    return await office.get(f"/claims/{claim['id']}/explanation", office.citizen(who))


def closed_up(text):
    return "".join(text.split())


async def printed(office, claim, headers=None):
    answer = await office.http.get(
        f"/subsidy/v1/claims/{claim['id']}/explanation.pdf", headers=headers or office.citizen()
    )
    assert answer.status_code == 200, answer.text
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return answer, closed_up("".join(page.extract_text() for page in pages))


@pytest.mark.parametrize("state", State)
def test_every_state_says_what_was_decided_and_what_comes_next(state):
    told = WORDS[state](SITUATION)
    for text in (told.decided, told.next_step):
        assert text.zh.endswith("。")
        assert text.en.endswith(".")
        assert "None" not in text.zh + text.en
    assert told.parameter in LawBook.load().on(date(2026, 6, 1)).articles


@pytest.mark.parametrize(
    ("state", "until"),
    [
        (State.SUBMITTED, SITUATION.due_on),
        (State.SUPPLEMENT_ASKED, SITUATION.due_on),
        (State.ACCEPTED, SITUATION.due_on),
        (State.NOTICED, SITUATION.notice_last_day),
        (State.REJECTED, SITUATION.may_claim_until),
        (State.WITHDRAWN, SITUATION.may_claim_until),
        (State.PAID, None),
    ],
)
def test_the_day_is_that_of_the_step_awaited(state, until):
    assert WORDS[state](SITUATION).until == until


@pytest.mark.parametrize("state", [State.REJECTED, State.NOT_ACCEPTED, State.WITHDRAWN, State.STOPPED])
def test_who_may_apply_again_is_told_until_when_and_who_may_not_is_told_so(state):
    again = WORDS[state](SITUATION).next_step
    assert "2027-05-20" in again.zh
    assert "2027-05-20" in again.en
    over = WORDS[state](replace(SITUATION, may_claim_until=None))
    assert "申领期已过" in over.next_step.zh
    revoked = replace(SITUATION, may_claim_until=None, certificate_revoked_on=date(2026, 7, 1))
    assert "不能再申领" in WORDS[state](revoked).next_step.zh


async def test_a_noticed_claim_names_its_amount_its_last_day_and_its_article(office):
    claim = await office.noticed()
    told = await explained(office, claim)
    assert told["decided"] == {
        "zh": f"审核通过，补贴1800.00元，现予公示，公示至{claim['notice_last_day']}。",
        "en": f"Approved: 1800.00 yuan. It is publicly noticed until {claim['notice_last_day']}.",
    }
    assert told["until"] == claim["notice_last_day"]
    assert told["article"] == "本项目决定 D04"
    assert (told["holder"], told["office"]["zh"], told["amount_yuan"]) == ("张*", "浦东新区", "1800.00")
    assert told["findings"] == (await office.shown(claim))["findings"]
    assert [one["zh"] for one in told["steps"]] == ["提交申领", "受理", "审核通过，开始公示"]
    assert all(one["actor"] is None for one in told["steps"])


async def test_a_rejected_claim_gives_its_reason_and_the_day_until_which_to_apply_again(office):
    rejected = await office.step(await office.accepted(), "reject", "approver", {"reason": "材料与登记不符"})
    assert rejected.status_code == 200, rejected.text
    told = await explained(office, rejected.json())
    assert (told["decided"]["zh"], told["reason"]) == ("审核不通过，不予补贴。", "材料与登记不符")
    assert told["until"] == "2027-05-20"
    office.clock.advance(days=400)
    late = await explained(office, rejected.json())
    assert (late["until"], late["next_step"]["zh"]) == (None, "申领期已过，不能再次申请。")


async def test_what_is_missing_is_listed_with_the_day_until_which_it_may_come(office):
    claim = await office.submitted()
    body = {"missing": [{"field": "role", "text": "请提供载明持股比例的股东名册"}]}
    asked = await office.step(claim, "ask-supplement", "acceptor", body)
    assert asked.status_code == 200, asked.text
    told = await explained(office, claim)
    assert told["missing"] == ["请提供载明持股比例的股东名册"]
    assert told["until"] == asked.json()["due_on"]
    assert told["until"] in told["next_step"]["zh"]


async def test_a_claim_stopped_by_a_revoked_certificate_says_so(office):
    certificate = await office.certificate()
    claim = await office.submitted(certificate)
    await office.revoke(certificate)
    told = await explained(office, claim)
    assert told["state"] == "stopped"
    assert told["decided"]["zh"] == "培训合格证书已于2026-06-01撤销，申领终止。"
    assert (told["article"], told["until"]) == ("本项目决定 D06", None)


async def test_a_failed_payment_names_the_banks_code_and_what_to_do(office):
    claim = await office.cleared()
    batch = await office.received()
    answer = office.bank_answer(await office.export(batch), {"1": "E01"})
    assert (await office.bank_answers(batch, answer)).status_code == 201
    told = await explained(office, claim)
    assert told["state"] == "payment_failed"
    assert "E01" in told["decided"]["zh"]
    assert "更正收款账户" in told["next_step"]["zh"]


async def test_on_paper_it_says_the_same_in_both_languages(office):
    claim = await office.noticed()
    answer, said = await printed(office, claim)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    told = await explained(office, claim)
    for words in (
        "创业培训补贴办理说明",
        told["decided"]["zh"],
        told["decided"]["en"],
        told["next_step"]["zh"],
        told["article"],
        claim["notice_last_day"],
        "浦东创业学院",
        "补贴标准1800.00元/人",
        "提交申领",
    ):
        assert closed_up(words) in said, words


async def test_what_was_typed_is_text_on_paper_and_nobody_is_named_in_full(office):
    reason = '#panic("x") $y$ *不符* <b>'
    rejected = await office.step(await office.accepted(), "reject", "approver", {"reason": reason})
    _, said = await printed(office, rejected.json(), office.officer())
    assert closed_up(reason) in said
    for secret in ("张三丰", office.id_number("holder"), "6222021001122334455", office.person_key("holder")):
        assert secret not in said


@pytest.mark.parametrize("ending", ["", ".pdf"])
async def test_another_persons_claim_and_another_districts_are_not_found(office, ending):
    claim = await office.submitted()
    for headers in (office.citizen("partner"), office.officer("acceptor", "310104")):
        answer = await office.http.get(
            f"/subsidy/v1/claims/{claim['id']}/explanation{ending}", headers=headers
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
