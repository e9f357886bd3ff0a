"""``kill -9`` of the API amid claims and approvals: each is done whole or not at all (S03, S04, D03, O04)."""

import asyncio
import contextlib
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import httpx
import pytest
from chuangpei.auth import Role
from chuangpei.events.base import PersonRef
from chuangpei.kernel.resident_id import make_resident_id
from chuangpei.testing.api import key
from chuangpei_embedded.postgres_cluster import free_port

API = Path(__file__).with_name("killed_api.py")
PEOPLE, PROJECTS = 12, ("P1", "P2", "P3", "P4")
SECONDS = 60
HALF_DONE = {
    "a place that no claim owns, or a claim without its place": """
        SELECT 1 FROM reservations r FULL JOIN claims c ON c.id = r.claim_id
        WHERE r.claim_id IS NULL OR c.id IS NULL""",
    "a claim without its audit row, event or stored answer": """
        SELECT 1 FROM claims c WHERE NOT EXISTS (SELECT FROM audit_log WHERE object_id = c.id::text
          AND action = 'claim.submit')
        OR NOT EXISTS (SELECT FROM outbox WHERE key = c.id::text AND type LIKE '%claim.submitted%')
        OR NOT EXISTS (SELECT FROM idempotency_keys WHERE position(c.id::text IN
          convert_from(body, 'UTF8')) > 0)""",
    "an approval without its notice, entry, audit row or event": """
        SELECT 1 FROM claims c WHERE (c.state = 'noticed') <> ALL (ARRAY[
          EXISTS (SELECT FROM notices WHERE claim_id = c.id),
          EXISTS (SELECT FROM ledger_entries WHERE claim_id = c.id AND occasion = 'commit'),
          EXISTS (SELECT FROM audit_log WHERE object_id = c.id::text AND action = 'claim.approve'),
          EXISTS (SELECT FROM outbox WHERE key = c.id::text AND type LIKE '%claim.approved%')])
        OR (SELECT count(*) FROM ledger_entries WHERE claim_id = c.id) > 1""",
}


class Load:
    """Claims of people for whom each project but the fourth has room, and approvals of accepted claims."""

    def __init__(self, office, certificates, accepted):
        self.office = office
        self.requests = {
            (who, project): ("/claims", office.claim_body(event), headers | key())
            for (who, project), (event, headers) in certificates.items()
        }
        approver = office.officer("approver")
        for claim in accepted:
            path = f"/claims/{claim['id']}/approve"
            self.requests[claim["id"]] = (path, None, approver | {"if-match": f'"{claim["version"]}"'})
        self.answers = {}

    async def send(self, http, answered):
        """Everything at once; what is cut off has no answer. ``answered`` is told of each answer."""

        async def one(name, path, body, headers):
            with contextlib.suppress(httpx.TransportError):
                self.answers[name] = await http.post(f"/subsidy/v1{path}", json=body, headers=headers)
                answered.put_nowait(name)

        await asyncio.gather(*(one(name, *request) for name, request in self.requests.items()))


async def certified(office):
    """A certificate in four projects for each of some people; three of them may be claimed for."""
    certificates, privacy = {}, office.service.privacy
    for number in range(PEOPLE):
        id_number = make_resident_id("310101", date(1990, 1, 1), 100 + number)
        person_key = privacy.person_key(id_number)
        person = PersonRef(
            person_key=person_key,
            masked_name="张*",
            name_encrypted=privacy.in_events.encrypt("张三丰", "event.name"),
            id_number_encrypted=privacy.in_events.encrypt(id_number, "event.id_number"),
        )
        headers = office.as_(Role.CITIZEN, subject=person_key[:12], id_number=id_number)
        for project in PROJECTS:
            event = office.issued(project=project).model_copy(update={"person": person})
            certificates[person_key, project] = (event, headers)
    await office.deliver(*(event for event, _ in certificates.values()))
    return certificates


@contextlib.asynccontextmanager
async def api(office, folder):
    """A process of its own on the same database, once it answers."""
    port = free_port(None)
    given = {"dsn": office.service.settings.database.get_secret_value(), "port": port, "folder": str(folder)}
    given |= {"jwks": office.issuer.jwks(), "today": str(office.clock.today())}
    process = subprocess.Popen([sys.executable, API, json.dumps(given)])  # noqa: ASYNC220  # a millisecond
    try:
        async with (
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=SECONDS, trust_env=False) as http,
            asyncio.timeout(SECONDS),
        ):
            ready = False
            while not ready:
                assert process.poll() is None, "the API ended by itself"
                with contextlib.suppress(httpx.TransportError):
                    ready = (await http.get("/subsidy/readyz")).is_success
                await asyncio.sleep(0.05)
            yield process, http
    finally:
        process.kill()
        process.wait()


@contextlib.asynccontextmanager
async def some_held_up(office, accepted):
    """One person's claims and one approval wait for a lock in the block: those at least are not finished."""
    async with office.service.database.transaction() as tx:
        last = "SELECT 1 FROM windows WHERE person_key = (SELECT max(person_key) FROM windows) FOR UPDATE"
        await tx.connection.execute(last)
        await tx.connection.execute("SELECT 1 FROM claims WHERE id = $1 FOR UPDATE", office.uuid(accepted))
        yield


async def settled(office):
    """PostgreSQL has noticed: what the killed process began is committed whole or undone."""
    at_work = (
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'"
        " AND pid <> pg_backend_pid()"
    )
    async with asyncio.timeout(SECONDS):
        while await office.sql(at_work):  # noqa: ASYNC110  # only PostgreSQL can tell
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("answers_before", [1, 8, 25])
async def test_what_a_killed_api_was_doing_is_whole_or_not_there_and_may_be_sent_again(
    office, tmp_path, answers_before
):
    accepted = [await office.accepted(await office.submitted(who=who)) for who in ("holder", "partner")]
    load = Load(office, await certified(office), accepted)
    async with api(office, tmp_path) as (process, http), some_held_up(office, accepted[0]):
        answered = asyncio.Queue()
        sending = asyncio.create_task(load.send(http, answered))
        for _ in range(answers_before):
            await answered.get()
        process.kill()
        await sending
    told = dict(load.answers)
    assert answers_before <= len(told) < len(load.requests)
    await settled(office)
    await nothing_is_half_done(office)
    await what_was_answered_is_there(office, told)
    await load.send(office.http, asyncio.Queue())
    await nothing_is_half_done(office)
    await all_is_done_once(office, load, told)


async def nothing_is_half_done(office):
    for what, statement in HALF_DONE.items():
        assert await office.sql(statement) == [], what


async def what_was_answered_is_there(office, told):
    for answer in told.values():
        if answer.is_success:
            assert await office.state_of(answer.json()) == answer.json()["state"]


async def all_is_done_once(office, load, told):
    """Three of each person's four claims stand; who was answered before got the same answer again."""
    by_person = await office.sql("SELECT count(*) FROM claims GROUP BY person_key ORDER BY count(*)")
    assert [row["count"] for row in by_person] == [1, 1, *[3] * PEOPLE]
    states = await office.sql("SELECT state, count(*) FROM claims GROUP BY state")
    assert dict(map(tuple, states)) == {"submitted": 3 * PEOPLE, "noticed": 2}
    for name, answer in told.items():
        if answer.status_code == 201:
            assert load.answers[name].json() == answer.json()
