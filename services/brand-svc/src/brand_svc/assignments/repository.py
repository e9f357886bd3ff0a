"""Queries on assignments and scores."""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal, until
from sqlalchemy import bindparam, func, select

from brand_svc.assessors.tables import assessors
from brand_svc.assignments.assignment import Assignment
from brand_svc.assignments.lifecycle import LIVE, State
from brand_svc.assignments.tables import assignments, scores
from brand_svc.reader import Reader
from brand_svc.rounds.lifecycle import State as RoundState
from brand_svc.rounds.tables import rounds
from brand_svc.schema import written
from brand_svc.scorings.lifecycle import State as ScoringState
from brand_svc.scorings.repository import STANDS
from brand_svc.scorings.tables import scorings

_live = assignments.c.state.in_([written(state) for state in LIVE])
_INSERT = Statement(
    assignments.insert().values({one.name: bindparam(one.name, type_=one.type) for one in assignments.c})
)
_one = select(assignments).where(assignments.c.id == bindparam("id"))
_ONE = Statement(_one)
_FOR_UPDATE = Statement(_one.with_for_update())
_SAVE = Statement(
    assignments.update()
    .where(assignments.c.id == bindparam("of_id", type_=sa.Uuid))
    .values(state=bindparam("state"), end_reason=bindparam("end_reason"), version=bindparam("next_version"))
)
_ADD_SCORE = Statement(
    scores.insert().values({one.name: bindparam(one.name, type_=one.type) for one in scores.c})
)
# The scorings of a round in which a place is free: two wanted, or three.
_OPEN = Statement(
    select(scorings.c.id, scorings.c.round_id, scorings.c.credit_code, scorings.c.state)
    .where(
        scorings.c.round_id == bindparam("round_id"),
        scorings.c.state.in_([written(ScoringState.OPEN), written(ScoringState.THIRD_WANTED)]),
        STANDS,
    )
    .order_by(scorings.c.id)
    .with_for_update(of=scorings)
)
_OF_SCORINGS = Statement(
    select(
        assignments.c.scoring_id, assignments.c.place, assignments.c.assessor_id, assignments.c.state
    ).where(assignments.c.scoring_id == func.any(bindparam("scoring_ids", type_=sa.ARRAY(sa.Uuid))))
)
_LOAD = Statement(
    select(assignments.c.assessor_id, func.count().label("assigned"))
    .where(assignments.c.round_id == bindparam("round_id"), _live)
    .group_by(assignments.c.assessor_id)
)
# Whom a tie bars from what they were given before it was known; what is published stands.
_BARRED = Statement(
    select(assignments.c.id, assignments.c.scoring_id)
    .join(rounds, rounds.c.id == assignments.c.round_id)
    .where(
        assignments.c.person_key == bindparam("person_key"),
        assignments.c.credit_code == bindparam("credit_code"),
        _live,
        rounds.c.state != written(RoundState.PUBLISHED),
        sa.or_(
            bindparam("bars_until", type_=sa.Date).is_(None),
            sa.cast(func.timezone("Asia/Shanghai", assignments.c.assigned_at), sa.Date)
            <= bindparam("bars_until", type_=sa.Date),
        ),
    )
    .order_by(assignments.c.scoring_id)
)
_UNSCORED_OF = Statement(
    select(assignments.c.id, assignments.c.scoring_id)
    .where(
        assignments.c.assessor_id == bindparam("assessor_id"),
        assignments.c.state == written(State.ASSIGNED),
    )
    .order_by(assignments.c.scoring_id)
)

_shown = (
    select(assignments, scorings.c.institution_name, scorings.c.district, assessors.c.masked_name)
    .join(scorings, scorings.c.id == assignments.c.scoring_id)
    .join(assessors, assessors.c.id == assignments.c.assessor_id)
)
LIST = Listing(
    _shown,
    key=Order(assignments.c.id, UUID),
    orders={"due_on": Order(assignments.c.due_on, date)},
    filters={
        "round_id": equal(assignments.c.round_id),
        "scoring_id": equal(assignments.c.scoring_id),
        "assessor_id": equal(assignments.c.assessor_id),
        "state": equal(assignments.c.state),
        "due_until": until(assignments.c.due_on),
        "person_key": Filter(sa.Text(), lambda value: assignments.c.person_key == value),
    },
)


def _assignment(row: Row) -> Assignment:
    return Assignment(**{**row, "state": State(row["state"])})


async def add_all(tx: Transaction, new: Sequence[Assignment]) -> None:
    """Adds assignments; the database refuses one to somebody with a tie."""
    values = [{one.name: getattr(each, one.name) for one in assignments.c} for each in new]
    await tx.execute_many(_INSERT, values)


async def find(reader: Reader, assignment_id: UUID) -> Assignment | None:
    """An assignment, without a lock."""
    row = await reader.row(_ONE, {"id": assignment_id})
    return _assignment(row) if row else None


async def load_for_update(tx: Transaction, assignment_id: UUID) -> Assignment | None:
    """An assignment, locked; its scoring is locked before it."""
    row = await tx.row(_FOR_UPDATE, {"id": assignment_id})
    return _assignment(row) if row else None


async def save(tx: Transaction, one: Assignment) -> None:
    """Stores a changed assignment and raises its version."""
    values = {"state": one.state, "end_reason": one.end_reason, "next_version": one.version + 1}
    await tx.execute(_SAVE, values | {"of_id": one.id})
    one.version += 1


async def add_score(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Keeps a score; it never changes."""
    await tx.execute(_ADD_SCORE, values)


async def locked_open(tx: Transaction, round_id: UUID) -> list[Row]:
    """The scorings of a round that want scores, locked in the order of their ids."""
    return await tx.rows(_OPEN, {"round_id": round_id})


async def places_of(
    tx: Transaction, scoring_ids: Sequence[UUID]
) -> tuple[Mapping[UUID, Set[int]], Mapping[UUID, Set[UUID]]]:
    """The places that are taken, and everybody who has ever been assigned, by scoring."""
    taken: dict[UUID, set[int]] = defaultdict(set)
    ever: dict[UUID, set[UUID]] = defaultdict(set)
    for row in await tx.rows(_OF_SCORINGS, {"scoring_ids": list(scoring_ids)}):
        ever[row["scoring_id"]].add(row["assessor_id"])
        if row["state"] in LIVE:
            taken[row["scoring_id"]].add(row["place"])
    return taken, ever


async def load_in(tx: Transaction, round_id: UUID) -> dict[UUID, int]:
    """How many assignments each assessor has in a round."""
    return {row["assessor_id"]: row["assigned"] for row in await tx.rows(_LOAD, {"round_id": round_id})}


async def barred(
    tx: Transaction, person_key: str, credit_code: str, bars_until: date | None
) -> list[tuple[UUID, UUID]]:
    """The assignments of a person that a tie to the institution bars, each with its scoring."""
    values = {"person_key": person_key, "credit_code": credit_code, "bars_until": bars_until}
    return [(row["id"], row["scoring_id"]) for row in await tx.rows(_BARRED, values)]


async def unscored_of(tx: Transaction, assessor_id: UUID) -> list[tuple[UUID, UUID]]:
    """What an assessor has not scored yet, each with its scoring."""
    rows = await tx.rows(_UNSCORED_OF, {"assessor_id": assessor_id})
    return [(row["id"], row["scoring_id"]) for row in rows]
