"""A claim's steps in plain words (办理进度): what was done, by which office, when, by which article."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from chuangpei.auth import Role
from chuangpei.database import Row
from chuangpei.kernel.districts import DISTRICTS
from chuangpei.kernel.refusals import Text
from pydantic import BaseModel

from subsidy_svc.policy.facts import Source
from subsidy_svc.policy.parameters import Law
from subsidy_svc.policy.rechecks import waiting_for


class Step(BaseModel):
    """One step of a claim (办理步骤). ``actor`` is shown to offices alone."""

    at: datetime
    zh: str
    en: str
    by_zh: str
    by_en: str
    reason: str | None
    article: str | None
    actor: str | None


class _Words(NamedTuple):
    """What a step is called, and the parameter of the law whose article it rests on.

    ``coded``: the reason that is kept is the program's own, not one that anybody wrote for the person.
    """

    text: Text
    parameter: str
    coded: bool = False


_REVOKED = _Words(
    Text("证书撤销，申领终止", "Ended, for the certificate was revoked"), "revocation_treatment", coded=True
)
WORDS: Mapping[str, _Words] = {
    "claim.submit": _Words(Text("提交申领", "Applied"), "window_months"),
    "claim.wait_for_registry": _Words(
        Text("登记系统暂时无法查询，等待答复", "A registry could not be asked; the claim waits for it"),
        "registry_answer_days",
    ),
    "claim.registries_answered": _Words(
        Text("登记系统已答复，继续办理", "The registries answered; the claim goes on"), "registry_answer_days"
    ),
    "claim.take": _Words(Text("审核人员领取", "Taken by a reviewer"), "acceptance_working_days"),
    "claim.hand_back": _Words(Text("退回待办", "Handed back to the queue"), "acceptance_working_days"),
    "claim.ask_supplement": _Words(Text("要求补正", "Asked for a supplement"), "supplement_working_days"),
    "claim.give_supplement": _Words(Text("提交补正", "Gave the supplement"), "supplement_working_days"),
    "claim.accept": _Words(Text("受理", "Accepted for review"), "acceptance_working_days"),
    "claim.not_accept": _Words(Text("不予受理", "Not accepted for review"), "acceptance_working_days"),
    "claim.approve": _Words(
        Text("审核通过，开始公示", "Approved; the public notice began"), "notice_working_days"
    ),
    "claim.reject": _Words(Text("审核不通过", "Not approved"), "approval_working_days"),
    "claim.undo": _Words(Text("撤销原决定，恢复办理", "The decision was undone"), "approval_working_days"),
    "amend_claim": _Words(Text("更正决定", "The decision was amended"), "approval_working_days"),
    "claim.withdraw": _Words(Text("撤回申领", "Withdrawn"), "places_freed_by"),
    "claim.settle_notice": _Words(
        Text("公示截止日确定", "The last day of the notice was made exact"), "notice_working_days"
    ),
    "claim.object": _Words(Text("公示期收到异议", "An objection came in"), "notice_working_days"),
    "claim.not_accept_objection": _Words(
        Text("异议不予受理", "The objection was not taken up"), "notice_working_days"
    ),
    "claim.dismiss_objection": _Words(
        Text("异议不成立", "The objection was dismissed"), "notice_working_days"
    ),
    "claim.uphold_objection": _Words(
        Text("异议成立，申领终止", "The objection was upheld; the claim ended"), "notice_working_days"
    ),
    "claim.clear": _Words(
        Text("公示期满无异议", "The notice closed without objection"), "notice_working_days"
    ),
    "claim.paid": _Words(Text("补贴已发放", "Paid"), "subsidy_fen", coded=True),
    "claim.payment_failed": _Words(
        Text("银行退回，未能发放", "The bank could not pay"), "subsidy_fen", coded=True
    ),
    "claim.confirm_account": _Words(Text("账户复核通过", "The account was confirmed"), "subsidy_fen"),
    "claim.refuse_account": _Words(Text("账户复核不通过", "The account was refused"), "subsidy_fen"),
    "claim.change_account": _Words(Text("更正收款账户", "Another account was named"), "subsidy_fen"),
    "recovery.open": _Words(Text("决定追回补贴", "To be paid back"), "revocation_treatment", coded=True),
    "claim.stop": _REVOKED,
    "claim.stopped": _REVOKED,
}
"""By the action of the audit log: every one that a claim can have."""

_OFFICES: Mapping[str, Text] = {
    Role.CITIZEN: Text("申领人", "The claimant"),
    Role.CITY_CENTRE: Text("市级经办机构", "The city centre"),
    Role.SYSTEM: Text("系统", "The platform"),
}
_PUBLIC = Text("社会公众", "A member of the public")


def told(done: Sequence[Row], law: Law, *, with_actors: bool) -> list[Step]:
    """The steps in the order in which they were taken; what has no words of its own is left out.

    A decision undone is told once, though it is an amendment as well.
    """
    steps = (
        row for row in done if row["action"] in WORDS and "state" not in row["details"].get("fields", ())
    )
    return [_step(row, law, with_actors=with_actors) for row in steps]


def _step(row: Row, law: Law, *, with_actors: bool) -> Step:
    words, by = WORDS[row["action"]], _office(row)
    text = words.text
    if waited := row["details"].get("waiting_for"):
        why = waiting_for([Source(one) for one in waited])
        text = Text(f"{text.zh}（{why.zh}）", f"{text.en} ({why.en})")
    return Step(
        at=row["at"],
        zh=text.zh,
        en=text.en,
        by_zh=by.zh,
        by_en=by.en,
        reason=None if words.coded else row["reason"],
        article=row["details"].get("article") or law.articles[words.parameter],
        actor=row["actor"] if with_actors else None,
    )


def _office(row: Row) -> Text:
    if row["action"] == "claim.object":
        return _PUBLIC
    if row["role"] == Role.DISTRICT_OFFICER:
        district = DISTRICTS.get(row["district"] or "")
        if district is None:
            return Text("区人力资源社会保障部门", "The district's human-resources office")
        return Text(f"{district.zh}人力资源社会保障部门", f"The human-resources office of {district.en}")
    return _OFFICES.get(row["role"], _OFFICES[Role.SYSTEM])
