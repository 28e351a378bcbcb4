"""How the answer to a call is read, and what is done when there is none."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.calls.posting import CallError, post
from gatepost_webhook.calls.targets import Target, TargetError

if TYPE_CHECKING:
    from collections.abc import Sequence


async def answered(*pieces: bytes) -> int:
    """Return the status of a call whose receiver writes so many pieces, each by itself."""
    over = asyncio.Event()

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # The caller may have heard enough, and hang up.
        with suppress(ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                # The other side is in the same loop: it gets its turn to read.
                for _ in range(20):
                    await asyncio.sleep(0)
            writer.close()
            await writer.wait_closed()
        over.set()

    async with await asyncio.start_server(receive, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        try:
            return await post(Target.of(f"http://127.0.0.1:{port}/hook"), {}, b"{}")
        finally:
            await over.wait()


@pytest.mark.parametrize(
    "pieces",
    [
        (b"HTTP/1.1 204 No Content\r\n\r\n",),
        (b"HTTP/1.", b"1 20", b"4 No Content\r", b"\n\r\n"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 204 No Content\r\n\r\n"),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",),
        (b"HTTP/1.1 204\r\n\r\n",),
    ],
)
def test_an_answer_counts_however_it_comes_in(pieces: Sequence[bytes]) -> None:
    assert asyncio.run(answered(*pieces)) == 204


@pytest.mark.parametrize(
    "pieces",
    [
        (b"",),
        (b"SSH-2.0-OpenSSH_9.2\r\n",),
        (b"HTTP/1.1 20\r\n\r\n",),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 50,),
        (b"x" * 200_000,),
        (b"HTTP/1.1 100 Continue\r\n" + b"X: " + b"y" * 200_000 + b"\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",),
    ],
)
def test_what_is_no_answer_is_no_success_and_no_other_error(pieces: Sequence[bytes]) -> None:
    with pytest.raises(CallError):
        asyncio.run(answered(*pieces))


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".example", ".example.com", "exa_mple.com:99999"])
def test_a_name_that_no_resolver_takes_is_no_address(host: str) -> None:
    with pytest.raises(TargetError):
        Target.of(f"https://{host}/hook")


def test_a_resolver_that_cannot_read_a_name_is_a_call_that_did_not_come_through() -> None:
    async def resolve(_host: str, _port: int) -> list[str]:
        raise UnicodeError("label empty or too long")

    with pytest.raises(CallError, match="label empty"):
        asyncio.run(post(Target.of("https://crm.example.com/hook"), {}, b"{}", resolve=resolve))


def test_where_one_address_does_not_answer_the_next_one_is_tried() -> None:
    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        writer.close()

    async def resolve(_host: str, _port: int) -> list[str]:
        # Nobody listens at the first one.
        return ["127.0.0.2", "127.0.0.1"]

    async def called() -> int:
        async with await asyncio.start_server(receive, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            return await post(Target.of(f"http://localhost:{port}/hook"), {}, b"{}", resolve=resolve)

    assert asyncio.run(called()) == 200


def test_of_several_addresses_a_private_one_forbids_all() -> None:
    async def resolve(_host: str, _port: int) -> list[str]:
        return ["93.184.215.14", "10.0.0.1"]

    with pytest.raises(CallError, match=r"10\.0\.0\.1"):
        asyncio.run(post(Target.of("https://crm.example.com/hook"), {}, b"{}", resolve=resolve))
