"""The risk board: holders in the order of their risk, reckoned from the tallies when it is read (B10)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from chuangpei.database import Statement
from chuangpei.kernel.dates import add_years
from chuangpei.listing import Filter, Listing, Order, equal, since
from sqlalchemy import bindparam, func

from brand_svc.access import office_reaches
from brand_svc.brands.lifecycle import State
from brand_svc.brands.tables import brands
from brand_svc.exit_cases.lifecycle import UNDECIDED
from brand_svc.exit_cases.tables import exit_cases
from brand_svc.policy.facts import ExitGround
from brand_svc.policy.risk import Formula, Tally, first_month
from brand_svc.reader import Reader
from brand_svc.risk.tables import signal_tallies
from brand_svc.schema import written

_FIRST = bindparam("first_month", type_=sa.Date)
_tallies = signal_tallies.c
_weights = (
    func.unnest(bindparam("keys", type_=sa.ARRAY(sa.Text)), bindparam("points", type_=sa.ARRAY(sa.Integer)))
    .table_valued(sa.column("key", sa.Text), sa.column("points", sa.Integer))
    .render_derived("weights")
)
_years = (
    func.unnest(
        bindparam("firsts", type_=sa.ARRAY(sa.Date)),
        bindparam("lasts", type_=sa.ARRAY(sa.Date)),
        bindparam("percents", type_=sa.ARRAY(sa.Integer)),
    )
    .table_valued(sa.column("first", sa.Date), sa.column("last", sa.Date), sa.column("percent", sa.Integer))
    .render_derived("years")
)
_hundredths = func.sum(_tallies.signals * func.coalesce(_weights.c.points, 0) * _years.c.percent)
_risk = (
    sa.select(
        sa.cast(func.coalesce(func.div(_hundredths, 100), 0), sa.BigInteger).label("score"),
        sa.cast(func.coalesce(func.sum(_tallies.signals), 0), sa.BigInteger).label("signals"),
        func.max(_tallies.month).label("latest_month"),
    )
    .select_from(
        signal_tallies.join(_years, _tallies.month.between(_years.c.first, _years.c.last)).outerjoin(
            _weights, _weights.c.key == func.coalesce(func.nullif(_tallies.ground, ""), _tallies.source)
        )
    )
    .where(_tallies.credit_code == brands.c.credit_code, _tallies.month >= _FIRST)
    .lateral("risk")
)
_open_case = (
    sa.select(exit_cases.c.id)
    .where(
        exit_cases.c.credit_code == brands.c.credit_code,
        exit_cases.c.state.in_([written(state) for state in UNDECIDED]),
    )
    .exists()
)
_BOARD = (
    sa.select(
        brands.c.credit_code,
        brands.c.institution_name,
        brands.c.district,
        brands.c.tier,
        brands.c.recognised_on,
        _risk.c.score,
        _risk.c.signals,
        _risk.c.latest_month,
        _open_case.label("open_case"),
    )
    .join(_risk, sa.true())
    .where(brands.c.state == written(State.ACTIVE))
)
LIST = Listing(
    _BOARD,
    key=Order(brands.c.credit_code, str),
    orders={"score": Order(_risk.c.score, int), "signals": Order(_risk.c.signals, int)},
    filters={
        "credit_code": equal(brands.c.credit_code),
        "district": equal(brands.c.district),
        "tier": equal(brands.c.tier),
        "least_score": since(_risk.c.score),
        "open_case": Filter(sa.Boolean(), lambda value: value == _open_case),
    },
    reaches=office_reaches(brands.c.district),
)
_TALLIES = Statement(
    sa.select(signal_tallies)
    .where(
        _tallies.credit_code == func.any(bindparam("credit_codes", type_=sa.ARRAY(sa.Text))),
        _tallies.month >= _FIRST,
    )
    .order_by(_tallies.month.desc())
)


def given(today: date, formula: Formula) -> dict[str, Any]:
    """The values the list's own statement has: the formula, with the months of each of its years."""
    firsts = [add_years(first_month(today, formula), n) for n in range(len(formula.percents))]
    # A signal dated ahead counts as one of today.
    lasts = [*(first - timedelta(days=1) for first in firsts[1:]), date.max]
    return {
        "first_month": firsts[0],
        "firsts": firsts,
        "lasts": lasts,
        "percents": list(reversed(formula.percents)),
        "keys": list(formula.weights),
        "points": list(formula.weights.values()),
    }


async def tallies_of(
    reader: Reader, credit_codes: Sequence[str], today: date, formula: Formula
) -> dict[str, list[Tally]]:
    """What counts of each holder, the latest month first."""
    found: dict[str, list[Tally]] = defaultdict(list)
    values = {"credit_codes": list(credit_codes), "first_month": first_month(today, formula)}
    for row in await reader.rows(_TALLIES, values):
        ground: ExitGround | None = row["ground"] or None
        found[row["credit_code"]].append(Tally(row["month"], row["source"], ground, row["signals"]))
    return found
