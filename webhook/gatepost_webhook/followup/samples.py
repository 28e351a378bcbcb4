"""Mails that nobody is sent: a step as a persona would get it, for previews and tests. Its links lead nowhere real."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from gatepost_webhook.followup.letterhead import OWN, Letterhead
from gatepost_webhook.followup.letters import spoken_in
from gatepost_webhook.followup.mailing import Letter, Sender, build_message
from gatepost_webhook.followup.messages import Occasion, render_step
from gatepost_webhook.followup.places import Directory
from gatepost_webhook.followup.visits import targets_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Manifest
    from gatepost_site.words.languages import Languages
    from gatepost_webhook.followup.messages import Rendered
    from gatepost_webhook.followup.personas import Persona
    from gatepost_webhook.followup.steps import Sequence, Step
    from gatepost_webhook.settings import Settings

#: Where the webhook says that a link was in a test.
TEST_PATH = "/t/"
#: Stands before the subject of a test.
TEST_MARK = "[Test] "
#: Stands in until the owner has set their own: no mail of a sequence goes out without one.
_POSTAL_ADDRESS = "(GATEPOST_POSTAL_ADDRESS is not set)"
#: Seconds from the request that a sample speaks of to the mail itself.
_SINCE = 3 * 86_400


@dataclass(frozen=True)
class Sample:
    """One mail as somebody would get it."""

    sequence: str
    step: str
    persona: str
    #: Name of the message's file.
    file: str
    #: BCP 47.
    language: str
    #: Name of the subject, "" when it is the only one.
    variant: str
    rendered: Rendered
    #: The whole message.
    data: bytes


@dataclass(frozen=True)
class Studio:
    """Everything that a sample is made of."""

    settings: Settings
    manifest: Manifest
    magnets: Mapping[str, Magnet]
    languages: Languages
    #: Epoch second of the samples.
    now: int
    letterhead: Letterhead = field(default=OWN)

    def sample(  # noqa: PLR0913 - what is to be chosen of a mail, all by name
        self,
        sequence: Sequence,
        step: Step,
        persona: Persona,
        *,
        name: str = "",
        language: str = "",
        variant: str = "",
        to: str = "",
    ) -> Sample:
        """Return a step's mail. Raises RenderError.

        `name` is the persona's; `language` is that of the form, the site's when left out; with `to` it is a test that
        goes to that address, and its subject says so.
        """
        asked = language or self.manifest.language
        text = step.message.in_language(asked)
        named = variant or next((one.name for one in text.subjects), "")
        spoken = spoken_in(step.message, text, asked, self.manifest.language)
        magnet = self._magnet(sequence)
        rendered = render_step(
            replace(self._occasion(magnet, sequence, asked, spoken), visits=self._visits(step)),
            sequence,
            text.named(named),
            answers={**self._unanswered(sequence), **persona.fields},
            download_url=self._link("download"),
        )
        if to:
            rendered = replace(rendered, subject=TEST_MARK + rendered.subject)
        letter = self._letter(sequence, step, magnet, to or persona.email)
        data = build_message(rendered, replace(letter, variant=named if text.subjects else "", language=spoken))
        return Sample(sequence.slug, step.key, name, text.file, spoken, named, rendered, data)

    def spoken(self, step: Step) -> list[str]:
        """Return the languages in which a step can be had, the original's first."""
        message = step.message
        first = message.language or self.manifest.language
        return [first, *(one.language for one in message.translations)]

    @cached_property
    def sender(self) -> Sender:
        """Who every mail is from. Raises SettingsError."""
        return Sender.of(self.settings)

    @cached_property
    def _directory(self) -> Directory:
        return Directory(self._site_url, self.manifest, self.magnets)

    @property
    def _site_url(self) -> str:
        return self.settings.site_at(self.manifest.site_url)

    def _magnet(self, sequence: Sequence) -> Magnet | None:
        """Return a magnet that leads to a sequence."""
        return next((magnet for magnet in self.magnets.values() if magnet.meta.sequence == sequence.slug), None)

    def _unanswered(self, sequence: Sequence) -> dict[str, str]:
        using = [magnet for magnet in self.magnets.values() if magnet.meta.sequence == sequence.slug]
        return {one.name: "" for magnet in using or self.magnets.values() for one in magnet.meta.fields}

    def _occasion(self, magnet: Magnet | None, sequence: Sequence, asked: str, spoken: str) -> Occasion:
        magnet = magnet.in_language(asked) if magnet else None
        landing = self.manifest.landing.get(magnet.key, "") if magnet else ""
        return Occasion(
            kind="lesson" if magnet and magnet.is_course else "drip",
            site_name=self.manifest.site_name,
            site_url=self._site_url,
            magnet_title=magnet.meta.title if magnet else sequence.title,
            landing_url=self._site_url + landing,
            asked_at=self.now - _SINCE,
            sender=self.sender.name or self.manifest.site_name,
            postal_address=self.settings.postal_address or _POSTAL_ADDRESS,
            unsubscribe_url=self._link("unsubscribe"),
            preferences_url=self._link("preferences"),
            words=self.languages.words(spoken),
            letterhead=self.letterhead,
            places=self._directory.places(spoken),
        )

    def _visits(self, step: Step) -> dict[str, str]:
        return dict.fromkeys(targets_of(step.message), self._link("visit"))

    def _letter(self, sequence: Sequence, step: Step, magnet: Magnet | None, to: str) -> Letter:
        told = f"{sequence.slug}\0{step.key}\0{to}\0{self.now}".encode()
        return Letter(
            kind="drip",
            sender=self.sender,
            to=to,
            at=self.now,
            message_id=f"<test.{hashlib.sha256(told).hexdigest()[:24]}@{self.sender.domain}>",
            unsubscribe_url=self._link("unsubscribe"),
            sequence=sequence.slug,
            step=step.key,
            magnet=magnet.slug if magnet else "",
        )

    def _link(self, name: str) -> str:
        return f"{self.settings.base_url}{TEST_PATH}{name}"
