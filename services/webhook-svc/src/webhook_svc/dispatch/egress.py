"""Where events may be delivered to (出站地址): none inside our own network unless the operator lists it.

An agency names a host; what it resolves to may change between any check and the connection. So the one check
that counts is made on the address of the socket itself, for each connection, by :meth:`Egress.open_socket`.
"""

import errno
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from aiohttp import TCPConnector
from aiohttp.abc import AbstractResolver
from chuangpei.kernel.refusals import Text

from webhook_svc.settings import Network

Address = IPv4Address | IPv6Address
AddrInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[object, ...]]

_NAT64 = IPv6Address("64:ff9b::")
_LONGEST_URL = 2_000
NOT_A_URL = Text("不是有效的网址", "This is no valid URL")
HTTPS_ONLY = Text("只能使用 https", "Only https is taken")
NO_SECRETS_IN_URL = Text("网址中不得含用户名、密码或片段", "The URL must hold no user, password or fragment")
NOT_REACHABLE = Text("不得投递到该地址", "This address may not be delivered to")


class ForbiddenAddress(OSError):  # noqa: N818  # reads as what is wrong
    """A connection to an address that may not be delivered to."""


class Egress:
    """The rule for addresses, and the connector that keeps to it."""

    def __init__(self, networks: Sequence[Network], *, https_only: bool) -> None:
        self._networks = tuple(networks)
        self._https_only = https_only

    def permits(self, address: Address) -> bool:
        """Whether an address may be connected to: public ones, and those in the operator's networks.

        An IPv4 address inside an IPv6 one (mapped, 6to4, Teredo, NAT64) counts as itself too.
        """
        return all(
            (one.is_global and not one.is_multicast) or any(one in network for network in self._networks)
            for one in _meant(address)
        )

    def objection(self, url: str) -> Text | None:
        """What is wrong with a URL as far as it can be told without resolving its host; None if nothing."""
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError:
            return NOT_A_URL
        if parts.scheme not in ("https", "http") or not host or len(url) > _LONGEST_URL or _has_controls(url):
            return NOT_A_URL
        if self._https_only and parts.scheme != "https":
            return HTTPS_ONLY
        if parts.username is not None or parts.password is not None or parts.fragment:
            return NO_SECRETS_IN_URL
        address = _literal(host)
        return NOT_REACHABLE if address is not None and not self.permits(address) else None

    def open_socket(self, found: AddrInfo) -> socket.socket:
        """The socket of a connection about to be made; raises :class:`ForbiddenAddress`."""
        family, kind, protocol, _, where = found
        address = ip_address(str(where[0]).partition("%")[0])
        if not self.permits(address):
            raise ForbiddenAddress(errno.EACCES, "the address may not be delivered to")
        opened = socket.socket(family, kind, protocol)
        opened.setblocking(False)
        return opened

    def connector(self, resolver: AbstractResolver | None = None) -> TCPConnector:
        """A connector whose every connection passes :meth:`open_socket`."""
        return TCPConnector(
            limit=0,
            ttl_dns_cache=10,
            socket_factory=self.open_socket,
            resolver=resolver,
            keepalive_timeout=30,
        )


def _meant(address: Address) -> tuple[Address, ...]:
    """The address, and the IPv4 addresses that a translator would make of it."""
    if isinstance(address, IPv4Address):
        return (address,)
    if address.ipv4_mapped:
        return (address.ipv4_mapped,)
    inside: list[Address] = [address]
    if address.sixtofour:
        inside.append(address.sixtofour)
    if address.teredo:
        inside.extend(address.teredo)
    if int(address) >> 32 == int(_NAT64) >> 32:
        inside = [IPv4Address(int(address) & 0xFFFFFFFF)]
    return tuple(inside)


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _has_controls(url: str) -> bool:
    return any(ord(letter) <= 0x20 or ord(letter) == 0x7F for letter in url)
