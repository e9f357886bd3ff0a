"""The places that claims take (名额): three a person, one a project (S03, S04), each freed once (D03).

Two unique keys of ``reservations`` guard the caps: a statement takes the lowest free slot, and whoever comes
second on a slot or a project takes nothing.
"""

from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Statement, Transaction
from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import insert

from subsidy_svc.claims.claim import Claim
from subsidy_svc.claims.tables import reservations

_PERSON = bindparam("claim_person_key", type_=sa.Text)


def _lowest_free() -> sa.Subquery:
    number = func.generate_series(1, bindparam("most_places", type_=sa.Integer)).column_valued("number")
    taken = sa.exists().where(reservations.c.person_key == _PERSON, reservations.c.slot == number)
    return sa.select(number).where(~taken).order_by(number).limit(1).subquery("free")


def taken_place(source: sa.CTE) -> sa.CTE:
    """The part of a statement that takes a place where ``source`` has its row, giving the slot or no row.

    Its parameters are ``claim_person_key``, ``claim_project_code``, ``claim_id`` and ``most_places``.
    """
    free = _lowest_free()
    values = sa.select(
        _PERSON,
        free.c.number,
        bindparam("claim_project_code", type_=sa.Text),
        bindparam("claim_id", type_=sa.Uuid),
    ).select_from(source.join(free, sa.true()))
    return (
        insert(reservations)
        .from_select(["person_key", "slot", "project_code", "claim_id"], values)
        .on_conflict_do_nothing()
        .returning(reservations.c.slot)
        .cte("place")
    )


_TAKE = Statement(sa.select(taken_place(sa.select(sa.literal(1).label("one")).cte("always")).c.slot))
_RELEASE = Statement(reservations.delete().where(reservations.c.claim_id == bindparam("claim_id")))


async def take(tx: Transaction, claim: Claim, most: int) -> bool:
    """Takes a place for a claim that has none (S03, S04); False where none of ``most`` is to be had."""
    values = {
        "claim_person_key": claim.person_key,
        "claim_project_code": claim.project_code,
        "claim_id": claim.id,
        "most_places": most,
    }
    # Each lost race for a slot leaves one slot fewer.
    for _ in range(most + 1):
        if await tx.row(_TAKE, values) is not None:
            return True
    return False


async def release(tx: Transaction, claim_id: UUID) -> None:
    """Frees the claim's place (D03); exactly once, for a claim has one place at most."""
    if await tx.execute(_RELEASE, {"claim_id": claim_id}) != 1:
        raise AssertionError(f"claim {claim_id} had no place to free")
