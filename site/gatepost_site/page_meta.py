"""The front matter of a page: every known key in one table, which checks, schema and suggestions all read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from gatepost_site.documents import Checked
from gatepost_site.seo.wording import SocialKey  # noqa: TC001 - pydantic reads it at run time

Texts = str | list[str]
Day = date | datetime


def key(what: str, example: str) -> Any:
    """Declare a key of a page: what it is for, and an example of its value as YAML."""
    return Field(None, description=what, examples=[example])


class OpenKeys(Checked):
    """Base of front matter that other plugins add keys to."""

    model_config = ConfigDict(extra="allow")


class PageSearch(OpenKeys):
    """What the site's own search does with a page."""

    boost: float | None = key("Above 1 lifts the page in the site's search, below 1 lowers it.", "2")
    exclude: bool | None = key("true keeps the page out of the site's search.", "true")


class PageDates(OpenKeys):
    """When a post was published, and changed."""

    created: Day = Field(description="When the post was published.", examples=["2026-11-03"])
    updated: Day | None = key("When the post was last changed.", "2026-11-22")


class PageSeo(OpenKeys):
    """What search engines and networks are told of a page."""

    title: str | None = key("Title in search results.", "A shorter title")
    description: str | None = key("Description in search results.", "One sentence of 50 to 160 characters.")
    image: str | None = key("Picture that networks show.", "assets/card.png")


class PageMeta(OpenKeys):
    """Front matter of a page. One line a key; a new key belongs here and nowhere else."""

    title: str | None = key("Name of the page in search results and browser tabs; about 60 characters.", "A title")
    description: str | None = key(
        "What search results show below the title; one sentence of 50 to 160 characters.",
        "One sentence of 50 to 160 characters.",
    )
    authors: Texts | None = key("Who wrote a post: names from blog/.authors.yml.", "[anna]")
    author: Texts | None = key("Who wrote the page.", "Anna Example")
    canonical: str | None = key("Address of the page that this one repeats.", "https://www.example.com/original/")
    categories: list[str] | None = key("Categories of a post.", "[Email]")
    comments: bool | None = key("Whether the page has comments.", "true")
    date: Day | PageDates | None = key("When the post was published.", "2026-11-03")
    draft: bool | None = key("true keeps a post unpublished.", "true")
    hide: list[Literal["navigation", "toc", "footer", "path", "tags", "feedback"]] | None = key(
        "Parts of Material's page that are left out.", "[navigation, toc]"
    )
    icon: str | None = key("Icon beside the page's name in the navigation.", "material/email")
    image: str | None = key("Picture that networks show with a link to the page.", "assets/card.png")
    image_alt: str | None = key("What is on that picture, for those who do not see it.", "Five envelopes on a line")
    lang: str | None = key("Language of the page where it is not the site's, as in HTML.", "de")
    links: list[Any] | None = key("Related links beside a post.", "[seo.md]")
    nav_title: str | None = key("What the navigation calls a translated page.", "Kurz")
    pin: bool | None = key("true keeps a post on top of the blog.", "true")
    readtime: int | None = key("Minutes that reading a post takes.", "4")
    redirect_from: Texts | None = key("Old paths that lead here now.", "[old/page/]")
    related: list[str] | bool | None = key("Pages named below this one; false names none.", "[seo.md]")
    robots: str | None = key("What search engines may do with the page.", "noindex")
    search: PageSearch | None = key("What the site's own search does with the page.", "{exclude: true}")
    seo: PageSeo | None = key(
        "What search engines and networks are told where it differs from the page's own.", "{title: A shorter title}"
    )
    share: bool | None = key("Whether the page shows links for sharing it.", "false")
    slug: str | None = key("Last part of a post's address.", "my-post")
    social: SocialKey | None = key(
        "What posts about the page say: one text, or one for each network.", "Read this before Friday."
    )
    status: str | None = key("Mark beside the page's name in the navigation.", "new")
    subtitle: str | None = key("Second line of the title.", "A second line")
    tags: list[str] | None = key("Tags of the page.", "[email, consent]")
    template: str | None = key("Template that shows the page.", "home.html")
    updated: Day | None = key("When the page was last changed.", "2026-11-22")


PAGE_KEYS = tuple(PageMeta.model_fields)
