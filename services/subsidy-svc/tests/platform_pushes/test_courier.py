"""Carrying pushes to the platform over real HTTP: in order, until taken, never lost (S06)."""

import asyncio
import base64
import hmac
import json
import os
import sys

import pytest
from subsidy_svc.platform_pushes import repository
from subsidy_svc.platform_pushes.lifecycle import State

BROKEN = (500, {}, b"oops")
REFUSED = (200, {}, b'{"code": "E01", "message": "\\u53c2\\u6570\\u9519\\u8bef"}')


async def carried(courier, until, seconds=60.0):
    """Carries until the condition holds; what is leased is waited for."""
    async with asyncio.timeout(seconds):
        while not await until():
            await courier.carry()
            await asyncio.sleep(0.01)


async def all_delivered(pushes):
    return all(one["state"] == "delivered" for one in await pushes())


async def in_seconds(office, claim):
    [[seconds]] = await office.sql(
        "SELECT extract(epoch FROM next_try_at - now()) FROM platform_pushes WHERE claim_id = $1",
        office.uuid(claim),
    )
    return float(seconds)


async def test_a_claim_is_told_step_by_step_in_order(office, apply, pushes, courier, receiver):
    await office.noticed(await apply())
    assert [await courier.carry() for _ in range(4)] == [1, 1, 1, 0]
    assert receiver.told == ["已提交", "已受理", "公示中"]
    queued = await pushes()
    assert receiver.ids == [str(one["id"]) for one in queued]
    assert {(one["state"], one["attempts"], one["delivered_at"]) for one in queued} == {
        ("delivered", 1, office.clock.now())
    }


async def test_a_push_says_what_the_mapping_says_and_is_signed(apply, cases, courier, receiver):
    await apply()
    await courier.carry()
    [request] = receiver.requests
    assert request.body == {
        "messageId": request.id,
        "sequence": 1,
        "caseNumber": cases["holder"],
        "statusCode": "10",
        "statusName": "已提交",
        "statusText": "申请已提交，等待受理。",
        "changedAt": "2026-06-01 09:00:00",
        "office": "浦东新区",
        "reason": None,
        "basis": None,
    }
    signed = f"{request.id}.{request.headers['webhook-timestamp']}.".encode() + request.content
    digest = hmac.new(receiver.secret.encode(), signed, "sha256").digest()
    assert request.headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


async def test_a_push_has_nothing_of_the_person(office, apply, courier, receiver):
    await office.noticed(await apply())
    for _ in range(3):
        await courier.carry()
    sent = b"".join(request.content for request in receiver.requests).decode()
    for secret in ("张", office.id_number("holder"), office.person_key("holder"), "4455", "申创"):
        assert secret not in sent


@pytest.mark.parametrize("failure", [BROKEN, "drop", (503, {}, b""), (302, {"location": "/x"}, b""), REFUSED])
async def test_a_push_that_is_not_taken_comes_again_with_the_same_id_before_later_ones(
    office, apply, pushes, courier, receiver, failure
):
    receiver.script = [failure, failure]
    await office.accepted(await apply())
    assert [await courier.carry() for _ in range(4)] == [0, 0, 1, 1]
    first, second = (str(one["id"]) for one in await pushes())
    assert receiver.ids == [first, first, first, second]
    assert len({request.content for request in receiver.requests[:3]}) == 1


async def test_a_platform_that_does_not_answer_is_waited_for_no_longer_than_the_limit(
    office, apply, pushes, courier_of, receiver
):
    receiver.script = ["hang"]
    await apply()
    assert await courier_of(platform_timeout_seconds=0.2).carry() == 0
    [waiting] = await pushes()
    assert (waiting["state"], waiting["attempts"], waiting["last_error"]) == ("waiting", 1, "TimeoutError")
    assert await courier_of().carry() == 1
    assert len(set(receiver.ids)) == 1


async def test_after_the_last_try_it_waits_for_an_operator_and_holds_back_its_claim_alone(
    office, apply, pushes, courier_of, receiver
):
    claim = await apply()
    other = await apply("partner")
    receiver.script = [REFUSED, REFUSED, REFUSED, REFUSED]
    courier = courier_of(platform_tries=2)
    for _ in range(2):
        await courier.carry()
    await office.accepted(claim)
    for _ in range(2):
        await courier.carry()
    states = {str(one["claim_id"]): [] for one in await pushes()}
    for one in await pushes():
        states[str(one["claim_id"])].append(one["state"])
    assert states == {claim["id"]: ["given_up", "waiting"], other["id"]: ["given_up"]}
    assert len(receiver.requests) == 4
    assert {one["last_error"] for one in await pushes()} == {
        'HTTP 200 {"code": "E01", "message": "\\u53c2\\u6570\\u9519\\u8bef"}',
        None,
    }


async def test_each_try_is_put_off_twice_as_long_up_to_a_limit(office, apply, courier_of, receiver):
    claim = await apply()
    receiver.always = REFUSED
    courier = courier_of(platform_first_delay_seconds=1000.0, platform_longest_delay_seconds=3000.0)
    for least, most in [(600, 1300), (1400, 2600), (2100, 3800), (2100, 3800)]:
        await office.sql("UPDATE platform_pushes SET next_try_at = now()")
        await courier.carry()
        assert least < await in_seconds(office, claim) < most


async def test_retry_after_is_honoured_for_the_push_and_for_the_others(
    office, apply, pushes, courier, receiver
):
    receiver.script = [(429, {"retry-after": "4000"}, b"")]
    claim = await apply()
    assert await courier.carry() == 0
    assert 3500 < await in_seconds(office, claim) <= 4000
    await apply("partner")
    assert await courier.carry() == 0
    assert len(receiver.requests) == 1


async def test_a_platform_that_is_down_is_left_alone_and_the_rest_keep_their_tries(
    office, apply, pushes, courier_of, receiver
):
    receiver.always = BROKEN
    await apply()
    courier = courier_of(platform_first_delay_seconds=1000.0, platform_longest_pause_seconds=1000.0)
    for _ in range(5):
        await office.sql("UPDATE platform_pushes SET next_try_at = now()")
        await courier.carry()
    await apply("partner")
    await office.sql("UPDATE platform_pushes SET next_try_at = now()")
    assert await courier.carry() == 0
    assert len(receiver.requests) == 5
    assert sorted(one["attempts"] for one in await pushes()) == [0, 5]


async def test_one_message_that_is_refused_stops_nobody_else(office, apply, courier_of, receiver):
    receiver.always = REFUSED
    await apply()
    courier = courier_of(platform_longest_pause_seconds=1000.0)
    for _ in range(7):
        await courier.carry()
    receiver.always = (200, {}, b'{"code": "0"}')
    await apply("partner")
    assert await courier.carry() == 2


async def test_what_a_dead_worker_had_comes_again(office, apply, pushes, courier, receiver):
    await apply()
    async with office.service.database.transaction() as tx:
        assert len(await repository.take_due(tx, 16, 3600.0)) == 1
    assert await courier.carry() == 0
    await office.sql("UPDATE platform_pushes SET next_try_at = now()")
    assert await courier.carry() == 1
    assert await all_delivered(pushes)


async def test_a_worker_whose_lease_is_over_changes_nothing(office, apply, pushes, courier):
    await apply()
    database = office.service.database
    async with database.transaction() as tx:
        [late] = await repository.take_due(tx, 16, 0.0)
    assert await courier.carry() == 1
    async with database.transaction() as tx:
        assert not await repository.failed(tx, late, "too late", State.GIVEN_UP, 0.0)
        assert not await repository.delivered(tx, late, office.clock.now())
    assert [(one["state"], one["last_error"]) for one in await pushes()] == [("delivered", None)]


WORKER = """
import asyncio, dataclasses, sys
from subsidy_svc.app import assemble
from subsidy_svc.platform_pushes.courier import Courier
from subsidy_svc.settings import Settings

async def work():
    service = assemble(Settings())
    await service.database.open()
    await Courier(service, service.platform).carry()

asyncio.run(work())
"""


def environment_of(settings):
    """The settings as the variables of a process of its own."""
    values = {}
    for name, value in settings.model_dump().items():
        if value is None:
            continue
        if isinstance(value, dict):
            value = json.dumps({key: one.get_secret_value() for key, one in value.items()})
        elif hasattr(value, "get_secret_value"):
            value = value.get_secret_value()
        values[f"CHUANGPEI_{name.upper()}"] = str(value)
    return os.environ | values


async def test_a_worker_killed_in_the_middle_of_a_push_loses_nothing(
    office, apply, pushes, courier_of, receiver
):
    receiver.script = ["hang"]
    await office.accepted(await apply())
    courier = courier_of(platform_timeout_seconds=0.5)
    environment = environment_of(courier._service.settings)
    worker = await asyncio.create_subprocess_exec(sys.executable, "-c", WORKER, env=environment)
    async with asyncio.timeout(60):
        while not receiver.requests:  # noqa: ASYNC110  # the other process tells nobody
            await asyncio.sleep(0.01)
    worker.kill()
    await worker.wait()
    assert [one["state"] for one in await pushes()] == ["waiting", "waiting"]
    await carried(courier, lambda: all_delivered(pushes))
    first, second = (str(one["id"]) for one in await pushes())
    assert receiver.ids == [first, first, second]


async def test_several_workers_send_each_push_once_and_each_claim_in_order(
    office, apply, cases, pushes, courier_of, receiver
):
    for who in cases:
        await apply(who)
    await office.sql(
        "INSERT INTO platform_pushes (id, claim_id, number, claim_state, changed_at, state, attempts,"
        " next_try_at, version) SELECT gen_random_uuid(), claim_id, step, claim_state, changed_at, state,"
        " attempts, next_try_at, version FROM platform_pushes, generate_series(2, 20) AS step"
    )
    couriers = [courier_of() for _ in range(4)]

    async def work(courier):
        await carried(courier, lambda: all_delivered(pushes))

    await asyncio.gather(*map(work, couriers))
    assert sorted(receiver.ids) == sorted(str(one["id"]) for one in await pushes())
    for case in cases.values():
        steps = [one.body["sequence"] for one in receiver.requests if one.body["caseNumber"] == case]
        assert steps == list(range(1, 21))
