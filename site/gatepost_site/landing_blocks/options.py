"""The options of each landing block, as a file format like any other: strict, with an example for every key."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from gatepost_site.documents import Checked, mistake

if TYPE_CHECKING:
    from collections.abc import Mapping


def _moment(value: object) -> datetime | date | None:
    """Take a day, or a day and a time; YAML itself knows only some spellings of either."""
    if value is None or isinstance(value, datetime | date):
        return value
    try:
        text = str(value)
        return datetime.fromisoformat(text) if ":" in text else date.fromisoformat(text)
    except ValueError:
        raise mistake("is neither a day nor a day and a time", "'2027-03-04 17:00'") from None


def _zone(value: str) -> str:
    try:
        return value and ZoneInfo(value).key
    except (KeyError, ValueError, OSError):
        raise mistake("is not the name of a time zone", "'Europe/Berlin'") from None


class BlockOptions(Checked):
    """What every block takes."""

    #: Attributes of the HTML element, as all blocks of the Markdown extension take them.
    attrs: dict[str, Any] = Field({}, examples=["{class: wide}"])


class ContentsOptions(BlockOptions):
    """`/// contents`."""

    sections: bool = Field(default=False, examples=["true"])


class AuthorOptions(BlockOptions):
    """`/// author`."""

    #: "" takes the magnet's.
    name: str = Field("", max_length=200, examples=["Your name"])
    role: str = Field("", max_length=200, examples=["Editor"])
    #: Below the folder of pages; "" shows none.
    photo: str = Field("", examples=["assets/portrait.jpg"])


class PreviewOptions(BlockOptions):
    """`/// preview`."""

    pages: int = Field(3, ge=1, le=12, examples=["3"])


class CountdownOptions(BlockOptions):
    """`/// countdown`."""

    #: None takes the start of the magnet's webinar.
    to: Annotated[datetime | date | None, BeforeValidator(_moment)] = Field(None, examples=["2027-03-04 17:00"])
    zone: Annotated[str, AfterValidator(_zone)] = Field("", examples=["Europe/Berlin"])

    @model_validator(mode="after")
    def _time_has_a_zone(self) -> CountdownOptions:
        if isinstance(self.to, datetime) and not self.zone:
            raise mistake("a time needs its 'zone'", "'zone: Europe/Berlin'")
        return self


#: Name of a block -> its options, in the order in which a landing page might use them.
OPTIONS: Mapping[str, type[BlockOptions]] = {
    "benefits": BlockOptions,
    "contents": ContentsOptions,
    "preview": PreviewOptions,
    "author": AuthorOptions,
    "testimonials": BlockOptions,
    "faq": BlockOptions,
    "countdown": CountdownOptions,
    "form": BlockOptions,
}
