"""The business registry (市场主体登记), simulated: who stood in which relation to an enterprise on a day."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from chuangpei.web import Body
from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from chuangpei_embedded.simulators.availability import Availability
from chuangpei_embedded.simulators.store import Store

RelationRole = Literal["legal_representative", "person_in_charge", "shareholding_partner"]
"""法定代表人 · 负责人 · 持股合伙人 (S01)."""


class Relation(Body):
    """A person's role from one day to another (both included; no end: it still stands)."""

    id_number: str
    role: RelationRole
    since: Annotated[date, Field(alias="from")]
    until: Annotated[date | None, Field(alias="to")] = None
    shareholding_percent: Annotated[Decimal | None, Field(gt=0, le=100)] = None

    def stands_on(self, day: date) -> bool:
        """Whether the relation stands on the day."""
        return self.since <= day and (self.until is None or day <= self.until)


class Enterprise(Body):
    """An enterprise (创业组织) as the registry holds it."""

    credit_code: str
    name: str
    registered_on: date
    province_code: str = "31"
    district: str | None
    status: str = "active"
    relations: Annotated[list[Relation], Field(default_factory=list)]


class Question(Body):
    """What stood between an enterprise and a person on a day."""

    credit_code: str
    id_number: str
    on: date


class Facts(BaseModel):
    """The facts as of the day asked for; ``roles`` is empty for a person the registry does not connect."""

    credit_code: str
    name: str
    registered_on: date
    province_code: str
    district: str | None
    status: str
    roles: list[RelationRole]
    shareholding_percent: Decimal | None


class Unknown(BaseModel):
    """The registry has no such enterprise."""

    code: str = "unknown_enterprise"


def registry_router(file: Path) -> APIRouter:
    """The registry over what ``file`` holds, under ``/simulators/registry``."""
    store, availability = Store(file), Availability()
    router = APIRouter(prefix="/simulators/registry/v1", tags=["企业登记 · business registry"])

    @router.post("/enterprises", status_code=201, summary="登记或变更企业 · Put an enterprise")
    async def put(enterprise: Enterprise) -> Enterprise:
        store.put(enterprise.credit_code, enterprise.model_dump(mode="json", by_alias=True))
        return enterprise

    @router.post("/relations/query", response_model=Facts, summary="查询任职与持股 · Query relations")
    async def query(question: Question) -> Response:
        availability.require()
        held = store.get(question.credit_code)
        if held is None:
            return Response(Unknown().model_dump_json(), 404, media_type="application/json")
        facts = _facts(Enterprise.model_validate(held), question)
        return Response(facts.model_dump_json(), media_type="application/json")

    router.include_router(availability.router())
    return router


def _facts(enterprise: Enterprise, question: Question) -> Facts:
    standing = [
        relation
        for relation in enterprise.relations
        if relation.id_number == question.id_number and relation.stands_on(question.on)
    ]
    percents = [one.shareholding_percent for one in standing if one.shareholding_percent is not None]
    return Facts(
        **enterprise.model_dump(exclude={"relations"}),
        roles=[relation.role for relation in standing],
        shareholding_percent=sum(percents, Decimal(0)).quantize(Decimal("0.01")) if percents else None,
    )
