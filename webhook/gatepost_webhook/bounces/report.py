"""What somebody tells about a mail of ours, whoever tells it and in whatever form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from gatepost_webhook.links import Purpose

#: bounced: the mailbox is dead. soft: this mail failed, the next may not. blocked: refused for what we sent or who we
#: are, not for who reads it. delayed: still being tried. complained: called spam. other: nothing that we act on.
Kind: TypeAlias = Literal["bounced", "soft", "blocked", "delayed", "complained", "unsubscribed", "other"]


@dataclass(frozen=True)
class Report:
    """One thing told about one mail. Every text in it is hostile, cleaned and cut."""

    kind: Kind
    #: Who told it: dsn, arf, prose (a bounce in words alone), mail, smtp, or a provider's name.
    source: str
    #: Tells this report from every other one of its source.
    key: str
    #: Enhanced status code (RFC 3463) such as 5.1.1, "" when none was given.
    status: str = ""
    diagnostic: str = ""
    #: Row of the mail that it is about, proved by our own MAC.
    mail: int | None = None
    #: Purpose and row of the unsubscribe link that came in a mail's subject, proved by its own signature.
    link: tuple[Purpose, int] | None = None
    #: Canonical address that it is about. Only a report whose sender is authenticated may set it.
    address: str = ""
