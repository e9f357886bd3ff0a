"""What is done with inspection programmes: set one up, draw, plan a single inspection (C05, O03)."""

import secrets
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_FOUND

from training_svc.inspection_programmes import repository
from training_svc.inspection_programmes.risks import risk_facts
from training_svc.inspection_programmes.schemas import NewDraw, NewInspection, NewProgramme
from training_svc.inspections import repository as inspections
from training_svc.policy.draw import Candidate, Method, drawn, risk, risk_months, risk_weights
from training_svc.problems import ALREADY_INSPECTED, NO_LAW_IN_FORCE, NOTHING_TO_DRAW, PROGRAMME_EXISTS
from training_svc.service import Service
from training_svc.supervised import repository as supervised
from training_svc.supervised.repository import Supervised
from training_svc.visibility import CITY, authority_of, scope_of

_SEED_BYTES = 16


async def set_up(
    tx: Transaction, service: Service, principal: Principal, body: NewProgramme
) -> dict[str, Any] | Refusal:
    """Sets up a programme of the officer's district, or of the city centre (O03)."""
    now = service.clock.now()
    own = {"id": new_id(), "authority": authority_of(principal)}
    values = body.model_dump() | own | {"created_at": now, "created_by": principal.subject}
    if not await repository.insert_new(tx, values):
        return Refusal(PROGRAMME_EXISTS)
    await record(
        tx,
        principal,
        at=now,
        action="set_up_programme",
        object_type="inspection_programme",
        object_id=values["id"],
    )
    return values


async def draw(
    tx: Transaction, service: Service, principal: Principal, programme_id: UUID, body: NewDraw
) -> dict[str, Any] | Refusal:
    """Draws what is inspected, by a seed that nobody chooses; what was drawn is planned at once (C05)."""
    programme = await repository.own_for_update(tx, programme_id, authority_of(principal))
    if programme is None:
        return Refusal(NOT_FOUND)
    if not service.law.in_force.covers(service.clock.today()):
        return Refusal(NO_LAW_IN_FORCE)
    objects = await _population(tx, programme, body)
    if not objects:
        return Refusal(NOTHING_TO_DRAW)
    made = await _drawn(tx, service, principal, programme, objects, body)
    by_id = {str(one.id): one for one in objects}
    for object_id in made["drawn"]:
        await inspections.insert_planned(
            tx, _planned(service, principal, programme, by_id[str(object_id)], made["id"])
        )
    details = {"programme": str(programme_id), "number": made["number"], "method": body.method}
    await record(
        tx,
        principal,
        at=made["drawn_at"],
        action="draw",
        object_type="inspection_draw",
        object_id=made["id"],
        details=details,
    )
    return made


async def plan(
    tx: Transaction, service: Service, principal: Principal, programme_id: UUID, body: NewInspection
) -> dict[str, Any] | Refusal:
    """Plans an inspection without a draw, of an object in the officer's reach (C05, O03)."""
    programme = await repository.own_for_update(tx, programme_id, authority_of(principal))
    found = await supervised.one(tx, body.object_kind, body.object_id, scope_of(principal))
    if programme is None or found is None:
        return Refusal(NOT_FOUND)
    values = _planned(service, principal, programme, found, None)
    if not await inspections.insert_planned(tx, values):
        return Refusal(ALREADY_INSPECTED)
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action="plan_inspection",
        object_type="inspection",
        object_id=values["id"],
        to_state="planned",
    )
    return values


async def _population(tx: Transaction, programme: Row, body: NewDraw) -> list[Supervised]:
    district = None if programme["authority"] == CITY else programme["authority"]
    found = await supervised.during(
        tx, body.object_kind, district, programme["first_day"], programme["last_day"]
    )
    done = await repository.inspected(tx, programme["id"], body.object_kind)
    return sorted((one for one in found if one.id not in done), key=lambda one: one.id)


async def _drawn(
    tx: Transaction,
    service: Service,
    principal: Principal,
    programme: Row,
    objects: Sequence[Supervised],
    body: NewDraw,
) -> dict[str, Any]:
    today, points = service.clock.today(), {one.id: dict[str, int]() for one in objects}
    if body.method is Method.RISK:
        weights = risk_weights(service.law, today)
        facts = await risk_facts(tx, objects, today, risk_months(service.law, today))
        points = {object_id: dict(risk(one, weights)) for object_id, one in facts.items()}
    population = [
        {"id": str(one.id), "name": one.name, "points": sum(points[one.id].values()), "facts": points[one.id]}
        for one in objects
    ]
    seed = secrets.token_hex(_SEED_BYTES)
    made = {
        "id": new_id(),
        "programme_id": programme["id"],
        "number": await repository.next_number(tx, programme["id"]),
        "object_kind": body.object_kind,
        "method": body.method,
        "seed": seed,
        "count": body.count,
        "population": population,
        "drawn": repeated(population, body.method, seed, body.count),
        "drawn_at": service.clock.now(),
        "drawn_by": principal.subject,
    }
    await repository.insert_draw(tx, made)
    return made


def repeated(population: Sequence[dict[str, Any]], method: Method, seed: str, count: int) -> list[UUID]:
    """What a draw of the population gives: now, and whenever somebody repeats it."""
    candidates = [Candidate(one["id"], one["points"]) for one in population]
    return [UUID(one.key) for one in drawn(candidates, method, seed, count)]


def _planned(
    service: Service, principal: Principal, programme: Row, one: Supervised, draw_id: UUID | None
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "programme_id": programme["id"],
        "draw_id": draw_id,
        "authority": programme["authority"],
        "object_kind": one.kind,
        "object_id": one.id,
        "object_name": one.name,
        "institution_id": one.institution_id,
        "district": one.district,
        "planned_at": service.clock.now(),
        "planned_by": principal.subject,
    }
