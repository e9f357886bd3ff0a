"""Queries on the standing of credit codes: its lock, its bans, and the facts the rules ask for."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Statement, Transaction
from chuangpei.events.base import ExitGround
from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from brand_svc.brands.lifecycle import State as BrandState
from brand_svc.brands.tables import brands
from brand_svc.exit_cases.lifecycle import UNDECIDED, State
from brand_svc.exit_cases.tables import exit_cases
from brand_svc.institutions import repository as institutions
from brand_svc.policy.facts import ConfirmedExit, Facts, Tier
from brand_svc.schema import written
from brand_svc.signals.tables import signals
from brand_svc.standing.tables import bans, standings

_codes = bindparam("credit_codes", type_=sa.ARRAY(sa.Text))

_ENSURE = Statement(
    insert(standings)
    .from_select(["credit_code"], select(func.unnest(_codes).label("credit_code")))
    .on_conflict_do_nothing()
)
_LOCK = Statement(
    select(standings.c.credit_code)
    .where(standings.c.credit_code == func.any(_codes))
    .order_by(standings.c.credit_code)
    .with_for_update()
)
_BAN_NAMES = tuple(column.name for column in bans.c)
_ADD_BAN = Statement(bans.insert().values({name: bindparam(name) for name in _BAN_NAMES}))
_EXITS = Statement(
    select(bans.c.credit_code, bans.c.ground, bans.c.revoked_on, bans.c.may_apply_again_on)
    .where(bans.c.credit_code == func.any(_codes))
    .order_by(bans.c.revoked_on)
)
_HOLDERS = Statement(
    select(brands.c.credit_code).where(
        brands.c.credit_code == func.any(_codes), brands.c.state == written(BrandState.ACTIVE)
    )
)
_OPEN_GROUNDS = Statement(
    select(exit_cases.c.credit_code, exit_cases.c.ground)
    .where(
        exit_cases.c.credit_code == func.any(_codes),
        exit_cases.c.state.in_([written(state) for state in UNDECIDED]),
    )
    .order_by(exit_cases.c.ground)
)
# A case that lapsed with its brand was never decided: what it was about is as open as before.
_LOOSE_SIGNALS = Statement(
    select(signals.c.credit_code, signals.c.occurred_on)
    .select_from(signals.outerjoin(exit_cases, exit_cases.c.id == signals.c.case_id))
    .where(
        signals.c.credit_code == func.any(_codes),
        signals.c.ground.is_not(None),
        sa.or_(signals.c.case_id.is_(None), exit_cases.c.state == written(State.LAPSED)),
    )
    .order_by(signals.c.occurred_on)
)


@dataclass(frozen=True, slots=True)
class Ban:
    """No new application before ``may_apply_again_on`` (禁止申报期; B12, D07)."""

    brand_id: UUID
    case_id: UUID
    credit_code: str
    ground: ExitGround
    revoked_on: date
    may_apply_again_on: date
    parameters_version: str


async def lock(tx: Transaction, credit_codes: Iterable[str]) -> None:
    """Holds the standing of these credit codes until the transaction ends.

    Whoever recognises, ends or revokes a brand, or opens a case, locks here first and reads after.
    The order is always that of the codes, so that nobody waits in a circle.
    """
    codes = sorted(set(credit_codes))
    await tx.execute(_ENSURE, {"credit_codes": codes})
    await tx.rows(_LOCK, {"credit_codes": codes})


async def add_ban(tx: Transaction, ban: Ban) -> None:
    """Adds a ban; the database wants its brand to be revoked with the same days."""
    await tx.execute(_ADD_BAN, {name: getattr(ban, name) for name in _BAN_NAMES})


async def facts_of(
    tx: Transaction, credit_codes: Sequence[str], day: date, tier: Tier = Tier.DISTRICT
) -> dict[str, Facts]:
    """The facts of each credit code on ``day``, for :func:`brand_svc.policy.decision.decide`."""
    asked = {"credit_codes": list(credit_codes)}
    exits: dict[str, list[ConfirmedExit]] = defaultdict(list)
    for row in await tx.rows(_EXITS, asked):
        exits[row["credit_code"]].append(
            ConfirmedExit(row["ground"], row["revoked_on"], row["may_apply_again_on"])
        )
    grounds: dict[str, list[ExitGround]] = defaultdict(list)
    for row in await tx.rows(_OPEN_GROUNDS, asked):
        grounds[row["credit_code"]].append(row["ground"])
    loose: dict[str, list[date]] = defaultdict(list)
    for row in await tx.rows(_LOOSE_SIGNALS, asked):
        loose[row["credit_code"]].append(row["occurred_on"])
    sanctions = await institutions.sanctions_of(tx, credit_codes, day)
    idle = await institutions.idle_of(tx, credit_codes)
    bodies = await institutions.bodies_of(tx, credit_codes, day)
    holders = {row["credit_code"] for row in await tx.rows(_HOLDERS, asked)}
    return {
        code: Facts(
            code,
            day,
            tier,
            tuple(exits[code]),
            tuple(grounds[code]),
            tuple(loose[code]),
            sanctions[code],
            idle.get(code),
            code in holders,
            bodies.get(code),
        )
        for code in credit_codes
    }
