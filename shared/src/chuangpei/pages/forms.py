"""Forms as browsers post them (表单): fields and files, read into memory and never put on a disk."""

from collections.abc import AsyncGenerator, Mapping
from typing import NamedTuple
from urllib.parse import parse_qs

from fastapi import Request
from python_multipart.exceptions import FormParserError
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

_MOST_FIELDS = 16
_MOST_FILES = 4


class PostedFile(NamedTuple):
    """A file and the name it was given; a field left empty has no name and no content."""

    name: str
    content: bytes


class Form(NamedTuple):
    """What was posted; of a field or file posted twice the first counts."""

    fields: Mapping[str, str]
    files: Mapping[str, PostedFile]

    def text(self, name: str) -> str:
        """A field's text, trimmed; empty where it was not posted."""
        return self.fields.get(name, "").replace("\r\n", "\n").strip()


EMPTY = Form({}, {})
"""What a body of another shape says."""


async def posted(request: Request, most_bytes: int) -> Form | None:
    """The form in the body; None where that has more than ``most_bytes``.

    A larger body is read to its end and thrown away, so that a browser shows the page that answers it.
    """
    body = bytearray()
    async for chunk in request.stream():
        if len(body) <= most_bytes:
            body += chunk
    if len(body) > most_bytes:
        return None
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _multipart(request, bytes(body))
    return _url_encoded(bytes(body))


def _url_encoded(body: bytes) -> Form:
    try:
        given = parse_qs(body.decode("ascii", "replace"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        return EMPTY
    return Form({name: values[0] for name, values in given.items()}, {})


async def _multipart(request: Request, body: bytes) -> Form:
    parser = _InMemory(request.headers, _once(body), max_files=_MOST_FILES, max_fields=_MOST_FIELDS)
    try:
        data = await parser.parse()
    except (MultiPartException, FormParserError):
        return EMPTY
    fields: dict[str, str] = {}
    files: dict[str, PostedFile] = {}
    for name, value in data.multi_items():
        if isinstance(value, UploadFile):
            files.setdefault(name, PostedFile(value.filename or "", await value.read()))
        else:
            fields.setdefault(name, value)
    await data.close()
    return Form(fields, files)


async def _once(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body


class _InMemory(MultiPartParser):
    # Zero is no limit: a file that is to be kept encrypted never lies on a disk in clear.
    spool_max_size = 0
