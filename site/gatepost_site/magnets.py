"""magnets/ as objects: one folder a magnet, with its landing copy, its form, its file and its words of consent."""

from __future__ import annotations

import hashlib
import mimetypes
import re
from dataclasses import dataclass, field, replace
from datetime import date  # noqa: TC003 - pydantic reads it at run time
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Literal, Self, TypeAlias
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from gatepost_site.book_cover import CoverMeta, cover_findings
from gatepost_site.documents import Checked, mistake, read_document, read_front_matter, shown, suggestion
from gatepost_site.findings import ContentError, Finding
from gatepost_site.seo.wording import Social, SocialKey
from gatepost_site.translations import original_of
from gatepost_site.webinars import WebinarMeta  # noqa: TC001 - pydantic reads it at run time

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gatepost_site.documents import Document
    from gatepost_site.project import Project
    from gatepost_site.webinars import Webinar

#: What a magnet is.
MagnetKind: TypeAlias = Literal["ebook", "checklist", "template", "course", "webinar"]

EPUB_TYPE = "application/epub+zip"
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
#: Names that the form itself uses, or that would be taken for something else.
RESERVED_FIELDS = frozenset({"email", "marketing", "website", "url", "wording", "page", "nonce"})


def _field_name(value: str) -> str:
    if value and not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", value):
        raise mistake("is not a field name", "small letters, digits and _, as in 'first_name'")
    if value in RESERVED_FIELDS:
        raise mistake("is a name that the form uses itself", "another name (the email field is always there)")
    return value


def _language(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?", value):
        raise mistake("is not the tag of a language", "'en', 'de', 'en-GB', 'pt-BR', ...")
    return value


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise mistake("is not a time zone", suggestion(value, sorted(available_timezones())))
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
    #: Of a select: the time zone (IANA name) of who chooses an option, so that mails come at the right time of the day.
    zones: dict[Line, Annotated[str, AfterValidator(_zone)]] = Field({}, examples=["{Germany: Europe/Berlin}"])
    #: Characters.
    max_length: int = Field(100, ge=1, le=2000, examples=["100"])

    @model_validator(mode="after")
    def _options_fit(self) -> Self:
        if (self.type == "select") != bool(self.options):
            raise mistake("'options' and 'type: select' go together", "both, or neither")
        if strange := [option for option in self.zones if option not in self.options]:
            raise mistake(f"'zones' names what is no option, {strange[0]!r}", "an option of the field")
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
    #: Left out, it is an ebook when there are chapters, else a checklist or a template.
    kind: MagnetKind | None = Field(None, examples=["ebook"])
    #: The file that is handed out, relative to the magnet's folder; or ...
    file: str = Field("", examples=["checklist.pdf"])
    #: ... a folder of Markdown chapters that become a PDF.
    chapters: str = Field("", examples=["chapters/"])
    #: What an ebook's cover is made of where the drawn one will not do.
    cover: CoverMeta = Field(CoverMeta(), examples=['{colour: "#27476b"}'])
    #: Whether an ebook is handed out as EPUB too.
    epub: bool = Field(default=True, examples=["false"])
    #: BCP 47 tag of an ebook's language; "" is that of its translation, else British English.
    language: Annotated[str, AfterValidator(_language)] = Field("", examples=["de"])
    keywords: tuple[Line, ...] = Field((), examples=["[bread, baking]"])
    #: The day that an ebook's files say they are of; without it they say none.
    published: date | None = Field(None, examples=["2026-11-22"])
    #: Whether each reader's copy of a PDF carries their name and the day.
    stamp: bool = Field(default=False, examples=["true"])
    #: Pages of an ebook, from its contents on, that its landing page may show as pictures.
    preview: int = Field(3, ge=0, le=12, examples=["3"])
    #: When and where a webinar is; nothing else has this key.
    webinar: WebinarMeta | None = Field(None, examples=["{start: 2027-03-04 16:00, zone: Europe/Berlin, ...}"])
    #: Left out, it fits the kind.
    button: Line | None = Field(None, examples=["Send me the checklist"])
    fields: tuple[FormField, ...] = Field((), examples=["[{name: first_name, label: First name}]"])
    #: The wording beside the marketing box. Without it there is no box, and nobody is followed up. Of a course, the
    #: words beside its button: who asks for a course asks for its mails, and there is no box.
    consent: str = Field("", max_length=2000, examples=["Yes, send me three short mails about it."])
    sequence: str = Field("", examples=["my-sequence"])
    #: Markdown for the thank-you page, below its standard words.
    thanks: str = Field("", max_length=5000, examples=["See you soon."])
    seo: Seo = Field(Seo(), examples=["{title: A short title}"])
    #: What posts about it say on networks.
    social: SocialKey = Field(Social(), examples=["Read this before Friday."])

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        _check_delivery(self)
        if self.sequence and not self.consent:
            raise mistake("'sequence' needs the words that people agree to", "'consent: Yes, send me ...'")
        names = [field.name for field in self.fields]
        if twice := {name for name in names if names.count(name) > 1}:
            raise mistake(f"two fields are named {min(twice)!r}", "another name")
        return self


def _check_delivery(meta: MagnetMeta) -> None:
    """Refuse what does not make a magnet of its kind. Raises a validator's mistake."""
    if meta.webinar and meta.kind not in {None, "webinar"}:
        raise mistake(f"a magnet of kind '{meta.kind}' has no 'webinar'", "'kind: webinar', or no 'webinar'")
    kind = "webinar" if meta.webinar else meta.kind
    if kind in {"course", "webinar"}:
        _check_without_file(meta, kind)
        return
    if bool(meta.file) == bool(meta.chapters):
        found = "both" if meta.file else "neither"
        raise mistake(f"a magnet has either 'file' or 'chapters', here are {found}", "'file: checklist.pdf'")
    if meta.chapters and kind not in {None, "ebook"}:
        raise mistake(f"a magnet of kind '{kind}' has no 'chapters'", "'file: ...', or 'kind: ebook'")


def _check_without_file(meta: MagnetMeta, kind: str) -> None:
    if meta.file or meta.chapters:
        key = "file" if meta.file else "chapters"
        raise mistake(f"a magnet of kind '{kind}' has no '{key}'", "another kind, as in 'kind: template', or no file")
    if kind == "course" and not meta.sequence:
        raise mistake("a course is its mails, and 'sequence' is missing", "'sequence: my-course'")
    if kind == "webinar" and not meta.webinar:
        write = "'webinar:' with 'start', 'zone', 'duration' and 'online' or 'place' below it"
        raise mistake("a webinar is at some time, and 'webinar' is missing", write)


#: Keys of what people read: a translation has its own.
TRANSLATED_KEYS = frozenset(
    {"title", "subtitle", "description", "button", "fields", "consent", "thanks", "seo", "language", "keywords"}
)
#: Keys of which one says what is handed out.
FILE_KEYS = frozenset({"file", "chapters"})


@dataclass(frozen=True)
class Magnet:
    """One lead magnet, checked."""

    slug: str
    folder: Path
    document: Document[MagnetMeta]
    #: BCP 47 of a translation; "" is the site's language.
    language: str = ""
    #: Language -> the same magnet in it.
    translations: Mapping[str, Magnet] = field(default_factory=dict)
    #: Of a translation: whether it hands out a file of its own.
    has_own_file: bool = False

    @property
    def key(self) -> str:
        """What forms and the manifest call it: the slug, of a translation with its language, as in "guide.de"."""
        return f"{self.slug}.{self.language}" if self.language else self.slug

    @property
    def hands_out_its_own(self) -> bool:
        """Whether what it hands out is not that of another language."""
        return self.has_own_file or not self.language

    @property
    def stem(self) -> str:
        """Name of what is built for it, without an ending: a translation with chapters of its own has its own book."""
        return f"{self.slug}-{self.language.lower()}" if self.has_own_file else self.slug

    def versions(self) -> list[Magnet]:
        """Return the magnet itself and its translations."""
        return [self, *self.translations.values()]

    def in_language(self, language: str) -> Magnet:
        """Return the translation of a language, the magnet itself when there is none."""
        return self.translations.get(language, self)

    @property
    def meta(self) -> MagnetMeta:
        """The front matter."""
        return self.document.meta

    @property
    def body(self) -> str:
        """The landing copy, in Markdown."""
        return self.document.body

    @cached_property
    def kind(self) -> MagnetKind:
        """What it is, as its writer says, or as its files tell."""
        if self.meta.kind:
            return self.meta.kind
        if self.meta.webinar:
            return "webinar"
        if self.meta.chapters:
            return "ebook"
        return "checklist" if "checklist" in f"{self.slug}/{self.meta.file}".lower() else "template"

    @property
    def webinar(self) -> Webinar | None:
        """When and where it is; None when it is no webinar."""
        return self.meta.webinar.webinar if self.meta.webinar else None

    def has_ended(self, now: int) -> bool:
        """Whether it is a webinar that is over at an epoch second."""
        return self.webinar is not None and self.webinar.has_ended(now)

    def is_closed(self, now: int) -> bool:
        """Whether nothing can be asked for any more: a webinar that is over and has no recording."""
        return self.has_ended(now) and not (self.webinar and self.webinar.recording)

    @property
    def is_ebook(self) -> bool:
        """Whether the file is built from chapters."""
        return bool(self.meta.chapters)

    @property
    def is_typeset(self) -> bool:
        """Whether the file is a PDF made of one Markdown file: a checklist's."""
        return self.kind == "checklist" and self.meta.file.lower().endswith(".md")

    @property
    def has_file(self) -> bool:
        """Whether a file is handed out: of a webinar its calendar entry, of a course nothing."""
        return self.kind != "course"

    @property
    def is_handed_over(self) -> bool:
        """Whether confirming is downloading: of a webinar it saves the seat, of a course it begins it."""
        return self.kind not in {"course", "webinar"}

    @property
    def is_built(self) -> bool:
        """Whether the file is made by a build, and is not the writer's own."""
        return self.is_ebook or self.is_typeset or self.kind == "webinar"

    @property
    def filename(self) -> str:
        """The name that a browser saves the file under, "" when there is none."""
        if self.is_ebook or self.is_typeset:
            return f"{self.stem}.pdf"
        return f"{self.stem}.ics" if self.kind == "webinar" else self.meta.file.rsplit("/", 1)[-1]

    @property
    def media_type(self) -> str:
        """The file's media type."""
        return media_type_of(self.filename)

    @cached_property
    def wording(self) -> str:
        """Hexadecimal SHA-256 of the consent wording, "" when the form does not ask."""
        return wording_hash(self.meta.consent) if self.meta.consent else ""

    @property
    def book_language(self) -> str:
        """BCP 47 tag of the language that an ebook is in."""
        return self.meta.language or self.language or "en-GB"

    def epub_path(self, project: Project) -> Path | None:
        """Return where the ebook is as EPUB, None when it is not to be had; it exists only after a build."""
        name = self.filename.removesuffix(".pdf") + ".epub"
        return project.private / "ebooks" / name if self.is_ebook and self.meta.epub else None

    def asset_path(self, project: Project) -> Path:
        """Return where the gated file is; one that is built exists only after a build, and a course has none."""
        if self.is_ebook:
            return project.private / "ebooks" / self.filename
        if self.is_built:
            return project.private / f"{self.kind}s" / self.filename
        return self.folder / self.meta.file

    @property
    def is_course(self) -> bool:
        """Whether asking for it is asking for its mails, which is all there is."""
        return self.kind == "course"

    def recording_path(self) -> Path | None:
        """Return where a webinar's recording is, when it is a file."""
        webinar = self.webinar
        return self.folder / webinar.recording if webinar and webinar.recording_is_file else None

    def chapter_paths(self) -> list[Path]:
        """Return the chapters in reading order: by file name."""
        return sorted((self.folder / self.meta.chapters).glob("*.md"))


def media_type_of(filename: str) -> str:
    """Return a file's media type by its name."""
    if filename.endswith(".epub"):
        # Not every machine's table has it.
        return EPUB_TYPE
    return mimetypes.guess_type(filename)[0] or "application/octet-stream"


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
            magnet = Magnet(path.parent.name, path.parent, document)
            magnets[magnet.slug] = replace(magnet, translations=load_translations(magnet, project))
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
        magnet = replace(magnet, translations=load_translations(magnet, project))
    except ContentError as error:
        raise ContentError([*error.findings, *place.findings({})]) from error
    if findings := place.findings({}):
        raise ContentError(findings)
    return magnet


def load_translations(magnet: Magnet, project: Project) -> dict[str, Magnet]:
    """Read magnet.de.md and its like beside magnet.md, by language. Raises ContentError with all mistakes of all.

    What people read must be translated; the rest, such as the file and the sequence, is taken from magnet.md.
    """
    found: dict[str, Magnet] = {}
    findings: list[Finding] = []
    for path in sorted(magnet.folder.glob("magnet.*.md")):
        try:
            translation = _translation(magnet, path, project)
            found[translation.language] = translation
        except ContentError as error:
            findings += error.findings
    if findings:
        raise ContentError(findings)
    return found


def _translation(magnet: Magnet, path: Path, project: Project) -> Magnet:
    file, (_, language) = shown(path, project.root), original_of(path.name)
    if not language:
        raise ContentError([Finding(file, 1, 1, "not a language", f"'{path.name}'", "its tag, as in 'magnet.de.md'")])
    values, positions = read_front_matter(magnet.folder / "magnet.md", root=project.root)
    own, positions = read_front_matter(path, root=project.root)
    has_own_file = bool(own.keys() & FILE_KEYS)
    left = {*TRANSLATED_KEYS, *(FILE_KEYS if has_own_file else ())}
    inherited = {key: value for key, value in values.items() if key not in left}
    document = read_document(path, MagnetMeta, root=project.root, inherited=inherited)
    translation = Magnet(magnet.slug, magnet.folder, document, language, has_own_file=has_own_file)
    findings = [*_Place(path, project).findings({}), *_form_findings(magnet, translation, positions)]
    if findings:
        raise ContentError(findings)
    return translation


def _form_findings(magnet: Magnet, translation: Magnet, positions: Mapping[str, tuple[int, int]]) -> Iterator[Finding]:
    """Find where a translated form asks for something else than the original: the answers are kept together."""
    names, wanted = ([field.name for field in version.meta.fields] for version in (translation, magnet))
    where = (translation.document.file, *positions.get("fields", (1, 1)))
    if names != wanted:
        found = ", ".join(names) or "none"
        yield Finding(*where, "the fields are not those of magnet.md", found, ", ".join(wanted) or "no fields")
    if magnet.meta.consent and not translation.meta.consent:
        yield Finding(translation.document.file, 1, 1, "key 'consent' is missing", write="'consent: ...', translated")


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
        found = [*self._slug(seen), *self._given_file(), *self._recording(), *self._chapters(), *self._sequence()]
        return [*found, *self._book()]

    def _slug(self, seen: dict[str, str]) -> Iterator[Finding]:
        slug = self._folder.name
        if not _SLUG.fullmatch(slug):
            yield Finding(self._file, 1, 1, "folder is not a slug", f"'{slug}'", "small letters, digits and '-'")
        # Two folders that differ in case alone are one folder on many machines, and one address on all.
        if other := seen.get(slug.casefold()):
            yield Finding(self._file, 1, 1, "two magnets with one slug", f"'{other}'", "another folder name")
        seen.setdefault(slug.casefold(), slug)

    def _given_file(self) -> Iterator[Finding]:
        if name := self._value("file"):
            yield from self._file_findings("file", name, self._positions.get("file", (1, 1)))

    def _recording(self) -> Iterator[Finding]:
        webinar = self._values.get("webinar")
        name = webinar.get("recording") if isinstance(webinar, dict) else None
        if isinstance(name, str) and name and "://" not in name:
            # Only the first level of keys has its place here.
            yield from self._file_findings("recording", name, self._positions.get("webinar", (1, 1)))

    def _file_findings(self, key: str, name: str, where: tuple[int, int]) -> Iterator[Finding]:
        path = (self._folder / name).resolve()
        if not path.is_relative_to(self._folder.resolve()):
            what, write = f"{key} is outside the magnet", "a file inside the magnet's folder"
        elif not path.is_file():
            what, write = "no such file", f"the name of a file in {shown(self._folder, self._project.root)}/"
        elif not path.stat().st_size:
            what, write = f"{key} is empty", "a file that visitors get something from"
        else:
            return
        yield Finding(self._file, *where, what, f"'{name}'", write)

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
        is_pdf = bool(self._values.get("chapters")) or file.lower().endswith((".md", ".pdf"))
        if self._values.get("stamp") is True and not is_pdf:
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
