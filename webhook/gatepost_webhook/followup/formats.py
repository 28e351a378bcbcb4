"""The formats of sequence.yml and of a message's front matter."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from gatepost_site.documents import Checked, mistake
from gatepost_site.words.tags import is_language, normal
from gatepost_webhook.followup.durations import DAY, parse_duration
from gatepost_webhook.followup.rule_formats import Again, EnterMeta, LeaveMeta, WindowMeta  # noqa: TC001 - pydantic reads it
from gatepost_webhook.followup.rules import GAP, OnChange
from gatepost_webhook.followup.subjects import WHOLE, evenly
from gatepost_webhook.followup.waits import UntilDate, UntilTime, parse_wait
from gatepost_webhook.leads.conditions import Condition, parse_condition

#: Seconds after which a step that could not be sent in time is passed over, unless it says otherwise.
MAX_LATE = 3 * DAY
#: Seconds for which a mail of unknown fate counts as under way, before the lead gets another.
HELD_SECONDS = DAY
MAX_STEPS = 100
#: Subjects of one message that compete.
MAX_SUBJECTS = 5
#: The way of a branch that is taken when no other one is open.
OTHERWISE = "otherwise"


def _subject(value: str) -> str:
    if len(value.splitlines()) > 1 or any(ord(char) < 32 for char in value):
        raise mistake("has a line break", "one line")
    if value.lower().startswith(("re:", "fwd:", "fw:")):
        raise mistake("begins like a reply, which it is not", "what the mail is about")
    return value


def _language(value: str) -> str:
    if value and not is_language(value):
        raise mistake("is not a language", "its tag, as in 'en' or 'pt-BR'")
    return normal(value)


def _key(value: object) -> object:
    if isinstance(value, str) and any(char.isupper() or char in " _" for char in value):
        raise mistake("is not a key", f"'{value.lower().replace(' ', '-').replace('_', '-')}'")
    return value


def _keys(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _conditions(value: object) -> object:
    return value if isinstance(value, list) else [value]


OneLine = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_subject)
]
Key = Annotated[
    str, BeforeValidator(_key), StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", min_length=1, max_length=60)
]
_KEY = {"type": "string", "pattern": r"^[a-z0-9]+(-[a-z0-9]+)*$", "minLength": 1, "maxLength": 60}
Keys = Annotated[
    tuple[Key, ...],
    BeforeValidator(_keys),
    WithJsonSchema({"anyOf": [_KEY, {"type": "array", "items": _KEY}]}),
]
# What editors are told to expect is what people write, not what it is read into.
_CONDITION = {"type": "string", "minLength": 1, "maxLength": 2000}
Duration = Annotated[
    int,
    BeforeValidator(parse_duration),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,4} (minute|hour|day|week)s?$"}),
]
OneCondition = Annotated[InstanceOf[Condition], BeforeValidator(parse_condition), WithJsonSchema(_CONDITION)]
Conditions = Annotated[
    tuple[OneCondition, ...],
    BeforeValidator(_conditions),
    WithJsonSchema({"anyOf": [_CONDITION, {"type": "array", "items": _CONDITION}]}),
]


Wait = Annotated[
    int | InstanceOf[UntilTime] | InstanceOf[UntilDate],
    BeforeValidator(parse_wait),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,4} (minute|hour|day|week)s?$|^until .*\d\d:\d\d$"}),
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), AfterValidator(_subject)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class WayMeta(Checked):
    """One way of a `branch` or a `split`."""

    #: What must be true of who takes it, in a branch; of several, all.
    when: Conditions = Field((), examples=["company is set"])
    #: Of a hundred leads how many take it, in a split.
    percent: int = Field(0, ge=0, le=100, examples=["50"])
    #: What happens on this way, in order; nothing when it is left out.
    steps: tuple[StepMeta, ...] = Field((), examples=["[{key: for-teams, wait: 1 day, message: 02-for-teams.md}]"])


Ways = Annotated[dict[Key, WayMeta], Field(min_length=1, max_length=20)]


class StepMeta(Checked):
    """One entry of `steps` in sequence.yml."""

    #: Names the step for ever: whoever was sent this key is not sent it again, whatever the file says then.
    key: Key = Field(examples=["first-steps"])
    #: Time since the step before, or since the confirmation, or the moment to wait for.
    wait: Wait = Field(0, examples=["3 days"])
    #: What must be true of the reader when the step is due; of several, all.
    only_if: Conditions = Field((), examples=["downloaded"])
    #: How late the message may still go out; after that the step is passed over. Kept in seconds.
    max_late: Duration = Field(MAX_LATE, examples=["3 days"])

    #: The key that the step had before; of one that was renamed again, every key that it had.
    renamed_from: Keys = Field((), max_length=20, examples=["first-mail"])

    #: The file of the message to send, beside sequence.yml.
    message: str | None = Field(None, min_length=1, max_length=200, examples=["01-first-steps.md"])
    #: Ways with conditions, of which each lead takes the first that is open to it.
    branch: Ways | None = Field(None, examples=["{teams: {when: company is set, steps: [...]}}"])
    #: Ways with percentages, between which chance decides, once for each lead.
    split: Ways | None = Field(None, examples=["{short: {percent: 50}, long: {percent: 50, steps: [...]}}"])
    #: A tag to put on the lead.
    tag: Name | None = Field(None, examples=["reader"])
    #: A tag to take off the lead.
    untag: Name | None = Field(None, examples=["reader"])
    #: How far the lead has come.
    stage: Name | None = Field(None, examples=["talking"])
    #: A note for the owner, kept with the lead.
    note: Text | None = Field(None, examples=["Read all five mails."])
    #: What to tell the owner by mail.
    notify: Text | None = Field(None, examples=["Worth a call."])
    #: The name of an address in the settings, which is told of the lead.
    webhook: Key | None = Field(None, examples=["crm"])
    #: A sequence in which the lead is enrolled.
    start: Key | None = Field(None, examples=["monthly-notes"])
    #: A sequence out of which the lead is taken.
    stop: Key | None = Field(None, examples=["monthly-notes"])

    @property
    def kind(self) -> str:
        """What the step does, "" for a wait or a condition alone."""
        return next((kind for kind in KINDS if getattr(self, kind) is not None), "")

    @property
    def ways(self) -> dict[str, WayMeta]:
        """The ways of a branch or split by name, none of another step."""
        return self.branch or self.split or {}

    @model_validator(mode="after")
    def _one_kind(self) -> StepMeta:
        kinds = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(kinds) > 1:
            raise mistake(f"does two things, {kinds[0]} and {kinds[1]}", "two steps with a key each")
        if not kinds and not self.wait and not self.only_if:
            raise mistake("does nothing", f"one of {', '.join(KINDS)}, or 'wait'")
        return self


#: What every kind of step may have.
COMMON = frozenset({"key", "wait", "only_if", "max_late", "renamed_from"})
#: The words that say what a step does: exactly one of them, or none in a step that only waits.
KINDS = tuple(name for name in StepMeta.model_fields if name not in COMMON)


def _steps(value: tuple[StepMeta, ...]) -> tuple[StepMeta, ...]:
    count = _count(value)
    if not 1 <= count <= MAX_STEPS:
        raise mistake(f"has {count} steps", f"1 to {MAX_STEPS}")
    return value


def _count(steps: tuple[StepMeta, ...]) -> int:
    return len(steps) + sum(_count(way.steps) for step in steps for way in step.ways.values())


class SequenceMeta(Checked):
    """sequences/<slug>/sequence.yml."""

    #: What owners see the sequence called.
    title: OneLine = Field(examples=["After the checklist"])
    #: How long a mail of unknown fate counts as not delivered: the next step waits for it. Kept in seconds.
    assume_delivered_after: Duration = Field(HELD_SECONDS, examples=["1 day"])
    #: Language of the messages (BCP 47) whose name says none; the site's when left out.
    language: Annotated[str, AfterValidator(_language)] = Field("", examples=["en"])
    #: What it is about, of sequences/topics.yml: readers can leave a topic on their preferences page.
    topic: Key | Literal[""] = Field("", examples=["nurturing"])
    #: What stands in a message for an answer that was not given.
    fallbacks: dict[str, Annotated[str, StringConstraints(max_length=200)]] = Field(
        {}, examples=["{first_name: there}"]
    )
    #: What brings leads in, besides a magnet that names the sequence.
    enter: tuple[EnterMeta, ...] = Field((), max_length=20, examples=["[{tag: reader}]"])
    #: When somebody who was in it may come in again.
    again: Again = Field(None, examples=["after 90 days"])
    #: What ends it early.
    leave: tuple[LeaveMeta, ...] = Field((), max_length=20, examples=["[{tag: customer}]"])
    #: When its mails may go.
    window: WindowMeta | None = Field(None, examples=["{days: [monday, tuesday], hours: 09:00-17:00}"])
    #: Mails that a lead may get in a day, of all sequences together; 0 is any number.
    at_most: int = Field(0, ge=0, le=100, examples=["1"])
    #: Time since the last mail of any sequence; kept in seconds.
    gap: Duration = Field(GAP, examples=["20 hours"])
    #: Of several mails that are due to a lead at once, that of the highest number goes first.
    priority: int = Field(0, ge=-100, le=100, examples=["10"])
    #: What an edit means for people inside.
    on_change: OnChange = Field("move-at-next-step", examples=["finish-old"])
    #: Whether who has finished gets steps that are added later.
    reopen: bool = Field(default=False, examples=["true"])
    #: What happens, in order.
    steps: Annotated[tuple[StepMeta, ...], AfterValidator(_steps)] = Field(
        examples=["[{key: first-steps, wait: 1 day, message: 01-first-steps.md}]"]
    )


class SubjectMeta(Checked):
    """One of several subjects of a message."""

    #: What exports call it.
    name: Key = Field(examples=["question"])
    #: The subject of the mail.
    subject: OneLine = Field(examples=["Where to begin"])
    #: Of a hundred readers, how many get it.
    weight: int = Field(ge=1, le=99, examples=["50"])


def _listed(value: object) -> object:
    """Bring every way of writing several subjects into one: a list of names, subjects and weights."""
    if isinstance(value, dict):
        value = [{"name": name, **(one if isinstance(one, dict) else {"subject": one})} for name, one in value.items()]
    if not isinstance(value, list):
        return value
    if len(value) < 2:
        raise mistake("has one subject, which competes with nobody", "'subject: ...', or a second one below it")
    rows = [
        {"name": chr(ord("a") + index), **(one if isinstance(one, dict) else {"subject": one})}
        for index, one in enumerate(value[:MAX_SUBJECTS])
    ]
    if len(value) > MAX_SUBJECTS:
        raise mistake(f"has {len(value)} subjects", f"at most {MAX_SUBJECTS}")
    if not any("weight" in row for row in rows):
        rows = [{**row, "weight": weight} for row, weight in zip(rows, evenly(len(rows)), strict=True)]
    return rows


def _competing(value: tuple[SubjectMeta, ...]) -> tuple[SubjectMeta, ...]:
    total = sum(one.weight for one in value)
    if value and total != WHOLE:
        found = " + ".join(str(one.weight) for one in value)
        raise mistake(f"has weights of {total} in all ({found})", f"weights of {WHOLE} in all, or none")
    if len({one.name for one in value}) < len(value):
        raise mistake("has two subjects with one name", "another name")
    return value


_SUBJECT = {"anyOf": [{"type": "string"}, {"type": "object", "required": ["subject"]}]}
Subjects = Annotated[
    tuple[SubjectMeta, ...],
    BeforeValidator(_listed),
    AfterValidator(_competing),
    WithJsonSchema(
        {"anyOf": [{"type": "object", "additionalProperties": _SUBJECT}, {"type": "array", "items": _SUBJECT}]}
    ),
]


class MessageMeta(Checked):
    """The front matter of a message."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": ["subject"]}, {"required": ["subjects"]}]})

    #: The subject of the mail.
    subject: OneLine = Field("", examples=["Where to begin"])
    #: Several subjects instead, of which each reader gets one.
    subjects: Subjects = Field((), examples=["{plain: Where to begin, question: Where would you begin?}"])
    #: What a mail program shows beside the subject.
    preheader: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_subject)] = (
        Field("", examples=["One table tells you which chapter to open first."])
    )
    #: What stands in this message for an answer that was not given; it goes before the sequence's.
    fallbacks: dict[str, Annotated[str, StringConstraints(max_length=200)]] = Field(
        {}, examples=["{first_name: there}"]
    )

    @model_validator(mode="after")
    def _has_a_subject(self) -> Self:
        if not (self.subject or self.subjects):
            raise mistake("key 'subject' is missing", "'subject: Where to begin'")
        if self.subject and self.subjects:
            raise mistake("'subject' and 'subjects' stand side by side", "one of them")
        return self
