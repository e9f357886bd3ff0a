"""The one statement of a submission: place, claim, audit row, event, push and answer, or nothing of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement
from chuangpei.mechanism_tables import audit_log, idempotency_keys, outbox
from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import Insert, aggregate_order_by, insert

from subsidy_svc.claims.places import taken_place
from subsidy_svc.claims.tables import claims, reservations
from subsidy_svc.drafts.tables import drafts
from subsidy_svc.law import published
from subsidy_svc.platform_pushes.queueing import TOLD, queued_from
from subsidy_svc.windows.repository import WINDOW_COLUMNS
from subsidy_svc.windows.tables import windows

CLAIM_COLUMNS = tuple(
    column.name
    for column in claims.columns
    if column.name
    not in (
        "signs_due_at",
        "taken_by",
        "taken_by_person",
        "taken_at",
        "accepted_by",
        "accepted_by_person",
        "approved_by",
        "approved_by_person",
        "notice_last_day",
        "fund_year",
        "decision_reason",
        "decision_article",
        "decided_by",
        "decided_by_person",
    )
)
_AUDIT_COLUMNS = tuple(column.name for column in audit_log.columns if column.name not in ("id", "from_state"))
_ANSWER_COLUMNS = ("principal", "key", "fingerprint", "status", "headers", "body")
_OUTBOX_COLUMNS = ("event_id", "type", "key", "occurred_at", "traceparent", "value")


@dataclass(frozen=True, slots=True)
class OfDraft:
    """The draft that an application comes from, as it was read: it is submitted with it, or neither is."""

    id: UUID
    version: int


class Outcome(Enum):
    """What the statement did: all of it, or nothing and why."""

    WRITTEN = auto()
    NOT_TO_BE_HAD = auto()
    """No place is free, the project has one, the window is revoked, the draft changed, or one came first."""
    KEY_USED = auto()
    CASE_KNOWN = auto()
    """Another claim came with the case number."""


def _given(table: sa.Table, names: tuple[str, ...], prefix: str) -> list[sa.ColumnElement[Any]]:
    return [bindparam(f"{prefix}_{name}", type_=table.c[name].type).label(name) for name in names]


def _insert(table: sa.Table, names: tuple[str, ...], prefix: str, source: sa.CTE) -> Insert:
    """One row of given values for each row of ``source``: none where that wrote nothing."""
    given = sa.select(*_given(table, names, prefix)).select_from(source)
    return insert(table).from_select(list(names), given)


def _submit(*, from_draft: bool, through_platform: bool) -> Statement:
    returned = TOLD if through_platform else ("id",)
    window = sa.select(windows.c.certificate_id).where(
        windows.c.certificate_id == bindparam("claim_certificate_id", type_=sa.Uuid),
        windows.c.revoked_on.is_(None),
    )
    if from_draft:
        window = window.join(drafts, drafts.c.certificate_id == windows.c.certificate_id).where(
            drafts.c.id == bindparam("draft_id", type_=sa.Uuid),
            drafts.c.version == bindparam("draft_version", type_=sa.Integer),
            drafts.c.state == "draft",
        )
    place = taken_place(window.with_for_update().cte("locked"))
    claim = (
        _insert(claims, CLAIM_COLUMNS, "claim", place)
        .returning(*(claims.c[name] for name in returned))
        .cte("claim")
    )
    # Without ON CONFLICT: a key that was used before undoes the whole statement.
    answered = _insert(idempotency_keys, _ANSWER_COLUMNS, "answer", claim).cte("answered")
    audited = _insert(audit_log, _AUDIT_COLUMNS, "audit", claim).cte("audited")
    told = _insert(outbox, _OUTBOX_COLUMNS, "event", claim).returning(outbox.c.id)
    told = told.add_cte(answered, audited)
    if from_draft:
        told = told.add_cte(_draft_of(claim))
    if through_platform:
        told = told.add_cte(queued_from(claim).cte("pushed"))
    return Statement(told)


def _draft_of(claim: sa.CTE) -> sa.CTE:
    return (
        drafts.update()
        .where(drafts.c.id == bindparam("draft_id", type_=sa.Uuid))
        .values(state="submitted", claim_id=claim.c.id, version=drafts.c.version + 1)
        .cte("drafted")
    )


_UNIQUE = {"pk_idempotency_keys": Outcome.KEY_USED, "uq_claims_case_number": Outcome.CASE_KNOWN}
_SUBMIT = {
    (from_draft, through_platform): _submit(from_draft=from_draft, through_platform=through_platform)
    for from_draft in (False, True)
    for through_platform in (False, True)
}
_counted_projects = (
    sa.select(
        func.coalesce(
            func.array_agg(aggregate_order_by(reservations.c.project_code, reservations.c.slot)),
            sa.cast(sa.literal_column("'{}'"), sa.ARRAY(sa.Text)),
        )
    )
    .where(reservations.c.person_key == windows.c.person_key)
    .scalar_subquery()
)
_STANDING = Statement(
    sa.select(
        *WINDOW_COLUMNS, _counted_projects.label("counted_projects"), published.newest.label("law_number")
    ).where(
        windows.c.certificate_id == bindparam("certificate_id"),
        windows.c.person_key == bindparam("person_key"),
    )
)


async def standing(database: Database, certificate_id: UUID, person_key: str) -> Row | None:
    """The person's window, the projects of the claims that count (D03), and the last publication's number.

    None if the window is not the person's.
    """
    return await database.row(_STANDING, {"certificate_id": certificate_id, "person_key": person_key})


async def write(database: Database, values: Mapping[str, Any], *, from_draft: bool = False) -> Outcome:
    """Writes the claim with all that belongs to it, in a transaction of its own.

    ``from_draft``: where the draft still is as it was read, and it is submitted with the claim. One with a
    case number is queued for the platform.
    """
    through_platform = values["claim_case_number"] is not None
    try:
        written = await database.row(_SUBMIT[from_draft, through_platform], values)
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name not in _UNIQUE:
            raise
        return _UNIQUE[error.constraint_name]
    if written is None:
        return Outcome.NOT_TO_BE_HAD
    if database.wake_relay is not None:
        database.wake_relay()
    return Outcome.WRITTEN
