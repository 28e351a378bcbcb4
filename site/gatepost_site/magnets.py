"""magnets/ as objects: one folder a magnet, with its landing copy, its form, its file and its words of consent."""

from __future__ import annotations

import hashlib
import mimetypes
import re
from dataclasses import dataclass
from datetime import date  # noqa: TC003 - pydantic reads it at run time
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from gatepost_site.book_cover import CoverMeta, cover_findings
from gatepost_site.documents import Checked, mistake, read_document, read_front_matter, shown
from gatepost_site.findings import ContentError, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gatepost_site.documents import Document
    from gatepost_site.project import Project

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
#: Names that the form itself uses, or that would be taken for something else.
RESERVED_FIELDS = frozenset({"email", "marketing", "website", "url", "wording", "page", "nonce"})


def _field_name(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", value):
        raise mistake("is not a field name", "small letters, digits and _, as in 'first_name'")
    if value in RESERVED_FIELDS:
        raise mistake("is a name that the form uses itself", "another name (the email field is always there)")
    return value


def _language(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?", value):
        raise mistake("is not the tag of a language", "'en', 'de', 'en-GB', 'pt-BR', ...")
    return value


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\r\n]+$")]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class FormField(Checked):
    """One field of a magnet's form; the email field is always there and not listed."""

    name: Annotated[str, AfterValidator(_field_name)] = Field(examples=["first_name"])
    label: Line = Field(examples=["First name"])
    type: Literal["text", "tel", "url", "number", "textarea", "select"] = Field("text", examples=["text"])
    required: bool = Field(default=False, examples=["true"])
    #: HTML autocomplete token, such as "given-name": browsers fill the field, and WCAG 1.3.5 asks for it.
    autocomplete: str = Field("", pattern=r"^[a-z -]*$", examples=["given-name"])
    help: str = Field("", max_length=200, examples=["Only if you like."])
    options: tuple[Line, ...] = Field((), examples=["[Bakery, Café]"])
    #: Characters.
    max_length: int = Field(100, ge=1, le=2000, examples=["100"])

    @model_validator(mode="after")
    def _options_fit(self) -> Self:
        if (self.type == "select") != bool(self.options):
            raise mistake("'options' and 'type: select' go together", "both, or neither")
        return self


class Seo(Checked):
    """What search engines and networks are told where it differs from the page."""

    title: str = Field("", max_length=120, examples=["A short title"])
    description: str = Field("", max_length=320, examples=["One sentence of 50 to 160 characters."])
    image: str = Field("", examples=["assets/card.png"])


class MagnetMeta(Checked):
    """The front matter of magnets/<slug>/magnet.md."""

    title: Line = Field(examples=["The Nurturing Playbook"])
    description: Line = Field(examples=["One sentence of 50 to 160 characters."])
    subtitle: str = Field("", max_length=200, examples=["From a first download to a conversation"])
    author: str = Field("", max_length=200, examples=["Your team"])
    #: The file that is handed out, relative to the magnet's folder; or ...
    file: str = Field("", examples=["checklist.pdf"])
    #: ... a folder of Markdown chapters that become a PDF.
    chapters: str = Field("", examples=["chapters/"])
    #: What an ebook's cover is made of where the drawn one will not do.
    cover: CoverMeta = Field(CoverMeta(), examples=['{colour: "#27476b"}'])
    #: Whether an ebook is handed out as EPUB too.
    epub: bool = Field(default=True, examples=["false"])
    #: BCP 47 tag of an ebook's language.
    language: Annotated[str, AfterValidator(_language)] = Field("en-GB", examples=["de"])
    keywords: tuple[Line, ...] = Field((), examples=["[bread, baking]"])
    #: The day that an ebook's files say they are of; without it they say none.
    published: date | None = Field(None, examples=["2026-11-22"])
    #: Whether each reader's copy of a PDF carries their name and the day.
    stamp: bool = Field(default=False, examples=["true"])
    #: Pages of an ebook, from its contents on, that its landing page may show as pictures.
    preview: int = Field(3, ge=0, le=12, examples=["3"])
    button: Line = Field("Send it to me", examples=["Send me the checklist"])
    fields: tuple[FormField, ...] = Field((), examples=["[{name: first_name, label: First name}]"])
    #: The wording beside the marketing box. Without it there is no box, and nobody is followed up.
    consent: str = Field("", max_length=2000, examples=["Yes, send me three short mails about it."])
    sequence: str = Field("", examples=["my-sequence"])
    #: Markdown for the thank-you page, below its standard words.
    thanks: str = Field("", max_length=5000, examples=["See you soon."])
    seo: Seo = Field(Seo(), examples=["{title: A short title}"])

    @model_validator(mode="after")
    def _one_file(self) -> Self:
        if bool(self.file) == bool(self.chapters):
            found = "both" if self.file else "neither"
            raise mistake(f"a magnet has either 'file' or 'chapters', here are {found}", "'file: checklist.pdf'")
        if self.sequence and not self.consent:
            raise mistake("'sequence' needs the words that people agree to", "'consent: Yes, send me ...'")
        names = [field.name for field in self.fields]
        if twice := {name for name in names if names.count(name) > 1}:
            raise mistake(f"two fields are named {min(twice)!r}", "another name")
        return self


@dataclass(frozen=True)
class Magnet:
    """One lead magnet, checked."""

    slug: str
    folder: Path
    document: Document[MagnetMeta]

    @property
    def meta(self) -> MagnetMeta:
        """The front matter."""
        return self.document.meta

    @property
    def body(self) -> str:
        """The landing copy, in Markdown."""
        return self.document.body

    @property
    def is_ebook(self) -> bool:
        """Whether the file is built from chapters."""
        return bool(self.meta.chapters)

    @property
    def filename(self) -> str:
        """The name that a browser saves the file under."""
        return f"{self.slug}.pdf" if self.is_ebook else self.meta.file.rsplit("/", 1)[-1]

    @property
    def media_type(self) -> str:
        """The file's media type."""
        return mimetypes.guess_type(self.filename)[0] or "application/octet-stream"

    @property
    def wording(self) -> str:
        """Hexadecimal SHA-256 of the consent wording, "" when the form does not ask."""
        return wording_hash(self.meta.consent) if self.meta.consent else ""

    def epub_path(self, project: Project) -> Path | None:
        """Return where the ebook is as EPUB, None when it is not to be had; it exists only after a build."""
        name = self.filename.removesuffix(".pdf") + ".epub"
        return project.private / "ebooks" / name if self.is_ebook and self.meta.epub else None

    def asset_path(self, project: Project) -> Path:
        """Return where the gated file is; an ebook's exists only after a build."""
        if self.is_ebook:
            return project.private / "ebooks" / self.filename
        return self.folder / self.meta.file

    def chapter_paths(self) -> list[Path]:
        """Return the chapters in reading order: by file name."""
        return sorted((self.folder / self.meta.chapters).glob("*.md"))


def wording_hash(text: str) -> str:
    """Return the name under which a consent wording is kept: the SHA-256 of its exact text."""
    return hashlib.sha256(text.encode()).hexdigest()


def load_magnets(project: Project) -> dict[str, Magnet]:
    """Read every magnet of a project, by slug. Raises ContentError with all mistakes of all magnets."""
    magnets: dict[str, Magnet] = {}
    findings: list[Finding] = []
    seen: dict[str, str] = {}
    for path in sorted(project.magnets.glob("*/magnet.md")) if project.magnets.is_dir() else []:
        try:
            document = read_document(path, MagnetMeta, root=project.root)
            magnets[path.parent.name] = Magnet(path.parent.name, path.parent, document)
        except ContentError as error:
            findings += error.findings
        findings += _Place(path, project).findings(seen)
    findings += _stray_findings(project)
    if findings:
        raise ContentError(findings)
    return magnets


def load_magnet(slug: str, project: Project) -> Magnet:
    """Read one magnet, whatever is wrong with others. Raises ContentError with its mistakes."""
    path = project.magnets / slug / "magnet.md"
    place = _Place(path, project)
    try:
        magnet = Magnet(slug, path.parent, read_document(path, MagnetMeta, root=project.root))
    except ContentError as error:
        raise ContentError([*error.findings, *place.findings({})]) from error
    if findings := place.findings({}):
        raise ContentError(findings)
    return magnet


class _Place:
    """What a magnet's front matter alone cannot tell: its folder's name, and whether what it names is there.

    Judged on the values as written, so that a mistake elsewhere in the front matter does not hide these.
    """

    def __init__(self, path: Path, project: Project) -> None:
        self._project = project
        self._folder = path.parent
        self._file = shown(path, project.root)
        try:
            self._values, self._positions = read_front_matter(path, root=project.root)
        except ContentError:
            self._values, self._positions = {}, {}

    def findings(self, seen: dict[str, str]) -> list[Finding]:
        """Return the mistakes; `seen` holds the slugs so far, by their case-folded spelling."""
        return [*self._slug(seen), *self._given_file(), *self._chapters(), *self._sequence(), *self._book()]

    def _slug(self, seen: dict[str, str]) -> Iterator[Finding]:
        slug = self._folder.name
        if not _SLUG.fullmatch(slug):
            yield Finding(self._file, 1, 1, "folder is not a slug", f"'{slug}'", "small letters, digits and '-'")
        # Two folders that differ in case alone are one folder on many machines, and one address on all.
        if other := seen.get(slug.casefold()):
            yield Finding(self._file, 1, 1, "two magnets with one slug", f"'{other}'", "another folder name")
        seen.setdefault(slug.casefold(), slug)

    def _given_file(self) -> Iterator[Finding]:
        if not (name := self._value("file")):
            return
        path = (self._folder / name).resolve()
        if not path.is_relative_to(self._folder.resolve()):
            yield self._at("file", "file is outside the magnet", "a file inside the magnet's folder")
        elif not path.is_file():
            folder = shown(self._folder, self._project.root)
            yield self._at("file", "no such file", f"the name of a file in {folder}/")
        elif not path.stat().st_size:
            yield self._at("file", "file is empty", "a file that visitors get something from")

    def _chapters(self) -> Iterator[Finding]:
        if not (name := self._value("chapters")):
            return
        folder = (self._folder / name).resolve()
        inside = folder.is_relative_to(self._folder.resolve())
        if not inside or not folder.is_dir() or not any(folder.glob("*.md")):
            yield self._at("chapters", "no chapters there", "a folder of .md files inside the magnet's folder")

    def _sequence(self) -> Iterator[Finding]:
        name = self._value("sequence")
        if not name or (_SLUG.fullmatch(name) and (self._project.sequences / name / "sequence.yml").is_file()):
            return
        known = sorted(path.parent.name for path in self._project.sequences.glob("*/sequence.yml"))
        others = f", or one of {', '.join(known)}" if known else ""
        yield self._at("sequence", "no such sequence", f"sequences/{name}/sequence.yml{others}")

    def _book(self) -> Iterator[Finding]:
        place = self._positions.get("cover", (1, 1))
        yield from cover_findings(self._file, self._folder, self._values.get("cover"), place)
        file = self._value("file")
        if self._values.get("stamp") is True and not (self._values.get("chapters") or file.lower().endswith(".pdf")):
            where = (self._file, *self._positions.get("stamp", (1, 1)))
            yield Finding(*where, "only a PDF can be stamped", f"'{file}'", "'stamp: false'")

    def _value(self, key: str) -> str:
        value = self._values.get(key)
        return value if isinstance(value, str) else ""

    def _at(self, key: str, what: str, write: str) -> Finding:
        return Finding(self._file, *self._positions.get(key, (1, 1)), what, f"'{self._value(key)}'", write)


def _stray_findings(project: Project) -> list[Finding]:
    """Name the folders in magnets/ that hold no magnet: a misspelt file name is found, not ignored."""
    folders = sorted(path for path in project.magnets.iterdir() if path.is_dir()) if project.magnets.is_dir() else []
    return [
        Finding(shown(folder, project.root), 1, 1, "a magnet's folder without magnet.md", write="magnet.md")
        for folder in folders
        if not folder.name.startswith((".", "_")) and not (folder / "magnet.md").is_file()
    ]
