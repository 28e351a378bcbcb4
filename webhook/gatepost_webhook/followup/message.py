"""What a step says: subjects, preheader and text, in one language and its translations."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from gatepost_webhook.followup.subjects import Subject, draw

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Message:
    """What a step says, in Markdown with values; partials are in it already."""

    kind: ClassVar[str] = "message"
    #: Name of the file in the sequence's folder.
    file: str
    #: "" when there are several.
    subject: str
    preheader: str
    body: str
    #: BCP 47; "" is that of the site.
    language: str = ""
    #: Subjects of which each lead gets one.
    subjects: tuple[Subject, ...] = ()
    #: What stands for an answer that was not given, before those of the sequence.
    fallbacks: Mapping[str, str] = field(default_factory=dict)
    #: The same in other languages.
    translations: tuple[Message, ...] = ()

    def in_language(self, language: str) -> Message:
        """Return the translation of a language, or of the one that it is a variety of; the message itself if none."""
        for wanted in (language, language.partition("-")[0]):
            for message in self.translations:
                if wanted and message.language == wanted:
                    return message
        return self

    def versions(self) -> tuple[Message, ...]:
        """Return the message and its translations."""
        return (self, *self.translations)

    def drawn(self, lead: int, sequence: str, step: str) -> tuple[Message, str]:
        """Return the message with the subject that a lead gets in a step, and that subject's name; "" for the only."""
        if not self.subjects:
            return self, ""
        name = draw(self.subjects, lead, sequence, step).name
        return self.named(name), name

    def named(self, variant: str) -> Message:
        """Return the message with one of its subjects; an unknown name is the first."""
        # Replaced once: what was replaced keeps what it has worked out.
        return self._named.get(variant) or next(iter(self._named.values()), self)

    @cached_property
    def _named(self) -> Mapping[str, Message]:
        return {one.name: replace(self, subject=one.text, subjects=(), translations=()) for one in self.subjects}

    @cached_property
    def content_hash(self) -> str:
        """Hexadecimal SHA-256 of the text: the same for everybody who gets it."""
        return hashlib.sha256("\0".join((self.subject, self.preheader, self.body)).encode()).hexdigest()

    @property
    def source(self) -> dict[str, Any]:
        """What the store keeps of it; what is left out is as it is by default, so that old versions stay the same."""
        plain: dict[str, Any] = {"file": self.file, "subject": self.subject, "preheader": self.preheader}
        plain["body"] = self.body
        more = {
            "language": self.language,
            "subjects": [vars(subject) for subject in self.subjects],
            "fallbacks": dict(self.fallbacks),
            "translations": [message.source for message in self.translations],
        }
        return plain | {name: value for name, value in more.items() if value}


def message_from(source: Mapping[str, Any]) -> Message:
    """Return the message that a stored version describes."""
    return Message(
        file=source["file"],
        subject=source["subject"],
        preheader=source["preheader"],
        body=source["body"],
        language=source.get("language", ""),
        subjects=tuple(Subject(**subject) for subject in source.get("subjects", ())),
        fallbacks=source.get("fallbacks", {}),
        translations=tuple(message_from(message) for message in source.get("translations", ())),
    )
