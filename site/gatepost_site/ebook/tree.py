"""Markdown to an element tree, read as the site reads it, with any raw HTML set aside and reported."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from markdown import Markdown
from markdown.inlinepatterns import HTML_RE, HtmlInlineProcessor
from markdown.preprocessors import HtmlBlockPreprocessor

from gatepost_site.ebook.words import words_of

if TYPE_CHECKING:
    from re import Match

_EXTENSIONS = [
    "admonition",
    "attr_list",
    "def_list",
    "footnotes",
    "sane_lists",
    "smarty",
    "tables",
    "toc",
    "pymdownx.details",
    "pymdownx.highlight",
    "pymdownx.superfences",
    "pymdownx.tasklist",
]
_SETTINGS: dict[str, dict[str, object]] = {
    # Dots that lead to an empty space to fill in are not an ellipsis.
    "smarty": {"smart_ellipses": False},
    # The class carries the language; with inline numbers code stays a plain run of text.
    "pymdownx.highlight": {"pygments_lang_class": True, "linenums_style": "pymdownx-inline"},
}
_ENTITY = re.compile(r"&(#?\w+);")
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
# The task list writes an attribute without a value, which is not XML.
_CHECKBOX = re.compile(r'<input type="checkbox" disabled( checked)?/>')


@dataclass(frozen=True)
class Tree:
    """A chapter's elements, and the raw HTML that stood between them."""

    root: ET.Element
    raw_html: tuple[str, ...]


def parse(text: str, language: str = "en") -> Tree:
    """Turn Markdown into elements, with the quotation marks of its language.

    Raises RecursionError for text nested beyond reason.
    """
    seen: list[str] = []
    markdown = Markdown(extensions=_EXTENSIONS, extension_configs=_settings(language), output_format="xhtml")
    markdown.preprocessors.register(_HtmlBlocks(markdown, seen), "html_block", 20)
    markdown.inlinePatterns.register(_HtmlInline(markdown, seen), "html", 90)
    xhtml = _CHECKBOX.sub(lambda match: f'<input checked="{bool(match[1])}"/>', markdown.convert(text))
    # The tree holds no document type and no entities of its own, so nothing can be expanded or fetched.
    root = ET.fromstring(f"<body>{_ENTITY.sub(_character, xhtml)}</body>")  # noqa: S314
    return Tree(root, tuple(seen))


def _settings(language: str) -> dict[str, dict[str, object]]:
    words = words_of(language)
    marks = {"left-double-quote": words.quote, "right-double-quote": words.unquote}
    return {**_SETTINGS, "smarty": {**_SETTINGS["smarty"], "substitutions": marks}}


def _character(entity: Match[str]) -> str:
    """Replace an entity that XML does not know by its character."""
    if entity[1] in _XML_ENTITIES:
        return entity[0]
    return html.escape(html.unescape(entity[0]))


class _HtmlBlocks(HtmlBlockPreprocessor):
    """Notes the HTML blocks of a chapter and lets none through."""

    def __init__(self, markdown: Markdown, seen: list[str]) -> None:
        super().__init__(markdown)
        self.seen = seen

    def run(self, lines: list[str]) -> list[str]:
        blocks = self.md.htmlStash.rawHtmlBlocks
        # Code fences were stashed before; what is added now is HTML.
        first = len(blocks)
        lines = super().run(lines)
        for number in range(first, len(blocks)):
            _note(str(blocks[number]), self.seen)
            blocks[number] = ""
        return lines


class _HtmlInline(HtmlInlineProcessor):
    """Notes the tags inside a paragraph and lets none through."""

    def __init__(self, markdown: Markdown, seen: list[str]) -> None:
        super().__init__(HTML_RE, markdown)
        self.seen = seen

    def handleMatch(self, m: Match[str], data: str) -> tuple[str, int, int]:  # type: ignore[override]  # noqa: N802
        _note(m.group(1), self.seen)
        return "", m.start(0), m.end(0)


def _note(text: str, seen: list[str]) -> None:
    """Keep what is not a comment: those are for writers, and print nothing on the site either."""
    if text.strip() and not text.lstrip().startswith("<!--"):
        seen.append(text.strip())
