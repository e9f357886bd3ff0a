"""An explanation as a PDF (办理说明): the same words, on paper."""

from datetime import datetime
from pathlib import Path
from typing import Any

from chuangpei.documents import document
from chuangpei.kernel.clock import SHANGHAI
from fastapi import Response

from subsidy_svc.explanations.schemas import Explanation
from subsidy_svc.service import Service

_TEMPLATE = Path(__file__).parents[1] / "templates" / "explanation.typ"


async def paper(service: Service, explanation: Explanation) -> Response:
    """The explanation to download; instants are shown in Asia/Shanghai.

    Raises :class:`chuangpei.errors.Refused` (503) where too many documents wait.
    """
    data = _readable(explanation.model_dump())
    pdf = await service.documents.render(_TEMPLATE, data, at=explanation.written_at)
    return document("办理说明", pdf)


def _readable(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, dict):
        return {name: _readable(one) for name, one in value.items()}
    return [_readable(one) for one in value] if isinstance(value, list) else value
