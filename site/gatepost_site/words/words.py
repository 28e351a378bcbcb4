"""The words of one language: texts by key, with their placeholders filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from babel.dates import format_date
from babel.numbers import format_decimal
from babel.units import format_unit
from markupsafe import Markup, escape

from gatepost_site.words.tags import direction_of, locale_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from babel import Locale

#: A text, or one text for each of CLDR's plural categories that the language has, such as "one" and "other".
Text: TypeAlias = str | Mapping[str, str]

#: What can begin something in Markdown.
_MARKDOWN = re.compile(r"[\\`*_\[\]()#+\-.!>]")
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


class Words:
    """Everything that Gatepost says in one language. A text is data: it is never taken for HTML or Markdown."""

    def __init__(self, language: str, texts: Mapping[str, Text]) -> None:
        #: BCP 47, such as "de-AT".
        self.language = language
        #: "section.key" -> text.
        self.texts = texts
        self._locale = locale_of(language)

    @property
    def direction(self) -> str:
        """Which way the language is written, as in HTML's `dir`: "ltr" or "rtl"."""
        return direction_of(self.language)

    def say(self, key: str, **values: object) -> str:
        """Return a text with `values` in its placeholders; `count` also chooses the plural form."""
        return PLACEHOLDER.sub(lambda found: self._shown(values[found[1]]), self._text(key, values))

    def html(self, key: str, **values: object) -> Markup:
        """Return a text as HTML: it is escaped, and so is each value that is not Markup itself."""
        return Markup(  # noqa: S704 - every part is escaped
            PLACEHOLDER.sub(lambda found: str(escape(_as_markup(values[found[1]], self._shown))),
                            str(escape(self._text(key, values))))
        )  # fmt: skip

    def markdown(self, key: str, **values: str) -> str:
        """Return a text as Markdown that shows it as it is; the `values` are Markdown already."""
        parts = PLACEHOLDER.split(self._text(key, values))
        return "".join(values[part] if index % 2 else _escaped(part) for index, part in enumerate(parts))

    @cached_property
    def tree(self) -> dict[str, dict[str, Text]]:
        """The texts as section -> key -> text, for templates that take plain data."""
        sections: dict[str, dict[str, Text]] = {}
        for key, text in self.texts.items():
            section, _, name = key.partition(".")
            sections.setdefault(section, {})[name] = text
        return sections

    def day(self, day: date, *, with_weekday: bool = False) -> str:
        """Return a day in words, such as "14 March 2027" or "Sunday, 14 March 2027"."""
        return _said(day, self.say("date.weekday" if with_weekday else "date.day"), self._locale)

    def month(self, day: date) -> str:
        """Return the short name of a day's month, such as "Mar"."""
        return format_date(day, "LLL", locale=self._locale).rstrip(".")

    def duration(self, seconds: int) -> str:
        """Return a duration in days, hours and minutes, such as "1 hour 30 minutes"."""
        minutes, (days, rest) = seconds // 60, divmod(seconds // 60, 24 * 60)
        parts = {"day": days, "hour": rest // 60, "minute": minutes % 60}
        return " ".join(
            format_unit(count, f"duration-{unit}", "long", locale=self._locale)
            for unit, count in parts.items()
            if count
        )

    def number(self, number: float, *, decimals: int = 0) -> str:
        """Return a number as the language writes it, such as "1,234.5"."""
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return format_decimal(number, pattern, locale=self._locale)

    def plural_categories(self, *, usual: bool = False) -> set[str]:
        """Return the names of the language's plural forms; with `usual` those of numbers below a thousand."""
        rule = self._locale.plural_form
        # French has a form for whole millions, for one.
        return {rule(number) for number in range(1000)} if usual else {*rule.tags, "other"}

    def _text(self, key: str, values: Mapping[str, Any]) -> str:
        text = self.texts[key]
        if isinstance(text, str):
            return text
        return text.get(self._locale.plural_form(values["count"])) or text["other"]

    def _shown(self, value: object) -> str:
        return self.number(value) if isinstance(value, int) else str(value)


# The mails of a run are about the same few days.
@lru_cache(maxsize=256)
def _said(day: date, pattern: str, locale: Locale) -> str:
    return format_date(day, pattern, locale=locale)


def placeholders(text: Text) -> set[str]:
    """Return the names that stand in braces in a text, in any of its plural forms."""
    forms = [text] if isinstance(text, str) else list(text.values())
    return {name for form in forms for name in PLACEHOLDER.findall(form)}


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\g<0>", text.replace("&", "&amp;").replace("<", "&lt;"))


def _as_markup(value: object, shown: Callable[[object], str]) -> str:
    return value if isinstance(value, Markup) else shown(value)
