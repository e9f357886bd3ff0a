"""How an endpoint answers, from one attempt to the next: a pure function of what was and what came."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from webhook_svc.dispatch.schedule import DISABLED_AFTER, held_until, retry_after_of
from webhook_svc.dispatch.sending import GONE, Outcome

_BUSY = (429, 503)
Reason = Literal["gone", "failed_for_five_days"]
GONE_REASON: Reason = "gone"
FAILED_TOO_LONG: Reason = "failed_for_five_days"


@dataclass(frozen=True, slots=True)
class Health:
    """Failures in a row since when, and until when nothing is sent."""

    failures: int = 0
    failing_since: datetime | None = None
    held_until: datetime | None = None
    last_success_at: datetime | None = None
    last_failure_at: datetime | None = None

    def after(self, outcomes: Iterable[tuple[Outcome, datetime]]) -> "Health":
        """The health after attempts that ended at these instants."""
        health = self
        for outcome, at in outcomes:
            health = health._succeeded(at) if outcome.delivered else health._failed(outcome, at)
        return health

    def disabled_for(self, outcomes: Iterable[tuple[Outcome, datetime]]) -> Reason | None:
        """Why the endpoint is to be disabled after these attempts, or None.

        410 says that it is gone for good. Failures disable only where the first and the last of an unbroken
        row lie five days apart.
        """
        if any(outcome.status == GONE for outcome, _ in outcomes):
            return GONE_REASON
        if self.failing_since is None or self.last_failure_at is None:
            return None
        return FAILED_TOO_LONG if self.last_failure_at - self.failing_since >= DISABLED_AFTER else None

    def _succeeded(self, at: datetime) -> "Health":
        return Health(last_success_at=at, last_failure_at=self.last_failure_at)

    def _failed(self, outcome: Outcome, at: datetime) -> "Health":
        failures = self.failures + 1
        asked = retry_after_of(outcome.retry_after, at) if outcome.status in _BUSY else None
        until = held_until(failures, at, asked)
        return replace(
            self,
            failures=failures,
            failing_since=self.failing_since or at,
            held_until=max(filter(None, (until, self.held_until)), default=None),
            last_failure_at=at,
        )
