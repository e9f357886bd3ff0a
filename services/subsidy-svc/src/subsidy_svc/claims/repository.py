"""Named queries over claims."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal
from chuangpei.mechanism_tables import audit_log
from sqlalchemy import bindparam

from subsidy_svc.access import claim_reaches, office_reaches
from subsidy_svc.claims.claim import Claim
from subsidy_svc.claims.lifecycle import State
from subsidy_svc.claims.origin import Channel
from subsidy_svc.claims.tables import IS_IN_REVIEW, IS_NOTICED, STANDS, WAITS, claims
from subsidy_svc.notices.tables import notices
from subsidy_svc.payments.tables import IS_ENDED, IS_LIVE, WAITING, batches, lines
from subsidy_svc.risk_signs.tables import risk_signs
from subsidy_svc.windows.tables import windows

_CLAIM = tuple(claims.c[field.name] for field in fields(Claim))
_SAVED = (
    "state",
    "due_on",
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
_ACCOUNT = (
    "account_kind",
    "account_masked",
    "account_reason",
    "payee_encrypted",
    "payee_digest",
    "account_key",
)
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
_with_window = claims.join(windows, windows.c.certificate_id == claims.c.certificate_id)
_claims_and_windows = _with_window.outerjoin(lines, _live_line)
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
            (sa.and_(claims.c.state == "cleared", _line.c.status.in_(WAITING)), "batched"),
            else_=claims.c.state,
        ).label("state"),
        claims.c.findings,
        claims.c.within_years_on,
        claims.c.policy_version,
        notices.c.id.label("notice_id"),
        notices.c.first_day.label("notice_first_day"),
        notices.c.last_day_provisional.label("notice_provisional"),
        batches.c.number.label("batch_number"),
        batches.c.state.label("batch_state"),
        _line.c.line_no,
        _line.c.status.label("line_status"),
        _line.c.bank_code,
    )
    .select_from(
        _with_window.outerjoin(notices, notices.c.claim_id == claims.c.id)
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
_WAITING = ("waiting_since", "waiting_for", "ask_again_at")
_SAVE_WAITING = Statement(
    claims.update()
    .where(claims.c.id == bindparam("of_id"))
    .values(
        {name: bindparam(name, type_=claims.c[name].type) for name in _WAITING}
        | {"version": claims.c.version + 1}
    )
)
_COMPLETED = (
    "enterprise_name",
    "account_masked",
    "payee_encrypted",
    "payee_digest",
    "account_key",
    "findings",
    "within_years_on",
    "facts",
)
_COMPLETE = Statement(
    claims.update()
    .where(claims.c.id == bindparam("of_id"))
    .values({name: bindparam(name, type_=claims.c[name].type) for name in _COMPLETED})
)
_OWNER = Statement(
    sa.select(
        claims.c.person_key,
        claims.c.district,
        claims.c.certificate_id,
        claims.c.filed_by,
        claims.c.filed_by_person,
        windows.c.issued_on,
    )
    .select_from(_with_window)
    .where(claims.c.id == bindparam("id"))
)
_STANDING_OF_CERTIFICATE = Statement(
    sa.select(claims.c.id, claims.c.district)
    .where(claims.c.certificate_id == bindparam("certificate_id"), STANDS)
    .order_by(claims.c.id)
)
_TIMELINE = Statement(
    sa.select(
        audit_log.c.at,
        audit_log.c.actor,
        audit_log.c.action,
        audit_log.c.role,
        audit_log.c.district,
        audit_log.c.from_state,
        audit_log.c.to_state,
        audit_log.c.reason,
        audit_log.c.details,
    )
    .where(audit_log.c.object_type == "claim", audit_log.c.object_id == bindparam("claim_id"))
    .order_by(audit_log.c.id)
)
_DUE = Statement(
    sa.select(*_CLAIM)
    .where(
        IS_NOTICED,
        claims.c.notice_last_day < bindparam("today"),
        # A provisional last day may still move: nothing is cleared by it (D04).
        ~sa.exists().where(notices.c.claim_id == claims.c.id, notices.c.last_day_provisional),
    )
    .order_by(claims.c.notice_last_day)
    .limit(bindparam("most", type_=sa.Integer))
    .with_for_update(skip_locked=True)
)
_TO_ASK_AGAIN = Statement(
    sa.select(*_CLAIM)
    .where(WAITS, claims.c.ask_again_at <= bindparam("now"))
    .order_by(claims.c.ask_again_at)
    .limit(bindparam("most", type_=sa.Integer))
    .with_for_update(skip_locked=True)
)
_ASK_LATER = Statement(
    claims.update().where(claims.c.id == bindparam("of_id")).values(ask_again_at=bindparam("ask_again_at"))
)
_CLEAR_ALL = Statement(
    claims.update()
    .where(claims.c.id == sa.any_(bindparam("ids", type_=sa.ARRAY(sa.Uuid))))
    .values(state="cleared", version=claims.c.version + 1)
)


def _in_state(value: sa.BindParameter[str]) -> sa.ColumnElement[bool]:
    """``batched`` is not stored: it is a cleared claim with a live payment line."""
    stored = claims.c.state == sa.case((value == "batched", "cleared"), else_=value)
    in_batch = lines.c.claim_id.is_not(None) == (value == "batched")
    return sa.and_(stored, sa.or_(sa.and_(value != "cleared", value != "batched"), in_batch))


LIST = Listing(
    sa.select(*_SHOWN).select_from(_claims_and_windows),
    key=Order(claims.c.id, UUID),
    filters={
        "state": Filter(sa.Text(), _in_state),
        "district": equal(claims.c.district),
        "channel": equal(claims.c.channel),
        "case_number": equal(claims.c.case_number),
    },
    reaches=claim_reaches(claims.c.person_key, claims.c.district),
)
_sign = sa.and_(risk_signs.c.claim_id == claims.c.id, risk_signs.c.gone_at.is_(None))
_signs = sa.select(sa.func.count()).select_from(risk_signs).where(_sign).correlate(claims).scalar_subquery()
QUEUE = Listing(
    sa.select(
        *_CLAIM,
        *_WINDOW,
        (claims.c.due_on < bindparam("today", type_=sa.Date)).label("overdue"),
        _signs.label("risk_signs"),
    )
    .select_from(_with_window)
    .where(IS_IN_REVIEW),
    key=Order(claims.c.id, UUID),
    orders={"due_on": Order(claims.c.due_on, date)},
    filters={
        "state": equal(claims.c.state),
        "overdue": Filter(
            sa.Boolean(), lambda value: (claims.c.due_on < bindparam("today", type_=sa.Date)) == value
        ),
        "taken": Filter(sa.Boolean(), lambda value: claims.c.taken_by.is_not(None) == value),
        "risk_signs": Filter(sa.Boolean(), lambda value: sa.exists().where(_sign).correlate(claims) == value),
        "waiting": Filter(sa.Boolean(), lambda value: claims.c.waiting_since.is_not(None) == value),
        "taken_by": equal(claims.c.taken_by),
        "district": equal(claims.c.district),
        "channel": equal(claims.c.channel),
        "case_number": equal(claims.c.case_number),
    },
    reaches=office_reaches(claims.c.district),
)


def claim_from(row: Row) -> Claim:
    """The claim in a row that has its columns, and perhaps others."""
    values = {column.name: row[column.name] for column in _CLAIM}
    return Claim(**values | {"state": State(row["state"]), "channel": Channel(row["channel"])})


async def load_for_update(tx: Transaction, claim_id: UUID) -> Row | None:
    """The claim's row with what its window shows, locked."""
    return await tx.row(_FOR_UPDATE, {"id": claim_id})


async def owner(source: Database | Transaction, claim_id: UUID) -> Row | None:
    """Whose the claim is, of which district and certificate, who filed it: what never changes of it."""
    return await source.row(_OWNER, {"id": claim_id})


async def save(tx: Transaction, claim: Claim) -> None:
    """Writes what a decision changed and counts the version up."""
    values = asdict(claim)
    await tx.execute(_SAVE, {name: values[name] for name in _SAVED} | {"of_id": claim.id})
    claim.version += 1


async def save_account(tx: Transaction, claim: Claim, payee: Mapping[str, Any]) -> None:
    """Writes another account; the database lets only a claim whose payment failed have one."""
    values = asdict(claim) | dict(payee)
    await tx.execute(_SAVE_ACCOUNT, {name: values[name] for name in _ACCOUNT} | {"of_id": claim.id})


async def save_waiting(tx: Transaction, claim: Claim) -> None:
    """Writes which registries the claim waits for, or that it goes on, and counts the version up."""
    values = {name: getattr(claim, name) for name in _WAITING}
    await tx.execute(_SAVE_WAITING, values | {"of_id": claim.id})
    claim.version += 1


async def complete(tx: Transaction, claim_id: UUID, values: Mapping[str, Any]) -> None:
    """Writes what the registries told of an application; the database lets only an incomplete one have it."""
    await tx.execute(_COMPLETE, {name: values[name] for name in _COMPLETED} | {"of_id": claim_id})


async def standing_of_certificate(tx: Transaction, certificate_id: UUID) -> list[Row]:
    """The claims of a certificate that have not ended unpaid.

    There is one at most, but for those that were paid by the office's error and do not count (D03).
    """
    return await tx.rows(_STANDING_OF_CERTIFICATE, {"certificate_id": certificate_id})


async def detail(database: Database, claim_id: UUID) -> Row | None:
    """Everything a claim's page shows except its timeline."""
    return await database.row(_DETAIL, {"id": claim_id})


async def timeline(database: Database, claim_id: UUID) -> list[Row]:
    """What was done to a claim, in order, from the audit log."""
    return await database.rows(_TIMELINE, {"claim_id": str(claim_id)})


async def due_for_clearing(tx: Transaction, today: date, most: int) -> list[Claim]:
    """Noticed claims whose last day of notice is over, locked.

    Those that others have locked are left out, and those whose last day is provisional (S09, D04).
    """
    return [claim_from(row) for row in await tx.rows(_DUE, {"today": today, "most": most})]


async def to_ask_again(tx: Transaction, now: datetime, most: int) -> list[Claim]:
    """Claims that wait for a registry which is to be asked again, locked; those locked by others left out."""
    return [claim_from(row) for row in await tx.rows(_TO_ASK_AGAIN, {"now": now, "most": most})]


async def ask_later(tx: Transaction, days: Mapping[UUID, datetime]) -> None:
    """Writes when each claim's registries are asked again; to the person nothing has changed."""
    await tx.execute_many(_ASK_LATER, [{"of_id": one, "ask_again_at": at} for one, at in days.items()])


async def save_cleared(tx: Transaction, cleared: list[Claim]) -> None:
    """Writes that the claims were cleared."""
    await tx.execute(_CLEAR_ALL, {"ids": [claim.id for claim in cleared]})
