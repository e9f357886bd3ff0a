"""Documents: what a person typed is text and nothing else, in a font of their own, beside other work."""

import asyncio
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from chuangpei.documents import Documents, NotDisplayable, document
from chuangpei.errors import Refused
from pypdf import PdfReader

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
LETTER = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title)
#set text(font: "Noto Sans CJK SC", lang: "zh", region: "cn")
= #data.title
#for line in data.lines [ - #line ]
"""
SLOW = """
#let data = json(bytes(sys.inputs.data))
#set text(font: "Noto Sans CJK SC")
#for number in range(data.steps) { if calc.rem(number, 1000) == 0 [#number ] }
"""


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "letter.typ"
    path.write_text(LETTER, encoding="utf-8")
    return path


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """A document that takes a good part of a second."""
    path = tmp_path / "slow.typ"
    path.write_text(SLOW, encoding="utf-8")
    return path


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in read(pdf).pages)


async def test_chinese_text_can_be_read_back(letter: Path) -> None:
    pdf = await Documents().render(letter, {"title": "学员档案", "lines": ["张三丰", "㛃𬭎"]}, at=AT)
    assert {"学员档案", "张三丰", "㛃𬭎"} <= set(text_of(pdf).replace("• ", "").split())
    assert read(pdf).metadata.title == "学员档案"  # type: ignore[union-attr]  # it has metadata


@pytest.mark.parametrize(
    "typed",
    [
        "#panic(1)",
        '#read("/etc/passwd")',
        "$x^2$",
        "*粗* _斜_ `码`",
        "\\#",
        "] #data.title [",
        '"; #import "a.typ"',
        "= 标题 <label> @label",
        "// 注释 /* */",
    ],
)
async def test_what_a_person_typed_is_shown_as_it_is(letter: Path, typed: str) -> None:
    pdf = await Documents().render(letter, {"title": typed, "lines": [typed]}, at=AT)
    assert text_of(pdf).count(typed) == 2


async def test_no_font_but_its_own_is_used(letter: Path) -> None:
    pdf = await Documents().render(letter, {"title": "字体 font", "lines": ["١٢", "👍"]}, at=AT)
    fonts = [
        font["/BaseFont"]
        for page in read(pdf).pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]  # a page has fonts
    ]
    assert fonts
    assert all("NotoSansCJKsc" in font for font in fonts), fonts


async def test_the_same_data_at_the_same_instant_make_the_same_bytes(letter: Path) -> None:
    data = {"title": "档案", "lines": ["一", "二"]}
    first = await Documents().render(letter, data, at=AT)
    documents = Documents()
    await documents.render(letter, {"title": "另一份", "lines": []}, at=AT)
    assert await documents.render(letter, data, at=AT) == first


async def test_a_document_declares_the_standard_it_keeps(letter: Path) -> None:
    documents, data = Documents(), {"title": "证书", "lines": []}
    archival = await documents.render(letter, data, at=AT, standards=["a-2b"])
    assert b"<pdfaid:part>2</pdfaid:part>" in archival
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in archival
    assert b"pdfaid" not in await documents.render(letter, data, at=AT)


async def test_a_character_without_a_glyph_is_no_archival_document(letter: Path) -> None:
    documents, data = Documents(), {"title": "\U00020000", "lines": []}
    with pytest.raises(NotDisplayable):
        await documents.render(letter, data, at=AT, standards=["a-2b"])
    assert await documents.render(letter, data, at=AT)


async def test_other_work_goes_on_while_a_document_is_rendered(slow: Path) -> None:
    rendering = asyncio.create_task(Documents().render(slow, {"steps": 300_000}, at=AT))
    turns = 0
    while not rendering.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert text_of(await rendering)
    assert turns > 5


async def test_who_comes_when_too_many_wait_is_told_to_come_again(slow: Path) -> None:
    documents = Documents(most=2)
    asked = [documents.render(slow, {"steps": 100_000 + one}, at=AT) for one in range(3)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(answer) for answer in answers] == [bytes, bytes, Refused]
    assert answers[2].refusal.problem.status == 503  # type: ignore[union-attr]  # it is the refusal
    assert await documents.render(slow, {"steps": 1}, at=AT)


async def test_nobody_waits_for_ever_and_the_place_is_free_again(slow: Path) -> None:
    documents = Documents(most=1, seconds=0.01)
    with pytest.raises(Refused) as refused:
        await documents.render(slow, {"steps": 1_000_000}, at=AT)
    assert refused.value.refusal.retry_after_seconds
    async with asyncio.timeout(60):
        while True:
            try:
                assert await documents.render(slow, {"steps": 1}, at=AT)
                break
            except Refused:
                await asyncio.sleep(0.02)


def test_a_file_may_have_a_chinese_name() -> None:
    answer = document("学员档案", b"%PDF-")
    assert answer.headers["content-type"] == "application/pdf"
    disposition = answer.headers["content-disposition"]
    assert disposition == "attachment; filename*=UTF-8''%E5%AD%A6%E5%91%98%E6%A1%A3%E6%A1%88.pdf"
