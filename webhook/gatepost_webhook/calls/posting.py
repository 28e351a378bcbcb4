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
#: Bytes of an answer that are read; only its first line matters.
MAX_ANSWER = 64 * 1024
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
            address = await _address(target, resolve or _resolved)
            return await _exchange(target, address, _request(target, headers, body))
    except TimeoutError as error:
        raise CallError(f"no answer within {patience} s") from error
    except (OSError, asyncio.IncompleteReadError) as error:
        raise CallError(f"{type(error).__name__}: {error}") from error


async def _resolved(host: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


async def _address(target: Target, resolve: Resolve) -> str:
    addresses = await resolve(target.host, target.port)
    if not addresses:
        raise CallError(f"{target.host} has no address")
    for address in addresses:
        if not target.allows(address):
            raise CallError(f"{target.host} leads to {address}, which is not on the public internet")
    return addresses[0]


async def _exchange(target: Target, address: str, request: bytes) -> int:
    # The name is still the one that the certificate must be for.
    encrypted = ssl.create_default_context() if target.is_encrypted else None
    name = target.host if encrypted else None
    reader, writer = await asyncio.open_connection(
        address, target.port, ssl=encrypted, server_hostname=name, limit=MAX_ANSWER
    )
    try:
        writer.write(request)
        await writer.drain()
        status = _STATUS.match(await reader.read(MAX_ANSWER))
    finally:
        writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            await writer.wait_closed()
    if not status:
        raise CallError("the answer is not HTTP")
    return int(status[1])


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
