"""What page and paper show of an explanation (办理说明): the same headings, facts and words, in one order."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from chuangpei.kernel.clock import SHANGHAI
from chuangpei.kernel.refusals import Outcome
from chuangpei.web import FindingView
from pydantic import BaseModel

from subsidy_svc.claims.timeline import Step
from subsidy_svc.explanations.schemas import Explanation, Sentence


class Line(BaseModel):
    """A name, what it says, and what stands small beneath it."""

    name: Sentence
    value: Sentence
    note: Sentence | None = None


class Part(BaseModel):
    """One part under its heading: a sentence, the things to give one by one, lines."""

    heading: Sentence
    sentence: Sentence | None = None
    items: list[str] = []
    lines: list[Line] = []


class Sheet(BaseModel):
    """An explanation as it is read: its title, its parts in order, and when it was written."""

    title: Sentence
    parts: list[Part]
    written: Sentence


OUTCOMES: Mapping[str, Sentence] = {
    Outcome.PASSED: Sentence(zh="符合", en="Met"),
    Outcome.FAILED: Sentence(zh="不符合", en="Not met"),
    Outcome.WARNED: Sentence(zh="提示", en="Note"),
    Outcome.AWAITED: Sentence(zh="待核查", en="Awaited"),
}


def sheet_of(told: Explanation) -> Sheet:
    """The sheet of an explanation; instants are shown in Asia/Shanghai."""
    at = minute(told.written_at)
    return Sheet(
        title=_both("创业培训补贴办理说明", "Your claim of the training subsidy"),
        parts=[
            Part(
                heading=_both("办理结论", "What was decided"),
                sentence=told.decided,
                lines=list(_grounds(told)),
            ),
            Part(
                heading=_both("下一步", "What to do next"),
                sentence=told.next_step,
                items=told.missing,
                lines=list(_what_to_do(told)),
            ),
            Part(heading=_both("申领信息", "The claim"), lines=list(_facts(told))),
            Part(
                heading=_both("审核依据", "What the rules found"),
                lines=[_finding(one) for one in told.findings],
            ),
            Part(heading=_both("办理进度", "How it went"), lines=[_step(one) for one in told.steps]),
        ],
        written=_both(f"{at}（北京时间）", f"{at} in Shanghai"),
    )


def _grounds(told: Explanation) -> Iterator[Line]:
    yield Line(name=_both("依据", "By"), value=_same(told.article))
    if told.reason:
        yield Line(name=_both("原因", "Reason"), value=_same(told.reason))


def _what_to_do(told: Explanation) -> Iterator[Line]:
    if told.until:
        yield Line(name=_both("办理期限", "By when"), value=_same(told.until.isoformat()))
    if told.where:
        yield Line(name=_both("办理渠道", "Where"), value=told.where)
    if told.recovery:
        owed = told.recovery.owed_yuan
        yield Line(name=_both("尚欠", "Still owed"), value=_both(f"{owed}元", f"{owed} yuan"))


def _facts(told: Explanation) -> Iterator[Line]:
    yield Line(name=_both("申领编号", "Claim"), value=_same(str(told.claim_id)))
    yield Line(name=_both("申领人", "Holder"), value=_same(told.holder))
    yield Line(name=_both("培训合格证书", "Certificate"), value=_same(told.certificate_number))
    yield Line(name=_both("培训机构", "Institution"), value=_same(told.institution_name))
    yield Line(name=_both("培训项目", "Project"), value=_same(told.project_name))
    yield Line(name=_both("创业组织", "Enterprise"), value=_same(told.enterprise_name or "—"))
    yield Line(name=_both("审核区", "District"), value=told.office)
    amount = told.amount_yuan
    yield Line(name=_both("补贴金额", "Amount"), value=_both(f"{amount}元", f"{amount} yuan"))
    yield Line(name=_both("申请时间", "Applied at"), value=_same(minute(told.submitted_at)))


def _finding(found: FindingView) -> Line:
    return Line(name=OUTCOMES[found.outcome], value=_both(found.zh, found.en), note=_same(found.article))


def _step(step: Step) -> Line:
    reason = f"（{step.reason}）" if step.reason else ""
    return Line(
        name=_same(minute(step.at)),
        value=_both(step.zh + reason, step.en + reason),
        note=_both(f"{step.by_zh} · {step.article}", f"{step.by_en} · {step.article}"),
    )


def minute(at: datetime) -> str:
    """An instant as people read it, in Asia/Shanghai."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _both(zh: str, en: str) -> Sentence:
    return Sentence(zh=zh, en=en)


def _same(text: str) -> Sentence:
    return Sentence(zh=text, en=text)
