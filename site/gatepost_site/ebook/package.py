"""What holds an EPUB together: the package document, and the contents as readers of the second version know them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatepost_site.magnets import Magnet, MagnetMeta

#: Media types of the files in it.
MEDIA_TYPES = {
    ".css": "text/css",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".ncx": "application/x-dtbncx+xml",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".xhtml": "application/xhtml+xml",
}
#: What a book made of Markdown offers to those who do not see it, or not well.
_FEATURES = (
    "alternativeText", "displayTransformability", "readingOrder", "structuralNavigation", "tableOfContents", "unlocked",
    "ARIA",
)  # fmt: skip
_ACCESS = (
    ("schema:accessMode", "textual"),
    ("schema:accessMode", "visual"),
    ("schema:accessModeSufficient", "textual"),
    *(("schema:accessibilityFeature", feature) for feature in _FEATURES),
    ("schema:accessibilityHazard", "none"),
    (
        "schema:accessibilitySummary",
        "Text that flows, with headings, lists, tables and footnotes marked as such. Pictures have alternative text.",
    ),
)
#: A package must say when it was changed; of a book without a day, nobody knows.
_NO_DAY = "1980-01-01"


@dataclass(frozen=True)
class Item:
    """One file of a book."""

    #: Path beside the package document.
    name: str
    media_type: str
    data: bytes
    properties: str = ""
    #: Whether it is one of the pages that are read in turn.
    spine: bool = False

    @property
    def id(self) -> str:
        """Name within the package."""
        return "i-" + self.name.replace("/", "-").replace(".", "-")


def package(magnet: Magnet, identifier: str, items: Sequence[Item]) -> bytes:
    """Return the package document of a book."""
    opf = ET.Element(
        "package",
        {
            "xmlns": "http://www.idpf.org/2007/opf",
            "version": "3.0",
            "unique-identifier": "identifier",
            "xml:lang": magnet.book_language,
        },
    )
    cover = next((item.id for item in items if item.properties == "cover-image"), "")
    opf.append(_metadata(magnet, identifier, cover))
    manifest = ET.SubElement(opf, "manifest")
    for item in items:
        attributes = {"id": item.id, "href": item.name, "media-type": item.media_type}
        ET.SubElement(manifest, "item", attributes | ({"properties": item.properties} if item.properties else {}))
    spine = ET.SubElement(opf, "spine", {"toc": "i-toc-ncx"})
    for item in items:
        if item.spine:
            ET.SubElement(spine, "itemref", {"idref": item.id})
    return _document(opf)


def _metadata(magnet: Magnet, identifier: str, cover: str) -> ET.Element:
    meta = magnet.meta
    metadata = ET.Element("metadata", {"xmlns:dc": "http://purl.org/dc/elements/1.1/"})
    title = f"{meta.title}: {meta.subtitle}" if meta.subtitle else meta.title
    ET.SubElement(metadata, "dc:identifier", {"id": "identifier"}).text = identifier
    ET.SubElement(metadata, "dc:title").text = title
    ET.SubElement(metadata, "dc:language").text = magnet.book_language
    if meta.author:
        ET.SubElement(metadata, "dc:creator", {"id": "author"}).text = meta.author
        ET.SubElement(
            metadata, "meta", {"refines": "#author", "property": "role", "scheme": "marc:relators"}
        ).text = "aut"
    ET.SubElement(metadata, "dc:description").text = meta.description
    for word in meta.keywords:
        ET.SubElement(metadata, "dc:subject").text = word
    if meta.published:
        ET.SubElement(metadata, "dc:date").text = meta.published.isoformat()
    day = meta.published.isoformat() if meta.published else _NO_DAY
    ET.SubElement(metadata, "meta", {"property": "dcterms:modified"}).text = f"{day}T00:00:00Z"
    for name, value in _ACCESS:
        ET.SubElement(metadata, "meta", {"property": name}).text = value
    # Readers of the second version look for the cover here.
    ET.SubElement(metadata, "meta", {"name": "cover", "content": cover})
    return metadata


def ncx(meta: MagnetMeta, identifier: str, chapters: Sequence[tuple[str, str]]) -> bytes:
    """Return the contents for older readers; chapters are (title, page)."""
    root = ET.Element("ncx", {"xmlns": "http://www.daisy.org/z3986/2005/ncx/", "version": "2005-1"})
    head = ET.SubElement(root, "head")
    for name, value in (("dtb:uid", identifier), ("dtb:depth", "1")):
        ET.SubElement(head, "meta", {"name": name, "content": value})
    ET.SubElement(ET.SubElement(root, "docTitle"), "text").text = meta.title
    points = ET.SubElement(root, "navMap")
    for number, (title, page) in enumerate(chapters, start=1):
        point = ET.SubElement(points, "navPoint", {"id": f"n-{number}", "playOrder": str(number)})
        ET.SubElement(ET.SubElement(point, "navLabel"), "text").text = title
        ET.SubElement(point, "content", {"src": page})
    return _document(root)


def _document(root: ET.Element) -> bytes:
    ET.indent(root)
    xml = ET.tostring(root, encoding="unicode")
    return f"<?xml version='1.0' encoding='utf-8'?>\n{xml}\n".encode()
