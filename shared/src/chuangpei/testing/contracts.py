"""What every service promises alike: a database that is what its models say, an API that documents itself."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import asyncpg
import sqlalchemy as sa

_CHECKS = "SELECT conname FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace"
_SUMMARY = re.compile(r"[^·]*[\u4e00-\u9fff][^·]* · [A-Z][\x20-\x7e]*")
_TAG = re.compile(r"[^·]*[\u4e00-\u9fff][^·]* · .+")

Paths = dict[str, Mapping[str, Any]]


async def unmatched_checks(dsn: str, metadata: sa.MetaData) -> set[str]:
    """The CHECKs that only the models have, or only the migrated database: Alembic does not compare them."""
    connection = await asyncpg.connect(dsn)
    try:
        found = {row["conname"] for row in await connection.fetch(_CHECKS)}
    finally:
        await connection.close()
    return found ^ {
        str(constraint.name)
        for table in metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, sa.CheckConstraint)
    }


def own_paths(document: Mapping[str, Any], service: str) -> Paths:
    """The paths of an OpenAPI document that are the service's own, not those all have for operators."""
    own = re.compile(rf"/{service}/v1/(?!operations/)")
    return {path: methods for path, methods in document["paths"].items() if own.match(path)}


def badly_described(document: Mapping[str, Any], service: str, rules: str) -> list[str]:
    """The operations whose summary is not in two languages.

    Of the service's own also those whose tags are not, or whose description cites no rule; ``rules`` are the
    letters with which the ids of its rules begin.
    """
    cited = re.compile(rf"\b[{rules}]\d\d\b")
    bad = [place for place, one in _operations(document["paths"]) if not _SUMMARY.fullmatch(one["summary"])]
    for place, one in _operations(own_paths(document, service)):
        if not cited.search(one["description"]) or not all(map(_TAG.fullmatch, one["tags"])):
            bad.append(place)
    return bad


def _operations(paths: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path, methods in paths.items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation
