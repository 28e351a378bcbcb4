"""The formats of sequence.yml and of a message's front matter."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints

from gatepost_site.documents import Checked, mistake
from gatepost_webhook.followup.conditions import Condition, parse_condition
from gatepost_webhook.followup.durations import DAY, parse_duration

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
Duration = Annotated[int, BeforeValidator(parse_duration)]
OneCondition = Annotated[Condition, BeforeValidator(parse_condition)]


class StepMeta(Checked):
    """One entry of `steps` in sequence.yml."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    #: Names the step for ever: whoever was sent this key is not sent it again, whatever the file says then.
    key: Key = Field(examples=["first-steps"])
    #: Seconds since the step before, or since the confirmation.
    wait: Duration = Field(examples=["3 days"])
    message: str = Field(min_length=1, max_length=200, examples=["01-first-steps.md"])
    only_if: Annotated[tuple[OneCondition, ...], BeforeValidator(_conditions)] = Field((), examples=["downloaded"])
    max_late: Duration = Field(MAX_LATE, examples=["3 days"])


def _steps(value: tuple[StepMeta, ...]) -> tuple[StepMeta, ...]:
    if not 1 <= len(value) <= MAX_STEPS:
        raise mistake(f"has {len(value)} steps", f"1 to {MAX_STEPS}")
    return value


class SequenceMeta(Checked):
    """sequences/<slug>/sequence.yml."""

    title: OneLine = Field(examples=["After the checklist"])
    #: What stands in a message for an answer that was not given.
    fallbacks: dict[str, Annotated[str, StringConstraints(max_length=200)]] = Field(
        {}, examples=["{first_name: there}"]
    )
    steps: Annotated[tuple[StepMeta, ...], AfterValidator(_steps)] = Field(
        examples=["[{key: first-steps, wait: 1 day, message: 01-first-steps.md}]"]
    )


class MessageMeta(Checked):
    """The front matter of a message."""

    subject: OneLine = Field(examples=["Where to begin"])
    #: What a mail program shows beside the subject.
    preheader: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_subject)] = (
        Field("", examples=["One table tells you which chapter to open first."])
    )
