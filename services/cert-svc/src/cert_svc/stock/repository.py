"""Queries on blank certificates, their receipts, moves and stock-takings."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.auth import Principal
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal, since, until
from sqlalchemy import bindparam, func

from cert_svc.certificates.tables import certificate_editions
from cert_svc.stock.blank import DIGITS, Blank, Holder, Range
from cert_svc.stock.lifecycle import State
from cert_svc.stock.tables import blanks, moves, receipts, stock_takings

_b, _m = blanks.c, moves.c
_MOVED = (
    "state",
    "version",
    "certificate_id",
    "edition",
    "issued_to",
    "issued_to_key",
    "issued_on",
    "spoil_reason",
)


def _new(table: sa.Table, *without: str) -> Statement:
    return Statement(
        table.insert().values(
            {
                one.name: bindparam(one.name, type_=one.type)
                for one in table.columns
                if one.name not in without
            }
        )
    )


_ADD_RECEIPT, _ADD_MOVE, _ADD_TAKING = _new(receipts), _new(moves, "id"), _new(stock_takings)
_number = func.generate_series(
    bindparam("first", type_=sa.Integer), bindparam("last", type_=sa.Integer)
).column_valued("number")
_ADD_BLANKS = Statement(
    blanks.insert().from_select(
        ["serial", "prefix", "number", "kind", "receipt_id", "state", "version"],
        sa.select(
            bindparam("prefix", type_=sa.Text)
            + func.lpad(sa.cast(_number, sa.Text), sa.literal_column(str(DIGITS)), sa.literal_column("'0'")),
            bindparam("prefix", type_=sa.Text),
            _number,
            bindparam("kind", type_=sa.Text),
            bindparam("receipt_id", type_=sa.Uuid),
            sa.literal_column(f"'{State.IN_STOCK}'"),
            sa.literal_column("1"),
        ),
    )
)
_RECEIPT_FOR_UPDATE = Statement(
    sa.select(receipts)
    .where(
        receipts.c.prefix == bindparam("prefix"),
        receipts.c.first_number <= bindparam("first"),
        receipts.c.last_number >= bindparam("last"),
    )
    .with_for_update()
)
_in_range = sa.and_(
    _b.prefix == bindparam("of_prefix", type_=sa.Text),
    _b.number.between(bindparam("first", type_=sa.Integer), bindparam("last", type_=sa.Integer)),
)
_MOVE_RANGE = Statement(
    blanks.update()
    .where(
        _in_range,
        _b.state == bindparam("from_state", type_=sa.Text),
        _b.district.is_not_distinct_from(bindparam("from_district", type_=sa.Text)),
        _b.body_id.is_not_distinct_from(bindparam("from_body_id", type_=sa.Uuid)),
    )
    .values(
        state=bindparam("to_state", type_=sa.Text),
        district=bindparam("to_district", type_=sa.Text),
        body_id=bindparam("to_body_id", type_=sa.Uuid),
        version=_b.version + 1,
    )
)
_one = sa.select(blanks).where(_b.serial == bindparam("serial"))
_ONE, _FOR_UPDATE = Statement(_one), Statement(_one.with_for_update())
_SAVE = Statement(
    blanks.update()
    .where(_b.serial == bindparam("of_serial", type_=sa.Text))
    .values({name: bindparam(name, type_=_b[name].type) for name in _MOVED})
)
_MOVES_OF = Statement(
    sa.select(moves)
    .where(
        _m.prefix == bindparam("prefix", type_=sa.Text),
        sa.text("int4range(first_number, last_number, '[]') @> CAST(:number AS integer)").bindparams(
            bindparam("number", type_=sa.Integer)
        ),
    )
    .order_by(_m.id)
)
_counted = sa.select(_b.kind, _b.district, _b.body_id, _b.state, func.count().label("quantity")).group_by(
    _b.kind, _b.district, _b.body_id, _b.state
)
_COUNTS = {
    False: Statement(_counted),
    True: Statement(_counted.where(_b.district == bindparam("district", type_=sa.Text))),
}
_RECEIVED = Statement(
    sa.select(
        receipts.c.kind, func.sum(receipts.c.last_number - receipts.c.first_number + 1).label("received")
    ).group_by(receipts.c.kind)
)
_BOOKED = Statement(
    sa.select(func.count()).where(
        _b.kind == bindparam("kind", type_=sa.Text),
        _b.district.is_not_distinct_from(bindparam("district", type_=sa.Text)),
        _b.body_id.is_not_distinct_from(bindparam("body_id", type_=sa.Uuid)),
        sa.text("state IN ('in_stock', 'allotted', 'printed')"),
    )
)

BLANKS = Listing(
    sa.select(blanks, certificate_editions.c.number.label("certificate_number")).outerjoin(
        certificate_editions,
        sa.and_(
            certificate_editions.c.certificate_id == _b.certificate_id,
            certificate_editions.c.edition == _b.edition,
        ),
    ),
    key=Order(_b.serial, str),
    filters={
        "kind": equal(_b.kind),
        "state": equal(_b.state),
        "district": equal(_b.district),
        "body_id": equal(_b.body_id),
        "receipt_id": equal(_b.receipt_id),
        "prefix": equal(_b.prefix),
        "first_number": since(_b.number),
        "last_number": until(_b.number),
        "certificate_id": equal(_b.certificate_id),
    },
    reaches={False: None, True: _b.district == bindparam("scope", type_=sa.Text)},
)
RECEIPTS = Listing(
    sa.select(receipts),
    key=Order(receipts.c.id, UUID),
    filters={"kind": equal(receipts.c.kind), "prefix": equal(receipts.c.prefix)},
)
MOVES = Listing(
    sa.select(moves),
    key=Order(_m.id, int),
    filters={
        "move": equal(_m.move),
        "kind": equal(_m.kind),
        "district": Filter(
            sa.Text(), lambda value: sa.or_(_m.from_district == value, _m.to_district == value)
        ),
        "moved_since": since(_m.at),
        "moved_until": until(_m.at),
    },
    reaches={
        False: None,
        True: sa.or_(
            _m.from_district == bindparam("scope", type_=sa.Text),
            _m.to_district == bindparam("scope", type_=sa.Text),
        ),
    },
)
TAKINGS = Listing(
    sa.select(stock_takings),
    key=Order(stock_takings.c.id, UUID),
    filters={
        "kind": equal(stock_takings.c.kind),
        "district": equal(stock_takings.c.district),
        "different": Filter(
            sa.Boolean(), lambda value: (stock_takings.c.counted != stock_takings.c.booked) == value
        ),
    },
    reaches={False: None, True: stock_takings.c.district == bindparam("scope", type_=sa.Text)},
)


async def add_receipt(tx: Transaction, values: Mapping[str, Any], serials: Range) -> None:
    """Enters what was received and every one of its serials.

    Raises :class:`asyncpg.ExclusionViolationError` where one of them was received before.
    """
    await tx.execute(_ADD_RECEIPT, values)
    given = {"prefix": serials.prefix, "first": serials.first, "last": serials.last}
    await tx.execute(_ADD_BLANKS, {**given, "kind": values["kind"], "receipt_id": values["id"]})


async def receipt_for_update(tx: Transaction, serials: Range) -> Row | None:
    """The receipt that has the whole range, locked: of one receipt one range is moved at a time."""
    return await tx.row(_RECEIPT_FOR_UPDATE, serials._asdict())


async def move_range(
    tx: Transaction, serials: Range, states: tuple[State, State], holders: tuple[Holder, Holder]
) -> int:
    """Moves those serials of a range that are in the state and with the holder; returns how many."""
    return await tx.execute(
        _MOVE_RANGE,
        {
            "of_prefix": serials.prefix,
            "first": serials.first,
            "last": serials.last,
            "from_state": states[0],
            "to_state": states[1],
            "from_district": holders[0].district,
            "from_body_id": holders[0].body_id,
            "to_district": holders[1].district,
            "to_body_id": holders[1].body_id,
        },
    )


async def one(database: Database, serial: str) -> Blank | None:
    """The blank of a canonical serial."""
    row = await database.row(_ONE, {"serial": serial})
    return blank_of(row) if row else None


async def load_for_update(tx: Transaction, serial: str) -> Blank | None:
    """The blank of a canonical serial, its row locked."""
    row = await tx.row(_FOR_UPDATE, {"serial": serial})
    return blank_of(row) if row else None


async def save(tx: Transaction, blank: Blank) -> None:
    """Writes what its methods changed.

    Raises :class:`asyncpg.UniqueViolationError` where its edition is printed on another blank.
    """
    await tx.execute(_SAVE, {name: getattr(blank, name) for name in _MOVED} | {"of_serial": blank.serial})


async def enter_move(tx: Transaction, values: Mapping[str, Any]) -> None:
    """One line in the ledger, for one serial or for a range that moved at once."""
    await tx.execute(_ADD_MOVE, values)


async def moves_of(database: Database, blank: Blank) -> list[Row]:
    """Every move of one serial, the first one first."""
    return await database.rows(_MOVES_OF, {"prefix": blank.prefix, "number": blank.number})


async def counts(database: Database, district: str | None) -> list[Row]:
    """How many blanks of each kind are with whom in which state; a district's alone where one is named."""
    return await database.rows(_COUNTS[district is not None], {"district": district})


async def received(database: Database) -> dict[str, int]:
    """How many blanks of each kind were ever received."""
    return {row["kind"]: row["received"] for row in await database.rows(_RECEIVED, {})}


async def booked(tx: Transaction, kind: str, holder: Holder) -> int:
    """How many blanks of a kind should lie with a holder now: not used, or printed and not handed over."""
    values = {"kind": kind, "district": holder.district, "body_id": holder.body_id}
    return int(await tx.value(_BOOKED, values))


async def add_taking(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Enters what was counted."""
    await tx.execute(_ADD_TAKING, values)


def reach_of(principal: Principal) -> tuple[bool, str | None]:
    """Whether one sees a district's stock alone, and which."""
    return principal.district is not None, principal.district


def blank_of(row: Row) -> Blank:
    """The blank in a row that has its columns, and perhaps others."""
    return Blank(**{one.name: row[one.name] for one in _b} | {"state": State(row["state"])})


def written(at: datetime, principal: Principal) -> dict[str, Any]:
    """Who enters a line, and when."""
    return {"at": at, "actor": principal.subject, "role": principal.role}
