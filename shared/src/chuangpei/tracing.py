"""The trace a piece of work belongs to: W3C ``traceparent`` carried from HTTP through events.

A new span id is drawn at every hop; the trace id stays the same from request to last consumer.
"""

import re
import secrets
from contextvars import ContextVar

TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")

_current: ContextVar[str | None] = ContextVar("traceparent", default=None)
_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def new_traceparent() -> str:
    """A fresh trace with a fresh span, sampled."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def child_of(traceparent: str | None) -> str:
    """The next hop of a trace; a fresh trace where none came or what came is malformed."""
    match = TRACEPARENT.fullmatch(traceparent) if traceparent else None
    if match is None:
        return new_traceparent()
    return f"00-{match[1]}-{secrets.token_hex(8)}-{match[3]}"


def enter_request(traceparent: str | None, request_id: str | None) -> str:
    """:func:`enter` for an HTTP request; gives it a new id where it has none, and returns its id."""
    drawn = secrets.token_hex(24)  # the operating system is asked once
    match = TRACEPARENT.fullmatch(traceparent) if traceparent else None
    trace, flags = (match[1], match[3]) if match else (drawn[:32], "01")
    given = request_id or drawn[:32]
    _current.set(f"00-{trace}-{drawn[32:]}-{flags}")
    _request_id.set(given)
    return given


def enter(traceparent: str | None, request_id: str | None = None) -> str:
    """Makes the next hop of ``traceparent`` current for this task; returns it."""
    current = child_of(traceparent)
    _current.set(current)
    _request_id.set(request_id)
    return current


def current_traceparent() -> str | None:
    """The ``traceparent`` of the work under way, if it has one."""
    return _current.get()


def current_request_id() -> str | None:
    """The id of the HTTP request under way, if there is one."""
    return _request_id.get()
