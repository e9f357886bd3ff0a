"""What an agency is granted, and what it makes of it."""

import asyncio

import pytest


async def test_a_client_is_granted_once(hub):
    await hub.granted()
    body = {"client_id": "market", "name": "市场监管局", "event_types": ["*"], "basis": "协议"}
    refused = await hub.post("/agencies", hub.centre, body)
    assert (refused.status_code, refused.json()["code"]) == (409, "agency_exists")
    own = (await hub.get("/agency", hub.agency())).json()
    assert (own["client_id"], own["event_types"]) == ("market", ["*"])


async def test_a_client_without_a_grant_is_told_so(hub):
    refused = await hub.get("/agency", hub.agency("nobody"))
    assert (refused.status_code, refused.json()["code"]) == (403, "no_agency")


@pytest.mark.parametrize(
    ("own", "pointer"),
    [
        ({"event_types": ["cn.sh.chuangpei.claim.paid.v1"]}, "/event_types/0"),
        ({"event_types": ["*"]}, "/event_types/0"),
        ({"districts": ["310104"]}, "/districts/0"),
        ({"payload": "full"}, "/payload"),
    ],
)
async def test_more_than_is_granted_is_refused_and_named(hub, receiver, own, pointer):
    await hub.granted(event_types=["cn.sh.chuangpei.certificate.*"], districts=["310115"])
    body = {"url": receiver.url, "event_types": ["cn.sh.chuangpei.certificate.revoked.v1"]}
    refused = await hub.post("/endpoints", hub.agency(), body | own)
    assert (refused.status_code, refused.json()["code"]) == (422, "not_granted")
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("own", "pointer"),
    [
        ({"event_types": []}, "/event_types"),
        ({"event_types": ["no.such.type"]}, "/event_types/0"),
        ({"event_types": ["*", "*"]}, "/event_types"),
        ({"districts": ["110101"]}, "/districts/0"),
        ({"most_in_flight": 0}, "/most_in_flight"),
        ({"secrets": {"headers": {"webhook-id": "x"}}}, "/secrets/headers"),
        ({"secrets": {"headers": {"x-a": "a\r\nb: c"}}}, "/secrets/headers"),
        ({"secrets": {"tls": {"certificate": "x", "private_key": "y"}}}, "/secrets/tls"),
        ({"colour": "red"}, "/colour"),
    ],
)
async def test_what_is_wrong_with_an_endpoint_is_named(hub, receiver, own, pointer):
    await hub.granted()
    refused = await hub.post("/endpoints", hub.agency(), {"url": receiver.url, "event_types": ["*"]} | own)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


async def test_no_two_requests_make_more_endpoints_than_are_granted(hub, receiver):
    await hub.granted(most_endpoints=2)
    body = {"url": receiver.url, "event_types": ["*"]}
    answers = await asyncio.gather(*(hub.post("/endpoints", hub.agency(), body) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201] * 2 + [409] * 4


async def test_another_agency_s_endpoint_is_not_found(hub, receiver):
    await hub.granted()
    await hub.granted("tax")
    endpoint = await hub.subscribed(receiver.url)
    path = f"/endpoints/{endpoint['id']}"
    other = hub.agency("tax")
    for tail in ("", "/keys", "/deliveries", "/attempts"):
        assert (await hub.get(path + tail, other)).status_code == 404
    for tail in ("pause", "resume", "delete"):
        assert (await hub.post(f"{path}/{tail}", other, version=1)).status_code == 404
    assert (await hub.post(f"{path}/amend", other, {"description": "x"}, 1)).status_code == 404
    assert (await hub.post(f"{path}/rotate", other, {}, 1)).status_code == 404
    assert (await hub.post(f"{path}/test", other)).status_code == 404
    since = {"since": "2026-01-01T00:00:00+08:00"}
    assert (await hub.post(f"{path}/recover", other, since)).status_code == 404
    assert (await hub.post(f"{path}/replay", other, since)).status_code == 404
    assert (await hub.get("/endpoints", other)).json()["items"] == []
    assert len((await hub.get("/endpoints", hub.centre)).json()["items"]) == 1


async def test_an_endpoint_is_amended_by_who_read_it_last(hub, receiver):
    await hub.granted()
    endpoint = await hub.subscribed(receiver.url)
    path = f"/endpoints/{endpoint['id']}/amend"
    changed = await hub.made(path, hub.agency(), {"most_a_second": 7, "districts": ["310104"]}, 1)
    assert (changed["most_a_second"], changed["districts"], changed["version"]) == (7, ["310104"], 2)
    assert (await hub.post(path, hub.agency(), {"most_a_second": 8}, 1)).status_code == 412
    assert (await hub.made(path, hub.agency(), {"every_district": True}, 2))["districts"] is None


async def test_a_deleted_endpoint_is_gone_for_its_agency_and_stays_for_auditors(hub, receiver):
    await hub.granted()
    endpoint = await hub.subscribed(receiver.url)
    await hub.made(f"/endpoints/{endpoint['id']}/delete", hub.agency(), version=1)
    await hub.happens(hub.revocation())
    assert (await hub.get(f"/endpoints/{endpoint['id']}", hub.agency())).status_code == 404
    assert (await hub.get(f"/endpoints/{endpoint['id']}", hub.centre)).json()["state"] == "deleted"
    assert await hub.deliveries(endpoint) == []


async def test_a_grant_keeps_the_history_of_its_amendments(hub):
    agency = await hub.granted()
    path = f"/agencies/{agency['id']}"
    body = {"districts": ["310115"], "reason": "协议变更"}
    await hub.made(f"{path}/amend", hub.centre, body, 1)
    again = await hub.post(f"{path}/amend", hub.centre, body, 2)
    assert again.json()["code"] == "nothing_amended"
    [kept] = (await hub.get(f"{path}/amendments", hub.centre)).json()["items"]
    assert (kept["before"], kept["after"]) == ({"districts": None}, {"districts": ["310115"]})


async def test_the_agencies_are_listed_and_exported(hub):
    await hub.granted()
    await hub.granted("tax", name="税务局")
    listed = (await hub.get("/agencies", hub.centre, sort="-name", limit=1)).json()
    assert len(listed["items"]) == 1
    assert listed["next_cursor"]
    answer = await hub.get("/agencies/export", hub.centre, format="csv")
    assert "tax" in answer.text


async def test_limits_are_told_in_headers_and_held(hub, receiver):
    await hub.granted()
    first = await hub.get("/events", hub.agency())
    assert int(first.headers["ratelimit-remaining"]) < int(first.headers["ratelimit-limit"])
    while hub.service.requests.of("market").granted:
        pass  # the last of what a minute allows
    answer = await hub.get("/endpoints", hub.agency())
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert (await hub.get("/endpoints", hub.centre)).status_code == 200
