"""The queries on sanctions, and on what they bar."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal
from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import insert

from training_svc.classes.lifecycle import State as ClassState
from training_svc.classes.tables import classes
from training_svc.institutions.tables import institutions
from training_svc.policy.standing import BARRING, SanctionKind, Standing
from training_svc.sanctions.lifecycle import State
from training_svc.sanctions.sanction import Sanction
from training_svc.sanctions.tables import sanctions
from training_svc.visibility import Scope, reaches, scoped

_TODAY = bindparam("today", type_=sa.Date)
_NEW = (
    "id",
    "institution_id",
    "kind",
    "source",
    "document_number",
    "starts_on",
    "ends_on",
    "state",
    "recorded_at",
    "recorded_by",
    "authority",
    "version",
)
_IN_FORCE = sanctions.c.state == sa.literal_column(f"'{State.IN_FORCE}'")


def _holds_on(day: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    return sa.and_(
        _IN_FORCE,
        sanctions.c.starts_on <= day,
        sa.or_(sanctions.c.ends_on.is_(None), sanctions.c.ends_on >= day),
    )


def barring_on(institution_id: sa.ColumnElement[Any], day: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """What bars an institution from new classes on a day: kind and document of each, as one text."""
    return (
        sa.select(sanctions.c.kind + " " + sanctions.c.document_number)
        .where(
            sanctions.c.institution_id == institution_id,
            # Literals, here and above, so that the partial index is seen to serve.
            sanctions.c.kind.in_(
                [sa.literal_column(f"'{kind}'") for kind in SanctionKind if kind in BARRING]
            ),
            _holds_on(day),
        )
        .order_by(sanctions.c.starts_on, sanctions.c.id)
        .correlate_except(sanctions)
    )


_INSERT = Statement(
    insert(sanctions)
    .values({name: bindparam(name, type_=sanctions.c[name].type) for name in _NEW})
    .on_conflict_do_nothing(
        index_elements=["institution_id", "document_number", "kind"], index_where=_IN_FORCE
    )
    .returning(sanctions.c.id)
)
_SELECT = sa.select(
    sanctions,
    institutions.c.credit_code,
    institutions.c.name.label("institution_name"),
    institutions.c.district,
).join(institutions, institutions.c.id == sanctions.c.institution_id)
_REACH = {"credit_code": institutions.c.credit_code, "district": institutions.c.district}
_ONE = scoped(_SELECT.where(sanctions.c.id == bindparam("id")), **_REACH)
# The institution is locked too: no class of it is filed meanwhile, and its events are in one order.
_FOR_UPDATE = scoped(
    _SELECT.where(sanctions.c.id == bindparam("id")).with_for_update(
        key_share=True, of=[sanctions, institutions]
    ),
    **_REACH,
)
LIST = Listing(
    _SELECT,
    key=Order(sanctions.c.id, UUID),
    orders={"starts_on": Order(sanctions.c.starts_on, date)},
    filters={
        "institution_id": equal(sanctions.c.institution_id),
        "district": equal(institutions.c.district),
        "kind": equal(sanctions.c.kind),
        "state": equal(sanctions.c.state),
        "in_force_on": Filter(sa.Date(), _holds_on),
    },
    reaches=reaches(**_REACH),
)
_SAVED = (
    "source",
    "document_number",
    "starts_on",
    "ends_on",
    "state",
    "lifted_on",
    "lifted_by",
    "lift_reason",
    "version",
)
_SAVE = Statement(
    sanctions.update()
    .where(sanctions.c.id == bindparam("of_id", type_=sa.Uuid))
    .values({name: bindparam(name, type_=sanctions.c[name].type) for name in _SAVED})
)
_LOCK_INSTITUTION = Statement(
    sa.select(institutions.c.state)
    .where(institutions.c.id == bindparam("institution_id"))
    .with_for_update(read=True)
)
_BARRING = Statement(barring_on(bindparam("institution_id", type_=sa.Uuid), _TODAY))
_BARS = barring_on(institutions.c.id, _TODAY)
FLAGGED_CLASSES = Listing(
    sa.select(
        classes,
        institutions.c.credit_code,
        institutions.c.name.label("institution_name"),
        func.array(_BARS.scalar_subquery()).label("barred_by"),
    )
    .join(institutions, institutions.c.id == classes.c.institution_id)
    .where(classes.c.ends_on >= _TODAY, classes.c.state != ClassState.CANCELLED.value, _BARS.exists()),
    key=Order(classes.c.id, UUID),
    orders={"ends_on": Order(classes.c.ends_on, date)},
    filters={
        "institution_id": equal(classes.c.institution_id),
        "district": equal(classes.c.district),
    },
    reaches=reaches(credit_code=institutions.c.credit_code, district=classes.c.district),
)


async def insert_new(tx: Transaction, sanction: Sanction) -> bool:
    """Records a sanction; False if the document's sanction of this kind is in force."""
    values = {name: getattr(sanction, name) for name in _NEW}
    return await tx.row(_INSERT, values) is not None


async def standing(tx: Transaction, institution_id: UUID, today: date) -> Standing:
    """How an institution stands today; it stays so until the transaction ends."""
    state = await tx.value(_LOCK_INSTITUTION, {"institution_id": institution_id})
    rows = await tx.rows(_BARRING, {"institution_id": institution_id, "today": today})
    return Standing(closed=state == "closed", barred_by=tuple(row[0] for row in rows))


async def one(tx: Transaction, sanction_id: UUID, scope: Scope) -> Sanction | None:
    """A sanction that the scope sees."""
    row = await tx.row(_ONE[scope.reach], {"id": sanction_id, "scope": scope.value})
    return sanction_of(row) if row else None


async def load_for_update(tx: Transaction, sanction_id: UUID, scope: Scope) -> Sanction | None:
    """A sanction that the scope sees, locked together with its institution."""
    row = await tx.row(_FOR_UPDATE[scope.reach], {"id": sanction_id, "scope": scope.value})
    return sanction_of(row) if row else None


async def save(tx: Transaction, sanction: Sanction) -> None:
    """Writes what was amended or lifted."""
    values = {name: getattr(sanction, name) for name in _SAVED}
    await tx.execute(_SAVE, values | {"of_id": sanction.id})


def sanction_of(row: Row) -> Sanction:
    """The sanction of a row of the list."""
    return Sanction(
        id=row["id"],
        institution_id=row["institution_id"],
        credit_code=row["credit_code"],
        institution_name=row["institution_name"],
        district=row["district"],
        kind=SanctionKind(row["kind"]),
        source=row["source"],
        document_number=row["document_number"],
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        state=State(row["state"]),
        recorded_at=row["recorded_at"],
        recorded_by=row["recorded_by"],
        authority=row["authority"],
        version=row["version"],
        lifted_on=row["lifted_on"],
        lifted_by=row["lifted_by"],
        lift_reason=row["lift_reason"],
    )
