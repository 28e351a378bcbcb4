"""What every endpoint has at hand: the project's files, the store, the links, the pages and the clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from anyio import CapacityLimiter
from starlette.concurrency import run_in_threadpool

from gatepost_webhook.errors import NotBuiltError, StoreBusyError
from gatepost_webhook.followup.topics import Topics
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
    from gatepost_webhook.store.submissions import Submission
    from gatepost_webhook.store.writer import Crowd, Writer

T = TypeVar("T")
Item = TypeVar("Item")

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
    #: What sequences are about.
    topics: Topics = field(default_factory=lambda: Topics({}))
    arrivals: Arrivals = field(default_factory=Arrivals)
    #: How many copies of books are stamped at a time: what takes long must not keep threads from what does not.
    stamping: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(2))

    def __post_init__(self) -> None:
        built = self.manifest.thanks.keys() & self.manifest.landing.keys()
        versions = [version for magnet in self.magnets.values() for version in magnet.versions()]
        complete = {v.key for v in versions if v.key in built and (v.key in self.manifest.assets or not v.has_file)}
        if missing := sorted({version.key for version in versions} - complete):
            raise NotBuiltError(
                f"{self.project.root}: magnet {missing[0]!r} is not in the last build; run 'gatepost build'"
            )

    @property
    def site_url(self) -> str:
        """Public address of the site, with a slash at its end."""
        return self.settings.site_at(self.manifest.site_url)

    def magnet(self, key: str) -> Magnet | None:
        """Return the magnet that a form calls `key`, as in "guide" or "guide.de", None when there is none."""
        slug, _, language = key.partition(".")
        magnet = self.magnets.get(slug)
        return magnet.translations.get(language) if magnet and language else magnet

    def version_for(self, submission: Submission) -> Magnet:
        """Return a submission's magnet in the language in which it was asked for, as far as there is one."""
        return self.magnets[submission.magnet].in_language(submission.language)

    async def commit(self, work: Callable[[Connection], T]) -> T:
        """Do `work` in a transaction; returns after its COMMIT. Raises StoreBusyError when that takes too long."""
        try:
            return await self.arrivals.wait_for(self.writer.submit(work), _COMMIT_SECONDS)
        except TimeoutError as error:
            raise self._too_slow() from error

    async def join(self, crowd: Crowd[Item, T], item: Item) -> T:
        """Have an item dealt with in a transaction, together with others of its crowd; as `commit` otherwise."""
        try:
            return await self.arrivals.ask(lambda ticket: self.writer.join(crowd, item, ticket), _COMMIT_SECONDS)
        except TimeoutError as error:
            raise self._too_slow() from error

    def _too_slow(self) -> StoreBusyError:
        return StoreBusyError(f"{self.settings.database}: not committed within {_COMMIT_SECONDS} seconds")

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Return what `work` reads; nothing can be written."""
        return await run_in_threadpool(self.reader.read, work)

    def address_of(self, canonical: str) -> str:
        """Return the name of an address in the suppression list."""
        return keyed_hash(canonical, self.settings.address_key)
