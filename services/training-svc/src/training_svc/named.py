"""Records that name instructors (师资): whether those named are in the pool, and who may keep the record."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from chuangpei.auth import Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.kernel.refusals import FieldError, Refusal, Text

from training_svc.instructors import repository as instructors
from training_svc.instructors.lifecycle import State
from training_svc.problems import NOT_YOUR_RECORD

_UNKNOWN = Text("师资库中没有此讲师", "There is no such instructor in the pool")
_NOT_ACTIVE = Text("讲师不在库", "The instructor is not active in the pool")
_NAMED_TWICE = Text("同一讲师重复", "The instructor is named twice")


async def naming_errors(
    tx: Transaction, named: Sequence[tuple[str, UUID]], *, must_be_active: frozenset[UUID] = frozenset()
) -> tuple[FieldError, ...]:
    """What is wrong with the instructors named, each given with its pointer (T10)."""
    found = {one.id: one for one in await instructors.members(tx, [], [one for _, one in named])}
    states = {one_id: one.state for one_id, one in found.items()}
    return tuple(_errors(named, states, must_be_active))


def _errors(
    named: Sequence[tuple[str, UUID]], states: dict[UUID, State], must_be_active: frozenset[UUID]
) -> Iterator[FieldError]:
    seen: set[UUID] = set()
    for pointer, one in named:
        if one not in states:
            yield FieldError(pointer, "unknown_instructor", _UNKNOWN)
        elif one in must_be_active and states[one] is not State.ACTIVE:
            yield FieldError(pointer, "not_active", _NOT_ACTIVE)
        if one in seen:
            yield FieldError(pointer, "named_twice", _NAMED_TWICE)
        seen.add(one)


def not_ones_own(principal: Principal, record: Row) -> Refusal | None:
    """A district keeps its own records, the city centre keeps all."""
    if principal.role is Role.CITY_CENTRE or principal.district == record["district"]:
        return None
    return Refusal(NOT_YOUR_RECORD)
