"""Titles and descriptions: what search results show of a page."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from gatepost_site.audit.registry import rule
from gatepost_site.audit.widths import (
    DESCRIPTION_SIZE,
    DESCRIPTION_WIDTH,
    TITLE_SIZE,
    TITLE_WIDTH,
    cut,
    pixels,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gatepost_site.audit.draft import Draft
    from gatepost_site.audit.inquiry import Inquiry
    from gatepost_site.findings import Finding

#: Pixels. A narrower title says too little to be chosen, a narrower description leaves half the place empty.
_NARROW_TITLE, _NARROW_DESCRIPTION = 80, 320


@rule("title-missing", "A page has a title", "Without one, search results and tabs show the file's name.", "warning")
def missing_title(inquiry: Inquiry) -> Iterator[Finding]:
    """Find pages with neither the key nor a heading of the first level."""
    for draft in inquiry.pages:
        if not draft.title:
            yield draft.at("title", "no title", write="'title: ...' between lines of '---' at the top")


@rule(
    "title-duplicate",
    "No two pages have the same title",
    "Readers and search engines cannot tell which of the two they want.",
    "warning",
)
def duplicate_title(inquiry: Inquiry) -> Iterator[Finding]:
    """Find titles that an earlier page of the same language has."""
    yield from _repeated(inquiry, "title", lambda draft: draft.head_title)


@rule(
    "title-long",
    "A title is shown whole in search results",
    "The end is cut off there, often with the point.",
    "warning",
)
def long_title(inquiry: Inquiry) -> Iterator[Finding]:
    """Find titles wider than search results show."""
    for draft in inquiry.pages:
        width = pixels(draft.head_title, TITLE_SIZE)
        if width > TITLE_WIDTH:
            shown = cut(draft.head_title, TITLE_SIZE, TITLE_WIDTH)
            yield draft.at(
                "title", "title is too wide", f"{width} px", f"at most {TITLE_WIDTH} px: it ends at '{shown}'"
            )


@rule(
    "title-short",
    "A title says what the page is about",
    "One short word is chosen by nobody among ten results.",
    "information",
)
def short_title(inquiry: Inquiry) -> Iterator[Finding]:
    """Find titles of a few letters."""
    for draft in inquiry.pages:
        width = pixels(draft.head_title, TITLE_SIZE)
        if 0 < width < _NARROW_TITLE:
            yield draft.at(
                "title", "title is very short", f"'{draft.head_title}', {width} px", "what the page is about"
            )


@rule(
    "description-missing",
    "A page has a description",
    "Search results then show whatever sentence they find, and networks show none.",
    "warning",
)
def missing_description(inquiry: Inquiry) -> Iterator[Finding]:
    """Find pages without the key."""
    for draft in inquiry.pages:
        if not draft.description:
            yield draft.at("description", "no description", write="'description: one sentence of 50 to 160 characters'")


@rule(
    "description-duplicate",
    "No two pages have the same description",
    "It describes at most one of them.",
    "warning",
)
def duplicate_description(inquiry: Inquiry) -> Iterator[Finding]:
    """Find descriptions that an earlier page of the same language has."""
    yield from _repeated(inquiry, "description", lambda draft: draft.description)


@rule(
    "description-long",
    "A description is shown whole in search results",
    "The end is cut off there.",
    "warning",
)
def long_description(inquiry: Inquiry) -> Iterator[Finding]:
    """Find descriptions wider than two lines of search results."""
    for draft in inquiry.pages:
        width = pixels(draft.description, DESCRIPTION_SIZE)
        if width > DESCRIPTION_WIDTH:
            shown = " ".join(cut(draft.description, DESCRIPTION_SIZE, DESCRIPTION_WIDTH).split()[-3:])
            write = f"at most {DESCRIPTION_WIDTH} px: it ends at '... {shown}'"
            yield draft.at("description", "description is too wide", f"{width} px", write)


@rule(
    "description-short",
    "A description uses the place that it has",
    "Two lines are free for a reason to choose this page.",
    "information",
)
def short_description(inquiry: Inquiry) -> Iterator[Finding]:
    """Find descriptions of a few words."""
    for draft in inquiry.pages:
        width = pixels(draft.description, DESCRIPTION_SIZE)
        if 0 < width < _NARROW_DESCRIPTION:
            write = f"a sentence of {_NARROW_DESCRIPTION} to {DESCRIPTION_WIDTH} px"
            yield draft.at("description", "description is very short", f"{width} px", write)


def _repeated(inquiry: Inquiry, key: str, value: Callable[[Draft], str]) -> Iterator[Finding]:
    seen: dict[tuple[str, str], list[Draft]] = defaultdict(list)
    for draft in inquiry.pages:
        if text := value(draft):
            seen[draft.language, text.casefold()].append(draft)
    for first, *others in seen.values():
        for draft in others:
            yield draft.at(key, f"{key} stands on two pages", f"the {key} of {first.file}", "what sets this page apart")
