"""Everything that following up needs, passed in once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from gatepost_site.words.languages import Languages
from gatepost_webhook.bounces.traces import tagged
from gatepost_webhook.followup.letterhead import OWN, Letterhead
from gatepost_webhook.followup.mailing import Sender
from gatepost_webhook.followup.places import Directory
from gatepost_webhook.followup.signing import signer_of
from gatepost_webhook.followup.surroundings import Surroundings
from gatepost_webhook.leads.address import keyed_hash
from gatepost_webhook.revision import revision_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Manifest, Project
    from gatepost_webhook.channels.channel import Channel
    from gatepost_webhook.clock import Clock
    from gatepost_webhook.followup.signing import Signer
    from gatepost_webhook.followup.steps import Sequence
    from gatepost_webhook.links import Links
    from gatepost_webhook.settings import Settings
    from gatepost_webhook.store.writer import Writer


@dataclass(frozen=True, kw_only=True)
class Stationery:
    """What a letter is written with."""

    settings: Settings
    project: Project
    manifest: Manifest
    magnets: Mapping[str, Magnet]
    links: Links
    clock: Clock
    languages: Languages = field(default_factory=Languages)
    letterhead: Letterhead = OWN

    @cached_property
    def sender(self) -> Sender:
        """Who every mail is from. Raises SettingsError."""
        return Sender.of(self.settings)

    @cached_property
    def signer(self) -> Signer | None:
        """Who signs mails (DKIM); None leaves that to the relay. Raises SettingsError."""
        return signer_of(self.settings, self.sender.domain)

    def signed(self, data: bytes) -> bytes:
        """Return a message as it goes out. Raises RenderError when it cannot be signed."""
        return self.signer.sign(data) if self.signer else data

    def envelope_sender(self, mail: int) -> str:
        """Return the address to which a mail's bounces go."""
        sender = self.sender
        return tagged(sender.bounces, mail, self.links.secrets[0]) if sender.bounces else sender.address

    @property
    def site_url(self) -> str:
        """Public address of the site, with a slash at its end."""
        return self.settings.site_at(self.manifest.site_url)

    @cached_property
    def revision(self) -> str:
        """The commit of the files that are in force, "" when nobody keeps them in git."""
        return revision_of(self.project.root)

    @cached_property
    def directory(self) -> Directory:
        """Where links to magnets and pages lead."""
        return Directory(self.site_url, self.manifest, self.magnets)

    def field_names(self, sequence: str) -> set[str]:
        """Return the form fields that a sequence's messages may name."""
        if sequence not in self._field_names:
            self._field_names[sequence] = self._found_names(sequence)
        return self._field_names[sequence]

    @cached_property
    def _field_names(self) -> dict[str, set[str]]:
        return {}

    def _found_names(self, sequence: str) -> set[str]:
        using = [magnet for magnet in self.magnets.values() if magnet.meta.sequence == sequence]
        return {field.name for magnet in using or self.magnets.values() for field in magnet.meta.fields}

    def hash_of(self, canonical: str) -> str:
        """Return the name of an address in the suppression list."""
        return keyed_hash(canonical, self.settings.address_key)


@dataclass(frozen=True, kw_only=True)
class Outfit(Stationery):
    """What a worker is given."""

    sequences: Mapping[str, Sequence]
    writer: Writer
    channel: Channel

    @cached_property
    def surroundings(self) -> Surroundings:
        """What decisions depend on besides lead and sequence."""
        return Surroundings(self.settings.zone)
