"""Conditions of a step: a closed grammar of what may be asked about a lead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_site.documents import mistake

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIELD = re.compile(r"""([a-z][a-z0-9_]*) is (?:(not set|set)|"([^"]*)"|'([^']*)')""")
_GRAMMAR = "one of 'downloaded', 'not downloaded', 'company is set', 'company is not set', 'company is \"Bakery\"'"


@dataclass(frozen=True)
class Condition:
    """Something that is true of a lead or not."""

    #: Name of the form field asked about; "" asks whether the file was downloaded.
    field: str
    #: The answer wanted; None asks only whether there is one.
    value: str | None = None
    negated: bool = False

    def holds(self, fields: Mapping[str, str], *, downloaded: bool) -> bool:
        """Return whether it is true of a lead with these answers."""
        if not self.field:
            return downloaded is not self.negated
        answer = fields.get(self.field, "").strip()
        if self.value is None:
            return bool(answer) is not self.negated
        return answer.casefold() == self.value.casefold()

    def __str__(self) -> str:
        if not self.field:
            return "not downloaded" if self.negated else "downloaded"
        if self.value is None:
            return f"{self.field} is not set" if self.negated else f"{self.field} is set"
        return f'{self.field} is "{self.value}"'

    @property
    def unmet(self) -> str:
        """The sentence that is true when the condition is not: the reason of a skipped step."""
        if self.value is not None:
            return f'{self.field} is not "{self.value}"'
        return str(Condition(self.field, negated=not self.negated))


def parse_condition(value: object) -> Condition:
    """Return the condition that a text states. Raises a validator's mistake."""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if text in ("downloaded", "not downloaded"):
        return Condition("", negated=text == "not downloaded")
    found = _FIELD.fullmatch(text)
    if not found:
        raise mistake("is not a condition", _GRAMMAR)
    name, being, double, single = found.groups()
    if being:
        return Condition(name, negated=being == "not set")
    return Condition(name, double if double is not None else single)
