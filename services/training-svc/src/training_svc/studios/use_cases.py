"""What is done with studios: open one, amend one, which closes it too (T10)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg
from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.problems import INVALID_INPUT, NOT_FOUND, PRECONDITION_FAILED

from training_svc.named import naming_errors, not_ones_own
from training_svc.problems import HEADS_ANOTHER_STUDIO
from training_svc.service import Service
from training_svc.studios import repository
from training_svc.studios.schemas import NewStudio, StudioAmendment

_CLOSED_TOO_EARLY = FieldError(
    "/closed_on", "before_opening", Text("关闭早于设立", "It closes before it opened")
)


async def open_studio(
    tx: Transaction, service: Service, principal: Principal, body: NewStudio
) -> Row | Refusal:
    """Opens a studio of an active instructor and active members (T10)."""
    named = _named(body.head_id, body.member_ids)
    if errors := await naming_errors(tx, named, must_be_active=frozenset(one for _, one in named)):
        return Refusal(INVALID_INPUT, errors=errors)
    now, studio_id = service.clock.now(), new_id()
    own = {"id": studio_id, "district": principal.district, "closed_on": None, "version": 1}
    values = body.model_dump() | own | {"recorded_at": now, "recorded_by": principal.subject}
    try:
        async with tx.savepoint():
            await repository.insert_new(tx, values, body.member_ids)
    except asyncpg.UniqueViolationError:
        return Refusal(HEADS_ANOTHER_STUDIO)
    await record(tx, principal, at=now, action="open_studio", object_type="studio", object_id=studio_id)
    return await _read(tx, studio_id)


async def amend(
    tx: Transaction,
    service: Service,
    principal: Principal,
    studio_id: UUID,
    version: int,
    body: StudioAmendment,
) -> Row | Refusal:
    """Amends or closes a studio, with a reason; what stood before is kept (T10)."""
    studio = await repository.locked(tx, studio_id)
    if studio is None:
        return Refusal(NOT_FOUND)
    if refusal := not_ones_own(principal, studio):
        return refusal
    if studio["version"] != version:
        return Refusal(PRECONDITION_FAILED)
    before = _kept(studio)
    given = {name: value for name, value in body.model_dump(exclude={"reason"}).items() if value is not None}
    after = _state(studio) | given
    if errors := await _errors(tx, studio, after):
        return Refusal(INVALID_INPUT, errors=errors)
    try:
        async with tx.savepoint():
            await repository.amend(tx, studio_id, after, after["member_ids"])
    except asyncpg.UniqueViolationError:
        return Refusal(HEADS_ANOTHER_STUDIO)
    return await _amended(tx, service, principal, studio_id, body.reason, before)


async def _amended(
    tx: Transaction,
    service: Service,
    principal: Principal,
    studio_id: UUID,
    reason: str,
    before: Mapping[str, Any],
) -> Row | Refusal:
    studio = await _read(tx, studio_id)
    changed = await amended(
        tx,
        principal,
        at=service.clock.now(),
        object_type="studio",
        object_id=studio_id,
        reason=reason,
        before=before,
        after=_kept(studio),
    )
    return studio if changed else Refusal(NOTHING_AMENDED)


async def _errors(tx: Transaction, studio: Row, after: Mapping[str, Any]) -> tuple[FieldError, ...]:
    """Who joins must be active in the pool; who is there already may stay."""
    there = {UUID(one["instructor_id"]) for one in studio["members"]} | {studio["head_id"]}
    named = _named(after["head_id"], after["member_ids"])
    joining = frozenset(one for _, one in named) - there
    errors = await naming_errors(tx, named, must_be_active=joining)
    early = after["closed_on"] is not None and after["closed_on"] < after["opened_on"]
    return (*errors, _CLOSED_TOO_EARLY) if early else errors


def _named(head_id: UUID, member_ids: list[UUID]) -> list[tuple[str, UUID]]:
    return [("/head_id", head_id), *((f"/member_ids/{n}", one) for n, one in enumerate(member_ids))]


def _state(studio: Row) -> dict[str, Any]:
    fields = ("name", "field", "head_id", "opened_on", "closed_on")
    members = [UUID(one["instructor_id"]) for one in studio["members"]]
    return {name: studio[name] for name in fields} | {"member_ids": members}


def _kept(studio: Row) -> Mapping[str, Any]:
    state = _state(studio)
    return {
        "name": state["name"],
        "field": state["field"],
        "head_id": str(state["head_id"]),
        "member_ids": [str(one) for one in state["member_ids"]],
        "opened_on": str(state["opened_on"]),
        "closed_on": str(state["closed_on"]) if state["closed_on"] else None,
    }


async def _read(tx: Transaction, studio_id: UUID) -> Row:
    studio = await repository.one(tx, studio_id)
    assert studio is not None, "it was written in this transaction"
    return studio
