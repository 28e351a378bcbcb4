"""A magnet becomes two pages: the landing page that asks for an address, and the page that thanks for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from gatepost_site.findings import ContentError, Finding
from gatepost_site.forms import form_data

if TYPE_CHECKING:
    from gatepost_site.forms import SiteSettings
    from gatepost_site.magnets import Magnet
    from gatepost_site.pictures import Picture

_PATH = re.compile(r"\w[\w.-]*(?:/\w[\w.-]*)*", re.ASCII)
#: File name ending -> the word for such a file.
_KINDS = {
    ".csv": "kind.spreadsheet", ".docx": "kind.document", ".epub": "kind.ebook", ".md": "kind.text",
    ".mp3": "kind.recording", ".mp4": "kind.video", ".odt": "kind.document", ".pdf": "kind.pdf",
    ".pptx": "kind.slides", ".txt": "kind.text", ".xlsx": "kind.spreadsheet", ".zip": "kind.archive",
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
    data = _shared(magnet, settings) | {
        "kind": settings.words(magnet.language).say(_kind(magnet)),
        "heading": meta.title,
        "subtitle": meta.subtitle,
        "lead": meta.description,
        "author": meta.author,
        "cover": _cover(cover),
        "form": form_data(magnet, settings, anchor="get", page=""),
        "head_title": meta.seo.title or f"{meta.title} | {settings.site_name}",
        "image": _address(meta.seo.image or (cover.path if cover else ""), settings),
    }
    front = {
        "title": meta.title,
        "description": meta.seo.description or meta.description,
        "template": "gatepost/landing.html",
        "gatepost": data,
    }
    return GeneratedPage(f"{settings.path}/{magnet.slug}/index.md", magnet.slug, _body(magnet.body), front)


def thanks_page(magnet: Magnet, settings: SiteSettings) -> GeneratedPage:
    """Return the page after the form. It says the same to everybody, so that it tells nobody who is known here."""
    words = settings.words(magnet.language)
    data = _shared(magnet, settings) | {
        "heading": words.say("thanks.heading"),
        "magnet": magnet.meta.title,
        "subject": words.say("mail.confirm_subject", title=magnet.meta.title),
        "landing": landing_url(magnet.slug, settings),
        "form": {},
        "head_title": f"{words.say('thanks.heading')} | {settings.site_name}",
    }
    front = {
        "title": words.say("thanks.title", title=magnet.meta.title),
        "description": words.say("thanks.description", title=magnet.meta.title),
        "template": "gatepost/thanks.html",
        "search": {"exclude": True},
        "robots": "noindex",
        "gatepost": data,
    }
    return GeneratedPage(
        f"{settings.path}/{magnet.slug}/thanks/index.md", magnet.slug, _body(magnet.meta.thanks), front
    )


def _shared(magnet: Magnet, settings: SiteSettings) -> dict[str, Any]:
    """Return what the templates of both pages read."""
    words = settings.words(magnet.language)
    return {
        "words": words.tree,
        "language": magnet.language or settings.language,
        "direction": words.direction,
        "privacy": settings.privacy,
    }


def _address(path: str, settings: SiteSettings) -> str:
    """Return the full address that networks ask for, "" when there is no picture or the site has no address."""
    return urljoin(settings.site_url, path) if path and settings.site_url else ""


def _body(markdown: str) -> str:
    # The empty line keeps MkDocs from taking a first line such as "Note: ..." or "---" for front matter.
    return "\n" + markdown.lstrip("\n")


def _kind(magnet: Magnet) -> str:
    if magnet.is_ebook:
        return "kind.ebook"
    ending = "." + magnet.filename.rpartition(".")[2].lower()
    return _KINDS.get(ending, "kind.download")


def _cover(cover: Picture | None) -> dict[str, Any]:
    return {"path": cover.path, "width": cover.width, "height": cover.height} if cover else {}
