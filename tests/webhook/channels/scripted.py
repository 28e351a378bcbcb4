"""A relay that follows a script: it refuses, drops, resets or falls silent at any verb, and keeps every octet."""

from __future__ import annotations

import asyncio
import struct
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from socket import SO_LINGER, SOL_SOCKET
from typing import TYPE_CHECKING, Any

from gatepost_webhook.channels.channel import Outgoing
from gatepost_webhook.channels.smtp import Timeouts
from gatepost_webhook.settings import Settings

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from gatepost_webhook.channels.channel import Channel, Outcome

#: What a scripted answer may be instead of words.
DROP, RESET, SILENCE = "!drop", "!reset", "!silence"
FAST = Timeouts(connect=5, command=0.4, after_the_dot=0.4, quit=0.4)
FAST_CONNECT = Timeouts(connect=0.4)
PATIENT = Timeouts(connect=10, command=20, after_the_dot=20, quit=5)
DATA = b"Subject: One\r\nMessage-ID: <1@example.com>\r\n\r\nHello.\r\n"

_ANSWERS = {
    "CONNECT": "220 relay.example ESMTP",
    "EHLO": "250-relay.example\r\n250-8BITMIME\r\n250 SIZE 1000000",
    "AUTH": "235 2.7.0 welcome",
    "DATA": "354 go on",
    "DOT": "250 2.0.0 kept",
    "QUIT": "221 2.0.0 bye",
}


class _OverError(Exception):
    """The script ends this connection."""


@dataclass
class ScriptedRelay:
    """Answers each verb with the next line of its script, then as any relay would."""

    #: For STARTTLS, or from the first byte on.
    tls: ssl.SSLContext | None = None
    tls_at_once: bool = False
    script: dict[str, list[str]] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    #: Whole messages that were accepted, un-stuffed.
    kept: list[bytes] = field(default_factory=list)
    #: Octets between 354 and the end, as they came over the wire.
    raw: list[bytes] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    def start(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(5)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _listen(self) -> asyncio.Server:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls if self.tls_at_once else None)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _end(self) -> None:
        self._server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await self._answer("CONNECT", writer)
            while line := await reader.readline():
                await self._command(line, reader, writer)
        except (_OverError, ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort() if writer.transport.is_closing() else writer.close()

    async def _command(self, line: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.commands.append(line.decode().removesuffix("\r\n"))
        verb = line.split()[0].decode().upper()
        answer = await self._answer(verb, writer)
        if verb == "DATA" and answer.startswith("354"):
            await self._message(reader, writer)
        if verb == "STARTTLS" and self.tls is not None:
            await writer.start_tls(self.tls)
        if verb == "QUIT":
            raise _OverError

    async def _message(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.script.get("MIDDLE"):
            await self._answer("MIDDLE", writer)
        wire = b"\r\n" + await reader.readuntil(b"\r\n.\r\n")
        self.raw.append(wire[2:])
        # Kept before it is acknowledged, so that whoever reads the answer finds the message.
        if not self.script.get("DOT"):
            self.kept.append(wire.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")[2:])
        await self._answer("DOT", writer)

    async def _answer(self, verb: str, writer: asyncio.StreamWriter) -> str:
        waiting = self.script.get(verb, [])
        answer = waiting.pop(0) if waiting else _ANSWERS.get(verb, "250 2.0.0 ok")
        if answer == SILENCE:
            # Kept, or the task that waits for it would be collected as garbage.
            self._never = asyncio.Event()
            await self._never.wait()
        if answer == DROP:
            raise _OverError
        if answer == RESET:
            # Lingering for no time at all makes the kernel send RST instead of FIN.
            writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
            raise _OverError
        writer.write(answer.encode("utf-8", "surrogateescape") + b"\r\n")
        await writer.drain()
        if answer.startswith("421"):
            raise _OverError
        return answer


def smtp_settings(port: int, **more: Any) -> Settings:
    values = {"channel": "smtp", "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", **more}
    return Settings(_env_file=None, **values)


def outgoing(data: bytes = DATA, **more: Any) -> Outgoing:
    values = {"mail": 1, "sender": "hello@example.com", "recipient": "ann@example.org", "message_id": "<1@example.com>"}
    return Outgoing(data=data, **{**values, **more})


class Spoken:
    """A channel with an event loop of its own, for tests that wait for each answer."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._loop = asyncio.new_event_loop()
        weakref.finalize(self, self._loop.close)

    def deliver(self, message: Outgoing, talking: Callable[[], bool]) -> Outcome:
        async def asked() -> bool:
            return talking()

        return self._loop.run_until_complete(self._channel.deliver(message, asked))

    def close(self) -> None:
        self._loop.run_until_complete(self._channel.close())


def hand_over(channel: Channel, message: Outgoing, talking: Callable[[], bool] = lambda: True) -> Outcome:
    """Deliver one message over a channel that is not used again."""

    def deliver() -> Outcome:
        with closing(Spoken(channel)) as spoken:
            return spoken.deliver(message, talking)

    # In a thread of its own: a test with a browser has an event loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(deliver).result()
