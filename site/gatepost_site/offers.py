"""The inline offer: a Markdown block that shows a magnet's call to action, or its form, inside any page."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from markdown.util import AtomicString
from pymdownx.blocks import BlocksExtension  # type: ignore[import-untyped]
from pymdownx.blocks.block import Block, type_string_in  # type: ignore[import-untyped]

from gatepost_site.forms import form_data
from gatepost_site.kind_words import button_of
from gatepost_site.offer_check import SHOWS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import jinja2
    from markdown import Markdown
    from pymdownx.blocks import BlocksProcessor

    from gatepost_site.ebook import ChapterTitle
    from gatepost_site.forms import SiteSettings
    from gatepost_site.magnets import Magnet
    from gatepost_site.pictures import Picture

#: Stands in rendered Markdown for what depends on the page that shows it: a blog shows one post on several pages.
_LINK = "gatepost-link:"
_PAGE = "gatepost-page:"
_MARKS = re.compile(rf"{_LINK}([^\"'\s<>]*)|{_PAGE}")
_ASIDE = re.compile(r'<aside [^>]*?aria-labelledby="(offer-[^"]+)-title".*?</aside>', re.DOTALL)
CLASS = "gatepost-offer"


@dataclass
class OfferShelf:
    """The magnets that offers may name, and what they need to be shown."""

    magnets: Mapping[str, Magnet]
    #: Key, such as "guide" or "guide.de" -> path of the landing page below the site.
    landing: Mapping[str, str]
    #: Stem -> cover, where there is one.
    covers: Mapping[str, Picture]
    forms: SiteSettings
    templates: jinja2.Environment
    #: Of the page that is being rendered; "" is the site's own. Offers speak it as far as they can.
    language: str = ""
    #: Names that a rendered page offered and that no magnet has: what the check of the source could not see.
    unknown: list[str] = field(default_factory=list)
    #: Slug -> chapters of the ebook.
    contents: Mapping[str, Sequence[ChapterTitle]] = field(default_factory=dict)
    #: Slug -> page number -> picture of a page of the ebook, where its landing copy shows some.
    previews: Mapping[str, Mapping[int, Picture]] = field(default_factory=dict)
    #: Blocks of landing copy that a rendered page had where none may be: what the check of the source could not see.
    astray: list[str] = field(default_factory=list)

    def magnet(self, slug: str) -> Magnet | None:
        """Return a magnet in the page's language, if it is translated, None when there is no such magnet."""
        magnet = self.magnets.get(slug)
        return magnet.in_language(self.language) if magnet else None

    def form(self, magnet: Magnet, anchor: str) -> str:
        """Return a magnet's form as HTML, with marks for what depends on the page."""
        data = form_data(magnet, self.forms, anchor=anchor, page=_PAGE, language=self.language)
        return self.templates.get_template("gatepost/partials/form.html").render(form=data)


class OfferExtension(BlocksExtension):  # type: ignore[misc]
    """Adds the block `/// offer | slug` to Markdown."""

    #: Whether a page's result depends on its text and the shelf alone, so that it may be kept.
    is_pure = True

    def __init__(self, shelf: Callable[[], OfferShelf]) -> None:
        #: Asked for when a page is rendered, because covers are made after the extension is.
        self.shelf = shelf
        super().__init__()

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: BlocksProcessor) -> None:  # noqa: N802 - pymdownx's name
        """Register the block."""
        block_mgr.register(OfferBlock, {"shelf": self.shelf})


class OfferBlock(Block):  # type: ignore[misc]
    """`/// offer | slug`, with `show: form` or `show: button`, and the writer's own words as its text."""

    NAME = "offer"
    ARGUMENT = True
    OPTIONS = {"show": ("button", type_string_in(SHOWS))}  # noqa: RUF012 - pymdownx wants a plain dict

    def on_create(self, parent: ET.Element) -> ET.Element:
        """Make the aside with its cover and title."""
        self.shelf: OfferShelf = self.config["shelf"]()
        self.magnet = self.shelf.magnet(self.argument)
        number = self.tracker["count"] = self.tracker.get("count", 0) + 1
        self.anchor = f"offer-{self.argument}" + (f"-{number}" if number > 1 else "")
        aside = ET.SubElement(parent, "aside", {"class": f"{CLASS} {CLASS}--{self.options['show']}"})
        if self.magnet is None:
            self.shelf.unknown.append(self.argument)
            return aside
        aside.set("aria-labelledby", f"{self.anchor}-title")
        if self.magnet.language != self.shelf.language:
            # Read aloud in the right voice, though the page around it is in another language.
            aside.set("lang", self.magnet.language or self.shelf.forms.language)
        if picture := self.shelf.covers.get(self.magnet.stem):
            size = {"width": str(picture.width), "height": str(picture.height)}
            attributes = {
                "class": f"{CLASS}__cover",
                "src": _LINK + picture.path,
                "alt": "",
                "loading": "lazy",
                "data-sizes": "7rem",
            }
            ET.SubElement(aside, "img", attributes | size)
        title = ET.SubElement(aside, "p", {"class": f"{CLASS}__title", "id": f"{self.anchor}-title"})
        title.text = AtomicString(self.magnet.meta.title)
        ET.SubElement(aside, "div", {"class": f"{CLASS}__text"})
        return aside

    def on_add(self, block: ET.Element) -> ET.Element:
        """Put the writer's words into their place, which is not the aside itself."""
        return block[-1] if len(block) else block

    def on_end(self, block: ET.Element) -> None:
        """Complete the aside: the magnet's own words when the writer wrote none, and the action."""
        if self.magnet is None:
            return
        text = block[-1]
        if not len(text):
            paragraph = ET.SubElement(text, "p")
            paragraph.text = AtomicString(self.magnet.meta.description)
        action = ET.SubElement(block, "div", {"class": f"{CLASS}__action"})
        with_form = self.options["show"] == "form" and not self.magnet.is_closed(self.shelf.forms.built_at)
        shown = self._form(self.magnet) if with_form else self._button(self.magnet)
        action.text = self.md.htmlStash.store(shown)

    def _form(self, magnet: Magnet) -> str:
        return self.shelf.form(magnet, self.anchor)

    def _button(self, magnet: Magnet) -> str:
        target = html.escape(_LINK + self.shelf.landing[magnet.key])
        said = self.shelf.forms.words(self.shelf.language or magnet.language)
        words = html.escape(button_of(magnet, said, self.shelf.forms.built_at))
        return f'<a class="{CLASS}__button" href="{target}">{words}</a>'


def has_marks(text: str) -> bool:
    """Whether a page's HTML has marks, as all that shows an offer has."""
    return _LINK in text or _PAGE in text


def place_offers(text: str, *, link: Callable[[str], str], page: str) -> str:
    """Replace the marks in a page's HTML: `link` turns a path below the site into one relative to this page."""
    if not has_marks(text):
        return text

    def replacement(found: re.Match[str]) -> str:
        return page if found[1] is None else link(found[1])

    return _MARKS.sub(replacement, text)


def tell_apart(text: str) -> str:
    """Give each offer of a page identifiers of its own: a blog shows several posts, rendered apart, on one page."""
    taken: set[str] = set()

    def renamed(found: re.Match[str]) -> str:
        anchor = free = found[1]
        while free in taken:
            free = f"{anchor}-{len(taken) + 1}"
        taken.add(free)
        return found[0].replace(f'"{anchor}-', f'"{free}-')

    return _ASIDE.sub(renamed, text)


def mark_link(address: str) -> str:
    """Mark a path below the site as one to make relative later; full addresses stay as they are."""
    return address if re.match(r"[a-z][a-z0-9+.-]*:|//", address) else _LINK + address
