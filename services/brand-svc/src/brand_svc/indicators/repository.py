"""Queries on counted facts: keep them, list them, and sum them by institution and years."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Statement, Transaction
from chuangpei.listing import Listing, Order, equal, since, until
from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from brand_svc.indicators.tables import indicator_counts, indicator_facts
from brand_svc.policy.indicators import COUNTED, FactKind, Figure, Figures
from brand_svc.reader import Reader

_NAMES = tuple(one.name for one in indicator_facts.c)
_put = insert(indicator_facts).from_select(
    list(_NAMES),
    select(
        *(
            func.unnest(bindparam(one.name, type_=sa.ARRAY(one.type))).label(one.name)
            for one in indicator_facts.c
        )
    ),
)
# What was told later holds, in whatever order the two arrive.
_PUT = Statement(
    _put.on_conflict_do_update(
        index_elements=["kind", "reference"],
        set_={name: _put.excluded[name] for name in _NAMES if name not in ("id", "kind", "reference")},
        where=_put.excluded.told_at >= indicator_facts.c.told_at,
    )
)
_FIGURES = Statement(
    select(
        indicator_counts.c.credit_code,
        indicator_counts.c.kind,
        func.sum(indicator_counts.c.facts).label("facts"),
        func.sum(indicator_counts.c.amount).label("amount"),
    )
    .where(
        indicator_counts.c.credit_code == func.any(bindparam("credit_codes", type_=sa.ARRAY(sa.Text))),
        indicator_counts.c.year.between(
            bindparam("first_year", type_=sa.Integer), bindparam("last_year", type_=sa.Integer)
        ),
    )
    .group_by(indicator_counts.c.credit_code, indicator_counts.c.kind)
)

FACTS = Listing(
    select(indicator_facts),
    key=Order(indicator_facts.c.id, UUID),
    orders={"day": Order(indicator_facts.c.day, date)},
    filters={
        "credit_code": equal(indicator_facts.c.credit_code),
        "kind": equal(indicator_facts.c.kind),
        "counts": equal(indicator_facts.c.counts),
        "since": since(indicator_facts.c.day),
        "until": until(indicator_facts.c.day),
    },
)
"""The facts behind the figures of an institution."""


async def put(tx: Transaction, facts: Sequence[Mapping[str, Any]]) -> None:
    """Keeps facts, at most one of a reference; one that was told later already stays as it is."""
    await tx.execute(_PUT, {name: [one[name] for one in facts] for name in _NAMES})


async def figures_of(
    reader: Reader, credit_codes: Sequence[str], first_year: int, last_year: int
) -> dict[str, Figures]:
    """The figures of each institution in these calendar years, both included."""
    values = {"credit_codes": list(credit_codes), "first_year": first_year, "last_year": last_year}
    sums: dict[str, dict[FactKind, tuple[int, int]]] = defaultdict(dict)
    for row in await reader.rows(_FIGURES, values):
        sums[row["credit_code"]][FactKind(row["kind"])] = (int(row["facts"]), int(row["amount"]))
    return {code: _figures(sums[code]) for code in credit_codes}


def _figures(sums: Mapping[FactKind, tuple[int, int]]) -> dict[Figure, int]:
    return {figure: sums.get(one.kind, (0, 0))[one.amounts] for figure, one in COUNTED.items()}
