"""The cursor for those who cannot receive, the catalogue, and what may be sent again."""

import asyncio
import json

from chuangpei.events.registry import EVENT_TYPES
from webhook_svc.catalogue.links import link_to


async def everything(hub, by, limit=2, **query):
    found, cursor = [], {}
    while True:
        page = (await hub.get("/events", by, limit=limit, **cursor, **query)).json()
        found += page["items"]
        cursor = {"cursor": page["next_cursor"]}
        if len(page["items"]) < limit:
            return found, page["next_cursor"]


async def test_a_cursor_reads_everything_granted_once_and_goes_on(hub):
    await hub.granted(event_types=["cn.sh.chuangpei.certificate.*"], districts=["310115"])
    await hub.happens(*(hub.revocation() for _ in range(5)), hub.revocation("310104"), hub.payment())
    found, cursor = await everything(hub, hub.agency())
    assert len({one["id"] for one in found}) == len(found) == 5
    assert (await hub.get("/events", hub.agency(), cursor=cursor)).json()["items"] == []
    await hub.happens(hub.revocation())
    assert len((await hub.get("/events", hub.agency(), cursor=cursor)).json()["items"]) == 1


async def test_a_cursor_may_be_narrowed_to_types(hub):
    await hub.granted()
    await hub.happens(hub.revocation(), hub.payment())
    found, _ = await everything(hub, hub.agency(), type="cn.sh.chuangpei.claim.paid.v1")
    assert [one["type"] for one in found] == ["cn.sh.chuangpei.claim.paid.v1"]


async def test_no_reader_passes_an_event_that_is_committed_later(hub):
    """Many take events at once; whoever has read a number has read every smaller one."""
    await hub.granted()
    seen, done, agency = [], asyncio.Event(), hub.agency()

    async def read():
        cursor = {}
        while not done.is_set() or len(seen) < 200:
            page = (await hub.get("/events", agency, limit=50, **cursor)).json()
            seen.extend(one["id"] for one in page["items"])
            cursor = {"cursor": page["next_cursor"]}

    reading = asyncio.create_task(read())
    await asyncio.gather(*(hub.happens(*(hub.revocation() for _ in range(10))) for _ in range(20)))
    done.set()
    async with asyncio.timeout(60):
        await reading
    assert len(set(seen)) == len(seen) == 200


async def test_a_wrong_cursor_is_refused(hub):
    await hub.granted()
    refused = await hub.get("/events", hub.agency(), cursor="nonsense")
    assert refused.status_code == 422


async def test_the_catalogue_names_every_type_with_its_schema(hub):
    listed = (await hub.get("/event-types")).json()["items"]
    assert {one["type"] for one in listed} == set(EVENT_TYPES)
    for one in listed:
        schema = (await hub.http.get(one["schema_path"])).json()
        assert schema["$id"] == f"urn:chuangpei:event:{one['type']}"
        assert "_encrypted" not in json.dumps(schema)
    assert (await hub.get("/event-types/no.such.type/schema")).status_code == 404


def test_every_type_has_a_link():
    for event_type in EVENT_TYPES:
        topic = event_type.rsplit(".", 2)[0]
        assert link_to("https://one", event_type, topic, "KEY").startswith("https://one/")


async def test_one_event_is_resent_with_the_id_it_had(hub, receiver):
    await hub.granted()
    endpoint = await hub.subscribed(receiver.url)
    await hub.happens(hub.revocation())
    await hub.settled(1)
    [delivery] = await hub.deliveries(endpoint)
    path = f"/endpoints/{endpoint['id']}/deliveries/{delivery['event_id']}/resend"
    assert await hub.made(path, hub.agency()) == {"deliveries": 1}
    await hub.settled(2)
    assert len(receiver.ids) == 2
    assert len(set(receiver.ids)) == 1


async def test_what_came_before_the_endpoint_is_replayed_within_the_grant(hub, receiver):
    await hub.granted(districts=["310115"])
    await hub.happens(hub.revocation(), hub.revocation("310104"), hub.payment())
    hub.clock.advance(hours=1)
    endpoint = await hub.subscribed(receiver.url)
    since = {"since": "2026-07-01T00:00:00+08:00"}
    assert await hub.made(f"/endpoints/{endpoint['id']}/replay", hub.agency(), since) == {"deliveries": 1}
    await hub.settled(1)
    again = await hub.made(f"/endpoints/{endpoint['id']}/replay", hub.agency(), since)
    assert again == {"deliveries": 0}


async def test_a_test_event_is_sent_at_once_and_its_answer_shown(hub, receiver):
    await hub.granted()
    endpoint = await hub.subscribed(receiver.url)
    answer = await hub.made(f"/endpoints/{endpoint['id']}/test", hub.agency())
    [(headers, body)] = receiver.got
    assert (answer["status"], answer["webhook_id"]) == (200, headers["webhook-id"])
    assert json.loads(body)["type"] == "cn.sh.chuangpei.webhook.test.v1"
    assert [one["event_id"] for one in await hub.attempts(endpoint)] == [None]
