"""The columns of a roster (学员名册): their headings, what a cell may say, and the template's example."""

from collections.abc import Mapping
from typing import Any

from chuangpei.kernel.refusals import Text
from chuangpei.sheets.reader import SheetColumn

from training_svc.policy.priority import PriorityGroup

HEADINGS = {
    "name": Text("姓名", "Name"),
    "id_number": Text("证件号码", "ID number"),
    "phone": Text("手机号", "Phone"),
    "priority_group": Text("重点群体", "Priority group"),
    "priority_evidence": Text("重点群体依据", "Priority evidence"),
    "enterprise_credit_code": Text("创业组织统一社会信用代码", "Enterprise credit code"),
}
"""The fields of an enrolment by real name, as the template heads them."""

_PRIORITY = ("group", "evidence")
_REQUIRED = frozenset({"name", "id_number", "phone"})
_ALSO_CALLED = {
    "name": ("学员姓名",),
    "id_number": ("身份证号", "身份证号码", "公民身份号码"),
    "phone": ("手机", "手机号码", "电话", "联系电话"),
}

COLUMNS = tuple(
    SheetColumn(name, (*heading, *_ALSO_CALLED.get(name, ())), required=name in _REQUIRED)
    for name, heading in HEADINGS.items()
)

GROUPS = {
    "在校学生": PriorityGroup.STUDENT,
    "退役军人": PriorityGroup.VETERAN,
    "残疾人": PriorityGroup.DISABLED,
    "即将刑满释放人员": PriorityGroup.SOON_RELEASED,
    "创业大赛获奖企业负责人": PriorityGroup.CONTEST_WINNER,
    "获风险投资企业负责人": PriorityGroup.VENTURE_BACKED,
}
"""How a roster names the priority groups (重点群体, T02, T04); their codes are taken too."""

EXAMPLE = {"name": "张三丰", "id_number": "310115199003072311", "phone": "13800000000"}
"""The person of the template's example row; nobody is enrolled by this number from a file."""


def body_of(cells: Mapping[str, str]) -> dict[str, Any]:
    """The cells of a row as the body of a single enrolment has them."""
    body: dict[str, Any] = {name: text for name, text in cells.items() if not name.startswith("priority_")}
    if priority := {name: cells[f"priority_{name}"] for name in _PRIORITY if f"priority_{name}" in cells}:
        if "group" in priority:
            priority["group"] = GROUPS.get(priority["group"], priority["group"])
        body["priority"] = priority
    return body


def column_of(pointer: str) -> str:
    """The column in which a field of the body stands, by its JSON pointer."""
    return pointer.removeprefix("/").replace("/", "_")
