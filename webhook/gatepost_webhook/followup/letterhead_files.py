"""A team's own layout, sequences/_layout.html: read, and refused when a mail in it would lack what it must have."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError, nodes

from gatepost_site.documents import read_text, shown, suggestion
from gatepost_site.findings import ContentError, Finding
from gatepost_site.words.languages import Languages
from gatepost_webhook.followup.letterhead import (
    FILE,
    KINDS,
    OURS,
    OWN,
    VALUES,
    Letterhead,
    environment,
    text_slot,
    url_slot,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_site.project import Project

logger = logging.getLogger(__name__)

_REFUSED = frozenset(
    ["script", "iframe", "object", "embed", "form", "input", "button", "link", "base", "video", "audio"]
)
_SILENT = frozenset({"head", "title", "style", "script", "template", "noscript"})
_VOID = frozenset(
    {"br", "hr", "img", "meta", "input", "link", "base", "col", "wbr", "area", "source", "track", "embed"}
)
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*[01](?:px|pt)?\s*(?:;|$)|opacity\s*:\s*0\s*(?:;|$)"
)
_FETCHED = re.compile(r"@import|url\(\s*[\"']?(?!data:)", re.IGNORECASE)
_LINK = re.compile(r"https://|mailto:|/(?!/)|\{\{")
_FOOTER = re.compile(r"\{%-?\s*block\s+footer\b")
_CONTENT = "the text of the message"


def read_letterhead(project: Project) -> Letterhead:
    """Read a team's layout; ours when there is none. Raises ContentError with every mistake."""
    path = project.sequences / FILE
    if not path.is_file():
        return OWN
    file = shown(path, project.root)
    if not path.resolve().is_relative_to(project.sequences.resolve()):
        raise ContentError(
            [Finding(file, 1, 1, "the layout is outside sequences/", write="a file, and no link to one")]
        )
    source = read_text(path, file)
    if findings := list(_findings(source, file)):
        raise ContentError(findings)
    return Letterhead(source)


def letterhead_in_force(project: Project, before: Letterhead) -> Letterhead:
    """Return a team's layout; as long as its file is broken, the one that was in force before."""
    try:
        return read_letterhead(project)
    except ContentError as error:
        logger.error("%s is broken, the layout before it stays in force: %s", FILE, error.findings[0])  # noqa: TRY400
        return before


def _findings(source: str, file: str) -> Iterator[Finding]:
    if not source.strip():
        yield Finding(file, 1, 1, "the layout is empty", write=f"'{{% extends \"{OURS}\" %}}', or no file")
        return
    try:
        tree = environment().parse(source)
    except TemplateSyntaxError as error:
        yield Finding(file, error.lineno, 1, f"not a template ({(error.message or '').rstrip('.')})")
        return
    unknown = list(_unknown_values(tree, source, file))
    yield from unknown
    yield from _Source(source, file).findings
    if not unknown:
        yield from _missing(source, file)


def _unknown_values(tree: nodes.Template, source: str, file: str) -> Iterator[Finding]:
    set_here = {name.name for name in tree.find_all(nodes.Name) if name.ctx in ("store", "param")}
    known = VALUES | set_here | {"super", "self", "caller", "loop"}
    for name in tree.find_all(nodes.Name):
        if name.ctx == "load" and name.name not in known:
            line = source.splitlines()[name.lineno - 1]
            column = max(line.find(name.name), 0) + 1
            write = suggestion(name.name, sorted(VALUES))
            yield Finding(file, name.lineno, column, "unknown value", f"'{name.name}'", write)


def _missing(source: str, file: str) -> Iterator[Finding]:
    """Render every kind of mail, and name what nobody would see in it."""
    footer = _FOOTER.search(source)
    line = source[: footer.start()].count("\n") + 1 if footer else 1
    missing: dict[str, str] = {}
    for kind in KINDS:
        try:
            words = Languages().words("en")
            page = _Page(Letterhead(source).shell(f"<p>{_CONTENT}</p>", kind, words, "https://example.com/"))
        except TemplateNotFound as error:
            yield Finding(file, 1, 1, "a layout takes in no file but ours", f"'{error.name}'", f"'{OURS}'")
            return
        except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
            yield Finding(file, 1, 1, "the layout cannot be rendered", f"{error}")
            return
        missing |= dict(_lost(page))
    for what, write in missing.items():
        yield Finding(file, line, 1, f"a mail in this layout would not show {what}", write=write)


def _lost(page: _Page) -> Iterator[tuple[str, str]]:
    if _CONTENT not in page.text:
        yield "the message", "'{{ content }}'"
    if url_slot("unsubscribe") not in page.links:
        yield "the link to unsubscribe", "'{{ footer }}', or '{{ leave }}'"
    if text_slot("imprint") not in page.text:
        yield "the postal address", "'{{ footer }}', or '{{ imprint }}'"
    if text_slot("asked_on") not in page.text or text_slot("magnet_title") not in page.text:
        yield "why somebody gets it", "'{{ footer }}', or '{{ why }}'"


@dataclass
class _Open:
    """An element that is not closed yet."""

    tag: str
    hides: bool


class _Page(HTMLParser):
    """What a reader sees of HTML: its text, and the links with words in them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.links: set[str] = set()
        self._open: list[_Open] = []
        self._link = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what is inside what."""
        given = dict(attrs)
        hides = tag in _SILENT or "hidden" in given or bool(_HIDING.search((given.get("style") or "").lower()))
        if tag not in _VOID:
            self._open.append(_Open(tag, hides))
        if tag == "a":
            self._link = given.get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        """Close what is open, and what was forgotten in it."""
        if any(one.tag == tag for one in self._open):
            while self._open.pop().tag != tag:
                pass
        if tag == "a":
            self._link = ""

    def handle_data(self, data: str) -> None:
        """Keep what is seen."""
        if any(one.hides for one in self._open) or not data.strip():
            return
        self.text += data
        if self._link:
            self.links.add(self._link)


@dataclass
class _Source:
    """What a layout's own HTML may not hold, with its place."""

    source: str
    file: str
    findings: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        reader = _SourceReader(self)
        reader.feed(self.source)
        reader.close()
        for found in _FETCHED.finditer(self.source):
            before = self.source[: found.start()]
            place = before.count("\n") + 1, len(before) - before.rfind("\n")
            self.add(
                place, "a mail fetches nothing from elsewhere", found[0], "colours and fonts that are there already"
            )

    def add(self, place: tuple[int, int], what: str, found: str, write: str) -> None:
        """Note a mistake."""
        self.findings.append(Finding(self.file, *place, what, f"'{found}'", write))


class _SourceReader(HTMLParser):
    def __init__(self, about: _Source) -> None:
        super().__init__(convert_charrefs=True)
        self._about = about

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Judge one element."""
        line, offset = self.getpos()
        place, given = (line, offset + 1), dict(attrs)
        if tag in _REFUSED:
            self._about.add(place, "mail programs do not show this element", f"<{tag}>", "text, links and tables")
        for name in given:
            if name.startswith("on"):
                self._about.add(place, "nothing runs in a mail", name, "nothing in its place")
        if tag == "a" and not _LINK.match(given.get("href") or ""):
            write = "an address with https:// or mailto:, or one of the site that begins with '/'"
            self._about.add(place, "a link leads nowhere from a mail", given.get("href") or "", write)
        picture = given.get("src") or given.get("background") or ""
        if picture and not re.match(r"/(?!/)", picture):
            write = "'/assets/...': a file of content/"
            self._about.add(place, "a mail shows pictures of its own site only", picture, write)
