"""The feeds of a site's blog: the newest posts in full, as Atom (RFC 4287) and as JSON Feed 1.1."""

from __future__ import annotations

import html
import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from gatepost_site.seo.descriptions import description_of
from gatepost_site.seo.titles import heading_of
from gatepost_site.site_files.indexable import address, is_indexable, language_of
from gatepost_site.site_files.moves import moves
from gatepost_site.site_files.readable import readable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gatepost_site.project import Project
    from gatepost_site.site_pages import Site, SitePage

#: Posts in a feed: what a reader who comes once a month has missed.
NEWEST = 30
_UNREADABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127])


@dataclass(frozen=True)
class Feed:
    """One feed, in one language."""

    #: Of the files, without ending: "feed", or "feed.de" for posts in another language than the site's.
    name: str
    language: str
    posts: tuple[SitePage, ...]


@dataclass(frozen=True)
class _Entry:
    """A post as feeds have it."""

    id: str
    url: str
    title: str
    summary: str
    content: str
    published: str
    updated: str
    authors: tuple[str, ...]
    tags: tuple[str, ...]


def feeds_of(site: Site) -> list[Feed]:
    """Return the feeds that a site has: one a language, none without posts or without an address of the site."""
    if not site.facts.adds.feeds or not site.facts.url:
        return []
    groups: defaultdict[str, list[SitePage]] = defaultdict(list)
    for page in site.pages.values():
        if page.kind == "post" and page.published and is_indexable(page, site):
            groups[language_of(page, site)].append(page)
    return [
        Feed("feed" if language == site.facts.language else f"feed.{language}", language, _newest(posts))
        for language, posts in sorted(groups.items())
    ]


def write_feeds(site: Site, public: Path, project: Project) -> None:
    """Write feed.xml and feed.json, unless a writer wrote one."""
    first = {move.page.source: move.old for move in reversed(list(moves(site))) if move.old}
    for feed in feeds_of(site):
        entries = [_entry(post, site, first.get(post.source, post.url)) for post in feed.posts]
        for name, text in (
            (f"{feed.name}.xml", _atom(feed, entries, site)),
            (f"{feed.name}.json", _json(feed, entries, site)),
        ):
            if not (project.content / name).is_file():
                (public / name).write_text(text, encoding="utf-8", newline="\n")


def blog_of(site: Site, language: str) -> str:
    """Return the path of the page that lists all posts in a language, "" (the home page) when there is none."""
    lists = [page.url for page in site.pages.values() if page.kind == "listing" and language_of(page, site) == language]
    return min(lists, key=lambda url: (url.count("/"), len(url), url), default="")


def _newest(posts: Sequence[SitePage]) -> tuple[SitePage, ...]:
    by_source = sorted(posts, key=lambda post: post.source)
    return tuple(sorted(by_source, key=lambda post: str(post.published), reverse=True)[:NEWEST])


def _entry(post: SitePage, site: Site, first: str) -> _Entry:
    here = address(post.url, site)
    published = f"{post.published}T00:00:00Z"
    content = readable(post.content, here=here, offer=lambda action: _offer(action, site))
    return _Entry(
        # A post that moves keeps its first address as its name, or readers would see it as new.
        id=address(first, site),
        url=here,
        title=_plain(heading_of(post, site)),
        summary=_plain(description_of(post, site)),
        content=_plain(content),
        published=published,
        updated=max(published, datetime.fromtimestamp(post.updated, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")),
        authors=post.authors,
        tags=tuple(dict.fromkeys([*post.tags, *_categories(post)])),
    )


def _offer(action: str, site: Site) -> str:
    """Return a link to the landing page of the magnet that a form asks for, "" for a form of somebody else."""
    slug = action.rpartition("/f/")[2]
    for page in site.pages.values():
        if page.kind == "landing" and page.magnet == slug and is_indexable(page, site):
            return f'<p><a href="{html.escape(address(page.url, site))}">{html.escape(page.title)}</a></p>'
    return ""


def _categories(post: SitePage) -> list[str]:
    said = post.meta.get("categories")
    return [str(word) for word in said] if isinstance(said, list) else []


def _plain(text: str) -> str:
    # XML has no way at all to say these characters.
    return text.translate(_UNREADABLE)


def _title(feed: Feed, site: Site) -> str:
    return site.facts.name if feed.language == site.facts.language else f"{site.facts.name} ({feed.language})"


def _atom(feed: Feed, entries: Sequence[_Entry], site: Site) -> str:
    own = address(f"{feed.name}.xml", site)
    subtitle = f"<subtitle>{escape(site.facts.description)}</subtitle>\n" if site.facts.description else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(feed.language)}>\n'
        f"<id>{escape(own)}</id>\n<title>{escape(_title(feed, site))}</title>\n{subtitle}"
        f"<updated>{max(entry.updated for entry in entries)}</updated>\n"
        f"<author><name>{escape(site.facts.name)}</name></author>\n"
        f'<link rel="self" type="application/atom+xml" href={quoteattr(own)}/>\n'
        f'<link rel="alternate" type="text/html" href={quoteattr(address(blog_of(site, feed.language), site))}/>\n'
        f"{''.join(_atom_entry(entry) for entry in entries)}</feed>\n"
    )


def _atom_entry(entry: _Entry) -> str:
    summary = f"<summary>{escape(entry.summary)}</summary>\n" if entry.summary else ""
    authors = "".join(f"<author><name>{escape(name)}</name></author>\n" for name in entry.authors)
    tags = "".join(f"<category term={quoteattr(tag)}/>\n" for tag in entry.tags)
    return (
        f"<entry>\n<id>{escape(entry.id)}</id>\n<title>{escape(entry.title)}</title>\n"
        f'<link rel="alternate" type="text/html" href={quoteattr(entry.url)}/>\n'
        f"<published>{entry.published}</published>\n<updated>{entry.updated}</updated>\n{authors}{tags}{summary}"
        f'<content type="html">{escape(entry.content)}</content>\n</entry>\n'
    )


def _json(feed: Feed, entries: Sequence[_Entry], site: Site) -> str:
    whole = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _title(feed, site),
        "home_page_url": address(blog_of(site, feed.language), site),
        "feed_url": address(f"{feed.name}.json", site),
        "description": site.facts.description,
        "language": feed.language,
        "authors": [{"name": site.facts.name}],
        "items": [_json_item(entry) for entry in entries],
    }
    return json.dumps(_filled(whole), ensure_ascii=False, indent=1) + "\n"


def _json_item(entry: _Entry) -> dict[str, Any]:
    item = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "content_html": entry.content,
        "date_published": entry.published,
        "date_modified": entry.updated,
        "authors": [{"name": name} for name in entry.authors],
        "tags": list(entry.tags),
    }
    return _filled(item)


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value}
