"""The queries on complaints."""

from dataclasses import asdict
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal, since, until
from sqlalchemy import bindparam

from training_svc.complaints.complaint import Channel, Complaint, Subject
from training_svc.complaints.lifecycle import State
from training_svc.complaints.tables import complaints
from training_svc.institutions.tables import institutions
from training_svc.persons import SealedContact
from training_svc.visibility import Scope, reaches, scoped

_CONTACT = ("masked_name", "masked_phone", "name_encrypted", "phone_encrypted")
_NEW = (
    "id",
    "institution_id",
    "class_id",
    "district",
    "channel",
    "subject",
    "content_encrypted",
    "person_key",
    "state",
    "filed_on",
    "filed_at",
    "filed_by",
    "version",
)
_INSERT = Statement(
    complaints.insert().values(
        {name: bindparam(name, type_=complaints.c[name].type) for name in (*_NEW, *_CONTACT)}
    )
)
_SELECT = sa.select(
    complaints, institutions.c.credit_code, institutions.c.name.label("institution_name")
).join(institutions, institutions.c.id == complaints.c.institution_id)
_REACH = {"credit_code": institutions.c.credit_code, "district": complaints.c.district}
_ONE = scoped(_SELECT.where(complaints.c.id == bindparam("id")), **_REACH)
_FOR_UPDATE = scoped(
    _SELECT.where(complaints.c.id == bindparam("id")).with_for_update(key_share=True, of=complaints), **_REACH
)
_FILTERS = {
    "institution_id": equal(complaints.c.institution_id),
    "district": equal(complaints.c.district),
    "state": equal(complaints.c.state),
    "subject": equal(complaints.c.subject),
    "channel": equal(complaints.c.channel),
    "filed_since": since(complaints.c.filed_on),
    "filed_until": until(complaints.c.filed_on),
    "person_key": equal(complaints.c.person_key),
}
LIST = Listing(
    _SELECT,
    key=Order(complaints.c.id, UUID),
    orders={"filed_on": Order(complaints.c.filed_on, date)},
    filters=_FILTERS,
    reaches=reaches(**_REACH),
)
_SAVED = ("state", "decided_on", "decided_by", "outcome", "version")
_SAVE = Statement(
    complaints.update()
    .where(complaints.c.id == bindparam("of_id", type_=sa.Uuid))
    .values({name: bindparam(name, type_=complaints.c[name].type) for name in _SAVED})
)


async def insert_new(tx: Transaction, complaint: Complaint) -> None:
    """Adds a complaint.

    Raises :class:`asyncpg.ForeignKeyViolationError` where the class is none of the institution's.
    """
    contact = asdict(complaint.complainant) if complaint.complainant else dict.fromkeys(_CONTACT)
    await tx.execute(_INSERT, {name: getattr(complaint, name) for name in _NEW} | contact)


async def one(tx: Transaction, complaint_id: UUID, scope: Scope) -> Complaint | None:
    """A complaint that the scope sees."""
    row = await tx.row(_ONE[scope.reach], {"id": complaint_id, "scope": scope.value})
    return complaint_of(row) if row else None


async def load_for_update(tx: Transaction, complaint_id: UUID, scope: Scope) -> Complaint | None:
    """A complaint that the scope sees, locked."""
    row = await tx.row(_FOR_UPDATE[scope.reach], {"id": complaint_id, "scope": scope.value})
    return complaint_of(row) if row else None


async def save(tx: Transaction, complaint: Complaint) -> None:
    """Writes what a step changed."""
    values = {name: getattr(complaint, name) for name in _SAVED}
    await tx.execute(_SAVE, values | {"of_id": complaint.id})


def complaint_of(row: Row) -> Complaint:
    """The complaint of a row of the list."""
    named = row["masked_name"] is not None
    return Complaint(
        id=row["id"],
        institution_id=row["institution_id"],
        institution_name=row["institution_name"],
        credit_code=row["credit_code"],
        class_id=row["class_id"],
        district=row["district"],
        channel=Channel(row["channel"]),
        subject=Subject(row["subject"]),
        content_encrypted=row["content_encrypted"],
        complainant=SealedContact(**{name: row[name] for name in _CONTACT}) if named else None,
        person_key=row["person_key"],
        state=State(row["state"]),
        filed_on=row["filed_on"],
        filed_at=row["filed_at"],
        filed_by=row["filed_by"],
        version=row["version"],
        decided_on=row["decided_on"],
        decided_by=row["decided_by"],
        outcome=row["outcome"],
    )
