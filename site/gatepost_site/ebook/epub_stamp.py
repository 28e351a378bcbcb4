"""A reader's name in an EPUB: below its title, and at the end of each chapter. A page of it has no foot to print on."""

from __future__ import annotations

import html
import io
import re
import zipfile
from typing import TYPE_CHECKING

from gatepost_site.ebook.stamp import StampError

if TYPE_CHECKING:
    from pathlib import Path

#: Changes when the same words would come out differently.
VERSION = "1"
_STAMPED = re.compile(r"book/(?:title|chapter-\d+)\.xhtml")
_END = "</body>"
#: What XML cannot hold, not even written as a number.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def stamped_epub(book: Path, line: str, name: str) -> bytes:
    """Return an EPUB that Gatepost made, with a line of text for one reader; `{}` in the line is their name.

    The same words give the same bytes. Raises StampError.
    """
    before, _, after = (_plain(part) for part in line.partition("{}"))
    # Names are written from either side: this one must not turn round what stands beside it.
    words = f'<p class="stamp">{before}<bdi>{_plain(name)}</bdi>{after}</p>'
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(book) as source, zipfile.ZipFile(out, "w") as copy:
            for entry in source.infolist():
                data = source.read(entry)
                copy.writestr(entry, _signed(data, words) if _STAMPED.fullmatch(entry.filename) else data)
    except (zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise StampError("it is not a whole EPUB") from error
    return out.getvalue()


def _signed(data: bytes, words: str) -> bytes:
    page, end, rest = data.decode().rpartition(_END)
    return f"{page}{words}{end}{rest}".encode()


def _plain(text: str) -> str:
    return html.escape(_NO_XML.sub("", text), quote=False)
