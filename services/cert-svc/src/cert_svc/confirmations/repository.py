"""The queries on confirmation jobs and their evaluations."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.auth import Principal, Role
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.listing import Listing, Order, equal
from sqlalchemy import bindparam

from cert_svc.candidates.tables import session_candidates
from cert_svc.certificates.tables import certificates
from cert_svc.completions.tables import completions
from cert_svc.confirmations.job import Job, Outcome
from cert_svc.confirmations.lifecycle import State
from cert_svc.confirmations.tables import confirmation_jobs as jobs
from cert_svc.confirmations.tables import confirmation_lines as lines
from cert_svc.evaluations.lifecycle import State as EvaluationState
from cert_svc.evaluations.tables import evaluations
from cert_svc.evaluators.repository import acts_for, evaluates

_SCOPE = bindparam("scope", type_=sa.Text)
_TODAY = bindparam("today", type_=sa.Date)


class Reach(StrEnum):
    """Which jobs one sees: those of one's body, or all."""

    BODY = "body"
    ALL = "all"


_REACHES: dict[Reach, sa.ColumnElement[bool] | None] = {
    Reach.BODY: acts_for(_SCOPE, jobs.c.body_id, _TODAY),
    Reach.ALL: None,
}
LIST = Listing(
    sa.select(jobs),
    key=Order(jobs.c.id, UUID),
    orders={"asked_at": Order(jobs.c.asked_at, datetime)},
    filters={
        "class_id": equal(jobs.c.class_id),
        "session_id": equal(jobs.c.session_id),
        "state": equal(jobs.c.state),
    },
    reaches=_REACHES,
)
LINES = Listing(
    sa.select(
        lines,
        completions.c.masked_name,
        evaluations.c.passed,
        certificates.c.number.label("certificate_number"),
    )
    .join(evaluations, evaluations.c.id == lines.c.evaluation_id)
    .join(completions, completions.c.enrolment_id == evaluations.c.enrolment_id)
    .outerjoin(certificates, certificates.c.evaluation_id == evaluations.c.id),
    key=Order(lines.c.id, UUID),
    filters={"job_id": equal(lines.c.job_id), "outcome": equal(lines.c.outcome)},
)
_of_id = sa.select(jobs).where(jobs.c.id == bindparam("id"))
_SEEN = {
    reach: Statement(_of_id if reached is None else _of_id.where(reached))
    for reach, reached in _REACHES.items()
}
_scored = (
    sa.select(evaluations.c.id, evaluations.c.version)
    .join(completions, completions.c.enrolment_id == evaluations.c.enrolment_id)
    .where(
        evaluations.c.state == EvaluationState.SCORED.value,
        evaluates(_SCOPE, completions.c.project_code, _TODAY),
    )
    .order_by(evaluations.c.id)
    .limit(bindparam("most", type_=sa.Integer))
)
_SCORED_OF_CLASS = Statement(_scored.where(completions.c.class_id == bindparam("class_id", type_=sa.Uuid)))
_SCORED_OF_SESSION = Statement(
    _scored.where(
        evaluations.c.id.in_(
            sa.select(session_candidates.c.evaluation_id).where(
                session_candidates.c.session_id == bindparam("session_id", type_=sa.Uuid),
                session_candidates.c.removed_at.is_(None),
                session_candidates.c.present.is_not(False),
            )
        )
    )
)


def _values_of(table: sa.Table) -> dict[str, Any]:
    return {column.name: bindparam(column.name, type_=column.type) for column in table.columns}


_INSERT = Statement(jobs.insert().values(_values_of(jobs)))
_INSERT_LINE = Statement(lines.insert().values(_values_of(lines)))
_NEXT_DUE = Statement(
    sa.select(jobs)
    .where(
        # As text, so that the partial index is seen to hold it.
        sa.text("confirmation_jobs.state <> 'done'"),
        jobs.c.due_at <= bindparam("now", type_=sa.DateTime(timezone=True)),
    )
    .order_by(jobs.c.due_at, jobs.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_SAVED = ("state", "confirmed", "refused", "due_at", "finished_at", "version")
_SAVE = Statement(
    jobs.update()
    .where(jobs.c.id == bindparam("of_id", type_=sa.Uuid))
    .values({name: bindparam(name, type_=jobs.c[name].type) for name in _SAVED})
)
_WAITING = Statement(
    sa.select(lines)
    .where(lines.c.job_id == bindparam("job_id", type_=sa.Uuid), sa.text("outcome = 'waiting'"))
    .order_by(lines.c.evaluation_id)
    .limit(bindparam("most", type_=sa.Integer))
)
_SETTLE = Statement(
    lines.update()
    .where(lines.c.id == bindparam("of_id", type_=sa.Uuid))
    .values({name: bindparam(name, type_=lines.c[name].type) for name in ("outcome", "at", "refusal")})
)


def reach_of(principal: Principal) -> tuple[Reach, str | None]:
    """Which jobs the principal sees (C04); an evaluator without a real name sees none."""
    if principal.role is Role.EVALUATOR:
        return Reach.BODY, principal.person_key or ""
    return Reach.ALL, None


async def scored(tx: Transaction, job: Job, today: date, most: int) -> list[tuple[UUID, int]]:
    """The scored evaluations that the job is about and its confirmer may evaluate: ids and versions."""
    values = {"scope": job.asked_by_key, "today": today, "most": most}
    if job.class_id is not None:
        rows = await tx.rows(_SCORED_OF_CLASS, values | {"class_id": job.class_id})
    else:
        rows = await tx.rows(_SCORED_OF_SESSION, values | {"session_id": job.session_id})
    return [(row["id"], row["version"]) for row in rows]


async def insert_new(tx: Transaction, job: Job, those: Sequence[tuple[UUID, int]]) -> None:
    """Adds a job with a line for each evaluation."""
    await tx.execute(_INSERT, {column.name: getattr(job, column.name) for column in jobs.columns})
    empty = {"job_id": job.id, "outcome": Outcome.WAITING, "at": None, "refusal": None}
    await tx.execute_many(
        _INSERT_LINE,
        [
            empty | {"id": new_id(), "evaluation_id": evaluation_id, "evaluation_version": version}
            for evaluation_id, version in those
        ],
    )


async def one(database: Database, job_id: UUID, principal: Principal, today: date) -> Job | None:
    """A job that the principal sees."""
    reach, scope = reach_of(principal)
    row = await database.row(_SEEN[reach], {"id": job_id, "scope": scope, "today": today})
    return job_of(row) if row else None


async def next_due(tx: Transaction, now: datetime) -> Job | None:
    """The job whose work waits longest, locked; one that another works on is passed over."""
    row = await tx.row(_NEXT_DUE, {"now": now})
    return job_of(row) if row else None


async def waiting(tx: Transaction, job_id: UUID, most: int) -> list[Row]:
    """The next lines whose evaluations wait for their turn, in the order of these."""
    return await tx.rows(_WAITING, {"job_id": job_id, "most": most})


async def settle(
    tx: Transaction, line_id: UUID, outcome: Outcome, at: datetime, refusal: dict[str, Any] | None
) -> None:
    """Writes what became of an evaluation."""
    await tx.execute(_SETTLE, {"of_id": line_id, "outcome": outcome, "at": at, "refusal": refusal})


async def save(tx: Transaction, job: Job) -> None:
    """Writes how far the work has come."""
    await tx.execute(_SAVE, {name: getattr(job, name) for name in _SAVED} | {"of_id": job.id})


def job_of(row: Row) -> Job:
    """The job of a row of the list."""
    values = {column.name: row[column.name] for column in jobs.columns}
    return Job(**values | {"state": State(row["state"])})
