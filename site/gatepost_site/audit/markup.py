"""What stands in a page's Markdown: headings, links and pictures with their places, without rendering it."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,})(.*)$")
_CODE = re.compile(r"(?<![`\\])(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_RAW = re.compile(r"<(script|style|svg|math|pre)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
#: Lines after which four spaces belong to what they begin: lists, admonitions, tabs, notes, definitions, blocks.
_HOLDER = re.compile(r"(?:[-*+] |\d+[.)] |!!!|\?\?\?|===|\[\^[^\]]+\]:|: |/{3,})")
_TEXT = r"\[((?:[^\[\]\\]|\\.|\[(?:[^\[\]\\]|\\.)*\])*)\]"
#: A target may have spaces, as Python-Markdown has it, but a quote after one begins a title.
_TARGET = r"<[^<>\n]*>|(?:[^\s()<>]|\([^\s()]*\)| (?=[^\s()<>\"']))*"
_INLINE = re.compile(rf"(?<!\\)(!?){_TEXT}\(\s*({_TARGET})(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)(\{{[^}}\n]*\}})?")
_REFERENCE = re.compile(rf"(?<![\\\]])(!?){_TEXT} ?\[([^\]\n]*)\]")
_DEFINITION = re.compile(r"^ {0,3}\[(?!\^)([^\]\n]+)\]:[ \t]*\n?[ \t]*(<[^>\n]*>|\S+)", re.MULTILINE)
_ELEMENT = re.compile(r"<(a|img)\b((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_ATX = re.compile(r"^(?:    |\t)*(#{1,6})(?!#)[ \t]*(.*?)[ \t]*#*[ \t]*$")
_SETEXT = re.compile(r"^(=+|-+)[ \t]*$")
_ATTR_LIST = re.compile(r"[ \t]*\{:?[ \t]*([^{}\n]*)\}[ \t]*$")
_ID = re.compile(r"\{[^{}\n]*#([\w:.-]+)[^{}\n]*\}|\b(?:id|name)\s*[=:]\s*[\"']?([\w:.-]+)")
_PICTURE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_NOTE = re.compile(r"\[\^([^\]\s]+)\]")
_NO_PROSE = re.compile(
    r"^(?:[ \t]*\|.*|[ \t]*#.*|[ \t]*(?:/{3,}|!!!|\?\?\?|===).*|.*\|.*\|.*|\[[^\]]+\]:.*)$", re.MULTILINE
)
_MARKS = re.compile(r"^[ \t>]*(?:[-*+]|\d+[.)]|\[\^[^\]]+\]:)?[ \t]+", re.MULTILINE)
_INSERTED = re.compile(r"^\s*-+8<-+|\{[{%]", re.MULTILINE)


@dataclass(frozen=True)
class Heading:
    """One heading."""

    level: int
    #: As people read it.
    text: str
    #: What a link to it names.
    anchor: str
    line: int
    column: int


@dataclass(frozen=True)
class Link:
    """A link, or a picture."""

    #: As written: "page.md#part".
    target: str
    #: The link's words in Markdown, or the picture's alternative text; None when they are not here, or not at all.
    text: str | None
    is_picture: bool
    #: Whether it says of itself that it only decorates.
    is_decoration: bool
    #: Where the target stands.
    line: int
    column: int


class Markup:
    """The body of one Markdown file. Lines count as in the file, from 1."""

    def __init__(self, body: str, first_line: int, slugify: Callable[[str], str]) -> None:
        self._body = body
        self._first = first_line
        self._slugify = slugify
        self._starts = [0, *(found.end() for found in re.finditer("\n", body))]

    @cached_property
    def prose(self) -> str:
        """The body with spaces for code, comments and raw elements: every character left is where it was."""
        return _spaced(_RAW, _spaced(_COMMENT, self.published))

    @cached_property
    def published(self) -> str:
        """The body with spaces for code: comments are published too."""
        return _spaced(_CODE, without_code_blocks(self._body))

    @cached_property
    def takes_in(self) -> bool:
        """Whether text comes in from elsewhere, by a snippet or a macro, which is not looked through."""
        return bool(_INSERTED.search(self._body))

    def place(self, offset: int) -> tuple[int, int]:
        """Return (line, column) of an offset in the body."""
        index = bisect_right(self._starts, offset) - 1
        return self._first + index, offset - self._starts[index] + 1

    @cached_property
    def headings(self) -> tuple[Heading, ...]:
        """The headings, in order."""
        taken = set(self._given_ids)
        return tuple(self._heading(*found, taken) for found in self._raw_headings())

    @cached_property
    def anchors(self) -> frozenset[str]:
        """Everything in the page that a link can name."""
        notes = {f"{kind}:{name}" for name in _NOTE.findall(self.prose) for kind in ("fn", "fnref")}
        return frozenset({heading.anchor for heading in self.headings} | self._given_ids | notes)

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Links and pictures, in order."""
        found = [*self._inline(self.prose, 0), *self._defined(), *self._elements()]
        return tuple(sorted(found, key=lambda link: (link.line, link.column)))

    @cached_property
    def undefined(self) -> tuple[tuple[str, int, int], ...]:
        """(Name, line, column) of each reference that no line defines, and that is therefore shown as written."""
        known = {_name(found[1]) for found in _DEFINITION.finditer(self.prose)}
        missing = []
        for found in _REFERENCE.finditer(self.prose):
            name = found[3] or found[2]
            if name.strip() and not name.startswith("^") and _name(name) not in known:
                missing.append((name, *self.place(found.start(3))))
        return tuple(missing)

    @cached_property
    def text(self) -> str:
        """What people read: paragraphs and list items, without tables, headings and marks."""
        return _plain_text(self.prose)

    @cached_property
    def _given_ids(self) -> frozenset[str]:
        return frozenset(found[1] or found[2] for found in _ID.finditer(without_code_blocks(self._body)))

    def _raw_headings(self) -> Iterator[tuple[int, str, int, int]]:
        """Yield (level, source, line, column)."""
        lines, shown = self._body.split("\n"), self.prose.split("\n")
        for index, line in enumerate(shown):
            number = self._first + index
            if found := _ATX.match(line):
                whole = _ATX.match(lines[index])
                yield len(found[1]), whole[2] if whole else "", number, found.start(1) + 1
            elif index and (rule := _SETEXT.match(line)) and _is_title(shown, index - 1):
                yield (1 if rule[1][0] == "=" else 2), lines[index - 1].strip(), number - 1, 1

    def _heading(self, level: int, source: str, line: int, column: int, taken: set[str]) -> Heading:
        given = ""
        if attributes := _ATTR_LIST.search(source):
            source = source[: attributes.start()]
            given = next((word[1:] for word in attributes[1].split() if word.startswith("#")), "")
        text = _bare(source)
        anchor = given or _free(self._slugify(_bare(_PICTURE.sub("", source))), taken)
        taken.add(anchor)
        return Heading(level, text, anchor, line, column)

    def _inline(self, text: str, start: int) -> Iterator[Link]:
        for found in _INLINE.finditer(text):
            words = self._body[start + found.start(2) : start + found.end(2)]
            target, offset = found[3], start + found.start(3)
            if target.startswith("<"):
                target, offset = target[1:-1], offset + 1
            decoration = "presentation" in (found[4] or "")
            yield Link(target, words, bool(found[1]), decoration, *self.place(offset))
            # A picture inside a link.
            yield from self._inline(found[2], start + found.start(2))

    def _defined(self) -> Iterator[Link]:
        for found in _DEFINITION.finditer(self.prose):
            where = self.place(found.start(2))
            # Words stand where the name is used.
            yield Link(
                found[2].strip("<>"), None, is_picture=False, is_decoration=False, line=where[0], column=where[1]
            )

    def _elements(self) -> Iterator[Link]:
        for found in _ELEMENT.finditer(self.prose):
            values = {
                name.lower(): (value or single or bare, found.start(2) + offset)
                for name, value, single, bare, offset in _attributes(found[2])
            }
            is_picture = found[1].lower() == "img"
            target, offset = values.get("src" if is_picture else "href", ("", found.start()))
            if not target:
                continue
            words = values["alt"][0] if "alt" in values else None
            text = words if is_picture else self._inner(found.end())
            decoration = words == "" or values.get("role", ("",))[0] == "presentation"
            yield Link(html.unescape(target), text, is_picture, decoration, *self.place(offset))

    def _inner(self, start: int) -> str:
        end = self._body.find("</a", start)
        return self._body[start : end if end >= 0 else start]


def _attributes(text: str) -> Iterator[tuple[str, str, str, str, int]]:
    for found in _ATTRIBUTE.finditer(text):
        value = 2 if found[2] is not None else 3 if found[3] is not None else 4
        yield found[1], found[2] or "", found[3] or "", found[4] or "", found.start(value)


def without_code_blocks(body: str) -> str:
    """Return Markdown with spaces for fenced and indented code."""
    kept, fence, layers = [], "", _Layers()
    for line in body.split("\n"):
        opened = _FENCE.match(line)
        is_code = bool(fence)
        if fence and opened and opened[1].startswith(fence) and not opened[2].strip():
            fence = ""
        elif not fence and opened and "`" not in opened[2]:
            fence, is_code = opened[1], True
        kept.append(" " * len(line) if is_code else layers.prose(line))
    return "\n".join(kept)


class _Layers:
    """How deep the lines of a text may be indented before they are code: lists and admonitions hold what is deeper."""

    def __init__(self) -> None:
        self._open = 0
        self._after_blank = True
        self._in_code = False

    def prose(self, line: str) -> str:
        """Take the next line; return it with spaces for code, and for a mark that would make a heading elsewhere."""
        bare = line.lstrip(" \t")
        if not bare:
            self._after_blank = True
            return line
        level = len(line[: len(line) - len(bare)].expandtabs(4)) // 4
        if self._after_blank:
            self._open = min(self._open, level)
        # Code never interrupts a paragraph.
        self._in_code = level > self._open and (self._after_blank or self._in_code)
        self._after_blank = False
        if self._in_code:
            return " " * len(line)
        if level <= self._open and _HOLDER.match(bare):
            self._open = level + 1
        # What is indented further goes on with the paragraph above.
        return line.replace("#", " ") if level > self._open and bare[0] == "#" else line


def _spaced(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def _is_title(lines: list[str], index: int) -> bool:
    """Whether a line is the only one of its paragraph so far, so that a rule below makes it a heading."""
    before = lines[index - 1].strip() if index else ""
    return bool(lines[index].strip()) and not before


def _free(anchor: str, taken: set[str]) -> str:
    """Return an anchor, numbered as Python-Markdown does when it is taken, or empty."""
    number, free = 0, anchor
    while free in taken or not free:
        number += 1
        free = f"{anchor}_{number}"
    return free


def _bare(source: str) -> str:
    """Return the words of one line of Markdown."""
    text = _PICTURE.sub(r"\1", source)
    text = re.sub(r"\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])", r"\1", text)
    text = re.sub(r"\[\^[^\]]*\]|</?[a-zA-Z][^>]*>", "", text)
    text = re.sub(r"(`+)(.+?)\1|(?<!\\)\*+|(?<![\w\\])_+|(?<!\\)_+(?!\w)", lambda found: found[2] or "", text)
    return html.unescape(re.sub(r"\\([\\`*_{}\[\]()#+.!-])", r"\1", text)).strip()


def _name(reference: str) -> str:
    return " ".join(reference.lower().split())


def _plain_text(prose: str) -> str:
    text = _NO_PROSE.sub("", prose)
    text = _INLINE.sub(lambda found: "" if found[1] else found[2], text)
    text = re.sub(r"<[^>\n]*>|\{[^}\n]*\}|\[\^[^\]]*\]|[*_`]", "", _MARKS.sub("", text))
    return html.unescape(text)


def repeated(headings: tuple[Heading, ...]) -> Iterator[Heading]:
    """Yield the headings whose words another one before them has, in the same part of the page."""
    seen: set[tuple[str, ...]] = set()
    path: list[Heading] = []
    for heading in headings:
        path = [*(above for above in path if above.level < heading.level), heading]
        names = tuple(above.text.casefold() for above in path)
        if names in seen:
            yield heading
        seen.add(names)
