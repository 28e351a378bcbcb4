"""What leads where: pages that nothing links to, articles that offer nothing, magnets that nobody finds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gatepost_site.audit.registry import rule
from gatepost_site.findings import Finding
from gatepost_site.offer_check import find_offers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_site.audit.draft import Draft
    from gatepost_site.audit.inquiry import Inquiry

#: Words from which a page counts as an article.
_ARTICLE = 400


@rule(
    "orphan-page",
    "Something leads to every page",
    "What no page and no menu links to is found by nobody, and search engines take it for unimportant.",
    "warning",
)
def orphan_page(inquiry: Inquiry) -> Iterator[Finding]:
    """Find pages that are neither in the navigation nor linked; translations are reached together."""
    nav = inquiry.config.nav if inquiry.config else None
    if nav is None:
        return
    linked = {target.page for draft, _, target in inquiry.links if target.page != draft.source}
    for draft in inquiry.pages:
        sources = {draft.source, draft.original} - {""}
        is_own = draft.is_post or draft.magnet or draft.url in {"", "404/"} or draft.original == "index.md"
        if not (is_own or sources & linked or sources & set(nav)):
            yield Finding(draft.file, 1, 1, "nothing leads to this page", write="a link to it, or its place in 'nav:'")


@rule(
    "missing-offer",
    "Articles offer something",
    "Who read to the end is who would most gladly hear more.",
    "information",
)
def missing_offer(inquiry: Inquiry) -> Iterator[Finding]:
    """Find posts, and pages of 400 words and more, without an offer and without a link to a landing page."""
    if not inquiry.magnets:
        return
    offering = {draft.source for draft in inquiry.drafts if _offered(draft)}
    offering |= {draft.source for draft, _, target in inquiry.links if _leads_to_magnet(target.page, inquiry)}
    for draft in inquiry.pages:
        is_article = draft.is_post or len(draft.markup.text.split()) >= _ARTICLE
        if is_article and not draft.magnet and draft.source not in offering and not _is_legal(draft, inquiry):
            example = f"'/// offer | {next(iter(inquiry.magnets))}'"
            yield Finding(draft.file, draft.markup.place(0)[0], 1, "article without an offer", write=example)


@rule(
    "magnet-unreachable",
    "Something leads to every magnet",
    "A form that nobody finds brings nobody in.",
    "warning",
)
def unreachable_magnet(inquiry: Inquiry) -> Iterator[Finding]:
    """Find magnets that no page offers and no page links to."""
    offered = {name for draft in inquiry.drafts for name in _offered(draft) if name != draft.magnet}
    nav = (inquiry.config.nav if inquiry.config else None) or {}
    linked = {target.page for draft, _, target in inquiry.links if target.page != draft.source} | set(nav)
    for draft in inquiry.drafts:
        if draft.magnet and not draft.original and draft.magnet not in offered and draft.source not in linked:
            write = f"'/// offer | {draft.magnet}' in a page, or a link to its landing page"
            yield Finding(draft.file, 1, 1, "nothing leads to this magnet", write=write)


def _offered(draft: Draft) -> set[str]:
    return {head.name for head in find_offers(draft.text.split("\n"))}


def _leads_to_magnet(source: str, inquiry: Inquiry) -> bool:
    page = inquiry.by_source.get(source)
    return page is not None and bool(page.magnet)


def _is_legal(draft: Draft, inquiry: Inquiry) -> bool:
    """Whether a page is there because a law wants it."""
    privacy = inquiry.config.settings.privacy if inquiry.config else ""
    names = r"(?:^|/)(?:privacy|datenschutz|imprint|impressum|terms|agb|legal)\b"
    return bool(draft.url and draft.url == privacy) or bool(re.search(names, draft.source))
