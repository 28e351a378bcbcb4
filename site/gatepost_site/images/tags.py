"""What a page's HTML says of its pictures. Pure: everything about the files is in the site's facts."""

from __future__ import annotations

import posixpath
import re
from html import escape, unescape
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from gatepost_site.links import led_to

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_site.site_pages import Site, SiteImage, SitePage

_ATTRIBUTES = r"""(?:[^>"']|"[^"]*"|'[^']*')*"""
#: Comments and elements whose content is no part of the page, the writer's own choices, and pictures. What all begin
#: with stands alone at the beginning: that is found four times as fast.
_PIECE = re.compile(
    rf"<(?:!--.*?-->|(script|style|template|noscript|textarea)\b.*?</\1\s*>"
    rf"|(?P<chosen>picture\b.*?</picture\s*>)|(?P<image>img\b{_ATTRIBUTES}>))",
    re.DOTALL | re.IGNORECASE,
)
#: What each of those begins with that hide pictures.
_HIDING = ("<!--", "<script", "<style", "<template", "<noscript", "<textarea")
_IMAGE = re.compile(rf"<img\b{_ATTRIBUTES}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([^\s=/>"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?""")
_TAG = re.compile(r"<[^>]*>")
#: Where a page's own content is, in the themes that there are: from the first of these to the last of their ends.
_REGIONS = (("<article", "</article>"), ("<main", "</main>"), ("<body", "</body>"))
#: Letters of text that fill a phone's first screen, more or less.
_FOLD = 700
#: Pixels. Whatever is smaller is no page's largest picture.
_LARGE = 200
#: In a column of text: as wide as Material's, or as the screen.
_COLUMN = "(min-width: 48em) 46rem, 100vw"


def images_in(html: str) -> Iterator[str]:
    """Yield the address of each picture that HTML shows, as it is written there."""
    for tag in _tags_in(html):
        if source := _attributes(tag).get("src"):
            yield source


def _tags_in(html: str) -> Iterator[str]:
    lower = html.lower()
    if any(mark in lower for mark in _HIDING) or len(lower) != len(html):
        for piece in _PIECE.finditer(html):
            yield from _IMAGE.findall(piece[0]) if piece["image"] or piece["chosen"] else ()
        return
    # Where nothing hides them, pictures are found by their name alone.
    at = lower.find("<img")
    while at >= 0:
        found = _IMAGE.match(html, at)
        if found:
            yield found[0]
        at = lower.find("<img", found.end() if found else at + 4)


def path_of(source: str, page: SitePage, site_url: str) -> str:
    """Return where a picture is below the site, "" when it is elsewhere."""
    if path := led_to(posixpath.dirname(page.path), source):
        return path
    base, parts = urlsplit(site_url), urlsplit(source)
    is_own = bool(site_url) and (parts.scheme or base.scheme, parts.netloc) == (base.scheme, base.netloc)
    if not parts.path or ((parts.scheme or parts.netloc) and not is_own):
        return ""
    root = base.path or "/"
    place = posixpath.join(root, posixpath.dirname(page.path), unquote(parts.path))
    path = posixpath.normpath(place) + "/"
    return path.removeprefix(root).rstrip("/") if path.startswith(root) else ""


def place_images(html: str, page: SitePage, site: Site) -> str:
    """Write size, variants and order of loading to the pictures of a page's content."""
    if not site.images or "<img" not in html:
        return html
    start, end = _region(html, page)
    placing = _Placing(page, site)
    content = _PIECE.sub(placing.piece, html[start:end])
    head = html[:start].replace("</head>", f"{placing.preload}</head>", 1) if placing.preload else html[:start]
    return head + content + html[end:]


class _Placing:
    """The pictures of one page, from top to bottom."""

    def __init__(self, page: SitePage, site: Site) -> None:
        self._page = page
        self._site = site
        #: The link that asks for the first large picture; "" before that, and when there is none.
        self.preload = ""
        #: Where the text was counted up to, and how much of it there was.
        self._seen = self._text = 0

    def piece(self, found: re.Match[str]) -> str:
        """Return what stands in the place of a piece of HTML that could be a picture."""
        if found["image"]:
            return self._placed(found[0], is_above=self._is_above(found))
        if found["chosen"]:
            return _IMAGE.sub(lambda image: self._sized(image[0]), found[0])
        return found[0]

    def _is_above(self, found: re.Match[str]) -> bool:
        """Tell whether a picture is on the first screen, as far as the text before it can tell."""
        if self._text <= _FOLD:
            self._text += _letters(found.string[self._seen : found.start()])
            self._seen = found.end()
        return self._text <= _FOLD

    def _placed(self, tag: str, *, is_above: bool) -> str:
        given = _attributes(tag)
        image = self._image(given)
        if image is None:
            return _without_hint(tag)
        sizes = given.get("data-sizes") or _sizes(given, image)
        folder = posixpath.dirname(given["src"].partition("#")[0].partition("?")[0])
        sources = [] if "srcset" in given else [_source(name, image, folder, sizes) for name in image.formats]
        added = _size(given, image)
        if not self.preload and _leads(given, image, is_above=is_above):
            self.preload = _preload(given["src"], sources)
            added |= {"fetchpriority": "high"}
        else:
            added |= {"decoding": "async"} if is_above else {"loading": "lazy", "decoding": "async"}
        whole = _with(_without_hint(tag), {name: value for name, value in added.items() if name not in given})
        return f"<picture>{''.join(sources)}{whole}</picture>" if sources else whole

    def _sized(self, tag: str) -> str:
        given = _attributes(tag)
        image = self._image(given)
        return _with(tag, _size(given, image)) if image else tag

    def _image(self, given: dict[str, str]) -> SiteImage | None:
        return self._site.images.get(path_of(given.get("src", ""), self._page, self._site.facts.url))


def _region(html: str, page: SitePage) -> tuple[int, int]:
    regions = _REGIONS[1:] if page.magnet else _REGIONS
    for opening, closing in regions:
        start, end = html.find(opening), html.rfind(closing)
        if 0 <= start < end:
            return start, end
    return 0, len(html)


def _letters(html: str) -> int:
    """Return how many letters of text HTML shows."""
    return len(" ".join(_TAG.sub(" ", _PIECE.sub(" ", html)).split()))


def _leads(given: dict[str, str], image: SiteImage, *, is_above: bool) -> bool:
    """Whether a picture is the one that its page is waited for."""
    if given.get("fetchpriority") == "high":
        return True
    for_one_scheme = given.get("src", "").endswith(("#only-light", "#only-dark"))
    is_large = min(image.width, image.height) >= _LARGE and _number(given.get("width", "")) not in range(1, _LARGE)
    return is_above and is_large and "loading" not in given and not for_one_scheme


def _size(given: dict[str, str], image: SiteImage) -> dict[str, str]:
    """Return the attributes for a picture's size that its writer left out."""
    if not (image.width and image.height):
        return {}
    width, height = given.get("width"), given.get("height")
    if width is None and height is None:
        return {"width": str(image.width), "height": str(image.height)}
    if width is None and (number := _number(height or "")):
        return {"width": str(round(number * image.width / image.height))}
    if height is None and (number := _number(width or "")):
        return {"height": str(round(number * image.height / image.width))}
    return {}


def _sizes(given: dict[str, str], image: SiteImage) -> str:
    width = _number(given.get("width", ""))
    return f"(min-width: {width}px) {width}px, 100vw" if 0 < width < image.width else _COLUMN


def _number(length: str) -> int:
    """Return a length in pixels, 0 for any other."""
    digits = length.strip().removesuffix("px")
    return int(digits) if digits.isdigit() else 0


def _source(name: str, image: SiteImage, folder: str, sizes: str) -> str:
    files = ((escape(posixpath.join(folder, quote(file))), width) for file, width in image.formats[name])
    srcset = ", ".join(f"{file} {width}w" for file, width in files)
    return f'<source type="image/{name}" srcset="{srcset}" sizes="{escape(sizes)}">'


def _preload(source: str, sources: list[str]) -> str:
    """Return the link that asks for a picture before the page's body is read: in its best format."""
    if not sources:
        return f'<link rel="preload" as="image" href="{escape(source)}" fetchpriority="high">'
    chosen = sources[0].removeprefix("<source ").replace("srcset=", "imagesrcset=").replace(" sizes=", " imagesizes=")
    return f'<link rel="preload" as="image" {chosen.removesuffix(">")} fetchpriority="high">'


def _with(tag: str, attributes: dict[str, str]) -> str:
    text = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    end = "/>" if tag.endswith("/>") else ">"
    before = tag.removesuffix(end)
    # What stood before the end, often a space, stays before the end.
    bare = before.rstrip()
    return bare + text + before[len(bare) :] + end


def _without_hint(tag: str) -> str:
    return re.sub(r"\s+data-sizes=\"[^\"]*\"", "", tag)


def _attributes(tag: str) -> dict[str, str]:
    found = _ATTRIBUTE.finditer(tag[len("<img") : -1])
    return {match[1].lower(): unescape(match[2] or match[3] or match[4] or "") for match in found}
