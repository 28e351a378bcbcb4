"""Material's search index of a page, by a quicker reading of the same HTML; what is unusual is left to Material."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from html import escape, unescape
from pathlib import Path
from typing import Any

#: SHA-256 of the releases of Material's search plugin whose parser this repeats.
_SAME_AS = frozenset({"cc8a3ac0a8862662d11e87fefcdaa4a42d9ebd70a7943fa921c1c80e2661730b"})
_TOKEN = re.compile(
    r"(?P<text>[^<]+)"
    r"|<(?P<open>[a-zA-Z][a-zA-Z0-9-]*)(?P<attributes>(?:\s+[a-zA-Z_:@][\w:.@-]*(?:=\"[^\"]*\")?)*)\s*(?P<empty>/?)>"
    r"|</(?P<close>[a-zA-Z][a-zA-Z0-9-]*)>"
    r"|<!--[^>-]*-->",
    re.ASCII,
)
#: What highlighters write into <code>: text, pieces of it in one colour, and anchors of lines.
_CODE = re.compile(
    r"(?:[^<]+|<span(?: class=\"[^\"<>]*\")?>[^<]*</span>|<a(?: (?:id|name|href)=\"[^\"<>]*\")*></a>)+(?=</code>)"
)
_COLOUR = re.compile(r"<[^>]*>")
_ATTRIBUTE = re.compile(r"([a-zA-Z_:@][\w:.@-]*)(?:=\"([^\"]*)\")?", re.ASCII)
_MARK = re.compile(r"\s?data-search-\w+=\"[^\"]+\"")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_KEPT = frozenset({"p", "code", "pre", "li", "ol", "ul", "sub", "sup"})
_VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()  # noqa: SIM905
)
#: Elements whose content HTML parsers read in a way of its own.
_RAW = frozenset(
    {"script", "style", "object", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "plaintext"}
)


@dataclass(eq=False)
class Section:
    """A heading and the text below it, as Material's index has them."""

    tag: str
    depth: float = 0
    excluded: bool = False
    id: str | None = None
    title: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def is_excluded(self) -> bool:
        """Whether the writer left the section out of the search."""
        return self.excluded


@cache
def repeats(module_file: str) -> bool:
    """Whether this module does what that release of Material's search plugin does."""
    return sha256(Path(module_file).read_bytes()).hexdigest() in _SAME_AS


def sections_of(html: str) -> list[Section] | None:
    """Return the sections of a page's HTML; None when it holds something that only a whole parser reads rightly."""
    reader, place, length = _Reader(), 0, len(html)
    while place < length:
        token = _TOKEN.match(html, place)
        if token is None or not _taken(token, reader):
            return None
        place = token.end()
        if token["open"] == "code":
            place = _code_read(html, place, reader)
    return reader.sections


def _taken(token: re.Match[str], reader: _Reader) -> bool:
    """Take a piece of HTML; False when a whole parser is needed."""
    kind = token.lastgroup
    if kind == "text":
        reader.data(unescape(token["text"]))
    elif kind == "close":
        reader.close(token["close"].lower())
    elif kind is not None:
        tag = token["open"].lower()
        if tag in _RAW:
            return False
        reader.open(tag, token["attributes"])
        if token["empty"]:
            reader.close(tag)
    return True


def _code_read(html: str, place: int, reader: _Reader) -> int:
    """Read coloured code in one piece, which is most of the tags of a page; return where to go on."""
    code = _CODE.match(html, place) if reader.is_plain_code() else None
    if code is None:
        return place
    reader.data("".join(map(unescape, _COLOUR.split(code[0]))))
    return code.end()


def without_marks(html: str) -> str:
    """Return a page's HTML as Material's plugin leaves it: without what a writer told the search."""
    return _MARK.sub("", html)


class _Reader:
    """Holds the tags that are open, and the section that text goes to."""

    def __init__(self) -> None:
        self.sections: list[Section] = []
        self._section: Section | None = None
        self._open: list[str] = []
        self._links: list[bool] = []
        #: Tags whose content is left out; those that always are, are left to Material.
        self._skip: set[str] = set()

    def open(self, tag: str, written: str) -> None:
        """Take a start tag."""
        if tag in _VOID:
            return
        values = _attributes(written) if written and _may_matter(tag, written) else {}
        self._open.append(tag)
        self._links.append(tag == "a" and values.get("class") == "headerlink")
        if tag in _HEADINGS and "id" in values:
            self._start(tag, values)
        section = self._section or self._preface(0)
        for key, value in values.items():
            if key == "data-search-exclude" or (key == "class" and value == "linenodiv"):
                self._skip.add(tag)
                return
        if tag in _KEPT and not self._hidden():
            self._list(section).append(f"<{tag}>")

    def close(self, tag: str) -> None:
        """Take an end tag."""
        if not self._open or self._open[-1] != tag:
            return
        section = self._leave()
        self._open.pop()
        self._links.pop()
        if tag in self._skip:
            self._skip.discard(tag)
            return
        if tag in _KEPT and not self._hidden():
            _finish(self._list(section), tag)

    def data(self, data: str) -> None:
        """Take text."""
        if self._skip and self._hidden():
            return
        blank, code = data.isspace(), "pre" in self._open
        if not code:
            data = " " if blank else data.replace("\n", " ")
            blank = data.isspace()
        section = self._section or self._preface(0)
        if section.tag in self._open:
            if not any(self._links):
                section.title.append(escape(data, quote=False))
        elif not blank:
            section.text.append(escape(data, quote=False))
        elif code or not section.text or not section.text[-1].isspace():
            section.text.append(data)

    def is_plain_code(self) -> bool:
        """Whether what follows is text of a block of code, below a heading and not in it, and not left out."""
        section = self._section
        return section is not None and section.tag not in self._open and "pre" in self._open and not self._skip

    def _hidden(self) -> bool:
        return bool(self._skip) and not self._skip.isdisjoint(self._open)

    def _start(self, tag: str, values: dict[str, str | None]) -> None:
        depth = len(self._open)
        if tag != "h1" and not self.sections:
            self._preface(depth)
        self._section = Section(tag, depth, excluded="data-search-exclude" in values)
        if self.sections:
            self._section.id = values["id"]
        self.sections.append(self._section)

    def _preface(self, depth: int) -> Section:
        self._section = Section("hx", depth)
        self.sections.append(self._section)
        return self._section

    def _list(self, section: Section) -> list[str]:
        return section.title if section.tag in self._open else section.text

    def _leave(self) -> Section:
        """Return to the section around the current one when its element ends."""
        current = self._section
        assert current is not None  # noqa: S101 - something is open, so a section was begun
        depth = len(self._open)
        if current.depth > depth:
            for section in reversed(self.sections):
                if section.depth <= depth:
                    current.depth = float("inf")
                    self._section = current = section
                    break
        return current


def _may_matter(tag: str, written: str) -> bool:
    """Whether attributes say something that the index heeds: most, as of coloured code, do not."""
    if tag in _HEADINGS or tag == "a" or "&" in written:
        return True
    return "linenodiv" in written or "search-exclude" in written.lower()


def _finish(pieces: list[str], tag: str) -> None:
    """End an element: one that holds nothing but white space goes."""
    index = pieces.index(f"<{tag}>")
    if any(not piece.isspace() for piece in pieces[index + 1 :]):
        pieces.append(f"</{tag}>")
    else:
        del pieces[index:]


def _attributes(written: str) -> dict[str, str | None]:
    found: dict[str, Any] = {}
    for match in _ATTRIBUTE.finditer(written):
        value = match[2]
        found[match[1].lower()] = unescape(value) if value is not None else None
    return found
