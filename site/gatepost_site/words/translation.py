"""One file of words, judged against the English one: unknown and missing keys, placeholders, plural forms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatepost_site.documents import plain, position_in, suggestion
from gatepost_site.findings import Finding
from gatepost_site.words.words import PLACEHOLDER, Text, Words, placeholders

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Set

    from ruamel.yaml.comments import CommentedMap

_BRACE = re.compile(r"[{}]")
#: The top-level key that is no section: where words come from that the file does not have.
_FALLBACK = "fallback"


def texts_in(loaded: Mapping[str, Any]) -> dict[str, Text]:
    """Return the texts of a file of words: "section.key" -> text. Whatever is no text is left out."""
    return {key: plain(text) for key, text in _entries(loaded) if _is_text(text)}


@dataclass(frozen=True)
class Translation:
    """What a file of words says."""

    loaded: CommentedMap
    #: "section.key" -> text; whatever is no text is left out.
    texts: Mapping[str, Text]
    #: Language that missing words are taken from, "" when none may be missing.
    fallback: str

    @classmethod
    def parse(cls, loaded: CommentedMap) -> Translation:
        """Take what was read from YAML."""
        texts = texts_in(loaded)
        fallback = loaded.get(_FALLBACK, "")
        return cls(loaded, texts, fallback if isinstance(fallback, str) else "")

    def findings(self, file: str, language: str, english: Mapping[str, Text], known: Set[str]) -> list[Finding]:
        """Return what is wrong with what is there; `known` are the languages to fall back on."""
        found = list(self._sections(file, english))
        if _FALLBACK in self.loaded and self.fallback not in known:
            where = position_in(self.loaded, (_FALLBACK,), 1)
            write = suggestion(str(self.loaded[_FALLBACK]), sorted(known))
            found.append(Finding(file, *where, "no such language", f"'{self.loaded[_FALLBACK]}'", write))
        for key, text in _entries(self.loaded):
            where = position_in(self.loaded, key.split(".", 1), 1)
            if key not in english:
                found.append(Finding(file, *where, "unknown word", f"'{key}'", suggestion(key, sorted(english))))
            elif not _is_text(text):
                write = "a text in quotes, or one for each plural form"
                found.append(Finding(file, *where, f"'{key}' is no text", f"{text!r}", write))
            else:
                found += _text_findings(_Entry(file, where, key), text, english[key], language)
        return found

    def missing(self, file: str, english: Mapping[str, Text]) -> list[Finding]:
        """Return a finding for each word that English has and this file has not."""
        found = []
        for key in english.keys() - self.texts.keys():
            where = position_in(self.loaded, key.split(".", 1), 1)
            write = f"it, or '{_FALLBACK}: en' at the top to take what is missing from English"
            found.append(Finding(file, *where, "word is missing", f"no '{key}'", write))
        return found

    def _sections(self, file: str, english: Mapping[str, Text]) -> Iterator[Finding]:
        names = sorted({key.partition(".")[0] for key in english})
        for name, section in self.loaded.items():
            where = position_in(self.loaded, (name,), 1)
            if name == _FALLBACK:
                continue
            if name not in names:
                yield Finding(file, *where, "unknown section", f"'{name}'", suggestion(str(name), names))
            elif not isinstance(section, dict):
                yield Finding(file, *where, f"'{name}' must be keys with texts", write=f"'{name}:' and keys below it")


@dataclass(frozen=True)
class _Entry:
    """Where a text stands."""

    file: str
    where: tuple[int, int]
    key: str

    def finding(self, what: str, found: str, write: str) -> Finding:
        return Finding(self.file, *self.where, f"'{self.key}': {what}", found, write)


def _text_findings(entry: _Entry, text: Text, english: Text, language: str) -> Iterator[Finding]:
    wanted = placeholders(english)
    forms = {"": text} if isinstance(text, str) else text
    for form in forms.values():
        if brace := _BRACE.search(PLACEHOLDER.sub("", form)):
            yield entry.finding("a brace outside a placeholder", f"'{brace[0]}'", "placeholders as in '{title}'")
    used = placeholders(text)
    for name in sorted(used - wanted):
        write = suggestion(f"{{{name}}}", [f"{{{known}}}" for known in sorted(wanted)]) if wanted else "no placeholder"
        yield entry.finding("unknown placeholder", f"'{{{name}}}'", write)
    # A plural form may say the number itself: "one more".
    for name in sorted(wanted - used - {"count"}):
        yield entry.finding("a placeholder is missing", "", f"'{{{name}}}' where it belongs")
    if not isinstance(text, str):
        yield from _plural_findings(entry, text, english, language)


def _plural_findings(entry: _Entry, text: Mapping[str, str], english: Text, language: str) -> Iterator[Finding]:
    if isinstance(english, str):
        yield entry.finding("has no plural forms", ", ".join(text), "one text")
        return
    words = Words(language, {})
    categories = words.plural_categories()
    for name in sorted(text.keys() - categories):
        yield entry.finding(
            "no such plural form in this language", f"'{name}'", "one of " + ", ".join(sorted(categories))
        )
    for name in sorted((words.plural_categories(usual=True) | {"other"}) - text.keys()):
        yield entry.finding("a plural form is missing", "", f"'{name}: ...'")


def _entries(loaded: Mapping[Any, Any]) -> Iterator[tuple[str, Any]]:
    for section, texts in loaded.items():
        if isinstance(texts, dict):
            for key, text in texts.items():
                yield f"{section}.{key}", text


def _is_text(text: object) -> bool:
    if isinstance(text, dict):
        return bool(text) and all(isinstance(form, str) for form in text.values())
    return isinstance(text, str) and bool(text)
