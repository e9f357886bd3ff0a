"""What is changed at the version that was read, and at no other (If-Match)."""

from typing import Protocol, TypeVar

from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_FOUND, PRECONDITION_FAILED


class _Versioned(Protocol):
    version: int


One = TypeVar("One", bound=_Versioned)


def as_read(found: One | None, version: int) -> One | Refusal:
    """What was loaded for a change; refused where it is not there, or no longer as it was read."""
    if found is None:
        return Refusal(NOT_FOUND)
    return found if found.version == version else Refusal(PRECONDITION_FAILED)
