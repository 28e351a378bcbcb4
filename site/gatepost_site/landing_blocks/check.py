"""Judges the blocks of landing copy before anything is rendered: each mistake with its line and what to write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gatepost_site.documents import parse_yaml, shown, split, suggestion
from gatepost_site.findings import ContentError, Finding
from gatepost_site.landing_blocks.options import OPTIONS, AuthorOptions, CountdownOptions, PreviewOptions
from gatepost_site.landing_blocks.source import blocks_in, is_landing_block

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from gatepost_site.landing_blocks.options import BlockOptions
    from gatepost_site.landing_blocks.source import SourceBlock
    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Project

_ITEM = re.compile(r"^ {0,3}[-*+] +\S")
_QUESTION = re.compile(r"^ {0,3}#{2,6} +\S")
_QUOTE = re.compile(r"^ {0,3}>\s?(.*)$")
#: How the line that names a quotation's source begins.
SOURCE = re.compile(r"^(?:[\u2014\u2013]|--)\s*(?=\S)")
_PHOTOS = (".avif", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp")


def block_findings(magnet: Magnet, project: Project, known: Collection[str]) -> Iterator[Finding]:
    """Yield what is wrong with the blocks of a magnet's landing copy; `known` are all that the site's Markdown has."""
    for block in blocks_in(magnet.body, first=magnet.document.body_line):
        if is_landing_block(block.name):
            yield from _Judge(block, magnet, project).findings()
        elif block.name.lower() not in known:
            names = [*OPTIONS, "offer"]
            write = suggestion(block.name.lower(), names)
            yield Finding(magnet.document.file, block.line, block.column, "unknown block", f"'{block.name}'", write)


def misplaced_blocks(pages: Iterable[Path], *, root: Path) -> Iterator[Finding]:
    """Yield the landing blocks that stand on other pages."""
    for path in pages:
        file = shown(path, root)
        try:
            _, body, first = split(path.read_text(encoding="utf-8-sig"), file)
        except (ContentError, OSError, UnicodeDecodeError):
            continue  # Said already, by the check of the front matter.
        for block in blocks_in(body, first=first) if "///" in body else ():
            if is_landing_block(block.name):
                write = "it in a magnet.md; on a page, '/// offer | ' and the magnet's name"
                what = "block of a landing page on another page"
                yield Finding(file, block.line, block.column, what, f"'{block.name}'", write)


class _Judge:
    """One block of landing copy and the magnet that it stands in."""

    def __init__(self, block: SourceBlock, magnet: Magnet, project: Project) -> None:
        self._block = block
        self._name = block.name.lower()
        self._magnet = magnet
        self._project = project

    def findings(self) -> Iterator[Finding]:
        """Yield what is wrong with the block."""
        block = self._block
        if block.argument:
            yield self._finding("block takes nothing after its name", f"'{block.argument}'", f"'/// {self._name}'")
        if not block.is_closed:
            yield self._finding("block is not closed", write=f"a line of '{block.slashes}' after its text")
            return
        try:
            options = parse_yaml(block.options, OPTIONS[self._name], self._file, first_line=block.line + 1)
        except ContentError as error:
            yield from error.findings
            return
        yield from self._option_findings(options)
        yield from self._text_findings()

    def _option_findings(self, options: BlockOptions) -> Iterator[Finding]:
        if self._name in {"contents", "preview"} and not self._magnet.is_ebook:
            write = "a list of your own, because only an ebook with 'chapters' has contents and pages"
            yield self._finding(f"{self._name} of a magnet that is no ebook", write=write)
        elif isinstance(options, PreviewOptions):
            yield from self._preview_findings(options)
        elif isinstance(options, AuthorOptions):
            yield from self._author_findings(options)
        elif isinstance(options, CountdownOptions) and not (options.to or self._magnet.webinar):
            yield self._finding("countdown to nothing", write="'    to: 2027-03-04 17:00' below it")

    def _preview_findings(self, options: PreviewOptions) -> Iterator[Finding]:
        most = self._magnet.meta.preview
        if "pages" in options.model_fields_set and options.pages > most:
            write = f"at most {most}, or raise 'preview'"
            what = f"more pages than 'preview: {most}' in the front matter allows"
            yield self._option_finding("pages", what, str(options.pages), write)

    def _author_findings(self, options: AuthorOptions) -> Iterator[Finding]:
        if not (options.name or self._magnet.meta.author):
            write = "'    name: Your name' below it, or 'author' in the front matter"
            yield self._finding("author without a name", write=write)
        photo = self._project.content / options.photo
        if options.photo and not (photo.is_file() and photo.suffix.lower() in _PHOTOS):
            write = f"the path of a picture below {self._project.content.name}/, as in 'photo: assets/portrait.jpg'"
            yield self._option_finding("photo", "photo is not there", f"'{options.photo}'", write)

    def _text_findings(self) -> Iterator[Finding]:
        if self._name == "benefits" and not any(_ITEM.match(text) for _, text in self._block.body):
            yield self._finding("benefits without a list", write="one '- **What they get:** why it matters' a line")
        elif self._name == "testimonials":
            yield from self._quotation_findings()
        elif self._name == "faq":
            yield from self._question_findings()

    def _quotation_findings(self) -> Iterator[Finding]:
        quotations = list(_quotations(self._block.body))
        if not quotations:
            yield self._finding("testimonials without a quotation", write="'> What they said.'")
        for line, has_source in quotations:
            if not has_source:
                write = "'> \u2014 Their name, and where they said it' as its last line"
                yield Finding(self._file, line, 1, "quotation without its source", write=write)

    def _question_findings(self) -> Iterator[Finding]:
        questions = list(_questions(self._block.body))
        if not questions:
            yield self._finding("faq without a question", write="'### The question?' above each answer")
        for line, question, is_answered in questions:
            if not is_answered:
                yield Finding(self._file, line, 1, "question without an answer", f"'{question}'", "the answer below it")

    @property
    def _file(self) -> str:
        return self._magnet.document.file

    def _finding(self, what: str, found: str = "", write: str = "") -> Finding:
        return Finding(self._file, self._block.line, self._block.column, what, found, write)

    def _option_finding(self, key: str, what: str, found: str, write: str) -> Finding:
        for number, text in enumerate(self._block.options.splitlines(), start=1):
            if text.lstrip().startswith(f"{key}:"):
                return Finding(self._file, self._block.line + number, text.index(key) + 1, what, found, write)
        return self._finding(what, found, write)


def _quotations(body: Iterable[tuple[int, str]]) -> Iterator[tuple[int, bool]]:
    """Yield (first line, whether it ends with a source) of each quotation."""
    started = 0
    for line, text in body:
        quote = _QUOTE.match(text)
        words = quote[1].strip() if quote else ""
        if SOURCE.match(words):
            yield started or line, True
            started = 0
        elif words:
            started = started or line
        elif started and not quote and not text.strip():
            yield started, False
            started = 0
    if started:
        yield started, False


def _questions(body: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str, bool]]:
    """Yield (line, heading, whether an answer follows) of each question."""
    asked: tuple[int, str] | None = None
    is_answered = False
    for line, text in body:
        if _QUESTION.match(text):
            if asked:
                yield *asked, is_answered
            asked, is_answered = (line, text.strip()), False
        elif text.strip():
            is_answered = True
    if asked:
        yield *asked, is_answered
