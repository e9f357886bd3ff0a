"""The register of numbers (编号登记): every edition, and the public check, which begins here."""

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from cert_svc.certificates.edition import Edition, Replacement
from cert_svc.certificates.lifecycle import Standing, State
from cert_svc.certificates.tables import certificate_editions, certificates
from cert_svc.people import StoredPerson

_columns, _editions = certificates.c, certificate_editions.c
_REGISTER = Statement(
    insert(certificate_editions)
    .values({column.name: bindparam(column.name, type_=column.type) for column in _editions})
    .on_conflict_do_nothing()
    .returning(_editions.number)
)


def _word(value: State | Standing) -> sa.ColumnElement[str]:
    """A word of the state machine as it stands in the statement, so that the check has one parameter."""
    return sa.literal_column(f"'{value}'", sa.Text)


_is_revoked = _columns.state == _word(State.REVOKED)
_is_replaced = sa.and_(sa.not_(_is_revoked), _editions.edition < _columns.edition)
_check = select(
    _editions.number,
    _editions.identifier,
    _editions.edition,
    _columns.kind,
    _editions.masked_name,
    _columns.institution_name,
    _columns.project_name,
    _columns.stage,
    _columns.issued_on,
    sa.case(
        (_is_revoked, _word(Standing.REVOKED)),
        (_is_replaced, _word(Standing.REISSUED)),
        else_=_word(Standing.VALID),
    ).label("standing"),
    sa.case((_is_replaced, _columns.number)).label("reissued_as"),
    _columns.revoked_on,
    _columns.version,
).join(certificates, _columns.id == _editions.certificate_id)
CHECK = Statement(_check.where(_editions.number == bindparam("number")))
"""What the paper of a number shows, and what it stands for: the public check, two looks into indexes."""
CHECK_IDENTIFIER = Statement(_check.where(_editions.identifier == bindparam("identifier")))
"""The same by the 电子证照标识."""

_given = certificate_editions.alias("given")
_EDITIONS = Statement(
    select(certificate_editions, _columns.person_key, _columns.id_number_encrypted, _columns.district)
    .join(certificates, _columns.id == _editions.certificate_id)
    .where(
        _editions.certificate_id
        == select(_given.c.certificate_id).where(_given.c.number == bindparam("number")).scalar_subquery()
    )
    .order_by(_editions.edition)
)


async def register(tx: Transaction, edition: Edition) -> bool:
    """Enters an edition; False where its number or identifier was ever given out."""
    replaced = edition.replacement
    values = {
        "certificate_id": edition.certificate_id,
        "edition": edition.edition,
        "number": edition.number,
        "identifier": edition.identifier,
        "masked_name": edition.person.masked_name,
        "name_encrypted": edition.person.name_encrypted,
        "at": edition.at,
        "actor": edition.actor,
        "role": edition.role,
        "reason_code": replaced.reason if replaced else None,
        "note": replaced.note if replaced else None,
        "evidence": replaced.evidence if replaced else None,
    }
    return await tx.row(_REGISTER, values) is not None


async def editions(database: Database, number: str) -> list[Row]:
    """Every edition of the certificate that has, or once had, a canonical number, the first one first."""
    return await database.rows(_EDITIONS, {"number": number})


def edition_of(row: Row) -> Edition:
    """The edition of a row of :func:`editions`."""
    reason = row["reason_code"]
    return Edition(
        certificate_id=row["certificate_id"],
        edition=row["edition"],
        number=row["number"],
        identifier=row["identifier"],
        person=StoredPerson(
            row["person_key"], row["masked_name"], row["name_encrypted"], row["id_number_encrypted"]
        ),
        at=row["at"],
        actor=row["actor"],
        role=row["role"],
        replacement=Replacement(reason, row["note"], row["evidence"]) if reason else None,
    )
