"""Links: what they lead to, and what they say."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from gatepost_site.audit.registry import rule
from gatepost_site.build_warnings import place_of
from gatepost_site.documents import read_text
from gatepost_site.findings import Edit, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_site.audit.draft import Draft
    from gatepost_site.audit.inquiry import Inquiry
    from gatepost_site.audit.markup import Link
    from gatepost_site.audit.site_config import SiteConfig
    from gatepost_site.audit.targets import Target

#: Words that say nothing about where a link leads.
_EMPTY_WORDS = frozenset(
    {"here", "click here", "this", "this page", "link", "more", "read more", "hier", "hier klicken", "mehr", "weiter"}
)
#: Anchors that browsers and Material's scripts know, and no page holds.
_OWN_ANCHORS = re.compile(r"top$|:~:|__")
_MARKS = re.compile(r"[*_`]|!\[\]\([^)]*\)|<(?!img)[^>]*>")
_NEAR = 0.6


@rule(
    "dead-link",
    "Links inside the site lead to something",
    "Readers end on a page that is not there, and search engines count it against the site.",
    "error",
)
def dead_link(inquiry: Inquiry) -> Iterator[Finding]:
    """Find links to pages and files that do not exist."""
    yield from _dead(inquiry, what="link leads nowhere", pictures=False)
    if inquiry.config and inquiry.config.nav:
        yield from _dead_entries(inquiry.config, set(inquiry.publication.pages) if inquiry.publication else set())


@rule("dead-image", "Pictures exist", "Readers see a torn frame.", "error")
def dead_image(inquiry: Inquiry) -> Iterator[Finding]:
    """Find pictures whose file does not exist."""
    yield from _dead(inquiry, what="picture is not there", pictures=True)


@rule(
    "dead-anchor",
    "Links to a part of a page lead to a heading, or an id, in it",
    "Readers end at the top of a page and search for what was promised.",
    "warning",
)
def dead_anchor(inquiry: Inquiry) -> Iterator[Finding]:
    """Find anchors that the page they name does not hold."""
    for draft, link, target in inquiry.links:
        page = inquiry.by_source.get(target.page)
        if not target.anchor or _OWN_ANCHORS.match(target.anchor) or not page or page.magnet or page.markup.takes_in:
            continue
        if target.anchor not in page.markup.anchors:
            yield _anchor_finding(draft, link, target, page, inquiry)


def _anchor_finding(draft: Draft, link: Link, target: Target, page: Draft, inquiry: Inquiry) -> Finding:
    known = sorted(page.markup.anchors)
    slug = inquiry.config.slugify(target.anchor) if inquiry.config else ""
    near = [slug] if slug in known else difflib.get_close_matches(target.anchor, known, n=1, cutoff=_NEAR)
    write = f"'#{near[0]}'" if near else "the anchor of a heading there"
    path, _, old = link.target.partition("#")
    edit = Edit(link.line, link.column + len(path), f"#{old}", f"#{slug}") if slug in known else None
    found = f"'#{target.anchor}'" + ("" if page is draft else f" in {page.file}")
    return Finding(draft.file, link.line, link.column, "no such part of the page", found, write, edit=edit)


@rule(
    "link-address",
    "Links inside the site name files, not addresses",
    "A link to a file moves with it and is checked; a link to an address breaks in silence.",
    "information",
)
def link_address(inquiry: Inquiry) -> Iterator[Finding]:
    """Find links to pages by their address."""
    for draft, link, target in inquiry.links:
        if target.kind == "address":
            where = (draft.file, link.line, link.column)
            edit = Edit(link.line, link.column, link.target, target.meant)
            what = "link names a page by its address"
            yield Finding(*where, what, f"'{link.target}'", f"'{target.meant}'", edit=edit)


@rule(
    "link-reference",
    "Links by name have a line that says where they lead",
    "Without it the square brackets stand in the text.",
    "warning",
)
def undefined_reference(inquiry: Inquiry) -> Iterator[Finding]:
    """Find `[words][name]` without `[name]: address`."""
    for draft in inquiry.drafts:
        for name, line, column in [] if draft.markup.takes_in else draft.markup.undefined:
            write = f"a line '[{name}]: address', or '(address)' here"
            yield Finding(draft.file, line, column, "link by a name that is not defined", f"'[{name}]'", write)


@rule(
    "link-text",
    "Links say where they lead",
    "Screen readers list the links of a page by their words alone.",
    "warning",
)
def link_text(inquiry: Inquiry) -> Iterator[Finding]:
    """Find links without words, or with words that fit any link."""
    for draft in inquiry.drafts:
        for link in draft.markup.links:
            if link.is_picture or link.text is None:
                continue
            words = _MARKS.sub("", link.text).strip(" .!:>→\u00a0\n").casefold()
            if not words or words in _EMPTY_WORDS:
                where = (draft.file, link.line, link.column)
                found = f"'{words}'" if words else "no words"
                yield Finding(*where, "link does not say where it leads", found, "the name of what it leads to")


def _dead_entries(config: SiteConfig, generated: set[str]) -> Iterator[Finding]:
    """Find pages that the navigation names and nobody wrote."""
    known = {*config.urls, *config.files, *generated}
    for source in config.nav or {}:
        # A folder, an address, or a page that another plugin makes is not known here.
        if source.endswith(".md") and "://" not in source and source.lstrip("/") not in known:
            file = config.sources.config_file
            near = difflib.get_close_matches(source, sorted(known), n=1, cutoff=_NEAR)
            place = place_of(read_text(file, file.name), source)
            write = f"'{near[0]}'" if near else "the path of a page, from the folder of pages"
            yield Finding(file.name, *place, "'nav' names a page that is not there", f"'{source}'", write)


def _dead(inquiry: Inquiry, *, what: str, pictures: bool) -> Iterator[Finding]:
    for draft, link, target in inquiry.links:
        if target.kind != "dead" or link.is_picture is not pictures:
            continue
        write = f"'{target.meant}'" if target.meant else "the path of a file in the folder of pages"
        edit = Edit(link.line, link.column, link.target, target.meant) if target.is_certain else None
        yield Finding(draft.file, link.line, link.column, what, f"'{link.target}'", write, edit=edit)
