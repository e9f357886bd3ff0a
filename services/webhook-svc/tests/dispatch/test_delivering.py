"""An event reaches those who subscribed, signed so that a library nobody here wrote takes it."""

import asyncio
import base64
import json

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks.webhooks import Webhook


def signatures(headers):
    return dict(part.split(",", 1) for part in headers["webhook-signature"].split())


def verified_by_ed25519(shown, headers, body):
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(shown.removeprefix("whpk_")))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return [
        public.verify(base64.b64decode(value), content)
        for version, value in (one.split(",", 1) for one in headers["webhook-signature"].split())
        if version == "v1a"
    ]


async def keys_of(hub, endpoint):
    return (await hub.get(f"/endpoints/{endpoint['id']}/keys", hub.agency())).json()["items"]


async def test_a_subscriber_is_told_thin_and_signed_with_ed25519(hub, receiver):
    await hub.granted()
    endpoint = await hub.subscribed(receiver.url)
    event = hub.revocation()
    await hub.happens(event)
    await hub.settled()

    [(headers, body)] = receiver.got
    [key] = await keys_of(hub, endpoint)
    assert verified_by_ed25519(key["key"], headers, body)
    told = json.loads(body)
    assert headers["content-type"] == "application/cloudevents+json"
    assert headers["webhook-id"] == f"msg_{told['id']}"
    assert (told["specversion"], told["type"]) == ("1.0", "cn.sh.chuangpei.certificate.revoked.v1")
    assert told["data"] == {
        "id": str(event.certificate_id),
        "district": "310115",
        "link": f"https://chuangpei.example/cert/v1/certificate-ledger?certificate_id={event.certificate_id}",
    }
    [delivery] = await hub.deliveries(endpoint)
    assert (delivery["state"], delivery["attempts"]) == ("delivered", 1)


async def test_the_public_keys_are_a_jwk_set_for_anyone(hub, receiver):
    await hub.granted()
    endpoint = await hub.subscribed(receiver.url)
    [key] = await keys_of(hub, endpoint)
    [jwk] = (await hub.get(f"/endpoints/{endpoint['id']}/jwks.json")).json()["keys"]
    assert (jwk["kty"], jwk["crv"], jwk["alg"]) == ("OKP", "Ed25519", "EdDSA")
    raw = base64.urlsafe_b64decode(jwk["x"] + "=")
    assert base64.b64encode(raw).decode() == key["key"].removeprefix("whpk_")
    assert "d" not in jwk


async def test_a_shared_secret_is_verified_by_the_library_of_the_standard(hub, receiver):
    await hub.granted()
    endpoint = await hub.subscribed(receiver.url, scheme="hmac")
    await hub.happens(hub.revocation())
    await hub.settled()
    [key] = await keys_of(hub, endpoint)
    [(headers, body)] = receiver.got
    assert Webhook(key["key"].removeprefix("whsec_")).verify(body, headers)["specversion"] == "1.0"
    assert (await hub.get(f"/endpoints/{endpoint['id']}/keys", hub.centre)).json()["items"][0]["key"] is None
    assert (await hub.get(f"/endpoints/{endpoint['id']}/jwks.json")).json() == {"keys": []}


async def test_after_a_rotation_both_keys_sign_until_the_old_one_ends(hub, receiver):
    await hub.granted()
    endpoint = await hub.subscribed(receiver.url, scheme="hmac")
    [old] = await keys_of(hub, endpoint)
    new = await hub.made(
        f"/endpoints/{endpoint['id']}/rotate", hub.agency(), {"overlap_hours": 24}, endpoint["version"]
    )
    await hub.happens(hub.revocation())
    await hub.settled(1)
    hub.clock.advance(hours=25)
    await hub.happens(hub.revocation())
    await hub.settled(2)
    (during, first), (after, second) = receiver.got
    for key in (old, new):
        Webhook(key["key"]).verify(first, during)
    assert len(during["webhook-signature"].split()) == 2
    Webhook(new["key"]).verify(second, after)
    assert len(after["webhook-signature"].split()) == 1


async def test_in_full_no_encrypted_data_go_out_and_persons_have_a_pseudonym_for_each_agency(hub, listen):
    told = {}
    for client_id in ("market", "tax"):
        one = await listen()
        await hub.granted(client_id, full_payload=True)
        await hub.subscribed(one.url, client_id, payload="full")
        told[client_id] = one
    await hub.happens(hub.revocation(), hub.revocation())
    await hub.settled(4)
    persons = {
        client_id: {json.loads(body)["data"]["person_key"] for _, body in one.got}
        for client_id, one in told.items()
    }
    assert all(len(keys) == 1 for keys in persons.values())
    assert persons["market"] != persons["tax"]
    bodies = [body for one in told.values() for _, body in one.got]
    assert all(b"kkkk" not in body and b"_encrypted" not in body for body in bodies)
    assert json.loads(bodies[0])["data"]["reason_code"] == "subsidy_fraud"


async def test_only_what_is_wanted_and_granted_is_told(hub, listen):
    await hub.granted("market", event_types=["cn.sh.chuangpei.certificate.*"], districts=["310115"])
    await hub.granted("tax")
    pudong, narrow, payments = await listen(), await listen(), await listen()
    await hub.subscribed(pudong.url)
    await hub.subscribed(narrow.url, "tax", districts=["310104"])
    await hub.subscribed(payments.url, "tax", event_types=["cn.sh.chuangpei.claim.paid.v1"])
    await hub.happens(hub.revocation(), hub.revocation("310104"), hub.payment())
    await hub.settled(3)
    assert [len(one.got) for one in (pudong, narrow, payments)] == [1, 1, 1]
    assert json.loads(narrow.got[0][1])["data"]["district"] == "310104"
    assert json.loads(payments.got[0][1])["data"]["state"] == "paid"


async def test_a_grant_taken_back_holds_back_what_was_owed(hub, receiver):
    agency = await hub.granted()
    endpoint = await hub.subscribed(receiver.url)
    await hub.happens(hub.revocation())
    body = {"event_types": ["cn.sh.chuangpei.claim.*"], "reason": "协议变更"}
    await hub.made(f"/agencies/{agency['id']}/amend", hub.centre, body, agency["version"])
    other = await hub.subscribed(receiver.url, event_types=["cn.sh.chuangpei.claim.*"])
    await hub.happens(hub.payment())
    await hub.settled(1)
    assert len(receiver.got) == 1
    assert [one["state"] for one in await hub.deliveries(endpoint)] == ["pending"]
    assert [one["state"] for one in await hub.deliveries(other)] == ["delivered"]


async def test_an_event_that_comes_twice_is_delivered_once(hub, receiver):
    from chuangpei.kernel.identifiers import new_id
    from chuangpei.testing.events import received

    await hub.granted()
    await hub.subscribed(receiver.url)
    twice = received(hub.revocation(), event_id=new_id())
    await hub.happens(twice)
    await hub.happens(twice)
    await hub.happens(hub.revocation())
    await hub.settled(2)
    assert len(set(receiver.ids)) == len(receiver.ids) == 2


async def test_custom_headers_and_a_token_are_sent_along_and_never_shown(hub, receiver, listen):
    issuer = await listen()
    issuer.answer = lambda _: web.json_response({"access_token": "t0ken", "expires_in": 3600})
    await hub.granted()
    secrets = {
        "headers": {"X-Api-Key": "s3cret"},
        "oauth": {"token_url": issuer.url, "client_id": "chuangpei", "client_secret": "hush"},
    }
    endpoint = await hub.subscribed(receiver.url, secrets=secrets)
    await hub.happens(hub.revocation(), hub.revocation())
    await hub.settled(2)
    assert {headers["x-api-key"] for headers, _ in receiver.got} == {"s3cret"}
    assert {headers["authorization"] for headers, _ in receiver.got} == {"Bearer t0ken"}
    assert len(issuer.got) <= 2
    assert b"grant_type=client_credentials" in issuer.got[0][1]
    shown = json.dumps(await hub.endpoint(endpoint))
    assert endpoint["header_names"] == ["x-api-key"]
    assert "s3cret" not in shown
    assert "hush" not in shown
    assert "s3cret" not in await hub.value("SELECT secrets_encrypted FROM endpoints")


async def test_events_of_one_key_come_in_order_where_that_is_asked(hub, receiver):
    await hub.granted()
    failing = {"first": True}

    def answer(_):
        status = 500 if failing.pop("first", False) else 200
        return web.Response(status=status)

    receiver.answer = answer
    endpoint = await hub.subscribed(receiver.url, in_order=True)
    from chuangpei.kernel.identifiers import new_id

    certificate = new_id()
    await hub.happens(*(hub.revocation(certificate_id=certificate) for _ in range(3)), hub.revocation())
    await hub.settled(2)
    assert len(receiver.got) == 2, "the failed one stops its key alone"
    hub.clock.advance(seconds=10)
    await hub.settled(5)
    wanted = [one["webhook_id"] for one in await hub.deliveries(endpoint, key=str(certificate))]
    came = [one for one in receiver.ids if one in wanted]
    assert came == [wanted[0], *wanted]


async def test_what_is_paused_is_kept_and_drained_after_a_ping(hub, receiver):
    await hub.granted()
    endpoint = await hub.subscribed(receiver.url)
    paused = await hub.made(f"/endpoints/{endpoint['id']}/pause", hub.agency(), version=endpoint["version"])
    await hub.happens(hub.revocation(), hub.revocation())
    async with hub.dispatching():
        await asyncio.sleep(0.3)
        assert receiver.got == []
        pinged = await hub.made(
            f"/endpoints/{endpoint['id']}/resume", hub.agency(), version=paused["version"]
        )
        assert pinged["state"] == "pinged"
        await hub.until(lambda: len(receiver.got) == 3)
    types = [json.loads(body)["type"] for _, body in receiver.got]
    assert types[0] == "cn.sh.chuangpei.webhook.ping.v1"
    assert (await hub.endpoint(endpoint))["state"] == "active"


async def test_an_endpoint_that_fails_its_ping_is_disabled_and_keeps_what_it_is_owed(hub, receiver):
    await hub.granted()
    endpoint = await hub.subscribed(receiver.url)
    await hub.made(f"/endpoints/{endpoint['id']}/pause", hub.agency(), version=1)
    await hub.happens(hub.revocation())
    receiver.answer = lambda _: web.Response(status=500)
    async with hub.dispatching():
        await hub.made(f"/endpoints/{endpoint['id']}/resume", hub.agency(), version=2)

        async def disabled():
            return (await hub.endpoint(endpoint))["state"] == "disabled"

        await hub.until(disabled)
    assert (await hub.endpoint(endpoint))["state_reason"] == "ping_failed"
    assert [one["state"] for one in await hub.deliveries(endpoint)] == ["pending"]


async def test_no_more_is_in_flight_than_is_allowed(hub, receiver):
    flying = most = 0

    async def answer():
        nonlocal flying, most
        flying += 1
        most = max(most, flying)
        await asyncio.sleep(0.02)
        flying -= 1
        return web.Response()

    receiver.answer = lambda _: answer()
    await hub.granted()
    await hub.subscribed(receiver.url, most_in_flight=3, most_a_second=1_000)
    await hub.happens(*(hub.revocation() for _ in range(30)))
    await hub.settled(30)
    assert most == 3


async def test_a_suspended_agency_is_told_nothing_and_asks_nothing_until_it_is_resumed(hub, receiver):
    agency = await hub.granted()
    await hub.subscribed(receiver.url)
    reason = {"reason": "协议到期"}
    suspended = await hub.made(f"/agencies/{agency['id']}/suspend", hub.centre, reason, 1)
    await hub.happens(hub.revocation())
    refused = await hub.get("/events", hub.agency())
    assert (refused.status_code, refused.json()["code"]) == (403, "agency_suspended")
    async with hub.dispatching():
        await asyncio.sleep(0.3)
        assert receiver.got == []
        await hub.made(f"/agencies/{agency['id']}/resume", hub.centre, reason, suspended["version"])
        await hub.until(lambda: len(receiver.got) == 1)


async def test_answers_are_scrubbed_after_their_time(hub, receiver):
    from webhook_svc.timers import timers

    receiver.answer = lambda _: web.Response(text="张三丰 received")
    await hub.granted()
    endpoint = await hub.subscribed(receiver.url)
    await hub.happens(hub.revocation())
    await hub.settled()
    [scrubbing] = timers(hub.service)
    assert await scrubbing.act() == 0
    assert (await hub.attempts(endpoint))[0]["answer"] == "张三丰 received"
    hub.clock.advance(days=31)
    assert await scrubbing.act() == 1
    assert (await hub.attempts(endpoint))[0]["answer"] is None


async def test_two_dispatchers_deliver_each_event_once(hub, receiver):
    await hub.granted()
    await hub.subscribed(receiver.url, most_a_second=1_000)
    await hub.happens(*(hub.revocation() for _ in range(40)))
    async with hub.dispatching(), hub.dispatching():
        await hub.until(lambda: len(receiver.got) >= 40)
        await hub.until(lambda: hub.value("SELECT count(*) = 40 FROM deliveries WHERE state = 'delivered'"))
    assert len(set(receiver.ids)) == len(receiver.ids) == 40


async def test_the_signature_is_of_the_time_of_the_real_clock(hub, receiver):
    hub.clock.advance(days=400)
    await hub.granted()
    endpoint = await hub.subscribed(receiver.url, scheme="hmac")
    await hub.happens(hub.revocation())
    await hub.settled()
    [key] = await keys_of(hub, endpoint)
    [(headers, body)] = receiver.got
    Webhook(key["key"]).verify(body, headers)  # refuses what is older than five minutes
