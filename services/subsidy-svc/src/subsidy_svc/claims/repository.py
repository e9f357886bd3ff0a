"""Named queries over claims and the places they take."""

from dataclasses import asdict, fields
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.mechanism_tables import audit_log
from sqlalchemy import bindparam

from subsidy_svc.claims.claim import Claim
from subsidy_svc.claims.lifecycle import State
from subsidy_svc.claims.tables import IS_NOTICED, STANDS, claims, reservations
from subsidy_svc.notices.tables import notices
from subsidy_svc.payments.tables import IS_ENDED, IS_LIVE, batches, lines
from subsidy_svc.windows.tables import windows

_CLAIM = tuple(claims.c[field.name] for field in fields(Claim))
_SAVED = (
    "state",
    "accepted_by",
    "accepted_by_person",
    "approved_by",
    "approved_by_person",
    "notice_last_day",
    "fund_year",
    "decision_reason",
)
_ACCOUNT = ("account_kind", "account_masked", "account_reason", "payee_encrypted", "payee_digest")
_live_line = sa.and_(lines.c.claim_id == claims.c.id, IS_LIVE)
_is_batched = sa.and_(claims.c.state == "cleared", lines.c.claim_id.is_not(None))
_STATE = sa.case((_is_batched, "batched"), else_=claims.c.state).label("state")
_WINDOW = (
    windows.c.certificate_number,
    windows.c.masked_name,
    windows.c.institution_name,
    windows.c.project_name,
    windows.c.issued_on,
)
_SHOWN = (*(column for column in _CLAIM if column.name != "state"), _STATE, *_WINDOW)
_claims_and_windows = claims.join(windows, windows.c.certificate_id == claims.c.certificate_id).outerjoin(
    lines, _live_line
)
_one = sa.select(*_SHOWN).select_from(_claims_and_windows).where(claims.c.id == bindparam("id"))

_FOR_UPDATE = Statement(_one.with_for_update(of=claims))
# Each half has its own partial index; the newest line counts, for an earlier one may have failed.
_of_claim = sa.select(lines).where(lines.c.claim_id == claims.c.id).correlate(claims)
_newest_line = sa.union_all(_of_claim.where(IS_LIVE), _of_claim.where(IS_ENDED)).subquery("each_line")
_line = sa.select(_newest_line).order_by(_newest_line.c.batch_id.desc()).limit(1).lateral("line")
_DETAIL = Statement(
    sa.select(
        *(column for column in _CLAIM if column.name != "state"),
        *_WINDOW,
        sa.case(
            (sa.and_(claims.c.state == "cleared", _line.c.status == "pending"), "batched"),
            else_=claims.c.state,
        ).label("state"),
        claims.c.findings,
        claims.c.within_years_on,
        claims.c.policy_version,
        notices.c.id.label("notice_id"),
        notices.c.first_day.label("notice_first_day"),
        batches.c.number.label("batch_number"),
        batches.c.state.label("batch_state"),
        _line.c.line_no,
        _line.c.status.label("line_status"),
        _line.c.bank_code,
    )
    .select_from(
        claims.join(windows, windows.c.certificate_id == claims.c.certificate_id)
        .outerjoin(notices, notices.c.claim_id == claims.c.id)
        .outerjoin(_line, sa.true())
        .outerjoin(batches, batches.c.id == _line.c.batch_id)
    )
    .where(claims.c.id == bindparam("id"))
)
_SAVE = Statement(
    claims.update()
    .where(claims.c.id == bindparam("of_id"))
    .values({name: bindparam(name) for name in _SAVED} | {"version": claims.c.version + 1})
)
_SAVE_ACCOUNT = Statement(
    claims.update()
    .where(claims.c.id == bindparam("of_id"))
    .values({name: bindparam(name) for name in _ACCOUNT})
)
_RELEASE = Statement(reservations.delete().where(reservations.c.claim_id == bindparam("claim_id")))
_OPEN_OF_CERTIFICATE = Statement(
    sa.select(claims.c.id, claims.c.district).where(
        claims.c.certificate_id == bindparam("certificate_id"),
        STANDS,
    )
)
_TIMELINE = Statement(
    sa.select(
        audit_log.c.at,
        audit_log.c.action,
        audit_log.c.role,
        audit_log.c.from_state,
        audit_log.c.to_state,
        audit_log.c.reason,
    )
    .where(audit_log.c.object_type == "claim", audit_log.c.object_id == bindparam("claim_id"))
    .order_by(audit_log.c.id)
)
_DUE = Statement(
    sa.select(*_CLAIM)
    .where(IS_NOTICED, claims.c.notice_last_day < bindparam("today"))
    .order_by(claims.c.notice_last_day)
    .limit(bindparam("most", type_=sa.Integer))
    .with_for_update(skip_locked=True)
)
_CLEAR_ALL = Statement(
    claims.update()
    .where(claims.c.id == sa.any_(bindparam("ids", type_=sa.ARRAY(sa.Uuid))))
    .values(state="cleared", version=claims.c.version + 1)
)

_SCOPES: dict[str, sa.ColumnElement[bool]] = {
    "person": claims.c.person_key == bindparam("scope", type_=sa.Text),
    "district": claims.c.district == bindparam("scope", type_=sa.Text),
    "all": sa.true(),
}


def _list(scope: str, state: State | None) -> Statement:
    conditions = [_SCOPES[scope], claims.c.id < bindparam("before", type_=sa.Uuid)]
    if state in (State.CLEARED, State.BATCHED):
        in_batch = lines.c.claim_id.is_not(None) if state is State.BATCHED else lines.c.claim_id.is_(None)
        conditions += [claims.c.state == "cleared", in_batch]
    elif state is not None:
        conditions.append(claims.c.state == str(state))
    return Statement(
        sa.select(*_SHOWN)
        .select_from(_claims_and_windows)
        .where(*conditions)
        .order_by(claims.c.id.desc())
        .limit(bindparam("most", type_=sa.Integer))
    )


_LISTS = {(scope, state): _list(scope, state) for scope in _SCOPES for state in (None, *State)}


def claim_from(row: Row) -> Claim:
    """The claim in a row that has its columns, and perhaps others."""
    values = {column.name: row[column.name] for column in _CLAIM}
    return Claim(**values | {"state": State(row["state"])})


async def load_for_update(tx: Transaction, claim_id: UUID) -> Row | None:
    """The claim's row with what its window shows, locked."""
    return await tx.row(_FOR_UPDATE, {"id": claim_id})


async def save(tx: Transaction, claim: Claim) -> None:
    """Writes what a decision changed and counts the version up."""
    values = asdict(claim)
    await tx.execute(_SAVE, {name: values[name] for name in _SAVED} | {"of_id": claim.id})
    claim.version += 1


async def save_account(tx: Transaction, claim: Claim, payee_encrypted: str, payee_digest: bytes) -> None:
    """Writes another account; the database lets only a claim whose payment failed have one."""
    values = asdict(claim) | {"payee_encrypted": payee_encrypted, "payee_digest": payee_digest}
    await tx.execute(_SAVE_ACCOUNT, {name: values[name] for name in _ACCOUNT} | {"of_id": claim.id})


async def release_place(tx: Transaction, claim_id: UUID) -> None:
    """Frees the claim's place (S03, S04, D03); exactly once, for a claim has one place and ends once."""
    if await tx.execute(_RELEASE, {"claim_id": claim_id}) != 1:
        raise AssertionError(f"claim {claim_id} had no place to free")


async def standing_of_certificate(tx: Transaction, certificate_id: UUID) -> Row | None:
    """The claim of a certificate that was not withdrawn, rejected or stopped."""
    return await tx.row(_OPEN_OF_CERTIFICATE, {"certificate_id": certificate_id})


async def detail(database: Database, claim_id: UUID) -> Row | None:
    """Everything a claim's page shows except its timeline."""
    return await database.row(_DETAIL, {"id": claim_id})


async def timeline(database: Database, claim_id: UUID) -> list[Row]:
    """What was done to a claim, in order, from the audit log."""
    return await database.rows(_TIMELINE, {"claim_id": str(claim_id)})


async def listed(
    database: Database, scope: str, value: str | None, state: State | None, before: UUID, most: int
) -> list[Row]:
    """Claims, the newest first: of one ``person``, one ``district`` or ``all``."""
    values: dict[str, Any] = {"scope": value, "before": before, "most": most}
    return await database.rows(_LISTS[scope, state], values)


async def due_for_clearing(tx: Transaction, today: date, most: int) -> list[Claim]:
    """Noticed claims whose last day of notice is over, locked; those that others have locked are left out."""
    return [claim_from(row) for row in await tx.rows(_DUE, {"today": today, "most": most})]


async def save_cleared(tx: Transaction, cleared: list[Claim]) -> None:
    """Writes that the claims were cleared."""
    await tx.execute(_CLEAR_ALL, {"ids": [claim.id for claim in cleared]})
