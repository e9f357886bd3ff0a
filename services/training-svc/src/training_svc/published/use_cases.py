"""What the city centre does with standards and norms: publish, amend until first cited, withdraw (T05).

The database keeps it so: who cites a version holds its row, and a trigger refuses to change a cited one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

import asyncpg
from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.events.base import Event
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Problem, Refusal, Text
from chuangpei.outbox import emit
from chuangpei.problems import INVALID_INPUT, NOT_ALLOWED_NOW, NOT_FOUND, PRECONDITION_FAILED

from training_svc.problems import FROZEN
from training_svc.projects import repository as projects
from training_svc.published.repository import Documents
from training_svc.published.schemas import Amendment, DocumentView, NewDocument
from training_svc.service import Service

V = TypeVar("V", bound=DocumentView)
_UNKNOWN_PROJECT = FieldError(
    "/project_code", "unknown_project", Text("没有此培训项目", "There is no such project")
)


@dataclass(frozen=True, slots=True)
class Kind(Generic[V]):
    """A kind of document: its name in the audit log, its rows, how it is shown and told to the others."""

    name: str
    documents: Documents
    view: type[V]
    event: Callable[[V], Event]
    exists: Problem

    def shown(self, row: Row) -> V:
        """A row as it is shown."""
        return self.view.model_validate({name: row[name] for name in self.view.model_fields})


async def publish(
    tx: Transaction, service: Service, principal: Principal, kind: Kind[V], body: NewDocument
) -> V | Refusal:
    """Publishes a version, which approvals, classes and evaluations may then cite."""
    if await projects.one(tx, body.project_code) is None:
        return Refusal(INVALID_INPUT, errors=(_UNKNOWN_PROJECT,))
    view = kind.view(id=new_id(), withdrawn_on=None, frozen=False, revision=1, **body.model_dump())
    now = service.clock.now()
    own = {"published_at": now, "published_by": principal.subject}
    if not await kind.documents.insert_new(tx, view.model_dump() | own):
        return Refusal(kind.exists)
    await emit(tx, kind.event(view), now)
    await _record(tx, service, principal, kind, "publish", view)
    return view


async def amend(
    tx: Transaction,
    service: Service,
    principal: Principal,
    document_id: UUID,
    revision: int,
    kind: Kind[V],
    body: Amendment,
) -> V | Refusal:
    """Amends a version that nothing cites yet, keeping what stood before."""
    before = await _changeable(tx, kind, document_id, revision)
    if isinstance(before, Refusal):
        return before
    after = kind.view.model_validate(before.model_dump() | body.changes() | {"revision": revision + 1})
    now = service.clock.now()
    try:
        async with tx.savepoint():
            await kind.documents.save(tx, document_id, after.model_dump())
    except asyncpg.UniqueViolationError:
        return Refusal(kind.exists)
    kept = await amended(
        tx,
        principal,
        at=now,
        object_type=kind.name,
        object_id=document_id,
        reason=body.reason,
        before=before.amendable(),
        after=after.amendable(),
    )
    if not kept:
        return Refusal(NOTHING_AMENDED)
    await emit(tx, kind.event(after), now)
    return after


async def withdraw(
    tx: Transaction,
    service: Service,
    principal: Principal,
    document_id: UUID,
    revision: int,
    kind: Kind[V],
    reason: str,
) -> V | Refusal:
    """Withdraws (撤回) a version that nothing cites yet: from then on nothing can."""
    before = await _changeable(tx, kind, document_id, revision)
    if isinstance(before, Refusal):
        return before
    after = before.model_copy(update={"withdrawn_on": service.clock.today(), "revision": revision + 1})
    await kind.documents.save(tx, document_id, after.model_dump())
    await emit(tx, kind.event(after), service.clock.now())
    await _record(tx, service, principal, kind, "withdraw", after, reason)
    return after


async def _changeable(tx: Transaction, kind: Kind[V], document_id: UUID, revision: int) -> V | Refusal:
    row = await kind.documents.load_for_update(tx, document_id)
    if row is None:
        return Refusal(NOT_FOUND)
    if row["revision"] != revision:
        return Refusal(PRECONDITION_FAILED)
    if row["withdrawn_on"] is not None:
        return Refusal(NOT_ALLOWED_NOW)
    return Refusal(FROZEN) if row["frozen"] else kind.shown(row)


async def _record(
    tx: Transaction,
    service: Service,
    principal: Principal,
    kind: Kind[V],
    deed: str,
    view: V,
    reason: str | None = None,
) -> None:
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action=f"{deed}_{kind.name}",
        object_type=kind.name,
        object_id=view.id,
        reason=reason,
        details={"project": view.project_code, "version": view.version},
    )
