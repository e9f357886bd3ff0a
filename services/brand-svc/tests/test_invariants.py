"""Whatever officers, institutions and events do at the same time, what must never be never is."""

import asyncio
import random

import pytest
from chuangpei.events.brand import BrandRecognised, BrandRevoked, ExitCaseOpened

_ACTIVE_UNDER_BAN = """
SELECT 1 FROM brands JOIN bans USING (credit_code)
WHERE brands.state = 'active' AND $1 < bans.may_apply_again_on
"""
_TWICE_ACTIVE = "SELECT credit_code FROM brands WHERE state = 'active' GROUP BY 1 HAVING count(*) > 1"
_ORPHANED = """
SELECT 1 FROM exit_cases JOIN brands ON brands.id = brand_id
WHERE decided_on IS NULL AND brands.state <> 'active'
"""


class Officials:
    """Acts at random on what they find; what they may not do is refused, never a failure."""

    def __init__(self, city, seed):
        self.city, self.draw = city, random.Random(seed)

    async def round_goes_on(self):
        city = self.city
        rounds = (await city.get("/rounds")).json()["items"]
        if not rounds or rounds[0]["state"] == "published":
            today = city.clock.today()
            body = {
                "name": "一轮",
                "opens_on": str(today),
                "closes_on": str(today.replace(year=today.year + 1)),
            }
            return await city.post("/rounds", city.centre, body)
        current = rounds[0]
        if current["state"] == "closed" or (current["state"] == "deliberated" and self.draw.random() < 0.4):
            query = {"round_id": current["id"], "state": "recommended"}
            found = (await city.get("/applications", city.bureau, **query)).json()["items"]
            return await city.deliberate(current, self.draw.sample(found, len(found) - len(found) // 3))
        if current["state"] == "deliberated":
            return await city.publish(current)
        step = {"announced": "open", "open": "close"}[current["state"]]
        return await city.post(f"/rounds/{current['id']}/{step}", city.centre, version=current["version"])

    async def everybody_applies(self):
        city = self.city
        for current in (await city.get("/rounds")).json()["items"][:1]:
            for who in "ABC":
                await city.apply(current, who)
            submitted = {"round_id": current["id"], "state": "submitted"}
            for one in (await city.get("/applications", city.bureau, **submitted)).json()["items"]:
                officer = city.officer(one["district"])
                await city.post(f"/applications/{one['id']}/recommend", officer, {"comment": "同意"}, 1)

    async def signal_comes(self):
        who, ground = self.draw.choice("ABC"), self.draw.choice(["X1", "X2", "X4"])
        await self.city.deliver(self.city.revocation(who, ground, on=self.city.clock.today()))

    async def case_goes_on(self):
        city = self.city
        undecided = [
            one
            for one in (await city.get("/exit-cases", city.bureau, limit=200)).json()["items"]
            if one["state"] in ("opened", "reported")
        ]
        for case in self.draw.sample(undecided, min(2, len(undecided))):
            path, version = f"/exit-cases/{case['id']}", case["version"]
            if case["state"] == "opened":
                body = {"founded": self.draw.random() < 0.8, "statement": "核实"}
                await city.post(f"{path}/verify", city.officer(case["district"]), body, version)
            elif self.draw.random() < 0.7:
                await city.revoke(case)
            else:
                await city.post(f"{path}/dismiss", city.bureau, {"reason": "不予撤销"}, version)


@pytest.mark.parametrize("seed", range(3))
async def test_nobody_holds_a_brand_under_a_ban_or_two_brands_at_once(institutions, seed):
    city, officials = institutions, Officials(institutions, seed)
    acts = [
        officials.round_goes_on,
        officials.round_goes_on,
        officials.everybody_applies,
        officials.signal_comes,
        officials.case_goes_on,
    ]
    for _ in range(150):
        answers = await asyncio.gather(*(act() for act in officials.draw.sample(acts, 3)))
        assert not [one for one in answers if one is not None and one.status_code >= 500]
        city.clock.advance(days=officials.draw.choice([0, 0, 1, 90]))
        assert await city.rows(_ACTIVE_UNDER_BAN, city.clock.today()) == []
        assert await city.rows(_TWICE_ACTIVE) == []
        assert await city.rows(_ORPHANED) == []
    assert len(await city.events(BrandRecognised)) == len(await city.rows("SELECT 1 FROM brands")) > 0
    assert len(await city.events(BrandRevoked)) == len(await city.rows("SELECT 1 FROM bans"))
    assert len(await city.events(ExitCaseOpened)) == len(await city.rows("SELECT 1 FROM exit_cases"))
    assert await city.rows("SELECT 1 FROM parked_messages") == []
