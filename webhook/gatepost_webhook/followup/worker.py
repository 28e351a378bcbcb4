"""The worker: claims what is due, hands it to the channel, records how that ended."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import logging
import threading
import weakref
from concurrent.futures import Future
from typing import TYPE_CHECKING

from gatepost_webhook.calls.delivering import deliver_due
from gatepost_webhook.channels.channel import Ambiguous, Away, Later, Lost, Misconfigured
from gatepost_webhook.errors import StoreBusyError
from gatepost_webhook.followup import enrolling, outcomes
from gatepost_webhook.followup.bookkeeping import Bookkeeping
from gatepost_webhook.followup.claims import claim_batch
from gatepost_webhook.followup.durations import DAY, HOUR, MINUTE
from gatepost_webhook.followup.handing import Handing, RoadNotes
from gatepost_webhook.followup.lanes import Lanes
from gatepost_webhook.followup.letterhead_files import letterhead_in_force
from gatepost_webhook.followup.noticing import Sweep, let_in_by_score, notice
from gatepost_webhook.followup.outfit import Outfit
from gatepost_webhook.followup.pacing import Pacing
from gatepost_webhook.followup.reload import SequenceWatch
from gatepost_webhook.followup.replanning import replan
from gatepost_webhook.leads.retention import Daily
from gatepost_webhook.store import mails
from gatepost_webhook.store.arrivals import Arrivals
from gatepost_webhook.store.calls import call_is_due
from gatepost_webhook.store.database import DatabaseError
from gatepost_webhook.store.pauses import paused

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatepost_webhook.channels.channel import Outcome
    from gatepost_webhook.followup.claims import Claimed
    from gatepost_webhook.followup.steps import Sequence
    from gatepost_webhook.store.database import Connection

    Record = Callable[[Connection], None]

__all__ = ["Outfit", "Worker"]

logger = logging.getLogger(__name__)

#: Mails claimed in one transaction. They are rendered in it, and forms wait for the writer meanwhile.
BATCH = 8
#: Seconds for which the bytes of a mail are kept after it is over, and how many are let go in one look.
BYTES_KEPT = 7 * DAY
FORGET_BATCH = 200
#: Batches of bookkeeping between two looks at what is due.
BOOK_BATCHES = 10
#: Seconds between two looks at what is due.
TICK = 1.0


class Worker:
    """Sends what is due. Used by one thread; any number of workers may share a database."""

    def __init__(self, outfit: Outfit) -> None:
        """Raises SettingsError when the sender's address is unusable."""
        self._outfit = outfit
        self._sender, self._signer = outfit.sender, outfit.signer
        self._books = Bookkeeping(outfit.project, outfit.magnets.values())
        self._watch = SequenceWatch(outfit.project, outfit.magnets)
        self._unplanned = list(outfit.sequences.values())
        self._stop = threading.Event()
        self._daily = Daily(outfit.writer, outfit.settings)
        self._records: list[tuple[Record, Future[None]]] = []
        self._arrivals = Arrivals()
        self._sweep = Sweep()
        self._loop = asyncio.new_event_loop()
        weakref.finalize(self, self._loop.close)
        #: First and last epoch second of the pause after the relay was away.
        self._pause = range(0)
        self._backoff = MINUTE
        self._told_of_postal_address = False
        self._handing = Handing(outfit)
        self._road = RoadNotes(outfit)
        self._pacing = Pacing(outfit.project, outfit.settings.channel)
        #: Why nothing is sent any more; "" while all is well.
        self.halted = ""
        #: Why the relay could not be reached at the last try; "" when it could.
        self.away = ""

    @property
    def sequences(self) -> dict[str, Sequence]:
        """The sequences in force."""
        return dict(self._outfit.sequences)

    def run_forever(self, stop: threading.Event) -> None:
        """Send what is due, looking at least once a second, until `stop` is set or the channel is misconfigured."""
        try:
            while not stop.is_set() and not self.halted:
                try:
                    self.run_once(stop)
                except StoreBusyError as error:
                    logger.warning("nothing is sent for now: %s", error)
                except Exception:
                    # A thread that ends in silence is worse than one that complains each second.
                    logger.exception("nothing is sent for now")
                stop.wait(TICK)
        finally:
            self._settle()
            self.close()

    def run_once(self, stop: threading.Event | None = None) -> int:
        """Send everything that is due, until `stop` is set, and return how many mails were dealt with.

        Raises StoreBusyError.
        """
        self._stop = stop or self._stop
        self._handing.look()
        self._pacing.refresh()
        self._reload()
        self._settle()
        self._recover()
        # First what is known of leads, then who comes in by it.
        self._keep_books()
        self._notice()
        now = self._outfit.clock.now()
        self._daily.look(now)
        if self._outfit.writer.run(lambda connection: call_is_due(connection, now) and not paused(connection)):
            self._loop.run_until_complete(deliver_due(self._outfit))
        # A clock that was set back leaves the pause behind it, and does not make it longer.
        if self.halted or now in self._pause:
            return 0
        count = self._loop.run_until_complete(self._send(drips=self._drips_allowed(now)))
        self._settle()
        return count

    def close(self) -> None:
        """Say goodbye to the relay."""
        self._loop.run_until_complete(self._outfit.channel.close())
        self._handing.close()

    async def _send(self, *, drips: bool) -> int:
        def some(connection: Connection) -> tuple[int, list[Claimed]]:
            return claim_batch(connection, self._outfit, BATCH, drips=drips, pacing=self._pacing)

        async def claim() -> tuple[int, list[Claimed]]:
            self._settle(only_done=True)
            return await self._arrivals.wait_for(self._outfit.writer.submit(some, vital=False))

        lanes = Lanes(claim, self._deliver, self._keep, stopped=self._stop.is_set)
        try:
            return await lanes.run(self._outfit.channel.lanes)
        finally:
            self._judge_road(lanes.closed)

    async def _deliver(self, claimed: Claimed) -> Outcome:
        talked = False

        async def talking() -> bool:
            nonlocal talked
            begin = functools.partial(self._handing.begin, outfit=self._outfit, claimed=claimed)
            try:
                talked = self._handing.begun(await self._arrivals.wait_for(self._outfit.writer.submit(begin)))
            except (StoreBusyError, DatabaseError) as error:
                # Nothing was sent yet, so nothing is lost: the lease ends, and the mail is due again.
                logger.warning("mail %s waits: %s", claimed.mail.id, error)
            return talked

        outcome: Outcome
        try:
            outcome = await self._outfit.channel.deliver(claimed.outgoing, talking)
        except Exception as error:
            # It may be about this mail alone, and then it must not stop the others.
            logger.exception("mail %s could not be handed over", claimed.mail.id)
            reason = f"{type(error).__name__}: {error}"
            outcome = Ambiguous(reason) if talked else Later(reason)
        if not isinstance(outcome, (Away, Misconfigured, Lost)):
            self._backoff, self.away = MINUTE, ""
            self._road.is_open()
        return outcome

    def _judge_road(self, closed: Outcome | None) -> None:
        match closed:
            case Away(reply):
                self.away = reply
                now = self._outfit.clock.now()
                self._pause = range(now, now + self._backoff)
                logger.warning("the relay is away, next try in %s s: %s", self._backoff, reply)
                self._road.note("away", reply)
                self._backoff = min(self._backoff * 2, HOUR)
            case Misconfigured(reply):
                self.halted = reply
                self._road.note("closed", reply)
                logger.error("sending has stopped, nothing is lost: mend this and start again: %s", reply)

    def _keep(self, claimed: Claimed, outcome: Outcome) -> None:
        """Record an outcome; the next mail's `talking` shares its commit, so nobody waits for the disk twice."""

        def record(connection: Connection) -> None:
            outcomes.record(connection, self._outfit, claimed, outcome)

        self._records.append((record, self._submitted(record)))

    def _settle(self, *, only_done: bool = False) -> None:
        """Wait until what was recorded is on the disk; what could not be committed is tried again next time."""
        waiting, self._records = self._records, []
        for record, future in waiting:
            if only_done and not future.done():
                self._records.append((record, future))
                continue
            try:
                future.result()
            except (StoreBusyError, DatabaseError) as error:
                logger.error("an outcome could not be recorded, and is kept until it can: %s", error)  # noqa: TRY400
                self._records.append((record, self._submitted(record)))
            except Exception:
                # The lease will end, and what becomes of the mail then is safe.
                logger.exception("an outcome cannot be recorded")

    def _submitted(self, record: Record) -> Future[None]:
        try:
            return self._outfit.writer.submit(record)
        except StoreBusyError as error:
            failed: Future[None] = Future()
            failed.set_exception(error)
            return failed

    def _recover(self) -> None:
        """Take up what a worker left behind that was killed."""

        def recover(connection: Connection) -> None:
            now = self._outfit.clock.now()
            mails.return_abandoned(connection, now)
            mails.forget_bytes(connection, now - BYTES_KEPT, limit=FORGET_BATCH)
            for mail in mails.abandoned_conversations(connection, now, limit=100):
                outcomes.ambiguous(connection, self._outfit, mail, mail.fence, "the worker was stopped while sending")

        self._outfit.writer.run(recover)

    def _keep_books(self) -> None:
        """Bring answers and scores up to date: of so many leads at a time that mails are not late."""
        for _ in range(BOOK_BATCHES):
            now = self._outfit.clock.now()
            if not self._outfit.writer.run(functools.partial(self._keep_some_books, now=now)) or self._stop.is_set():
                break

    def _keep_some_books(self, connection: Connection, now: int) -> bool:
        """Keep some books, and do what follows from them, in one transaction; False when all is done."""
        done = self._books.do_some(connection, now)
        let_in_by_score(connection, self._outfit, done.rises)
        for lead in done.moved:
            enrolling.plan_anew(connection, self._outfit.surroundings, self._outfit.sequences, lead, now=now)
        return done.more

    def _drips_allowed(self, now: int) -> bool:
        if self._outfit.settings.postal_address:
            return True
        if not self._told_of_postal_address and self._outfit.writer.run(lambda c: mails.drip_is_due(c, now)):
            self._told_of_postal_address = True
            logger.error(
                "mails of sequences wait: GATEPOST_POSTAL_ADDRESS is not set, and each must say where you can be "
                "reached by post; set it as in: GATEPOST_POSTAL_ADDRESS='Example Ltd, 1 High Street, Bristol'"
            )
        return False

    def _reload(self) -> None:
        """Take edited sequences over, and plan anew for everybody who is inside one."""
        changed = self._watch.changed(self._outfit.sequences)
        if changed is not None:
            before = self._outfit.sequences
            letterhead = letterhead_in_force(self._outfit.project, self._outfit.letterhead)
            self._outfit = dataclasses.replace(self._outfit, sequences=changed, letterhead=letterhead)
            self._unplanned = [one for slug, one in changed.items() if before.get(slug) != one]
        while self._unplanned:
            if not self._outfit.writer.run(lambda connection: self._replan(connection, self._unplanned[0])):
                self._unplanned.pop(0)

    def _replan(self, connection: Connection, sequence: Sequence) -> bool:
        """Plan anew for some of those whom an edited sequence concerns; False when all are done."""
        return replan(connection, self._outfit.surroundings, sequence, now=self._outfit.clock.now())

    def _notice(self) -> None:
        """Let leads in and out for what happened since the last look, and for what has become true of them."""
        while self._outfit.writer.run(lambda connection: notice(connection, self._outfit)):
            pass
        if self._sweep.is_due(self._outfit):
            self._outfit.writer.run(lambda connection: self._sweep.go_on(connection, self._outfit))
