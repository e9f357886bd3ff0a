"""Named queries over pushes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal
from sqlalchemy import bindparam, func

from subsidy_svc.claims.tables import claims
from subsidy_svc.platform_pushes.lifecycle import State
from subsidy_svc.platform_pushes.tables import HOLDS_BACK, IS_WAITING, pushes
from subsidy_svc.windows.tables import windows

_claims_and_windows = claims.join(windows, windows.c.certificate_id == claims.c.certificate_id)
_SHOWN = (*pushes.columns, claims.c.case_number, claims.c.channel, claims.c.district)
_SELECT = sa.select(*_SHOWN).join(claims, claims.c.id == pushes.c.claim_id)
_ONE = Statement(_SELECT.where(pushes.c.id == bindparam("id")))
_FOR_UPDATE = Statement(_SELECT.where(pushes.c.id == bindparam("id")).with_for_update(of=pushes))
_SECONDS = bindparam("seconds", type_=sa.Float)
_later = func.now() + func.make_interval(0, 0, 0, 0, 0, 0, _SECONDS)

# The first of its claim that is not through: what is behind it waits, whatever its own time.
_earlier = pushes.alias("earlier")
_due = (
    sa.select(pushes.c.id)
    .where(
        IS_WAITING,
        pushes.c.next_try_at <= func.now(),
        ~sa.exists().where(
            _earlier.c.claim_id == pushes.c.claim_id,
            _earlier.c.number < pushes.c.number,
            sa.text(HOLDS_BACK.replace("state", "earlier.state")),
        ),
    )
    .order_by(pushes.c.next_try_at)
    .limit(bindparam("most", type_=sa.Integer))
    .with_for_update(skip_locked=True, of=pushes)
    .cte("due")
)
_taken = (
    pushes.update()
    .where(pushes.c.id == _due.c.id)
    .values(attempts=pushes.c.attempts + 1, next_try_at=_later, version=pushes.c.version + 1)
    .returning(*pushes.columns)
    .cte("taken")
)
_TAKE_DUE = Statement(
    sa.select(
        *_taken.columns,
        claims.c.case_number,
        claims.c.channel,
        claims.c.district,
        claims.c.amount_fen,
        windows.c.certificate_number,
        windows.c.masked_name,
        windows.c.institution_name,
        windows.c.project_name,
    )
    .select_from(_claims_and_windows.join(_taken, _taken.c.claim_id == claims.c.id))
    .order_by(_taken.c.changed_at)
)
_still_taken = sa.and_(
    pushes.c.id == bindparam("of_id", type_=sa.Uuid),
    pushes.c.version == bindparam("of_version", type_=sa.Integer),
    IS_WAITING,
)
_DELIVERED = Statement(
    pushes.update()
    .where(_still_taken)
    .values(
        state=State.DELIVERED,
        delivered_at=bindparam("delivered_at", type_=sa.DateTime(timezone=True)),
        version=pushes.c.version + 1,
    )
)
_FAILED = Statement(
    pushes.update()
    .where(_still_taken)
    .values(
        state=bindparam("state", type_=sa.Text),
        last_error=bindparam("error", type_=sa.Text),
        next_try_at=_later,
        version=pushes.c.version + 1,
    )
)
_due_again = {
    "state": State.WAITING,
    "attempts": 0,
    "next_try_at": func.now(),
    "version": pushes.c.version + 1,
}
_RESEND = Statement(pushes.update().where(pushes.c.id == bindparam("of_id")).values(_due_again))
_RESEND_ALL = Statement(
    pushes.update().where(sa.text("platform_pushes.state = 'given_up'")).values(_due_again)
)
_SKIP = Statement(
    pushes.update()
    .where(pushes.c.id == bindparam("of_id"))
    .values(state=State.SKIPPED, version=pushes.c.version + 1)
)
LIST = Listing(
    _SELECT,
    key=Order(pushes.c.id, UUID),
    orders={
        "changed_at": Order(pushes.c.changed_at, datetime),
        "number": Order(pushes.c.number, int),
    },
    filters={
        "state": equal(pushes.c.state),
        "claim_state": equal(pushes.c.claim_state),
        "claim_id": equal(pushes.c.claim_id),
        "case_number": equal(claims.c.case_number),
    },
)


async def take_due(tx: Transaction, most: int, lease_seconds: float) -> Sequence[Row]:
    """Takes what is due, one of each claim at most, with all that may be told of it.

    Each is due again once the lease is over, so that a worker which dies with it loses nothing. The version
    returned is what :func:`delivered` and :func:`failed` know it by.
    """
    return await tx.rows(_TAKE_DUE, {"most": most, "seconds": lease_seconds})


async def delivered(tx: Transaction, taken: Row, at: datetime) -> bool:
    """Writes that the platform took it; False where the lease was over and another has it."""
    return await tx.execute(_DELIVERED, _of(taken) | {"delivered_at": at}) == 1


async def failed(tx: Transaction, taken: Row, error: str, state: State, seconds: float) -> bool:
    """Writes why the platform did not take it, and when it is due again if it waits."""
    return await tx.execute(_FAILED, _of(taken) | {"error": error, "state": state, "seconds": seconds}) == 1


async def one(source: Database | Transaction, push_id: UUID) -> Row | None:
    """A push with what is shown of its claim."""
    return await source.row(_ONE, {"id": push_id})


async def load_for_update(tx: Transaction, push_id: UUID) -> Row | None:
    """The same, locked."""
    return await tx.row(_FOR_UPDATE, {"id": push_id})


async def resend(tx: Transaction, push_id: UUID) -> None:
    """Makes a push due now, its tries counted anew."""
    await tx.execute(_RESEND, {"of_id": push_id})


async def resend_given_up(tx: Transaction) -> int:
    """Makes every push that was given up due now; returns how many."""
    return await tx.execute(_RESEND_ALL, {})


async def skip(tx: Transaction, push_id: UUID) -> None:
    """Writes that a push is not sent any more."""
    await tx.execute(_SKIP, {"of_id": push_id})


def _of(taken: Row) -> dict[str, object]:
    return {"of_id": taken["id"], "of_version": taken["version"]}
