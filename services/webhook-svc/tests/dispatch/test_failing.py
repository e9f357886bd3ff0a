"""Receivers that fail in every way hinder nobody but themselves, and nothing is dropped."""

import asyncio
import time

import pytest
from aiohttp import web
from chuangpei.events.webhook import EndpointDisabled
from webhook_svc.dispatch.schedule import RETRIES


async def failed_once(hub, endpoint):
    """The one attempt at the one event that was due."""
    await hub.happens(hub.revocation())
    await hub.settled(1)
    [attempt] = await hub.attempts(endpoint)
    [delivery] = await hub.deliveries(endpoint)
    assert delivery["state"] == "pending"
    return attempt


async def test_an_hour_of_500_and_then_each_event_arrives_once_with_the_id_it_had(hub, receiver):
    await hub.granted()
    await hub.subscribed(receiver.url)
    receiver.answer = lambda _: web.Response(status=500)
    await hub.happens(hub.revocation(), hub.revocation())
    await hub.settled(2)
    for tried in (2, 3):
        hub.clock.advance(minutes=20)
        await hub.settled(2 * tried)
    assert len(set(receiver.ids)) == 2
    receiver.answer = lambda _: web.Response()
    receiver.got.clear()
    hub.clock.advance(minutes=40)
    await hub.settled(8)
    assert len(set(receiver.ids)) == len(receiver.ids) == 2
    assert await hub.value("SELECT count(*) FROM deliveries WHERE state = 'delivered'") == 2


async def test_after_the_last_retry_it_waits_listed_until_it_is_recovered(hub, receiver):
    await hub.granted()
    endpoint = await hub.subscribed(receiver.url)
    receiver.answer = lambda _: web.Response(status=500)
    await hub.happens(hub.revocation())
    await hub.settled(1)
    for number, wait in enumerate(RETRIES, 2):
        hub.clock.advance(seconds=wait.total_seconds() * 1.2 + 700)
        await hub.settled(number)
    [delivery] = await hub.deliveries(endpoint, state="exhausted")
    assert (delivery["attempts"], delivery["next_attempt_at"]) == (10, None)
    receiver.answer = lambda _: web.Response()
    since = {"since": delivery["received_at"]}
    hub.clock.advance(hours=1)
    owed = await hub.made(f"/endpoints/{endpoint['id']}/recover", hub.agency(), since)
    assert owed == {"deliveries": 1}
    await hub.settled(11)
    [delivery] = await hub.deliveries(endpoint)
    assert (delivery["state"], len(set(receiver.ids))) == ("delivered", 1)


async def test_five_days_of_failures_disable_with_notice_and_keep_the_backlog(hub, receiver, listen):
    other = await listen()
    await hub.granted()
    endpoint = await hub.subscribed(receiver.url)
    receiver.answer = lambda _: web.Response(status=503)
    for _ in range(7):
        await hub.happens(hub.revocation())
        if (await hub.endpoint(endpoint))["state"] == "active":
            await hub.settled(len(await hub.attempts(endpoint)) + 1)
        hub.clock.advance(days=1)
    found = await hub.endpoint(endpoint)
    assert (found["state"], found["state_reason"]) == ("disabled", "failed_for_five_days")
    [notice] = [one for one in await hub.events() if isinstance(one, EndpointDisabled)]
    assert (notice.client_id, notice.reason) == ("market", "failed_for_five_days")
    owed = [one for one in await hub.deliveries(endpoint) if one["state"] == "pending"]
    assert len(owed) == 7
    told, tax = await listen(), await listen()
    await hub.granted("tax")
    await hub.subscribed(told.url, event_types=["*"])
    await hub.subscribed(tax.url, "tax", event_types=["*"])
    await hub.happens(notice)
    async with hub.dispatching():
        await hub.until(lambda: told.got)
    assert (len(told.got), len(tax.got), len(other.got)) == (1, 0, 0)


async def test_410_disables_at_once(hub, receiver):
    await hub.granted()
    endpoint = await hub.subscribed(receiver.url)
    receiver.answer = lambda _: web.Response(status=410)
    await failed_once(hub, endpoint)
    found = await hub.endpoint(endpoint)
    assert (found["state"], found["state_reason"]) == ("disabled", "gone")


async def test_a_redirect_is_a_failure_and_is_not_followed(hub, receiver, listen):
    inside = await listen()
    await hub.granted()
    endpoint = await hub.subscribed(receiver.url)
    receiver.answer = lambda _: web.Response(status=307, headers={"location": inside.url})
    attempt = await failed_once(hub, endpoint)
    assert attempt["status"] == 307
    assert inside.got == []


async def test_retry_after_is_honoured_and_gives_the_endpoint_a_rest(hub, receiver):
    await hub.granted()
    endpoint = await hub.subscribed(receiver.url, most_in_flight=1)
    receiver.answer = lambda _: web.Response(status=429, headers={"retry-after": "3600"})
    await hub.happens(hub.revocation(), hub.revocation())
    await hub.settled(1)
    hub.clock.advance(minutes=59)
    async with hub.dispatching():
        await asyncio.sleep(0.3)
    assert len(receiver.got) == 1, "the second one waits too"
    receiver.answer = lambda _: web.Response()
    hub.clock.advance(minutes=2)
    await hub.settled(3)
    assert {one["state"] for one in await hub.deliveries(endpoint)} == {"delivered"}


async def test_one_that_hangs_is_given_up_and_costs_the_others_nothing(hub, receiver, listen):
    hanging = await listen()

    async def hang():
        await asyncio.sleep(60)

    hanging.answer = lambda _: hang()
    await hub.granted()
    slow = await hub.subscribed(hanging.url, most_in_flight=2)
    await hub.subscribed(receiver.url, most_a_second=1_000)
    await hub.happens(*(hub.revocation() for _ in range(20)))
    async with hub.dispatching():
        await hub.until(lambda: len(receiver.got) == 20)
        assert len(hanging.got) <= 2
        await hub.until(lambda: hub.value("SELECT count(*) > 0 FROM attempts WHERE error = 'timeout'"))
    assert (await hub.endpoint(slow))["failures"] > 0


async def test_one_that_drips_its_headers_is_given_up(hub, receiver):
    """A byte a second: the time for the whole attempt runs out."""

    async def drip(reader, writer):
        await reader.read(100)
        for byte in b"HTTP/1.1 200 OK\r\n" * 10:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(1)

    dripping = await asyncio.start_server(drip, "127.0.0.1", 0)
    await hub.granted()
    endpoint = await hub.subscribed(f"http://127.0.0.1:{dripping.sockets[0].getsockname()[1]}/")
    try:
        attempt = await failed_once(hub, endpoint)
    finally:
        dripping.close()
    assert (attempt["status"], attempt["error"]) == (None, "timeout")


@pytest.mark.parametrize("pause", [0, 1])
async def test_an_endless_answer_is_cut_off_and_the_event_taken(hub, receiver, pause):
    """A gigabyte, or a byte a second: the status has said that it was taken."""
    sent = 0

    async def endless(request):
        nonlocal sent
        response = web.StreamResponse(headers={"content-length": str(10**9)})
        await response.prepare(request)
        try:
            for _ in range(1_000_000):
                await response.write(b"x" if pause else b"x" * 1_000)
                sent += 1 if pause else 1_000
                await asyncio.sleep(pause)
        except ConnectionError:
            pass
        return response

    receiver.answer = endless
    await hub.granted()
    endpoint = await hub.subscribed(receiver.url)
    await hub.happens(hub.revocation())
    begun = time.monotonic()
    await hub.settled(1)
    [attempt] = await hub.attempts(endpoint)
    assert attempt["status"] == 200
    assert len(attempt["answer"]) <= 1_024
    assert sent < 50_000_000
    assert time.monotonic() - begun < 60


async def test_a_closed_port_is_told_as_such(hub):
    await hub.granted()
    endpoint = await hub.subscribed("http://127.0.0.1:9/")
    attempt = await failed_once(hub, endpoint)
    assert attempt["status"] is None
    assert "Connect" in attempt["error"]


async def test_after_five_failures_in_a_row_it_is_left_alone_and_then_tried_with_one(hub, receiver):
    await hub.granted()
    endpoint = await hub.subscribed(receiver.url, most_in_flight=1)
    receiver.answer = lambda _: web.Response(status=500)
    await hub.happens(*(hub.revocation() for _ in range(20)))
    await hub.settled(5)
    assert len(receiver.got) == 5
    assert (await hub.endpoint(endpoint))["held_until"] is not None
    hub.clock.advance(seconds=40)
    await hub.settled(6)
    assert len(receiver.got) == 6
    receiver.answer = lambda _: web.Response()
    hub.clock.advance(hours=2)
    await hub.settled(26)
    assert (await hub.endpoint(endpoint))["failures"] == 0
