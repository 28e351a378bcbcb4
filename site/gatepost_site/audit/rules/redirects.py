"""Redirects: old paths lead to one page, and stand in no page's way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_site.audit.registry import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_site.audit.draft import Draft
    from gatepost_site.audit.inquiry import Inquiry
    from gatepost_site.findings import Finding


@rule(
    "redirect-conflict",
    "An old path leads to one page, and is no page's own",
    "Of two pages with one address, one is lost.",
    "error",
)
def redirect_conflict(inquiry: Inquiry) -> Iterator[Finding]:
    """Find paths of `redirect_from` that two pages name, or that a page has."""
    pages = {_bare(draft.url): draft for draft in inquiry.drafts}
    taken: dict[str, Draft] = {}
    for draft in inquiry.drafts:
        for path in _paths(draft):
            bare = _bare(path)
            if bare in pages:
                whose = "this page's own" if pages[bare] is draft else f"that of {pages[bare].file}"
                yield draft.at("redirect_from", "old path is a page's address", f"'{path}', {whose}", "another path")
            elif bare in taken:
                found = f"'{path}', as in {taken[bare].file}"
                yield draft.at("redirect_from", "two pages have one old path", found, "it in one of them")
            taken.setdefault(bare, draft)


def _paths(draft: Draft) -> list[str]:
    value = draft.meta.get("redirect_from")
    paths = value if isinstance(value, list) else [value]
    return [path for path in paths if isinstance(path, str)]


def _bare(path: str) -> str:
    bare = path.strip("/")
    return bare.removesuffix("index.html").removesuffix("index.md").removesuffix(".md").strip("/")
