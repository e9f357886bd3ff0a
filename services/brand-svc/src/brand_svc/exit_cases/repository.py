"""Queries on exit cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from chuangpei.events.base import ExitGround
from sqlalchemy import bindparam, select

from brand_svc.exit_cases.exit_case import ExitCase
from brand_svc.exit_cases.lifecycle import NEXT, UNDECIDED, Action, State
from brand_svc.exit_cases.tables import exit_cases
from brand_svc.reader import Reader
from brand_svc.schema import written

_undecided = exit_cases.c.state.in_([written(state) for state in UNDECIDED])
_of_codes = exit_cases.c.credit_code == sa.func.any(bindparam("credit_codes", type_=sa.ARRAY(sa.Text)))

_NAMES = tuple(column.name for column in exit_cases.c)
_INSERT = Statement(exit_cases.insert().values({name: bindparam(name) for name in _NAMES}))
_ONE = select(exit_cases).where(exit_cases.c.id == bindparam("id"))
_FIND = Statement(_ONE)
_FOR_UPDATE = Statement(_ONE.with_for_update())
_UNDECIDED_ON = Statement(
    select(exit_cases)
    .where(
        exit_cases.c.credit_code == bindparam("credit_code"),
        exit_cases.c.ground == bindparam("ground"),
        _undecided,
    )
    .with_for_update()
)
_SAVED = ("state", "statement", "verified_on", "reason", "decided_on")
_SAVE = Statement(
    exit_cases.update()
    .where(exit_cases.c.id == bindparam("of_id"))
    .values({name: bindparam(name) for name in _SAVED} | {"version": bindparam("next_version")})
)
# The version stays: the case is the same one, and a decision on it that is under way still holds.
_FOLLOW = Statement(
    exit_cases.update()
    .where(exit_cases.c.credit_code == bindparam("of_code"), _undecided)
    .values(brand_id=bindparam("brand_id"))
)
_LISTED = Statement(
    select(exit_cases)
    .where(
        exit_cases.c.id > bindparam("after"),
        *(
            sa.or_(bindparam(name, type_=sa.Text).is_(None), exit_cases.c[name] == bindparam(name))
            for name in ("district", "state", "credit_code")
        ),
    )
    .order_by(exit_cases.c.id)
    .limit(bindparam("most"))
)


def _ending(action: Action) -> Statement:
    [after] = {after for (_, step), after in NEXT.items() if step is action}
    return Statement(
        exit_cases.update()
        .where(_of_codes, _undecided)
        .values(
            state=written(after),
            decided_on=bindparam("day"),
            version=exit_cases.c.version + 1,
        )
        .returning(exit_cases.c.id)
    )


_SUPERSEDE = _ending(Action.SUPERSEDE)
_LAPSE = _ending(Action.LAPSE)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of cases is narrowed to; None does not narrow."""

    district: str | None = None
    state: State | None = None
    credit_code: str | None = None


def _case(row: Row) -> ExitCase:
    return ExitCase(**{**row, "state": State(row["state"])})


async def add(tx: Transaction, case: ExitCase) -> None:
    """Adds a case. The database refuses a second undecided one on the same ground."""
    await tx.execute(_INSERT, {name: getattr(case, name) for name in _NAMES})


async def find(reader: Reader, case_id: UUID) -> ExitCase | None:
    """The case, without a lock."""
    row = await reader.row(_FIND, {"id": case_id})
    return _case(row) if row else None


async def load_for_update(tx: Transaction, case_id: UUID) -> ExitCase | None:
    """The case, locked until the transaction ends."""
    row = await tx.row(_FOR_UPDATE, {"id": case_id})
    return _case(row) if row else None


async def undecided_for_update(tx: Transaction, credit_code: str, ground: ExitGround) -> ExitCase | None:
    """The undecided case on this ground, locked, if there is one."""
    row = await tx.row(_UNDECIDED_ON, {"credit_code": credit_code, "ground": ground})
    return _case(row) if row else None


async def save(tx: Transaction, case: ExitCase) -> None:
    """Stores a changed case and raises its version."""
    values = {name: getattr(case, name) for name in _SAVED}
    await tx.execute(_SAVE, values | {"of_id": case.id, "next_version": case.version + 1})
    case.version += 1


async def supersede(tx: Transaction, credit_code: str, day: date) -> list[UUID]:
    """Closes what is undecided against an institution whose brand was just revoked; which cases."""
    rows = await tx.rows(_SUPERSEDE, {"credit_codes": [credit_code], "day": day})
    return [row["id"] for row in rows]


async def lapse(tx: Transaction, credit_codes: Sequence[str], day: date) -> list[UUID]:
    """Closes what is undecided against institutions whose brands just ended (B06); which cases."""
    rows = await tx.rows(_LAPSE, {"credit_codes": list(credit_codes), "day": day})
    return [row["id"] for row in rows]


async def follow(tx: Transaction, brand_ids: Mapping[str, UUID]) -> None:
    """Lets undecided cases go on against the new brands of these credit codes."""
    await tx.execute_many(
        _FOLLOW, [{"of_code": code, "brand_id": brand_id} for code, brand_id in brand_ids.items()]
    )


async def listed(reader: Reader, filters: Filters, after: UUID, most: int) -> list[ExitCase]:
    """Cases in the order in which they were opened."""
    values = {
        "district": filters.district,
        "state": filters.state,
        "credit_code": filters.credit_code,
        "after": after,
        "most": most,
    }
    return [_case(row) for row in await reader.rows(_LISTED, values)]
