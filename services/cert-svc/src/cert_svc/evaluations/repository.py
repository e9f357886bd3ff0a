"""Queries on evaluations; each row comes with the completed training it belongs to."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from chuangpei.auth import Principal, Role
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal, since, until
from chuangpei.mechanism_tables import audit_log
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from cert_svc.certificates.tables import certificates
from cert_svc.completions.tables import completions
from cert_svc.evaluations.evaluation import Evaluation
from cert_svc.evaluations.lifecycle import State
from cert_svc.evaluations.records import Evaluator, Score
from cert_svc.evaluations.rows import dispute_values, evaluation_of, evaluation_values
from cert_svc.evaluations.tables import blind_scores, disputes, evaluations
from cert_svc.evaluators.repository import evaluates

_columns = evaluations.c
_wanted = evaluations.alias()
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
    "published_at",
    "published_by",
    "last_dispute_day",
    "voided_at",
    "voided_by",
    "void_reason_code",
    "void_note",
    "counts",
)

_FILED = ("evaluation_id", "grounds_encrypted", "disputed_by", "disputed_at")
_REVIEWED = tuple(column.name for column in disputes.columns if column.name not in _FILED)

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
_ADD_DISPUTE = Statement(
    disputes.insert().values({name: bindparam(name, type_=disputes.c[name].type) for name in _FILED})
)
_SAVE_REVIEW = Statement(
    disputes.update()
    .where(disputes.c.evaluation_id == bindparam("of_id", type_=sa.Uuid))
    .values({name: bindparam(name, type_=disputes.c[name].type) for name in _REVIEWED})
)
_DISPUTE_IS_OPEN = Statement(
    select(_columns.id)
    .where(
        _columns.enrolment_id == bindparam("enrolment_id", type_=sa.Uuid),
        _columns.state == State.DISPUTED.value,
    )
    .limit(1)
)
# The newest, where a completion was taken back and told again.
_certificate_number = (
    select(certificates.c.number)
    .where(certificates.c.evaluation_id == _columns.id)
    .order_by(certificates.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_with_completion = (
    select(
        evaluations,
        *(column for column in completions.columns if column.name not in ("enrolment_id", "district")),
        *(column for column in disputes.columns if column.name != "evaluation_id"),
        _certificate_number.label("certificate_number"),
    )
    .join(completions, completions.c.enrolment_id == _columns.enrolment_id)
    .outerjoin(disputes, disputes.c.evaluation_id == _columns.id)
)
_TODAY = bindparam("today", type_=sa.Date)
_SCOPE = bindparam("scope", type_=sa.Text)


class Reach(StrEnum):
    """How far one sees evaluations: one's own results, those one may evaluate, those of the district, all."""

    TRAINEE = "trainee"
    OWN = "own"
    DISTRICT = "district"
    ALL = "all"


_REACHES: dict[Reach, sa.ColumnElement[bool] | None] = {
    # Nothing is shown to the trainee before it is published.
    Reach.TRAINEE: sa.and_(completions.c.person_key == _SCOPE, _columns.published_at.is_not(None)),
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
        # What is void was neither passed nor failed.
        "passed": Filter(
            sa.Boolean(),
            lambda value: sa.and_(_columns.passed == value, _columns.state != State.VOID.value),
        ),
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
_NEWEST_FOR_UPDATE = Statement(
    _with_completion.where(_columns.enrolment_id == bindparam("enrolment_id"))
    .order_by(_columns.id.desc())
    .limit(1)
    .with_for_update(of=evaluations)
)

_ATTEMPTS = Statement(
    _with_completion.where(
        _columns.enrolment_id
        == select(_wanted.c.enrolment_id)
        .where(_wanted.c.id == bindparam("id", type_=sa.Uuid))
        .scalar_subquery()
    )
    .order_by(_columns.id)
    .with_for_update(of=evaluations)
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
    return await tx.row(_ADD, evaluation_values(evaluation)) is not None


async def load_for_update(tx: Transaction, evaluation_id: UUID) -> Evaluation | None:
    """The evaluation with its blind scores, its row locked."""
    row = await tx.row(_FOR_UPDATE, {"id": evaluation_id})
    return await _with_blind_scores(tx, evaluation_of(row)) if row else None


async def newest_for_update(tx: Transaction, enrolment_id: UUID) -> Evaluation | None:
    """The newest evaluation of an enrolment like :func:`load_for_update`."""
    row = await tx.row(_NEWEST_FOR_UPDATE, {"enrolment_id": enrolment_id})
    return await _with_blind_scores(tx, evaluation_of(row)) if row else None


async def load_attempts(tx: Transaction, evaluation_id: UUID) -> tuple[Evaluation | None, list[Evaluation]]:
    """The evaluation like :func:`load_for_update`, and the other attempts of its enrolment, all locked."""
    found = [evaluation_of(row) for row in await tx.rows(_ATTEMPTS, {"id": evaluation_id})]
    others = [one for one in found if one.id != evaluation_id]
    evaluation = next((one for one in found if one.id == evaluation_id), None)
    return (await _with_blind_scores(tx, evaluation) if evaluation else None), others


async def _with_blind_scores(tx: Transaction, evaluation: Evaluation) -> Evaluation:
    if evaluation.rubric.is_blind:
        evaluation.blind_scores = await blind_scores_of(tx, evaluation.id)
    return evaluation


async def dispute_is_open(tx: Transaction, evaluation: Evaluation) -> bool:
    """Whether an attempt of its enrolment is disputed."""
    return await tx.row(_DISPUTE_IS_OPEN, {"enrolment_id": evaluation.completion.enrolment_id}) is not None


async def add_dispute(tx: Transaction, evaluation: Evaluation) -> None:
    """Keeps the dispute of an evaluation."""
    await tx.execute(_ADD_DISPUTE, {name: dispute_values(evaluation)[name] for name in _FILED})


async def save_review(tx: Transaction, evaluation: Evaluation) -> None:
    """Keeps what came of its dispute."""
    values = dispute_values(evaluation)
    await tx.execute(_SAVE_REVIEW, {"of_id": evaluation.id} | {name: values[name] for name in _REVIEWED})


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
    values = evaluation_values(evaluation)
    await tx.execute(_SAVE, {"of_id": evaluation.id} | {name: values[name] for name in _CHANGING})


def reach_of(principal: Principal) -> tuple[Reach, str | None]:
    """How far the principal sees (C04, C05); an evaluator without a real name evaluates nothing."""
    match principal.role:
        case Role.CITIZEN:
            return Reach.TRAINEE, principal.person_key or ""
        case Role.EVALUATOR:
            return Reach.OWN, principal.person_key or ""
        case Role.DISTRICT_OFFICER:
            return Reach.DISTRICT, principal.district or ""
    return Reach.ALL, None


async def one(
    source: Database | Transaction, evaluation_id: UUID, principal: Principal, today: date
) -> tuple[Evaluation, str | None] | None:
    """An evaluation that the principal sees, and the number of the certificate it led to."""
    reach, scope = reach_of(principal)
    row = await source.row(_SEEN[reach], {"id": evaluation_id, "scope": scope, "today": today})
    return shown(row) if row else None


async def steps(database: Database, evaluation_id: UUID) -> list[Row]:
    """What was done to an evaluation, in order, from the audit log."""
    return await database.rows(_STEPS, {"evaluation_id": str(evaluation_id)})


def shown(row: Row) -> tuple[Evaluation, str | None]:
    """The evaluation of a row of the list, and the number of the certificate it led to."""
    return evaluation_of(row), row["certificate_number"]
