"""What a step does, apart from choosing a way: one small class a kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from gatepost_webhook.followup.message import Message as Message  # noqa: PLC0414 - one of the kinds


@dataclass(frozen=True)
class Tag:
    """Puts a tag on the lead."""

    kind: ClassVar[str] = "tag"
    name: str


@dataclass(frozen=True)
class Untag:
    """Takes a tag off the lead."""

    kind: ClassVar[str] = "untag"
    name: str


@dataclass(frozen=True)
class Stage:
    """Says how far the lead has come."""

    kind: ClassVar[str] = "stage"
    name: str


@dataclass(frozen=True)
class Note:
    """Writes a note for the owner beside the lead."""

    kind: ClassVar[str] = "note"
    text: str


@dataclass(frozen=True)
class Notify:
    """Sends the owner a mail about the lead."""

    kind: ClassVar[str] = "notify"
    text: str


@dataclass(frozen=True)
class Call:
    """Tells another system of the lead, at an address that the settings name."""

    kind: ClassVar[str] = "webhook"
    name: str


@dataclass(frozen=True)
class Start:
    """Enrols the lead in another sequence."""

    kind: ClassVar[str] = "start"
    sequence: str


@dataclass(frozen=True)
class Stop:
    """Takes the lead out of a sequence."""

    kind: ClassVar[str] = "stop"
    sequence: str


@dataclass(frozen=True)
class Pause:
    """Does nothing: the step is there for its wait, or for its condition."""

    kind: ClassVar[str] = "pause"


#: What is written as one word or sentence in a file: kind -> its class.
PLAIN: dict[str, type[Tag | Untag | Stage | Note | Notify | Call | Start | Stop]] = {
    action.kind: action for action in (Tag, Untag, Stage, Note, Notify, Call, Start, Stop)
}

#: Everything that a step may do without choosing a way.
Plain: TypeAlias = Message | Tag | Untag | Stage | Note | Notify | Call | Start | Stop | Pause
