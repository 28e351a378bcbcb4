"""Words: what was left for later, and how hard the rest is to read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gatepost_site.audit.markup import Markup
from gatepost_site.audit.readability import score
from gatepost_site.audit.registry import rule
from gatepost_site.documents import read_text, shown, split
from gatepost_site.findings import ContentError, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gatepost_site.audit.inquiry import Inquiry

_LEFT = re.compile(r"\b(?:TODO|FIXME|XXX|TBD|tbd|TBC)\b|\blorem ipsum\b|\bLorem ipsum\b")
#: Below this, a text is for those who must read it.
_HARD = 30


@rule(
    "leftover",
    "Nothing was left for later",
    "Visitors read it, in comments too: they are published with the page.",
    "warning",
)
def leftover(inquiry: Inquiry) -> Iterator[Finding]:
    """Find marks such as TODO, and filler text, in pages, landing copy, chapters and messages; code is passed over."""
    for draft in inquiry.drafts:
        yield from _left(draft.file, draft.markup)
        for key, value in draft.meta.items():
            if isinstance(value, str) and (found := _LEFT.search(value)):
                yield draft.at(key, "something was left for later", f"'{found[0]}'", "what is missing, or nothing")
    for path in _other_texts(inquiry):
        file = shown(path, inquiry.project.root)
        try:
            _, body, first = split(read_text(path, file), file)
        except ContentError:
            continue  # Said already, by the reader of the format.
        yield from _left(file, Markup(body, first, str))


def _left(file: str, markup: Markup) -> Iterator[Finding]:
    for found in _LEFT.finditer(markup.published):
        where = (file, *markup.place(found.start()))
        yield Finding(*where, "something was left for later", f"'{found[0]}'", "what is missing, or nothing")


def _other_texts(inquiry: Inquiry) -> Iterator[Path]:
    for version in (version for magnet in inquiry.magnets.values() for version in magnet.versions()):
        yield from version.chapter_paths() if version.is_ebook else ()
    yield from sorted(inquiry.project.sequences.glob("*/*.md"))


@rule(
    "readability",
    "Pages are easy to read (Flesch's formula in English, Amstad's in German)",
    "Long sentences and long words lose readers who have other things to do.",
    "information",
)
def hard_to_read(inquiry: Inquiry) -> Iterator[Finding]:
    """Find pages of 100 words and more that score below 30, where 100 is easiest."""
    for draft in inquiry.pages:
        found = score(draft.markup.text, draft.language)
        if found and found.value < _HARD:
            means = f"{found.sentence:.0f} words a sentence, {found.word:.1f} syllables a word"
            where = (draft.file, draft.markup.place(0)[0], 1)
            yield Finding(
                *where,
                "hard to read",
                f"{found.formula} {found.value:.0f}: {means}",
                "shorter sentences and plainer words",
            )
