"""The queries on institutions."""

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal
from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import insert

from training_svc.brand_standings.tables import brand_standings
from training_svc.classes.lifecycle import State as ClassState
from training_svc.classes.tables import classes
from training_svc.designations.repository import designated_on
from training_svc.institutions.institution import Institution
from training_svc.institutions.lifecycle import State
from training_svc.institutions.tables import institutions
from training_svc.persons import SealedContact
from training_svc.policy.organisers import InstitutionKind
from training_svc.rankings.repository import failing_in_the_last_ranking
from training_svc.sanctions.repository import barring_on
from training_svc.visibility import Scope, reaches, scoped

_TODAY = bindparam("today", type_=sa.Date)
_NEW = (
    "id",
    "credit_code",
    "early_code_reason",
    "name",
    "district",
    "kind",
    "address",
    "state",
    "registered_on",
    "registered_at",
    "registered_by",
    "version",
)
_CONTACT = {
    "contact_masked_name": "masked_name",
    "contact_masked_phone": "masked_phone",
    "contact_name_encrypted": "name_encrypted",
    "contact_phone_encrypted": "phone_encrypted",
}
_INSERT = Statement(
    insert(institutions)
    .values({name: bindparam(name, type_=institutions.c[name].type) for name in (*_NEW, *_CONTACT)})
    .on_conflict_do_nothing(index_elements=["credit_code"])
    .returning(institutions.c.id)
)
_REACH = {"credit_code": institutions.c.credit_code, "district": institutions.c.district}
_ONE = scoped(sa.select(institutions).where(institutions.c.id == bindparam("id")), **_REACH)
_FOR_UPDATE = scoped(
    sa.select(institutions).where(institutions.c.id == bindparam("id")).with_for_update(key_share=True),
    **_REACH,
)
_HELD = scoped(
    sa.select(institutions).where(institutions.c.id == bindparam("id")).with_for_update(read=True), **_REACH
)
_BARRING = barring_on(institutions.c.id, _TODAY)
_DESIGNATED = designated_on(institutions.c.id, _TODAY)
_FAILING = failing_in_the_last_ranking(institutions.c.id)
_SHOWN = sa.select(
    institutions,
    brand_standings.c.state.label("brand_state"),
    brand_standings.c.tier.label("brand_tier"),
    brand_standings.c.since.label("brand_since"),
    func.array(_BARRING.scalar_subquery()).label("barred_by"),
    _DESIGNATED.label("designated"),
    _FAILING.label("failing"),
).outerjoin(brand_standings, brand_standings.c.credit_code == institutions.c.credit_code)
_SHOW_ONE = scoped(_SHOWN.where(institutions.c.id == bindparam("id")), **_REACH)
LIST = Listing(
    _SHOWN,
    key=Order(institutions.c.id, UUID),
    orders={
        "name": Order(institutions.c.name, str),
        "registered_on": Order(institutions.c.registered_on, date),
    },
    filters={
        "district": equal(institutions.c.district),
        "kind": equal(institutions.c.kind),
        "credit_code": equal(institutions.c.credit_code),
        "state": equal(institutions.c.state),
        "barred": Filter(sa.Boolean(), lambda value: _BARRING.exists() == value),
        "designated": Filter(sa.Boolean(), lambda value: value == _DESIGNATED),
        "failing": Filter(sa.Boolean(), lambda value: value == _FAILING),
        "brand": equal(brand_standings.c.state),
        "early_code": Filter(
            sa.Boolean(), lambda value: institutions.c.early_code_reason.is_not(None) == value
        ),
    },
    reaches=reaches(**_REACH),
)
_BY_CREDIT_CODE = Statement(
    sa.select(institutions).where(institutions.c.credit_code == bindparam("credit_code"))
)
_SAVED = ("name", "district", "kind", "address", "state", "closed_on", "close_reason", "version")
_SAVE = Statement(
    institutions.update()
    .where(institutions.c.id == bindparam("of_id", type_=sa.Uuid))
    .values({name: bindparam(name, type_=institutions.c[name].type) for name in _SAVED})
)
_SAVE_CONTACT = Statement(
    institutions.update()
    .where(institutions.c.id == bindparam("of_id", type_=sa.Uuid))
    .values(
        {name: bindparam(name, type_=institutions.c[name].type) for name in _CONTACT}
        | {"version": institutions.c.version + 1}
    )
)
_OPEN_CLASSES = Statement(
    sa.select(classes.c.name)
    .where(
        classes.c.institution_id == bindparam("institution_id"),
        classes.c.ends_on >= _TODAY,
        classes.c.state != ClassState.CANCELLED.value,
    )
    .order_by(classes.c.ends_on)
    .limit(20)
)


async def insert_new(tx: Transaction, institution: Institution, contact: SealedContact | None) -> bool:
    """Registers an institution; False if its credit code is registered."""
    values = {name: getattr(institution, name) for name in _NEW} | _contact_values(contact)
    return await tx.row(_INSERT, values) is not None


async def one(source: Database | Transaction, institution_id: UUID, scope: Scope) -> Row | None:
    """An institution that the scope sees."""
    return await source.row(_ONE[scope.reach], {"id": institution_id, "scope": scope.value})


async def held(tx: Transaction, institution_id: UUID, scope: Scope) -> Row | None:
    """An institution that the scope sees, from which something new takes its district or state (S07).

    It neither moves nor closes until the transaction ends.
    """
    return await tx.row(_HELD[scope.reach], {"id": institution_id, "scope": scope.value})


async def shown(
    source: Database | Transaction, institution_id: UUID, scope: Scope, today: date
) -> Row | None:
    """An institution that the scope sees, with how it stands today."""
    values = {"id": institution_id, "scope": scope.value, "today": today}
    return await source.row(_SHOW_ONE[scope.reach], values)


async def with_credit_code(tx: Transaction, credit_code: str) -> Row | None:
    """The institution registered under the credit code."""
    return await tx.row(_BY_CREDIT_CODE, {"credit_code": credit_code})


async def load_for_update(tx: Transaction, institution_id: UUID, scope: Scope) -> Institution | None:
    """An institution that the scope sees, locked: no class of it is filed meanwhile."""
    row = await tx.row(_FOR_UPDATE[scope.reach], {"id": institution_id, "scope": scope.value})
    return _institution(row) if row else None


async def open_classes(tx: Transaction, institution_id: UUID, today: date) -> list[str]:
    """The names of its classes that have not ended, at most twenty."""
    rows = await tx.rows(_OPEN_CLASSES, {"institution_id": institution_id, "today": today})
    return [row["name"] for row in rows]


async def save(tx: Transaction, institution: Institution) -> None:
    """Writes what an amendment or closing changed."""
    values = {name: getattr(institution, name) for name in _SAVED}
    await tx.execute(_SAVE, values | {"of_id": institution.id})


async def save_contact(tx: Transaction, institution_id: UUID, contact: SealedContact) -> None:
    """Replaces whom to call."""
    await tx.execute(_SAVE_CONTACT, _contact_values(contact) | {"of_id": institution_id})


def _contact_values(contact: SealedContact | None) -> dict[str, Any]:
    sealed = asdict(contact) if contact else {}
    return {column: sealed.get(field) for column, field in _CONTACT.items()}


def _institution(row: Row) -> Institution:
    return Institution(
        id=row["id"],
        credit_code=row["credit_code"],
        name=row["name"],
        district=row["district"],
        kind=InstitutionKind(row["kind"]),
        address=row["address"],
        state=State(row["state"]),
        registered_on=row["registered_on"],
        registered_at=row["registered_at"],
        registered_by=row["registered_by"],
        version=row["version"],
        early_code_reason=row["early_code_reason"],
        closed_on=row["closed_on"],
        close_reason=row["close_reason"],
    )
