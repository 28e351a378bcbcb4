"""A mailbox at an IMAP server (RFC 3501, 9051), over TLS. Nothing in it is ever deleted."""

from __future__ import annotations

import imaplib
import re
import ssl
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gatepost_webhook.bounces.parsing import MAX_BYTES
from gatepost_webhook.bounces.postbox import Letter
from gatepost_webhook.errors import PostboxError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_webhook.bounces.postbox import Postbox

#: Seconds to wait for any answer.
_SECONDS = 30
#: Mails that are looked at in one round.
_MOST = 1000
#: Set on what is no report, which stays unread for people; not every server keeps such words.
_KEYWORD = "GatepostRead"


@dataclass(frozen=True)
class ImapAccount:
    """Where the mailbox is."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    #: Where reports go that were read; "": they stay, marked as seen.
    done: str = ""


class ImapPostbox:
    """One account. Used by one thread."""

    def __init__(self, account: ImapAccount, *, tls: ssl.SSLContext | None = None) -> None:
        self._account = account
        self._tls = tls
        self._place = f"{account.host}:{account.port}"
        self._client: imaplib.IMAP4 | None = None
        self._can_move = False
        self._keeps_keywords = False
        #: What must not be read again, where the server cannot remember it.
        self._left_alone: set[str] = set()

    @contextmanager
    def open(self) -> Iterator[Postbox]:
        """Connect, and log out at the end. Raises PostboxError."""
        try:
            self._connect()
            yield self
        finally:
            self._log_out()

    def letters(self) -> Iterator[Letter]:
        """Yield what is unread and was not looked at. Raises PostboxError."""
        unless = ("UNKEYWORD", _KEYWORD) if self._keeps_keywords else ()
        found = self._ask("uid", "SEARCH", "UNSEEN", *unless)
        names = [name.decode() for line in found if isinstance(line, bytes) for name in line.split()]
        for name in [name for name in names if name.isdigit() and name not in self._left_alone][:_MOST]:
            answer = self._ask("uid", "FETCH", name, f"(UID BODY.PEEK[]<0.{MAX_BYTES + 1}>)")
            # Gone meanwhile, when there is no literal.
            if data := next((item[1] for item in answer if isinstance(item, tuple)), None):
                yield Letter(name, data[: MAX_BYTES + 1])

    def put_away(self, letter: Letter, *, report: bool) -> None:
        """Mark a report as seen, and move it if there is somewhere to; leave anything else to people."""
        if not report:
            self._left_alone.add(letter.name)
            if self._keeps_keywords:
                self._ask("uid", "STORE", letter.name, "+FLAGS.SILENT", f"({_KEYWORD})")
            return
        self._ask("uid", "STORE", letter.name, "+FLAGS.SILENT", r"(\Seen)")
        if self._account.done:
            self._move(letter.name)

    def _connect(self) -> None:
        account = self._account
        try:
            tls = self._tls or ssl.create_default_context()
            self._client = imaplib.IMAP4_SSL(account.host, account.port, ssl_context=tls, timeout=_SECONDS)
        except (OSError, imaplib.IMAP4.error) as error:
            raise PostboxError(f"{self._place}: cannot be reached ({error}); see GATEPOST_BOUNCE_IMAP_HOST") from error
        # The library quotes the password alone; a name may have a space or, with its domain, a backslash.
        self._ask(
            "login", _quoted(account.user), account.password, advice="see GATEPOST_BOUNCE_IMAP_USER and its password"
        )
        # Many servers tell what they can only to whom they know.
        told = self._ask("capability")
        self._can_move = any(b"MOVE" in line.upper().split() for line in told if isinstance(line, bytes))
        self._ask("select", _quoted(account.folder), advice="see GATEPOST_BOUNCE_IMAP_FOLDER")
        flags = self._client.response("PERMANENTFLAGS")[1]
        self._keeps_keywords = any(b"\\*" in line for line in flags or () if isinstance(line, bytes))

    def _move(self, name: str) -> None:
        # Without MOVE (RFC 6851) it would take a deletion: then there is a copy in both folders.
        verb = "MOVE" if self._can_move else "COPY"
        folder = _quoted(self._account.done)
        try:
            self._ask("uid", verb, name, folder)
        except PostboxError:
            with suppress(PostboxError):
                self._ask("create", folder)
            self._ask("uid", verb, name, folder, advice="see GATEPOST_BOUNCE_IMAP_DONE")

    def _ask(self, verb: str, *words: str, advice: str = "") -> list[Any]:
        """Give a command, and return what came with its OK. Raises PostboxError."""
        if self._client is None:
            raise PostboxError(f"{self._place}: is not connected")
        shown = words[0] if verb == "uid" else verb.upper()
        try:
            answer, data = getattr(self._client, verb)(*words)
        except (imaplib.IMAP4.error, OSError, ValueError) as error:
            raise self._refused(shown, str(error), advice) from error
        if answer != "OK":
            raise self._refused(shown, " ".join(_text(item) for item in data or ()), advice)
        return list(data or ())

    def _refused(self, verb: str, reason: str, advice: str) -> PostboxError:
        printable = "".join(character if character.isprintable() else " " for character in reason)[:300].strip()
        return PostboxError(
            f"{self._place}: {verb} failed ({printable or 'no reason'})" + (f"; {advice}" if advice else "")
        )

    def _log_out(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(imaplib.IMAP4.error, OSError):
                client.logout()


def _quoted(folder: str) -> str:
    return '"' + re.sub(r'([\\"])', r"\\\1", folder) + '"'


def _text(item: object) -> str:
    return item.decode("utf-8", "replace") if isinstance(item, bytes) else str(item)
