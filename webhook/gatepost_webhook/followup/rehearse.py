"""A sequence rehearsed: one visitor goes through the real site, webhook, SMTP and worker, with the clock moved forward.

Everything lives in a temporary folder and on ports of this machine; no mail leaves it.
"""

from __future__ import annotations

import email
import hashlib
import json
from contextlib import ExitStack, closing
from dataclasses import dataclass
from email import policy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from gatepost_webhook.channels.choose import open_channel
from gatepost_webhook.channels.sink import Sink
from gatepost_webhook.clock import MovableClock, SystemClock
from gatepost_webhook.followup.durations import DAY, MINUTE
from gatepost_webhook.followup.simulate import TimelineRow, simulate
from gatepost_webhook.followup.visitor import VisitError, Visitor, link_in, way_out
from gatepost_webhook.followup.worker import Worker
from gatepost_webhook.front import front_of
from gatepost_webhook.household import Household
from gatepost_webhook.intake.stamping import copies
from gatepost_webhook.serving import listen, served
from gatepost_webhook.settings import load_settings
from gatepost_webhook.store.instants import next_mail
from gatepost_webhook.store.owner import events

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatepost_webhook.followup.personas import Persona
    from gatepost_webhook.parts import Parts
    from gatepost_webhook.settings import Settings
    from gatepost_webhook.store.database import Connection

_HOST = "127.0.0.1"
#: Stands in for the owner's: without a postal address no sequence is sent.
_ADDRESS = "Gatepost rehearsal, 1 Example Street, Exampleton"
_SHOWN = frozenset({"sent", "acted", "skipped", "failed", "held", "finished", "stopped"})


@dataclass(frozen=True)
class Rehearsal:
    """What happened, and what the simulation says about the same person."""

    #: Epoch second of the confirmation.
    start: int
    rows: list[TimelineRow]
    simulated: list[TimelineRow]

    @property
    def differences(self) -> list[tuple[TimelineRow | None, TimelineRow | None]]:
        """Pairs of (rehearsed, simulated) rows that are not the same."""
        longest = max(len(self.rows), len(self.simulated))
        here = [*self.rows, *[None] * (longest - len(self.rows))]
        there = [*self.simulated, *[None] * (longest - len(self.simulated))]
        return [(one, other) for one, other in zip(here, there, strict=True) if one != other]


def rehearse(
    parts: Parts, magnet: str, persona: Persona, days: int, *, tell: Callable[[str], None] = lambda _: None
) -> Rehearsal:
    """Play a persona who asks for a magnet and lives with its sequence for some days; `tell` gets a line a station.

    Raises GatepostError when anything does not work for the visitor as it should.
    """
    sequence = parts.sequences[parts.magnets[magnet].meta.sequence]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="gatepost-rehearsal-")))
        sink = stack.enter_context(Sink())
        listener = stack.enter_context(listen(_HOST, 0))
        address = f"http://{_HOST}:{listener.getsockname()[1]}"
        clock = MovableClock(SystemClock().now())
        household = stack.enter_context(Household(_settings(folder, address, sink), parts, clock, working=False))
        worker = stack.enter_context(closing(Worker(household.outfit(open_channel(household.settings)))))
        stack.enter_context(served(front_of(household), listener))
        visitor = stack.enter_context(Visitor(address))
        stage = _Stage(household, worker, clock, sink, visitor)
        start = stage.confirm(magnet, persona, tell)
        stage.follow(persona, start, start + days * DAY)
        rows = household.writer.run(lambda connection: _rows(connection, sequence.slug, start))
        stage.check_mails(rows)
    return Rehearsal(start, rows, simulate(sequence, persona, start, days, magnet=parts.magnets[magnet]))


@dataclass
class _Stage:
    household: Household
    worker: Worker
    clock: MovableClock
    sink: Sink
    visitor: Visitor

    def confirm(self, magnet: str, persona: Persona, tell: Callable[[str], None]) -> int:
        """Play from the landing page to the file, and return when that was."""
        manifest = self.household.parts.manifest
        page = f"/{manifest.landing[magnet]}"
        tell(f"landing page    {page}")
        tell(f"thank-you page  {self.visitor.ask(page, magnet, persona)}")
        self.clock.advance(MINUTE)
        self._work()
        confirmation = self._mail_with("/c/")
        tell(f"mail            {_subject(confirmation)}")
        self.clock.advance(MINUTE)
        self._press(magnet, link_in(confirmation, "/c/") or "", tell)
        start = self.clock.now()
        self._work()
        if not manifest.assets.get(magnet):
            return start
        delivery = self._mail_with("/d/")
        tell(f"mail            {_subject(delivery)}")
        self._same_file(magnet, self.visitor.fetch(link_in(delivery, "/d/") or ""))
        return start

    def _press(self, magnet: str, link: str, tell: Callable[[str], None]) -> None:
        """Press the button of a confirmation mail's page, and look at what it gives."""
        manifest = self.household.parts.manifest
        if not self.household.parts.magnets[magnet].is_handed_over:
            tell(f"confirmed       {self.visitor.press_through(link)}")
            return
        self._same_file(magnet, self.visitor.press(link))
        asset = manifest.assets[magnet]
        stamped = self.household.parts.magnets[magnet].meta.stamp
        same = "with the name of who asked" if stamped else "the same as the built file"
        tell(f"download        {asset.filename}, {asset.size} bytes, {same}")

    def follow(self, persona: Persona, start: int, end: int) -> None:
        """Move from one instant at which something is due to the next, until `end`."""
        ahead = [(start + after, kind) for after, kind in persona.events]
        while True:
            due = self.household.writer.run(next_mail)
            instants = [at for at, _ in ahead[:1]] + ([due] if due is not None else [])
            if not instants or min(instants) > end:
                return
            self.clock.advance_to(min(instants))
            acted = False
            while ahead and ahead[0][0] <= self.clock.now():
                self._act(ahead.pop(0)[1])
                acted = True
            if not self._work() and not acted:
                raise VisitError("a mail is due, and the worker does not send it; look at the warnings above")

    def check_mails(self, rows: list[TimelineRow]) -> None:
        """Compare what arrived with what was recorded. Raises VisitError."""
        arrived = [step for received in self.sink.received if (step := _step(received.data))]
        recorded = [row.step for row in rows if row.action == "sent"]
        if arrived != recorded:
            raise VisitError(
                f"what arrived is not what was recorded: found {', '.join(arrived) or 'nothing'}; "
                f"recorded {', '.join(recorded) or 'nothing'}"
            )

    def _act(self, kind: str) -> None:
        if kind == "unsubscribed":
            self.visitor.leave(way_out(self.sink.received[-1].data))
        elif kind == "downloaded":
            self.visitor.fetch(link_in(self._mail_with("/d/"), "/d/") or "")

    def _work(self) -> int:
        done = self.worker.run_once()
        if self.worker.halted:
            raise VisitError(f"the worker stopped: {self.worker.halted}")
        return done

    def _mail_with(self, path: str) -> bytes:
        found = next((one.data for one in reversed(self.sink.received) if link_in(one.data, path)), None)
        if found is None:
            raise VisitError(f"no mail with a link to {path} arrived")
        return found

    def _same_file(self, magnet: str, data: bytes) -> None:
        asset = self.household.parts.manifest.assets[magnet]
        if self.household.parts.magnets[magnet].meta.stamp:
            self._own_copy(asset.filename, data)
            return
        if hashlib.sha256(data).hexdigest() != asset.sha256:
            raise VisitError(
                f"{asset.filename}: found {len(data)} bytes that are not those of the last build, "
                f"expected {asset.size}; run 'gatepost build'"
            )

    def _own_copy(self, filename: str, data: bytes) -> None:
        kept = copies(self.household.settings).folder.glob("*.pdf")
        if not any(path.read_bytes() == data for path in kept):
            raise VisitError(f"{filename}: found {len(data)} bytes without the name of who asked; see the log")


def _settings(folder: Path, address: str, sink: Sink) -> Settings:
    """Return settings under which nothing leaves this machine, whatever the environment says."""
    return load_settings(
        base_url=address,
        site_url=address,
        data=folder,
        secret="",
        suppression_key="",
        allowed_origins=(),
        trusted_proxies=(),
        channel="smtp",
        smtp_host=sink.host,
        smtp_port=sink.port,
        smtp_security="none",
        smtp_user="",
        # The timeline is told in the order of the mails.
        smtp_connections=1,
        postal_address=load_settings().postal_address or _ADDRESS,
    )


def _rows(connection: Connection, sequence: str, start: int) -> list[TimelineRow]:
    own = [event for event in events(connection) if event.sequence == sequence]
    if not own:
        # Nobody is enrolled who did not tick the box; the simulation says so with a row.
        return [TimelineRow(start, "", "stopped", "no consent")]
    shown = [event for event in own if event.kind in _SHOWN]
    return [TimelineRow(e.at, e.step, e.kind, *_why(json.loads(e.detail))) for e in shown]


def _why(detail: dict[str, object]) -> tuple[str, str]:
    return str(detail.get("reason", "")), str(detail.get("way", ""))


def _subject(data: bytes) -> str:
    return str(email.message_from_bytes(data, policy=policy.default)["Subject"])


def _step(data: bytes) -> str:
    """Return the step that a mail belongs to, "" for one that belongs to no sequence."""
    return str(email.message_from_bytes(data, policy=policy.default).get("Feedback-ID", "")).partition(":")[0]
