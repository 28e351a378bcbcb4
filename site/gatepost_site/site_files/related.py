"""What to read next, and what to take along: chosen at build by tags and likeness, unless a page says it itself."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from dataclasses import dataclass
from heapq import nsmallest
from typing import TYPE_CHECKING, Any

from gatepost_site.documents import suggestion
from gatepost_site.findings import Finding
from gatepost_site.site_files.front_matter import place_of
from gatepost_site.site_files.indexable import is_indexable, language_of
from gatepost_site.site_files.likeness import likeness, weigh

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatepost_site.project import Project
    from gatepost_site.site_files.vocabulary import Vocabulary
    from gatepost_site.site_pages import Site, SitePage

KEY = "related"
#: How many articles are suggested.
_ARTICLES = 3
#: Articles whose tags are looked at, of those that are alike by their text.
_CANDIDATES = 40
#: Articles that a tag brings together.
_FEW = 200
#: Likeness below which two texts have nothing to do with each other.
_LEAST = 0.04
#: What having all tags in common is worth beside a likeness of at most 1.
_TAGS = 1.0


@dataclass(frozen=True)
class Choice:
    """What a page suggests: sources of pages, the best first."""

    articles: tuple[str, ...] = ()
    #: Of landing pages.
    magnets: tuple[str, ...] = ()


def is_article(page: SitePage) -> bool:
    """Whether a page takes part: a blog's post, or a page that has tags or says `related` itself."""
    says_so = bool(page.meta.get(KEY))
    return (
        page.kind == "post" or (page.kind == "page" and bool(page.tags)) or (page.kind in {"page", "home"} and says_so)
    )


def related_pages(site: Site, vocabulary: Vocabulary) -> dict[str, Choice]:
    """Return what each article suggests, by source; articles that suggest nothing are left out."""
    chosen: dict[str, Choice] = {}
    groups: defaultdict[str, list[SitePage]] = defaultdict(list)
    for page in site.pages.values():
        if is_article(page):
            groups[language_of(page, site)].append(page)
    landings = [page for page in site.pages.values() if page.kind == "landing" and is_indexable(page, site)]
    words = vocabulary.of([*(page for articles in groups.values() for page in articles), *landings] if groups else [])
    for language, articles in sorted(groups.items()):
        own = [page for page in landings if language_of(page, site) == language]
        chosen |= _chosen(articles, own, words, site)
    return {source: choice for source, choice in chosen.items() if choice.articles or choice.magnets}


def related_findings(site: Site, project: Project) -> list[Finding]:
    """Return every mistake in what pages say is related."""
    if not site.facts.adds.related:
        return []
    return [
        Finding(*place_of(page, KEY, index, project), *mistake)
        for page in site.pages.values()
        if is_article(page)
        for index, written in enumerate(_said(page))
        if (mistake := _mistake(written, page, site))
    ]


def _chosen(
    articles: Sequence[SitePage], landings: Sequence[SitePage], words: Mapping[str, Mapping[str, int]], site: Site
) -> dict[str, Choice]:
    """Return what the articles of one language suggest."""
    seeking = [page for page in articles if page.meta.get(KEY) is not False]
    open_to = [page for page in articles if is_indexable(page, site)]
    sources = list(dict.fromkeys(page.source for page in (*seeking, *open_to, *landings)))
    vectors = dict(zip(sources, weigh([words[source] for source in sources]), strict=True))
    seekers = {page.source: vectors[page.source] for page in seeking}
    shelf = _Shelf(
        by_text=likeness(seekers, {page.source: vectors[page.source] for page in open_to}),
        tags={page.source: _tags(page) for page in articles},
        holders=_holders(open_to),
        magnets=likeness(seekers, {page.source: vectors[page.source] for page in landings}),
    )
    return {page.source: _suggestions(page, shelf, site) for page in seeking}


@dataclass(frozen=True)
class _Shelf:
    """What there is to suggest in one language."""

    #: Source of a page -> source of another -> how alike they are, from 0 to 1.
    by_text: Mapping[str, Mapping[str, float]]
    tags: Mapping[str, frozenset[str]]
    #: Tag -> sources of the pages that have it.
    holders: Mapping[str, Sequence[str]]
    #: Source of a page -> source of a landing page -> how alike they are, from 0 to 1.
    magnets: Mapping[str, Mapping[str, float]]

    def articles(self, source: str) -> dict[str, float]:
        """Return how well other articles fit one: by text, and by the share of their tags that they have in common."""
        scores = _best(self.by_text[source], _CANDIDATES)
        own = self.tags[source]
        # A tag that many have brings nobody here; it still counts for who is here by what the text says.
        for tag in own:
            mates = self.holders.get(tag, ())
            if len(mates) <= _FEW:
                scores.update((mate, 0.0) for mate in mates if mate not in scores and mate != source)
        return {other: score + _TAGS * _share(own, self.tags[other]) for other, score in scores.items()}


def _suggestions(page: SitePage, shelf: _Shelf, site: Site) -> Choice:
    named = [found for written in _said(page) if (found := _named(written, page, site))]
    magnets = [other.source for other in named if other.kind == "landing"]
    own = [other.source for other in named if other.kind != "landing"]
    if not own:
        own = list(_best(shelf.articles(page.source), _ARTICLES))
    if not magnets:
        # An offer in the text has said it already, and better.
        alike = shelf.magnets[page.source]
        magnets = list(_best({source: alike[source] for source in alike if not _offers(page, site.pages[source])}, 1))
    return Choice(tuple(own), tuple(magnets))


def _best(scores: Mapping[str, float], count: int) -> dict[str, float]:
    """Return the best of some scores, the highest first; those that are too low are left out."""
    # Rounded, so that the last bit of a sum does not decide; then by source, so that nothing does by chance.
    ranked = nsmallest(count, ((-round(score, 6), source) for source, score in scores.items() if score >= _LEAST))
    return {source: -score for score, source in ranked}


def _share(tags: frozenset[str], others: frozenset[str]) -> float:
    """Return the share of tags that two pages have in common, from 0 to 1."""
    both = len(tags & others)
    return both / (len(tags) + len(others) - both) if both else 0.0


def _holders(pages: Sequence[SitePage]) -> dict[str, list[str]]:
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for page in pages:
        for tag in sorted(_tags(page)):
            holders[tag].append(page.source)
    return holders


def _tags(page: SitePage) -> frozenset[str]:
    categories = page.meta.get("categories")
    more = [str(word) for word in categories] if isinstance(categories, list) else []
    return frozenset(word.casefold() for word in (*page.tags, *more))


def _offers(page: SitePage, landing: SitePage) -> bool:
    return f'/f/{landing.magnet}"' in page.content or f"/{landing.magnet}/" in page.content


def _said(page: SitePage) -> list[Any]:
    said = page.meta.get(KEY)
    if said is None or isinstance(said, bool):
        return []
    return said if isinstance(said, list) else [said]


def _named(written: Any, page: SitePage, site: Site) -> SitePage | None:
    """Return the page that an entry means: a path like that of a link, a path below the content folder, a magnet."""
    text = str(written)
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(page.source), text))
    found = site.pages.get(beside) or site.pages.get(text.lstrip("/"))
    return found or next((p for p in site.pages.values() if p.kind == "landing" and p.magnet == text), None)


def _mistake(written: Any, page: SitePage, site: Site) -> tuple[str, str, str] | None:
    """Return (what, found, write) for an entry that cannot be suggested."""
    other = _named(written, page, site)
    if other is None:
        known = [*site.pages, *(p.magnet for p in site.pages.values() if p.kind == "landing")]
        near = suggestion(str(written), known)
        write = near if near.startswith("'") else "the path of a page, as in 'seo.md', or the name of a magnet"
        return f"'{KEY}': no such page", f"'{written}'", write
    if other is page:
        return f"'{KEY}': the page itself", f"'{written}'", "other pages"
    if not is_indexable(other, site):
        return f"'{KEY}': a page that is hidden from search engines", f"'{written}'", "a page that readers may find"
    return None
