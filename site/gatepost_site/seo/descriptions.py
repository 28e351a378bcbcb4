"""What a page says about itself where its writer wrote no description: the first real paragraph, cut at a word."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from gatepost_site.seo.front_matter import one_line, seo_text_of

if TYPE_CHECKING:
    from gatepost_site.site_pages import Site, SitePage

#: Characters: what search engines show of a description.
LENGTH = 155
#: Characters: a shorter paragraph is a label, a date or a line of badges.
_SHORTEST = 40
#: A sentence that ends here is enough, and needs no dots.
_SENTENCE = 90
_VOID = frozenset({"br", "hr", "img", "input", "wbr", "source", "col", "link", "meta", "embed"})
_END = re.compile("[.!?。؟][\"'\u201d\u2019»)]*(?=\\s)")
#: Characters fed to the parser at a time: the paragraph is nearly always in the first piece.
_PIECE = 4096


def description_of(page: SitePage, site: Site) -> str:
    """Return a page's description, "" when there is nothing to say."""
    written = seo_text_of(page, "description") or one_line(page.description)
    if not written and page.kind == "home":
        written = one_line(site.facts.description)
    return written or shortened(first_paragraph(page.content))


def first_paragraph(content: str) -> str:
    """Return the text of the first real paragraph of a page's body, "" when it has none.

    Paragraphs inside something else, such as a call-out, a quotation or a form, are not how a page begins.
    """
    parser = _Paragraphs()
    for at in range(0, len(content), _PIECE):
        parser.feed(content[at : at + _PIECE])
        if parser.found:
            break
    return parser.found


def shortened(text: str, length: int = LENGTH) -> str:
    """Return running text of at most `length` characters, cut after a sentence, else after a word, with dots."""
    text = " ".join(text.split())
    if len(text) <= length:
        return text
    ends = [match.end() for match in _END.finditer(text[: length + 1])]
    if ends and ends[-1] >= min(_SENTENCE, length * 0.6):
        return text[: ends[-1]]
    cut = text[: length - 1]
    # One word as long as all that, as in a language without spaces, is cut where it must be.
    whole = cut if text[length - 1].isspace() else cut.rpartition(" ")[0] or cut
    return whole.rstrip(" ,;:.\u2013\u2014-") + "…"


class _Paragraphs(HTMLParser):
    """Stops caring once the first real paragraph has ended."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = ""
        self._open: list[str] = []
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._words.append(" ")
        # A paragraph ends where the next begins, closed or not.
        if tag == "p" and self._open[-1:] == ["p"]:
            self.handle_endtag("p")
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._open:
            return
        while self._open.pop() != tag:
            pass
        if tag == "p" and not self._open:
            text = " ".join("".join(self._words).split())
            self.found = self.found or (text if len(text) >= _SHORTEST else "")
            self._words.clear()

    def handle_data(self, data: str) -> None:
        # Footnote marks are no part of a sentence.
        if self._open[:1] == ["p"] and "sup" not in self._open:
            self._words.append(data)
