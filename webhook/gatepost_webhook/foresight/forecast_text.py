"""A forecast in words: for people, for a pull request, for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatepost_webhook.foresight.moments import said_after
from gatepost_webhook.leads.listing import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from collections.abc import Sequence as Row

    from gatepost_webhook.foresight.changes import Change
    from gatepost_webhook.foresight.effects import Effect
    from gatepost_webhook.foresight.forecast import Forecast

NOBODY = "Nobody is inside a sequence: whatever you publish concerns those who come."


@dataclass(frozen=True)
class Consequence:
    """Effects that differ in nothing but by how long, with everybody whom they concern."""

    kind: str
    step: str
    other: str
    #: The shortest and the longest time, in seconds.
    least: int
    most: int
    leads: Row[tuple[int, str]]

    @property
    def words(self) -> str:
        """What it means, as a sentence without its full stop."""
        count = len(self.leads)
        who = f"{count:,} {'lead' if count == 1 else 'leads'}"
        return _WORDS[self.kind](self, who, count == 1)


def _again(one: Consequence, who: str, single: bool) -> str:  # noqa: FBT001 - grammatical number
    return f"{who} {'gets' if single else 'get'} again what {'it has' if single else 'they have'} had as '{one.other}'"


def _verb(singular: str, plural: str) -> Callable[[Consequence, str, bool], str]:
    def words(one: Consequence, who: str, single: bool) -> str:  # noqa: FBT001 - grammatical number
        verb = singular if single else plural
        return f"{who} {verb.format(step=one.step, other=one.other, time=_times(one))}"

    return words


_WORDS: Mapping[str, Callable[[Consequence, str, bool], str]] = {
    "again": _again,
    "gets": _verb("gets '{step}'", "get '{step}'"),
    "misses": _verb("does not get '{step}' any more", "do not get '{step}' any more"),
    "past": _verb("does not get '{step}'", "do not get '{step}'"),
    "moves": _verb("goes on with '{step}' instead of '{other}'", "go on with '{step}' instead of '{other}'"),
    "later": _verb("waits {time} longer for '{step}'", "wait {time} longer for '{step}'"),
    "sooner": _verb("gets '{step}' {time} sooner", "get '{step}' {time} sooner"),
    "reads": _verb("reads the new text of '{step}'", "read the new text of '{step}'"),
    "ends": _verb("is finished at once: nothing follows", "are finished at once: nothing follows"),
    "reopens": _verb("who had finished goes on with '{step}'", "who had finished go on with '{step}'"),
    "same": _verb("goes on as before", "go on as before"),
}


def _times(one: Consequence) -> str:
    least, most = (said_after(seconds).removeprefix("T+") for seconds in (one.least, one.most))
    return most if one.least == one.most else f"{least} to {most}"


def consequences(effects: Mapping[Effect, list[tuple[int, str]]]) -> list[Consequence]:
    """Return effects, those of one kind and step as one, what concerns most leads first."""
    together: dict[tuple[str, str, str], list[Effect]] = {}
    for effect in effects:
        together.setdefault((effect.kind, effect.step, effect.other), []).append(effect)
    found = [
        Consequence(
            *names,
            min(one.seconds for one in alike),
            max(one.seconds for one in alike),
            [lead for one in alike for lead in effects[one]],
        )
        for names, alike in together.items()
    ]
    return sorted(found, key=lambda one: (one.kind == "same", -len(one.leads), one.kind, one.step))


def text(forecasts: Row[Forecast], *, shown: Callable[[str], str] | None = None) -> Iterator[str]:
    """Yield the lines for people; with `shown`, each consequence lists its leads, their addresses as that says."""
    if not forecasts:
        yield NOBODY
    for forecast in forecasts:
        yield f"{forecast.places.file}: {_inside(forecast)}"
        for line in _lines(forecast, shown):
            yield f"  {line}"


def markdown(forecasts: Row[Forecast], *, shown: Callable[[str], str] | None = None) -> Iterator[str]:
    """Yield the lines of a comment on a pull request."""
    yield "## What this means for the leads inside\n"
    if not forecasts:
        yield NOBODY
    for forecast in forecasts:
        yield f"### `{forecast.places.file}`\n\n{_inside(forecast).capitalize()}.\n"
        for line in _lines(forecast, shown):
            depth = (len(line) - len(line.lstrip())) // 2
            yield f"{'  ' * depth}- {_escaped(line.strip())}"
        yield ""
    refusals = [str(finding) for forecast in forecasts for finding in forecast.refusals]
    if refusals:
        yield "**Refused as it stands:**\n"
        yield from (f"- {_escaped(refusal)}" for refusal in refusals)


def data(forecasts: Iterable[Forecast], *, shown: Callable[[str], str] | None = None) -> list[dict[str, Any]]:
    """Return the forecasts for JSON; times are seconds."""
    return [
        {
            "sequence": forecast.sequence,
            "file": forecast.places.file,
            "leads": forecast.leads,
            "on_change": forecast.policy,
            "is_gone": forecast.is_gone,
            "changes": [
                {"kind": one.kind, "step": one.step, "what": one.words, "place": forecast.place(one)}
                for one in forecast.changes
            ],
            "consequences": [_consequence(one, shown) for one in consequences(forecast.effects.found)],
            "refusals": [
                {"file": one.file, "line": one.line, "column": one.column, "what": str(one)}
                for one in forecast.refusals
            ],
        }
        for forecast in forecasts
    ]


def masked(address: str) -> str:
    """Return an address in which nobody is recognised by a passer-by: a***@example.com."""
    local, _, domain = address.rpartition("@")
    return f"{visible(local[:1])}***@{visible(domain)}"


def _inside(forecast: Forecast) -> str:
    leads = (
        f"{forecast.leads:,} {'lead' if forecast.leads == 1 else 'leads'} inside" if forecast.leads else "nobody inside"
    )
    return f"{leads}, on_change: {forecast.policy}" if forecast.policy and forecast.changes else leads


def _lines(forecast: Forecast, shown: Callable[[str], str] | None) -> Iterator[str]:
    if forecast.is_gone:
        yield "the folder is gone: they wait, nobody is thrown out; put it back, or stop it with its last step"
        return
    if not forecast.changes and not forecast.effects.found:
        yield "nothing has changed"
        return
    left = consequences(forecast.effects.found)
    for change in forecast.changes:
        yield f"{change.words} ({forecast.place(change)})"
        own = [one for one in left if _belongs(one, change)]
        left = [one for one in left if one not in own]
        yield from _told(own, shown, "  ")
    yield from _told(left, shown, "")


def _belongs(one: Consequence, change: Change) -> bool:
    if one.kind == "same":
        return False
    return change.step in (one.step, one.other) if change.step else change.part == "on_change"


def _told(found: Iterable[Consequence], shown: Callable[[str], str] | None, indent: str) -> Iterator[str]:
    for one in found:
        yield f"{indent}{one.words}"
        if shown:
            yield from (f"{indent}  {shown(email)} (lead {lead})" for lead, email in one.leads)


def _consequence(one: Consequence, shown: Callable[[str], str] | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "kind": one.kind,
        "step": one.step,
        "other": one.other,
        "leads": len(one.leads),
        "what": one.words,
    }
    if one.most:
        told |= {"seconds_least": one.least, "seconds_most": one.most}
    return told | ({"who": [{"lead": lead, "email": shown(email)} for lead, email in one.leads]} if shown else {})


def _escaped(line: str) -> str:
    return line.replace("*", r"\*").replace("_", r"\_").replace("<", "&lt;")
