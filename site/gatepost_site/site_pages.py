"""The pages of a site as plain data, once all are rendered: what everything that is said about them is made from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from gatepost_site.words.languages import Languages

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from gatepost_site.magnets import Magnet
    from gatepost_site.words.words import Words

Kind: TypeAlias = Literal["home", "page", "post", "listing", "landing", "thanks"]


@dataclass(frozen=True)
class Additions:
    """What the site's owner wants added: options of the plugin by the same names."""

    sitemap: bool = True
    robots: bool = True
    #: Which programs of AI companies robots.txt lets in: "all", "answers" or "none".
    ai_crawlers: str = "all"
    feeds: bool = True
    llms: bool = True
    related: bool = True
    not_found: bool = True
    lazy_search: bool = True


@dataclass(frozen=True)
class Suggestion:
    """A page that another one suggests, with all that is shown of it."""

    #: Below the site's address.
    url: str
    title: str
    description: str


@dataclass(frozen=True)
class Related:
    """What a page suggests at its end, the best first."""

    articles: tuple[Suggestion, ...] = ()
    #: Landing pages.
    magnets: tuple[Suggestion, ...] = ()

    def plain(self) -> tuple[tuple[str, ...], ...]:
        """Return the same as texts alone, which are quick to tell from others."""
        shown = ((one.url, one.title, one.description) for one in (*self.articles, *self.magnets))
        return (*shown, (str(len(self.articles)),))


@dataclass(frozen=True)
class SiteFacts:
    """What all pages of a site share."""

    name: str
    #: Ends with a slash; "" when the site does not know its address.
    url: str
    description: str
    #: BCP 47, such as "en" or "de-AT".
    language: str
    #: Below the site's address; "" when the site has none.
    logo: str = ""
    #: Addresses of the site's owner elsewhere, such as on social networks.
    profiles: tuple[str, ...] = ()
    #: Of the site's own colour, such as "#1f5f4a".
    colour: str = "#1f5f4a"
    #: Whether the build is for this machine alone.
    is_preview: bool = False
    #: Whether pages get a share card.
    cards: bool = False
    #: Whether posts and articles end in links that share them.
    share: bool = True
    adds: Additions = field(default_factory=Additions)
    #: (language, name of its feed's files without ending) for each language that has posts.
    feeds: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class SitePage:
    """One page of a site."""

    #: Below the content folder, such as "blog/posts/first.md"; of a generated page as if it stood there.
    source: str
    #: Below the site's address, such as "blog/first/"; "" is the home page.
    url: str
    #: Of the HTML file, below the output folder.
    path: str
    kind: Kind
    title: str
    #: "" when nobody wrote one.
    description: str
    #: Front matter.
    meta: Mapping[str, Any]
    #: The body as it was written, without front matter.
    markdown: str
    #: The body as the site's Markdown made it; no header, navigation or footer.
    content: str
    #: Of a landing or thank-you page.
    magnet: str = ""
    #: When a post was published, as its front matter says.
    published: date | None = None
    #: Epoch second at which the source last changed, 0 when that is not known.
    updated: int = 0
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    #: BCP 47; "" is the site's own.
    language: str = ""
    #: What it suggests at its end.
    related: Related = field(default_factory=Related)

    @property
    def original(self) -> str:
        """The source that a translation stands beside: "page.md" of "page.de.md"; of any other page its own."""
        ending = f".{self.language}.md"
        translated = bool(self.language) and self.source.lower().endswith(ending.lower())
        return f"{self.source[: -len(ending)]}.md" if translated else self.source

    @property
    def is_hidden(self) -> bool:
        """Whether search engines are asked to leave the page out."""
        wishes = str(self.meta.get("robots", "")).lower().replace(" ", "").split(",")
        return "noindex" in wishes or "none" in wishes


@dataclass(frozen=True)
class SiteImage:
    """A picture of the site."""

    #: In pixels; both 0 for a drawing that says nothing of its size.
    width: int
    height: int
    #: "avif" or "webp", the better first -> (file in the picture's folder, width in pixels), the narrowest first.
    formats: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Site:
    """All pages of a site, by source."""

    facts: SiteFacts
    pages: Mapping[str, SitePage] = field(default_factory=dict)
    #: By slug.
    magnets: Mapping[str, Magnet] = field(default_factory=dict)
    #: Path below the site's address of a picture that front matter names -> (width, height) in pixels.
    pictures: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    languages: Languages = field(default_factory=Languages)
    #: By path below the site, such as "assets/thread.png": what pages show, and what can be said of it.
    images: Mapping[str, SiteImage] = field(default_factory=dict)

    def addresses(self) -> dict[str, str]:
        """Return source -> path below the site of what people wrote: what mails may link to by its file."""
        return {source: page.url for source, page in self.pages.items() if page.kind not in ("landing", "thanks")}

    def words(self, page: SitePage | None = None) -> Words:
        """Return the words of a page's language, without a page those of the site's."""
        return self.languages.words((page.language if page else "") or self.facts.language)

    def above(self, page: SitePage) -> tuple[SitePage, ...]:
        """Return the pages on the way down to a page in its language, the home page first, without the page itself."""
        parts = page.url.strip("/").split("/")
        urls = ["", *("/".join(parts[:count]) + "/" for count in range(1, len(parts)))]
        found = (self._by_url.get(url) or self._by_url.get(f"{url}index.html") for url in urls)
        return tuple(upper for upper in found if upper and upper is not page and upper.language == page.language)

    @cached_property
    def _by_url(self) -> Mapping[str, SitePage]:
        return {page.url: page for page in self.pages.values()}

    def translations_of(self, page: SitePage) -> Mapping[str, SitePage]:
        """Return a page in every language that it is there in, itself among them, by language (BCP 47)."""
        return self._by_original[page.original]

    @cached_property
    def _by_original(self) -> Mapping[str, Mapping[str, SitePage]]:
        groups: defaultdict[str, dict[str, SitePage]] = defaultdict(dict)
        for page in self.pages.values():
            groups[page.original][page.language or self.facts.language] = page
        return {original: dict(sorted(group.items())) for original, group in groups.items()}
