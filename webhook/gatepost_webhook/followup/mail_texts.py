"""Everything of a project that becomes a mail, with the links in it: messages, translations, partials, the layout."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_site.audit.markup import Link, Markup
from gatepost_site.documents import read_text, shown, split
from gatepost_site.findings import ContentError
from gatepost_webhook.followup.letterhead import FILE as LAYOUT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gatepost_site.project import Project

_ELEMENT = re.compile(r"<(a|img)\b((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(href|src|alt)\s*=\s*[\"']([^\"']*)[\"']", re.IGNORECASE)


@dataclass(frozen=True)
class MailText:
    """One file."""

    #: Path as findings show it.
    file: str
    #: Links and pictures, in order.
    links: tuple[Link, ...]

    @property
    def is_html(self) -> bool:
        """Whether it is the layout."""
        return self.file.endswith(".html")


def mail_texts(project: Project) -> Iterator[MailText]:
    """Yield every file that can be read; what is wrong with the others is said elsewhere."""
    for path in sorted(project.sequences.glob("*/*.md")):
        file = shown(path, project.root)
        try:
            _, body, first = split(read_text(path, file), file)
        except ContentError:
            continue
        yield MailText(file, Markup(body, first, str).links)
    layout = project.sequences / LAYOUT
    if layout.is_file():
        yield MailText(shown(layout, project.root), tuple(_html_links(layout)))


def _html_links(path: Path) -> Iterator[Link]:
    text = path.read_text(encoding="utf-8", errors="replace")
    for element in _ELEMENT.finditer(text):
        given = {name.lower(): value for name, value in _ATTRIBUTE.findall(element[2])}
        before = text[: element.start()]
        place = before.count("\n") + 1, len(before) - before.rfind("\n")
        is_picture = element[1].lower() == "img"
        target = given.get("src" if is_picture else "href", "")
        yield Link(target, given.get("alt"), is_picture, is_picture and given.get("alt") == "", *place)
