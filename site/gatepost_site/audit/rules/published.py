"""The built site: what its pages say of themselves to search engines, and what must not be in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from gatepost_site.audit.leaks import leaks
from gatepost_site.audit.registry import Rule, rule
from gatepost_site.documents import shown
from gatepost_site.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gatepost_site.audit.built import Built, BuiltPage, HeadLink
    from gatepost_site.audit.inquiry import Inquiry

_LANGUAGE = re.compile(r"(?:[a-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Z]{2}|[a-z]{2}|\d{3}))?|x-default)")


@rule(
    "canonical",
    "Each built page names one address, and a page is there",
    "Search engines list the address that is named: a wrong one takes the page out of their results.",
    "error",
)
def canonical(inquiry: Inquiry) -> Iterator[Finding]:
    """Find built pages with no canonical address, with several, or with one that is not there."""
    site = _Site.of(inquiry)
    for page in site.pages if site else ():
        assert site  # noqa: S101 - or there were no pages
        if page.leads_on or page.is_hidden:
            continue
        if not page.canonicals:
            yield site.finding(page, None, "page without a canonical address", "", f"'{site.address(page)}'")
        for link in page.canonicals[1:]:
            yield site.finding(page, link, "second canonical address", f"'{link.href}'", "one")
        for link in page.canonicals[:1]:
            yield from site.judge_canonical(page, link)


@rule(
    "hreflang",
    "Translations name each other, and themselves",
    "Search engines pass over a pair of which only one side knows the other.",
    "warning",
)
def hreflang(inquiry: Inquiry) -> Iterator[Finding]:
    """Find alternates of built pages with no language, no page, or no way back."""
    site = _Site.of(inquiry)
    for page in site.pages if site else ():
        assert site  # noqa: S101 - or there were no pages
        yield from site.judge_alternates(page)


class _Site:
    """The built pages by their full address."""

    def __init__(self, built: Built, url: str, root_name: str) -> None:
        self._url = url
        self._root_name = root_name
        self.pages = built.pages
        self._by_address: Mapping[str, BuiltPage] = {self.address(page): page for page in built.pages}

    @classmethod
    def of(cls, inquiry: Inquiry) -> _Site | None:
        """Return the built site, None when there is none, or it does not know its address."""
        if not inquiry.config or not inquiry.built or not inquiry.config.settings.site_url:
            return None
        name = shown(inquiry.project.public, inquiry.project.root)
        return cls(inquiry.built, inquiry.config.settings.site_url, name)

    def address(self, page: BuiltPage) -> str:
        return urljoin(self._url, page.url)

    def finding(self, page: BuiltPage, link: HeadLink | None, what: str, found: str, write: str) -> Finding:
        line, column = (link.line, link.column) if link else (1, 1)
        return Finding(f"{self._root_name}/{page.path}", line, column, what, found, write)

    def judge_canonical(self, page: BuiltPage, link: HeadLink) -> Iterator[Finding]:
        if not urlsplit(link.href).scheme:
            what = "canonical address is not a full one"
            yield self.finding(page, link, what, f"'{link.href}'", f"'{self.address(page)}'")
        elif link.href.startswith(self._url) and link.href not in self._by_address:
            what = "canonical address is no page"
            yield self.finding(page, link, what, f"'{link.href}'", f"'{self.address(page)}'")

    def judge_alternates(self, page: BuiltPage) -> Iterator[Finding]:
        if not page.alternates or page.leads_on:
            return
        here = self.address(page)
        for link in page.alternates:
            if not _LANGUAGE.fullmatch(link.language):
                what = "hreflang is no language"
                yield self.finding(page, link, what, f"'{link.language}'", "'de', 'pt-BR' or 'x-default'")
            yield from self._judge_partner(page, link, urljoin(here, link.href))
        if here not in {urljoin(here, link.href) for link in page.alternates}:
            what = "page is missing among its own translations"
            yield self.finding(page, page.alternates[0], what, "", f"a link to '{here}'")

    def _judge_partner(self, page: BuiltPage, link: HeadLink, address: str) -> Iterator[Finding]:
        partner = self._by_address.get(address)
        if partner is None and address.startswith(self._url):
            yield self.finding(page, link, "translation is no page", f"'{link.href}'", "the address of a page")
        elif partner and self.address(page) not in {urljoin(address, back.href) for back in partner.alternates}:
            what = "translation does not lead back"
            yield self.finding(page, link, what, f"'{link.href}'", f"a link to '{self.address(page)}' there")


def _leaks(inquiry: Inquiry) -> Iterator[Finding]:
    if inquiry.publication and inquiry.project.public.is_dir():
        for _, finding in leaks(inquiry.magnets, inquiry.project):
            yield finding


leak = Rule(
    "leak",
    "The built site holds no gated file, in whatever form",
    "What is public is fetched without the form: copies, archives, search index, feeds, source maps and base64 too.",
    "error",
    _leaks,
    is_firm=True,
)
