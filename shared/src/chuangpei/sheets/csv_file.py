"""Reads CSV as spreadsheets write it: UTF-8, UTF-16 or GB18030, parted by commas, semicolons or tabs."""

import codecs
import csv
import io

from chuangpei.sheets.cells import Limits, Line, cell_of_text, too_many_columns, unreadable

_DELIMITERS = ",;\t"


def lines_of_csv(content: bytes, limits: Limits) -> list[Line]:
    """The lines that are not empty; raises :class:`Unreadable`."""
    text = _decoded(content)
    if "\0" in text:
        raise unreadable(1, "broken", "不是有效的 CSV 文件", "This is no CSV file")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    found: list[Line] = []
    begins = 1
    try:
        for texts in reader:
            if line := _line(begins, texts, limits):
                found.append(line)
            if len(found) > limits.rows + 1:
                break  # enough to see that there are too many
            begins = reader.line_num + 1
    except csv.Error as error:
        raise unreadable(
            reader.line_num, "broken", "引号或分隔符有误", "The quotes or separators are wrong"
        ) from error
    return found


def _decoded(content: bytes) -> str:
    """The text, by its mark or the first encoding that fits it whole."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise unreadable(
        1, "unknown_encoding", "文件编码应为 UTF-8 或 GB18030", "The file is neither UTF-8 nor GB18030"
    )


def _delimiter(text: str) -> str:
    heading = text.lstrip("\r\n").partition("\n")[0]
    return max(_DELIMITERS, key=heading.count)


def _line(number: int, texts: list[str], limits: Limits) -> Line | None:
    cells = {place: cell for place, text in enumerate(texts) if (cell := cell_of_text(text, limits))}
    if any(place >= limits.columns for place in cells):
        raise too_many_columns(number, limits)
    return Line(number, cells) if cells else None
