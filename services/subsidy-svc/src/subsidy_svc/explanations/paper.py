"""An explanation as a PDF (办理说明): what the page shows, on paper, in both languages."""

from pathlib import Path

from chuangpei.documents import document
from fastapi import Response

from subsidy_svc.explanations.schemas import Explanation
from subsidy_svc.explanations.sheet import sheet_of
from subsidy_svc.service import Service

_TEMPLATE = Path(__file__).parents[1] / "templates" / "explanation.typ"


async def paper(service: Service, explanation: Explanation) -> Response:
    """The explanation to download; instants are shown in Asia/Shanghai.

    Raises :class:`chuangpei.errors.Refused` (503) where too many documents wait.
    """
    sheet = sheet_of(explanation)
    pdf = await service.documents.render(_TEMPLATE, sheet.model_dump(), at=explanation.written_at)
    return document(sheet.title.zh, pdf)
