"""What a person is told of a subsidy that is to be paid back (追回说明; D03, D06)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from chuangpei.kernel.refusals import Text

from subsidy_svc.recoveries.lifecycle import State


@dataclass(frozen=True, slots=True)
class Owed:
    """The recovery of a paid claim, as the words speak of it; money in yuan, days in Asia/Shanghai."""

    state: State
    cause: str
    left: str
    waived: str
    document: str | None
    due_on: date | None
    overdue: bool


class Because(NamedTuple):
    """Why the money is claimed back, and the parameter of the law it rests on."""

    text: Text
    parameter: str


class Step(NamedTuple):
    """What comes next, and the day by which the person acts where there is one."""

    text: Text
    until: date | None


CAUSES: Mapping[str, Because] = {
    "certificate_revoked": Because(
        Text("培训合格证书已被撤销", "the certificate was revoked"), "revocation_treatment"
    ),
    "person_fraud": Because(
        Text("经认定存在骗取补贴行为", "it was found to have been got by fraud"), "faults_freeing_place"
    ),
    "office_error": Because(
        Text("经认定系经办差错", "it was found to have been paid by the office's error"),
        "faults_freeing_place",
    ),
}


def _open(_: Owed) -> Step:
    zh = "您暂时无须办理；将向您出具责令退回的文书，载明金额和期限。"
    return Step(Text(zh, "Wait: you will get an order that says how much to pay back and by when."), None)


def _demanded(it: Owed) -> Step:
    if it.overdue:
        zh = f"退回期限{it.due_on}已过，请立即凭文书{it.document}退回尚欠的{it.left}元。"
        en = f"The last day was {it.due_on}: pay back the {it.left} yuan still owed now, by {it.document}."
    else:
        zh = f"请在{it.due_on}前（含当日）凭文书{it.document}退回尚欠的{it.left}元，可以分次退回。"
        en = (
            f"Pay back the {it.left} yuan still owed by {it.due_on}, that day included, as {it.document}"
            " says; you may pay by instalments."
        )
    return Step(Text(zh, en), it.due_on)


def _waiver_proposed(it: Owed) -> Step:
    zh = f"您无须办理；已提请减免尚欠的{it.left}元，等待市级决定。"
    return Step(Text(zh, f"Wait: the city decides whether to waive the {it.left} yuan still owed."), None)


def _recovered(_: Owed) -> Step:
    return Step(Text("已全部退回，您无须办理。", "All of it was paid back: nothing more to do."), None)


def _waived(it: Owed) -> Step:
    zh, en = f"{it.waived}元已予减免，您无须办理。", f"{it.waived} yuan were waived: nothing more to do."
    return Step(Text(zh, en), None)


STEPS: Mapping[State, Callable[[Owed], Step]] = {
    State.OPEN: _open,
    State.DEMANDED: _demanded,
    State.WAIVER_PROPOSED: _waiver_proposed,
    State.RECOVERED: _recovered,
    State.WAIVED: _waived,
}
"""Every state of a recovery has its words."""
