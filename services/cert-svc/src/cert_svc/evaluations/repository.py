"""Queries on evaluations; each row comes with the completed training it belongs to."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from cert_svc.certificates.tables import certificates
from cert_svc.completions.repository import completion_of
from cert_svc.completions.tables import completions
from cert_svc.evaluations.evaluation import Confirmation, Evaluation, Evaluator, Score
from cert_svc.evaluations.lifecycle import State
from cert_svc.evaluations.tables import evaluations

_columns = evaluations.c
_CHANGING = (
    "state",
    "version",
    "score",
    "comment",
    "scored_by",
    "scored_by_key",
    "scored_at",
    "evaluated_on",
    "passed",
    "confirmed_by",
    "confirmed_by_key",
    "confirmed_at",
)

_ADD = Statement(
    insert(evaluations)
    .values({column.name: bindparam(column.name, type_=column.type) for column in _columns})
    .on_conflict_do_nothing()
    .returning(_columns.id)
)
_SAVE = Statement(
    evaluations.update()
    .where(_columns.id == bindparam("of_id"))
    .values({name: bindparam(name, type_=_columns[name].type) for name in _CHANGING})
)
_with_completion = (
    select(
        evaluations,
        *(column for column in completions.columns if column.name not in ("enrolment_id", "district")),
        certificates.c.number.label("certificate_number"),
    )
    .join(completions, completions.c.enrolment_id == _columns.enrolment_id)
    .outerjoin(certificates, certificates.c.evaluation_id == _columns.id)
)
_ONE = Statement(_with_completion.where(_columns.id == bindparam("id")))
_FOR_UPDATE = Statement(
    _with_completion.where(_columns.id == bindparam("id")).with_for_update(of=evaluations)
)


async def add(tx: Transaction, evaluation: Evaluation) -> bool:
    """Stores a new evaluation; False when the enrolment has this attempt, or one not failed."""
    return await tx.row(_ADD, _values(evaluation)) is not None


async def load_for_update(tx: Transaction, evaluation_id: UUID) -> Evaluation | None:
    """The evaluation, its row locked."""
    row = await tx.row(_FOR_UPDATE, {"id": evaluation_id})
    return _evaluation_of(row) if row else None


async def save(tx: Transaction, evaluation: Evaluation) -> None:
    """Writes what its methods may have changed."""
    values = _values(evaluation)
    await tx.execute(_SAVE, {"of_id": evaluation.id} | {name: values[name] for name in _CHANGING})


async def one(database: Database, evaluation_id: UUID) -> tuple[Evaluation, str | None] | None:
    """An evaluation and the number of the certificate it led to."""
    row = await database.row(_ONE, {"id": evaluation_id})
    return (_evaluation_of(row), row["certificate_number"]) if row else None


async def page(
    database: Database, filters: Mapping[str, Any], after: UUID, most: int
) -> Sequence[tuple[Evaluation, str | None]]:
    """Evaluations with these column values, the longest waiting first, opened after ``after``."""
    rows = await database.rows(_page(frozenset(filters)), {**filters, "after": after, "most": most})
    return [(_evaluation_of(row), row["certificate_number"]) for row in rows]


@cache
def _page(filters: frozenset[str]) -> Statement:
    query = _with_completion.where(_columns.id > bindparam("after"))
    for name in sorted(filters):
        query = query.where(_columns[name] == bindparam(name))
    return Statement(query.order_by(_columns.id).limit(bindparam("most", type_=sa.Integer)))


def _evaluation_of(row: Row) -> Evaluation:
    return Evaluation(
        id=row["id"],
        completion=completion_of(row),
        attempt=row["attempt"],
        state=State(row["state"]),
        pass_mark=row["pass_mark"],
        opened_at=row["opened_at"],
        version=row["version"],
        score=_score_of(row),
        confirmation=_confirmation_of(row),
    )


def _score_of(row: Row) -> Score | None:
    if row["score"] is None:
        return None
    by = Evaluator(row["scored_by"], row["scored_by_key"])
    return Score(row["score"], row["comment"], by, row["scored_at"], row["evaluated_on"])


def _confirmation_of(row: Row) -> Confirmation | None:
    if row["passed"] is None:
        return None
    by = Evaluator(row["confirmed_by"], row["confirmed_by_key"])
    return Confirmation(row["passed"], by, row["confirmed_at"])


def _values(evaluation: Evaluation) -> dict[str, Any]:
    score, confirmation = evaluation.score, evaluation.confirmation
    return {
        "id": evaluation.id,
        "enrolment_id": evaluation.completion.enrolment_id,
        "district": evaluation.completion.institution.district,
        "attempt": evaluation.attempt,
        "state": evaluation.state,
        "pass_mark": evaluation.pass_mark,
        "opened_at": evaluation.opened_at,
        "version": evaluation.version,
        "score": score.points if score else None,
        "comment": score.comment if score else None,
        "scored_by": score.by.subject if score else None,
        "scored_by_key": score.by.person_key if score else None,
        "scored_at": score.at if score else None,
        "evaluated_on": score.evaluated_on if score else None,
        "passed": confirmation.passed if confirmation else None,
        "confirmed_by": confirmation.by.subject if confirmation else None,
        "confirmed_by_key": confirmation.by.person_key if confirmation else None,
        "confirmed_at": confirmation.at if confirmation else None,
    }
