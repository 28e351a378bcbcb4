"""What every endpoint has at hand: the project's files, the store, the links, the pages and the clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from starlette.concurrency import run_in_threadpool

from gatepost_webhook.errors import NotBuiltError, StoreBusyError
from gatepost_webhook.leads.address import keyed_hash
from gatepost_webhook.store.arrivals import Arrivals

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Manifest, Project
    from gatepost_webhook.clock import Clock
    from gatepost_webhook.followup.sequences import Sequence
    from gatepost_webhook.links import Links
    from gatepost_webhook.pages import Pages
    from gatepost_webhook.settings import Settings
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.reader import Reader
    from gatepost_webhook.store.writer import Writer

T = TypeVar("T")

#: Seconds that a visitor waits for a commit before we say that it did not work.
_COMMIT_SECONDS = 10


@dataclass(frozen=True)
class Desk:
    """Everything that an endpoint needs, passed in once."""

    settings: Settings
    project: Project
    manifest: Manifest
    magnets: Mapping[str, Magnet]
    sequences: Mapping[str, Sequence]
    writer: Writer
    reader: Reader
    clock: Clock
    links: Links
    pages: Pages
    arrivals: Arrivals = field(default_factory=Arrivals)

    def __post_init__(self) -> None:
        built = self.manifest.thanks.keys() & self.manifest.landing.keys()
        complete = {slug for slug in built if slug in self.manifest.assets or self._is_bodiless(slug)}
        if missing := sorted(self.magnets.keys() - complete):
            raise NotBuiltError(
                f"{self.project.root}: magnet {missing[0]!r} is not in the last build; run 'gatepost build'"
            )

    def _is_bodiless(self, slug: str) -> bool:
        return slug in self.magnets and not self.magnets[slug].has_file

    @property
    def site_url(self) -> str:
        """Public address of the site, with a slash at its end."""
        return self.settings.site_at(self.manifest.site_url)

    async def commit(self, work: Callable[[Connection], T]) -> T:
        """Do `work` in a transaction; returns after its COMMIT. Raises StoreBusyError when that takes too long."""
        try:
            return await self.arrivals.wait_for(self.writer.submit(work), _COMMIT_SECONDS)
        except TimeoutError as error:
            raise StoreBusyError(f"{self.settings.database}: not committed within {_COMMIT_SECONDS} seconds") from error

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Return what `work` reads; nothing can be written."""
        return await run_in_threadpool(self.reader.read, work)

    def address_of(self, canonical: str) -> str:
        """Return the name of an address in the suppression list."""
        return keyed_hash(canonical, self.settings.address_key)
