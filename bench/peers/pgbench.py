"""pgbench, PostgreSQL's own load generator in C, given the very statements that ours sends.

The statements are written down while ours does its work once; what belongs to that one person becomes an
expression over ``:n``, which no two transactions share, and every other value stays as it was.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from chuangpei_embedded.postgres_programs import packaged_programs

Asked = Sequence[tuple[str, Sequence[Any]]]
"""Statements with their values, in the order in which they were sent."""
CLIENTS = 8
_PARAMETER = re.compile(r"\$(\d+)")
_COUNTED = "\\set i :i + 1\n\\set n :first + :client_id * :each + :i\n"
_SECONDS = 300.0


def numbered(prefix: str) -> str:
    """The id of the ``:n``-th row, as ``bench.claims_made`` makes it."""
    return f"('{prefix}' || lpad(to_hex(:n::bigint), 24, '0'))::uuid"


async def script(connection: asyncpg.Connection, asked: Asked, own: Mapping[object, str]) -> str:
    """The transaction as pgbench takes it; ``own`` has the expression of each value of the one person."""
    written = [_COUNTED]
    if len(asked) > 1:
        written.append("BEGIN;\n")
    for sql, values in asked:
        kinds = [kind.name for kind in (await connection.prepare(sql, timeout=10)).get_parameters()]
        terms = [_term(value, kind, own) for value, kind in zip(values, kinds, strict=True)]
        written.append(_PARAMETER.sub(lambda found, terms=terms: terms[int(found[1]) - 1], sql) + ";\n")  # type: ignore[misc]  # binds terms
    if len(asked) > 1:
        written.append("COMMIT;\n")
    return "".join(written)


async def per_second(dsn: str, file: Path, *, first: int, each: int) -> float:
    """Transactions a second of ``each`` for each client, the first with ``:n`` of ``first`` + 1."""
    process = await asyncio.create_subprocess_exec(
        str(packaged_programs() / "pgbench"),
        *("--no-vacuum", "--protocol=prepared", f"--client={CLIENTS}", "--jobs=2", f"--transactions={each}"),
        *("--define=i=0", f"--define=first={first}", f"--define=each={each}", f"--file={file}", dsn),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(_SECONDS):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    found = re.search(r"^tps = ([\d.]+)", out.decode(), re.MULTILINE)
    done = f"number of transactions actually processed: {CLIENTS * each}/{CLIENTS * each}"
    if process.returncode or found is None or done not in out.decode():
        raise RuntimeError(f"pgbench: {out.decode()}{err.decode()[-2_000:]}")
    return float(found[1])


def _term(value: Any, kind: str, own: Mapping[object, str]) -> str:
    if isinstance(value, list) and kind not in ("json", "jsonb"):
        inner = kind.removesuffix("[]").removeprefix("_")
        return f"ARRAY[{', '.join(_term(one, inner, own) for one in value)}]::{inner}[]"
    if kind in ("json", "jsonb"):
        return f"{_quoted(orjson.dumps(value).decode())}::{kind}"
    if value in own:
        return f"({own[value]})::{kind}"
    if isinstance(value, UUID):
        return "gen_random_uuid()"
    return _literal(value, kind)


def _literal(value: Any, kind: str) -> str:
    if value is None:
        return f"NULL::{kind}"
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'::bytea"
    if isinstance(value, date | datetime):
        return f"{_quoted(value.isoformat())}::{kind}"
    return f"{_quoted(str(value))}::{kind}"


def _quoted(text: str) -> str:
    """Without a colon, which pgbench would take for the beginning of a variable."""
    escaped = text.replace("\\", "\\\\").replace("'", "''").replace(":", "\\x3a").replace("\n", "\\n")
    return f"E'{escaped}'"
