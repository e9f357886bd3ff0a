"""Named queries over risk signs, and over the claims around a claim."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal
from chuangpei.mechanism_tables import audit_log
from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import insert

from subsidy_svc.access import office_reaches
from subsidy_svc.bulk import columns_of
from subsidy_svc.claims.tables import IS_IN_REVIEW, claims
from subsidy_svc.policy.risk import Kind
from subsidy_svc.risk_signs.tables import risk_signs
from subsidy_svc.windows.tables import windows

_LOCK = 0x7269736B
_MOST_PEOPLE = 100
_MOST_RELATED = 1_000
_SHARED = {
    Kind.SHARED_ACCOUNT: "account_key",
    Kind.SHARED_PHONE: "phone_key",
    Kind.SHARED_ENTERPRISE: "enterprise_credit_code",
}
_IDS = bindparam("ids", type_=sa.ARRAY(sa.Uuid))
_STANDS = risk_signs.c.gone_at.is_(None)

_ALONE = Statement(sa.select(func.pg_try_advisory_xact_lock(_LOCK)))
_DUE_AT = func.coalesce(claims.c.signs_due_at, claims.c.submitted_at)
_DUE = Statement(
    sa.select(claims.c.id)
    .where(IS_IN_REVIEW, bindparam("now", type_=sa.DateTime(timezone=True)) >= _DUE_AT)
    .order_by(_DUE_AT)
    .limit(bindparam("most", type_=sa.Integer))
    .with_for_update(skip_locked=True)
)
_LOOK_AGAIN = Statement(
    claims.update().where(claims.c.id == sa.any_(_IDS)).values(signs_due_at=bindparam("at"))
)


def _related(kind: Kind, column: str) -> sa.Select[Any]:
    """Claims in review that share the thing with one of ``ids`` and have not got the sign."""
    looked_at = claims.alias("looked_at")
    has_it = sa.exists().where(risk_signs.c.claim_id == claims.c.id, risk_signs.c.kind == str(kind), _STANDS)
    return (
        sa.select(claims.c.id)
        .join(looked_at, looked_at.c[column] == claims.c[column])
        .where(looked_at.c.id == sa.any_(_IDS), IS_IN_REVIEW, ~has_it)
    )


_RELATED = Statement(
    sa.union(*(_related(kind, column) for kind, column in _SHARED.items())).limit(_MOST_RELATED)
)


def _people(column: str) -> sa.ColumnElement[int]:
    """How many people share the thing, the claimant among them; counted up to a hundred."""
    other = claims.alias(f"of_{column}")
    people = (
        sa.select(other.c.person_key)
        .where(other.c[column] == claims.c[column])
        .distinct()
        .limit(_MOST_PEOPLE)
        .correlate(claims)
    )
    return func.cardinality(func.array(people.scalar_subquery(), type_=sa.ARRAY(sa.Text)))


_PATTERNS = Statement(
    sa.select(
        claims.c.id,
        claims.c.district,
        claims.c.institution_credit_code,
        windows.c.issued_on,
        *(_people(column).label(f"people_of_{column}") for column in _SHARED.values()),
    )
    .join(windows, windows.c.certificate_id == claims.c.certificate_id)
    .where(claims.c.id == sa.any_(_IDS))
)
_APPROVALS = Statement(
    sa.select(claims.c.district, claims.c.institution_credit_code, func.count().label("approvals"))
    .where(claims.c.approved_by.is_not(None), claims.c.submitted_at >= bindparam("since"))
    .group_by(claims.c.district, claims.c.institution_credit_code)
)
_FOUND = ("id", "claim_id", "kind", "district", "finding", "first_seen_at", "last_seen_at", "version")


def _unnested(names: Sequence[str]) -> sa.Subquery:
    arrays = (
        func.unnest(bindparam(name, type_=sa.ARRAY(risk_signs.c[name].type))).label(name) for name in names
    )
    return sa.select(*arrays).subquery("found")


_given = _unnested(_FOUND)
# In one order, so that two who write the same signs wait for each other and do not block each other.
_insert = insert(risk_signs).from_select(
    list(_FOUND), sa.select(_given).order_by(_given.c.claim_id, _given.c.kind)
)
_UPSERT = Statement(
    _insert.on_conflict_do_update(
        index_elements=[risk_signs.c.claim_id, risk_signs.c.kind],
        set_={
            "finding": _insert.excluded.finding,
            "last_seen_at": _insert.excluded.last_seen_at,
            "gone_at": None,
        },
    )
)
_still = _unnested(("claim_id", "kind"))
_GONE = Statement(
    risk_signs.update()
    .where(
        risk_signs.c.claim_id == sa.any_(_IDS),
        _STANDS,
        ~sa.exists().where(_still.c.claim_id == risk_signs.c.claim_id, _still.c.kind == risk_signs.c.kind),
    )
    .values(gone_at=bindparam("at"))
)
_SELECT = (
    sa.select(
        risk_signs,
        claims.c.state,
        claims.c.person_key,
        windows.c.masked_name,
        windows.c.institution_name,
        windows.c.certificate_number,
    )
    .join(claims, claims.c.id == risk_signs.c.claim_id)
    .join(windows, windows.c.certificate_id == claims.c.certificate_id)
)
LIST = Listing(
    _SELECT,
    key=Order(risk_signs.c.id, UUID),
    filters={
        "district": equal(risk_signs.c.district),
        "kind": equal(risk_signs.c.kind),
        "claim_id": equal(risk_signs.c.claim_id),
        "stands": Filter(sa.Boolean(), lambda value: risk_signs.c.gone_at.is_(None) == value),
        "looked_into": Filter(sa.Boolean(), lambda value: risk_signs.c.result.is_not(None) == value),
        "result": equal(risk_signs.c.result),
    },
    reaches=office_reaches(risk_signs.c.district),
)
_OF_CLAIM = Statement(
    _SELECT.where(risk_signs.c.claim_id == bindparam("claim_id")).order_by(risk_signs.c.kind)
)
_STANDING = Statement(
    sa.select(risk_signs.c.kind, risk_signs.c.finding, risk_signs.c.result, risk_signs.c.note)
    .where(risk_signs.c.claim_id == bindparam("claim_id"), _STANDS)
    .order_by(risk_signs.c.kind)
)
_ONE = _SELECT.where(risk_signs.c.id == bindparam("id"))
_READ = Statement(_ONE)
_FOR_UPDATE = Statement(_ONE.with_for_update(of=risk_signs))
_NOTED = ("result", "note", "noted_by", "noted_at")
_SAVE_NOTE = Statement(
    risk_signs.update()
    .where(risk_signs.c.id == bindparam("of_id"))
    .values(
        {name: bindparam(name, type_=risk_signs.c[name].type) for name in _NOTED}
        | {"version": risk_signs.c.version + 1}
    )
)
_shown = audit_log.c.details["risk_signs"]
_AT_DECISIONS = Statement(
    sa.select(audit_log.c.at, audit_log.c.action, audit_log.c.actor, _shown.label("signs"))
    .where(
        audit_log.c.object_type == "claim",
        audit_log.c.object_id == bindparam("claim_id", type_=sa.Text),
        _shown.is_not(None),
    )
    .order_by(audit_log.c.id)
)


async def alone(tx: Transaction) -> bool:
    """Whether nobody else looks for signs just now; until this transaction ends nobody will."""
    return bool(await tx.value(_ALONE, {}))


async def due(tx: Transaction, now: datetime, most: int) -> list[UUID]:
    """Claims in review that are to be looked at, locked; those that others have locked are left out."""
    return [row["id"] for row in await tx.rows(_DUE, {"now": now, "most": most})]


async def look_again(tx: Transaction, ids: Sequence[UUID], at: datetime) -> None:
    """Writes when the claims are next looked at; of the claims themselves nothing has changed."""
    await tx.execute(_LOOK_AGAIN, {"ids": ids, "at": at})


async def related(tx: Transaction, ids: Sequence[UUID]) -> list[UUID]:
    """Claims in review on which the claims ``ids`` may have made a sign that was none before."""
    return [row["id"] for row in await tx.rows(_RELATED, {"ids": ids})]


async def patterns(tx: Transaction, ids: Sequence[UUID]) -> list[Row]:
    """Each claim with how many people share its account, its phone and its enterprise."""
    return await tx.rows(_PATTERNS, {"ids": ids})


async def approvals(tx: Transaction, since: datetime) -> list[Row]:
    """By district and institution, how many of the claims submitted since then were approved."""
    return await tx.rows(_APPROVALS, {"since": since})


async def keep(
    tx: Transaction, ids: Sequence[UUID], found: Sequence[Mapping[str, Any]], at: datetime
) -> None:
    """Writes the signs found of the claims ``ids``; those that stood and are not among them are gone."""
    if found:
        await tx.execute(_UPSERT, columns_of(found, _FOUND))
    await tx.execute(_GONE, columns_of(found, ("claim_id", "kind")) | {"ids": ids, "at": at})


async def of_claim(database: Database, claim_id: UUID) -> list[Row]:
    """The signs of a claim, those that are gone too."""
    return await database.rows(_OF_CLAIM, {"claim_id": claim_id})


async def standing(tx: Transaction, claim_id: UUID) -> list[dict[str, Any]]:
    """The signs that stand, as they are shown: to be kept with a decision."""
    return [dict(row) for row in await tx.rows(_STANDING, {"claim_id": claim_id})]


async def at_decisions(database: Database, claim_id: UUID) -> list[Row]:
    """The signs that were shown when the claim was decided on, decision by decision."""
    return await database.rows(_AT_DECISIONS, {"claim_id": str(claim_id)})


async def one(source: Database | Transaction, sign_id: UUID) -> Row | None:
    """A sign with what is shown of its claim."""
    return await source.row(_READ, {"id": sign_id})


async def load_for_update(tx: Transaction, sign_id: UUID) -> Row | None:
    """A sign with what is shown of its claim, locked."""
    return await tx.row(_FOR_UPDATE, {"id": sign_id})


async def save_note(tx: Transaction, sign_id: UUID, note: Mapping[str, Any]) -> None:
    """Writes what an officer noted, and counts the version up."""
    await tx.execute(_SAVE_NOTE, {name: note[name] for name in _NOTED} | {"of_id": sign_id})
