"""Queries on the projection of institutions."""

from chuangpei.database import Statement, Transaction
from chuangpei.events.training import InstitutionRegistered
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from brand_svc.institutions.institution import Institution
from brand_svc.institutions.tables import institutions

_NAMES = tuple(column.name for column in institutions.c)
_put = insert(institutions).values({name: bindparam(name) for name in _NAMES})
_PUT = Statement(
    _put.on_conflict_do_update(
        index_elements=["credit_code"],
        set_={name: _put.excluded[name] for name in ("institution_id", "name", "district", "kind")},
    )
)
_FIND = Statement(
    select(institutions.c.credit_code, institutions.c.name, institutions.c.district).where(
        institutions.c.credit_code == bindparam("credit_code")
    )
)


async def put(tx: Transaction, event: InstitutionRegistered) -> None:
    """Remembers the institution as its registration tells it."""
    await tx.execute(_PUT, {name: getattr(event, name) for name in _NAMES})


async def find(tx: Transaction, credit_code: str) -> Institution | None:
    """The institution with this credit code, if it is registered."""
    row = await tx.row(_FIND, {"credit_code": credit_code})
    return Institution(**row) if row else None
