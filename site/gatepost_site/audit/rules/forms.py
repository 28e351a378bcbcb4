"""Forms: what visitors are told before they leave an address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gatepost_site.audit.registry import rule
from gatepost_site.documents import read_text, shown
from gatepost_site.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_site.audit.inquiry import Inquiry

#: Words with which a consent says that it can be taken back, in the languages of forms that Gatepost brings.
_BACK = re.compile(
    r"unsubscribe|withdraw|opt out|stop|leave|any ?time|abmeld|abbestell|widerruf|jederzeit|beenden", re.IGNORECASE
)
_LETTER = re.compile(r"\w")
#: In sequence.yml: what another sequence's step starts, and that somebody comes in.
_STARTS = re.compile(r"\bstart:\s*['\"]?([a-z0-9-]+)")
_ENTERS = re.compile(r"^enter:", re.MULTILINE)


@rule(
    "form-privacy",
    "Forms link to a privacy notice",
    "In most countries a form that asks for an address without one is against the law.",
    "warning",
)
def missing_privacy(inquiry: Inquiry) -> Iterator[Finding]:
    """Find magnets of a site without a privacy notice."""
    if inquiry.config and not inquiry.config.settings.privacy:
        for draft in inquiry.drafts:
            if draft.magnet:
                write = "a page privacy.md, or the plugin's option 'privacy'"
                yield Finding(draft.file, 1, 1, "form without a link to a privacy notice", write=write)


@rule(
    "form-consent",
    "A consent says that it can be taken back",
    "Consent counts only from people who were told so before they gave it.",
    "warning",
)
def consent_for_ever(inquiry: Inquiry) -> Iterator[Finding]:
    """Find wordings of consent that do not speak of leaving, where the language is English or German."""
    for draft in inquiry.drafts:
        consent = draft.meta.get("consent") if draft.magnet else None
        if isinstance(consent, str) and consent and not _BACK.search(consent) and draft.language[:2] in {"en", "de"}:
            write = "how to stop, as in 'You can unsubscribe at any time.'"
            yield draft.at("consent", "consent does not say that it can be taken back", f"'{consent[:60]}'", write)


@rule(
    "form-label",
    "Form fields have labels that tell them apart",
    "Screen readers read the label and nothing else.",
    "warning",
)
def poor_label(inquiry: Inquiry) -> Iterator[Finding]:
    """Find labels without a letter, and labels that stand twice in a form."""
    drafts = {draft.file: draft for draft in inquiry.drafts}
    for version in (version for magnet in inquiry.magnets.values() for version in magnet.versions()):
        draft = drafts[version.document.file]
        seen: set[str] = set()
        for field in version.meta.fields:
            label = field.label.casefold()
            if label in seen or not _LETTER.search(label):
                what = f"label of field '{field.name}' does not say what to fill in"
                yield draft.at("fields", what, f"'{field.label}'", "what is asked for, in words of its own")
            seen.add(label)


@rule(
    "sequence-unused",
    "Every sequence has something that starts it",
    "A sequence into which nothing leads is sent to nobody.",
    "warning",
)
def unused_sequence(inquiry: Inquiry) -> Iterator[Finding]:
    """Find sequences that no magnet names, no other sequence starts, and that say of nobody that they come in."""
    project = inquiry.project
    named = {draft.meta.get("sequence") for draft in inquiry.drafts if draft.magnet}
    texts = {path: read_text(path, path.name) for path in sorted(project.sequences.glob("*/sequence.yml"))}
    named |= {name for text in texts.values() for name in _STARTS.findall(text)}
    for path, text in texts.items():
        if path.parent.name not in named and not _ENTERS.search(text):
            write = f"'sequence: {path.parent.name}' in a magnet.md, or 'enter' here"
            yield Finding(shown(path, project.root), 1, 1, "nothing starts this sequence", write=write)
