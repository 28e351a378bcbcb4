"""What a worker notes round its conversations, for restarts, for other workers, and for the owner."""

from __future__ import annotations

import functools
import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_webhook.errors import StoreBusyError
from gatepost_webhook.followup.claims import begin_talking
from gatepost_webhook.followup.drips import begin_ordinary
from gatepost_webhook.followup.durations import MINUTE
from gatepost_webhook.store.counters import HighWater, count_up, counter, raise_counter
from gatepost_webhook.store.mails import any_mail
from gatepost_webhook.store.pauses import EVERYTHING, pause, paused
from gatepost_webhook.store.roads import note_road

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatepost_webhook.followup.claimed import Claimed
    from gatepost_webhook.followup.outfit import Outfit
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.roads import Condition

logger = logging.getLogger(__name__)


class Handing:
    """Counts the mails that are handed over, in the database and in the file beside it."""

    def __init__(self, outfit: Outfit) -> None:
        self._outfit = outfit
        self._file = HighWater(outfit.settings.database)
        self._compared = False
        self._seen_at = 0
        #: The number that this worker wrote into the file last.
        self._written = 0

    def look(self) -> None:
        """Say that a worker is there; the first time, compare the database with the file beside it."""
        now = self._outfit.clock.now()
        if self._compared and now - self._seen_at in range(MINUTE):
            return
        self._outfit.writer.run(functools.partial(self._looked, now=now))
        self._compared, self._seen_at = True, now

    def begun(self, number: int) -> bool:
        """Note, after the commit and before the next byte, that the mail of this number is being handed over."""
        # Of those that were begun in one transaction, the last number is told to all.
        if number > self._written:
            self._file.write(number)
            self._written = number
        return number > 0

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _looked(self, connection: Connection, now: int) -> None:
        raise_counter(connection, "worker", now)
        if not self._compared:
            self._compare(connection, now)
            if found := paused(connection):
                logger.error("nothing is sent: %s; see what would be sent with: gatepost resume", found.reason)

    def _compare(self, connection: Connection, now: int) -> None:
        """Pause everything when this database is older than what was sent from here."""
        known, sent = counter(connection, "handed over"), self._file.read()
        if known >= sent or not any_mail(connection):
            self._file.write(known)
            return
        reason = (
            f"{self._outfit.settings.database} is older than {self._file.path.name} beside it: of the last "
            f"{sent - known} hand-overs it does not know, so somebody has put it there by hand"
        )
        pause(connection, EVERYTHING, "copied", reason, now=now)


@dataclass(frozen=True)
class Beginnings:
    """Notes that the next byte may make the relay accept a mail: gives the number of hand-overs, 0 to let it be."""

    outfit: Outfit

    def together(self, connection: Connection, items: Sequence[Claimed]) -> Mapping[int, int]:
        """Note it of ordinary steps."""
        return begin_ordinary(connection, self.outfit, items)

    def alone(self, connection: Connection, item: Claimed) -> int:
        """Note it of any mail; one that must not be sent any more is recorded as such."""
        return count_up(connection, "handed over") if begin_talking(connection, self.outfit, item) else 0


class RoadNotes:
    """Keeps how the relay was met where other processes can read it; writes only when that changes."""

    def __init__(self, outfit: Outfit) -> None:
        self._outfit = outfit
        self._noted: Condition | None = None

    def is_open(self) -> None:
        """Note that the relay answers."""
        if self._noted != "open":
            self.note("open", "")

    def note(self, state: Condition, reply: str) -> None:
        """Note that the relay answers, is away, or does not want us."""
        with suppress(StoreBusyError):  # Then the next mail notes it.
            self._outfit.writer.submit(self._record(state, reply))
            self._noted = state

    def _record(self, state: Condition, reply: str) -> functools.partial[None]:
        outfit = self._outfit
        channel = outfit.settings.channel
        return functools.partial(note_road, channel=channel, state=state, reply=reply, now=outfit.clock.now())
