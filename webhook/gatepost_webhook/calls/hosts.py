"""How the systems that are called behave: so many calls each at once, and a rest for who does not answer."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gatepost_webhook.followup.durations import HOUR, MINUTE

if TYPE_CHECKING:
    from collections.abc import Mapping

logger = logging.getLogger(__name__)

#: Calls of one host under way at once: a slow one must leave room for the others.
ROOM = 4
#: Failures in a row after which a host is left alone.
PATIENCE = 5
#: Seconds of the first rest, and of the longest; each is twice the one before.
FIRST_REST, LONGEST_REST = MINUTE, HOUR


@dataclass
class _Host:
    under_way: int = 0
    #: In a row.
    failures: int = 0
    #: Epoch seconds: from when to when nobody calls it.
    rests: range = range(0)
    rest: int = FIRST_REST

    def room(self, now: int) -> int:
        """Return how many calls may begin now. After a rest it is one, which shows whether the host is back."""
        # A clock that was set back leaves the rest behind it, and does not make it longer.
        if now in self.rests:
            return 0
        return max(0, (1 if self.failures >= PATIENCE else ROOM) - self.under_way)


class Hosts:
    """The hosts behind the names in the settings. Known to one worker, for as long as it runs."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        """Take name -> address, as in GATEPOST_WEBHOOKS."""
        self._host_of = {name: _host(address) for name, address in addresses.items()}
        self._hosts = {host: _Host() for host in self._host_of.values()}

    def full(self, now: int) -> list[str]:
        """Return the names that cannot be called now: their host has calls enough, or rests."""
        return [name for name, host in self._host_of.items() if not self._hosts[host].room(now)]

    def resting(self, now: int) -> list[str]:
        """Return the names whose host did not answer lately, and is left alone for now."""
        return [name for name, host in self._host_of.items() if now in self._hosts[host].rests]

    def rooms(self, now: int) -> Counter[str]:
        """Return host -> how many calls may begin now."""
        return Counter({host: found.room(now) for host, found in self._hosts.items()})

    def of(self, name: str) -> str:
        """Return the host of a name; a name that the settings do not know is a host of its own, which never rests."""
        return self._host_of.get(name, "")

    def begin(self, name: str) -> None:
        """A call is under way."""
        if host := self._hosts.get(self.of(name)):
            host.under_way += 1

    def end(self, name: str, *, answered: bool, now: int) -> None:
        """A call is over: with an answer, whatever it said, or without one."""
        host = self._hosts.get(self.of(name))
        if host is None:
            return
        host.under_way -= 1
        if answered:
            host.failures, host.rest = 0, FIRST_REST
            return
        host.failures += 1
        if host.failures >= PATIENCE and now not in host.rests:
            logger.warning("%s does not answer, and is left alone for %s s", self.of(name), host.rest)
            host.rests = range(now, now + host.rest)
            host.rest = min(2 * host.rest, LONGEST_REST)


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return address
