"""A trainee's firm (创业组织) and part in it on the day of enrolment, as the registry told (D02, T03)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chuangpei.events.training import EnterpriseSnapshot
from chuangpei.kernel.enterprises import Enterprise


class State(StrEnum):
    """Whether the registry has told of it: 待查, 已查得, 查无此组织."""

    PENDING = "pending"
    KNOWN = "known"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was told as of a civil day (Asia/Shanghai); it bars nobody (T03).

    ``shareholding_basis_points`` are hundredths of a percent; None where the registry tells none.
    """

    credit_code: str
    as_of: date
    state: State = State.PENDING
    name: str | None = None
    registered_on: date | None = None
    roles: tuple[str, ...] = ()
    shareholding_basis_points: int | None = None

    def told(self, answer: Enterprise | None) -> "Snapshot":
        """The snapshot with what the registry answered; None is a firm that it does not know."""
        if answer is None:
            return Snapshot(self.credit_code, self.as_of, State.UNKNOWN)
        return Snapshot(
            credit_code=self.credit_code,
            as_of=self.as_of,
            state=State.KNOWN,
            name=answer.name,
            registered_on=answer.registered_on,
            roles=tuple(sorted(answer.roles)),
            shareholding_basis_points=answer.shareholding_basis_points,
        )

    def in_event(self) -> EnterpriseSnapshot | None:
        """As the event of the completion carries it; None while the registry has not told of the firm."""
        if self.name is None or self.registered_on is None:
            return None
        return EnterpriseSnapshot(
            credit_code=self.credit_code,
            name=self.name,
            registered_on=self.registered_on,
            roles=self.roles,
            shareholding_basis_points=self.shareholding_basis_points,
            as_of=self.as_of,
        )
