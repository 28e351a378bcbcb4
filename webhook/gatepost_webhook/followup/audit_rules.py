"""The rules of the audit that only the webhook's half can ask: of sequences, messages and personas."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gatepost_site.audit.registry import Rule, rule
from gatepost_site.documents import load_yaml, read_document, read_text, shown
from gatepost_site.findings import ContentError, Finding
from gatepost_site.translations import original_of, source_in
from gatepost_webhook.followup import markup
from gatepost_webhook.followup.formats import MessageMeta
from gatepost_webhook.followup.includes import FOLDER as PARTIALS
from gatepost_webhook.followup.mail_texts import mail_texts
from gatepost_webhook.followup.message_files import translations_of
from gatepost_webhook.followup.naming import names_of
from gatepost_webhook.followup.personas import read_persona
from gatepost_webhook.followup.proofreading import place_in
from gatepost_webhook.followup.reach_rules import RULES as REACH_RULES
from gatepost_webhook.followup.sending import read_sending
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.followup.visit_rules import RULES as VISIT_RULES
from gatepost_webhook.followup.visits import target_of
from gatepost_webhook.leads.scores import load_scoring
from gatepost_webhook.leads.segments import NAME as SEGMENTS
from gatepost_webhook.leads.segments import load_segments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from gatepost_site.audit.inquiry import Inquiry
    from gatepost_site.project import Project

#: Characters of a subject that phones show.
PHONE = 50
#: What a value in a subject counts for.
_ANSWER = 6
_TAG = re.compile(r"\{[{%#].*?[}%#]\}")


def _sequences(inquiry: Inquiry) -> Iterable[Finding]:
    try:
        load_sequences(inquiry.project, inquiry.magnets)
    except ContentError as error:
        # What is wrong with segments is said by their own rule.
        return [finding for finding in error.findings if not finding.file.endswith(SEGMENTS)]
    return []


sequence = Rule(
    "sequence",
    "Sequences and their messages can be sent",
    "A mail that cannot be rendered is found by the lead who does not get it.",
    "error",
    _sequences,
    is_firm=True,
)


def _segments(inquiry: Inquiry) -> Iterable[Finding]:
    try:
        load_segments(inquiry.project, names_of(inquiry.project, inquiry.magnets))
    except ContentError as error:
        return error.findings
    return []


segment = Rule(
    "segment",
    "Segments can be read, and their examples are in and out as expected",
    "A misspelt condition finds nobody, and nobody complains.",
    "error",
    _segments,
    is_firm=True,
)


def _scores(inquiry: Inquiry) -> Iterable[Finding]:
    try:
        load_scoring(inquiry.project, names_of(inquiry.project, inquiry.magnets))
    except ContentError as error:
        return error.findings
    return []


scores = Rule(
    "scores",
    "The rules of scores.yml can be read",
    "A rule about a magnet that is not there gives nobody a point.",
    "error",
    _scores,
    is_firm=True,
)


@rule(
    "persona",
    "Personas can be read",
    "A sequence is tried on them with 'gatepost simulate'.",
    "error",
)
def persona(inquiry: Inquiry) -> Iterator[Finding]:
    """Find personas with mistakes."""
    for path in sorted(inquiry.project.sequences.glob("*/personas/*.yml")):
        try:
            read_persona(path, root=inquiry.project.root)
        except ContentError as error:
            yield from error.findings


@rule(
    "mail-link",
    "Links of mails lead to pages of the site",
    "A mail cannot be mended once it is sent.",
    "error",
)
def mail_link(inquiry: Inquiry) -> Iterator[Finding]:
    """Find links of messages and of the layout to this site at which there is nothing; anchors are not looked at."""
    if inquiry.config is None:
        return
    for text in mail_texts(inquiry.project):
        for link in text.links:
            written = target_of(link.target) or link.target
            if not inquiry.targets.is_own(written) or "{" in written or markup.page_of(written):
                continue
            target = inquiry.targets.at(written)
            if target.kind == "dead" or (target.kind == "outside" and not _may_be_made(inquiry, written)):
                place = "a file" if link.is_picture else "a page"
                write = f"'{target.meant}'" if target.meant else f"the address of {place}"
                yield Finding(text.file, link.line, link.column, "link leads nowhere", f"'{written}'", write)


@rule(
    "sending",
    "The sending policy can be read",
    "While it is broken, the last good one stays in force.",
    "error",
)
def sending(inquiry: Inquiry) -> Iterator[Finding]:
    """Find mistakes in sequences/sending.yml."""
    try:
        read_sending(inquiry.project.sequences, root=inquiry.project.root)
    except ContentError as error:
        yield from error.findings


def _may_be_made(inquiry: Inquiry, address: str) -> bool:
    """Tell whether a build may put something at an address of which content/ says nothing, as a blog does."""
    config = inquiry.config
    if config is None or inquiry.publication is None or inquiry.built is not None:
        return True
    path = urlsplit(address).path.removeprefix(urlsplit(config.settings.site_url).path).lstrip("/")
    blogs = tuple(folder.partition("/")[0] + "/" for folder in config.posts)
    return path.startswith(blogs) if blogs else "." in path


@rule(
    "mail-picture",
    "Pictures of mails have words",
    "Many mail programs show no picture before the reader says so, and some readers see none.",
    "warning",
)
def mail_picture(inquiry: Inquiry) -> Iterator[Finding]:
    """Find pictures of messages and of the layout without an alternative text."""
    for text in mail_texts(inquiry.project):
        for link in text.links:
            if link.is_picture and not link.text and not link.is_decoration:
                written = 'alt="The drip tray"' if text.is_html else "![The drip tray](/assets/tray.png)"
                write = f"what it shows, as in '{written}'"
                yield Finding(text.file, link.line, link.column, "picture without words", f"'{link.target}'", write)


@rule(
    "mail-insecure",
    "Links of mails are encrypted",
    "Mail programs warn of http:// links, and whoever is between can change what they lead to.",
    "warning",
)
def mail_insecure(inquiry: Inquiry) -> Iterator[Finding]:
    """Find links of messages and of the layout that begin with http://."""
    for text in mail_texts(inquiry.project):
        for link in text.links:
            written = target_of(link.target) or link.target
            if written.lower().startswith("http://"):
                found, write = f"'{written}'", f"'https{written[4:]}', if it answers there"
                yield Finding(text.file, link.line, link.column, "link is not encrypted", found, write)


@rule(
    "mail-subject",
    "Subjects of mails fit on a phone",
    "What is cut off is not read, and most mail is opened on a phone.",
    "information",
)
def mail_subject(inquiry: Inquiry) -> Iterator[Finding]:
    """Find subjects of which a phone shows only the beginning."""
    for path in sorted(inquiry.project.sequences.glob("*/*.md")):
        for where, subject in _subjects(path, inquiry.project):
            length = len(_TAG.sub("x" * _ANSWER, subject))
            if length > PHONE:
                found, write = f"{length} characters", f"at most {PHONE}, or what matters first"
                file = shown(path, inquiry.project.root)
                yield Finding(file, *place_in(path, *where), "subject is cut off on a phone", found, write)


def _subjects(path: Path, project: Project) -> Iterator[tuple[tuple[str, ...], str]]:
    if path.parent.name == PARTIALS:
        return
    try:
        meta = read_document(path, MessageMeta, root=project.root).meta
    except ContentError:
        return  # Said already, by the rule "sequence".
    yield ("subject",), meta.subject
    yield from ((("subjects", one.name), one.subject) for one in meta.subjects)


@rule(
    "mail-translation",
    "Messages are there in every language in which the sequence is asked for",
    "A reader who was spoken to in their language gets a mail in another one.",
    "warning",
)
def mail_translation(inquiry: Inquiry) -> Iterator[Finding]:
    """Find messages without a translation that others of their sequence have, or the magnet that leads to it."""
    for path in sorted(inquiry.project.sequences.glob("*/sequence.yml")):
        folder = path.parent
        originals = [file.name for file in sorted(folder.glob("*.md")) if not original_of(file.name)[1]]
        there = {name: set(translations_of(folder, name)) for name in originals}
        wanted = set().union(*there.values(), _asked_in(inquiry, folder.name)) - {_own_language(path, inquiry)}
        for name, languages in there.items():
            for language in sorted(wanted - languages):
                if language.partition("-")[0] in languages:
                    continue
                what, write = "message is not translated into a language of this sequence", source_in(name, language)
                yield Finding(shown(folder / name, inquiry.project.root), 1, 1, what, f"'{language}'", write)


def _asked_in(inquiry: Inquiry, sequence: str) -> set[str]:
    """Return the languages of the forms that lead to a sequence, as far as they are not the site's."""
    magnets = [magnet for magnet in inquiry.magnets.values() if magnet.meta.sequence == sequence]
    return {language for magnet in magnets for language in magnet.translations}


def _own_language(path: Path, inquiry: Inquiry) -> str:
    site = inquiry.config.language if inquiry.config else ""
    try:
        values = load_yaml(read_text(path, path.name), path.name, first_line=1)
    except ContentError:
        return site
    return str(values.get("language") or site)


RULES: tuple[Rule, ...] = (
    sequence,
    segment,
    scores,
    persona,
    mail_link,
    mail_picture,
    mail_insecure,
    mail_subject,
    mail_translation,
    sending,
    *REACH_RULES,
    *VISIT_RULES,
)
