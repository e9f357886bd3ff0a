"""Whatever is uploaded: rows or a refusal, never a failure."""

import io
import zipfile

import xlsxwriter
from chuangpei.kernel.refusals import Refusal
from chuangpei.sheets.reader import SheetColumn, read_sheet
from hypothesis import given, settings
from hypothesis import strategies as st

COLUMNS = (SheetColumn("name", ("姓名",)), SheetColumn("id_number", ("证件号码",)))
CSV = "姓名,证件号码\r\n张三丰,310115199003072311\r\n李四,'2\r\n".encode()


def _xlsx() -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate((["姓名", "证件号码"], ["张三", "1"], ["李四", 3.1e17], ["王五", "=1+1"])):
            sheet.write_row(line, 0, row)
        sheet.merge_range("A5:B6", "赵六")
        sheet.set_row(6, None, None, {"hidden": True})
    return file.getvalue()


XLSX = _xlsx()


async def is_answered(content: bytes) -> bool:
    """Whether the file gives rows in rising order of their lines, or a refusal with its reasons."""
    found = await read_sheet(content, COLUMNS)
    if isinstance(found, Refusal):
        return bool(found.errors)
    lines = [row.line for row in found]
    return lines == sorted(set(lines)) and all(
        "\0" not in cell for row in found for cell in row.cells.values()
    )


@given(st.binary(max_size=400))
async def test_random_bytes(content: bytes) -> None:
    assert await is_answered(content)


@given(st.text(max_size=100), st.sampled_from(["utf-8", "gb18030", "utf-16"]))
async def test_random_texts_below_a_heading(text: str, encoding: str) -> None:
    assert await is_answered(("姓名,证件号码\n" + text).encode(encoding, "replace"))


@st.composite
def mutated(draw: st.DrawFn, sound: bytes) -> bytes:
    """A sound file with some of its bytes changed, cut out or doubled."""
    content = bytearray(sound)
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, max(len(content) - 1, 0)))
        until = min(len(content), at + draw(st.integers(0, 40)))
        content[at:until] = draw(
            st.one_of(st.binary(max_size=40), st.just(b""), st.just(bytes(content[at:until]) * 2))
        )
    return bytes(content)


@given(mutated(CSV))
async def test_a_csv_that_was_damaged(content: bytes) -> None:
    assert await is_answered(content)


@settings(max_examples=150, deadline=None)
@given(mutated(XLSX))
async def test_an_xlsx_that_was_damaged(content: bytes) -> None:
    assert await is_answered(content)


PARTS = {
    name: zipfile.ZipFile(io.BytesIO(XLSX)).read(name)
    for name in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml")
}


@settings(max_examples=200, deadline=None)
@given(st.data(), st.sampled_from(sorted(PARTS)))
async def test_a_sound_archive_whose_xml_was_damaged(data: st.DataObject, damaged: str) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(XLSX)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, data.draw(mutated(PARTS[name])) if name == damaged else old.read(name))
    assert await is_answered(file.getvalue())
