"""Bounces in words alone, as qmail, Exim and old mail servers write them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gatepost_webhook.bounces.dsn import Finding
from gatepost_webhook.bounces.parsing import header
from gatepost_webhook.bounces.verdicts import code_in, judge, phrases

if TYPE_CHECKING:
    from email.message import Message

#: Local parts under which mail servers write.
_DAEMONS = re.compile(
    r"\b(mailer-?daemon|postmaster|mail-?daemon|mdaemon|double-?bounce|mail.?delivery)\b", re.IGNORECASE
)
#: Where the quoted mail begins; what stands there was written by us or by anybody.
_QUOTED = re.compile(
    r"^(-+ ?(below this line|this is a copy|original message|undelivered message|transcript of original|the original)"
    r"|your message (is|was) (attached|as follows)|(return-path|received): ).*",
    re.IGNORECASE | re.MULTILINE,
)
_DELAYED = phrases(
    r"(delivery|message|mail)( to the following recipients?)? (has been|is|was|will be) delayed",
    r"delayed (mail|delivery)",
    r"still (being )?(trying|retr|attempt)",
    r"will (continue to )?(be )?(try|tried|retr)",
    r"not (yet )?been delivered( to .+)? (yet|after)",
    r"no action is required on your part",
    r"delivery attempts will continue",
    r"you do not need to resend",
)
_ENDED = phrases(
    r"giv(en|ing) up",
    r"permanent(ly)? (error|fail)",
    r"could not be delivered",
    r"undeliver(able|ed)",
    r"failed permanently",
)
_FAILED = phrases(
    r"could ?n(o|')t be delivered",
    r"undeliver",
    r"delivery.{0,30}fail",
    r"fail.{0,30}deliver",
    r"(unable|not able) to deliver",
    r"permanent (fatal )?error",
    r"returned (mail|to sender)",
    r"did not reach",
    r"(cannot|can't) be delivered",
    r"rejected",
)


def is_from_a_server(message: Message) -> bool:
    """Tell whether a mail server wrote a mail, and no person and no person's absence note."""
    if header(message, "X-Failed-Recipients"):
        return True
    if header(message, "Auto-Submitted").lower().startswith("auto-replied"):
        # Absence notes carry it, and some mail servers too.
        return bool(_DAEMONS.search(header(message, "From")))
    null = header(message, "Return-Path") == "<>"
    return bool(_DAEMONS.search(header(message, "From"))) or (null and not header(message, "In-Reply-To"))


def own_words(text: str) -> str:
    """Return what a report says itself, without the mail that it quotes."""
    found = _QUOTED.search(text)
    return text[: found.start()] if found else text


def read(message: Message, text: str) -> Finding:
    """Read the words of a report."""
    subject, said = header(message, "Subject"), own_words(text)[:8000]
    whole = f"{subject}\n{said}"
    if not _FAILED.search(whole) and not _DELAYED.search(whole):
        return Finding("other", "", "")
    diagnostic = _reason(said)
    if _DELAYED.search(whole) and not _ENDED.search(whole):
        return Finding("delayed", code_in(said), diagnostic)
    return Finding(judge("", diagnostic) or judge("", said) or "soft", code_in(diagnostic) or code_in(said), diagnostic)


def _reason(said: str) -> str:
    """Return the paragraph that names the recipient and says why, or everything when there is none."""
    paragraphs = [" ".join(paragraph.split()) for paragraph in re.split(r"\n[ \t]*\n", said.replace("\r\n", "\n"))]
    for number, paragraph in enumerate(paragraphs):
        if re.match(r"<?[^\s<>@]+@[^\s<>@]+>?:?", paragraph):
            # Some leave a line between the address and the reason.
            alone = len(paragraph.split()) < 2
            return " ".join(paragraphs[number : number + 2]) if alone else paragraph
    return next((paragraph for paragraph in paragraphs if judge("", paragraph)), " ".join(paragraphs))
