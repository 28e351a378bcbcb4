"""sequences/sending.yml: how fast mail may go out, for each channel."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from gatepost_site.documents import Checked, mistake, read_yaml
from gatepost_webhook.followup.durations import DAY, HOUR, MINUTE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "sending.yml"
_UNITS = {"second": 1, "minute": MINUTE, "hour": HOUR, "day": DAY}
_RATE = re.compile(r"([1-9]\d{0,8}) per (second|minute|hour|day)")
_DOMAIN = re.compile(r"\*|[a-z0-9-]+(\.[a-z0-9-]+)+")
#: Stands for every domain that is not named.
OTHERS = "*"


@dataclass(frozen=True)
class Rate:
    """At most so many mails in any so many seconds."""

    mails: int
    seconds: int

    def __str__(self) -> str:
        unit = next(name for name, seconds in _UNITS.items() if seconds == self.seconds)
        return f"{self.mails} per {unit}"


def parse_rate(value: object) -> Rate:
    """Return the rate of a text such as "10 per second". Raises a validator's mistake."""
    found = _RATE.fullmatch(" ".join(value.split())) if isinstance(value, str) else None
    if not found:
        raise mistake("is not a rate", "a number per second, minute, hour or day, as in '10 per second'")
    return Rate(int(found[1]), _UNITS[found[2]])


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _named(value: Mapping[str, Any]) -> Mapping[str, Any]:
    for name in value:
        if not _DOMAIN.fullmatch(name):
            raise mistake(f"'{name}' is not a domain", "lower case, as in gmail.com; '*' is all others")
    return value


_RATE_SCHEMA = {"type": "string", "pattern": r"^[1-9]\d* per (second|minute|hour|day)$"}
Rates = Annotated[
    tuple[Annotated[Rate, BeforeValidator(parse_rate), WithJsonSchema(_RATE_SCHEMA)], ...],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [_RATE_SCHEMA, {"type": "array", "items": _RATE_SCHEMA}]}),
]


class DomainPolicy(Checked):
    """What one domain of recipients is sent."""

    #: Conversations about its mails at the same time, over all workers.
    connections: int | None = Field(None, ge=1, le=64, examples=["2"])
    #: Its own rates, below the channel's.
    at_most: Rates = Field((), examples=["20 per minute"])


class WarmUp(Checked):
    """A new sender's first days: relays trust those who begin small."""

    #: The first day (UTC).
    start: date = Field(examples=["2026-12-01"])
    #: Mails of the first day.
    first_day: int = Field(ge=1, examples=["50"])
    #: By how much each day's number is larger than the last one's.
    growth: float = Field(1.5, gt=1, le=10, examples=["1.5"])
    #: The numbers of the days after the first, instead of `growth`.
    then: tuple[Annotated[int, Field(ge=1)], ...] = Field((), examples=["[100, 200, 400]"])

    def limit_at(self, now: int) -> int | None:
        """Return how many mails a day may go out at an epoch second; None once a list of days is over."""
        begin = int(datetime.combine(self.start, time(), UTC).timestamp())
        days = max(0, (now - begin) // DAY)
        if not self.then:
            # No more than any daily limit can say, so that the power stays small.
            return min(10**9, int(self.first_day * min(1e9, self.growth ** min(days, 300))))
        numbers = (self.first_day, *self.then)
        return numbers[days] if days < len(numbers) else None


class ChannelPolicy(Checked):
    """How fast mail goes out through one channel."""

    #: Rates that are never exceeded, counted over all workers and restarts.
    at_most: Rates = Field((), examples=["[10 per second, 5000 per day]"])
    #: Percent of the hourly and daily rates that is kept for confirmations and files.
    kept_for_requests: int = Field(20, ge=0, le=90, examples=["20"])
    #: A new sender's first days, up to the daily rate.
    warm_up: WarmUp | None = Field(None, examples=["{start: 2026-12-01, first_day: 50}"])
    #: By domain of recipients; '*' is every other one.
    domains: Annotated[dict[str, DomainPolicy], AfterValidator(_named)] = Field(
        {}, examples=["{gmail.com: {connections: 2}}"]
    )

    @model_validator(mode="after")
    def _ends(self) -> ChannelPolicy:
        if self.warm_up and not any(rate.seconds == DAY for rate in self.at_most):
            raise mistake("warm_up has no daily rate at which it ends", "at_most, as in: at_most: 5000 per day")
        return self

    def domain(self, name: str) -> DomainPolicy | None:
        """Return what is said of a domain."""
        return self.domains.get(name) or self.domains.get(OTHERS)

    def rates_at(self, now: int) -> list[Rate]:
        """Return the rates in force at an epoch second."""
        early = self.warm_up.limit_at(now) if self.warm_up else None
        if early is None:
            return list(self.at_most)
        return [Rate(min(rate.mails, early), DAY) if rate.seconds == DAY else rate for rate in self.at_most]


class SendingMeta(Checked):
    """sequences/sending.yml."""

    #: For mail through the relay.
    smtp: ChannelPolicy = Field(ChannelPolicy(), examples=["{at_most: 10 per second}"])
    #: For the captured mailbox: to rehearse a policy.
    mailbox: ChannelPolicy = Field(ChannelPolicy(), examples=["{at_most: 10 per second}"])

    def channel(self, name: str) -> ChannelPolicy:
        """Return a channel's policy; without one, nothing holds mails up."""
        found: ChannelPolicy = getattr(self, name, ChannelPolicy())
        return found


def read_sending(folder: Path, *, root: Path) -> SendingMeta:
    """Read the policy in a sequences folder; without a file, nothing is limited. Raises ContentError."""
    path = folder / FILE
    return read_yaml(path, SendingMeta, root=root) if path.is_file() else SendingMeta()
