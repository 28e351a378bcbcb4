"""The words of pages, counted: what a page is about, it says more than once, or in its title."""

from __future__ import annotations

import contextlib
import json
import re
from collections import Counter
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gatepost_site.project import Project
    from gatepost_site.site_pages import SitePage

#: Letters of a text that are looked at: by then it has said what it is about.
_LENGTH = 20_000
#: How much a word in title, description or tags counts beside one in the text.
_TITLE = 3
_WORD = re.compile(r"[^\W\d_]{3,}")
#: Addresses and code say little of what a text is about.
_BLOCK = re.compile(r"^ *```.*?^ *```", re.DOTALL | re.MULTILINE)
_NOISE = re.compile(r"\]\([^)\s]*|https?://\S+|<[^>\n]*>|`[^`\n]*`")


class Vocabulary:
    """The words of a site's pages. Those of pages that did not change since the last build are remembered."""

    def __init__(self, project: Project) -> None:
        self._file = project.private / "cache" / f"words{'-preview' if project.preview else ''}.jsonl"
        self._program = _digest([Path(__file__).read_text(encoding="utf-8")])

    def of(self, pages: Iterable[SitePage]) -> dict[str, Mapping[str, int]]:
        """Return the words of some pages, by source."""
        lines, old = self._read()
        new: dict[str, str] = {}
        words: dict[str, Mapping[str, int]] = {}
        for page in pages:
            key = _digest([page.title, page.description, *page.tags, page.markdown])
            if key in old:
                new[key], words[page.source] = lines[key], old[key]
            else:
                words[page.source] = words_of(page)
                new[key] = json.dumps({key: words[page.source]})
        if new.keys() != lines.keys():
            self._keep(new.values())
        return words

    def _read(self) -> tuple[Mapping[str, str], Mapping[str, Mapping[str, int]]]:
        """Return what is remembered, by name of the page's content: as it is written, and read."""
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            program, *lines = self._file.read_text(encoding="utf-8").split("\n")
            if program == self._program:
                words = json.loads(f"[{','.join(lines)}]")
                known = {name: counted for item in words for name, counted in item.items()}
                return dict(zip(known, lines, strict=True)), known
        return {}, {}

    def _keep(self, lines: Iterable[str]) -> None:
        # Without a place for it, the next build counts again.
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            temporary = self._file.with_suffix(".new")
            # A line a page: those that stay are written as they were read.
            temporary.write_text("\n".join([self._program, *lines]), encoding="utf-8")
            temporary.replace(self._file)


def words_of(page: SitePage) -> dict[str, int]:
    """Count a page's words; plural and singular are one, and what the text says only once is left out."""
    text = page.markdown[:_LENGTH]
    text = _NOISE.sub(" ", _BLOCK.sub(" ", text) if "```" in text else text)
    words = Counter({word: times for word, times in Counter(_stems(text)).items() if times > 1})
    for word in _stems(f"{page.title}\n{page.description}\n{' '.join(page.tags)}"):
        words[word] += _TITLE
    return dict(sorted(words.items()))


def _stems(text: str) -> Iterator[str]:
    for word in _WORD.findall(text.lower()):
        yield word[:-1] if word[-1] == "s" and len(word) > 4 and word[-2] != "s" else word


def _digest(parts: Iterable[str]) -> str:
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
