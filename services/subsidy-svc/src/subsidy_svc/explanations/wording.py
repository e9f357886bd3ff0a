"""What a person is told of a claim in each of its states (办理说明)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from chuangpei.kernel.refusals import Text

from subsidy_svc.claims.lifecycle import State
from subsidy_svc.explanations.recovery_wording import CAUSES, STEPS, Owed


@dataclass(frozen=True, slots=True)
class Situation:
    """What the words speak of. Days are Asia/Shanghai; ``district`` is the reviewing district (S07).

    ``may_claim_until`` is the window's last day where the certificate may still be claimed, else None.
    """

    district: Text
    yuan: str
    account: str
    due_on: date | None
    notice_last_day: date | None
    notice_provisional: bool
    batch_number: str | None
    bank_code: str | None
    certificate_revoked_on: date | None
    may_claim_until: date | None
    recovery: Owed | None = None


class Told(NamedTuple):
    """What was decided, what to do next, until which day, and the parameter of the law it rests on.

    ``where`` is where the person does it; None where there is nothing to do.
    """

    decided: Text
    next_step: Text
    until: date | None
    parameter: str
    where: Text | None = None


_WAIT = Text("您无须办理，请等待。", "There is nothing for you to do but wait.")
_UNTIL_KNOWN = {
    False: Text("", ""),
    True: Text(
        "（暂定，待次年放假安排公布后确定，只会延后）",
        " (provisional until next year's holidays are published; it can only move later)",
    ),
}
_NOTHING = Text("您无须办理。", "There is nothing more for you to do.")
_ONLINE = Text("一网通办，线上提交", "Online, at the One-Network Service (一网通办)")
_ANYWHERE = Text(
    "一网通办，或任一区就业促进中心窗口",
    "Online at the One-Network Service (一网通办), or at the counter of any district's centre",
)


def _submitted(it: Situation) -> Told:
    zh = f"已收到您的申请，由{it.district.zh}人力资源社会保障部门决定是否受理。"
    en = f"Your application has come in. The human-resources office of {it.district.en} decides on it."
    return Told(Text(zh, en), _WAIT, it.due_on, "acceptance_working_days")


def _supplement_asked(it: Situation) -> Told:
    decided = Text("申请材料不齐，需要补正。", "Something is missing from your application.")
    following = Text(
        f"请在{it.due_on}前（含当日）按所列事项补正；逾期未补正的，可能不予受理。",
        f"No later than {it.due_on}, give what is listed; otherwise it may not be accepted.",
    )
    return Told(decided, following, it.due_on, "supplement_working_days", _ONLINE)


def _accepted(it: Situation) -> Told:
    zh, en = "申请已受理，正在审核。", "Your application was accepted and is being reviewed."
    return Told(Text(zh, en), _WAIT, it.due_on, "approval_working_days")


def _noticed(it: Situation) -> Told:
    decided = Text(
        f"审核通过，补贴{it.yuan}元，现予公示，公示至{it.notice_last_day}{_UNTIL_KNOWN[it.notice_provisional].zh}。",
        f"Approved: {it.yuan} yuan. It is publicly noticed until {it.notice_last_day}"
        f"{_UNTIL_KNOWN[it.notice_provisional].en}.",
    )
    following = Text(
        "您无须办理；公示期满无异议的，进入支付。", "Wait: without an objection, payment follows."
    )
    return Told(decided, following, it.notice_last_day, "notice_working_days")


def _held(_: Situation) -> Told:
    decided = Text(
        "公示期间收到异议，正在核查；核查期间暂停办理。",
        "An objection came in and is being looked into; meanwhile your claim is held.",
    )
    following = Text(
        "请等待核查结果；如需您说明情况，经办机构会与您联系。",
        "Wait for the result; the office will ask you if it needs to.",
    )
    return Told(decided, following, None, "notice_working_days")


def _cleared(it: Situation) -> Told:
    decided = Text(
        "公示期满无异议，等待纳入支付批次。",
        "The notice closed without a standing objection; your claim waits for the next payment batch.",
    )
    following = Text(
        f"您无须办理；补贴将发放至{it.account}。", f"Wait: the subsidy will be paid to {it.account}."
    )
    return Told(decided, following, None, "subsidy_fen")


def _batched(it: Situation) -> Told:
    decided = Text(
        f"已纳入支付批次{it.batch_number}，等待银行支付。",
        f"Your claim is in payment batch {it.batch_number} and waits for the bank.",
    )
    return Told(decided, _WAIT, None, "subsidy_fen")


def _paid(it: Situation) -> Told:
    if it.recovery is not None:
        return _to_be_paid_back(it, it.recovery)
    zh = f"补贴{it.yuan}元已发放至{it.account}。"
    return Told(Text(zh, f"{it.yuan} yuan were paid to {it.account}."), _NOTHING, None, "subsidy_fen")


def _to_be_paid_back(it: Situation, owed: Owed) -> Told:
    because, step = CAUSES[owed.cause], STEPS[owed.state](owed)
    decided = Text(
        f"补贴{it.yuan}元已发放至{it.account}；因{because.text.zh}，决定追回。",
        f"{it.yuan} yuan were paid to {it.account} and are to be paid back, for {because.text.en}.",
    )
    office = Text(f"{it.district.zh}人力资源社会保障部门", f"The human-resources office of {it.district.en}")
    return Told(decided, step.text, step.until, because.parameter, office if step.until else None)


def _payment_failed(it: Situation) -> Told:
    decided = Text(
        f"银行未能将补贴发放至{it.account}（银行代码 {it.bank_code or '—'}）。",
        f"The bank could not pay to {it.account} (its code: {it.bank_code or '—'}).",
    )
    following = Text(
        "请更正收款账户：激活社会保障卡金融账户，或填写本人名下的其他账户并说明原因。",
        "Name an account that takes the money: your social-security card's, or another with the reason.",
    )
    return Told(decided, following, None, "subsidy_fen", _ONLINE)


def _account_changed(it: Situation) -> Told:
    decided = Text(
        f"您已更正收款账户为{it.account}，由{it.district.zh}人力资源社会保障部门复核。",
        f"You named the account {it.account}. The human-resources office of {it.district.en} checks it.",
    )
    following = Text(
        "您无须办理；复核通过后纳入下一支付批次。",
        "Wait: once it is confirmed, the next payment batch takes it.",
    )
    return Told(decided, following, None, "subsidy_fen")


def _refused(decided: Text, parameter: str) -> Callable[[Situation], Told]:
    return lambda it: _ended(it, decided, parameter)


def _ended(it: Situation, decided: Text, parameter: str) -> Told:
    where = None if it.may_claim_until is None else _ANYWHERE
    return Told(decided, _once_more(it), it.may_claim_until, parameter, where)


def _stopped(it: Situation) -> Told:
    if it.certificate_revoked_on is None:
        decided = Text("公示异议成立，申领终止。", "An objection was upheld: the claim has ended.")
        return _ended(it, decided, "notice_working_days")
    decided = Text(
        f"培训合格证书已于{it.certificate_revoked_on}撤销，申领终止。",
        f"The certificate was revoked on {it.certificate_revoked_on}: the claim has ended.",
    )
    return Told(decided, _once_more(it), None, "revocation_treatment")


def _once_more(it: Situation) -> Text:
    if it.certificate_revoked_on is not None:
        return Text(
            "该证书不能再申领；对撤销有异议的，请联系颁发证书的评价机构。",
            "It cannot be claimed any more; ask the body that issued the certificate if you disagree.",
        )
    if it.may_claim_until is None:
        return Text("申领期已过，不能再次申请。", "The claim window is over: no further claim is possible.")
    return Text(
        f"条件符合的，可在申领期内再次申请，末日为{it.may_claim_until}。",
        f"If you meet the conditions you may apply again; the last day is {it.may_claim_until}.",
    )


def waits(told: Told, why: Text) -> Told:
    """The same, for a claim that waits for a registry as ``why`` says (等待登记系统)."""
    decided = Text(f"{told.decided.zh}{why.zh}。", f"{told.decided.en} {why.en}.")
    return told._replace(decided=decided)


WORDS: Mapping[State, Callable[[Situation], Told]] = {
    State.SUBMITTED: _submitted,
    State.SUPPLEMENT_ASKED: _supplement_asked,
    State.ACCEPTED: _accepted,
    State.NOTICED: _noticed,
    State.HELD: _held,
    State.CLEARED: _cleared,
    State.BATCHED: _batched,
    State.PAID: _paid,
    State.PAYMENT_FAILED: _payment_failed,
    State.ACCOUNT_CHANGED: _account_changed,
    State.NOT_ACCEPTED: _refused(
        Text("申请不予受理。", "Your application was not accepted."), "acceptance_working_days"
    ),
    State.REJECTED: _refused(
        Text("审核不通过，不予补贴。", "Your application was not approved."), "approval_working_days"
    ),
    State.WITHDRAWN: _refused(Text("您已撤回申请。", "You withdrew your application."), "places_freed_by"),
    State.STOPPED: _stopped,
}
"""A claim is somewhere always: every state has its words."""
