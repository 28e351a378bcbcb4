"""One POST to another system: resolved once, every address judged, and connected to the one that was judged."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from gatepost_webhook.calls.targets import Target

    #: Host and port -> addresses.
    Resolve = Callable[[str, int], Awaitable[list[str]]]

#: Seconds for all of it.
PATIENCE = 10
#: Bytes of one line of an answer; only the first one, with the status, matters.
MAX_LINE = 64 * 1024
#: Answers such as 100 Continue and 103 Early Hints that may come before the one that counts, and lines in one.
_INTERIM, _INTERIM_LINES = 5, 100
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})(?: |\r\n)")


class CallError(Exception):
    """A call that did not come through, and why."""


async def post(
    target: Target,
    headers: Mapping[str, str],
    body: bytes,
    *,
    resolve: Resolve | None = None,
    patience: float = PATIENCE,
) -> int:
    """Post JSON and return the status of the answer; redirects are answers like any other. Raises CallError."""
    try:
        async with asyncio.timeout(patience):
            addresses = await _addresses(target, resolve or _resolved)
            reader, writer = await _connected(target, addresses, patience)
            return await _exchange(reader, writer, _request(target, headers, body))
    except TimeoutError as error:
        raise CallError(f"no answer within {patience} s") from error
    # UnicodeError: a name that IDNA cannot take.
    except (OSError, UnicodeError) as error:
        raise CallError(f"{type(error).__name__}: {error}") from error


async def _resolved(host: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


async def _addresses(target: Target, resolve: Resolve) -> list[str]:
    addresses = await resolve(target.host, target.port)
    if not addresses:
        raise CallError(f"{target.host} has no address")
    for address in addresses:
        if not target.allows(address):
            raise CallError(f"{target.host} leads to {address}, which is not on the public internet")
    return list(dict.fromkeys(addresses))


async def _connected(
    target: Target, addresses: list[str], patience: float
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to the first address that answers: many a machine has one of IPv6 that leads nowhere from here."""
    *before, last = addresses
    for address in before:
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(patience / (len(addresses) + 1)):
                return await _connect(target, address)
    return await _connect(target, last)


async def _connect(target: Target, address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    # The name is still the one that the certificate must be for.
    encrypted = ssl.create_default_context() if target.is_encrypted else None
    name = target.host if encrypted else None
    return await asyncio.open_connection(address, target.port, ssl=encrypted, server_hostname=name, limit=MAX_LINE)


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
    try:
        writer.write(request)
        await writer.drain()
        return await _status(reader)
    finally:
        writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            await writer.wait_closed()


async def _status(reader: asyncio.StreamReader) -> int:
    """Read the status of the answer that counts, past those that only say that it is to come (RFC 9110, 15.2)."""
    for _ in range(_INTERIM + 1):
        found = _STATUS.match(await _line(reader))
        if not found:
            break
        if not found[1].startswith(b"1"):
            return int(found[1])
        for _ in range(_INTERIM_LINES):
            if not (await _line(reader)).strip():
                break
    raise CallError("the answer is not HTTP")


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readline()
    except ValueError as error:
        raise CallError("the answer is not HTTP: a line of it does not end") from error


def _request(target: Target, headers: Mapping[str, str], body: bytes) -> bytes:
    host = f"[{target.host}]" if ":" in target.host else target.host
    usual = 443 if target.is_encrypted else 80
    lines = {
        "Host": host if target.port == usual else f"{host}:{target.port}",
        "User-Agent": "Gatepost",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Connection": "close",
        **headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST {target.path} HTTP/1.1\r\n{head}\r\n".encode("ascii") + body
