"""The few words that a book says by itself, in the languages that it can say them in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Words:
    """What stands in a book without having been written in it."""

    contents: str
    cover: str
    #: Takes the author's name.
    by: str
    #: Before the fonts' names.
    set_in: str
    links: str
    links_lead: str
    page: str
    note: str
    tip: str
    warning: str
    notes: str
    back: str
    done: str
    open: str
    #: Takes name and day.
    stamp: str
    quote: str
    unquote: str


_WORDS: Final = {
    "en": Words(
        contents="Contents", cover="Cover", by="By {}", set_in="Set in Libertinus Serif and DejaVu Sans Mono.",
        links="Links in this book", links_lead="Every address that the chapters link to, with the pages that do.",
        page="Page", note="Note", tip="Tip", warning="Warning", notes="Footnotes", back="Back to the text",
        done="Done", open="Not done", stamp="For {}, {}",
        quote="\N{LEFT DOUBLE QUOTATION MARK}", unquote="\N{RIGHT DOUBLE QUOTATION MARK}",
    ),
    "de": Words(
        contents="Inhalt", cover="Umschlag", by="Von {}", set_in="Gesetzt aus Libertinus Serif und DejaVu Sans Mono.",
        links="Links in diesem Buch", links_lead="Alle Adressen, auf die die Kapitel verweisen, mit ihren Seiten.",
        page="Seite", note="Hinweis", tip="Tipp", warning="Achtung", notes="Fußnoten", back="Zurück zum Text",
        done="Erledigt", open="Offen", stamp="Für {}, {}",
        quote="\N{DOUBLE LOW-9 QUOTATION MARK}", unquote="\N{LEFT DOUBLE QUOTATION MARK}",
    ),
}  # fmt: skip


def words_of(language: str) -> Words:
    """Return the words in a language such as "de-AT", or in English when they are not known in it."""
    return _WORDS.get(language.partition("-")[0], _WORDS["en"])
