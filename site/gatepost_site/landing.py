"""A magnet becomes two pages: the landing page that asks for an address, and the page that thanks for it."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from gatepost_site.findings import ContentError, Finding
from gatepost_site.forms import form_data
from gatepost_site.kind_words import (
    label_of,
    said_end,
    said_place,
    said_when,
    words_of,
)
from gatepost_site.landing_blocks import bind_blocks, blocks_in, is_landing_block
from gatepost_site.translations import path_in, source_in
from gatepost_site.words.tags import own_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatepost_site.forms import SiteSettings
    from gatepost_site.magnets import Magnet
    from gatepost_site.pictures import Picture
    from gatepost_site.words.words import Words

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
    #: BCP 47 of a translation; "" is the site's language.
    language: str = ""

    def for_page(self, url_path: str) -> dict[str, Any]:
        """Return the front matter for the page at a URL path, which its form tells the webhook."""
        data = self.meta["gatepost"]
        return self.meta | {"gatepost": data | {"form": data["form"] | {"page": url_path}}}


def landing_url(magnet: Magnet, settings: SiteSettings) -> str:
    """Return the path of a magnet's landing page below the site, such as "get/checklist/"."""
    path = f"{settings.path}/{magnet.slug}/" + ("" if settings.directory_urls else "index.html")
    return path_in(path, magnet.language)


def thanks_url(magnet: Magnet, settings: SiteSettings) -> str:
    """Return the path of a magnet's thank-you page below the site, such as "get/checklist/thanks/"."""
    path = f"{settings.path}/{magnet.slug}/thanks/" + ("" if settings.directory_urls else "index.html")
    return path_in(path, magnet.language)


def checked_path(path: str) -> str:
    """Return the plugin's option `path` without slashes around it. Raises ContentError when it is no path."""
    bare = path.strip("/")
    if not _PATH.fullmatch(bare):
        write = "letters, digits and '-', as in 'path: get'"
        raise ContentError([Finding("mkdocs.yml", 1, 1, "gatepost: 'path' is not a path", f"'{path}'", write)])
    return bare


def landing_page(
    magnet: Magnet, settings: SiteSettings, *, cover: Picture | None, versions: Sequence[Magnet] = ()
) -> GeneratedPage:
    """Return a magnet's landing page; its body is rendered with the site's own Markdown extensions.

    `versions` are the magnet in all its languages.
    """
    meta = magnet.meta
    words, now = settings.words(magnet.language), settings.built_at
    data = _shared(magnet, settings) | {
        "kind": _kind(magnet, words, now),
        "heading": meta.title,
        "subtitle": meta.subtitle,
        "lead": meta.description,
        "author": meta.author,
        "cover": _cover(cover),
        "form": form_data(magnet, settings, anchor="get", page=""),
        "languages": [_choice(version, settings) for version in versions if version.language != magnet.language],
        "head_title": meta.seo.title or f"{meta.title} | {settings.site_name}",
        "blocks": sorted({block.name.lower() for block in blocks_in(magnet.body) if is_landing_block(block.name)}),
    }
    front = {
        "title": meta.title,
        "description": meta.seo.description or meta.description,
        "template": "gatepost/landing.html",
        "image": meta.seo.image,
        "gatepost": data,
    }
    source = source_in(f"{settings.path}/{magnet.slug}/index.md", magnet.language)
    return GeneratedPage(source, magnet.slug, _body(bind_blocks(magnet.body, magnet.slug)), front, magnet.language)


def thanks_page(magnet: Magnet, settings: SiteSettings) -> GeneratedPage:
    """Return the page after the form. It says the same to everybody, so that it tells nobody who is known here."""
    words = settings.words(magnet.language)
    own = words_of(magnet, words, settings.built_at)
    data = _shared(magnet, settings) | {
        "heading": words.say("thanks.heading"),
        "magnet": magnet.meta.title,
        "subject": own.subject if own else words.say("mail.confirm_subject", title=magnet.meta.title),
        "landing": landing_url(magnet, settings),
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
    source = source_in(f"{settings.path}/{magnet.slug}/thanks/index.md", magnet.language)
    return GeneratedPage(source, magnet.slug, _body(magnet.meta.thanks), front, magnet.language)


def _shared(magnet: Magnet, settings: SiteSettings) -> dict[str, Any]:
    """Return what the templates of both pages read."""
    words = settings.words(magnet.language)
    own = words_of(magnet, words, settings.built_at)
    return {
        "words": words.tree,
        # What the pages say of a kind that is no file.
        "own": asdict(own) if own else {},
        "event": _event(magnet, words, settings.built_at),
        "language": magnet.language or settings.language,
        "direction": words.direction,
        "home": settings.path_in("", magnet.language) or ".",
        "privacy": settings.path_in(settings.privacy, magnet.language),
    }


def _choice(version: Magnet, settings: SiteSettings) -> dict[str, str]:
    """Return the way to a version of the landing page, for who reads that language better."""
    language = version.language or settings.language
    return {"language": language, "name": own_name(language), "url": landing_url(version, settings)}


def _body(markdown: str) -> str:
    # The empty line keeps MkDocs from taking a first line such as "Note: ..." or "---" for front matter.
    return "\n" + markdown.lstrip("\n")


def _kind(magnet: Magnet, words: Words, now: int) -> str:
    if magnet.meta.kind or magnet.webinar:
        return label_of(magnet, words, now)
    if magnet.is_ebook:
        return words.say("kind.ebook")
    ending = "." + magnet.filename.rpartition(".")[2].lower()
    return words.say(_KINDS.get(ending, "kind.download"))


def _event(magnet: Magnet, words: Words, now: int) -> dict[str, Any]:
    """Return a webinar's time and place as everybody may know them, {} for what is no webinar."""
    webinar = magnet.webinar
    if webinar is None:
        return {}
    return {
        **said_when(webinar, words),
        "place": said_place(webinar, words),
        "start": webinar.start.isoformat(),
        # Milliseconds, as browsers count.
        "end": int(webinar.end.timestamp()) * 1000,
        "is_over": webinar.has_ended(now),
        "is_closed": magnet.is_closed(now),
        "is_recorded": bool(webinar.recording),
        "ended": said_end(webinar, words),
    }


def _cover(cover: Picture | None) -> dict[str, Any]:
    return {"path": cover.path, "width": cover.width, "height": cover.height} if cover else {}
