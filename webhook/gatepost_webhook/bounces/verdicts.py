"""What a failure means: pure functions from a status code (RFC 3463) and the words beside it to a kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gatepost_webhook.bounces.report import Kind

_CODE = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
#: A bare reply code at the beginning of a sentence of a mail server.
_REPLY = re.compile(r"(?<![\d.])([45]\d\d)(?=[ -])")

#: Subject and detail of a permanent failure -> what it means. Not here: what only the words can tell.
_PERMANENT: dict[str, Kind] = {
    "1.0": "bounced",
    "1.1": "bounced",
    "1.2": "bounced",
    "1.3": "bounced",
    "1.4": "bounced",
    "1.6": "bounced",
    "1.10": "bounced",
    # It is our sender that is bad.
    "1.7": "blocked",
    "1.8": "blocked",
    "2.1": "bounced",
    "2.2": "soft",
    "2.3": "blocked",
    "3.4": "blocked",
}
#: What a subject means as a whole, where its detail is not above: system, delivery protocol, content, security.
_SUBJECTS: dict[str, Kind] = {"2": "soft", "3": "soft", "4": "soft", "6": "blocked", "7": "blocked"}
_REPLIES: dict[str, Kind] = {"552": "soft", "554": "blocked"}


def phrases(*alternatives: str) -> re.Pattern[str]:
    """Return one pattern that matches any of several, in any case."""
    return re.compile("|".join(alternatives), re.IGNORECASE)


#: Words that tell more than codes. The first match counts: who is refused matters more than how it is put.
_WORDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "blocked",
        phrases(r"sender (address |domain )?(rejected|verify|invalid|unknown)", r"from address", r"your domain"),
    ),
    (
        "soft",
        phrases(
            r"(mail|in)?box (is |was )?(too )?full",
            r"quota",
            r"(out of|insufficient|exceeded|no) (disk |mail |system )?s(torage|pace)",
            r"storage (limit|allocation|space)",
        ),
    ),
    (
        "bounced",
        phrases(
            r"(unknown|no such|invalid|undefined|bad|non-?existent) (local )?"
            r"(user|recipient|mailbox|address|person|alias|account|domain)",
            r"(user|recipient|mailbox|address|account|alias|domain|name)( address)?( name)? (is )?"
            r"(unknown|not found|not known|unavailable)",
            r"unknown (to|or illegal)",
            r"(do(es)?|did)( no|n')t (exist|have (an?|any) )",
            r"no mailbox( here)? by that name",
            r"not (a )?(valid|known|existing|local) (user|recipient|mailbox|address)",
            r"(was|were|is|be)( no|n')t found",
            r"(account|mailbox|user|address) (has been |is |was )?"
            r"(disabled|inactive|deactivated|suspended|expired|closed|terminated)",
            r"(not|isn't) listed in",
            r"recipient address rejected: access denied",
            r"unrouteable",
            r"no longer (valid|active|in use)",
            r"non-?existent hosts?",
            r"name service error",
            r"domain name not found",
            r"no mx\b|null ?mx",
        ),
    ),
    (
        "blocked",
        phrases(
            r"spam|virus|unsolicited|content",
            r"(black|block|deny) ?list|blocked",
            r"polic(y|ies)|reputation",
            r"dmarc|dkim|\bspf\b",
            r"too large|size limit|not accepted for",
        ),
    ),
)


def judge(status: str, words: str) -> Kind | None:
    """Say what a failure means; None when neither code nor words tell. `words` is what a mail server said."""
    text = " ".join(words.split()).lower()
    for code in _codes(status, text):
        if kind := _meaning(code, text):
            return kind
    if kind := _told(text):
        return kind
    reply = _REPLY.search(text)
    return _REPLIES.get(reply[1]) if reply else None


def code_in(text: str) -> str:
    """Return the first enhanced status code in a text that says more than that something went wrong, else ""."""
    return next((".".join(code) for code in _CODE.findall(text) if code[1] != "0"), "")


def is_about_the_mailbox(reply: str) -> bool:
    """Tell whether a refusal speaks of one mailbox, full or unknown, and neither of the sender nor of the server."""
    return judge("", reply) in ("soft", "bounced") and (
        _told(reply) in ("soft", "bounced") or any(code[1] in ("1", "2") for code in _codes("", reply))
    )


def _codes(status: str, text: str) -> list[tuple[str, str, str]]:
    """Return the codes that say something, the report's own one first."""
    return [code for code in (*_CODE.findall(status[:40]), *_CODE.findall(text)[:8]) if code[1] != "0"]


def _meaning(code: tuple[str, str, str], text: str) -> Kind | None:
    severity, subject, detail = code
    if severity != "5":
        return "soft" if severity == "4" else None
    told = _told(text)
    if detail == "0" and subject != "7" and told:
        return told
    if subject == "5":
        # Protocol: some write 5.5.x beside "mailbox unavailable"; anything else is between the servers.
        return told or "blocked"
    if subject == "4" and detail not in ("6", "7"):
        # Routing: Exchange Online writes 5.4.1 for a recipient that it does not know, Postfix 5.4.4 for a lost domain.
        return "bounced" if told == "bounced" else "soft"
    return _PERMANENT.get(f"{subject}.{detail}") or _SUBJECTS.get(subject)


def _told(text: str) -> Kind | None:
    return next((kind for kind, pattern in _WORDS if pattern.search(text)), None)
