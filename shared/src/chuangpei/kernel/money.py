"""Money (金额) is integer fen (分), never a float (D11)."""

from typing import NewType

Fen = NewType("Fen", int)
"""An amount of money in fen (分), the hundredth of a yuan."""


def yuan(fen: Fen) -> str:
    """The amount in yuan (元) with two decimals, for reading: ``180000`` gives ``"1800.00"``."""
    whole, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole}.{rest:02}"
