"""Reading the mailboxes: once, or again and again beside the worker."""

from __future__ import annotations

import logging
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from gatepost_webhook.bounces.deeds import Office, act
from gatepost_webhook.bounces.parsing import UnreadableError
from gatepost_webhook.bounces.postboxes import postboxes
from gatepost_webhook.bounces.reading import read_report
from gatepost_webhook.errors import PostboxError, StoreBusyError
from gatepost_webhook.store import bounces

if TYPE_CHECKING:
    import threading

    from gatepost_webhook.bounces.postbox import Letter, Opener
    from gatepost_webhook.bounces.report import Report
    from gatepost_webhook.clock import Clock
    from gatepost_webhook.settings import Settings
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.writer import Writer

logger = logging.getLogger(__name__)

#: What a mail was, and what became of it: a report's kind and a verdict; or ("", "unreadable").
Outcome = tuple[str, str]


class PostRounds:
    """Reads every mailbox that the settings name. Used by one thread."""

    def __init__(self, settings: Settings, writer: Writer, clock: Clock) -> None:
        """Raises SettingsError."""
        self._openers = postboxes(settings)
        self._secrets = settings.signing_secrets
        self._office = Office.of(settings, clock)
        self._writer = writer
        self._seconds = settings.bounce_minutes * 60

    def __bool__(self) -> bool:
        return bool(self._openers)

    def run_forever(self, stop: threading.Event) -> None:
        """Read them every few minutes, until `stop` is set; what goes wrong is logged and tried again."""
        while self._openers and not stop.is_set():
            try:
                self.run_once(stop)
            except (PostboxError, StoreBusyError) as error:
                logger.warning("bounces are not read for now: %s", error)
            except Exception:
                # A thread that ends in silence is worse than one that complains every few minutes.
                logger.exception("bounces are not read for now")
            stop.wait(self._seconds)

    def run_once(self, stop: threading.Event | None = None) -> Counter[Outcome]:
        """Read what is new, and return how often there was what.

        Raises StoreBusyError, and PostboxError of a mailbox that cannot be read: then the others have been read.
        """
        found: Counter[Outcome] = Counter()
        failed: list[PostboxError] = []
        for opener in self._openers:
            try:
                self._read(opener, found, stop)
            except PostboxError as error:
                failed.append(error)
        for (kind, verdict), number in sorted(found.items()):
            logger.info("bounces: %s %s, %s", number, kind or "mail", verdict)
        if failed:
            raise failed[0]
        return found

    def _read(self, opener: Opener, found: Counter[Outcome], stop: threading.Event | None) -> None:
        with opener() as postbox:
            for letter in postbox.letters():
                if stop is not None and stop.is_set():
                    return
                report = self._understood(letter)
                try:
                    outcome = self._writer.run(partial(self._decide, report=report))
                except StoreBusyError:
                    raise
                except Exception:
                    # It stays where it is, and keeps nobody from reading the others.
                    logger.exception("a mail among the bounces could not be acted upon")
                    continue
                found[outcome] += 1
                # Only now: a report that could not be kept is read again.
                postbox.put_away(letter, report=report is not None and report.kind != "other")

    def _understood(self, letter: Letter) -> Report | None:
        try:
            return read_report(letter.data, self._secrets)
        except UnreadableError as error:
            logger.warning("a mail among the bounces is not read: %s", error)
            return None

    def _decide(self, connection: Connection, *, report: Report | None) -> Outcome:
        now = self._office.clock.now()
        if report is None:
            bounces.count(connection, "mail", "unreadable", now=now)
            return "", "unreadable"
        verdict = act(connection, self._office, report)
        bounces.count(connection, report.source, verdict, now=now)
        return report.kind, verdict
