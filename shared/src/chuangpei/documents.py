"""Documents (文书) as PDF: a Typst template of the service, filled with data, in a font of its own.

    documents = Documents()
    pdf = await documents.render(TEMPLATES / "student_file.typ", data, at=clock.now())

The template reads what it is given with ``json(bytes(sys.inputs.data))``. Data are values to it, never
markup: nothing that a person typed is run. Only the font Noto Sans CJK is there, no font of the machine, so
that a document looks alike everywhere; the same template, data and instant make the same bytes.

Rendering takes some ten milliseconds, without the interpreter's lock, in a thread of its own: requests go on
being answered meanwhile. Who comes when too many wait already is told to come again (503).
"""

import asyncio
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import orjson
from fastapi import Response

from chuangpei.errors import Refused
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import UNAVAILABLE
from chuangpei.web import as_attachment

if TYPE_CHECKING:
    from typst import Compiler

PdfStandard = Literal["1.7", "2.0", "a-2b", "a-2u", "a-3b", "a-4", "ua-1"]

PDF_TYPE = "application/pdf"
PDF_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "PDF 文件 · the document", "content": {PDF_TYPE: {}}}
}
_RETRY_AFTER_SECONDS = 5
_NO_GLYPH = re.compile(r'the text `"(.*)"` could not be displayed', re.DOTALL)


class NotDisplayable(ValueError):  # noqa: N818  # reads as what is the case
    """The document has a character that the font lacks, which no archival standard (PDF/A) lets pass.

    Its argument is the text that cannot be shown.
    """


class Documents:
    """Renders documents one after the other; at most ``most`` wait or are rendered at a time.

    Nobody waits longer than ``seconds``. Fonts are read when the first document is rendered.
    """

    def __init__(self, *, most: int = 16, seconds: float = 20.0) -> None:
        self._seconds = seconds
        self._places = threading.BoundedSemaphore(most)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="documents")
        self._compiler: Compiler | None = None

    async def render(
        self,
        template: Path,
        data: Mapping[str, Any],
        *,
        at: datetime,
        standards: Sequence[PdfStandard] = (),
        finish: Callable[[bytes], bytes] = bytes,
    ) -> bytes:
        """The PDF that the template makes of the data; ``at`` is the instant it says it was made at.

        ``standards`` are those the file declares and keeps, such as ``a-2b`` for archiving. ``finish`` is
        what is done with the PDF in the same thread, such as sealing it. ``data`` are what orjson writes.
        Raises :class:`Refused` (503) where too many wait or it takes too long, and :class:`NotDisplayable`
        where a standard asks for glyphs that the font lacks.
        """
        # default: asyncpg's own UUID, which orjson does not take for one.
        given = orjson.dumps(data, default=str).decode()
        if not self._places.acquire(blocking=False):
            raise Refused(Refusal(UNAVAILABLE, retry_after_seconds=_RETRY_AFTER_SECONDS))
        rendering = self._worker.submit(lambda: finish(self._compiled(template, given, at, list(standards))))
        rendering.add_done_callback(self._give_place_back)
        try:
            # A rendering that has begun keeps its place until it ends, whoever has gone meanwhile.
            return await asyncio.wait_for(asyncio.wrap_future(rendering), self._seconds)
        except TimeoutError:
            raise Refused(Refusal(UNAVAILABLE, retry_after_seconds=_RETRY_AFTER_SECONDS)) from None

    def _give_place_back(self, _: Future[bytes]) -> None:
        self._places.release()

    def _compiled(self, template: Path, data: str, at: datetime, standards: list[PdfStandard]) -> bytes:
        """In the worker's one thread: a compiler is for one at a time."""
        from typst import TypstError

        if self._compiler is None:
            self._compiler = _new_compiler()
        try:
            pdf = self._compiler.compile(
                str(template),
                root=str(template.parent),
                format="pdf",
                sys_inputs={"data": data},
                pdf_standards=list(standards),
                timestamp=int(at.timestamp()),
            )
        except TypstError as error:
            if lacking := _NO_GLYPH.search(error.message):
                raise NotDisplayable(lacking[1]) from None
            raise
        assert isinstance(pdf, bytes)
        return pdf


def document(name: str, pdf: bytes) -> Response:
    """The answer with a document to download, kept by no cache; ``name`` is the file's without its ending."""
    headers = as_attachment(f"{name}.pdf") | {"cache-control": "no-store"}
    return Response(pdf, headers=headers, media_type=PDF_TYPE)


def _new_compiler() -> "Compiler":
    from typst import Compiler, Fonts

    fonts = Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(files("manimgx_fonts_cjk"))],
    )
    return Compiler(font_paths=fonts, ignore_system_fonts=True)
