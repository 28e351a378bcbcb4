"""A step's files: the message, its translations beside it, and the partials that they take in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_site.documents import read_document, shown, suggestion
from gatepost_site.findings import ContentError, Finding
from gatepost_site.translations import original_of
from gatepost_webhook.followup.formats import MessageMeta
from gatepost_webhook.followup.includes import Partials
from gatepost_webhook.followup.message import Message
from gatepost_webhook.followup.proofreading import Proof, message_findings, place_in
from gatepost_webhook.followup.subjects import Subject

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gatepost_site.documents import Document
    from gatepost_site.project import Project
    from gatepost_webhook.followup.proofreading import Known


@dataclass(frozen=True)
class Draft:
    """One file, read."""

    document: Document[MessageMeta]
    path: Path
    #: BCP 47; "" of the original when the sequence does not say.
    language: str
    #: The body with everything that it takes in.
    body: str


@dataclass(frozen=True)
class MessageFiles:
    """A message and its translations."""

    original: Draft
    translations: tuple[Draft, ...]
    partials: Partials
    #: The folder of the site's pages, when there is one.
    pages: Path | None

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """The original, then the translations."""
        return (self.original, *self.translations)

    @property
    def message(self) -> Message:
        """What the program knows of it."""
        first, *others = (_message(draft) for draft in self.drafts)
        return Message(**{**vars(first), "translations": tuple(others)})

    def draft(self, message: Message) -> Draft:
        """Return the file that a message, or a translation of it, came from."""
        return next(draft for draft in self.drafts if draft.path.name == message.file)

    def findings(self, known: Known, fallbacks: Mapping[str, str]) -> Iterator[Finding]:
        """Yield what is wrong with the texts."""
        for draft in self.drafts:
            values = {**fallbacks, **draft.document.meta.fallbacks}
            proof = Proof(known, values, self.partials, draft.language, self.pages)
            yield from message_findings(draft.document, draft.path, proof)
            yield from self._strange_fallbacks(draft, known)
        for draft in self.translations:
            yield from self._other_subjects(draft)

    def _strange_fallbacks(self, draft: Draft, known: Known) -> Iterator[Finding]:
        strange = draft.document.meta.fallbacks.keys() - known.fields if known.fields else ()
        for name in sorted(strange):
            place = place_in(draft.path, "fallbacks", name)
            write = suggestion(name, sorted(known.fields))
            yield Finding(draft.document.file, *place, "no form asks for this field", f"'{name}'", write)

    def _other_subjects(self, draft: Draft) -> Iterator[Finding]:
        """Name a translation whose subjects are not those of its original: they are counted together."""
        wanted, given = (
            [(one.name, one.weight) for one in each.document.meta.subjects] for each in (self.original, draft)
        )
        if wanted != given:
            what = f"subjects are not those of {self.original.path.name}"
            found = ", ".join(name for name, _ in given) or "one alone"
            write = ", ".join(f"{name}: {weight}" for name, weight in wanted) or "one subject"
            place = place_in(draft.path, "subjects" if given else "subject")
            yield Finding(draft.document.file, *place, what, found, write)


def read_message(folder: Path, name: str, project: Project, *, language: str) -> MessageFiles:
    """Read a message, its translations and what they take in. Raises ContentError with all mistakes of their form.

    `language` is that of the original.
    """
    partials = Partials(project)
    translations = translations_of(folder, name)
    drafts, findings = [], []
    if language and (twin := translations.pop(language, None)):
        what, write = "a translation into the language of its original", "the name of another language"
        findings.append(Finding(shown(twin, project.root), 1, 1, what, f"'{language}'", write))
    for spoken, path in ((language, folder / name), *translations.items()):
        try:
            document = read_document(path, MessageMeta, root=project.root)
            drafts.append(Draft(document, path, spoken, partials.expanded(document.body, spoken)))
        except ContentError as error:
            findings += error.findings
    if findings:
        raise ContentError(findings)
    pages = project.content if project.content.is_dir() else None
    return MessageFiles(drafts[0], tuple(drafts[1:]), partials, pages)


def translations_of(folder: Path, name: str) -> dict[str, Path]:
    """Return language -> file of the translations beside a message: 01-welcome.de.md beside 01-welcome.md."""
    found = {path: original_of(path.name) for path in sorted(folder.glob(f"{name.removesuffix('.md')}.*.md"))}
    return {language: path for path, (original, language) in found.items() if language and original == name}


def _message(draft: Draft) -> Message:
    meta = draft.document.meta
    return Message(
        file=draft.path.name,
        subject=meta.subject,
        preheader=meta.preheader,
        body=draft.body,
        language=draft.language,
        subjects=tuple(Subject(one.name, one.subject, one.weight) for one in meta.subjects),
        fallbacks=meta.fallbacks,
    )
