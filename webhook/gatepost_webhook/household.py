"""Everything that runs in one process, opened and closed in the right order: writer, channel, worker."""

from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Self

from gatepost_webhook.bounces.rounds import PostRounds
from gatepost_webhook.channels.choose import open_channel
from gatepost_webhook.followup.letterhead import OWN
from gatepost_webhook.followup.letterhead_files import letterhead_in_force
from gatepost_webhook.followup.outfit import Outfit
from gatepost_webhook.followup.shift import Shift
from gatepost_webhook.followup.worker import Worker
from gatepost_webhook.links import Links
from gatepost_webhook.store.writer import Writer

if TYPE_CHECKING:
    from gatepost_webhook.channels.channel import Channel
    from gatepost_webhook.clock import Clock
    from gatepost_webhook.parts import Parts
    from gatepost_webhook.settings import Settings


class Household:
    """Owns the writer, and the worker's thread when it is to work. Use as a context manager."""

    def __init__(
        self, settings: Settings, parts: Parts, clock: Clock, *, working: bool = True, patience: int = 0
    ) -> None:
        """`patience`: seconds that the writer waits for other processes; see Writer."""
        self.settings = settings
        self.parts = parts
        self.clock = clock
        self._working = working
        self._patience = patience
        self._shift: Shift[None] | None = None
        self._post: Shift[None] | None = None

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.writer = stack.enter_context(Writer(self.settings.database, patience=self._patience))
            self._start_worker()
            stack.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        """Let the worker finish the mail in hand, for a while, then the writer what is queued."""
        with closing(self.writer):
            self._end_shift()

    def move_to(self, parts: Parts) -> None:
        """Go on with what the files say now."""
        self._end_shift()
        self.parts = parts
        self._start_worker()

    def outfit(self, channel: Channel) -> Outfit:
        """Return what a worker needs to send through a channel."""
        return Outfit(
            settings=self.settings,
            project=self.parts.project,
            manifest=self.parts.manifest,
            magnets=self.parts.magnets,
            sequences=self.parts.sequences,
            writer=self.writer,
            links=Links(self.settings.base_url, self.settings.signing_secrets),
            clock=self.clock,
            channel=channel,
            languages=self.parts.languages,
            letterhead=letterhead_in_force(self.parts.project, OWN),
        )

    def _start_worker(self) -> None:
        if not self._working:
            return
        # Nothing is connected before the first mail, so nothing is open when this raises.
        self._shift = Shift(Worker(self.outfit(open_channel(self.settings))).run_forever)
        if rounds := self.post_rounds():
            self._post = Shift(rounds.run_forever)

    def post_rounds(self) -> PostRounds:
        """Return what reads the mailboxes for bounces; false when there are none. Raises SettingsError."""
        return PostRounds(self.settings, self.writer, self.clock)

    def _end_shift(self) -> None:
        (shift, self._shift), (post, self._post) = (self._shift, None), (self._post, None)
        for one in (shift, post):
            if one is not None:
                one.end()
