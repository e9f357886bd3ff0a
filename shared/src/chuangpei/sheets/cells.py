"""What a sheet is read into: lines of cells, each a text or the reason why it cannot be taken."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from chuangpei.kernel.refusals import FieldError, Text


class Fault(NamedTuple):
    """Why a cell, or a whole line, cannot be taken."""

    code: str
    text: Text


Cell = str | Fault


@dataclass(frozen=True, slots=True)
class Limits:
    """The most a file may have; ``unpacked_bytes`` and ``tags`` are of the XML inside an XLSX.

    They bound the memory and the time that reading takes, whatever the file holds.
    """

    file_bytes: int = 4_194_304
    unpacked_bytes: int = 33_554_432
    tags: int = 2_000_000
    rows: int = 10_000
    columns: int = 50
    cell_length: int = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not empty: its number in the file and its cells by their place, the first 0."""

    number: int
    cells: Mapping[int, Cell]
    fault: Fault | None = None


class Unreadable(Exception):  # noqa: N818  # reads as what the file is
    """The file as a whole cannot be taken."""

    def __init__(self, *errors: FieldError) -> None:
        super().__init__(", ".join(error.code for error in errors))
        self.errors = errors


FORMULA = Fault(
    "formula",
    Text("单元格是公式，请填写文本", "The cell is a formula; give a text"),
)
DAMAGED_NUMBER = Fault(
    "damaged_number",
    Text(
        "超过15位的号码被表格软件当作数字，末几位已丢失；请将单元格设为文本格式后重新填写",
        "The spreadsheet made a number of it and lost its last digits; format it as text, enter it anew",
    ),
)
ERROR_VALUE = Fault("error_value", Text("单元格是错误值", "The cell shows an error"))

_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?[eE]\+?[0-9]+")
_FORMULA = re.compile(r"[=＝@＠]|[+\-＋－].*[^0-9+\-＋－.() ]")


def unreadable(line: int, code: str, zh: str, en: str) -> Unreadable:
    """The refusal of a whole file, with the line at which that shows."""
    return Unreadable(FieldError(f"line {line}", code, Text(zh, en)))


def too_many_columns(line: int, limits: Limits) -> Unreadable:
    """The refusal of a file that is too wide."""
    return unreadable(
        line,
        "too_many_columns",
        f"至多{limits.columns}列",
        f"At most {limits.columns} columns",
    )


def cell_of_text(text: str, limits: Limits) -> Cell | None:
    """The cell that a text stands for, or None where it is empty.

    The apostrophe by which spreadsheets mark a text is taken off. What a spreadsheet would run as a formula
    is a fault, and so is the scientific notation that Excel makes of a long number.
    """
    text = text.strip()
    text = text.removeprefix("'").lstrip()
    if not text:
        return None
    if _FORMULA.match(text):
        return FORMULA
    if _SCIENTIFIC.fullmatch(text):
        return DAMAGED_NUMBER
    if len(text) > limits.cell_length:
        most = limits.cell_length
        return Fault("too_long", Text(f"至多{most}个字符", f"At most {most} characters"))
    return text
