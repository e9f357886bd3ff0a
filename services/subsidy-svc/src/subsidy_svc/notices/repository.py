"""Named queries over public notices."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal, since, until
from sqlalchemy import bindparam

from subsidy_svc.claims.tables import IS_ON_NOTICE, claims
from subsidy_svc.notices.tables import Standing, notices
from subsidy_svc.policy.periods import Period
from subsidy_svc.windows.tables import windows

_PUBLISHED = tuple(column.name for column in notices.columns)
# Masked names and the rest are copied here once, from the window, and never change again.
_PUBLISH = Statement(
    notices.insert().from_select(
        list(_PUBLISHED),
        sa.select(
            bindparam("id", type_=sa.Uuid),
            claims.c.id,
            claims.c.district,
            windows.c.masked_name,
            windows.c.institution_name,
            windows.c.project_name,
            claims.c.amount_fen,
            bindparam("first_day", type_=sa.Date),
            bindparam("last_day", type_=sa.Date),
            bindparam("provisional", type_=sa.Boolean),
        )
        .select_from(claims.join(windows, windows.c.certificate_id == claims.c.certificate_id))
        .where(claims.c.id == bindparam("claim_id", type_=sa.Uuid)),
    )
)
_with_state = sa.select(notices, claims.c.state.label("claim_state")).select_from(
    notices.join(claims, claims.c.id == notices.c.claim_id)
)
_ONE = Statement(_with_state.where(notices.c.id == bindparam("id")))
_OF_CLAIM = Statement(sa.select(notices).where(notices.c.claim_id == bindparam("claim_id")))

# What is over waits a moment for its claim to be cleared.
_is_current = sa.and_(
    IS_ON_NOTICE,
    sa.or_(
        claims.c.state == "held",
        notices.c.last_day_provisional,
        notices.c.last_day >= bindparam("today", type_=sa.Date),
    ),
)
LIST = Listing(
    _with_state,
    key=Order(notices.c.id, UUID),
    filters={
        "district": equal(notices.c.district),
        "published_since": since(notices.c.first_day),
        "published_until": until(notices.c.first_day),
    },
    # Everybody may see every notice: a reach is which of them are asked for.
    reaches={None: None, Standing.CURRENT: _is_current, Standing.PAST: sa.not_(_is_current)},
)

_PROVISIONAL = Statement(
    sa.select(notices.c.first_day, windows.c.issued_on)
    .select_from(
        notices.join(claims, claims.c.id == notices.c.claim_id).join(
            windows, windows.c.certificate_id == claims.c.certificate_id
        )
    )
    .where(notices.c.last_day_provisional)
    .distinct()
)
# The claim is locked before its notice is changed, as everything else does it.
_TO_SETTLE = Statement(
    sa.select(claims)
    .select_from(
        claims.join(notices, notices.c.claim_id == claims.c.id).join(
            windows, windows.c.certificate_id == claims.c.certificate_id
        )
    )
    .where(
        notices.c.last_day_provisional,
        notices.c.first_day == bindparam("first_day", type_=sa.Date),
        windows.c.issued_on == bindparam("issued_on", type_=sa.Date),
    )
    .order_by(claims.c.id)
    .with_for_update(of=claims, skip_locked=True)
)
_ids = bindparam("claim_ids", type_=sa.ARRAY(sa.Uuid))
_exact = bindparam("exact_last_day", type_=sa.Date)
_SETTLE = Statement(
    notices.update()
    .where(notices.c.claim_id == sa.any_(_ids))
    .values(last_day=sa.func.greatest(notices.c.last_day, _exact), last_day_provisional=False)
)
_SETTLE_CLAIMS = Statement(
    claims.update()
    .where(claims.c.id == sa.any_(_ids))
    .values(notice_last_day=sa.func.greatest(claims.c.notice_last_day, _exact), version=claims.c.version + 1)
)


async def publish(tx: Transaction, notice_id: UUID, claim_id: UUID, period: Period) -> None:
    """Publishes the frozen notice of a claim (S08, D13)."""
    values = {
        "id": notice_id,
        "claim_id": claim_id,
        "first_day": period.first_day,
        "last_day": period.last_day,
        "provisional": period.provisional,
    }
    await tx.execute(_PUBLISH, values)


async def one(reader: Database | Transaction, notice_id: UUID) -> Row | None:
    """A notice with the present state of its claim."""
    return await reader.row(_ONE, {"id": notice_id})


async def of_claim(tx: Transaction, claim_id: UUID) -> Row:
    """The notice of a claim that was approved."""
    row = await tx.row(_OF_CLAIM, {"claim_id": claim_id})
    assert row is not None, "an approved claim has its notice"
    return row


async def provisional(tx: Transaction) -> list[tuple[date, date]]:
    """Of the notices whose last day is provisional: the first days, each with the day of issue."""
    return [(row["first_day"], row["issued_on"]) for row in await tx.rows(_PROVISIONAL, {})]


async def to_settle(tx: Transaction, first_day: date, issued_on: date) -> list[Row]:
    """The claims of those notices, locked; what others have locked waits for another time."""
    return await tx.rows(_TO_SETTLE, {"first_day": first_day, "issued_on": issued_on})


async def settle(tx: Transaction, claim_ids: Sequence[UUID], last_day: date) -> None:
    """Writes the exact last day to notices and claims; never an earlier one than was published (D04)."""
    values = {"claim_ids": list(claim_ids), "exact_last_day": last_day}
    await tx.execute(_SETTLE, values)
    await tx.execute(_SETTLE_CLAIMS, values)


def period_of(row: Row) -> Period:
    """The days of the notice in a row."""
    return Period(row["first_day"], row["last_day"], row["last_day_provisional"])
