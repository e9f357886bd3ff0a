"""The queries on proposals, and on what each would change."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal
from sqlalchemy import bindparam

from subsidy_svc.claims.tables import STANDS, claims
from subsidy_svc.law.published import changes_of
from subsidy_svc.proposals.lifecycle import State
from subsidy_svc.proposals.proposal import Proposal, Trial
from subsidy_svc.proposals.tables import IS_TRYING, effects, proposals
from subsidy_svc.windows.tables import windows

_TRIAL = tuple(Trial.__dataclass_fields__)
_FIXED = ("id", "title", "effective_from", "changes", "proposed_by", "proposed_by_person", "proposed_at")
_SAVED = tuple(column.name for column in proposals.columns if column.name not in _FIXED)
_INSERT = Statement(
    proposals.insert().values({one.name: bindparam(one.name, type_=one.type) for one in proposals.columns})
)
_SELECT = sa.select(proposals).where(proposals.c.id == bindparam("id", type_=sa.Uuid))
_ONE = Statement(_SELECT)
_FOR_UPDATE = Statement(_SELECT.with_for_update())
_NEXT_TRYING = Statement(
    sa.select(proposals).where(IS_TRYING).order_by(proposals.c.id).limit(1).with_for_update(skip_locked=True)
)
_SAVE = Statement(
    proposals.update()
    .where(proposals.c.id == bindparam("of_id", type_=sa.Uuid))
    .values({name: bindparam(name, type_=proposals.c[name].type) for name in _SAVED})
)
_LAST_CLAIM = Statement(sa.select(claims.c.id).where(STANDS).order_by(claims.c.id.desc()).limit(1))
_CLAIMS = Statement(
    sa.select(sa.func.count().label("claims"))
    .select_from(claims)
    .where(STANDS, claims.c.id <= bindparam("last_claim", type_=sa.Uuid))
)
_STRETCH = Statement(
    sa.select(claims.c.id, claims.c.district, claims.c.amount_fen, claims.c.facts, windows.c.issued_on)
    .join(windows, windows.c.certificate_id == claims.c.certificate_id)
    .where(
        STANDS,
        claims.c.id > bindparam("reached", type_=sa.Uuid),
        claims.c.id <= bindparam("last_claim", type_=sa.Uuid),
    )
    .order_by(claims.c.id)
    .limit(bindparam("most", type_=sa.Integer))
)
_EFFECT = tuple(column.name for column in effects.columns)
_ADD_EFFECT = Statement(
    effects.insert().values({name: bindparam(name, type_=effects.c[name].type) for name in _EFFECT})
)
_difference = effects.c.would_be_fen - effects.c.was_fen
_of_run = sa.and_(
    effects.c.proposal_id == bindparam("proposal_id", type_=sa.Uuid),
    effects.c.run == bindparam("run", type_=sa.Integer),
)
_BY_DISTRICT = Statement(
    sa.select(
        effects.c.district,
        sa.func.count().label("claims"),
        sa.func.sum(sa.func.greatest(_difference, 0)).label("more_fen"),
        sa.func.sum(sa.func.greatest(-_difference, 0)).label("less_fen"),
        sa.func.count().filter(effects.c.would_be_fen == 0).label("no_longer_eligible"),
    )
    .where(_of_run)
    .group_by(effects.c.district)
    .order_by(effects.c.district)
)
LIST = Listing(
    sa.select(proposals),
    key=Order(proposals.c.id, UUID),
    orders={"effective_from": Order(proposals.c.effective_from, date)},
    filters={"state": equal(proposals.c.state)},
)
EFFECTS = Listing(
    sa.select(effects, _difference.label("difference_fen")),
    key=Order(effects.c.claim_id, UUID),
    filters={
        "proposal_id": equal(effects.c.proposal_id),
        "run": equal(effects.c.run),
        "district": equal(effects.c.district),
    },
)


async def insert_new(tx: Transaction, proposal: Proposal) -> None:
    """Adds a proposal."""
    await tx.execute(_INSERT, _row(proposal))


async def one(source: Database | Transaction, proposal_id: UUID) -> Proposal | None:
    """A proposal."""
    row = await source.row(_ONE, {"id": proposal_id})
    return proposal_of(row) if row else None


async def load_for_update(tx: Transaction, proposal_id: UUID) -> Proposal | None:
    """A proposal, locked."""
    row = await tx.row(_FOR_UPDATE, {"id": proposal_id})
    return proposal_of(row) if row else None


async def next_trying(tx: Transaction) -> Proposal | None:
    """The oldest proposal on trial that nobody works on, locked."""
    row = await tx.row(_NEXT_TRYING, {})
    return proposal_of(row) if row else None


async def save(tx: Transaction, proposal: Proposal) -> None:
    """Writes what changed."""
    await tx.execute(_SAVE, _row(proposal) | {"of_id": proposal.id})


async def save_published(tx: Transaction, proposal: Proposal) -> bool:
    """Writes that it is published; False where another was published under its number first."""
    try:
        async with tx.savepoint():
            await save(tx, proposal)
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name != "uq_proposals_number":
            raise
        return False
    return True


async def claims_to_try(tx: Transaction) -> tuple[UUID | None, int]:
    """The newest claim that stands or was paid, and how many there are."""
    last: UUID | None = await tx.value(_LAST_CLAIM, {})
    return last, await tx.value(_CLAIMS, {"last_claim": last}) if last else 0


async def stretch(tx: Transaction, trial: Trial, most: int) -> list[Row]:
    """The next claims of a trial, by id, each with its frozen facts."""
    values = {"reached": trial.reached or UUID(int=0), "last_claim": trial.last_claim, "most": most}
    return await tx.rows(_STRETCH, values)


async def add_effects(tx: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    """Keeps what the proposal would change of some claims."""
    await tx.execute_many(_ADD_EFFECT, rows)


async def by_district(source: Database | Transaction, proposal: Proposal) -> list[Row]:
    """What the last trial found, added up by district."""
    return await source.rows(_BY_DISTRICT, {"proposal_id": proposal.id, "run": proposal.trial.run})


def proposal_of(row: Row) -> Proposal:
    """The proposal of a row."""
    values = dict(row)
    trial = Trial(**{name: values.pop(name) for name in _TRIAL})
    values |= {"changes": changes_of(values["changes"]), "state": State(values["state"]), "trial": trial}
    return Proposal(**values)


def _row(proposal: Proposal) -> dict[str, Any]:
    row: dict[str, Any] = asdict(proposal)
    trial: dict[str, Any] = row.pop("trial")
    return row | trial
