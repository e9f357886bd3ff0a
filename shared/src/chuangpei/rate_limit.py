"""How often one address may ask (频次限制) of what is open to everybody.

    allowance = service.checks.ask(request)
    if not allowance.granted:
        return allowance.refused(request)

The generic cell rate algorithm: an address may ask ``most`` times at once, and from then on as often as its
minute allows. It is counted in this process: each API process gives the whole of it. What is kept is one
number an address, and of few enough addresses; of those asked of longest ago it forgets, which only ever
allows more.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import Any

from fastapi import Request, Response

from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import TOO_MANY_REQUESTS
from chuangpei.web import PROBLEM_TYPE, problem_response

TOO_OFTEN: dict[int | str, dict[str, Any]] = {
    429: {
        "description": "请求过于频繁 · Too often",
        "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemView"}}},
    }
}
_MINUTE = 60_000_000_000
_SECOND = 1_000_000_000
_MOST_ADDRESSES = 100_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """What an address may still ask: of ``most`` a minute ``remaining`` now, and all in ``reset`` seconds.

    ``retry_after`` is after how many seconds to come again where this time it was too often.
    """

    most: int
    remaining: int
    reset: int
    retry_after: int | None = None

    @property
    def granted(self) -> bool:
        """Whether it may be answered."""
        return self.retry_after is None

    def headers(self) -> dict[str, str]:
        """The same for the client to read."""
        return {
            "ratelimit-limit": str(self.most),
            "ratelimit-remaining": str(self.remaining),
            "ratelimit-reset": str(self.reset),
        }

    def refused(self, request: Request) -> Response:
        """The answer 429 with the seconds to wait."""
        refusal = Refusal(TOO_MANY_REQUESTS, retry_after_seconds=self.retry_after)
        return problem_response(request, refusal, self.headers())


class RateLimit:
    """At most ``most`` questions a minute from one address; ``now`` gives nanoseconds that never go back."""

    def __init__(
        self, most: int, now: Callable[[], int] = time.monotonic_ns, most_addresses: int = _MOST_ADDRESSES
    ) -> None:
        self._most = most
        self._each = _MINUTE // most
        self._now = now
        self._most_addresses = most_addresses
        # When each address will have all it may ask again; nobody owes more than a minute.
        self._clear_at: dict[str, int] = {}
        self._before: dict[str, int] = {}
        self._turns_at = now() + _MINUTE

    def ask(self, request: Request) -> Allowance:
        """Counts a question of the address that the request comes from (see ``trusted_proxies``)."""
        client = request.scope.get("client")
        return self.of(client[0] if client else "")

    def of(self, address: str) -> Allowance:
        """Counts a question of an address; those of one customer's IPv6 network (/64) are one."""
        now = self._now()
        if now >= self._turns_at or len(self._clear_at) >= self._most_addresses:
            self._before, self._clear_at, self._turns_at = self._clear_at, {}, now + _MINUTE
        if ":" in address:
            address = _network(address)
        owed = max(self._clear_at.get(address) or self._before.get(address, 0), now) + self._each - now
        if owed > _MINUTE:
            return Allowance(self._most, 0, _seconds(owed - self._each), _seconds(owed - _MINUTE))
        self._clear_at[address] = now + owed
        return Allowance(self._most, (_MINUTE - owed) // self._each, _seconds(owed))


def _network(address: str) -> str:
    try:
        return str(int(IPv6Address(address)) >> 64)
    except ValueError:
        return address


def _seconds(nanoseconds: int) -> int:
    return -(-nanoseconds // _SECOND)
