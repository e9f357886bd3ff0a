"""Rows that are what other services told last (投影): told twice, late, in any order, they come to the same.

What is told together forms a group of columns with the instant of its telling beside it. Of each group the
latest telling stands; a column in no group is written with the row and stays.
"""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from chuangpei.database import Statement
from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import insert

Groups = Mapping[str, Sequence[str]]
"""The column with the instant of the telling, and the columns that were told with it."""


def latest(table: sa.Table, groups: Groups) -> Statement:
    """The statement that writes one telling; a group whose instant is None is not touched by it."""
    put = insert(table).values({one.name: bindparam(one.name, type_=one.type) for one in table.columns})
    changed: dict[str, sa.ColumnElement[object]] = {}
    for told_at, names in groups.items():
        before, now = table.c[told_at], put.excluded[told_at]
        newer = sa.and_(now.is_not(None), sa.or_(before.is_(None), now >= before))
        changed |= {name: sa.case((newer, put.excluded[name]), else_=table.c[name]) for name in names}
        changed[told_at] = func.greatest(before, now)
    return Statement(put.on_conflict_do_update(index_elements=list(table.primary_key), set_=changed))


def blank(table: sa.Table, **told: object) -> dict[str, object]:
    """The values of a telling, with None for what it does not tell."""
    return {one.name: None for one in table.columns} | told
