"""The page of one claim's explanation (办理说明页), opened by a short-lived link without signing in."""

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from subsidy_svc.claims.lifecycle import ENDED, State
from subsidy_svc.explanations.schemas import Explanation
from subsidy_svc.explanations.sheet import minute, sheet_of
from subsidy_svc.explanations.use_cases import PATH, explain_by_link
from subsidy_svc.pages import PAGES
from subsidy_svc.service import of

router = APIRouter(tags=["办理说明 · explanations"], default_response_class=HTMLResponse)

_TONES: Mapping[State, str] = {
    State.SUPPLEMENT_ASKED: "warn",
    State.HELD: "warn",
    State.PAYMENT_FAILED: "warn",
    State.NOTICED: "good",
    State.CLEARED: "good",
    State.BATCHED: "good",
    State.PAID: "good",
}


@router.get(PATH + "/{link}", summary="办理说明页 · The page of a claim's explanation")
async def read_by_link(request: Request, link: str) -> Response:
    """In plain words, names and accounts masked; kept by no cache (S01–S11, D01–D06).

    A forged link and one that is over get the same page, and nothing is looked up for them.
    """
    found = await explain_by_link(of(request), link)
    if found is None:
        return PAGES.answer(request, "link_over.html", 404)
    told, opened = found
    return PAGES.answer(
        request,
        "explanation.html",
        sheet=sheet_of(told),
        tone=_tone(told),
        good_until=minute(opened.until),
    )


def _tone(told: Explanation) -> str:
    if told.recovery is not None:
        return "warn"
    return "bad" if told.state in ENDED - {State.WITHDRAWN} else _TONES.get(told.state, "")
