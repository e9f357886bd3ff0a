"""``/dev/clock``: the clock of the embedded run, which a story may move for all processes at once."""

from datetime import date
from typing import Annotated, Self

from chuangpei.kernel.clock import DevelopmentClock
from chuangpei.web import Body
from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field, model_validator

_CENTURY = 100 * 366 * 86_400


class ClockView(BaseModel):
    """The present on this clock: instant (UTC), civil date (Asia/Shanghai), seconds ahead of real time."""

    now: AwareDatetime
    today: date
    offset_seconds: int


class Move(Body):
    """One of: an instant to stand at, seconds to move by (negative: backwards), or back to real time."""

    set_to: Annotated[AwareDatetime | None, Field(examples=["2026-09-24T09:00:00+08:00"])] = None
    move_seconds: Annotated[int | None, Field(ge=-_CENTURY, le=_CENTURY, examples=[86400])] = None
    reset: bool = False

    @model_validator(mode="after")
    def _one_wish(self) -> Self:
        if (self.set_to is not None) + (self.move_seconds is not None) + self.reset != 1:
            raise ValueError("give one of set_to, move_seconds, reset")
        return self


def clock_router(clock: DevelopmentClock) -> APIRouter:
    """Reads and moves ``clock``; every process that names the same file follows."""
    router = APIRouter(prefix="/dev/clock", tags=["时钟 · clock"])

    @router.get("", summary="读取时钟 · Read the clock")
    async def read() -> ClockView:
        return _view(clock)

    @router.post("", summary="拨动时钟 · Move the clock")
    async def move(wish: Move) -> ClockView:
        if wish.reset:
            clock.reset()
        elif wish.set_to is not None:
            clock.set_to(wish.set_to)
        elif wish.move_seconds is not None:
            clock.move(wish.move_seconds)
        return _view(clock)

    return router


def _view(clock: DevelopmentClock) -> ClockView:
    return ClockView(now=clock.now(), today=clock.today(), offset_seconds=clock.offset_seconds())
