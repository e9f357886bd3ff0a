"""Queries on scorings and their moderations."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal
from sqlalchemy import bindparam, func, select

from brand_svc.access import reaches
from brand_svc.applications.lifecycle import State as ApplicationState
from brand_svc.applications.tables import applications
from brand_svc.assessments.lifecycle import State as AssessmentState
from brand_svc.assessments.tables import assessments
from brand_svc.assignments.lifecycle import State as AssignmentState
from brand_svc.assignments.tables import assignments, scores
from brand_svc.reader import Reader
from brand_svc.schema import written
from brand_svc.scorings.lifecycle import SHOWN, State
from brand_svc.scorings.scoring import Moderation, Score, Scoring, SubjectKind
from brand_svc.scorings.tables import moderations, scorings

_APPLIED = (ApplicationState.SUBMITTED, ApplicationState.RECOMMENDED, ApplicationState.DECLINED)
_TAKES_PART = (AssessmentState.ENTERED, AssessmentState.PASSED, AssessmentState.FAILED)

_TAKES_NO_PART = (AssessmentState.ABSENT, AssessmentState.ENDED_ABSENT, AssessmentState.DISCONTINUED)


def _unscored(kind: SubjectKind, table: sa.Table, states: Sequence[StrEnum]) -> sa.Select[Any]:
    return select(
        sa.literal_column(f"'{kind}'", sa.Text).label("subject_kind"),
        *(table.c[name] for name in ("id", "credit_code", "institution_name", "district")),
    ).where(
        table.c.round_id == bindparam("round_id", type_=sa.Uuid),
        table.c.state.in_([written(state) for state in states]),
        ~sa.exists().where(scorings.c.subject_kind == written(kind), scorings.c.subject_id == table.c.id),
    )


_UNSCORED = Statement(
    _unscored(SubjectKind.APPLICATION, applications, _APPLIED)
    .union_all(_unscored(SubjectKind.ASSESSMENT, assessments, _TAKES_PART))
    .order_by("subject_kind", "id")
)
# A subject that was withdrawn, or no longer takes part, is neither drawn for nor ranked.
STANDS = sa.not_(
    sa.or_(
        sa.exists().where(
            applications.c.id == scorings.c.subject_id,
            applications.c.state == written(ApplicationState.WITHDRAWN),
        ),
        sa.exists().where(
            assessments.c.id == scorings.c.subject_id,
            assessments.c.state.in_([written(state) for state in _TAKES_NO_PART]),
        ),
    )
)
_INSERT = Statement(
    scorings.insert().values({one.name: bindparam(one.name, type_=one.type) for one in scorings.c})
)
_one = select(scorings).where(scorings.c.id == bindparam("id"))
_ONE = Statement(_one)
_FOR_UPDATE = Statement(_one.with_for_update())
_SAVE = Statement(
    scorings.update()
    .where(scorings.c.id == bindparam("of_id", type_=sa.Uuid))
    .values(
        state=bindparam("state"),
        shares=bindparam("shares", type_=scorings.c.shares.type),
        version=bindparam("next_version"),
    )
)
_SCORES = Statement(
    select(
        assignments.c.scoring_id,
        assignments.c.place,
        scores.c.assignment_id,
        scores.c.marks,
        scores.c.comment,
        scores.c.points,
        scores.c.scored_at,
    )
    .join_from(assignments, scores, scores.c.assignment_id == assignments.c.id)
    .where(
        assignments.c.scoring_id == func.any(bindparam("scoring_ids", type_=sa.ARRAY(sa.Uuid))),
        assignments.c.state == written(AssignmentState.SCORED),
    )
    .order_by(scores.c.scored_at, assignments.c.place)
)
_SCORED_BY = Statement(
    select(assignments.c.id).where(
        assignments.c.scoring_id == bindparam("scoring_id"),
        assignments.c.person_key == bindparam("person_key"),
        assignments.c.state == written(AssignmentState.SCORED),
    )
)
_OF_ROUND = Statement(
    select(scorings).where(scorings.c.round_id == bindparam("round_id"), STANDS).order_by(scorings.c.id)
)
_UNSETTLED = Statement(
    select(func.count()).where(
        scorings.c.round_id == bindparam("round_id"),
        scorings.c.state.not_in([written(state) for state in SHOWN]),
        STANDS,
    )
)
_INSERT_MODERATION = Statement(
    moderations.insert().values({one.name: bindparam(one.name, type_=one.type) for one in moderations.c})
)
_MODERATIONS = Statement(
    select(moderations).where(moderations.c.scoring_id == bindparam("scoring_id")).order_by(moderations.c.id)
)

LIST = Listing(
    select(scorings),
    key=Order(scorings.c.id, UUID),
    orders={"opened_at": Order(scorings.c.opened_at, datetime)},
    filters={
        "round_id": equal(scorings.c.round_id),
        "state": equal(scorings.c.state),
        "district": equal(scorings.c.district),
        "credit_code": equal(scorings.c.credit_code),
        "subject_kind": equal(scorings.c.subject_kind),
    },
    reaches=reaches(credit_code=scorings.c.credit_code, district=scorings.c.district),
)


def scoring_of(row: Row, given: Sequence[Score] = ()) -> Scoring:
    """A row as the aggregate."""
    own = {"state": State(row["state"]), "subject_kind": SubjectKind(row["subject_kind"])}
    return Scoring(**{**row, **own}, scores=given)


async def unscored(tx: Transaction, round_id: UUID) -> list[Row]:
    """The subjects of a round without a scoring: applications, and brands that are assessed."""
    return await tx.rows(_UNSCORED, {"round_id": round_id})


async def add_all(tx: Transaction, new: Sequence[Scoring]) -> None:
    """Adds scorings."""
    await tx.execute_many(
        _INSERT, [{one.name: getattr(each, one.name) for one in scorings.c} for each in new]
    )


async def find(reader: Reader, scoring_id: UUID) -> Scoring | None:
    """A scoring with the scores that count, without a lock."""
    return await _with_scores(reader, await reader.row(_ONE, {"id": scoring_id}))


async def load_for_update(tx: Transaction, scoring_id: UUID) -> Scoring | None:
    """A scoring with the scores that count, locked until the transaction ends."""
    return await _with_scores(tx, await tx.row(_FOR_UPDATE, {"id": scoring_id}))


async def _with_scores(reader: Reader, row: Row | None) -> Scoring | None:
    if row is None:
        return None
    return scoring_of(row, (await scores_of(reader, [row["id"]]))[row["id"]])


async def scores_of(reader: Reader, scoring_ids: Sequence[UUID]) -> Mapping[UUID, list[Score]]:
    """The scores that count, the earliest first, by scoring."""
    found: dict[UUID, list[Score]] = defaultdict(list)
    for row in await reader.rows(_SCORES, {"scoring_ids": list(scoring_ids)}):
        found[row["scoring_id"]].append(_score(row))
    return found


async def scored_by(reader: Reader, scoring_id: UUID, person_key: str) -> bool:
    """Whether a score of this person counts in the scoring."""
    values = {"scoring_id": scoring_id, "person_key": person_key}
    return await reader.row(_SCORED_BY, values) is not None


def _score(row: Row) -> Score:
    marks: Mapping[str, Any] = row["marks"]
    return Score(
        assignment_id=row["assignment_id"],
        place=row["place"],
        marks={code: one["mark"] for code, one in marks.items()},
        bases={code: one["basis"] for code, one in marks.items()},
        comment=row["comment"],
        points=row["points"],
        scored_at=row["scored_at"],
    )


async def save(tx: Transaction, scoring: Scoring) -> None:
    """Stores a changed scoring and raises its version."""
    values = {"state": scoring.state, "shares": scoring.shares, "next_version": scoring.version + 1}
    await tx.execute(_SAVE, values | {"of_id": scoring.id})
    scoring.version += 1


async def of_round(reader: Reader, round_id: UUID) -> list[Scoring]:
    """Every scoring of a round whose subject stands, without their scores."""
    return [scoring_of(row) for row in await reader.rows(_OF_ROUND, {"round_id": round_id})]


async def unsettled(tx: Transaction, round_id: UUID) -> int:
    """How many scorings of a round are not settled."""
    return int(await tx.value(_UNSETTLED, {"round_id": round_id}))


async def add_moderation(tx: Transaction, one: Moderation) -> None:
    """Keeps a moderation."""
    await tx.execute(_INSERT_MODERATION, {each.name: getattr(one, each.name) for each in moderations.c})


async def moderations_of(reader: Reader, scoring_id: UUID) -> list[Moderation]:
    """The moderations of a scoring, the first one first."""
    return [Moderation(**row) for row in await reader.rows(_MODERATIONS, {"scoring_id": scoring_id})]
