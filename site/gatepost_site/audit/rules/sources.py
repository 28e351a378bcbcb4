"""What a build refuses, and what of a page's front matter is merely odd."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import ValidationError

from gatepost_site.audit.registry import Rule, refused, rule
from gatepost_site.findings import Edit, Finding
from gatepost_site.page_meta import PageMeta

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gatepost_site.audit.draft import Draft
    from gatepost_site.audit.inquiry import Inquiry

_QUOTED = re.compile(r"'([\w-]+)'")
_TEXT_LINE = re.compile(r"'(\w+): \".*\"'")

config = refused(
    "config",
    "mkdocs.yml can be read, and names folders that are safe to publish",
    "A build empties its output folder and publishes everything in the folder of pages.",
)


def _front_matter(inquiry: Inquiry) -> Iterator[Finding]:
    known = {draft.file: draft for draft in inquiry.drafts}
    for finding in inquiry.refused:
        if finding.rule == "front-matter":
            yield _quotable(finding, known.get(finding.file))


def _quotable(finding: Finding, draft: Draft | None) -> Finding:
    """Add how to put a value into quotes, where it stands in the line of its key and is all that stands there."""
    line = draft.text.split("\n")[finding.line - 1].rstrip() if draft else ""
    quoted = _TEXT_LINE.fullmatch(finding.write)
    if not quoted or line != f"{quoted[1]}: {finding.found}":
        return finding
    return replace(finding, edit=Edit(finding.line, 1, line, f'{quoted[1]}: "{finding.found}"'))


def _landing_headings(inquiry: Inquiry) -> Iterator[Finding]:
    for finding in inquiry.refused:
        if finding.rule == "landing-heading":
            yield replace(finding, edit=Edit(finding.line, 1, "# ", "## "))


front_matter = Rule(
    "front-matter",
    "Front matter is YAML that MkDocs reads, with text for title and description",
    "MkDocs publishes front matter that it cannot read as text, and a page then loses its title, template and robots.",
    "error",
    _front_matter,
    is_firm=True,
)
gated_page = refused(
    "gated-page",
    "No page is a link to a gated file",
    "Everything in the folder of pages is public, whatever it links to.",
)
snippet = refused(
    "snippet",
    "Snippets take in nothing that is gated, and nothing from outside the site",
    "A snippet copies text into a public page.",
)
magnet = refused(
    "magnet",
    "A magnet has its file, valid settings and a sequence that exists",
    "A visitor who confirmed would get nothing.",
)
offer = refused("offer", "Offers inside pages name a magnet that exists", "A button that leads nowhere costs the lead.")
words = refused(
    "words",
    "What Gatepost says itself is there in every language, and translations stand beside their original",
    "A page in two languages at once is understood in neither.",
)
block = refused(
    "block",
    "Blocks of landing copy stand where they work, with what they need",
    "A block that nobody understands is shown as the text that it was written as.",
)
landing_heading = Rule(
    "landing-heading",
    "Landing copy has no heading of the first level",
    "The page has one already, the magnet's title, and two leave search engines and screen readers guessing.",
    "error",
    _landing_headings,
    is_firm=True,
)
ebook = refused(
    "ebook", "An ebook's chapters, or a checklist, can be set", "A book that cannot be made cannot be sent."
)


def _misspelt(inquiry: Inquiry) -> Iterator[Finding]:
    known = {draft.file: draft for draft in inquiry.drafts}
    for finding in inquiry.refused:
        if finding.rule == "unknown-key":
            yield _mendable(finding, known.get(finding.file))


def _mendable(finding: Finding, draft: Draft | None) -> Finding:
    """Add how to rename a key of front matter, where there is one right name that does not stand there already."""
    old, new = _QUOTED.fullmatch(finding.found), _QUOTED.fullmatch(finding.write)
    if not (old and new and draft) or new[1] in draft.meta or finding.column != 1:
        return finding
    return replace(finding, edit=Edit(finding.line, 1, old[1], new[1]))


unknown_key = Rule(
    "unknown-key",
    "Keys are spelt as they are known",
    "A key that nobody knows does nothing, and says nothing about it.",
    "error",
    _misspelt,
    is_firm=True,
)


@rule(
    "key-type",
    "Keys of a page have values of the kind that is read",
    "A list where text is expected, or the other way round, is passed over by most themes without a word.",
    "warning",
)
def key_type(inquiry: Inquiry) -> Iterator[Finding]:
    """Find values of the wrong kind; title and description are looked at before every build already."""
    for draft in inquiry.drafts:
        if draft.magnet:
            continue
        for key in _unfit(draft):
            example = PageMeta.model_fields[key].examples or ["..."]
            value = draft.meta[key]
            yield draft.at(key, f"'{key}' has a value of another kind", repr(value)[:60], f"'{key}: {example[0]}'")


def _unfit(draft: Draft) -> Iterable[str]:
    try:
        PageMeta.model_validate(draft.meta)
    except ValidationError as error:
        keys = dict.fromkeys(str(detail["loc"][0]) for detail in error.errors(include_url=False))
        return [key for key in keys if key not in {"title", "description"}]
    return []
