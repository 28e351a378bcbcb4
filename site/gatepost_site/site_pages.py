"""The pages of a site as plain data, once all are rendered: what everything that is said about them is made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

Kind: TypeAlias = Literal["home", "page", "post", "listing", "landing", "thanks"]


@dataclass(frozen=True)
class SiteFacts:
    """What all pages of a site share."""

    name: str
    #: Ends with a slash; "" when the site does not know its address.
    url: str
    description: str
    #: BCP 47, such as "en" or "de-AT".
    language: str


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
    #: BCP 47 of a translation; "" is the site's language.
    language: str = ""

    @property
    def is_hidden(self) -> bool:
        """Whether search engines are asked to leave the page out."""
        return "noindex" in str(self.meta.get("robots", ""))


@dataclass(frozen=True)
class Site:
    """All pages of a site, by source."""

    facts: SiteFacts
    pages: Mapping[str, SitePage] = field(default_factory=dict)
