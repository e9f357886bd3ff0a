"""What the pages for anybody share (公开页面): names, days and amounts in words, refusals as pages."""

from datetime import date

from chuangpei.kernel.districts import DISTRICTS
from chuangpei.kernel.money import Fen, yuan
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.problems import NOT_FOUND, TOO_MANY_REQUESTS
from chuangpei.rate_limit import Allowance
from fastapi import Request, Response

from subsidy_svc.pages import PAGES


def no_such_page(request: Request) -> Response:
    """The page of an address under which there is nothing."""
    return message(request, Refusal(NOT_FOUND))


def too_often(request: Request, allowance: Allowance) -> Response:
    """The page for who asks too often, with the seconds to wait."""
    page = message(request, Refusal(TOO_MANY_REQUESTS))
    page.headers.update(allowance.headers())
    page.headers["retry-after"] = str(allowance.retry_after)
    return page


def message(request: Request, refusal: Refusal) -> Response:
    """A page that says why something is not possible, and leads back to the notices."""
    status = refusal.problem.status
    return PAGES.answer(request, "message.html", status, title=refusal.problem.title, detail=refusal.detail)


def reason_of(refusal: Refusal) -> Text:
    """The one sentence of a refusal that a page has room for."""
    if refusal.errors:
        return refusal.errors[0].text
    return refusal.detail or refusal.problem.title


def day(on: date) -> Text:
    """A day as people write it."""
    return Text(f"{on.year}年{on.month}月{on.day}日", f"{on.day} {on:%B %Y}")


def district(code: str) -> Text:
    """A district's name."""
    known = DISTRICTS.get(code)
    return Text(known.zh, known.en) if known else Text(code, code)


def money(fen: int) -> Text:
    """An amount in yuan."""
    return Text(f"{yuan(Fen(fen))}元", f"{yuan(Fen(fen))} yuan")
