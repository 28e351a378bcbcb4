"""What the audit needs to know of a site's configuration and files, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from markdown.extensions import toc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from gatepost_site.checks import Sources
    from gatepost_site.forms import SiteSettings


@dataclass(frozen=True)
class SiteConfig:
    """One site as its configuration describes it. Sources are paths below the content folder."""

    sources: Sources
    settings: SiteSettings
    #: BCP 47, such as "en".
    language: str
    #: Name of the theme, "" for one of the site's own.
    theme: str
    #: Source of each page -> its path below the site: "seo.md" -> "seo/".
    urls: Mapping[str, str]
    #: Every other file of the content folder, and the pages and files that plugins are known to make.
    files: frozenset[str]
    #: Source of each page that the navigation names -> its label there, "" for none; None when it is made of all pages.
    nav: Mapping[str, str] | None
    #: Folders of posts, which the blog lists, such as "blog/posts/".
    posts: tuple[str, ...]
    #: Words of a heading -> its anchor, as the site's Markdown makes it.
    slugify: Callable[[str], str]
    #: Option `check:` of the plugin, as it was read.
    options: Mapping[str, Any] = field(default_factory=dict)
    #: Folders of templates, the site's own first.
    themes: Sequence[str] = ()
    #: Source -> language (BCP 47) of each page that is a translation.
    spoken: Mapping[str, str] = field(default_factory=dict)


def nav_entries(nav: Any, label: str = "") -> Iterator[tuple[str, str]]:
    """Yield (source, label) of the pages that a navigation names, at any depth."""
    if isinstance(nav, str):
        yield nav, label
    elif isinstance(nav, dict):
        for name, item in nav.items():
            yield from nav_entries(item, str(name))
    for item in nav if isinstance(nav, list) else ():
        yield from nav_entries(item)


def post_folders(plugins: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the folders whose pages Material's blog lists, given the options of all plugins."""
    for options in plugins:
        # This package does not import a theme.
        if "post_dir" in options and "blog_dir" in options and options.get("enabled", True):
            yield options["post_dir"].format(blog=options["blog_dir"]).strip("/").removeprefix("./") + "/"


def slugify_of(options: Mapping[str, Any]) -> Callable[[str], str]:
    """Return how Markdown makes anchors of headings, given the options of its table of contents."""
    slugify, separator = options.get("slugify") or toc.slugify, options.get("separator", "-")
    return lambda words: slugify(words, separator)
