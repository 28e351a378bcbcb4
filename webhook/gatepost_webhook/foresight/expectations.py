"""sequences/<slug>/tests.yml: who is tried on a sequence, and what is expected to reach them, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    WithJsonSchema,
)

from gatepost_site.documents import Checked, mistake
from gatepost_webhook.followup.durations import parse_duration
from gatepost_webhook.followup.formats import Key  # noqa: TC001 - pydantic reads it
from gatepost_webhook.followup.personas import PersonaEvent, PersonaMeta
from gatepost_webhook.foresight.moments import epoch, parse_local, parse_zone, said_after, said_local

if TYPE_CHECKING:
    from datetime import tzinfo

_KEY = {"type": "string"}
# What editors are told to expect is what people write: one key, or several.
_ONE_OR_MORE = {"anyOf": [_KEY, {"type": "array", "items": _KEY}]}

#: The file's name in a sequence's folder.
FILE = "tests.yml"
#: A Monday morning: a test that says nothing of time is the same every day.
START = datetime(2026, 1, 5, 9, 0)  # noqa: DTZ001 - in the zone of the test
#: Days for which a test goes on at the most, unless it says otherwise.
DAYS = 400
ENDS = ("finished", "stopped", "inside")


@dataclass(frozen=True)
class Moment:
    """An instant that a test names: so long after the start, or a local time."""

    after: int | None = None
    local: datetime | None = None

    def instant(self, start: int, zone: tzinfo) -> int:
        """Return it as an epoch second."""
        return epoch(self.local, zone) if self.local else start + (self.after or 0)

    def said(self, zone: tzinfo, instant: int) -> str:
        """Return it in the words that the file uses."""
        return said_local(instant, zone) if self.local else said_after(self.after or 0)


def _moment(value: object) -> Moment:
    if isinstance(value, str) and not value.strip()[:4].isdigit():
        return Moment(after=sum(parse_duration(part) for part in value.split(" and ")))
    try:
        return Moment(local=parse_local(value))
    except ValueError as error:
        raise mistake("is neither a time since the start nor a day and time", "'4 days' or '2026-03-27 09:00'") from (
            error
        )


def _name(value: object) -> str:
    return "[name]" if isinstance(value, str) else "[inline]"


def _keys(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _ends(value: str) -> str:
    state, _, reason = value.partition("(")
    if state.strip() not in ENDS or (reason and (state.strip() != "stopped" or not reason.endswith(")"))):
        raise mistake(
            "is no way in which a sequence ends", "'finished', 'stopped', 'stopped(unsubscribed)' or 'inside'"
        )
    return f"{state.strip()}({reason.removesuffix(')').strip()})" if reason else state.strip()


_TIME = {"type": "string", "examples": ["4 days", "2026-03-27 09:00"]}
When: TypeAlias = Annotated[Moment, BeforeValidator(_moment), WithJsonSchema(_TIME)]
LocalTime: TypeAlias = Annotated[datetime, BeforeValidator(parse_local), WithJsonSchema({"type": "string"})]
Zone: TypeAlias = Annotated[str, BeforeValidator(parse_zone)]
SomeName: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class ExpectMeta(Checked):
    """One step that must be sent or done."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    #: Key of the step.
    step: Key = Field(examples=["first-steps"])
    #: When exactly: time since the start ("4 days", "1 day and 2 hours"), or the persona's own day and time.
    at: When | None = Field(None, examples=["4 days"])
    #: Not before this.
    after: When | None = Field(None, examples=["2 days"])
    #: Not after this.
    within: When | None = Field(None, examples=["5 days"])
    #: The subject as the persona reads it.
    subject: str = Field("", examples=["Where to begin"])
    #: Of a branch or split: the way that is taken.
    way: str = Field("", examples=["teams"])


class TrialMeta(Checked):
    """One test: a persona, and what is expected."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    #: What is true of the sequence, in a sentence.
    name: SomeName = Field(examples=["Who gives a company gets the sketch"])
    #: Who: a name in personas/, or what stands in such a file. Without it, somebody who gave only an address.
    persona: Annotated[
        Annotated[SomeName, Tag("[name]")] | Annotated[PersonaMeta, Tag("[inline]")], Discriminator(_name)
    ] = Field(PersonaMeta(), examples=["{fields: {first_name: Anna}}"])
    #: When the persona confirms, in the zone's time.
    start: LocalTime = Field(START, examples=["2026-03-27 09:00"])
    #: The persona's time zone.
    zone: Zone = Field("UTC", examples=["Europe/Berlin"])
    #: How far to look, unless the sequence ends before.
    days: Annotated[int, Field(ge=1, le=3650)] = Field(DAYS, examples=["30"])
    #: What happens besides the persona's own events.
    events: tuple[PersonaEvent, ...] = Field((), examples=["[{after: 2 days, event: downloaded}]"])
    #: Which way chance has for them, of each split that matters: key of the step, name of the way.
    ways: dict[Key, Key] = Field({}, examples=["{short-or-long: short}"])
    #: Steps that must be sent or done.
    expect: tuple[ExpectMeta, ...] = Field((), examples=["[{step: first-steps, at: 1 day}]"])
    #: Steps that must not be.
    never: Annotated[tuple[Key, ...], BeforeValidator(_keys), WithJsonSchema(_ONE_OR_MORE)] = Field(
        (), examples=["[last-mail]"]
    )
    #: How the sequence ends for the persona: finished, stopped, stopped(reason), or inside at the last day.
    ends: Annotated[str, AfterValidator(_ends)] = Field("", examples=["stopped(unsubscribed)"])

    @property
    def place(self) -> ZoneInfo:
        """The persona's time zone."""
        return ZoneInfo(self.zone)

    @property
    def begin(self) -> int:
        """The epoch second of the start."""
        return epoch(self.start, self.place)


def _asking(value: tuple[TrialMeta, ...]) -> tuple[TrialMeta, ...]:
    if not value:
        raise mistake("has no tests", "at least one")
    return value


class TrialsMeta(Checked):
    """sequences/<slug>/tests.yml."""

    #: The tests, each on its own.
    tests: Annotated[tuple[TrialMeta, ...], AfterValidator(_asking)] = Field(
        examples=["[{name: Everybody gets the first mail, expect: [{step: first-steps, at: 1 day}]}]"]
    )
