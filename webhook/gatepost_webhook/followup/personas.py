"""Personas: invented people whom a sequence is tried on, one YAML file each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from gatepost_site.documents import Checked, read_yaml
from gatepost_webhook.followup.durations import parse_duration

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class PersonaEvent(Checked):
    """Something that the persona does."""

    #: Seconds since the confirmation.
    after: Annotated[int, BeforeValidator(parse_duration)] = Field(examples=["2 days"])
    event: Literal["downloaded", "unsubscribed"] = Field(examples=["downloaded"])


class PersonaMeta(Checked):
    """sequences/<slug>/personas/<name>.yml."""

    email: Annotated[str, StringConstraints(min_length=3, max_length=254, pattern=r"^\S+@\S+$")] = Field(
        "reader@example.com", examples=["reader@example.com"]
    )
    fields: dict[str, Annotated[str, StringConstraints(max_length=2000)]] = Field({}, examples=["{first_name: Anna}"])
    #: Whether the marketing box was ticked.
    marketing: bool = Field(default=True, examples=["true"])
    events: tuple[PersonaEvent, ...] = Field((), examples=["[{after: 2 days, event: downloaded}]"])


@dataclass(frozen=True)
class Persona:
    """An invented person: what they answered, and what they do."""

    email: str = "reader@example.com"
    fields: Mapping[str, str] = field(default_factory=dict)
    marketing: bool = True
    #: (Seconds since the confirmation, downloaded or unsubscribed), in order.
    events: tuple[tuple[int, str], ...] = ()


def read_persona(path: Path, *, root: Path) -> Persona:
    """Read a persona's file. Raises ContentError with every mistake."""
    meta = read_yaml(path, PersonaMeta, root=root)
    events = sorted((event.after, event.event) for event in meta.events)
    return Persona(meta.email, meta.fields, meta.marketing, tuple(events))
