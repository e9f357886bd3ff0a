"""The queries on anomalies."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.listing import Filter, Listing, Order, equal, since, until
from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import insert

from training_svc.anomalies.anomaly import Anomaly, Found
from training_svc.anomalies.lifecycle import State
from training_svc.anomalies.tables import anomalies
from training_svc.classes.tables import classes
from training_svc.enrolments.tables import enrolments
from training_svc.institutions.tables import institutions
from training_svc.visibility import Scope, reaches, scoped

_NEW = (
    "id",
    "kind",
    "subject",
    "class_id",
    "institution_id",
    "district",
    "session_id",
    "enrolment_id",
    "attendance_id",
    "fact",
    "required",
    "found_at",
    "state",
    "version",
)
_INSERT = Statement(
    insert(anomalies)
    .from_select(
        list(_NEW),
        sa.select(
            *(
                func.unnest(bindparam(name, type_=sa.ARRAY(anomalies.c[name].type))).label(name)
                for name in _NEW
            )
        ),
    )
    .on_conflict_do_nothing(index_elements=["kind", "subject"])
    .returning(anomalies.c.id)
)
_COLUMNS = {"credit_code": institutions.c.credit_code, "district": anomalies.c.district}
_SELECT = (
    sa.select(
        anomalies,
        institutions.c.credit_code,
        institutions.c.name.label("institution_name"),
        classes.c.name.label("class_name"),
        enrolments.c.masked_name,
    )
    .join(institutions, institutions.c.id == anomalies.c.institution_id)
    .join(classes, classes.c.id == anomalies.c.class_id)
    .outerjoin(enrolments, enrolments.c.id == anomalies.c.enrolment_id)
)
_ONE = scoped(_SELECT.where(anomalies.c.id == bindparam("id")), **_COLUMNS)
_FOR_UPDATE = scoped(
    sa.select(anomalies)
    .join(institutions, institutions.c.id == anomalies.c.institution_id)
    .where(anomalies.c.id == bindparam("id"))
    .with_for_update(of=anomalies),
    **_COLUMNS,
)
_SAVED = (
    "state",
    "explained_at",
    "explained_by",
    "explanation",
    "confirmed_at",
    "confirmed_by",
    "confirmation",
    "version",
)
_SAVE = Statement(
    anomalies.update()
    .where(anomalies.c.id == bindparam("of_id", type_=sa.Uuid))
    .values({name: bindparam(name, type_=anomalies.c[name].type) for name in _SAVED})
)
_whose = enrolments.alias("whose")


def _of_enrolment(enrolment_id: sa.ColumnElement[UUID]) -> sa.ColumnElement[bool]:
    """Those of an enrolment, found along the index by its class."""
    class_id = sa.select(_whose.c.class_id).where(_whose.c.id == enrolment_id).scalar_subquery()
    return sa.and_(anomalies.c.class_id == class_id, anomalies.c.enrolment_id == enrolment_id)


LIST = Listing(
    _SELECT,
    key=Order(anomalies.c.id, UUID),
    orders={"found_at": Order(anomalies.c.found_at, datetime)},
    filters={
        "state": equal(anomalies.c.state),
        "kind": equal(anomalies.c.kind),
        "district": equal(anomalies.c.district),
        "credit_code": equal(institutions.c.credit_code),
        "class_id": equal(anomalies.c.class_id),
        "enrolment_id": Filter(anomalies.c.enrolment_id.type, _of_enrolment),
        "found_since": since(anomalies.c.found_at),
        "found_until": until(anomalies.c.found_at),
    },
    reaches=reaches(**_COLUMNS),
)


async def insert_found(tx: Transaction, found: Sequence[Found], at: datetime) -> list[tuple[UUID, Found]]:
    """Keeps what was found and not known yet; returns it with its new ids."""
    # In one order, so that two sweeps that find the same wait for each other and never deadlock.
    ordered = sorted({(one.kind, one.subject): one for one in found}.items(), key=lambda item: item[0])
    rows = {new_id(): one for _, one in ordered}
    if not rows:
        return []
    values = [_values(anomaly_id, one, at) for anomaly_id, one in rows.items()]
    added = await tx.rows(_INSERT, {name: [row[name] for row in values] for name in _NEW})
    return [(row["id"], rows[row["id"]]) for row in added]


async def one(source: Database | Transaction, anomaly_id: UUID, scope: Scope) -> Row | None:
    """An anomaly that the scope sees, with the names of its institution, class and trainee."""
    return await source.row(_ONE[scope.reach], {"id": anomaly_id, "scope": scope.value})


async def load_for_update(tx: Transaction, anomaly_id: UUID, scope: Scope) -> Anomaly | None:
    """An anomaly that the scope sees, locked."""
    row = await tx.row(_FOR_UPDATE[scope.reach], {"id": anomaly_id, "scope": scope.value})
    if row is None:
        return None
    return Anomaly(id=row["id"], **{name: row[name] for name in _SAVED} | {"state": State(row["state"])})


async def save(tx: Transaction, anomaly: Anomaly) -> None:
    """Writes what people said to it."""
    await tx.execute(_SAVE, {name: getattr(anomaly, name) for name in _SAVED} | {"of_id": anomaly.id})


def _values(anomaly_id: UUID, one: Found, at: datetime) -> dict[str, Any]:
    return {
        "id": anomaly_id,
        "kind": one.kind,
        "subject": one.subject,
        "class_id": one.place.class_id,
        "institution_id": one.place.institution_id,
        "district": one.place.district,
        "session_id": one.session_id,
        "enrolment_id": one.enrolment_id,
        "attendance_id": one.attendance_id,
        "fact": one.finding.fact,
        "required": one.finding.required,
        "found_at": at,
        "state": State.OPEN,
        "version": 1,
    }
