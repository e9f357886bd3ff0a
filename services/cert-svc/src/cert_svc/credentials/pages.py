"""The page on which anybody checks a certificate (公开核验页): by its number, or by the code on it."""

from pathlib import Path
from urllib.parse import quote

from chuangpei.credentials import paper
from chuangpei.errors import Refused
from chuangpei.kernel.refusals import Refusal
from chuangpei.pages import Pages
from chuangpei.pages.forms import posted
from chuangpei.problems import BODY_TOO_LARGE
from chuangpei.rate_limit import Allowance
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from cert_svc.certificates.identifier import canonical as canonical_identifier
from cert_svc.certificates.number import canonical
from cert_svc.certificates.public import public_view, registered
from cert_svc.credentials.answer import TOO_OFTEN, UNKNOWN, Answer, by_code, by_number
from cert_svc.credentials.checks import checked
from cert_svc.service import of

PAGES = Pages("cert", Path(__file__).parents[1] / "pages")
PATH = "/cert/check"
_MOST_FORM_BYTES = 10_000

router = APIRouter(tags=["公开核验 · public check"], default_response_class=HTMLResponse)


@router.get(PATH, summary="核验页 · The page to check a certificate")
async def form(request: Request) -> Response:
    """A form for a number, an identifier (电子证照标识), or what the code on the paper holds (C06)."""
    return _page(request, None)


@router.get(PATH + "/{number}", summary="核验结果页 · The page of one number")
async def by_its_number(request: Request, number: str) -> Response:
    """Issued, replaced or revoked since, as the register says today (C02, C06).

    A number that is wrong and one that is not known get the same page after the same one query.
    """
    service = of(request)
    allowance = service.checks.ask(request)
    if not allowance.granted:
        return _too_often(request, allowance)
    row = await registered(service, number)
    if row is None:
        return _page(request, UNKNOWN)
    return _page(request, by_number(public_view(row, service.law), service.clock.now()))


@router.post(
    PATH,
    summary="核验编号或二维码 · Check a number or a code",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/x-www-form-urlencoded": {
                    "schema": {"type": "object", "properties": {"asked": {"type": "string"}}}
                }
            },
        }
    },
)
async def ask(request: Request) -> Response:
    """Leads to the page of a number; checks a code at once, since its text names the holder (C06)."""
    service, asked = of(request), await _asked(request)
    if asked.startswith(paper.PREFIX):
        allowance = service.checks.ask(request)
        if not allowance.granted:
            return _too_often(request, allowance)
        found = await checked(service, asked.encode())
        return _page(request, by_code(found, service.clock.now()))
    # The paper's other code holds the address of its page.
    number = asked.rpartition("/")[2]
    number = canonical(number) or canonical_identifier(number) or ""
    if not number:
        return _page(request, UNKNOWN)
    language = request.query_params.get("lang")
    return RedirectResponse(f"{PATH}/{number}" + (f"?lang={quote(language)}" if language else ""), 303)


def _page(request: Request, answer: Answer | None, status: int = 200) -> Response:
    return PAGES.answer(request, "check.html", 404 if answer is UNKNOWN else status, answer=answer)


def _too_often(request: Request, allowance: Allowance) -> Response:
    page = _page(request, TOO_OFTEN, 429)
    page.headers.update(allowance.headers())
    page.headers["retry-after"] = str(allowance.retry_after)
    return page


async def _asked(request: Request) -> str:
    form = await posted(request, _MOST_FORM_BYTES)
    if form is None:
        raise Refused(Refusal(BODY_TOO_LARGE))
    return "".join(form.text("asked").splitlines()).strip()
