"""Where the story plays: the platform, who acts on it, and its clock."""

from datetime import date, datetime, time, timedelta

import httpx
from chuangpei.kernel.clock import SHANGHAI

from chuangpei_embedded.accounts import Account, Officers, officers_of
from chuangpei_embedded.story.cast import Cast
from chuangpei_embedded.story.client import Actor, Json, Origins
from chuangpei_embedded.story.telling import Teller


def morning(day: date) -> datetime:
    """Nine o'clock on the civil day in Asia/Shanghai."""
    return datetime.combine(day, time(9), SHANGHAI)


class Play:
    """One telling: its cast, its teller, and the platform it acts on over REST."""

    def __init__(self, http: httpx.AsyncClient, origins: Origins, cast: Cast, first_day: date, tell: Teller):
        self._http = http
        self._origins = origins
        self._actors: dict[str, Actor] = {}
        self.cast = cast
        self.first_day = first_day
        self.tell = tell
        self.public = Actor(http, origins)
        self.officers: Officers = officers_of(cast.district)

    async def actor(self, account: Account) -> Actor:
        """The account, signed in."""
        if account.subject not in self._actors:
            answer = await self.public.post("/dev/token", account.wish())
            self._actors[account.subject] = Actor(self._http, self._origins, answer["access_token"])
        return self._actors[account.subject]

    def at(self, days: int, hour: int = 9, minute: int = 0) -> datetime:
        """An instant of the story's day ``days`` after the first, in Asia/Shanghai."""
        return datetime.combine(self.first_day + timedelta(days), time(hour, minute), SHANGHAI)

    async def later(self, days: int) -> Json:
        """Moves the platform's clock on to the morning of a later day."""
        clock = await self.public.get("/dev/clock")
        return await self.until(morning(date.fromisoformat(clock["today"]) + timedelta(days)))

    async def until(self, instant: datetime) -> Json:
        """Moves the platform's clock on to the instant, never back: others may play at the same time."""
        clock = await self.public.get("/dev/clock")
        if datetime.fromisoformat(clock["now"]) < instant:
            clock = await self.public.post("/dev/clock", {"set_to": instant.isoformat()})
        return clock
