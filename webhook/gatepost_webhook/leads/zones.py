"""Time zones: those that people may choose, and what answers of forms say about somebody's."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from gatepost_webhook.leads.folding import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gatepost_site.magnets import Magnet

#: Parts of the world by which zones are named; the rest are old names, and offsets without a summer.
_AREAS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def zones_by_area() -> dict[str, tuple[str, ...]]:
    """Return part of the world -> the IANA names of its zones, in order."""
    names = sorted(available_timezones())
    return {area: tuple(name for name in names if name.startswith(f"{area}/")) for area in _AREAS}


def is_zone(name: str) -> bool:
    """Tell whether a name is one of a time zone."""
    return name in available_timezones()


@dataclass(frozen=True)
class AnsweredZones:
    """What the answers to some fields of forms say about time zones."""

    #: Field -> folded answer -> zone.
    by_field: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, magnets: Iterable[Magnet]) -> AnsweredZones:
        """Gather what the forms of magnets say, in every language."""
        found: dict[str, dict[str, str]] = {}
        for version in (version for magnet in magnets for version in magnet.versions()):
            for asked in version.meta.fields:
                for answer, zone in asked.zones.items():
                    found.setdefault(asked.name, {})[folded(answer)] = zone
        return cls(found)

    def zone(self, answers: Mapping[str, str]) -> str:
        """Return the zone that somebody's answers say, "" when they say none."""
        said = (zones.get(folded(answers.get(name, "")), "") for name, zones in self.by_field.items())
        return next(filter(None, said), "")
