"""Addresses that may be called: named in the settings, encrypted, and on the public internet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

#: What a resolver takes for a name (RFC 1035, 2.3.4), or an address of IPv6.
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*|(?=[0-9a-f.]*:)[0-9a-f:.]+")
#: Names of this machine: they stand in the settings for somebody who tries things out.
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# Each holds IPv4 addresses, of which nobody can say from here where they lead: NAT64 (RFC 6052, 8215), 6to4, Teredo,
# and IPv4-compatible ones; the last is what was private before fc00::/7.
_TRANSLATED = tuple(
    map(IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96", "fec0::/10"))
)

# Python's tables had some of these addresses as public for years.
_PROTOCOLS = IPv4Network("192.0.0.0/24")


class TargetError(ValueError):
    """An address that is not called."""


@dataclass(frozen=True)
class Target:
    """Where a call goes."""

    url: str
    host: str
    port: int
    is_encrypted: bool
    #: Path and query.
    path: str

    @classmethod
    def of(cls, url: str) -> Target:
        """Read an address. Raises TargetError unless it is https, or of this machine by name."""
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").rstrip("."), parts.port
        except ValueError as error:
            raise TargetError(f"is no address ({error})") from error
        if (
            parts.scheme not in ("https", "http")
            or not _HOST.fullmatch(host)
            or not url.isascii()
            or not url.isprintable()
        ):
            raise TargetError("is no address such as https://crm.example.com/hook")
        if parts.username is not None or parts.fragment or " " in url:
            raise TargetError("holds a name, a fragment or a space")
        if parts.scheme == "http" and host not in LOOPBACK:
            raise TargetError("is not encrypted; write https://")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(url, host, port or (443 if parts.scheme == "https" else 80), parts.scheme == "https", path)

    def allows(self, address: str) -> bool:
        """Tell whether an address to which the host resolved may be connected to."""
        try:
            found = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        return found.is_loopback if self.host in LOOPBACK else is_public(found)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address is of the public internet, whatever notation hides it."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if any(address in network for network in _TRANSLATED):
            return False
    elif address in _PROTOCOLS:
        return False
    hidden = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_link_local
    return address.is_global and not (hidden or address.is_private or address.is_loopback)
