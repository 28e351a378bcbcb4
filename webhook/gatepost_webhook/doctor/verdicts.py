"""What an examination finds: one verdict for each thing that is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_webhook.settings import Settings

Level: TypeAlias = Literal["ok", "warn", "bad"]


@dataclass(frozen=True)
class Verdict:
    """One line of the result."""

    #: What was looked at.
    check: str
    level: Level
    #: What was found.
    found: str
    #: What to do, "" when all is well.
    advice: str = ""


@dataclass(frozen=True)
class Patient:
    """What is examined."""

    settings: Settings
    #: Folder of the site.
    root: Path
    #: Epoch second.
    now: int

    @property
    def is_known_outside(self) -> bool:
        """Whether anybody but this machine is to know it: then receivers of mail will look, too."""
        given = self.settings.model_fields_set
        return self.settings.channel == "smtp" or bool({"mail_from", "base_url"} & given)


def good(check: str, found: str) -> Verdict:
    """Return that all is well."""
    return Verdict(check, "ok", found)


def counted(number: int, noun: str) -> str:
    """Return "1 mail", "2 mails"."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def span(seconds: int) -> str:
    """Return a time in the largest unit that says enough: "3 days", "26 hours", "5 minutes"."""
    for name, unit, least in (("days", 86_400, 2), ("hours", 3600, 2), ("minutes", 60, 2)):
        if seconds >= unit * least:
            return f"{seconds // unit} {name}"
    return f"{seconds} seconds"
