"""Administrative statements over psql: synchronous, and independent of any event loop of the caller."""

import subprocess
from pathlib import Path

from chuangpei_embedded.postgres_cluster import HOST, USER
from chuangpei_embedded.postgres_process import PostgresError, clean_environment


def identifier(name: str) -> str:
    """The name quoted for SQL; names PostgreSQL would cut or refuse are refused here."""
    if not 0 < len(name.encode()) < 64 or "\0" in name:
        raise ValueError(f"not a name for a database: {name!r}")
    return '"' + name.replace('"', '""') + '"'


def run_sql(psql: Path, port: int, password: str, statement: str) -> str:
    """Run one statement in the database postgres and return its output; PostgresError with psql's message."""
    where = [f"--host={HOST}", f"--port={port}", f"--username={USER}", "--dbname=postgres"]
    done = subprocess.run(  # noqa: S603 - fixed program, the statement is one argument
        [str(psql), "-XqAtw", *where, f"--command={statement}"],
        env={**clean_environment(), "PGPASSWORD": password},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise PostgresError(f"PostgreSQL refused: {done.stderr.strip()}")
    return done.stdout.strip()
