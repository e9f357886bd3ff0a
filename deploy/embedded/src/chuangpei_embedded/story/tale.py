"""The whole story: every chapter in its order, on one origin or on four."""

from datetime import date, datetime, timedelta
from secrets import randbelow

import httpx
from chuangpei.kernel.clock import SHANGHAI
from chuangpei.kernel.money import Fen, yuan

from chuangpei_embedded.accounts import Account
from chuangpei_embedded.story.brands import lose_brand, win_brand
from chuangpei_embedded.story.cast import cast_of
from chuangpei_embedded.story.certificates import certify
from chuangpei_embedded.story.client import Actor, Origins, StoryFailed
from chuangpei_embedded.story.play import Play
from chuangpei_embedded.story.subsidy import Claims, pay
from chuangpei_embedded.story.telling import Teller
from chuangpei_embedded.story.training import train

FIRST_DAY = datetime(2026, 9, 14, 8, tzinfo=SHANGHAI)
"""Where a fresh platform's clock is set: the notice then runs over the National Day holiday (D04)."""


async def tell_story(
    origins: Origins, tell: Teller, *, begin: datetime | None = None, seed: int | None = None
) -> list[Account]:
    """Plays the main job; raises ``StoryFailed`` naming the first thing that was not as it should be.

    ``begin`` sets the platform's clock there first, for a fresh platform; otherwise the story begins on the
    next day of the clock as it stands. Each ``seed`` gives another cast; without one it is drawn. Returns the
    institution's and some citizens' accounts.
    """
    async with httpx.AsyncClient(timeout=60, trust_env=False) as http:
        first_day = await _first_day(Actor(http, origins), begin)
        cast = cast_of(1 + randbelow(10**9) if seed is None else seed, first_day)
        try:
            await _play(Play(http, origins, cast, first_day, tell))
        except (LookupError, TypeError, ValueError) as error:
            raise StoryFailed(f"an answer was not of the expected form: {error!r}") from error
        return [cast.institution(), *(person.account() for person in cast.trainees[:3])]


async def _play(play: Play) -> None:
    await play.until(play.at(0))
    trained = await train(play)
    certificates = await certify(play, trained)
    await win_brand(play)
    claims = await pay(play, certificates)
    await lose_brand(play, claims)
    _summarise(play, claims)


def _summarise(play: Play, claims: Claims) -> None:
    rows = [
        (claim["certificate_number"], claim["holder"], claim["state"], yuan(Fen(claim["amount_fen"])))
        for claim in claims.values()
    ]
    columns = ("证书 Certificate", "持证人 Holder", "状态 State", "金额（元） Yuan")
    play.tell.table("主线走通 · The main job runs end to end", columns, rows)


async def _first_day(public: Actor, begin: datetime | None) -> date:
    if begin is not None:
        await public.post("/dev/clock", {"set_to": begin.isoformat()})
        return begin.date()
    clock = await public.get("/dev/clock")
    return date.fromisoformat(clock["today"]) + timedelta(days=1)


async def return_to_the_present(origins: Origins) -> None:
    """Sets the platform's clock to real time, unless the story has gone beyond it."""
    async with httpx.AsyncClient(timeout=60, trust_env=False) as http:
        public = Actor(http, origins)
        if (await public.get("/dev/clock"))["offset_seconds"] < 0:
            await public.post("/dev/clock", {"reset": True})
