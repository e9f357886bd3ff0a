"""Whatever officers, institutions and events do at the same time, what must never be never is."""

import asyncio
import random
from datetime import timedelta

import pytest
from chuangpei.events.brand import BrandRecognised, BrandRevoked, ExitCaseChanged, ExitCaseOpened

_ACTIVE_UNDER_BAN = """
SELECT 1 FROM brands JOIN bans USING (credit_code)
WHERE brands.state = 'active' AND $1 < bans.may_apply_again_on
"""
_PUBLISHED_UNDER_BAN = """
SELECT 1 FROM recognitions JOIN rounds ON rounds.id = round_id JOIN bans USING (credit_code)
WHERE rounds.state = 'published' AND published_on >= revoked_on AND published_on < bans.may_apply_again_on
  AND NOT EXISTS (SELECT 1 FROM brands WHERE brands.id = bans.brand_id AND brands.round_id = rounds.id)
"""
_SHORT_BAN = "SELECT 1 FROM bans WHERE may_apply_again_on <= revoked_on + interval '2 years'"
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
            body = city.announcement(today, today + timedelta(days=365), "一轮")
            return await city.post("/rounds", city.centre, body)
        current = rounds[0]
        if current["state"] == "closed" or (current["state"] == "deliberated" and self.draw.random() < 0.4):
            passed = await self.found("/assessments", current, "passed")
            new = await self.found("/applications", current, "recommended")
            some = self.draw.sample(new, len(new) - len(new) // 3)
            answer = await city.deliberate(current, [*passed, *some])
            # Who passed stands on the list, unless it is barred: then without them.
            return answer if answer.status_code != 422 else await city.deliberate(current, some)
        if current["state"] == "deliberated":
            return await city.publish(current)
        step = {"announced": "open", "open": "close"}[current["state"]]
        if step == "close" and current["closes_on"] > str(city.clock.today()):
            body = {"closes_on": str(city.clock.today()), "reason": "提前截止"}
            path = f"/rounds/{current['id']}/amend"
            return await city.post(path, city.centre, body, current["version"])
        return await city.post(f"/rounds/{current['id']}/{step}", city.centre, version=current["version"])

    async def everybody_applies(self):
        city = self.city
        for current in (await city.get("/rounds")).json()["items"][:1]:
            for who in "ABC":
                await city.apply(current, who)
            for one in await self.found("/applications", current, "submitted"):
                officer, path = city.officer(one["district"]), f"/applications/{one['id']}/recommend"
                await city.post(path, officer, {"comment": "同意"}, one["version"])

    async def holders_are_assessed(self):
        city = self.city
        for current in (await city.get("/rounds")).json()["items"][:1]:
            for one in await self.found("/assessments", current, "due"):
                [who] = [name for name in "ABC" if city.code(name) == one["credit_code"]]
                path = f"/assessments/{one['id']}/enter"
                await city.post(path, city.institution(who), city.materials, one["version"])
            for one in await self.found("/assessments", current, "entered"):
                outcome = "passed" if self.draw.random() < 0.8 else "failed"
                body = {"outcome": outcome, "comment": "评估", "evidence": city.evidence}
                path = f"/assessments/{one['id']}/assess"
                await city.post(path, city.officer(one["district"]), body, one["version"])

    async def found(self, path, brand_round, state):
        query = {"round_id": brand_round["id"], "state": state}
        return (await self.city.get(path, self.city.bureau, **query)).json()["items"]

    async def signal_comes(self):
        who, ground = self.draw.choice("ABC"), self.draw.choice(["X1", "X2", "X4"])
        await self.city.deliver(self.city.revocation(who, ground, on=self.city.clock.today()))

    async def case_goes_on(self):
        city = self.city
        undecided = [
            one
            for one in (await city.get("/exit-cases", city.bureau, limit=200)).json()["items"]
            if one["decided_on"] is None
        ]
        for case in self.draw.sample(undecided, min(2, len(undecided))):
            path, version = f"/exit-cases/{case['id']}", case["version"]
            if case["state"] == "opened":
                body = {"notice": "拟认定属应当退出的情形。"}
                await city.post(f"{path}/notify", city.officer(case["district"]), body, version)
            elif case["state"] in ("noticed", "heard"):
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
        officials.holders_are_assessed,
        officials.signal_comes,
        officials.case_goes_on,
    ]
    for _ in range(150):
        answers = await asyncio.gather(*(act() for act in officials.draw.sample(acts, 3)))
        assert not [one for one in answers if one is not None and one.status_code >= 500]
        city.clock.advance(days=officials.draw.choice([0, 0, 1, 90]))
        assert await city.rows(_ACTIVE_UNDER_BAN, city.clock.today()) == []
        assert await city.rows(_PUBLISHED_UNDER_BAN) == []
        assert await city.rows(_SHORT_BAN) == []
        assert await city.rows(_TWICE_ACTIVE) == []
        assert await city.rows(_ORPHANED) == []
    assert len(await city.events(BrandRecognised)) == len(await city.rows("SELECT 1 FROM brands")) > 0
    assert len(await city.events(BrandRevoked)) == len(await city.rows("SELECT 1 FROM bans"))
    assert len(await city.events(ExitCaseOpened)) == len(await city.rows("SELECT 1 FROM exit_cases"))
    assert await city.rows("SELECT 1 FROM parked_messages") == []
    told = {event.case_id: event.state for event in await city.events(ExitCaseChanged)}
    moved = await city.rows("SELECT id, state FROM exit_cases WHERE state <> 'opened'")
    assert told == {row["id"]: row["state"] for row in moved}
