"""Keeps mail within the sending policy: what may be claimed now, and when the rest may."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_site.findings import ContentError
from gatepost_webhook.followup.durations import MINUTE
from gatepost_webhook.followup.sending import FILE, SendingMeta, read_sending
from gatepost_webhook.store import windows
from gatepost_webhook.store.windows import Window

if TYPE_CHECKING:
    from gatepost_site.project import Project
    from gatepost_webhook.followup.sending import ChannelPolicy, DomainPolicy, Rate
    from gatepost_webhook.store.database import Connection

logger = logging.getLogger(__name__)

#: More than any claim takes.
_FREE = 1_000_000
#: Seconds after which a conversation counts as over, whoever forgot to say so: longer than any lease.
_LONGEST_TALK = 25 * MINUTE
#: Conversations that one connection can end in a second: how close those that wait for one come back.
_TALKS_A_SECOND = 10


@dataclass(frozen=True)
class Room:
    """How many mails may be claimed now."""

    #: Of all kinds.
    mails: int = _FREE
    #: Of steps of sequences.
    drips: int = _FREE


@dataclass(frozen=True)
class Passage:
    """What a claimed mail was counted as."""

    #: Epoch second.
    at: int
    windows: tuple[Window, ...]
    #: The key of the conversations with its domain that are under way; "" when nobody counts them.
    talks: str = ""


@dataclass(frozen=True)
class Delay:
    """A mail has to wait for its domain."""

    until: int
    reason: str


class Pacing:
    """The policy of one channel; asked and told within the transaction that claims."""

    def __init__(self, project: Project, channel: str) -> None:
        self._folder, self._root = project.sequences, project.root
        self._channel = channel
        self._seen: tuple[int, int] | None = None
        self.policy: ChannelPolicy = SendingMeta().channel(channel)
        self.refresh()

    def refresh(self) -> None:
        """Read the file when it was changed; while it is broken, what it said before stays in force."""
        try:
            status = (self._folder / FILE).stat()
            look = (status.st_mtime_ns, status.st_size)
        except OSError:
            look = (0, 0)
        if look == self._seen:
            return
        self._seen = look
        try:
            self.policy = read_sending(self._folder, root=self._root).channel(self._channel)
        except ContentError as error:
            logger.error("%s; the last good policy stays in force", error.findings[0])  # noqa: TRY400 - not a bug

    def room(self, connection: Connection, now: int) -> Room:
        """Return how many mails may be claimed now; steps leave some room for what people have asked for."""
        mails = drips = _FREE
        for rate in self.policy.rates_at(now):
            used = windows.total(connection, self._window(rate), now=now)
            kept = rate.mails * self.policy.kept_for_requests // 100 if rate.seconds > MINUTE else 0
            mails, drips = min(mails, rate.mails - used), min(drips, rate.mails - kept - used)
        return Room(max(0, mails), max(0, min(mails, drips)))

    def reached(self, connection: Connection, now: int) -> str:
        """Say which rate holds steps of sequences up now, "" when none does."""
        for rate in self.policy.rates_at(now):
            used = windows.total(connection, self._window(rate), now=now)
            kept = rate.mails * self.policy.kept_for_requests // 100 if rate.seconds > MINUTE else 0
            if used >= rate.mails - kept:
                return f"{used} of {rate} are used"
        return ""

    def delay(self, connection: Connection, domain: str, now: int) -> Delay | None:
        """Say until when a mail to a domain has to wait; each one that waits gets a turn of its own."""
        policy = self.policy.domain(domain)
        if policy is None:
            return None
        for rate in policy.at_most:
            window = self._window(rate, domain)
            free = windows.free_at(connection, window, rate.mails, now=now)
            if free > now:
                until = windows.turn(connection, self._turns(domain), free, rate.mails, window.longest)
                return Delay(until, f"{domain} is sent {rate} at most")
        if policy.connections and windows.open_until(connection, self._talks(domain), now=now) >= policy.connections:
            until = windows.turn(connection, self._turns(domain), now + 1, policy.connections * _TALKS_A_SECOND, 1)
            return Delay(until, f"{domain} is talked to on {policy.connections} connections at most")
        return None

    def admit(self, connection: Connection, domain: str, now: int) -> Passage | None:
        """Count a mail that is claimed; None when nothing is counted."""
        policy: DomainPolicy | None = self.policy.domain(domain)
        counted = [self._window(rate) for rate in self.policy.rates_at(now)]
        counted += [self._window(rate, domain) for rate in policy.at_most] if policy else []
        for window in counted:
            windows.add(connection, window, now=now)
        talks = self._talks(domain) if policy and policy.connections else ""
        if talks:
            windows.open_one(connection, talks, until=now + _LONGEST_TALK)
        return Passage(now, tuple(counted), talks) if counted or talks else None

    def limits_domain(self, domain: str) -> bool:
        """Tell whether mails to a domain are counted by themselves."""
        return self.policy.domain(domain) is not None

    def admit_all(self, connection: Connection, count: int, now: int) -> Passage | None:
        """Count mails that are claimed together, to domains that nobody counts; None when nothing is counted."""
        counted = tuple(self._window(rate) for rate in self.policy.rates_at(now))
        for window in counted:
            windows.add(connection, window, now=now, by=count)
        return Passage(now, counted) if counted else None

    def _window(self, rate: Rate, domain: str = "") -> Window:
        return Window(f"rate:{self._channel}:{domain}", rate.seconds)

    def _talks(self, domain: str) -> str:
        return f"talks:{self._channel}:{domain}"

    def _turns(self, domain: str) -> str:
        return f"turns:{self._channel}:{domain}"


def end_passage(connection: Connection, passage: Passage | None, *, handed_over: bool) -> None:
    """Note that a conversation is over; what was not handed over after all leaves its room to others."""
    if passage is None:
        return
    if passage.talks:
        windows.close_one(connection, passage.talks, until=passage.at + _LONGEST_TALK)
    for window in passage.windows if not handed_over else ():
        windows.take_back(connection, window, at=passage.at)
