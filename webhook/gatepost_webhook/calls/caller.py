"""Calls made beside the mails, in a thread of their own: a system that answers slowly keeps no mail waiting."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import TYPE_CHECKING

from gatepost_webhook.calls.delivering import deliver_due
from gatepost_webhook.calls.hosts import Hosts
from gatepost_webhook.store.calls import call_is_due
from gatepost_webhook.store.pauses import paused

if TYPE_CHECKING:
    from gatepost_webhook.followup.outfit import Outfit

logger = logging.getLogger(__name__)


class Caller:
    """Makes the calls of one worker."""

    def __init__(self, outfit: Outfit) -> None:
        self._outfit = outfit
        self._hosts = Hosts(outfit.settings.webhooks)
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        #: Whether somebody looks again: then nobody has to wait for what is under way.
        self.lasting = False

    def look(self) -> None:
        """Begin to make the calls that are due, unless some are under way. Raises StoreBusyError."""
        if self._thread and self._thread.is_alive():
            return
        now = self._outfit.clock.now()
        if self._outfit.writer.run(lambda connection: call_is_due(connection, now) and not paused(connection)):
            self._thread = threading.Thread(target=self._run, name="gatepost-calls", daemon=True)
            self._thread.start()

    def settle(self) -> None:
        """Wait for the calls under way when nobody will look again."""
        if self._thread and not self.lasting:
            self._thread.join()

    def close(self) -> None:
        """Begin no further call, and wait for those under way."""
        self._stop.set()
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(deliver_due(self._outfit, self._hosts, stopped=self._stop.is_set))
        except Exception:
            # What is under way is due again when its lease is over.
            logger.exception("calls wait for now")
