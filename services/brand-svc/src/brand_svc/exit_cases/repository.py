"""Queries on exit cases."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from chuangpei.auth import Principal
from chuangpei.database import Row, Statement, Transaction
from chuangpei.events.base import ExitGround
from chuangpei.listing import Filter, Listing, Order, equal, since, until
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from brand_svc.access import Reach, office_reaches
from brand_svc.exit_cases.exit_case import ExitCase
from brand_svc.exit_cases.lifecycle import NEXT, UNDECIDED, Action, State
from brand_svc.exit_cases.tables import exit_cases, recusals
from brand_svc.reader import Reader
from brand_svc.schema import written

_undecided = exit_cases.c.state.in_([written(state) for state in UNDECIDED])
_of_codes = exit_cases.c.credit_code == sa.func.any(bindparam("credit_codes", type_=sa.ARRAY(sa.Text)))
_TODAY = bindparam("today", type_=sa.Date)
_overdue = sa.and_(_undecided, exit_cases.c.due_on < _TODAY)

_NAMES = tuple(column.name for column in exit_cases.c)
_INSERT = Statement(
    exit_cases.insert().values({name: bindparam(name, type_=exit_cases.c[name].type) for name in _NAMES})
)
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
_FIXED = ("id", "credit_code", "institution_name", "district", "ground", "opened_on", "version")
_SAVED = tuple(name for name in _NAMES if name not in _FIXED)
_SAVE = Statement(
    exit_cases.update()
    .where(exit_cases.c.id == bindparam("of_id"))
    .values(
        {name: bindparam(name, type_=exit_cases.c[name].type) for name in _SAVED}
        | {"version": bindparam("next_version")}
    )
)
# The version stays: the case is the same one, and a decision on it that is under way still holds.
_FOLLOW = Statement(
    exit_cases.update()
    .where(exit_cases.c.credit_code == bindparam("of_code"), _undecided)
    .values(brand_id=bindparam("brand_id"))
)
_TAKE_OVERDUE = Statement(
    select(exit_cases)
    .where(_overdue, sa.not_(exit_cases.c.overdue_told))
    .order_by(exit_cases.c.due_on)
    .limit(bindparam("most", type_=sa.Integer))
    .with_for_update(skip_locked=True)
)
# The version stays: what whoever has it in hand has read is as it was.
_MARK_TOLD = Statement(
    exit_cases.update()
    .where(exit_cases.c.id == sa.func.any(bindparam("ids", type_=sa.ARRAY(sa.Uuid))))
    .values(overdue_told=True)
)
_RECUSE = Statement(
    insert(recusals)
    .values({one.name: bindparam(one.name, type_=one.type) for one in recusals.c})
    .on_conflict_do_nothing()
    .returning(recusals.c.case_id)
)
_RECUSED = Statement(
    select(recusals.c.subject, recusals.c.person_key).where(recusals.c.case_id == bindparam("case_id"))
)
LIST = Listing(
    select(exit_cases),
    key=Order(exit_cases.c.id, UUID),
    orders={
        "opened_on": Order(exit_cases.c.opened_on, date),
        "due_on": Order(exit_cases.c.due_on, date),
    },
    filters={
        "district": equal(exit_cases.c.district),
        "state": equal(exit_cases.c.state),
        "credit_code": equal(exit_cases.c.credit_code),
        "ground": equal(exit_cases.c.ground),
        "undecided": Filter(sa.Boolean(), lambda value: _undecided == value),
        "overdue": Filter(sa.Boolean(), lambda value: _overdue == value),
        "opened_since": since(exit_cases.c.opened_on),
        "opened_until": until(exit_cases.c.opened_on),
    },
    # An institution sees what it was told of: until then the district verifies undisturbed.
    reaches={
        Reach.INSTITUTION: sa.and_(
            exit_cases.c.credit_code == bindparam("scope", type_=sa.Text),
            exit_cases.c.noticed_on.is_not(None),
        )
    }
    | office_reaches(exit_cases.c.district),
)


def _ending(action: Action, *which: sa.ColumnElement[bool]) -> Statement:
    [after] = {after for (_, step), after in NEXT.items() if step is action}
    return Statement(
        exit_cases.update()
        .where(_undecided, *which)
        .values(
            state=written(after),
            decided_on=bindparam("day"),
            version=exit_cases.c.version + 1,
        )
        .returning(exit_cases)
    )


_SUPERSEDE = _ending(
    Action.SUPERSEDE,
    exit_cases.c.credit_code == bindparam("of_code"),
    exit_cases.c.id != bindparam("revoked_by"),
)
_LAPSE = _ending(Action.LAPSE, _of_codes)


def case_of(row: Row) -> ExitCase:
    """The case of a row."""
    return ExitCase(**{**row, "state": State(row["state"])})


async def add(tx: Transaction, case: ExitCase) -> None:
    """Adds a case. The database refuses a second undecided one on the same ground."""
    await tx.execute(_INSERT, {name: getattr(case, name) for name in _NAMES})


async def find(reader: Reader, case_id: UUID) -> ExitCase | None:
    """The case, without a lock."""
    row = await reader.row(_FIND, {"id": case_id})
    return case_of(row) if row else None


async def load_for_update(tx: Transaction, case_id: UUID) -> ExitCase | None:
    """The case, locked until the transaction ends."""
    row = await tx.row(_FOR_UPDATE, {"id": case_id})
    return case_of(row) if row else None


async def undecided_for_update(tx: Transaction, credit_code: str, ground: ExitGround) -> ExitCase | None:
    """The undecided case on this ground, locked, if there is one."""
    row = await tx.row(_UNDECIDED_ON, {"credit_code": credit_code, "ground": ground})
    return case_of(row) if row else None


async def save(tx: Transaction, case: ExitCase) -> None:
    """Stores a changed case and raises its version."""
    values = {name: getattr(case, name) for name in _SAVED}
    await tx.execute(_SAVE, values | {"of_id": case.id, "next_version": case.version + 1})
    case.version += 1


async def supersede(tx: Transaction, by: ExitCase, day: date) -> list[ExitCase]:
    """Closes what else is undecided against an institution whose brand is revoked by a case; which ones."""
    rows = await tx.rows(_SUPERSEDE, {"of_code": by.credit_code, "revoked_by": by.id, "day": day})
    return [case_of(row) for row in rows]


async def lapse(tx: Transaction, credit_codes: Sequence[str], day: date) -> list[ExitCase]:
    """Closes what is undecided against institutions whose brands just ended (B06); which cases."""
    rows = await tx.rows(_LAPSE, {"credit_codes": list(credit_codes), "day": day})
    return [case_of(row) for row in rows]


async def follow(tx: Transaction, brand_ids: Mapping[str, UUID]) -> None:
    """Lets undecided cases go on against the new brands of these credit codes."""
    await tx.execute_many(
        _FOLLOW, [{"of_code": code, "brand_id": brand_id} for code, brand_id in brand_ids.items()]
    )


async def take_overdue(tx: Transaction, today: date, most: int) -> list[ExitCase]:
    """Cases whose last day is over and of which that was not told yet; from now on it counts as told."""
    cases = [case_of(row) for row in await tx.rows(_TAKE_OVERDUE, {"today": today, "most": most})]
    await tx.execute(_MARK_TOLD, {"ids": [case.id for case in cases]})
    return cases


async def recuse(tx: Transaction, case_id: UUID, officer: Principal, reason: str, at: datetime) -> bool:
    """Remembers that an officer has stepped aside from a case; False if that was known."""
    values = {"case_id": case_id, "subject": officer.subject, "person_key": officer.person_key}
    return await tx.row(_RECUSE, values | {"reason": reason, "recused_at": at}) is not None


async def recused(tx: Transaction, case_id: UUID) -> list[tuple[str, str | None]]:
    """Who has stepped aside from a case: accounts, and persons where they are known."""
    rows = await tx.rows(_RECUSED, {"case_id": case_id})
    return [(row["subject"], row["person_key"]) for row in rows]
