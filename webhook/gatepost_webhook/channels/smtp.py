"""Mail through an SMTP relay, driven verb by verb: only so can an unsent message be told from an ambiguous one."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import ipaddress
import os
import re
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPConnectResponseError,
    SMTPException,
    SMTPHeloError,
    SMTPResponse,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from gatepost_webhook.channels import replies
from gatepost_webhook.channels.channel import Ambiguous, Away, Lost, Misconfigured, Refused, Sent
from gatepost_webhook.channels.lines import MAX_LINE, have_bare_breaks, have_long_line
from gatepost_webhook.errors import ChannelError

if TYPE_CHECKING:
    import ssl

    from gatepost_webhook.channels.channel import Outcome, Outgoing, Talking
    from gatepost_webhook.settings import Settings

#: Seconds within which nobody needs to ask whether the relay is still there.
_MOMENT = 5.0
#: What an envelope address may hold: ASCII that cannot end the command, open a parameter, or pass for an option.
_ADDRESS = re.compile(r"(?!-)[!-;=?-~]{1,64}@[!-;=?-~]{1,255}")


@dataclass(frozen=True)
class Timeouts:
    """Seconds to wait; those of RFC 5321, 4.5.3.2, because a shorter wait after the dot makes duplicates."""

    connect: float = 30
    command: float = 300
    after_the_dot: float = 600
    quit: float = 5


class _EndedError(Exception):
    """The conversation about a message ended before its first byte was sent."""

    def __init__(self, outcome: Outcome, *, gone: bool = False) -> None:
        super().__init__(outcome)
        self.outcome = outcome
        #: The connection is over.
        self.gone = gone


class SmtpRelay:
    """Hands messages to one relay, several at a time; keeps its connections from one message to the next."""

    def __init__(
        self, settings: Settings, *, timeouts: Timeouts | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        """Take the relay from the settings; nothing is connected yet. Raises ChannelError when none is named."""
        if not settings.smtp_host:
            raise ChannelError(
                "GATEPOST_SMTP_HOST is not set, and GATEPOST_CHANNEL is smtp; "
                "set it to your relay's name such as smtp.example.com, or set GATEPOST_CHANNEL=mailbox"
            )
        self.lanes = settings.smtp_connections
        self._open = functools.partial(_Line, settings, timeouts or Timeouts(), tls)
        #: Lines that nobody talks on. The one used last goes first, so that few stay open when there is little to do.
        self._idle: deque[_Line] = deque()

    async def deliver(self, message: Outgoing, talking: Talking) -> Outcome:
        """Hand one message over, exactly as it is, on a line of its own."""
        if unfit := _unfit(message):
            return unfit
        line = self._idle.pop() if self._idle else self._open()
        try:
            return await line.deliver(message, talking)
        finally:
            self._idle.append(line)

    async def close(self) -> None:
        """Say goodbye on every line; how the relay takes it changes nothing."""
        while self._idle:
            await self._idle.pop().close()


class _Line:
    """One connection to the relay, on which one message goes at a time."""

    def __init__(self, settings: Settings, timeouts: Timeouts, tls: ssl.SSLContext | None) -> None:
        self._settings = settings
        self._timeouts = timeouts
        self._tls = tls
        self._place = f"{settings.smtp_host}:{settings.smtp_port}"
        self._client: SMTP | None = None
        #: Second of the clock that only runs forward; long ago once anything else was said on this line.
        self._accepted_at = -_MOMENT
        # Kept beside the client, which forgets it on closing: TLS then still waits for the other side's goodbye.
        self._transport: asyncio.BaseTransport | None = None

    async def deliver(self, message: Outgoing, talking: Talking) -> Outcome:
        """Hand one message over."""
        try:
            client = await self._begin(message)
            await self._ask(client, b"RCPT", b"TO:<" + message.recipient.encode() + b">")
            await self._ask(client, b"DATA", good=3)
        except _EndedError as end:
            if end.gone:
                self._hang_up()
            return end.outcome
        return await self._hand_over(client, message.data, talking)

    async def _begin(self, message: Outgoing) -> SMTP:
        """Return a connection on which MAIL was accepted: the one we have, else a fresh one."""
        if self._client is not None and self._client.is_connected:
            try:
                if not self._is_clean():
                    # Drops what a refused message may have left, and shows whether anybody is still there.
                    await self._ask(self._client, b"RSET")
                return await self._mail(self._client, message)
            except _EndedError as end:
                if not end.gone:
                    raise
        self._hang_up()
        self._client = await self._connect()
        self._transport = self._client.transport
        return await self._mail(self._client, message)

    def _is_clean(self) -> bool:
        """Tell whether the last thing that was said is an acceptance, a moment ago: then the next MAIL may follow."""
        accepted_at, self._accepted_at = self._accepted_at, -_MOMENT
        return time.monotonic() - accepted_at < _MOMENT

    async def _connect(self) -> SMTP:
        settings = self._settings
        client = SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            local_hostname=_own_name(settings.base_url),
            timeout=self._timeouts.command,
            use_tls=settings.smtp_security == "tls",
            start_tls=False,
            tls_context=self._tls,
        )
        try:
            await client.connect(timeout=self._timeouts.connect)
            if settings.smtp_security == "starttls":
                await self._encrypt(client)
            await client.ehlo()
            if settings.smtp_user:
                await self._log_in(client)
        except _EndedError:
            client.close()
            raise
        except SMTPAuthenticationError as error:
            client.close()
            raise _EndedError(replies.login_refused(self._named(error.code, error.message))) from error
        except (SMTPConnectResponseError, SMTPHeloError) as error:
            client.close()
            raise _EndedError(replies.before_message(self._named(error.code, error.message))) from error
        except (SMTPException, OSError, UnicodeError) as error:  # UnicodeError: a host name that IDNA cannot take.
            client.close()
            raise _EndedError(Away(f"{self._place}: {_reason(error)}")) from error
        return client

    async def _encrypt(self, client: SMTP) -> None:
        await client.ehlo()
        if not client.supports_extension("starttls"):
            # Going on in the clear is what somebody in the middle would want.
            raise _EndedError(
                Misconfigured(
                    f"{self._place} does not offer STARTTLS; set GATEPOST_SMTP_SECURITY=tls (usually with port 465)"
                )
            )
        await client.starttls(timeout=self._timeouts.connect)

    async def _log_in(self, client: SMTP) -> None:
        if not client.supported_auth_methods:
            raise _EndedError(
                Misconfigured(
                    f"{self._place} offers no login that we know; "
                    "change GATEPOST_SMTP_SECURITY, or unset GATEPOST_SMTP_USER"
                )
            )
        await client.login(self._settings.smtp_user, self._settings.smtp_password.get_secret_value())

    async def _mail(self, client: SMTP, message: Outgoing) -> SMTP:
        command = [b"MAIL", b"FROM:<" + message.sender.encode() + b">"]
        if client.supports_extension("size"):
            command.append(b"SIZE=%d" % len(message.data))
        if client.supports_extension("8bitmime") and not message.data.isascii():
            command.append(b"BODY=8BITMIME")
        await self._ask(client, *command)
        return client

    async def _ask(self, client: SMTP, *command: bytes, good: int = 2) -> None:
        """Send a command whose reply must begin with the digit `good`."""
        try:
            reply = await client.execute_command(*command)
        except (SMTPException, OSError) as error:
            raise _EndedError(Away(f"{self._place}: {_reason(error)} at {command[0].decode()}"), gone=True) from error
        if reply.code // 100 == good:
            return
        judge = replies.sender_refused if command[0] in (b"MAIL", b"RSET") else replies.message_refused
        outcome = judge(reply)
        raise _EndedError(outcome, gone=isinstance(outcome, Away) or command[0] == b"RSET")

    async def _hand_over(self, client: SMTP, data: bytes, talking: Talking) -> Outcome:
        """Send the message itself; from its first byte on, silence is ambiguous."""
        try:
            holding = await talking()
        except BaseException:
            self._hang_up()
            raise
        protocol = client.protocol
        if not holding or protocol is None:
            # Without the dot, the other side accepts nothing.
            self._hang_up()
            return Away(f"{self._place}: the connection was closed at DATA") if holding else Lost()
        try:
            protocol.write(_stuffed(data))
            reply = await protocol.read_response(timeout=self._timeouts.after_the_dot)
        except (SMTPException, OSError) as error:
            self._hang_up()
            return Ambiguous(f"{self._place}: {_reason(error)} after the message")
        outcome = replies.after_the_dot(reply)
        if isinstance(outcome, Sent):
            self._accepted_at = time.monotonic()
        if reply.code == 421 or isinstance(outcome, Ambiguous):
            self._hang_up()
        return outcome

    def _hang_up(self) -> None:
        """End the connection at once, without a word."""
        if isinstance(self._transport, asyncio.WriteTransport):
            self._transport.abort()
        if self._client is not None:
            self._client.close()
        self._client = self._transport = None

    async def close(self) -> None:
        """Say goodbye."""
        if self._client is not None and self._client.is_connected:
            with contextlib.suppress(SMTPException, OSError):
                await self._client.quit(timeout=self._timeouts.quit)
        self._hang_up()

    def _named(self, code: int, message: str) -> SMTPResponse:
        return SMTPResponse(code, f"{message} (from {self._place})")


def _unfit(message: Outgoing) -> Outcome | None:
    """Judge what must not go onto the wire, whoever let it through."""
    if not _ADDRESS.fullmatch(message.sender):
        return Misconfigured(f"GATEPOST_MAIL_FROM: {message.sender!r} cannot be an envelope sender")
    if not _ADDRESS.fullmatch(message.recipient):
        return Refused("not sent: the address cannot stand in an envelope", dead=False)
    data = message.data
    if have_bare_breaks(data) or not data.endswith(b"\r\n"):
        return Refused("not sent: the message has a line that does not end with CRLF", dead=False)
    if have_long_line(data):
        return Refused(f"not sent: the message has a line of more than {MAX_LINE} octets", dead=False)
    return None


def _stuffed(data: bytes) -> bytes:
    """Return the message as it goes over the wire (RFC 5321, 4.5.2), with the dot that ends it."""
    if b"\r\n." not in data and not data.startswith(b"."):
        return data + b".\r\n"
    return (b"\r\n" + data).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n"


def _own_name(base_url: str) -> str:
    """Return what EHLO says: our public name when it is one, else an address literal, which every relay takes."""
    host = urlsplit(base_url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        if host.isascii() and "." in host:
            return host
    return "[127.0.0.1]"


def _reason(error: Exception) -> str:
    """Say in a few words why there was no reply."""
    if isinstance(error, SMTPResponseException):
        return replies.words(SMTPResponse(error.code, error.message))
    if isinstance(error, TimeoutError):
        return "no answer in time"
    cause = error.__cause__
    if isinstance(cause, ConnectionError) and cause.errno:
        return os.strerror(cause.errno)
    if isinstance(error, SMTPServerDisconnected) or isinstance(cause, SMTPServerDisconnected):
        return "the connection was closed"
    told = cause if isinstance(cause, OSError) else error
    return getattr(told, "strerror", None) or " ".join(str(told).split())
