"""The caps hold whatever is done in whatever order, and when a connection dies in between (S03, S04, D03)."""

import asyncio
from datetime import date
from itertools import count

import pytest
from chuangpei.auth import Role
from chuangpei.events.base import PersonRef
from chuangpei.kernel.resident_id import make_resident_id
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PROJECTS = ("P1", "P2", "P3", "P4", "P5")
STEPS = ("claim", "withdraw", "accept", "not-accept", "reject", "undo")
BODIES = {
    "not-accept": {"reason": "不属于补贴对象", "article": "沪人社规〔2025〕30号 一(二)"},
    "reject": {"reason": "材料不符"},
    "undo": {"reason": "认定有误"},
}
AFTER = {
    ("submitted", "withdraw"): "withdrawn",
    ("accepted", "withdraw"): "withdrawn",
    ("submitted", "accept"): "accepted",
    ("submitted", "not-accept"): "not_accepted",
    ("accepted", "reject"): "rejected",
    ("accepted", "undo"): "submitted",
    ("not_accepted", "undo"): "submitted",
    ("rejected", "undo"): "accepted",
}
"""What the person and the district may do, as a person would say it: not taken from the code."""
STANDING = {"submitted", "accepted"}
PERSONS = count(100)


class Holder:
    """One person with a certificate in each project, beside the simplest model of what should be."""

    def __init__(self, office):
        self.office = office
        self.number = make_resident_id("310101", date(1990, 1, 1), next(PERSONS))
        self.key = office.service.privacy.person_key(self.number)
        self.headers = office.as_(Role.CITIZEN, subject=self.key[:12], id_number=self.number)
        self.certificates, self.claims = {}, {}

    async def certified(self):
        privacy = self.office.service.privacy
        person = PersonRef(
            person_key=self.key,
            masked_name="张*",
            name_encrypted=privacy.in_events.encrypt("张三丰", "event.name"),
            id_number_encrypted=privacy.in_events.encrypt(self.number, "event.id_number"),
        )
        for project in PROJECTS:
            issued = self.office.issued(project=project).model_copy(update={"person": person})
            await self.office.deliver(issued)
            self.certificates[project] = issued
        return self

    def counted(self):
        return {project for project, claim in self.claims.items() if claim["state"] in STANDING}

    async def take(self, step, project):
        before = self.claims.get(project)
        if step == "claim":
            body = self.office.claim_body(self.certificates[project])
            answer = await self.office.post("/claims", self.headers, body)
            may = project not in self.counted() and len(self.counted()) < 3
        elif before is None:
            return
        else:
            by = self.headers if step == "withdraw" else self.officer(step, before)
            path = f"/claims/{before['id']}/{step}"
            answer = await self.office.post(path, by, BODIES.get(step), before["version"])
            after = AFTER.get((before["state"], step))
            takes_a_place = after in STANDING and before["state"] not in STANDING
            may = after is not None and (not takes_a_place or len(self.counted()) < 3)
        assert answer.is_success == may, (step, before, answer.text)
        if may:
            self.claims[project] = answer.json()
            if step != "claim":
                assert answer.json()["state"] == AFTER[before["state"], step]

    def officer(self, step, claim):
        return self.office.officer("approver" if step == "undo" else "acceptor", claim["district"])

    async def check(self):
        rows = await self.office.sql(
            "SELECT project_code, slot FROM reservations WHERE person_key = $1", self.key
        )
        assert {row["project_code"] for row in rows} == self.counted()
        assert len(rows) == len({row["slot"] for row in rows}) <= 3
        [[unowned]] = await self.office.sql(
            "SELECT count(*) FROM reservations AS r LEFT JOIN claims AS c ON c.id = r.claim_id"
            " WHERE c.id IS NULL OR c.state IN ('withdrawn', 'rejected', 'not_accepted', 'stopped')"
        )
        assert unowned == 0


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(PROJECTS)), min_size=6, max_size=16))
async def test_whatever_is_done_each_place_is_owned_and_no_cap_is_passed(office, steps):
    holder = await Holder(office).certified()
    for step, project in [("claim", "P1"), ("claim", "P2"), *steps]:
        await holder.take(step, project)
    await holder.check()


async def killed_while_it_waits(office, doing):
    """Ends the connection that waits for a lock, as a crash of its process would."""
    async with asyncio.timeout(20):
        while not await office.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ):
            continue
    answer = await doing
    assert answer.is_server_error, answer.text


@pytest.mark.parametrize("again", [1, 3])
async def test_a_submission_whose_connection_dies_leaves_nothing_and_may_come_again(office, again):
    certificate = await office.certificate()
    async with office.service.database.transaction() as tx:
        await tx.connection.execute("SELECT 1 FROM windows FOR UPDATE")
        await killed_while_it_waits(office, asyncio.ensure_future(office.claim(certificate)))
    for table in ("claims", "reservations"):
        assert await office.sql(f"SELECT 1 FROM {table}") == []  # noqa: S608  # one of two
    answers = await asyncio.gather(*(office.claim(certificate) for _ in range(again)))
    assert [answer.status_code for answer in answers].count(201) == 1
    assert len(await office.sql("SELECT 1 FROM reservations")) == 1


async def test_a_withdrawal_whose_connection_dies_frees_nothing(office):
    claim = await office.submitted()
    async with office.service.database.transaction() as tx:
        await tx.connection.execute("SELECT 1 FROM claims FOR UPDATE")
        await killed_while_it_waits(office, asyncio.ensure_future(office.step(claim, "withdraw", "holder")))
    assert await office.state_of(claim) == "submitted"
    assert len(await office.sql("SELECT 1 FROM reservations")) == 1
    assert (await office.step(claim, "withdraw", "holder")).status_code == 200
    assert await office.sql("SELECT 1 FROM reservations") == []
