"""Personas: invented people whom a sequence is tried on, one YAML file each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from gatepost_site.documents import Checked, mistake, read_yaml, suggestion
from gatepost_webhook.followup.formats import Duration  # noqa: TC001 - pydantic reads it

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


#: What a persona may do: the word -> what must stand behind it, "" for nothing, in brackets what may.
DEEDS = {
    "downloaded": "[a magnet]",
    "unsubscribed": "",
    "confirmed": "a magnet",
    "tagged": "a tag",
    "staged": "a stage",
    "visited": "a page",
}


def _deed(value: object) -> str:
    word, _, name = " ".join(value.split()).partition(" ") if isinstance(value, str) else ("", "", "")
    wanted = DEEDS.get(word)
    if wanted is None or bool(name) > bool(wanted) or (wanted and not name and wanted[0] != "["):
        known = [f"{word} {behind}".strip() for word, behind in DEEDS.items()]
        raise mistake("is nothing that a persona does", suggestion(str(value), known))
    return f"{word} {name}".strip()


class PersonaEvent(Checked):
    """Something that the persona does."""

    #: Time since the confirmation; kept in seconds.
    after: Duration = Field(examples=["2 days"])
    #: What they do then.
    event: Annotated[str, BeforeValidator(_deed)] = Field(examples=["downloaded"])


class PersonaMeta(Checked):
    """sequences/<slug>/personas/<name>.yml."""

    #: Where mails to the persona would go.
    email: Annotated[str, StringConstraints(min_length=3, max_length=254, pattern=r"^\S+@\S+$")] = Field(
        "reader@example.com", examples=["reader@example.com"]
    )
    #: Answers that the persona gave in the form.
    fields: dict[str, Annotated[str, StringConstraints(max_length=2000)]] = Field({}, examples=["{first_name: Anna}"])
    #: Whether the marketing box was ticked.
    marketing: bool = Field(default=True, examples=["true"])
    #: What the persona does, and when.
    events: tuple[PersonaEvent, ...] = Field((), examples=["[{after: 2 days, event: downloaded}]"])


@dataclass(frozen=True)
class Persona:
    """An invented person: what they answered, and what they do."""

    email: str = "reader@example.com"
    fields: Mapping[str, str] = field(default_factory=dict)
    marketing: bool = True
    #: (Seconds since the confirmation, what they do then: "downloaded", "tagged vip"), in order.
    events: tuple[tuple[int, str], ...] = ()


def read_persona(path: Path, *, root: Path) -> Persona:
    """Read a persona's file. Raises ContentError with every mistake."""
    return persona_of(read_yaml(path, PersonaMeta, root=root))


def persona_of(meta: PersonaMeta) -> Persona:
    """Return the persona that a file, or a part of one, describes."""
    events = sorted((event.after, event.event) for event in meta.events)
    return Persona(meta.email, meta.fields, meta.marketing, tuple(events))
