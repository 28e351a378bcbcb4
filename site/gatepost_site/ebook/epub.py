"""A book as EPUB 3: pages for its cover, its contents and each chapter, and the package around them.

The same input gives the same bytes: no clock is asked, and no random number.
"""

from __future__ import annotations

import io
import uuid
import zipfile
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from gatepost_site.ebook.chapters import read_chapters
from gatepost_site.ebook.contents import titles
from gatepost_site.ebook.package import MEDIA_TYPES, Item, ncx, package
from gatepost_site.ebook.reading import Reader
from gatepost_site.ebook.words import words_of
from gatepost_site.magnets import EPUB_TYPE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatepost_site.ebook.chapters import Chapter
    from gatepost_site.ebook.contents import ChapterTitle
    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Project

_CONTAINER = b"""<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
  <rootfiles><rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
#: The first moment that a zip archive can name: archives of the same book are the same.
_MOMENT = (1980, 1, 1, 0, 0, 0)
_NAMESPACE = uuid.UUID("a6b7d1f2-6f0e-5a6e-9d53-0f6f1f0c4c1e")


def epub(magnet: Magnet, project: Project, cover: tuple[str, bytes]) -> bytes:
    """Return a magnet's book as EPUB; `cover` is the name and the bytes of a picture.

    Raises ContentError with the mistakes of its chapters. Of those that only typesetting finds, as a picture that is
    not there, it knows nothing: make the PDF first.
    """
    name, picture = cover
    return _Book(magnet, read_chapters(magnet, project), name).packed(picture)


@dataclass
class _Book:
    magnet: Magnet
    chapters: Sequence[Chapter]
    #: File name of the cover's picture.
    cover: str
    items: list[Item] = field(default_factory=list)

    def packed(self, cover: bytes) -> bytes:
        """Return the archive."""
        css = (files("gatepost_site.ebook") / "epub.css").read_bytes()
        self._add(self.cover, cover, properties="cover-image")
        self._add("style.css", css)
        for name, title, body in (self._cover(), self._imprint(), self._nav(), *self._chapters()):
            properties = "nav" if name == "nav.xhtml" else ""
            self._add(name, self._page(title, body), properties=properties, spine=True)
        for path, name in self._reader.pictures.items():
            self._add(name, path.read_bytes())
        identifier = f"urn:uuid:{uuid.uuid5(_NAMESPACE, f'{self.magnet.stem}/{self.magnet.meta.title}')}"
        entries = [(title.title, self._names[number]) for number, title in enumerate(self._titles)]
        self._add("toc.ncx", ncx(self.magnet.meta, identifier, entries))
        return _zipped(self.items, package(self.magnet, identifier, self.items))

    def __post_init__(self) -> None:
        self._words = words_of(self.magnet.book_language)
        self._names = [f"chapter-{number:02d}.xhtml" for number in range(1, len(self.chapters) + 1)]
        pages = {chapter.name: name for chapter, name in zip(self.chapters, self._names, strict=True)}
        self._reader = Reader(self.chapters, pages, self._words, self.magnet.folder)
        self._titles: Sequence[ChapterTitle] = titles(self.chapters)

    def _add(self, name: str, data: bytes, *, properties: str = "", spine: bool = False) -> None:
        self.items.append(Item(name, MEDIA_TYPES[name[name.rindex(".") :]], data, properties, spine))

    def _cover(self) -> tuple[str, str, ET.Element]:
        meta = self.magnet.meta
        body = ET.Element("body", {"class": "cover"})
        said = ". ".join(part for part in (f"{self._words.cover}: {meta.title}", meta.subtitle, meta.author) if part)
        section = ET.SubElement(body, "section", {"epub:type": "cover"})
        ET.SubElement(section, "img", {"src": self.cover, "alt": said, "role": "doc-cover"})
        return "cover.xhtml", self._words.cover, body

    def _imprint(self) -> tuple[str, str, ET.Element]:
        meta = self.magnet.meta
        body = ET.Element("body")
        section = ET.SubElement(body, "section", {"epub:type": "titlepage", "class": "imprint"})
        ET.SubElement(section, "h1").text = meta.title
        if meta.subtitle:
            ET.SubElement(ET.SubElement(section, "p"), "em").text = meta.subtitle
        if meta.author:
            ET.SubElement(section, "p").text = self._words.by.format(meta.author)
        ET.SubElement(section, "p").text = meta.description
        return "title.xhtml", meta.title, body

    def _nav(self) -> tuple[str, str, ET.Element]:
        body = ET.Element("body")
        nav = ET.SubElement(body, "nav", {"epub:type": "toc", "role": "doc-toc", "aria-labelledby": "contents"})
        ET.SubElement(nav, "h1", {"id": "contents"}).text = self._words.contents
        chapters = ET.SubElement(nav, "ol")
        for chapter, name in zip(self.chapters, self._names, strict=True):
            _entry(chapters, name, self._reader.headings(chapter))
        marks = ET.SubElement(body, "nav", {"epub:type": "landmarks", "hidden": "hidden"})
        places = ET.SubElement(marks, "ol")
        for kind, href, title in (
            ("cover", "cover.xhtml", self._words.cover),
            ("toc", "nav.xhtml", self._words.contents),
            ("bodymatter", self._names[0], self.magnet.meta.title),
        ):
            ET.SubElement(ET.SubElement(places, "li"), "a", {"epub:type": kind, "href": href}).text = title
        return "nav.xhtml", self._words.contents, body

    def _chapters(self) -> list[tuple[str, str, ET.Element]]:
        return [
            (name, title.title, self._reader.body(chapter, title.number))
            for name, title, chapter in zip(self._names, self._titles, self.chapters, strict=True)
        ]

    def _page(self, title: str, body: ET.Element) -> bytes:
        language = self.magnet.book_language
        html = ET.Element(
            "html",
            {
                "xmlns": "http://www.w3.org/1999/xhtml",
                "xmlns:epub": "http://www.idpf.org/2007/ops",
                "lang": language,
                "xml:lang": language,
            },
        )
        head = ET.SubElement(html, "head")
        ET.SubElement(head, "meta", {"charset": "utf-8"})
        ET.SubElement(head, "title").text = title
        ET.SubElement(head, "meta", {"name": "viewport", "content": "width=device-width"})
        ET.SubElement(head, "link", {"rel": "stylesheet", "href": "style.css"})
        html.append(body)
        xhtml = ET.tostring(html, encoding="unicode")
        return f"<?xml version='1.0' encoding='utf-8'?>\n<!DOCTYPE html>\n{xhtml}\n".encode()


def _entry(target: ET.Element, page: str, headings: Sequence[tuple[str, str]]) -> None:
    """Add a chapter to the contents, its sections below it; headings are (anchor, words), the title's first."""
    (_, title), *sections = headings
    item = ET.SubElement(target, "li")
    ET.SubElement(item, "a", {"href": page}).text = title
    if sections:
        inner = ET.SubElement(item, "ol")
        for anchor, words in sections:
            ET.SubElement(ET.SubElement(inner, "li"), "a", {"href": f"{page}#{anchor}"}).text = words


def _zipped(items: Sequence[Item], opf: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        # Readers know an EPUB by its first bytes: this entry comes first, as it is.
        archive.writestr(_info("mimetype"), EPUB_TYPE.encode(), zipfile.ZIP_STORED)
        archive.writestr(_info("META-INF/container.xml"), _CONTAINER, zipfile.ZIP_DEFLATED)
        archive.writestr(_info("book/package.opf"), opf, zipfile.ZIP_DEFLATED)
        for item in items:
            archive.writestr(_info(f"book/{item.name}"), item.data, zipfile.ZIP_DEFLATED, 9)
    return out.getvalue()


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _MOMENT)
    # As on Unix, whatever the machine: the number says who made the archive.
    info.create_system = 3
    info.external_attr = 0o644 << 16
    return info
