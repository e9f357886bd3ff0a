"""What is done with the catalogue: add a project, amend it, retire it."""

from typing import Any

from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_ALLOWED_NOW, NOT_FOUND, PRECONDITION_FAILED

from training_svc.policy.catalogue import CERTIFICATES_OF_STAGE, PROJECT_RULES, Family, ProjectFacts
from training_svc.policy.decision import decide
from training_svc.problems import PROJECT_EXISTS, PROJECT_REFUSED
from training_svc.projects import repository
from training_svc.projects.schemas import NewProject, ProjectAmendment, ProjectView
from training_svc.service import Service


async def add(
    tx: Transaction, service: Service, principal: Principal, body: NewProject
) -> ProjectView | Refusal:
    """Adds a project of one of the four stages (T01), unless its code is taken."""
    certificates = body.certificates or list(CERTIFICATES_OF_STAGE[body.stage])
    given = body.model_dump() | {"certificates": sorted(certificates)}
    view = ProjectView(retired_on=None, version=1, **given)
    if refusal := _judged(view):
        return refusal
    now = service.clock.now()
    if not await repository.insert_new(tx, view.model_dump() | {"created_at": now}):
        return Refusal(PROJECT_EXISTS)
    await record(tx, principal, at=now, action="add_project", object_type="project", object_id=body.code)
    return view


async def amend(
    tx: Transaction, service: Service, principal: Principal, code: str, version: int, body: ProjectAmendment
) -> ProjectView | Refusal:
    """Amends a project, keeping what stood before; a mistaken retirement is undone alike."""
    before = await _current(tx, code, version)
    if isinstance(before, Refusal):
        return before
    after = before.model_copy(update=_changes(before, body) | {"version": version + 1})
    if refusal := _judged(after):
        return refusal
    changed = await amended(
        tx,
        principal,
        at=service.clock.now(),
        object_type="project",
        object_id=code,
        reason=body.reason,
        before=before.model_dump(mode="json", exclude={"version"}),
        after=after.model_dump(mode="json", exclude={"version"}),
    )
    if not changed:
        return Refusal(NOTHING_AMENDED)
    await repository.save(tx, code, after.model_dump())
    return after


async def retire(
    tx: Transaction, service: Service, principal: Principal, code: str, version: int, reason: str
) -> ProjectView | Refusal:
    """Retires a project (停用): it takes no new class and no application; what runs goes on."""
    before = await _current(tx, code, version)
    if isinstance(before, Refusal):
        return before
    if before.retired_on is not None:
        return Refusal(NOT_ALLOWED_NOW)
    after = before.model_copy(update={"retired_on": service.clock.today(), "version": version + 1})
    await repository.save(tx, code, after.model_dump())
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action="retire_project",
        object_type="project",
        object_id=code,
        reason=reason,
    )
    return after


def view_of(row: Row) -> ProjectView:
    """A row of the catalogue as it is shown."""
    return ProjectView.model_validate({name: row[name] for name in ProjectView.model_fields})


async def _current(tx: Transaction, code: str, version: int) -> ProjectView | Refusal:
    row = await repository.load_for_update(tx, code)
    if row is None:
        return Refusal(NOT_FOUND)
    return view_of(row) if row["version"] == version else Refusal(PRECONDITION_FAILED)


def _changes(before: ProjectView, body: ProjectAmendment) -> dict[str, Any]:
    changes = body.model_dump(exclude={"reason", "retired"}, exclude_none=True)
    if changes.get("family", before.family) is not Family.DISTRICT and body.district is None:
        changes["district"] = None
    if body.retired is False:
        changes["retired_on"] = None
    return changes


def _judged(view: ProjectView) -> Refusal | None:
    facts = ProjectFacts(view.stage, view.family, view.district, tuple(view.certificates))
    return decide(PROJECT_RULES, facts).refusal(PROJECT_REFUSED)
