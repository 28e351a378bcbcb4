"""Python-Markdown's search for inline marks, made quicker: most of its steps find nothing, and cost the most."""

from __future__ import annotations

import functools
from hashlib import sha256
from pathlib import Path
from typing import Any

from markdown import treeprocessors
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString

#: SHA-256 of the releases of Python-Markdown's module whose loop this repeats.
_KNOWN = frozenset({"bf575e7cb994079e4d9466565dc31ea102d852b1be3c5c922eea4a708c08dd48"})


@functools.cache
def is_known() -> bool:
    """Whether this release of Python-Markdown looks for inline marks in the way that is repeated here."""
    return sha256(Path(treeprocessors.__file__).read_bytes()).hexdigest() in _KNOWN


def quicken(converter: Any) -> None:
    """Have a converter pass over the marks that a text has not, without looking further. Its results stay the same."""
    processor = converter.treeprocessors["inline"]
    if is_known() and type(processor) is treeprocessors.InlineProcessor:
        search = _Search(processor)
        # What the class calls its own private method.
        vars(processor)["_InlineProcessor__handleInline"] = search


class _Search:
    """Takes the place of the method that looks for all marks in a text, one after another."""

    def __init__(self, processor: Any) -> None:
        self._patterns = processor.inlinePatterns
        self._apply = processor._InlineProcessor__applyPattern  # noqa: SLF001
        self._known: list[tuple[Any, Any]] = []

    def __call__(self, data: str, patternIndex: int = 0) -> str:  # noqa: N803 - the method's own name for it
        if isinstance(data, AtomicString):
            return data
        index, start, known = patternIndex, 0, self._read()
        while index < len(known):
            pattern, found = known[index]
            if found is not None and found(data, start) is None:
                index, start = index + 1, 0
                continue
            data, matched, start = self._apply(pattern, data, index, start)
            if not matched:
                index += 1
        return data

    def _read(self) -> list[tuple[Any, Any]]:
        """Return the marks by priority, each with how it is looked for; None for those of the old kind."""
        if not (self._known and self._patterns._is_sorted and len(self._known) == len(self._patterns)):  # noqa: SLF001
            self._known = [
                (pattern, pattern.getCompiledRegExp().search if isinstance(pattern, InlineProcessor) else None)
                for pattern in self._patterns
            ]
        return self._known
