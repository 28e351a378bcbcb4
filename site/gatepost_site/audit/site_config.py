"""What the audit needs to know of a site's configuration and files, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

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
