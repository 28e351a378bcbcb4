"""Which network address a request counts for: only the proxies that the settings name are believed."""

from __future__ import annotations

import hmac
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from socket import AF_INET, inet_pton
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network


def client_of(request: Request, trusted: Sequence[Network]) -> str:
    """Return the client's address as limits count it."""
    peer = request.client.host if request.client else ""
    return client_at(peer, ",".join(request.headers.getlist("x-forwarded-for")), trusted)


def client_at(peer: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """Return the address as limits count it of who stands behind `peer`, "" for a local socket, and its hops.

    It is the rightmost hop that is no proxy of ours; IPv6 counts by /64.
    """
    address = _address(peer)
    if address is None:
        # A local socket has no address; who asked for it to be trusted gets what the proxy behind it says.
        return _counted(_last_hop(forwarded, trusted, None)) if not peer and trusted else peer or "local"
    if not _is_in(address, trusted):
        return _counted(address)
    return _counted(_last_hop(forwarded, trusted, address))


def client_key(client: str, secret: bytes) -> str:
    """Return the name under which limits count a client: the address itself is not kept."""
    return "client:" + hmac.digest(secret, b"gatepost client\0" + client.encode(), "sha256").hex()[:32]


def _last_hop(forwarded: str, trusted: Sequence[Network], peer: Address | None) -> Address | None:
    nearest = peer
    for hop in reversed(forwarded.split(",")):
        address = _address(hop)
        if address is None:
            # What stands further left was written by somebody whom nobody vouches for.
            return nearest
        nearest = address
        if not _is_in(address, trusted):
            return address
    return nearest


# Behind a proxy nearly every request names the same peer.
@lru_cache(maxsize=1024)
def _address(text: str) -> Address | None:
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        # Three times as fast as ip_address(), which is for everybody else.
        return IPv4Address(inet_pton(AF_INET, text))
    except (OSError, ValueError):
        pass
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


def _counted(address: Address | None) -> str:
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return str(address or "local")
