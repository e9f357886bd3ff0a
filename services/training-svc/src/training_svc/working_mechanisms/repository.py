"""The queries on working mechanisms."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from training_svc.visibility import Scope, by_reach, office_reaches
from training_svc.working_mechanisms.lifecycle import State
from training_svc.working_mechanisms.mechanism import Contact, Mechanism
from training_svc.working_mechanisms.tables import working_mechanisms as table

_REACHES = office_reaches(table.c.district)
_INSERT = Statement(
    insert(table)
    .values(
        {
            one.name: bindparam(one.name, type_=one.type)
            for one in table.columns
            if one.name not in ("decided_at", "decided_on", "decided_by", "reason")
        }
    )
    .on_conflict_do_nothing()
    .returning(table.c.id)
)
LIST = Listing(
    sa.select(table),
    key=Order(table.c.id, UUID),
    orders={"filed_on": Order(table.c.filed_on, date)},
    filters={"district": equal(table.c.district), "state": equal(table.c.state)},
    reaches=_REACHES,
)


_SELECT = sa.select(table).where(table.c.id == bindparam("id", type_=sa.Uuid))
_ONE = by_reach(_SELECT, _REACHES)
_FOR_UPDATE = by_reach(_SELECT.with_for_update(), _REACHES)
_CONTACT = ("masked_name", "masked_phone", "name_encrypted", "phone_encrypted")
_SAVED = (
    "title",
    "document_reference",
    "responsible_unit",
    "state",
    "decided_at",
    "decided_on",
    "decided_by",
    "reason",
    "version",
)
_SAVE = Statement(
    table.update()
    .where(table.c.id == bindparam("of_id", type_=sa.Uuid))
    .values(
        {
            name: bindparam(name, type_=table.c[name].type)
            for name in (*_SAVED, *(f"contact_{name}" for name in _CONTACT))
        }
    )
)


async def insert_new(tx: Transaction, mechanism: Mechanism, filed_by: str) -> bool:
    """Adds a filing; False if the district waits for an answer to another."""
    own = {name: getattr(mechanism, name) for name in ("id", "district", "filed_at", "filed_on", *_SAVED)}
    values = own | _contact_values(mechanism.contact) | {"filed_by": filed_by}
    return await tx.row(_INSERT, values) is not None


async def one(database: Database, mechanism_id: UUID, scope: Scope) -> Mechanism | None:
    """A filing that the scope sees."""
    row = await database.row(_ONE[scope.reach], {"id": mechanism_id, "scope": scope.value})
    return mechanism_of(row) if row else None


async def load_for_update(tx: Transaction, mechanism_id: UUID, scope: Scope) -> Mechanism | None:
    """A filing that the scope sees, locked."""
    row = await tx.row(_FOR_UPDATE[scope.reach], {"id": mechanism_id, "scope": scope.value})
    return mechanism_of(row) if row else None


async def save(tx: Transaction, mechanism: Mechanism) -> None:
    """Writes what a decision or an amendment changed."""
    values = {name: getattr(mechanism, name) for name in _SAVED} | _contact_values(mechanism.contact)
    await tx.execute(_SAVE, values | {"of_id": mechanism.id})


def mechanism_of(row: Row) -> Mechanism:
    """The filing of a row of the list."""
    return Mechanism(
        id=row["id"],
        district=row["district"],
        title=row["title"],
        document_reference=row["document_reference"],
        responsible_unit=row["responsible_unit"],
        contact=Contact(**{name: row[f"contact_{name}"] for name in _CONTACT}),
        state=State(row["state"]),
        filed_at=row["filed_at"],
        filed_on=row["filed_on"],
        version=row["version"],
        decided_at=row["decided_at"],
        decided_on=row["decided_on"],
        decided_by=row["decided_by"],
        reason=row["reason"],
    )


def _contact_values(contact: Contact) -> dict[str, str]:
    return {f"contact_{name}": getattr(contact, name) for name in _CONTACT}
