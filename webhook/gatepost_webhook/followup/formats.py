"""The formats of sequence.yml and of a message's front matter."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, InstanceOf, StringConstraints, WithJsonSchema

from gatepost_site.documents import Checked, mistake
from gatepost_webhook.followup.durations import DAY, parse_duration
from gatepost_webhook.leads.conditions import Condition, parse_condition

#: Seconds after which a step that could not be sent in time is passed over, unless it says otherwise.
MAX_LATE = 3 * DAY
MAX_STEPS = 100


def _subject(value: str) -> str:
    if len(value.splitlines()) > 1 or any(ord(char) < 32 for char in value):
        raise mistake("has a line break", "one line")
    if value.lower().startswith(("re:", "fwd:", "fw:")):
        raise mistake("begins like a reply, which it is not", "what the mail is about")
    return value


def _key(value: object) -> object:
    if isinstance(value, str) and any(char.isupper() or char in " _" for char in value):
        raise mistake("is not a key", f"'{value.lower().replace(' ', '-').replace('_', '-')}'")
    return value


def _conditions(value: object) -> object:
    return value if isinstance(value, list) else [value]


OneLine = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_subject)
]
Key = Annotated[
    str, BeforeValidator(_key), StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", min_length=1, max_length=60)
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


class StepMeta(Checked):
    """One entry of `steps` in sequence.yml."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    #: Names the step for ever: whoever was sent this key is not sent it again, whatever the file says then.
    key: Key = Field(examples=["first-steps"])
    #: Time since the step before, or since the confirmation; kept in seconds.
    wait: Duration = Field(examples=["3 days"])
    #: The file of the message, beside sequence.yml.
    message: str = Field(min_length=1, max_length=200, examples=["01-first-steps.md"])
    #: What must be true of the reader when the message is due; of several, all.
    only_if: Conditions = Field((), examples=["downloaded"])
    #: How late the message may still go out; after that the step is passed over. Kept in seconds.
    max_late: Duration = Field(MAX_LATE, examples=["3 days"])


def _steps(value: tuple[StepMeta, ...]) -> tuple[StepMeta, ...]:
    if not 1 <= len(value) <= MAX_STEPS:
        raise mistake(f"has {len(value)} steps", f"1 to {MAX_STEPS}")
    return value


class SequenceMeta(Checked):
    """sequences/<slug>/sequence.yml."""

    #: What owners see the sequence called.
    title: OneLine = Field(examples=["After the checklist"])
    #: What stands in a message for an answer that was not given.
    fallbacks: dict[str, Annotated[str, StringConstraints(max_length=200)]] = Field(
        {}, examples=["{first_name: there}"]
    )
    #: The messages, in order.
    steps: Annotated[tuple[StepMeta, ...], AfterValidator(_steps)] = Field(
        examples=["[{key: first-steps, wait: 1 day, message: 01-first-steps.md}]"]
    )


class MessageMeta(Checked):
    """The front matter of a message."""

    #: The subject of the mail.
    subject: OneLine = Field(examples=["Where to begin"])
    #: What a mail program shows beside the subject.
    preheader: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_subject)] = (
        Field("", examples=["One table tells you which chapter to open first."])
    )
