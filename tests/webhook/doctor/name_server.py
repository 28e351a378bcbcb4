"""A DNS server on this machine: real questions over UDP, answered from a table."""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from gatepost_webhook.doctor.records import Names

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class NameServer:
    """Answers what it was told; other names do not exist."""

    #: (name without its last dot, type) -> values as in a zone file. None: no answer at all.
    zone: dict[tuple[str, str], list[str] | None] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))

    def names(self) -> Names:
        """Return what asks this server."""
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = ["127.0.0.1"]
        resolver.port = self.socket.getsockname()[1]
        names = Names(resolver)
        resolver.lifetime = 0.5
        return names

    def serve(self) -> None:
        """Answer until an empty datagram comes."""
        while data := self.socket.recvfrom(2048):
            if not data[0]:
                return
            answer = self._answer(dns.message.from_wire(data[0]))
            if answer is not None:
                self.socket.sendto(answer.to_wire(), data[1])

    def stop(self) -> None:
        self.socket.sendto(b"", self.socket.getsockname())

    def _answer(self, query: dns.message.Message) -> dns.message.Message | None:
        (question,) = query.question
        name, kind = question.name.to_text().rstrip("."), dns.rdatatype.to_text(question.rdtype)
        self.asked.append(f"{name} {kind}")
        answer = dns.message.make_response(query)
        if (name, kind) in self.zone:
            values = self.zone[name, kind]
            if values is None:
                return None
            answer.answer.append(dns.rrset.from_text_list(question.name, 60, "IN", kind, values))
        elif not any(known == name for known, _ in self.zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer


@pytest.fixture
def name_server() -> Iterator[NameServer]:
    server = NameServer()
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield server
    server.stop()
    thread.join()
    server.socket.close()
