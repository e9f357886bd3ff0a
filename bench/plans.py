"""What PostgreSQL does for a query, as ``plans.md`` keeps it: each service has its own part of the file."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from chuangpei.database import Database, Statement

_FILE = Path(__file__).with_name("plans.md")
_EXPLAIN = "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF)"
_LONG = re.compile(r"'\{([^,}]+),[^}]{200,}\}'")


class Asked(NamedTuple):
    """One query as it is asked."""

    title: str
    statement: Statement
    values: dict[str, Any]


async def explained(database: Database, queries: Iterable[Asked]) -> str:
    """The plan of each query, run; nothing stays of what the statements change."""
    parts = []
    async with database.transaction() as tx:
        for asked in queries:
            undone = tx.connection.transaction()
            await undone.start()
            sql, values = f"{_EXPLAIN} {asked.statement.sql}", asked.statement.arguments(asked.values)
            lines = await tx.connection.fetch(sql, *values, timeout=120)
            await undone.rollback()
            plan = _LONG.sub(r"'{\1,…}'", "\n".join(line[0] for line in lines))
            parts.append(f"## {asked.title}\n\n```\n{plan}\n```\n")
    return "\n".join(parts)


def write(title: str, text: str) -> None:
    """Writes the part of the file that has this title, in the place of the earlier one or at the end."""
    written = _FILE.read_text(encoding="utf-8") if _FILE.exists() else ""
    parts = [part for part in re.split(r"^(?=# )", written, flags=re.MULTILINE) if part.strip()]
    part = f"# {title}\n\n{text}"
    names = [one.partition("\n")[0] for one in parts]
    if f"# {title}" in names:
        parts[names.index(f"# {title}")] = part
    else:
        parts.append(part)
    _FILE.write_text("\n".join(one.rstrip() + "\n" for one in parts), encoding="utf-8")
