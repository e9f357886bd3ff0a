"""The business registry (市场主体登记): what an enterprise is, and a person's part in it, on a day."""

import logging
from datetime import date
from typing import Protocol

import httpx
from pydantic import BaseModel, ValidationError

from chuangpei.kernel.enterprises import Enterprise
from chuangpei.kernel.refusals import Problem, Refusal, Text

log = logging.getLogger(__name__)

REGISTRY_AWAY = Problem(
    "registry_unavailable",
    503,
    Text("市场主体登记系统暂时无法查询", "The business registry cannot be asked just now"),
)


class Registry(Protocol):
    """Tells the facts of an enterprise as of a civil day (Asia/Shanghai)."""

    async def relation(self, credit_code: str, id_number: str, on: date) -> Enterprise | Refusal | None:
        """The enterprise and the person's roles; None where unknown; a refusal while it cannot be asked."""

    async def close(self) -> None:
        """Lets go of its connections."""


class _Answer(BaseModel):
    credit_code: str
    name: str
    registered_on: date
    province_code: str
    district: str | None = None
    status: str
    roles: list[str]
    shareholding_percent: str | None = None


class HttpRegistry:
    """The registry over HTTP, with pooled connections."""

    def __init__(
        self, url: str, timeout_seconds: float, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._client = httpx.AsyncClient(base_url=url, timeout=timeout_seconds, transport=transport)

    async def relation(self, credit_code: str, id_number: str, on: date) -> Enterprise | Refusal | None:
        """The enterprise and the person's roles; None where unknown; a refusal while it cannot be asked."""
        asked = {"credit_code": credit_code, "id_number": id_number, "on": on.isoformat()}
        try:
            reply = await self._client.post("/v1/relations/query", json=asked)
            if reply.status_code == httpx.codes.NOT_FOUND:
                return None
            reply.raise_for_status()
            answer = _Answer.model_validate_json(reply.content)
        except (httpx.HTTPError, ValidationError) as error:
            log.warning("the business registry did not answer: %s", type(error).__name__)
            return Refusal(REGISTRY_AWAY, retry_after_seconds=30)
        return Enterprise(
            credit_code=answer.credit_code,
            name=answer.name,
            registered_on=answer.registered_on,
            province_code=answer.province_code,
            status=answer.status,
            roles=frozenset(answer.roles),
            shareholding_percent=answer.shareholding_percent,
        )

    async def close(self) -> None:
        """Lets go of its connections."""
        await self._client.aclose()
