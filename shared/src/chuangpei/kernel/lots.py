"""Drawing by lot (抽签), so that whoever has the seed and the population gets the same draw."""

from collections.abc import Iterable
from hashlib import sha256


def lot(seed: str, key: str) -> str:
    """The lot of a key: the SHA-256 of ``seed:key`` in hexadecimal."""
    return sha256(f"{seed}:{key}".encode()).hexdigest()


def drawn_by_lot(keys: Iterable[str], seed: str, count: int) -> list[str]:
    """The ``count`` keys with the lowest lots, the lowest first."""
    return sorted(keys, key=lambda key: lot(seed, key))[:count]
