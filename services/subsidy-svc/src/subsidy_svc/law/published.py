"""What was published over the parameters of the file (发布的调整), read anew only where there is more."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.kernel.dated import DatedValue

from subsidy_svc.policy.parameters import Law, LawBook
from subsidy_svc.policy.proposing import Change, dated
from subsidy_svc.proposals.tables import proposals
from subsidy_svc.service import Service

newest = sa.select(sa.func.coalesce(sa.func.max(proposals.c.number), 0)).scalar_subquery()
"""The number of the last publication, to be read together with what is decided by the law."""

_NEWEST = Statement(sa.select(newest.label("number")))
_PUBLISHED = Statement(
    sa.select(proposals.c.number, proposals.c.effective_from, proposals.c.changes)
    .where(proposals.c.number.is_not(None))
    .order_by(proposals.c.number)
)


async def law_of(source: Database | Transaction, service: Service, day: date) -> Law:
    """The law of ``day`` with all that is published by now; raises ``NoLawInForce`` outside its time."""
    await refresh(source, service.law)
    return service.law.on(day)


async def refresh(source: Database | Transaction, law: LawBook) -> None:
    """Makes the law of this process know all that is published by now."""
    row = await source.row(_NEWEST, {})
    assert row is not None, "a maximum has a row"
    await catch_up(source, law, row["number"])


async def catch_up(source: Database | Transaction, law: LawBook, number: int) -> None:
    """Makes the law know the publications up to ``number``, where it knows fewer."""
    if number > law.number:
        rows = await source.rows(_PUBLISHED, {})
        law.layer(rows[-1]["number"], _by_parameter(law, rows))


def _by_parameter(law: LawBook, rows: list[Row]) -> dict[str, list[DatedValue]]:
    found: dict[str, list[DatedValue]] = {}
    for row in rows:
        for name, value in dated(law.parameters, changes_of(row["changes"]), row["effective_from"]).items():
            found.setdefault(name, []).append(value)
    return found


def changes_of(kept: list[dict[str, Any]]) -> tuple[Change, ...]:
    """The changes of a proposal as they are kept."""
    return tuple(Change(**one) for one in kept)
