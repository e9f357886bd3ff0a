"""Nothing is delivered inside our own network, whatever a name resolves to and whenever."""

import socket
from ipaddress import ip_address, ip_network

import pytest
from aiohttp.abc import AbstractResolver
from hypothesis import given
from hypothesis import strategies as st
from webhook_svc.dispatch.egress import Egress, ForbiddenAddress
from webhook_svc.dispatch.sending import Sender, session_of

INSIDE = [
    "127.0.0.1",
    "0.0.0.0",  # noqa: S104  # an address to be refused
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.100.100.200",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::",
    "64:ff9b::7f00:1",
    "2001:0:7f00:1::",
]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_refused(address):
    assert not Egress((), https_only=True).permits(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "64:ff9b::808:808"])
def test_a_public_address_is_permitted(address):
    assert Egress((), https_only=True).permits(ip_address(address))


def test_the_operator_may_list_the_government_s_own_network():
    egress = Egress((ip_network("10.20.0.0/16"),), https_only=True)
    assert egress.permits(ip_address("10.20.3.4"))
    assert egress.permits(ip_address("::ffff:10.20.3.4"))
    assert not egress.permits(ip_address("10.21.3.4"))


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_inside_an_ipv6_one_counts_as_itself(address):
    egress = Egress((), https_only=True)
    for written in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert egress.permits(ip_address(written)) == egress.permits(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "https://user:secret@example.com/",
        "https://example.com/#part",
        "https://127.0.0.1/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        "https://10.0.0.1:8443/",
        "ftp://example.com/",
        "https:///nowhere",
        "https://example.com:99999/",
        "https://exa mple.com/",
        "javascript:alert(1)",
        "https://example.com/" + "a" * 2_000,
    ],
)
def test_a_url_that_may_not_be_delivered_to_is_told_so(url):
    assert Egress((), https_only=True).objection(url) is not None


@pytest.mark.parametrize(
    "url", ["https://example.com/hooks?x=1", "https://8.8.8.8:8443/", "https://例子.cn/"]
)
def test_a_good_url_is_taken(url):
    assert Egress((), https_only=True).objection(url) is None


class Turncoat(AbstractResolver):
    """A name server that gives a public address first and one of ours after that."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = list(addresses)

    async def resolve(self, host, port=0, family=socket.AF_INET):
        address = self.addresses.pop(0) if len(self.addresses) > 1 else self.addresses[0]
        return [
            {
                "hostname": host,
                "host": address,
                "port": port,
                "family": socket.AF_INET,
                "proto": 0,
                "flags": socket.AI_NUMERICHOST,
            }
        ]

    async def close(self):
        pass


async def test_a_name_that_comes_to_resolve_to_an_address_inside_is_stopped_at_the_connection(receiver):
    port = int(receiver.url.split(":")[2].split("/")[0])
    egress = Egress((), https_only=False)
    assert egress.objection(f"http://turncoat.example:{port}/") is None
    async with session_of(egress.connector(Turncoat("127.0.0.1")), 5) as session:
        outcome = await Sender(session, answer_bytes=100).post(f"http://turncoat.example:{port}/", {}, b"{}")
    assert (outcome.status, outcome.error) == (None, "address not permitted")
    assert receiver.got == []


def test_the_socket_itself_is_refused():
    found = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 80))
    with pytest.raises(ForbiddenAddress):
        Egress((), https_only=True).open_socket(found)


async def test_an_endpoint_inside_is_refused_and_its_field_named(hub):
    await hub.granted()
    body = {"url": "http://10.0.0.1/hooks", "event_types": ["*"]}
    refused = await hub.post("/endpoints", hub.agency(), body)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/url"]


async def test_a_token_endpoint_inside_is_refused_too(hub, receiver):
    await hub.granted()
    oauth = {"token_url": "http://192.168.0.1/", "client_id": "a", "client_secret": "b"}
    body = {"url": receiver.url, "event_types": ["*"], "secrets": {"oauth": oauth}}
    refused = await hub.post("/endpoints", hub.agency(), body)
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/secrets/oauth/token_url"]
