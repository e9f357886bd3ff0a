"""The switch with which a test takes a simulated registry away (服务不可用)."""

from chuangpei.web import Body
from fastapi import APIRouter, HTTPException
from pydantic import BaseModel


class Switch(Body):
    """Whether the registry is down."""

    down: bool


class SwitchView(BaseModel):
    """Whether the registry is down."""

    down: bool


class Availability:
    """Up until it is switched off; a restart brings it up again."""

    def __init__(self) -> None:
        self._down = False

    def require(self) -> None:
        """Ends the request with 503 while the registry is down."""
        if self._down:
            raise HTTPException(503, {"code": "unavailable"})

    def router(self) -> APIRouter:
        """``GET`` and ``PUT /down``."""
        router = APIRouter(tags=["开关 · switch"])

        @router.get("/down", summary="是否停用 · Whether it is down")
        async def read() -> SwitchView:
            return SwitchView(down=self._down)

        @router.put("/down", summary="停用或恢复 · Take it down or bring it back")
        async def switch(wish: Switch) -> SwitchView:
            self._down = wish.down
            return SwitchView(down=self._down)

        return router
