"""MkDocs' warnings, said with the line that they are about: it knows the page, and not where in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gatepost_site.findings import Finding

if TYPE_CHECKING:
    from pathlib import Path

_LINK = re.compile(r"Doc file '(?P<page>.+?)' contains an? (?:absolute |unrecognized relative )?link '(?P<link>.+?)', ")
_MEANT = re.compile(r"Did you mean '(.+?)'")
_ANCHOR = re.compile(r"does not contain an anchor '(#.*)'|there is no such anchor")
_NAV = re.compile(r"A reference to '(.+?)' is included in the 'nav' configuration, which is not found")


def placed_warning(message: str, content: Path, config_file: Path) -> str:
    """Return a warning of MkDocs with file, line, column and what to write; any other as it is.

    `content` is the folder of pages. A picture that is not there is warned of elsewhere: "" says so.
    """
    if found := _LINK.match(message):
        text = _text(content / found["page"])
        if re.search(rf"!\[[^\]\n]*\]\(\s*<?{re.escape(found['link'])}", text):
            return "" if "not found" in message else message
        place = place_of(text, found["link"])
        return str(Finding(f"{content.name}/{found['page']}", *place, *_words(message, found["link"], content)))
    if found := _NAV.match(message):
        place = place_of(_text(config_file), found[1])
        write = f"the path of a page in {content.name}/"
        return str(Finding(config_file.name, *place, "'nav' names a page that is not there", f"'{found[1]}'", write))
    return message


def _words(message: str, link: str, content: Path) -> tuple[str, str, str]:
    meant = _MEANT.search(message)
    write = f"'{meant[1]}'" if meant else f"the path of a file in {content.name}/, from the page's own folder"
    if _ANCHOR.search(message):
        return "no such part of the page", f"'{link}'", "the anchor of a heading there"
    if "absolute link" in message:
        return "link names an address", f"'{link}'", write
    return "link leads nowhere", f"'{link}'", write


def place_of(text: str, words: str) -> tuple[int, int]:
    """Return (line, column) of the first place at which words stand by themselves."""
    found = re.search(rf"(?<![\w/.-]){re.escape(words)}(?![\w/-])", text)
    start = found.start() if found else 0
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        return ""
