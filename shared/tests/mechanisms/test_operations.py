"""Operators: they see parked messages and dead letters, replay or discard them, and leave their name."""

from collections.abc import AsyncIterator

import httpx
import pytest
import sqlalchemy as sa
from chuangpei.auth import Role
from chuangpei.consumer import Consumer, Message
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.development import DevelopmentIssuer
from chuangpei.mechanism_tables import audit_log
from chuangpei.settings import CommonSettings
from chuangpei.testing.api import ALL_ROLES, bearer, client, verifier_for
from chuangpei.testing.events import NoSubscription, received
from chuangpei.testing.miniature import NoteWritten, effects_of, record_effect, written
from chuangpei.testing.miniature_api import create_miniature_api
from chuangpei.testing.settings import test_settings

PARKED = "/miniature/v1/operations/parked-messages"
REASON = {"reason": "已核实"}
ISSUER = DevelopmentIssuer()
RESIDENT = "11010519491231002X"

_AUDITED = Statement(sa.select(audit_log).order_by(audit_log.c.id))


class Healing:
    """A consumer whose handler fails until it is healed."""

    def __init__(self, database: Database) -> None:
        self.healthy = False
        self.consumer = Consumer(
            database, NoSubscription(), {NoteWritten: self._handle}, retry_seconds=0, dead_after_attempts=1
        )

    async def _handle(self, tx: Transaction, event: NoteWritten, message: Message) -> None:
        if not self.healthy:
            raise RuntimeError("ill")
        await record_effect(tx, event, message)


@pytest.fixture
async def http(dsn: str) -> AsyncIterator[httpx.AsyncClient]:
    verifier = verifier_for(ISSUER, test_settings(CommonSettings, dsn).privacy())
    async with client(create_miniature_api(Database(dsn), verifier)) as http:
        http.headers.update(as_role(Role.CITY_CENTRE))
        yield http


@pytest.fixture
async def healing(database: Database) -> Healing:
    """One dead letter, and a message that waits behind it."""
    healing = Healing(database)
    await healing.consumer.take([received(event, offset=n) for n, event in enumerate(written("a", "1", "2"))])
    await healing.consumer.retry_parked()
    return healing


def as_role(role: Role) -> dict[str, str]:
    needed = {
        Role.CITIZEN: {"id_number": RESIDENT},
        Role.DISTRICT_OFFICER: {"district": "310115"},
    }.get(role, {})
    return bearer(ISSUER.token(role, subject=f"one-{role}", **needed))


async def listed(http: httpx.AsyncClient, **query: object) -> list[dict[str, object]]:
    items: list[dict[str, object]] = (await http.get(PARKED, params=query)).json()["items"]  # type: ignore[arg-type]
    return items


async def audited(database: Database) -> list[Row]:
    return await database.rows(_AUDITED, {})


async def test_an_operator_sees_dead_letters_and_what_waits_behind_them(
    http: httpx.AsyncClient, healing: Healing
) -> None:
    both, dead = await listed(http), await listed(http, dead_only=True)

    assert [row["error"] for row in both] == [
        "RuntimeError('ill')",
        "waits behind a parked message of its key",
    ]
    assert [row["dead_since"] is None for row in both] == [False, True]
    assert [row["id"] for row in dead] == [both[0]["id"]]
    assert "value" not in both[0]


async def test_the_list_comes_in_pages(http: httpx.AsyncClient, healing: Healing) -> None:
    first = (await http.get(PARKED, params={"limit": 1})).json()
    second = (await http.get(PARKED, params={"limit": 1, "cursor": first["next_cursor"]})).json()

    assert first["items"][0]["id"] < second["items"][0]["id"]
    assert second["next_cursor"] is None


async def test_a_replayed_letter_and_what_waited_behind_it_have_their_effects_in_order(
    http: httpx.AsyncClient, healing: Healing, database: Database
) -> None:
    letter = (await listed(http))[0]
    healing.healthy = True
    assert await healing.consumer.retry_parked() == 0

    answer = await http.post(f"{PARKED}/{letter['id']}/replay", json=REASON)
    await healing.consumer.retry_parked()

    assert answer.status_code == 204
    assert await effects_of(database) == [("a", "1"), ("a", "2")]
    assert await listed(http) == []
    [row] = await audited(database)
    assert (row["actor"], row["role"], row["action"]) == ("one-city_centre", "city_centre", "replay_message")
    assert (row["object_id"], row["reason"]) == (letter["event_id"], "已核实")
    assert row["request_id"] == answer.headers["x-request-id"]


async def test_a_discarded_letter_has_no_effect_and_frees_its_key(
    http: httpx.AsyncClient, healing: Healing, database: Database
) -> None:
    letter = (await listed(http))[0]
    healing.healthy = True

    answer = await http.post(f"{PARKED}/{letter['id']}/discard", json=REASON)
    await healing.consumer.retry_parked()

    assert answer.status_code == 204
    assert await effects_of(database) == [("a", "2")]
    [row] = await audited(database)
    assert row["action"] == "discard_message"
    assert row["details"] == {"type": NoteWritten.TYPE, "key": "a"}


@pytest.mark.parametrize("action", ["replay", "discard"])
@pytest.mark.parametrize("message", ["999999", "0", "-1", "9223372036854775808", "x"])
async def test_an_unknown_letter_is_told_and_nothing_is_audited(
    http: httpx.AsyncClient, database: Database, action: str, message: str
) -> None:
    answer = await http.post(f"{PARKED}/{message}/{action}", json=REASON)

    assert answer.status_code == (404 if message == "999999" else 422)
    assert await audited(database) == []


async def test_an_operator_must_give_a_reason(http: httpx.AsyncClient, healing: Healing) -> None:
    letter = (await listed(http))[0]

    for body in ({}, {"reason": " "}, {"reason": "x" * 501}):
        assert (await http.post(f"{PARKED}/{letter['id']}/discard", json=body)).status_code == 422
    assert len(await listed(http)) == 2


@pytest.mark.parametrize("role", ALL_ROLES)
async def test_only_the_city_centre_acts_and_only_the_city_and_auditors_look(
    http: httpx.AsyncClient, healing: Healing, role: Role
) -> None:
    headers = as_role(role)
    looked = await http.get(PARKED, headers=headers)
    acted = await http.post(f"{PARKED}/999999/replay", json=REASON, headers=headers)

    may_look = role in (Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)
    assert looked.status_code == (200 if may_look else 403)
    assert acted.status_code == (404 if role is Role.CITY_CENTRE else 403)
