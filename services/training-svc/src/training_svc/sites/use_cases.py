"""What is done with sites: record one, amend it."""

from collections.abc import Iterator, Mapping
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

from training_svc.institutions import repository as institutions
from training_svc.policy.decision import decide
from training_svc.policy.standing import institution_is_open
from training_svc.problems import SITE_EXISTS, SITE_REFUSED
from training_svc.sanctions import repository as sanctions
from training_svc.service import Service
from training_svc.sites import repository
from training_svc.sites.schemas import NewSite, SiteAmendment
from training_svc.visibility import scope_of

_AMENDABLE = ("address", "district", "area_m2", "starts_on", "ends_on")
_ROOMS_TOO_LARGE = Text("教室面积之和超过场地面积", "The rooms are larger together than the site")
_ENDS_TOO_EARLY = Text("结束早于开始", "It ends before it starts")


async def add(
    tx: Transaction, service: Service, principal: Principal, institution_id: UUID, body: NewSite
) -> UUID | Refusal:
    """Records a site of an institution that is open (T06); returns its id."""
    if await institutions.held(tx, institution_id, scope_of(principal)) is None:
        return Refusal(NOT_FOUND)
    standing = await sanctions.standing(tx, institution_id, service.clock.today())
    if refusal := decide((institution_is_open,), standing).refusal(SITE_REFUSED):
        return refusal
    given = body.model_dump()
    if errors := tuple(_errors(given)):
        return Refusal(INVALID_INPUT, errors=errors)
    site_id, now, its_rooms = new_id(), service.clock.now(), given.pop("rooms")
    own = {"id": site_id, "institution_id": institution_id, "version": 1}
    kept = {"recorded_at": now, "recorded_by": principal.subject}
    try:
        async with tx.savepoint():
            await repository.insert_new(tx, own | kept | given, its_rooms)
    except asyncpg.ExclusionViolationError:
        return Refusal(SITE_EXISTS)
    await record(tx, principal, at=now, action="add_site", object_type="site", object_id=site_id)
    return site_id


async def amend(
    tx: Transaction, service: Service, principal: Principal, site_id: UUID, version: int, body: SiteAmendment
) -> UUID | Refusal:
    """Amends a site with the reason (T06); its history is kept."""
    site = await repository.load_for_update(tx, site_id, scope_of(principal))
    if site is None:
        return Refusal(NOT_FOUND)
    if site["version"] != version:
        return Refusal(PRECONDITION_FAILED)
    changes = body.changes()
    if errors := tuple(_errors(dict(site) | changes)):
        return Refusal(INVALID_INPUT, errors=errors)
    kept = await amended(
        tx,
        principal,
        at=service.clock.now(),
        object_type="site",
        object_id=site_id,
        reason=body.reason,
        before={name: site[name] for name in changes},
        after=_in_order(changes),
    )
    return await _saved(tx, site, changes) if kept else Refusal(NOTHING_AMENDED)


def _errors(site: Mapping[str, Any]) -> Iterator[FieldError]:
    if sum(room["area_m2"] for room in site["rooms"]) > site["area_m2"]:
        yield FieldError("/rooms", "rooms_too_large", _ROOMS_TOO_LARGE)
    if site["ends_on"] is not None and site["ends_on"] < site["starts_on"]:
        yield FieldError("/ends_on", "ends_too_early", _ENDS_TOO_EARLY)


def _in_order(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes with the rooms in the order in which they are read, so that only real changes differ."""
    if "rooms" not in changes:
        return dict(changes)
    return {**changes, "rooms": sorted(changes["rooms"], key=lambda room: str(room["name"]))}


async def _saved(tx: Transaction, site: Row, changes: dict[str, Any]) -> UUID | Refusal:
    its_rooms = changes.pop("rooms", None)
    values = {name: site[name] for name in _AMENDABLE} | changes | {"version": site["version"] + 1}
    try:
        async with tx.savepoint():
            await repository.save(tx, site["id"], values, its_rooms)
    except asyncpg.ExclusionViolationError:
        return Refusal(SITE_EXISTS)
    site_id: UUID = site["id"]
    return site_id
