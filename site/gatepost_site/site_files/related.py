"""What to read next, and what to take along: chosen at build by tags and likeness, unless a page says it itself."""

from __future__ import annotations

import posixpath
from collections import Counter, defaultdict
from dataclasses import dataclass
from heapq import nsmallest
from typing import TYPE_CHECKING, Any

from gatepost_site.documents import suggestion
from gatepost_site.findings import Finding
from gatepost_site.site_files.front_matter import place_of
from gatepost_site.site_files.indexable import is_indexable, language_of
from gatepost_site.site_files.likeness import likeness, weigh, words_of
from gatepost_site.site_pages import Related

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatepost_site.project import Project
    from gatepost_site.site_pages import Site, SitePage

KEY = "related"
#: How many articles are suggested.
_ARTICLES = 3
#: Likeness below which two texts have nothing to do with each other.
_LEAST = 0.04
#: What tags in common are worth beside a likeness of at most 1.
_TAGS = 0.5
_TITLE = 3


def is_article(page: SitePage) -> bool:
    """Whether a page takes part: a blog's post, or a page that has tags or says `related` itself."""
    return page.kind == "post" or (page.kind == "page" and bool(page.tags or page.meta.get(KEY)))


def related_pages(site: Site) -> dict[str, Related]:
    """Return what each article suggests, by source; articles that suggest nothing are left out."""
    chosen: dict[str, Related] = {}
    groups: defaultdict[str, list[SitePage]] = defaultdict(list)
    for page in site.pages.values():
        if is_article(page):
            groups[language_of(page, site)].append(page)
    for language, articles in sorted(groups.items()):
        chosen |= _chosen(articles, language, site)
    return {source: related for source, related in chosen.items() if related.articles or related.magnets}


def related_findings(site: Site, project: Project) -> list[Finding]:
    """Return every mistake in what pages say is related."""
    if not site.adds.related:
        return []
    return [
        Finding(*place_of(page, KEY, index, project), *mistake)
        for page in site.pages.values()
        if is_article(page)
        for index, written in enumerate(_said(page))
        if (mistake := _mistake(written, page, site))
    ]


def _chosen(articles: Sequence[SitePage], language: str, site: Site) -> dict[str, Related]:
    seeking = [page for page in articles if page.meta.get(KEY) is not False]
    open_to = [page for page in articles if is_indexable(page, site)]
    landings = [
        page
        for page in site.pages.values()
        if page.kind == "landing" and is_indexable(page, site) and language_of(page, site) == language
    ]
    everything = list({page.source: page for page in (*seeking, *open_to, *landings)}.values())
    weighed = weigh([_words(page) for page in everything])
    vectors = {page.source: vector for page, vector in zip(everything, weighed, strict=True)}
    seekers = {page.source: vectors[page.source] for page in seeking}
    shelf = _Shelf(
        by_text=likeness(seekers, {page.source: vectors[page.source] for page in open_to}),
        by_tags=_shared_tags(seeking, open_to),
        magnets=likeness(seekers, {page.source: vectors[page.source] for page in landings}),
    )
    return {page.source: _suggestions(page, shelf, site) for page in seeking}


@dataclass(frozen=True)
class _Shelf:
    """What there is to suggest: source of a page -> source of another -> how well it fits, from 0 to 1."""

    by_text: Mapping[str, Mapping[str, float]]
    by_tags: Mapping[str, Mapping[str, float]]
    magnets: Mapping[str, Mapping[str, float]]


def _suggestions(page: SitePage, shelf: _Shelf, site: Site) -> Related:
    named = [found for written in _said(page) if (found := _named(written, page, site))]
    magnets = [other.source for other in named if other.kind == "landing"]
    own = [other.source for other in named if other.kind != "landing"]
    if not own:
        scores = dict(shelf.by_text[page.source])
        for other, share in shelf.by_tags[page.source].items():
            scores[other] = scores.get(other, 0.0) + _TAGS * share
        own = _best(scores, _ARTICLES)
    if not magnets:
        # An offer in the text has said it already, and better.
        new = {
            source: score
            for source, score in shelf.magnets[page.source].items()
            if not _offers(page, site.pages[source])
        }
        magnets = _best(new, 1)
    return Related(tuple(own), tuple(magnets))


def _best(scores: Mapping[str, float], count: int) -> list[str]:
    # Rounded, so that the last bit of a sum does not decide; then by source, so that nothing does by chance.
    ranked = nsmallest(count, ((-round(score, 6), source) for source, score in scores.items() if score >= _LEAST))
    return [source for _, source in ranked]


def _shared_tags(seeking: Sequence[SitePage], others: Sequence[SitePage]) -> dict[str, dict[str, float]]:
    """Return the share of tags that pages have in common, from 0 to 1; those without one in common are left out."""
    tags = {page.source: _tags(page) for page in (*seeking, *others)}
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for page in others:
        for tag in tags[page.source]:
            holders[tag].append(page.source)
    result = {}
    for page in seeking:
        common = Counter(source for tag in tags[page.source] for source in holders[tag])
        del common[page.source]
        size = len(tags[page.source])
        result[page.source] = {source: both / (size + len(tags[source]) - both) for source, both in common.items()}
    return result


def _tags(page: SitePage) -> frozenset[str]:
    categories = page.meta.get("categories")
    more = [str(word) for word in categories] if isinstance(categories, list) else []
    return frozenset(word.casefold() for word in (*page.tags, *more))


def _offers(page: SitePage, landing: SitePage) -> bool:
    return f'/f/{landing.magnet}"' in page.content or f"/{landing.magnet}/" in page.content


def _words(page: SitePage) -> Counter[str]:
    words = words_of(page.markdown)
    for word, times in words_of(f"{page.title}\n{page.description}\n{' '.join(page.tags)}").items():
        words[word] += _TITLE * times
    return words


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
