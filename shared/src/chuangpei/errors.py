"""The one exception of the HTTP edge: it carries a refusal out of a route and undoes the open transaction."""

from typing import TypeVar

from chuangpei.kernel.refusals import Refusal

T = TypeVar("T")


class Refused(Exception):  # noqa: N818  # a refusal is an answer, not an error
    """Ends the request with the refusal's problem+json."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.problem.code)
        self.refusal = refusal


def accepted(result: T | Refusal) -> T:
    """The value of a use case, or the end of the request with its refusal; an open transaction is undone."""
    if isinstance(result, Refusal):
        raise Refused(result)
    return result
