"""Pages for people (公开页面): HTML made on the server in one small design, in Chinese and English.

    PAGES = Pages("cert", Path(__file__).with_name("pages"))
    answer = PAGES.answer(request, "check.html", found=found)

A template extends ``base.html`` and says each sentence in both languages: ``{{ say("核验", "Check") }}``.
Pages work without JavaScript; scripts are files beside the templates, since none may stand in a page. Nothing
is asked of another origin, and no page is kept by a cache.
"""

import hashlib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from chuangpei.errors import Refused
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_FOUND
from chuangpei.web import wants_english

if TYPE_CHECKING:
    from jinja2 import Environment

_OWN = Path(__file__).parent
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_YEAR = {"cache-control": "public, max-age=31536000, immutable", "x-content-type-options": "nosniff"}
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "permissions-policy": "camera=(self), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "vary": "accept-language",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


class Pages:
    """The pages of one service: its templates in ``folder``, and the files that go with them."""

    def __init__(self, service: str, folder: Path) -> None:
        self._service = service
        self._assets = {file.name: file for file in (*_files(_OWN / "assets"), *_files(folder))}
        self._made = {name: _mark(file.read_bytes()) for name, file in self._assets.items()}
        self._folder = folder

    def answer(self, request: Request, template: str, status: int = 200, **data: object) -> Response:
        """The page in the language asked for: by ``?lang=`` where it is there, else by the browser's."""
        english = request.query_params.get("lang", "en" if wants_english(request) else "zh") == "en"

        def say(zh: str, en: str) -> str:
            return en if english else zh

        other = dict(request.query_params) | {"lang": "zh" if english else "en"}
        shown = {"say": say, "english": english, "other_language": f"?{urlencode(other)}"}
        made = self._templates.get_template(template).render(**shown, **data)
        headers = _HEADERS | {"content-language": "en" if english else "zh-CN"}
        return Response(made, status, headers, media_type="text/html; charset=utf-8")

    def router(self) -> APIRouter:
        """Serves the files; an address names their content, so that a browser may keep them."""
        router = APIRouter(include_in_schema=False)

        @router.get(f"/{self._service}/pages/{{mark}}/{{name}}")
        def asset(mark: str, name: str) -> Response:
            if self._made.get(name) != mark:
                raise Refused(Refusal(NOT_FOUND))
            file = self._assets[name]
            return Response(file.read_bytes(), headers=_YEAR, media_type=_TYPES[file.suffix])

        return router

    @cached_property
    def _templates(self) -> "Environment":
        """Made for the first page: neither a worker nor a start waits for its imports."""
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

        made = Environment(
            loader=FileSystemLoader([self._folder, _OWN]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        made.globals["asset"] = self._address
        return made

    def _address(self, name: str) -> str:
        return f"/{self._service}/pages/{self._made[name]}/{name}"


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.iterdir() if file.suffix in _TYPES]


def _mark(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
