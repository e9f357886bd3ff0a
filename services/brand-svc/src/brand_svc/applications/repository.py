"""Queries on applications."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from brand_svc.access import Reach
from brand_svc.applications.application import Application
from brand_svc.applications.lifecycle import NEXT, OVER, OWN, Action, State
from brand_svc.applications.tables import applications
from brand_svc.policy.facts import Tier
from brand_svc.reader import Reader
from brand_svc.rounds.tables import recognitions
from brand_svc.schema import written

_NAMES = tuple(column.name for column in applications.c)
_INSERT = Statement(
    insert(applications)
    .values({name: bindparam(name) for name in _NAMES})
    .on_conflict_do_nothing(
        index_elements=["round_id", "credit_code"],
        index_where=applications.c.state.not_in([written(state) for state in OVER]),
    )
    .returning(applications.c.id)
)
_ONE = select(applications).where(applications.c.id == bindparam("id"))
_FIND = Statement(_ONE)
_FOR_UPDATE = Statement(_ONE.with_for_update())
_SAVED = (
    "materials",
    "state",
    "acted_for",
    "submitted_on",
    "findings",
    "parameters_version",
    "district_comment",
    "review_findings",
    "reviewed_on",
)
_SAVE = Statement(
    applications.update()
    .where(applications.c.id == bindparam("of_id"))
    .values(
        {name: bindparam(name, type_=applications.c[name].type) for name in _SAVED}
        | {"version": bindparam("next_version")}
    )
)
_OF_ROUND = Statement(
    select(applications)
    .where(
        applications.c.round_id == bindparam("round_id"),
        applications.c.id == sa.func.any(bindparam("ids", type_=sa.ARRAY(sa.Uuid))),
    )
    .order_by(applications.c.id)
)
_scope = bindparam("scope", type_=sa.Text)
_no_draft = applications.c.state.not_in([written(state) for state in OWN])
LIST = Listing(
    select(applications),
    key=Order(applications.c.id, UUID),
    orders={
        "institution_name": Order(applications.c.institution_name, str),
        "district": Order(applications.c.district, str),
    },
    filters={name: equal(applications.c[name]) for name in ("round_id", "state", "district", "credit_code")},
    reaches={
        Reach.INSTITUTION: applications.c.credit_code == _scope,
        Reach.DISTRICT: sa.and_(applications.c.district == _scope, _no_draft),
        Reach.ALL: _no_draft,
    },
)


def _concluding(action: Action, chosen: sa.ColumnElement[bool]) -> Statement:
    by_state: dict[State, list[State]] = {}
    for (before, step), after in NEXT.items():
        if step is action:
            by_state.setdefault(after, []).append(before)
    [(after, befores)] = by_state.items()
    return Statement(
        applications.update()
        .where(
            applications.c.round_id == bindparam("of_round"),
            applications.c.state.in_([written(before) for before in befores]),
            chosen,
        )
        .values(state=written(after), version=applications.c.version + 1)
    )


_on_list = sa.exists().where(recognitions.c.application_id == applications.c.id)
_RECOGNISE = _concluding(Action.RECOGNISE, _on_list)
_NOT_RECOGNISE = _concluding(Action.NOT_RECOGNISE, ~_on_list)
_DISCARD = _concluding(Action.DISCARD, sa.true())


def application_of(row: Row) -> Application:
    """The application of a row."""
    return Application(**{**row, "state": State(row["state"]), "tier": Tier(row["tier"])})


async def add(tx: Transaction, application: Application) -> bool:
    """Adds the application, or says False where the institution has one in this round."""
    values = {name: getattr(application, name) for name in _NAMES}
    return await tx.row(_INSERT, values) is not None


async def find(reader: Reader, application_id: UUID) -> Application | None:
    """The application, without a lock."""
    row = await reader.row(_FIND, {"id": application_id})
    return application_of(row) if row else None


async def load_for_update(tx: Transaction, application_id: UUID) -> Application | None:
    """The application, locked until the transaction ends."""
    row = await tx.row(_FOR_UPDATE, {"id": application_id})
    return application_of(row) if row else None


async def save(tx: Transaction, application: Application) -> None:
    """Stores a changed application and raises its version."""
    values = {name: getattr(application, name) for name in _SAVED}
    await tx.execute(_SAVE, values | {"of_id": application.id, "next_version": application.version + 1})
    application.version += 1


async def of_round(tx: Transaction, round_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Application]:
    """Those of the applications that belong to the round."""
    rows = await tx.rows(_OF_ROUND, {"round_id": round_id, "ids": list(ids)})
    return {row["id"]: application_of(row) for row in rows}


async def conclude(tx: Transaction, round_id: UUID) -> None:
    """Gives every application of a round its outcome, as the list says (B08)."""
    await tx.execute(_RECOGNISE, {"of_round": round_id})
    await tx.execute(_NOT_RECOGNISE, {"of_round": round_id})
    await tx.execute(_DISCARD, {"of_round": round_id})
