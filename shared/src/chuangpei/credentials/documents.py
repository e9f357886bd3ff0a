"""JSON as credentials need it: read strictly, within bounds, and written canonically (RFC 8785)."""

import json
from typing import Any, NoReturn

import rfc8785

MAX_BYTES = 262_144
MAX_DEPTH = 20

Document = dict[str, Any]


class Malformed(ValueError):  # noqa: N818  # reads as what is wrong
    """What was given is no carrier of ours; the message says why, in plain words and without its content."""


def read(content: bytes, *, most_bytes: int = MAX_BYTES) -> Document:
    """The JSON object in the bytes.

    Raises :class:`Malformed` for anything that two readers could take differently: members named twice,
    numbers beyond what JSON can carry exactly, NaN, other encodings than UTF-8; and beyond the bounds of size
    and depth.
    """
    if len(content) > most_bytes:
        raise Malformed(f"larger than {most_bytes} bytes")
    try:
        found = json.loads(content.decode("utf-8"), object_pairs_hook=_members, parse_constant=_no_constant)
        canonical(found)
    except (RecursionError, UnicodeError, ValueError) as error:
        raise Malformed(str(error) if isinstance(error, Malformed) else "no JSON") from error
    if not isinstance(found, dict):
        raise Malformed("no JSON object")
    if _depth(found) > MAX_DEPTH:
        raise Malformed(f"nested deeper than {MAX_DEPTH}")
    return found


def canonical(document: Any) -> bytes:
    """The document by the JSON Canonicalization Scheme (RFC 8785).

    Raises :class:`Malformed` for a value that has no such form, such as an integer beyond 2^53.
    """
    try:
        return rfc8785.dumps(document)
    except (rfc8785.CanonicalizationError, UnicodeError, ValueError) as error:
        raise Malformed("a value that has no canonical form") from error


def _members(pairs: list[tuple[str, Any]]) -> Document:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise Malformed("a member is named twice")
    return members


def _no_constant(name: str) -> NoReturn:
    raise Malformed(f"{name} is no JSON")


def _depth(value: Any) -> int:
    deepest, layer = 0, [value]
    while layer:
        deepest += 1
        layer = [child for one in layer for child in _children(one)]
    return deepest


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
