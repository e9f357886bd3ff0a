"""The roster's template (名册模板): its headings, an example row, columns in which a number stays a text."""

import csv
import io

import xlsxwriter

from training_svc.rosters.columns import EXAMPLE, GROUPS, HEADINGS

_ROWS = 10_000
_WIDTH = 24


def template(file_format: str, *, english: bool) -> bytes:
    """The file as ``csv`` or ``xlsx``; its example row is refused where it is sent along."""
    headings = [one.en if english else one.zh for one in HEADINGS.values()]
    example = [EXAMPLE.get(name, "") for name in HEADINGS]
    return _xlsx(headings, example) if file_format == "xlsx" else _csv(headings, example)


def _csv(headings: list[str], example: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([headings, example])
    return text.getvalue().encode("utf-8-sig")  # the mark by which Excel knows UTF-8


def _xlsx(headings: list[str], example: list[str]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        as_text = book.add_format({"num_format": "@"})
        sheet.set_column(0, len(headings) - 1, _WIDTH, as_text)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, headings, book.add_format({"bold": True, "num_format": "@"}))
        for place, text in enumerate(example):
            sheet.write_string(1, place, text, as_text)
        for place, name in enumerate(HEADINGS):
            if name in _VALIDATIONS:
                sheet.data_validation(1, place, _ROWS, place, _VALIDATIONS[name])
    return file.getvalue()


_VALIDATIONS = {
    "id_number": {
        "validate": "length",
        "criteria": "==",
        "value": 18,
        "error_title": "证件号码",
        "error_message": "应为18位文本 · 18 characters, as a text",
    },
    "priority_group": {"validate": "list", "source": list(GROUPS)},
}
