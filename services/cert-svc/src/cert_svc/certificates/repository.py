"""Queries on certificates and their ledger."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.auth import Principal
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.events.base import InstitutionRef, ProjectRef
from chuangpei.events.cert import CertificateKind
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from cert_svc.certificates.certificate import Certificate, Evaluated, Revocation
from cert_svc.certificates.lifecycle import State
from cert_svc.certificates.tables import certificate_ledger, certificates
from cert_svc.people import StoredPerson

_columns = certificates.c
_REVOCATION = ("state", "version", "reason_code", "exit_ground", "note", "revoked_on", "revoked_at")

_ADD = Statement(
    insert(certificates)
    .values({column.name: bindparam(column.name, type_=column.type) for column in _columns})
    .on_conflict_do_nothing()
    .returning(_columns.id)
)
_EXISTS = Statement(
    select(_columns.id).where(
        _columns.enrolment_id == bindparam("enrolment_id"), _columns.kind == bindparam("kind")
    )
)
_FOR_UPDATE = Statement(select(certificates).where(_columns.number == bindparam("number")).with_for_update())
_REVOKE = Statement(
    certificates.update()
    .where(_columns.id == bindparam("of_id"))
    .values({name: bindparam(name, type_=_columns[name].type) for name in _REVOCATION})
)
_STATE_FOR_SHARE = Statement(
    select(_columns.state)
    .where(_columns.enrolment_id == bindparam("enrolment_id"), _columns.kind == "training_completion")
    .with_for_update(read=True)
)
_ENTER = Statement(
    certificate_ledger.insert().values(
        {
            column.name: bindparam(column.name, type_=column.type)
            for column in certificate_ledger.columns
            if column.name != "id"
        }
    )
)

CHECK = Statement(
    select(
        _columns.number,
        _columns.kind,
        _columns.masked_name,
        _columns.institution_name,
        _columns.project_name,
        _columns.stage,
        _columns.issued_on,
        _columns.state,
        _columns.revoked_on,
        _columns.version,
    ).where(_columns.number == bindparam("number"))
)
"""What the paper shows of one certificate: the public check, one look into the index of numbers."""


async def add(tx: Transaction, certificate: Certificate) -> bool:
    """Stores a new certificate; False when its number, or its enrolment with this kind, is taken."""
    return await tx.row(_ADD, _values(certificate)) is not None


async def has(tx: Transaction, enrolment_id: UUID, kind: CertificateKind) -> bool:
    """Whether the enrolment has a certificate of the kind, whatever its state."""
    return await tx.row(_EXISTS, {"enrolment_id": enrolment_id, "kind": kind}) is not None


async def load_for_update(tx: Transaction, number: str) -> Certificate | None:
    """The certificate of a canonical number, its row locked."""
    row = await tx.row(_FOR_UPDATE, {"number": number})
    return certificate_of(row) if row else None


async def save_revocation(tx: Transaction, certificate: Certificate) -> None:
    """Writes state, version and revocation: all that may ever change."""
    values = _values(certificate)
    await tx.execute(_REVOKE, {"of_id": certificate.id} | {name: values[name] for name in _REVOCATION})


async def training_certificate_stands(tx: Transaction, enrolment_id: UUID) -> bool:
    """Whether the enrolment's 培训结业证书 is valid; it cannot be revoked before this transaction ends."""
    return bool(await tx.value(_STATE_FOR_SHARE, {"enrolment_id": enrolment_id}) == State.VALID)


async def enter_in_ledger(
    tx: Transaction, certificate: Certificate, entry: str, principal: Principal, on: date, at: datetime
) -> None:
    """One line in the ledger (台账): which number, to whom, what, when and by whom (C06)."""
    await tx.execute(
        _ENTER,
        {
            "certificate_id": certificate.id,
            "number": certificate.number,
            "entry": entry,
            "person_key": certificate.person.person_key,
            "on_day": on,
            "at": at,
            "actor": principal.subject,
            "role": principal.role,
            "reason_code": certificate.revocation.reason_code if certificate.revocation else None,
        },
    )


async def page(
    database: Database, filters: Mapping[str, Any], before: UUID, most: int
) -> Sequence[Certificate]:
    """Certificates with these column values, newest first, older than ``before``."""
    rows = await database.rows(_page(frozenset(filters)), {**filters, "before": before, "most": most})
    return [certificate_of(row) for row in rows]


@cache
def _page(filters: frozenset[str]) -> Statement:
    query = select(certificates).where(_columns.id < bindparam("before"))
    for name in sorted(filters):
        query = query.where(_columns[name] == bindparam(name))
    return Statement(query.order_by(_columns.id.desc()).limit(bindparam("most", type_=sa.Integer)))


def certificate_of(row: Row) -> Certificate:
    """The certificate in a row."""
    return Certificate(
        id=row["id"],
        number=row["number"],
        kind=row["kind"],
        enrolment_id=row["enrolment_id"],
        class_id=row["class_id"],
        institution=InstitutionRef(
            credit_code=row["credit_code"], name=row["institution_name"], district=row["district"]
        ),
        project=ProjectRef(code=row["project_code"], name=row["project_name"], stage=row["stage"]),
        person=StoredPerson(
            row["person_key"], row["masked_name"], row["name_encrypted"], row["id_number_encrypted"]
        ),
        class_started_on=row["class_started_on"],
        evaluated=Evaluated(row["evaluation_id"], row["evaluated_on"]) if row["evaluation_id"] else None,
        issued_on=row["issued_on"],
        issued_at=row["issued_at"],
        state=State(row["state"]),
        version=row["version"],
        revocation=_revocation(row),
    )


def _revocation(row: Row) -> Revocation | None:
    if row["reason_code"] is None:
        return None
    return Revocation(
        row["reason_code"], row["exit_ground"], row["note"], row["revoked_on"], row["revoked_at"]
    )


def _values(certificate: Certificate) -> dict[str, Any]:
    revocation, evaluated = certificate.revocation, certificate.evaluated
    return {
        "id": certificate.id,
        "number": certificate.number,
        "kind": certificate.kind,
        "enrolment_id": certificate.enrolment_id,
        "class_id": certificate.class_id,
        "credit_code": certificate.institution.credit_code,
        "institution_name": certificate.institution.name,
        "district": certificate.institution.district,
        "project_code": certificate.project.code,
        "project_name": certificate.project.name,
        "stage": certificate.project.stage,
        "person_key": certificate.person.person_key,
        "masked_name": certificate.person.masked_name,
        "name_encrypted": certificate.person.name_encrypted,
        "id_number_encrypted": certificate.person.id_number_encrypted,
        "class_started_on": certificate.class_started_on,
        "evaluation_id": evaluated.evaluation_id if evaluated else None,
        "evaluated_on": evaluated.on if evaluated else None,
        "issued_on": certificate.issued_on,
        "issued_at": certificate.issued_at,
        "state": certificate.state,
        "version": certificate.version,
        "reason_code": revocation.reason_code if revocation else None,
        "exit_ground": revocation.exit_ground if revocation else None,
        "note": revocation.note if revocation else None,
        "revoked_on": revocation.on if revocation else None,
        "revoked_at": revocation.at if revocation else None,
    }
