"""The columns of a roster (学员名册): their headings, and the example that the template shows."""

from chuangpei.kernel.refusals import Text
from chuangpei.sheets.reader import SheetColumn

HEADINGS = {
    "name": Text("姓名", "Name"),
    "id_number": Text("证件号码", "ID number"),
    "phone": Text("手机号", "Phone"),
}
"""The fields of an enrolment by real name, as the template heads them."""

_ALSO_CALLED = {
    "name": ("学员姓名",),
    "id_number": ("身份证号", "身份证号码", "公民身份号码"),
    "phone": ("手机", "手机号码", "电话", "联系电话"),
}

COLUMNS = tuple(SheetColumn(name, (*heading, *_ALSO_CALLED[name])) for name, heading in HEADINGS.items())

EXAMPLE = {"name": "张三丰", "id_number": "310115199003072311", "phone": "13800000000"}
"""The person of the template's example row; nobody is enrolled by this number from a file."""
