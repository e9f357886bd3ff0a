"""Enterprises (创业组织) as the business registry tells them."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

_WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Enterprise:
    """An enterprise (创业组织) and a person's part in it on one day, as the business registry tells them.

    ``roles`` is empty where the person has none. ``shareholding_percent`` is the registry's own text.
    """

    credit_code: str
    name: str
    registered_on: date
    province_code: str
    status: str
    roles: frozenset[str]
    shareholding_percent: str | None = None

    @property
    def shareholding_basis_points(self) -> int | None:
        """The person's shareholding (持股比例) in hundredths of a percent; None where none is told."""
        try:
            percent = Decimal(self.shareholding_percent or "")
            if not 0 <= percent <= _WHOLE:
                return None
        except InvalidOperation:  # of a text that is no number, and of comparing NaN
            return None
        return int((percent * 100).to_integral_value(ROUND_HALF_UP))
