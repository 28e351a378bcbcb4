"""The languages of a site: the files that Gatepost comes with, and those that the site adds or overrides."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

import yaml  # type: ignore[import-untyped]

from gatepost_site.documents import load_yaml, read_text, shown
from gatepost_site.findings import ContentError, Finding
from gatepost_site.words.tags import is_language, normal
from gatepost_site.words.translation import Translation, texts_in
from gatepost_site.words.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gatepost_site.project import Project
    from gatepost_site.words.words import Text

#: Written in C where the machine has that. Neither makes anything but plain data.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: Languages that Gatepost comes with. English is complete by definition: its keys are the keys.
SHIPPED = ("en", "de")


class Languages:
    """Gives the words of any language. Made once; what it gives is kept."""

    def __init__(self, own: Mapping[str, Mapping[str, Text]] | None = None) -> None:
        """Take the site's own texts: language -> key -> text."""
        self._own = own or {}
        self._words: dict[str, Words] = {}

    def __getstate__(self) -> Mapping[str, Mapping[str, Text]]:
        """Return what makes one site's words others than another's."""
        return self._own

    def __setstate__(self, own: Mapping[str, Mapping[str, Text]]) -> None:
        self._own, self._words = own, {}

    def words(self, language: str) -> Words:
        """Return the words of a language: its own, else those of "pt" for "pt-BR", else English."""
        if language not in self._words:
            self._words[language] = self._made(normal(language))
        return self._words[language]

    def speaks(self, language: str) -> bool:
        """Tell whether there are words in a language, or in the one that it is a variety of."""
        tag = normal(language)
        return bool({tag, tag.partition("-")[0]} & {*SHIPPED, *self._own})

    def _made(self, tag: str) -> Words:
        if not self.speaks(tag):
            return Words("en", _texts(self._own, "en"))
        return Words(tag, _texts(self._own, tag))


def load_languages(project: Project) -> Languages:
    """Read the site's own `languages/*.yml`. Raises ContentError with every mistake."""
    paths = sorted(project.languages.glob("*.yml")) if project.languages.is_dir() else []
    own: dict[str, Mapping[str, Text]] = {}
    findings: list[Finding] = []
    # A variety such as pt-BR builds on its language, whose name is shorter.
    for path in sorted(paths, key=lambda path: (len(path.stem), path.stem)):
        try:
            own[normal(path.stem)] = _read(path, project, own)
        except ContentError as error:
            findings += error.findings
    if findings:
        raise ContentError(findings)
    return Languages(own)


def silent_language(language: str, file: str, where: tuple[int, int]) -> Finding:
    """Return the finding for a language, named in a file, in which there are no words."""
    write = f"languages/{normal(language)}.yml (copy what 'gatepost words' prints), or 'fallback: en' in it"
    return Finding(file, *where, "no words in this language", f"'{language}'", write)


@lru_cache
def shipped_texts(language: str) -> Mapping[str, Text]:
    """Return the texts of a language that Gatepost comes with."""
    # Not as a site's own files are read: positions of mistakes, which these have none of, take ten times as long.
    return texts_in(yaml.load(shipped_source(language), Loader=_LOADER))  # noqa: S506 - the safe one


def shipped_source(language: str) -> str:
    """Return the file of a language that Gatepost comes with, to copy from."""
    return (files("gatepost_site.words") / f"{language}.yml").read_text(encoding="utf-8")


def _texts(own: Mapping[str, Mapping[str, Text]], tag: str) -> Mapping[str, Text]:
    """Return a language's texts: what the site says itself, over what it would be called without that."""
    primary = tag.partition("-")[0]
    below: Mapping[str, Text] = {}
    if tag != primary:
        below = _texts(own, primary)
    elif tag in SHIPPED:
        below = shipped_texts(tag)
    return {**below, **own.get(tag, {})}


def _read(path: Path, project: Project, own: Mapping[str, Mapping[str, Text]]) -> Mapping[str, Text]:
    file = shown(path, project.root)
    if not is_language(path.stem):
        write = "the tag of a language, as in 'fr.yml' or 'pt-BR.yml'"
        raise ContentError([Finding(file, 1, 1, "not a language", f"'{path.name}'", write)])
    tag = normal(path.stem)
    translation = Translation.parse(load_yaml(read_text(path, file), file, first_line=1))
    known = {*SHIPPED, *own}
    findings = translation.findings(file, tag, shipped_texts("en"), known)
    if findings:
        raise ContentError(findings)
    base = tag.partition("-")[0]
    if translation.fallback:
        return {**_texts(own, translation.fallback), **translation.texts}
    if {tag, base} & known:
        return translation.texts
    if missing := translation.missing(file, shipped_texts("en")):
        raise ContentError(missing)
    return translation.texts
