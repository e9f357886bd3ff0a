"""Queries on certificates and their ledger."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.auth import Principal
from chuangpei.database import Row, Statement, Transaction
from chuangpei.events.base import InstitutionRef, ProjectRef
from chuangpei.events.cert import CertificateKind
from chuangpei.kernel.clock import civil_date
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from cert_svc.certificates.certificate import Certificate, Evaluated, Revocation
from cert_svc.certificates.lifecycle import State
from cert_svc.certificates.tables import certificate_editions, certificate_ledger, certificates
from cert_svc.evaluations.lifecycle import State as EvaluationState
from cert_svc.evaluations.tables import evaluations
from cert_svc.people import StoredPerson

_columns = certificates.c
_editions = certificate_editions.c
_EDITION = ("number", "identifier", "edition", "masked_name", "name_encrypted", "reissued_on", "version")
_REVOCATION = ("state", "version", "reason_code", "exit_ground", "note", "revoked_on", "revoked_at")

_ADD = Statement(
    insert(certificates).values(
        {column.name: bindparam(column.name, type_=column.type) for column in _columns}
    )
)
_valid_of_enrolment = sa.and_(
    _columns.enrolment_id == bindparam("enrolment_id"),
    _columns.kind == bindparam("kind"),
    _columns.state == State.VALID.value,
)
_EXISTS = Statement(select(_columns.id).where(_valid_of_enrolment))
_BY_ID_FOR_UPDATE = Statement(
    select(certificates).where(_columns.id == bindparam("id", type_=sa.Uuid)).with_for_update()
)
_VALID_FOR_UPDATE = Statement(select(certificates).where(_valid_of_enrolment).with_for_update())
_RESTING_ON = Statement(
    select(_columns.number, _columns.version)
    .where(
        _columns.evaluation_id == bindparam("evaluation_id", type_=sa.Uuid),
        _columns.state == State.VALID.value,
    )
    .with_for_update()
)
_FOR_UPDATE = Statement(
    select(certificates)
    .join(certificate_editions, _editions.certificate_id == _columns.id)
    .where(_editions.number == bindparam("number"))
    .with_for_update(of=certificates)
)
_REISSUE = Statement(
    certificates.update()
    .where(_columns.id == bindparam("of_id"))
    .values({name: bindparam(name, type_=_columns[name].type) for name in _EDITION})
)
_REVOKE = Statement(
    certificates.update()
    .where(_columns.id == bindparam("of_id"))
    .values({name: bindparam(name, type_=_columns[name].type) for name in _REVOCATION})
)
_VALID_FOR_SHARE = Statement(select(_columns.id).where(_valid_of_enrolment).with_for_update(read=True))
# Revoked for another reason than that the completion was, it stays so, and so without a pass it rests on.
_PASSED_EVALUATION = Statement(
    select(_columns.evaluation_id, _columns.evaluated_on)
    .join(evaluations, evaluations.c.id == _columns.evaluation_id)
    .where(
        evaluations.c.passed,
        evaluations.c.state != EvaluationState.VOID.value,
        _columns.enrolment_id == bindparam("enrolment_id"),
        _columns.kind == "training_qualification",
        _columns.reason_code == "completion_revoked",
    )
    .order_by(_columns.id.desc())
    .limit(1)
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


async def add(tx: Transaction, certificate: Certificate) -> None:
    """Stores a new certificate.

    Raises :class:`asyncpg.UniqueViolationError` where its enrolment has a valid one of its kind.
    """
    await tx.execute(_ADD, _values(certificate))


async def has(tx: Transaction, enrolment_id: UUID, kind: CertificateKind) -> bool:
    """Whether the enrolment has a valid certificate of the kind."""
    return await tx.row(_EXISTS, {"enrolment_id": enrolment_id, "kind": kind}) is not None


async def resting_on(tx: Transaction, evaluation_id: UUID) -> tuple[str, int] | None:
    """Number and version of the valid certificate that rests on the evaluation, its row locked."""
    row = await tx.row(_RESTING_ON, {"evaluation_id": evaluation_id})
    return (row["number"], row["version"]) if row else None


async def load_for_update(tx: Transaction, number: str) -> Certificate | None:
    """The certificate that has, or once had, a canonical number, its row locked."""
    row = await tx.row(_FOR_UPDATE, {"number": number})
    return certificate_of(row) if row else None


async def by_id_for_update(tx: Transaction, certificate_id: UUID) -> Certificate | None:
    """The certificate of an id, its row locked."""
    row = await tx.row(_BY_ID_FOR_UPDATE, {"id": certificate_id})
    return certificate_of(row) if row else None


async def valid_for_update(tx: Transaction, enrolment_id: UUID, kind: CertificateKind) -> Certificate | None:
    """The enrolment's valid certificate of the kind, its row locked."""
    row = await tx.row(_VALID_FOR_UPDATE, {"enrolment_id": enrolment_id, "kind": kind})
    return certificate_of(row) if row else None


async def save_edition(tx: Transaction, certificate: Certificate) -> None:
    """Writes its newest edition."""
    values = _values(certificate)
    await tx.execute(_REISSUE, {"of_id": certificate.id} | {name: values[name] for name in _EDITION})


async def save_revocation(tx: Transaction, certificate: Certificate) -> None:
    """Writes state, version and revocation."""
    values = _values(certificate)
    await tx.execute(_REVOKE, {"of_id": certificate.id} | {name: values[name] for name in _REVOCATION})


async def training_certificate_stands(tx: Transaction, enrolment_id: UUID) -> bool:
    """Whether the enrolment's 培训结业证书 is valid; it cannot be revoked before this transaction ends."""
    values = {"enrolment_id": enrolment_id, "kind": "training_completion"}
    return await tx.row(_VALID_FOR_SHARE, values) is not None


async def passed_evaluation(tx: Transaction, enrolment_id: UUID) -> Evaluated | None:
    """The evaluation of the enrolment's newest 合格证书 that was revoked with its completion, if any."""
    row = await tx.row(_PASSED_EVALUATION, {"enrolment_id": enrolment_id})
    return Evaluated(row["evaluation_id"], row["evaluated_on"]) if row else None


async def enter_in_ledger(
    tx: Transaction,
    certificate: Certificate,
    entry: str,
    principal: Principal,
    at: datetime,
    reason_code: str | None = None,
) -> None:
    """One line in the ledger (台账): which number, to whom, what, when, by whom and why (C06)."""
    await tx.execute(
        _ENTER,
        {
            "certificate_id": certificate.id,
            "number": certificate.number,
            "entry": entry,
            "person_key": certificate.person.person_key,
            "on_day": civil_date(at),
            "at": at,
            "actor": principal.subject,
            "role": principal.role,
            "reason_code": reason_code,
        },
    )


def certificate_of(row: Row) -> Certificate:
    """The certificate in a row."""
    return Certificate(
        id=row["id"],
        number=row["number"],
        identifier=row["identifier"],
        edition=row["edition"],
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
        reissued_on=row["reissued_on"],
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
        "identifier": certificate.identifier,
        "edition": certificate.edition,
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
        "reissued_on": certificate.reissued_on,
        "state": certificate.state,
        "version": certificate.version,
        "reason_code": revocation.reason_code if revocation else None,
        "exit_ground": revocation.exit_ground if revocation else None,
        "note": revocation.note if revocation else None,
        "revoked_on": revocation.on if revocation else None,
        "revoked_at": revocation.at if revocation else None,
    }
