"""Documents of this service: what the API shows, on paper."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from chuangpei.documents import document
from fastapi import Response
from pydantic import BaseModel

from training_svc.policy.findings import local
from training_svc.service import Service

_TEMPLATES = Path(__file__).with_name("templates")


async def paper(service: Service, template: str, name: str, view: BaseModel) -> Response:
    """A view as a PDF to download, by a template; instants are shown in Asia/Shanghai.

    Raises :class:`chuangpei.errors.Refused` (503) where too many documents wait.
    """
    data = {"data": readable(view.model_dump()), "printed_at": local(service.clock.now())}
    pdf = await service.documents.render(_TEMPLATES / f"{template}.typ", data, at=service.clock.now())
    return document(name, pdf)


def readable(value: Any) -> Any:
    """The value with its instants as people read them."""
    if isinstance(value, datetime):
        return local(value)
    if isinstance(value, Mapping):
        return {name: readable(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [readable(one) for one in value]
    return value
