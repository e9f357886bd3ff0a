"""The check of a certificate by hand: FastAPI, raw asyncpg, the same SELECT, and nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import orjson
from fastapi import FastAPI, Response

_CHECK = """
SELECT number, kind, masked_name, institution_name, project_name, stage, issued_on, state, revoked_on, version
FROM certificates WHERE number = $1
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
