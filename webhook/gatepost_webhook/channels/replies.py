"""What a relay's answer means for us: pure functions from an SMTP reply to an outcome, one for each phase."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gatepost_webhook.channels.channel import Ambiguous, Away, Later, Misconfigured, Refused, Sent

if TYPE_CHECKING:
    from aiosmtplib import SMTPResponse

    from gatepost_webhook.channels.channel import Outcome

#: Characters of an answer that are kept.
_MAX_WORDS = 300
#: The relay closes the connection: it is not about this message.
_CLOSING = 421
#: Log in first; the login is too weak; the login is wrong; encrypt first.
_LOGIN = frozenset({530, 534, 535, 538})
#: RFC 3463: bad mailbox, bad domain, moved without a new address, null MX (RFC 7505), mailbox disabled. A bare 550 is
#: not enough, because relays that are not allowed to relay say just that about every living mailbox.
_DEAD = frozenset({"5.1.1", "5.1.2", "5.1.6", "5.1.10", "5.2.1"})
#: The message is too large: for the mailbox, for the relay.
_SIZE = frozenset({"5.2.3", "5.3.4"})
_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?!\S)")
_UNPRINTABLE = re.compile(r"[^\S ]+|[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")


def words(reply: SMTPResponse) -> str:
    """Return a reply as one printable line such as "550 5.1.1 no such user"; it is hostile text."""
    text = _UNPRINTABLE.sub(" ", reply.message).strip()
    return f"{reply.code} {text}".strip()[:_MAX_WORDS]


def before_message(reply: SMTPResponse) -> Outcome:
    """Judge a refusal of greeting, EHLO or login: it concerns every message alike."""
    if _about_us(reply):
        return Misconfigured(words(reply))
    return Away(words(reply))


def login_refused(reply: SMTPResponse) -> Outcome:
    """Judge a refusal of AUTH."""
    return Misconfigured(words(reply)) if _is_final(reply) else Away(words(reply))


def sender_refused(reply: SMTPResponse) -> Outcome:
    """Judge a refusal of MAIL: but for the message's size, a final one says that our sender is not welcome."""
    if reply.code == _CLOSING:
        return Away(words(reply))
    if not _is_final(reply):
        return _passing(reply)
    if not _about_us(reply) and (reply.code == 552 or _enhanced(reply) in _SIZE):
        return Refused(words(reply), dead=False)
    return Misconfigured(words(reply))


def message_refused(reply: SMTPResponse) -> Outcome:
    """Judge a refusal of RCPT or DATA, before any byte of the message."""
    if reply.code == _CLOSING:
        return Away(words(reply))
    if reply.code in _LOGIN:
        return Misconfigured(words(reply))
    return _final(reply) if _is_final(reply) else _passing(reply)


def after_the_dot(reply: SMTPResponse) -> Outcome:
    """Judge the answer to the whole message."""
    if 200 <= reply.code < 300:
        return Sent(words(reply))
    if 400 <= reply.code < 500:
        return Later(words(reply))
    if _is_final(reply):
        return _final(reply)
    return Ambiguous(words(reply))


def _final(reply: SMTPResponse) -> Refused:
    enhanced = _enhanced(reply)
    dead = enhanced in _DEAD
    # A bare 554 is how relays without enhanced codes speak of their policy.
    policy = enhanced.startswith("5.7.") or (reply.code == 554 and not enhanced)
    return Refused(words(reply), dead=dead, policy=policy and not dead)


def _is_final(reply: SMTPResponse) -> bool:
    return 500 <= reply.code < 600


def _passing(reply: SMTPResponse) -> Outcome:
    """Tell a refusal for now from an answer that makes no sense at this point."""
    return Later(words(reply)) if 400 <= reply.code < 500 else Away(words(reply))


def _enhanced(reply: SMTPResponse) -> str:
    found = _ENHANCED.match(reply.message)
    return found[1] if found else ""


def _about_us(reply: SMTPResponse) -> bool:
    return reply.code in _LOGIN or _enhanced(reply).startswith("5.7.")
