"""Landing blocks as HTML: a Markdown extension that turns what writers wrote into what the template styles."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, cast
from xml.etree import ElementTree as ET

from markdown.util import AtomicString
from pydantic import ValidationError
from pymdownx.blocks import BlocksExtension  # type: ignore[import-untyped]
from pymdownx.blocks.block import Block  # type: ignore[import-untyped]

from gatepost_site.landing_blocks.check import SOURCE
from gatepost_site.landing_blocks.moments import in_zone, say_moment
from gatepost_site.landing_blocks.options import OPTIONS
from gatepost_site.offers import mark_link

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown import Markdown
    from pymdownx.blocks import BlocksProcessor

    from gatepost_site.landing_blocks.options import (
        AuthorOptions,
        BlockOptions,
        ContentsOptions,
        CountdownOptions,
        PreviewOptions,
    )
    from gatepost_site.magnets import Magnet
    from gatepost_site.offers import OfferShelf
    from gatepost_site.pictures import Picture
    from gatepost_site.words.words import Words

_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})


class LandingExtension(BlocksExtension):  # type: ignore[misc]
    """Adds the blocks of landing copy to Markdown."""

    #: Whether a page's result depends on its text and the shelf alone, so that it may be kept.
    is_pure = True

    def __init__(self, shelf: Callable[[], OfferShelf]) -> None:
        #: Asked for when a page is rendered, because covers are made after the extension is.
        self.shelf = shelf
        super().__init__()

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: BlocksProcessor) -> None:  # noqa: N802 - pymdownx's name
        """Register the blocks."""
        for block in (Author, Benefits, Contents, Countdown, Faq, Form, Preview, Testimonials):
            block_mgr.register(block, {"shelf": self.shelf})


class LandingBlock(Block):  # type: ignore[misc]
    """One block: an element of its own class, with the writer's text in it."""

    ARGUMENT = None
    TAG = "div"
    #: After "gatepost-"; "" is the block's name.
    LOOK = ""

    def __init_subclass__(cls) -> None:
        """Take the options from their model, which judges the values."""
        cls.OPTIONS = {name: (None, None) for name in OPTIONS[cls.NAME].model_fields if name != "attrs"}

    def on_validate(self, parent: ET.Element) -> bool:
        """Refuse wrong options, as the check of the source did with their line."""
        given = {name: value for name, value in self.options.items() if name != "attrs" and value is not None}
        try:
            self.chosen: BlockOptions = OPTIONS[self.NAME].model_validate(given)
        except ValidationError:
            return False
        return True

    def on_create(self, parent: ET.Element) -> ET.Element:
        """Make the element."""
        element = ET.SubElement(parent, self.TAG, {"class": f"gatepost-{self.LOOK or self.NAME}"})
        self.begin(element)
        return element

    def begin(self, element: ET.Element) -> None:
        """Put in what stands before the writer's text."""

    @property
    def shelf(self) -> OfferShelf:
        """What the site knows of its magnets."""
        return cast("OfferShelf", self.config["shelf"]())

    def magnet(self) -> Magnet | None:
        """Return the magnet that the block was bound to; without one it stands where it may not, which is noted."""
        if found := self.shelf.magnet(self.argument or ""):
            return found
        self.shelf.astray.append(self.NAME)
        return None

    def words(self) -> Words:
        """Return what Gatepost says in the page's language."""
        return self.shelf.forms.words(self.shelf.language)


class Benefits(LandingBlock):
    """`/// benefits`: a list, shown as cards."""

    NAME = "benefits"


class Contents(LandingBlock):
    """`/// contents`: the chapters of the magnet's book."""

    NAME = "contents"

    def on_end(self, block: ET.Element) -> None:
        """List the chapters below the writer's text."""
        options = cast("ContentsOptions", self.chosen)
        magnet = self.magnet()
        chapters = self.shelf.contents.get(magnet.stem, ()) if magnet else ()
        listing = ET.SubElement(block, "ol")
        for chapter in chapters:
            item = ET.SubElement(listing, "li")
            _put(item, "span", chapter.title, "gatepost-contents__title")
            if options.sections and chapter.sections:
                _put(item, "span", " · ".join(chapter.sections), "gatepost-contents__sections")


class Author(LandingBlock):
    """`/// author`: who wrote it, with a portrait."""

    NAME = "author"

    def begin(self, element: ET.Element) -> None:
        """Put portrait, name and role first."""
        options = cast("AuthorOptions", self.chosen)
        magnet = self.magnet()
        if options.photo:
            attributes = {
                "class": "gatepost-author__photo",
                "src": mark_link(options.photo),
                "alt": "",
                "data-sizes": "6rem",
            }
            ET.SubElement(element, "img", attributes)
        words = ET.SubElement(element, "div")
        _put(words, "p", options.name or (magnet.meta.author if magnet else ""), "gatepost-author__name")
        if options.role:
            _put(words, "p", options.role, "gatepost-author__role")

    def on_add(self, block: ET.Element) -> ET.Element:
        """Put the writer's text beside the portrait."""
        return block[-1]


class Testimonials(LandingBlock):
    """`/// testimonials`: quotations, each with its source."""

    NAME = "testimonials"

    def on_end(self, block: ET.Element) -> None:
        """Make a figure of each quotation."""
        for quotations in [child for child in block if child.tag == "blockquote"]:
            at = list(block).index(quotations)
            block.remove(quotations)
            for offset, figure in enumerate(_figures(list(quotations))):
                block.insert(at + offset, figure)


class Faq(LandingBlock):
    """`/// faq`: questions that open."""

    NAME = "faq"

    def on_end(self, block: ET.Element) -> None:
        """Fold what follows each heading under it."""
        details: ET.Element | None = None
        for child in list(block):
            if child.tag in _HEADINGS:
                details = ET.SubElement(block, "details")
                summary = ET.SubElement(details, "summary")
                summary.text = child.text
                summary.extend(list(child))
                block.remove(child)
            elif details is not None:
                block.remove(child)
                details.append(child)


class Preview(LandingBlock):
    """`/// preview`: the first pages of the magnet's book as pictures."""

    NAME = "preview"

    def on_end(self, block: ET.Element) -> None:
        """Put the pages below the writer's text."""
        magnet = self.magnet()
        if magnet is None:
            return
        pages = self.shelf.previews.get(magnet.stem, {})
        listing = ET.SubElement(block, "ul")
        for number, picture in islice(pages.items(), cast("PreviewOptions", self.chosen).pages):
            link = ET.SubElement(ET.SubElement(listing, "li"), "a", {"href": mark_link(picture.path)})
            words = self.words().say("page.preview", number=number, title=magnet.meta.title)
            ET.SubElement(link, "img", _page_attributes(picture, words))


class Countdown(LandingBlock):
    """`/// countdown`: the day in words. Nothing ticks: a page that was built yesterday would be wrong today."""

    NAME = "countdown"

    def begin(self, element: ET.Element) -> None:
        """Put the leaf of a calendar and the date first."""
        options = cast("CountdownOptions", self.chosen)
        magnet = self.magnet()
        webinar = magnet.webinar if magnet else None
        to = options.to or (webinar.start if webinar else None)
        if to is None:
            return
        moment = in_zone(to, options.zone)
        leaf = ET.SubElement(element, "span", {"class": "gatepost-countdown__leaf", "aria-hidden": "true"})
        _put(leaf, "span", self.words().month(moment))
        _put(leaf, "strong", str(moment.day))
        words = ET.SubElement(element, "div")
        line = ET.SubElement(words, "p", {"class": "gatepost-countdown__date"})
        time = ET.SubElement(line, "time", {"datetime": moment.isoformat()})
        time.text = AtomicString(say_moment(moment, self.words()))

    def on_add(self, block: ET.Element) -> ET.Element:
        """Put the writer's text below the date."""
        return block[-1] if len(block) else block


class Form(LandingBlock):
    """`/// form`: the form once more."""

    NAME = "form"
    TAG = "section"
    # The form itself has the other.
    LOOK = "again"

    def begin(self, element: ET.Element) -> None:
        """Tell this form from the one at the top."""
        number = self.tracker["count"] = self.tracker.get("count", 1) + 1
        self.anchor = f"get-{number}"

    def on_end(self, block: ET.Element) -> None:
        """Unless nothing is to be had any more, put the form below the writer's text."""
        magnet = self.magnet()
        if magnet and not magnet.is_closed(self.shelf.forms.built_at):
            block.set("aria-label", magnet.meta.title)
            holder = ET.SubElement(block, "div")
            holder.text = self.md.htmlStash.store(self.shelf.form(magnet, self.anchor))


def _figures(paragraphs: list[ET.Element]) -> list[ET.Element]:
    """Return one figure for each run of elements that ends with a source."""
    figures: list[ET.Element] = []
    quote: list[ET.Element] = []
    for element in paragraphs:
        text, _, last = (element.text or "").rpartition("\n")
        if not SOURCE.match(last):
            quote.append(element)
            continue
        if text:
            said = ET.Element(element.tag)
            said.text = text
            quote.append(said)
        figures.append(_figure(quote, SOURCE.sub("", last), list(element)))
        quote = []
    return [*figures, *quote]


def _figure(quote: list[ET.Element], source: str, children: list[ET.Element]) -> ET.Element:
    figure = ET.Element("figure")
    ET.SubElement(figure, "blockquote").extend(quote)
    caption = ET.SubElement(figure, "figcaption")
    caption.text = source
    caption.extend(children)
    return figure


def _page_attributes(picture: Picture, words: str) -> dict[str, Any]:
    size = {"width": str(picture.width), "height": str(picture.height)}
    sizes = "(min-width: 40rem) 13rem, 30vw"
    return {"src": mark_link(picture.path), "alt": words, "loading": "lazy", "data-sizes": sizes} | size


def _put(parent: ET.Element, tag: str, text: str, name: str = "") -> None:
    element = ET.SubElement(parent, tag, {"class": name} if name else {})
    element.text = AtomicString(text)
