"""The formats of what holds for a whole sequence: `enter`, `leave` and `window` in sequence.yml."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    InstanceOf,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from gatepost_site.documents import Checked, mistake
from gatepost_webhook.followup.durations import parse_duration
from gatepost_webhook.followup.rules import Trigger
from gatepost_webhook.followup.waits import DAYS
from gatepost_webhook.followup.windows import MIDNIGHT
from gatepost_webhook.leads.conditions import Condition, parse_condition

_HOURS = re.compile(r"(\d\d):(\d\d) ?- ?(\d\d):(\d\d)")
_MINUTES = 60
_AGAIN = re.compile(r"after (.+)")

_TEXT = WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 2000})
OneCondition = Annotated[InstanceOf[Condition], BeforeValidator(parse_condition), _TEXT]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Seconds = Annotated[
    int,
    BeforeValidator(parse_duration),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,4} (minute|hour|day|week)s?$"}),
]


def _day(value: object) -> str:
    text = value.isoformat() if type(value) is date else str(value)
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise mistake("is not a day", "a day as in '2026-12-24'") from None


def _weekday(value: object) -> int:
    text = str(value).strip().lower()
    if text not in DAYS:
        raise mistake("is not a day of the week", f"one of {', '.join(DAYS)}")
    return DAYS.index(text)


def _hours(value: object) -> tuple[int, int]:
    found = _HOURS.fullmatch(str(value).strip())
    opens, closes = (int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])) if found else (0, 0)
    if not found or int(found[2]) >= _MINUTES or int(found[4]) >= _MINUTES or not opens < closes <= MIDNIGHT:
        raise mistake("is not a part of a day", "hours from and to, as in '09:00-17:00'; '24:00' is midnight")
    return opens, closes


def _again(value: object) -> int | None:
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if text in {"never", "always"}:
        return 0 if text == "always" else None
    if found := _AGAIN.fullmatch(text):
        return parse_duration(found[1])
    raise mistake("does not say when", "'never', 'always' or 'after 90 days'")


Day = Annotated[str, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Weekday = Annotated[int, BeforeValidator(_weekday), WithJsonSchema({"enum": list(DAYS)})]
Hours = Annotated[
    tuple[int, int], BeforeValidator(_hours), WithJsonSchema({"type": "string", "pattern": r"^\d\d:\d\d-\d\d:\d\d$"})
]
Again = Annotated[
    int | None,
    BeforeValidator(_again),
    WithJsonSchema({"type": "string", "pattern": r"^(never|always|after \d{1,4} (minute|hour|day|week)s?)$"}),
]


class _TriggerMeta(Checked):
    """One thing that happens, or is true."""

    @model_validator(mode="after")
    def _one_thing(self) -> _TriggerMeta:
        words = [name for name in type(self).model_fields if name not in ("before", "after")]
        said = [name for name in words if getattr(self, name) is not None]
        if len(said) != 1:
            raise mistake("names two things" if said else "names nothing", f"one of {', '.join(words)}")
        return self

    @property
    def trigger(self) -> Trigger:
        """What the program knows of it."""
        said: dict[str, Any] = {name: value for name in type(self).model_fields if (value := getattr(self, name))}
        kind = next(iter(said))
        match kind:
            case "segment":
                return Trigger("when", condition=parse_condition(f"in segment {said[kind]}"))
            case "score":
                return Trigger("score", str(said[kind]))
            case "when":
                return Trigger("when", condition=said[kind])
        return Trigger(kind, said[kind], said.get("after", 0) - said.get("before", 0))


class EnterMeta(_TriggerMeta):
    """One entry of `enter`: what brings a lead in. Exactly one thing."""

    #: The lead confirmed a request for this magnet.
    magnet: Name | None = Field(None, examples=["descaling-checklist"])
    #: The lead is given this tag.
    tag: Name | None = Field(None, examples=["reader"])
    #: The lead opens this page or link.
    visited: Name | None = Field(None, examples=["/prices/"])
    #: The lead has finished this sequence.
    finished: Name | None = Field(None, examples=["descaling-tips"])
    #: The lead has a seat in the webinar of this magnet; with `before` or `after`.
    webinar: Name | None = Field(None, examples=["live-demo"])
    #: How long before the webinar begins.
    before: Seconds | None = Field(None, examples=["2 days"])
    #: How long after the webinar began.
    after: Seconds | None = Field(None, examples=["1 day"])
    #: The lead comes into this segment.
    segment: Name | None = Field(None, examples=["engaged"])
    #: The lead's points pass this number, upwards.
    score: Annotated[int, Field(ge=1)] | None = Field(None, examples=["50"])
    #: A condition becomes true of the lead.
    when: OneCondition | None = Field(None, examples=['company is "Bakery"'])

    @model_validator(mode="after")
    def _beside_a_webinar(self) -> EnterMeta:
        times = [name for name in ("before", "after") if getattr(self, name) is not None]
        if times and self.webinar is None:
            raise mistake(f"says '{times[0]}' of no webinar", "'webinar' with the slug of its magnet")
        if self.webinar is not None and len(times) != 1:
            raise mistake("does not say when", "'before' or 'after', as in '{webinar: live-demo, before: 2 days}'")
        return self


class LeaveMeta(_TriggerMeta):
    """One entry of `leave`: what ends the sequence for a lead. Exactly one thing."""

    #: The lead downloads this magnet.
    downloaded: Name | None = Field(None, examples=["price-list"])
    #: The lead is given this tag.
    tag: Name | None = Field(None, examples=["customer"])
    #: The lead comes to this stage.
    stage: Name | None = Field(None, examples=["won"])
    #: The lead opens this page or link.
    visited: Name | None = Field(None, examples=["/thanks/"])
    #: The day on which it ends for everybody.
    date: Day | None = Field(None, examples=["2026-12-24"])
    #: The lead is in this segment.
    segment: Name | None = Field(None, examples=["customers"])
    #: A condition is true of the lead.
    when: OneCondition | None = Field(None, examples=['tagged "customer"'])


def _some_days(value: tuple[int, ...]) -> tuple[int, ...]:
    if not value:
        raise mistake("never opens", "one day of the week at least")
    return value


class WindowMeta(Checked):
    """`window`: when mails may go, on the lead's clock."""

    #: Days of the week; every day when left out.
    days: Annotated[tuple[Weekday, ...], AfterValidator(_some_days)] = Field(
        (), examples=["[monday, tuesday, wednesday, thursday, friday]"]
    )
    #: From and to; the whole day when left out.
    hours: Hours | None = Field(None, examples=["09:00-17:00"])
    #: Days on which nothing goes; or a file in sequences/ that lists them.
    holidays: tuple[Day, ...] | Annotated[str, StringConstraints(pattern=r"^[\w.-]+\.yml$")] = Field(
        (), examples=["holidays.yml"]
    )
