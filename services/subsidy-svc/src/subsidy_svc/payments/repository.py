"""Named queries over payment batches and their lines. A million lines are one statement, never a loop."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal, since, until
from sqlalchemy import bindparam, func

from subsidy_svc.access import office_reaches
from subsidy_svc.claims.tables import claims
from subsidy_svc.payments.batch import Batch, Settlement
from subsidy_svc.payments.lifecycle import State
from subsidy_svc.payments.tables import IS_LIVE, WAITING, batch_approvers, batches, lines
from subsidy_svc.windows.tables import windows

_DISTRICT_LOCK = 0x7061796D  # "paym"
_BATCH = tuple(batches.c[field.name] for field in fields(Batch))
_SAVED = ("state", "lines", "total_fen", "sha256", "sealed_at", "exported_at", "end_reason")

_LOCK_FOR_DRAFTING = Statement(
    sa.select(func.pg_advisory_xact_lock(_DISTRICT_LOCK, bindparam("district", type_=sa.Integer)))
)
_LOCK_AGAINST_DRAFTING = Statement(
    sa.select(func.pg_advisory_xact_lock_shared(_DISTRICT_LOCK, bindparam("district", type_=sa.Integer)))
)
_DRAFT_OF_DISTRICT = Statement(
    sa.select(*_BATCH)
    .where(batches.c.district == bindparam("district"), batches.c.state == "draft")
    .with_for_update()
)
_COUNT_WITH_PREFIX = Statement(
    sa.select(func.count()).where(batches.c.number.startswith(bindparam("prefix", type_=sa.Text)))
)
_INSERT = Statement(
    batches.insert().values({column.name: bindparam(column.name, type_=column.type) for column in _BATCH})
)
_is_batched = sa.exists().where(lines.c.claim_id == claims.c.id, IS_LIVE)
_DRAFT_LINES = Statement(
    lines.insert().from_select(
        [
            "batch_id",
            "line_no",
            "claim_id",
            "amount_fen",
            "fund_year",
            "payee_encrypted",
            "payee_digest",
            "approved_by",
            "status",
        ],
        sa.select(
            bindparam("batch_id", type_=sa.Uuid),
            func.row_number().over(order_by=claims.c.id),
            claims.c.id,
            claims.c.amount_fen,
            claims.c.fund_year,
            claims.c.payee_encrypted,
            claims.c.payee_digest,
            claims.c.approved_by,
            sa.literal_column("'pending'"),
        ).where(
            claims.c.district == bindparam("district", type_=sa.Text),
            claims.c.state == "cleared",
            ~_is_batched,
        ),
    )
)
_approvers = (
    sa.select(lines.c.approved_by)
    .where(lines.c.batch_id == bindparam("batch_id", type_=sa.Uuid))
    .distinct()
    .subquery("approvers")
)
_DRAFT_APPROVERS = Statement(
    batch_approvers.insert().from_select(
        ["batch_id", "subject", "person_key"],
        sa.select(
            bindparam("batch_id", type_=sa.Uuid),
            _approvers.c.approved_by,
            sa.select(claims.c.approved_by_person)
            .where(claims.c.approved_by == _approvers.c.approved_by, claims.c.approved_by_person.is_not(None))
            .limit(1)
            .scalar_subquery(),
        ),
    )
)
_FORGET_APPROVERS = Statement(
    batch_approvers.delete().where(batch_approvers.c.batch_id == bindparam("batch_id"))
)
_APPROVED_BY = Statement(
    sa.select(batch_approvers.c.subject).where(
        batch_approvers.c.batch_id == bindparam("batch_id"),
        sa.or_(
            batch_approvers.c.subject == bindparam("subject", type_=sa.Text),
            batch_approvers.c.person_key == bindparam("person_key", type_=sa.Text),
        ),
    )
)
_FOR_UPDATE = Statement(sa.select(*_BATCH).where(batches.c.id == bindparam("id")).with_for_update())
_ONE = Statement(sa.select(*_BATCH).where(batches.c.id == bindparam("id")))
_SAVE = Statement(
    batches.update()
    .where(batches.c.id == bindparam("of_id"))
    .values({name: bindparam(name) for name in _SAVED} | {"version": batches.c.version + 1})
)
_BY_STATUS = Statement(
    sa.select(
        lines.c.status,
        func.count().label("lines"),
        sa.cast(func.sum(lines.c.amount_fen), sa.BigInteger).label("total_fen"),
    )
    .where(lines.c.batch_id == bindparam("batch_id"))
    .group_by(lines.c.status)
)

_REMOVE_LINES = Statement(lines.delete().where(lines.c.batch_id == bindparam("batch_id")))
_RETURN_LINES = Statement(
    lines.update()
    .where(lines.c.batch_id == bindparam("of_batch", type_=sa.Uuid), lines.c.status == "pending")
    .values(status="returned")
)
_PENDING = Statement(
    sa.select(lines.c.line_no)
    .where(lines.c.batch_id == bindparam("batch_id"), lines.c.status.in_(WAITING))
    .limit(1)
)


LIST = Listing(
    sa.select(*_BATCH),
    key=Order(batches.c.id, UUID),
    orders={"drafted_at": Order(batches.c.drafted_at, datetime), "number": Order(batches.c.number, str)},
    filters={
        "district": equal(batches.c.district),
        "state": equal(batches.c.state),
        "number": equal(batches.c.number),
        "drafted_since": since(batches.c.drafted_at),
        "drafted_until": until(batches.c.drafted_at),
    },
    reaches=office_reaches(batches.c.district),
)
LINES = Listing(
    sa.select(
        lines.c.batch_id,
        lines.c.line_no,
        lines.c.claim_id,
        lines.c.amount_fen,
        lines.c.fund_year,
        lines.c.status,
        lines.c.bank_code,
        lines.c.bank_result_id,
        lines.c.recalled_on,
        windows.c.masked_name,
        claims.c.account_masked,
    ).select_from(
        lines.join(claims, claims.c.id == lines.c.claim_id).join(
            windows, windows.c.certificate_id == claims.c.certificate_id
        )
    ),
    key=Order(lines.c.line_no, int),
    filters={
        "batch_id": equal(lines.c.batch_id),
        "status": equal(lines.c.status),
        "claim_id": equal(lines.c.claim_id),
    },
)


def batch_from(row: Row) -> Batch:
    """The batch in a row."""
    return Batch(**dict(row) | {"state": State(row["state"])})


async def lock_for_drafting(tx: Transaction, district: str) -> None:
    """Waits until nobody takes a claim of the district out of payment; until the commit nobody can."""
    await tx.row(_LOCK_FOR_DRAFTING, {"district": int(district)})


async def lock_against_drafting(tx: Transaction, district: str) -> None:
    """Waits until no batch of the district is being drafted; until the commit none begins."""
    await tx.row(_LOCK_AGAINST_DRAFTING, {"district": int(district)})


async def draft_for_update(tx: Transaction, district: str) -> Batch | None:
    """The district's batch that is not sealed, its row locked."""
    row = await tx.row(_DRAFT_OF_DISTRICT, {"district": district})
    return batch_from(row) if row else None


async def numbers_with(tx: Transaction, prefix: str) -> int:
    """How many batch numbers begin so."""
    return int(await tx.value(_COUNT_WITH_PREFIX, {"prefix": prefix}))


async def add(tx: Transaction, batch: Batch) -> None:
    """Writes a new batch, without lines yet."""
    await tx.execute(_INSERT, asdict(batch))


async def fill(tx: Transaction, batch: Batch) -> int:
    """Writes a line for each cleared claim of the batch's district, and their approvers; returns how many."""
    await tx.execute(_FORGET_APPROVERS, {"batch_id": batch.id})
    drafted = await tx.execute(_DRAFT_LINES, {"batch_id": batch.id, "district": batch.district})
    await tx.execute(_DRAFT_APPROVERS, {"batch_id": batch.id})
    return drafted


async def approved_any(tx: Transaction, batch_id: UUID, subject: str, person_key: str | None) -> bool:
    """Whether the officer, or the person behind the account, approved a claim of the batch (D05)."""
    values = {"batch_id": batch_id, "subject": subject, "person_key": person_key}
    return await tx.row(_APPROVED_BY, values) is not None


async def load_for_update(tx: Transaction, batch_id: UUID) -> Batch | None:
    """The batch, its row locked."""
    row = await tx.row(_FOR_UPDATE, {"id": batch_id})
    return batch_from(row) if row else None


async def one(database: Database, batch_id: UUID) -> Batch | None:
    """The batch as it stands."""
    row = await database.row(_ONE, {"id": batch_id})
    return batch_from(row) if row else None


async def save(tx: Transaction, batch: Batch) -> None:
    """Writes what a step changed and counts the version up."""
    values = asdict(batch)
    await tx.execute(_SAVE, {name: values[name] for name in _SAVED} | {"of_id": batch.id})
    batch.version += 1


async def by_status(reader: Database | Transaction, batch_id: UUID) -> dict[str, tuple[int, int]]:
    """Lines and fen of each line status."""
    rows: Sequence[Row] = await reader.rows(_BY_STATUS, {"batch_id": batch_id})
    return {row["status"]: (row["lines"], row["total_fen"]) for row in rows}


async def settlement(tx: Transaction, batch_id: UUID) -> Settlement:
    """What the bank answered so far."""
    found = await by_status(tx, batch_id)
    none = (0, 0)
    settled, settled_fen = found.get("settled", none)
    return Settlement(settled, settled_fen, found.get("failed", none)[0])


async def has_pending(tx: Transaction, batch_id: UUID) -> bool:
    """Whether a line waits for the bank's answer."""
    return await tx.row(_PENDING, {"batch_id": batch_id}) is not None


async def remove_lines(tx: Transaction, batch_id: UUID) -> int:
    """Takes every line out of a draft; returns how many. The database keeps those of a sealed batch."""
    await tx.execute(_FORGET_APPROVERS, {"batch_id": batch_id})
    return await tx.execute(_REMOVE_LINES, {"batch_id": batch_id})


async def return_lines(tx: Transaction, batch_id: UUID) -> int:
    """Marks the lines that wait as returned, which frees their claims; returns how many."""
    return await tx.execute(_RETURN_LINES, {"of_batch": batch_id})
