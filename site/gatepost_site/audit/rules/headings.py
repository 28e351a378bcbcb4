"""Headings: one title, then levels without gaps."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from gatepost_site.audit.markup import repeated
from gatepost_site.audit.registry import rule
from gatepost_site.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_site.audit.draft import Draft
    from gatepost_site.audit.inquiry import Inquiry


@rule(
    "heading-first",
    "A page has one heading of the first level",
    "It tells readers, screen readers and search engines what the page is about.",
    "warning",
)
def first_heading(inquiry: Inquiry) -> Iterator[Finding]:
    """Find pages with none, where the theme makes none of the title, and pages with several."""
    for draft in inquiry.drafts:
        firsts = [heading for heading in draft.markup.headings if heading.level == 1]
        for heading in firsts[1:]:
            where = (draft.file, heading.line, heading.column)
            yield Finding(*where, "second heading of the first level", f"'{heading.text}'", f"'## {heading.text}'")
        if not firsts and not _has_another(draft, inquiry):
            line = draft.markup.place(0)[0]
            yield Finding(draft.file, line, 1, "no heading of the first level", write=f"'# {draft.title or 'Title'}'")


def _has_another(draft: Draft, inquiry: Inquiry) -> bool:
    """Whether the page gets its heading from elsewhere: its template, or Material, which takes the title."""
    theme = inquiry.config.theme if inquiry.config else ""
    by_theme = theme == "material" and bool(draft.title)
    return by_theme or bool(draft.magnet) or "template" in draft.meta or draft.markup.takes_in


@rule(
    "heading-skip",
    "Levels of headings have no gaps",
    "Who listens to a page, or reads its table of contents, looks for the part that seems to be missing.",
    "warning",
)
def skipped_level(inquiry: Inquiry) -> Iterator[Finding]:
    """Find headings more than one level below the one before."""
    for draft in inquiry.drafts:
        levels = [1, *(heading.level for heading in draft.markup.headings)]
        for (before, level), heading in zip(pairwise(levels), draft.markup.headings, strict=True):
            if level > before + 1:
                found = f"level {level} below level {before}"
                write = f"'{'#' * (before + 1)} {heading.text}'"
                yield Finding(draft.file, heading.line, heading.column, "a level of headings is left out", found, write)


@rule("heading-empty", "Headings have words", "An empty one is an empty line in every table of contents.", "warning")
def empty_heading(inquiry: Inquiry) -> Iterator[Finding]:
    """Find headings without words."""
    for draft in inquiry.drafts:
        for heading in draft.markup.headings:
            if not heading.text:
                where = (draft.file, heading.line, heading.column)
                yield Finding(*where, "heading without words", "'" + "#" * heading.level + "'", "its words, or nothing")


@rule(
    "heading-duplicate",
    "Headings of one part of a page differ",
    "The second one's address is numbered, and changes with the order of the page.",
    "information",
)
def duplicate_heading(inquiry: Inquiry) -> Iterator[Finding]:
    """Find headings whose words stand above another part of the page."""
    for draft in inquiry.drafts:
        for heading in repeated(draft.markup.headings):
            if heading.text:
                where = (draft.file, heading.line, heading.column)
                yield Finding(
                    *where, "heading stands twice in one part of the page", f"'{heading.text}'", "words of its own"
                )
