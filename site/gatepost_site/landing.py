"""A magnet becomes two pages: the landing page that asks for an address, and the page that thanks for it."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from gatepost_site.findings import ContentError, Finding
from gatepost_site.forms import form_data
from gatepost_site.kind_words import (
    CLOSED,
    ENDED,
    RECORDED,
    label_of,
    said_day,
    said_duration,
    said_place,
    said_time,
    words_of,
)
from gatepost_site.landing_blocks import bind_blocks, blocks_in, is_landing_block

if TYPE_CHECKING:
    from gatepost_site.forms import SiteSettings
    from gatepost_site.magnets import Magnet
    from gatepost_site.pictures import Picture

_PATH = re.compile(r"\w[\w.-]*(?:/\w[\w.-]*)*", re.ASCII)
#: File name ending -> what a visitor calls such a file.
_KINDS = {
    ".csv": "spreadsheet", ".docx": "document", ".epub": "ebook", ".md": "text", ".mp3": "recording", ".mp4": "video",
    ".odt": "document", ".pdf": "PDF", ".pptx": "slides", ".txt": "text", ".xlsx": "spreadsheet", ".zip": "archive",
}  # fmt: skip


@dataclass(frozen=True)
class GeneratedPage:
    """A page that no Markdown file stands for."""

    #: As if it were a file of the content folder, such as "get/checklist/index.md".
    source: str
    #: The slug of the magnet that it belongs to.
    magnet: str
    markdown: str
    #: What templates read: front matter, as it were.
    meta: dict[str, Any]

    def for_page(self, url_path: str) -> dict[str, Any]:
        """Return the front matter for the page at a URL path, which its form tells the webhook."""
        data = self.meta["gatepost"]
        return self.meta | {"gatepost": data | {"form": data["form"] | {"page": url_path}}}


def landing_url(slug: str, settings: SiteSettings) -> str:
    """Return the path of a magnet's landing page below the site, such as "get/checklist/"."""
    return f"{settings.path}/{slug}/" + ("" if settings.directory_urls else "index.html")


def thanks_url(slug: str, settings: SiteSettings) -> str:
    """Return the path of a magnet's thank-you page below the site, such as "get/checklist/thanks/"."""
    return f"{settings.path}/{slug}/thanks/" + ("" if settings.directory_urls else "index.html")


def checked_path(path: str) -> str:
    """Return the plugin's option `path` without slashes around it. Raises ContentError when it is no path."""
    bare = path.strip("/")
    if not _PATH.fullmatch(bare):
        write = "letters, digits and '-', as in 'path: get'"
        raise ContentError([Finding("mkdocs.yml", 1, 1, "gatepost: 'path' is not a path", f"'{path}'", write)])
    return bare


def landing_page(magnet: Magnet, settings: SiteSettings, *, cover: Picture | None) -> GeneratedPage:
    """Return a magnet's landing page; its body is rendered with the site's own Markdown extensions."""
    meta = magnet.meta
    data = {
        "kind": _kind(magnet, settings.built_at),
        "words": _words(magnet, settings),
        "event": _event(magnet, settings.built_at),
        "heading": meta.title,
        "subtitle": meta.subtitle,
        "lead": meta.description,
        "author": meta.author,
        "cover": _cover(cover),
        "form": form_data(magnet, settings, anchor="get", page=""),
        "privacy": settings.privacy,
        "head_title": meta.seo.title or f"{meta.title} | {settings.site_name}",
        "blocks": sorted({block.name.lower() for block in blocks_in(magnet.body) if is_landing_block(block.name)}),
        "image": _address(meta.seo.image or (cover.path if cover else ""), settings),
    }
    front = {
        "title": meta.title,
        "description": meta.seo.description or meta.description,
        "template": "gatepost/landing.html",
        "image": meta.seo.image,
        "gatepost": data,
    }
    return GeneratedPage(
        f"{settings.path}/{magnet.slug}/index.md", magnet.slug, _body(bind_blocks(magnet.body, magnet.slug)), front
    )


def thanks_page(magnet: Magnet, settings: SiteSettings) -> GeneratedPage:
    """Return the page after the form. It says the same to everybody, so that it tells nobody who is known here."""
    data = {
        "heading": "Check your inbox",
        "magnet": magnet.meta.title,
        "landing": landing_url(magnet.slug, settings),
        "words": _words(magnet, settings),
        "event": _event(magnet, settings.built_at),
        "form": {},
        "privacy": settings.privacy,
        "head_title": f"Check your inbox | {settings.site_name}",
    }
    front = {
        "title": f"Check your inbox: {magnet.meta.title}",
        "description": f"What to do next to get {magnet.meta.title}.",
        "template": "gatepost/thanks.html",
        "search": {"exclude": True},
        "robots": "noindex",
        "gatepost": data,
    }
    return GeneratedPage(
        f"{settings.path}/{magnet.slug}/thanks/index.md", magnet.slug, _body(magnet.meta.thanks), front
    )


def _address(path: str, settings: SiteSettings) -> str:
    """Return the full address that networks ask for, "" when there is no picture or the site has no address."""
    return urljoin(settings.site_url, path) if path and settings.site_url else ""


def _body(markdown: str) -> str:
    # The empty line keeps MkDocs from taking a first line such as "Note: ..." or "---" for front matter.
    return "\n" + markdown.lstrip("\n")


def _kind(magnet: Magnet, now: int) -> str:
    if magnet.meta.kind or magnet.webinar:
        return label_of(magnet, now)
    if magnet.is_ebook:
        return "Free ebook"
    ending = "." + magnet.filename.rpartition(".")[2].lower()
    return f"Free {_KINDS.get(ending, 'download')}"


def _words(magnet: Magnet, settings: SiteSettings) -> dict[str, Any]:
    """Return what the pages say of a kind that is no file, {} where the templates' own words fit."""
    words = words_of(magnet, settings.built_at)
    if words is None:
        return {}
    return asdict(words) | {"subject": words.subject.format(title=magnet.meta.title)}


def _event(magnet: Magnet, now: int) -> dict[str, Any]:
    """Return a webinar's time and place as everybody may know them, {} for what is no webinar."""
    webinar = magnet.webinar
    if webinar is None:
        return {}
    day = said_day(webinar)
    return {
        "day": day,
        "time": said_time(webinar),
        "duration": said_duration(webinar),
        "place": said_place(webinar),
        "start": webinar.start.isoformat(),
        # Milliseconds, as browsers count.
        "end": int(webinar.end.timestamp()) * 1000,
        "is_over": webinar.has_ended(now),
        "is_closed": magnet.is_closed(now),
        "is_recorded": bool(webinar.recording),
        "ended": f"{ENDED.format(day=day)} {RECORDED if webinar.recording else CLOSED}",
    }


def _cover(cover: Picture | None) -> dict[str, Any]:
    return {"path": cover.path, "width": cover.width, "height": cover.height} if cover else {}
