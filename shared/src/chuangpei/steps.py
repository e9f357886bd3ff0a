"""A step on one object at the version that the client has read: what most routes that change one do."""

from collections.abc import Awaitable, Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from fastapi import Request

from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.errors import accepted
from chuangpei.kernel.refusals import Refusal
from chuangpei.web import expected_version

Key = TypeVar("Key")
Done = TypeVar("Done")
Given = ParamSpec("Given")


async def done(
    request: Request,
    if_match: str | None,
    principal: Principal,
    use_case: Callable[Concatenate[Transaction, Any, Principal, Key, int, Given], Awaitable[Done | Refusal]],
    key: Key,
    *given: Given.args,
    **named: Given.kwargs,
) -> Done:
    """What a use case made of the object, at the version that was read, in one transaction.

    The use case is given the service that answers the request, which every app keeps as its state.

    Raises :class:`chuangpei.errors.Refused` where it refuses, or where ``If-Match`` names no version.
    """
    service, version = request.app.state.service, expected_version(if_match)
    async with service.database.transaction() as tx:
        return accepted(await use_case(tx, service, principal, key, version, *given, **named))
