"""What to read next, and what to take along: chosen at build by tags and likeness, unless a page says it itself."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from gatepost_site.documents import suggestion
from gatepost_site.findings import Finding
from gatepost_site.site_files.front_matter import place_of
from gatepost_site.site_files.indexable import is_indexable, language_of
from gatepost_site.site_files.likeness import likeness, weigh, words_of
from gatepost_site.site_pages import Related

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Mapping, Sequence

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
    vectors = dict(zip([page.source for page in everything], weigh([_words(page) for page in everything]), strict=True))
    alike = likeness({page.source: vectors[page.source] for page in seeking}, vectors)
    return {page.source: _suggestions(page, alike[page.source], open_to, landings, site) for page in seeking}


def _suggestions(
    page: SitePage, alike: Mapping[str, float], articles: Sequence[SitePage], landings: Sequence[SitePage], site: Site
) -> Related:
    named = [found for written in _said(page) if (found := _named(written, page, site))]
    magnets = [other.source for other in named if other.kind == "landing"]
    own = [other.source for other in named if other.kind != "landing"]
    if not own:
        scored = ((alike.get(other.source, 0.0) + _TAGS * _shared_tags(page, other), other) for other in articles)
        own = _best(((score, other) for score, other in scored if other is not page), _ARTICLES)
    if not magnets:
        # An offer in the text has said it already, and better.
        new = [landing for landing in landings if not _offers(page, landing)]
        magnets = _best(((alike.get(landing.source, 0.0), landing) for landing in new), 1)
    return Related(tuple(own), tuple(magnets))


def _best(scored: Iterator[tuple[float, SitePage]], count: int) -> list[str]:
    # Rounded, so that the last bit of a sum does not decide; then by source, so that nothing does by chance.
    ranked = sorted((-round(score, 6), page.source) for score, page in scored if score >= _LEAST)
    return [source for _, source in ranked[:count]]


def _shared_tags(page: SitePage, other: SitePage) -> float:
    """Return the share of tags that two pages have in common, from 0 to 1."""
    both = _tags(page) | _tags(other)
    return len(_tags(page) & _tags(other)) / len(both) if both else 0.0


def _tags(page: SitePage) -> set[str]:
    categories = page.meta.get("categories")
    more = [str(word) for word in categories] if isinstance(categories, list) else []
    return {word.casefold() for word in (*page.tags, *more)}


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
