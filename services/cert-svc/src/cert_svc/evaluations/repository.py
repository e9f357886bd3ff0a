"""Queries on evaluations; each row comes with the completed training it belongs to."""

from dataclasses import asdict
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.auth import Principal, Role
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal, since, until
from chuangpei.mechanism_tables import audit_log
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from cert_svc.certificates.tables import certificates
from cert_svc.completions.repository import completion_of
from cert_svc.completions.tables import completions
from cert_svc.evaluations.evaluation import Evaluation
from cert_svc.evaluations.lifecycle import State
from cert_svc.evaluations.records import Confirmation, Evaluator, Score
from cert_svc.evaluations.tables import blind_scores, evaluations
from cert_svc.evaluators.repository import evaluates
from cert_svc.policy.rubric import Part, Rubric

_columns = evaluations.c
_CHANGING = (
    "state",
    "version",
    "body_id",
    "score",
    "part_points",
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
_ADD_BLIND = Statement(
    blind_scores.insert().values(
        {column.name: bindparam(column.name, type_=column.type) for column in blind_scores.columns}
    )
)
_BLIND = Statement(
    select(blind_scores)
    .where(blind_scores.c.evaluation_id == bindparam("evaluation_id", type_=sa.Uuid))
    .order_by(blind_scores.c.place)
)
# The newest, where a completion was taken back and told again.
_certificate_number = (
    select(certificates.c.number)
    .where(certificates.c.evaluation_id == _columns.id)
    .order_by(certificates.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_with_completion = select(
    evaluations,
    *(column for column in completions.columns if column.name not in ("enrolment_id", "district")),
    _certificate_number.label("certificate_number"),
).join(completions, completions.c.enrolment_id == _columns.enrolment_id)
_TODAY = bindparam("today", type_=sa.Date)
_SCOPE = bindparam("scope", type_=sa.Text)


class Reach(StrEnum):
    """How far one sees evaluations: those one may evaluate, those of the district, all."""

    OWN = "own"
    DISTRICT = "district"
    ALL = "all"


_REACHES: dict[Reach, sa.ColumnElement[bool] | None] = {
    Reach.OWN: evaluates(_SCOPE, completions.c.project_code, _TODAY),
    Reach.DISTRICT: _columns.district == _SCOPE,
    Reach.ALL: None,
}
LIST = Listing(
    _with_completion,
    key=Order(_columns.id, UUID),
    orders={"opened_at": Order(_columns.opened_at, datetime)},
    filters={
        "state": equal(_columns.state),
        "enrolment_id": equal(_columns.enrolment_id),
        "district": equal(_columns.district),
        "body_id": equal(_columns.body_id),
        "passed": Filter(sa.Boolean(), lambda value: _columns.passed == value),
        "credit_code": equal(completions.c.credit_code),
        "class_id": equal(completions.c.class_id),
        "project_code": equal(completions.c.project_code),
        "evaluated_since": since(_columns.evaluated_on),
        "evaluated_until": until(_columns.evaluated_on),
    },
    reaches=_REACHES,
)
_SEEN = {
    reach: Statement(
        _with_completion.where(_columns.id == bindparam("id"), *(() if reached is None else (reached,)))
    )
    for reach, reached in _REACHES.items()
}
_FOR_UPDATE = Statement(
    _with_completion.where(_columns.id == bindparam("id")).with_for_update(of=evaluations)
)

_STEPS = Statement(
    select(audit_log)
    .where(
        audit_log.c.object_type == "evaluation",
        audit_log.c.object_id == bindparam("evaluation_id", type_=sa.Text),
    )
    .order_by(audit_log.c.id)
)


async def add(tx: Transaction, evaluation: Evaluation) -> bool:
    """Stores a new evaluation; False when the enrolment has this attempt, or one not failed."""
    return await tx.row(_ADD, _values(evaluation)) is not None


async def load_for_update(tx: Transaction, evaluation_id: UUID) -> Evaluation | None:
    """The evaluation with its blind scores, its row locked."""
    row = await tx.row(_FOR_UPDATE, {"id": evaluation_id})
    if row is None:
        return None
    evaluation = _evaluation_of(row)
    if evaluation.rubric.is_blind:
        evaluation.blind_scores = await blind_scores_of(tx, evaluation_id)
    return evaluation


async def add_blind_score(tx: Transaction, evaluation: Evaluation) -> None:
    """Keeps the blind score given last; before the result it settles is saved."""
    given = evaluation.blind_scores[-1]
    values = {
        "evaluation_id": evaluation.id,
        "place": len(evaluation.blind_scores),
        "points": given.points,
        "part_points": given.part_points,
        "comment": given.comment,
        "scored_by": given.by.subject,
        "person_key": given.by.person_key,
        "scored_at": given.at,
        "evaluated_on": given.evaluated_on,
    }
    await tx.execute(_ADD_BLIND, values)


async def blind_scores_of(source: Database | Transaction, evaluation_id: UUID) -> tuple[Score, ...]:
    """The blind scores of an evaluation, in the order they were given."""
    rows = await source.rows(_BLIND, {"evaluation_id": evaluation_id})
    return tuple(
        Score(
            row["points"],
            row["part_points"],
            row["comment"],
            Evaluator(row["scored_by"], row["person_key"]),
            row["scored_at"],
            row["evaluated_on"],
        )
        for row in rows
    )


async def save(tx: Transaction, evaluation: Evaluation) -> None:
    """Writes what its methods may have changed."""
    values = _values(evaluation)
    await tx.execute(_SAVE, {"of_id": evaluation.id} | {name: values[name] for name in _CHANGING})


def reach_of(principal: Principal) -> tuple[Reach, str | None]:
    """How far the principal sees (C04, C05); an evaluator without a real name evaluates nothing."""
    match principal.role:
        case Role.EVALUATOR:
            return Reach.OWN, principal.person_key or ""
        case Role.DISTRICT_OFFICER:
            return Reach.DISTRICT, principal.district or ""
    return Reach.ALL, None


async def one(
    database: Database, evaluation_id: UUID, principal: Principal, today: date
) -> tuple[Evaluation, str | None] | None:
    """An evaluation that the principal sees, and the number of the certificate it led to."""
    reach, scope = reach_of(principal)
    row = await database.row(_SEEN[reach], {"id": evaluation_id, "scope": scope, "today": today})
    return shown(row) if row else None


async def steps(database: Database, evaluation_id: UUID) -> list[Row]:
    """What was done to an evaluation, in order, from the audit log."""
    return await database.rows(_STEPS, {"evaluation_id": str(evaluation_id)})


def shown(row: Row) -> tuple[Evaluation, str | None]:
    """The evaluation of a row of the list, and the number of the certificate it led to."""
    return _evaluation_of(row), row["certificate_number"]


def _evaluation_of(row: Row) -> Evaluation:
    return Evaluation(
        id=row["id"],
        completion=completion_of(row),
        attempt=row["attempt"],
        state=State(row["state"]),
        rubric=_rubric_of(row),
        opened_at=row["opened_at"],
        version=row["version"],
        body_id=row["body_id"],
        score=_score_of(row),
        confirmation=_confirmation_of(row),
    )


def _rubric_of(row: Row) -> Rubric:
    return Rubric(
        pass_mark=row["pass_mark"],
        most_retakes=row["most_retakes"],
        retake_months=row["retake_months"],
        dispute_days=row["dispute_days"],
        norm_version=row["norm_version"],
        parts=tuple(Part(**one) for one in row["parts"] or ()),
        most_difference=row["most_difference"],
    )


def _score_of(row: Row) -> Score | None:
    if row["score"] is None:
        return None
    by = Evaluator(row["scored_by"], row["scored_by_key"])
    return Score(row["score"], row["part_points"], row["comment"], by, row["scored_at"], row["evaluated_on"])


def _confirmation_of(row: Row) -> Confirmation | None:
    if row["passed"] is None:
        return None
    by = Evaluator(row["confirmed_by"], row["confirmed_by_key"])
    return Confirmation(row["passed"], by, row["confirmed_at"])


def _values(evaluation: Evaluation) -> dict[str, Any]:
    rubric, score, confirmation = evaluation.rubric, evaluation.score, evaluation.confirmation
    return {
        "id": evaluation.id,
        "enrolment_id": evaluation.completion.enrolment_id,
        "district": evaluation.completion.institution.district,
        "attempt": evaluation.attempt,
        "state": evaluation.state,
        "pass_mark": rubric.pass_mark,
        "most_retakes": rubric.most_retakes,
        "retake_months": rubric.retake_months,
        "dispute_days": rubric.dispute_days,
        "most_difference": rubric.most_difference,
        "norm_version": rubric.norm_version,
        "parts": [asdict(one) for one in rubric.parts] or None,
        "part_points": score.part_points if score else None,
        "opened_at": evaluation.opened_at,
        "version": evaluation.version,
        "body_id": evaluation.body_id,
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
