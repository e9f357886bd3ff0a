"""Queries on brands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal
from sqlalchemy import bindparam, select

from brand_svc.brands.brand import Brand
from brand_svc.brands.lifecycle import State
from brand_svc.brands.tables import brands
from brand_svc.policy.facts import Tier
from brand_svc.reader import Reader
from brand_svc.rounds.tables import rounds
from brand_svc.schema import written
from brand_svc.standing.tables import bans

_codes = sa.func.any(bindparam("credit_codes", type_=sa.ARRAY(sa.Text)))
_active = brands.c.state == written(State.ACTIVE)

_NAMES = tuple(column.name for column in brands.c)
_INSERT = Statement(brands.insert().values({name: bindparam(name) for name in _NAMES}))
_ALL_ACTIVE = Statement(select(brands).where(_active).order_by(brands.c.credit_code))
_ACTIVE_OF = Statement(select(brands).where(_active, brands.c.credit_code == _codes))
_END_ALL = Statement(
    brands.update()
    .where(_active)
    .values(
        state=written(State.ENDED),
        ended_on=sa.func.greatest(bindparam("day", type_=sa.Date), brands.c.recognised_on),
    )
    .returning(brands)
)
_SAVE = Statement(
    brands.update()
    .where(brands.c.id == bindparam("of_id"))
    .values(
        state=bindparam("state"),
        ended_on=bindparam("ended_on"),
        may_apply_again_on=bindparam("may_apply_again_on"),
    )
)
LIST = Listing(
    select(brands, rounds.c.name.label("round_name"))
    .join_from(brands, rounds, brands.c.round_id == rounds.c.id)
    .where(_active),
    key=Order(brands.c.credit_code, str),
    orders={
        "institution_name": Order(brands.c.institution_name, str),
        "district": Order(brands.c.district, str),
        "recognised_on": Order(brands.c.recognised_on, date),
    },
    filters={name: equal(brands.c[name]) for name in ("district", "tier", "round_id")},
)
_HISTORY = Statement(
    select(brands, rounds.c.name.label("round_name"), bans.c.ground.label("revoked_for"))
    .select_from(
        brands.join(rounds, brands.c.round_id == rounds.c.id).outerjoin(bans, bans.c.brand_id == brands.c.id)
    )
    .where(brands.c.credit_code == bindparam("credit_code"))
    .order_by(brands.c.recognised_on.desc(), brands.c.id.desc())
)


@dataclass(frozen=True, slots=True)
class ListedBrand:
    """A brand with the name of its round and, where it was revoked, the ground."""

    brand: Brand
    round_name: str
    revoked_for: str | None = None


def _brand(row: Row) -> Brand:
    values = {name: row[name] for name in _NAMES}
    return Brand(**{**values, "state": State(row["state"]), "tier": Tier(row["tier"])})


def listed_of(row: Row) -> ListedBrand:
    """The brand of a row of the list."""
    return ListedBrand(_brand(row), row["round_name"])


async def add_all(tx: Transaction, recognised: Sequence[Brand]) -> None:
    """Adds brands. The database refuses one that overlaps another of its credit code or a ban."""
    await tx.execute_many(_INSERT, [{name: getattr(brand, name) for name in _NAMES} for brand in recognised])


async def all_active(tx: Transaction) -> list[Brand]:
    """The brands of all holders, by credit code."""
    return [_brand(row) for row in await tx.rows(_ALL_ACTIVE, {})]


async def active_of(tx: Transaction, credit_codes: Sequence[str]) -> dict[str, Brand]:
    """The active brands of these credit codes. Lock their standings first."""
    rows = await tx.rows(_ACTIVE_OF, {"credit_codes": list(credit_codes)})
    return {row["credit_code"]: _brand(row) for row in rows}


async def end_all(tx: Transaction, day: date) -> dict[str, Brand]:
    """Ends every active brand as a new list takes force on ``day`` (B06, D08); which, by credit code."""
    return {row["credit_code"]: _brand(row) for row in await tx.rows(_END_ALL, {"day": day})}


async def save(tx: Transaction, brand: Brand) -> None:
    """Stores a brand that was revoked."""
    values = {
        "of_id": brand.id,
        "state": brand.state,
        "ended_on": brand.ended_on,
        "may_apply_again_on": brand.may_apply_again_on,
    }
    await tx.execute(_SAVE, values)


async def history(reader: Reader, credit_code: str) -> list[ListedBrand]:
    """All brands an institution ever held, the latest first."""
    rows = await reader.rows(_HISTORY, {"credit_code": credit_code})
    return [ListedBrand(_brand(row), row["round_name"], row["revoked_for"]) for row in rows]
