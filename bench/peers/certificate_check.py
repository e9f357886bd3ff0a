"""The check of a certificate by hand: FastAPI, raw asyncpg, the same SELECT, and nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import orjson
from fastapi import FastAPI, Response

_CHECK = """
SELECT e.number, e.identifier, e.edition, kind, e.masked_name, institution_name, project_name, stage,
  issued_on,
  CASE WHEN state = 'revoked' THEN 'revoked' WHEN e.edition = c.edition THEN 'valid' ELSE 'reissued' END,
  CASE WHEN state = 'valid' AND e.edition <> c.edition THEN c.number END AS reissued_as, revoked_on, version
FROM certificate_editions e JOIN certificates c ON c.id = certificate_id WHERE e.number = $1
"""


async def _no_reset(connection: object) -> None:
    """asyncpg would ask PostgreSQL to reset the session after each use; ours does without too."""


def create(dsn: str) -> FastAPI:
    """The app; its pool is as large as ours."""
    pool: asyncpg.Pool

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        nonlocal pool
        async with asyncpg.create_pool(dsn, min_size=8, max_size=8, timeout=5, reset=_no_reset) as pool:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/certificates/{number}")
    async def check(number: str) -> Response:
        row = await pool.fetchrow(_CHECK, number)
        if row is None:
            return Response(status_code=404)
        return Response(orjson.dumps(dict(row)), media_type="application/json")

    return app
