"""People edit a sequence in any way while leads are inside, and the worker dies at any moment (P10).

A state machine plays the author, the relay and bad luck at random, against a model of what the documentation says an
edit means: no step goes to anybody twice, no mail has a text that was never in force, and whoever is inside waits for
the very step, at the very second, that the file says.
"""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from gatepost_site.magnets import load_magnets
from gatepost_site.project import Manifest
from gatepost_webhook.channels.channel import Ambiguous, Later, Lost, Refused, Sent
from gatepost_webhook.clock import MovableClock
from gatepost_webhook.followup.enrolling import enrol
from gatepost_webhook.followup.outfit import Outfit
from gatepost_webhook.followup.reload import sequences_in_force, stored_sequence
from gatepost_webhook.followup.worker import Worker
from gatepost_webhook.links import Links
from gatepost_webhook.settings import load_settings
from gatepost_webhook.store.invariants import broken_invariants
from gatepost_webhook.store.writer import Writer
from tests.soak.manuscript import DAY, HOUR, WAITS, Folder, Line, Manuscript, Meanings
from tests.soak.sizes import FULL, report, size
from tests.webhook.followup.desk import START, add_lead, write_project

if TYPE_CHECKING:
    from gatepost_webhook.channels.channel import Outcome, Outgoing, Talking
    from gatepost_webhook.store.database import Connection

RUNS, STEPS = size(15, 600), size(25, 50)
MINUTE = 60
LEADS = 3
#: How a hand-over can end; the last three are the worker's sudden death, before, while and after the relay has it.
ENDS = ("taken", "later", "refused", "silent", "dies claimed", "dies talking", "dies unrecorded")
BREAKS = ("unknown value", "half a line", "message gone", "twice the same key", "folder empty")
COUNTED = {"runs": 0, "edits": 0, "mails": 0, "crashes": 0, "held": 0}


class Killed(BaseException):
    """The process is gone."""


class Mortal:
    """A writer that a dead process cannot use any more."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self.dead = False

    def __getattr__(self, name: str) -> Any:
        if self.dead:
            raise Killed
        return getattr(self._writer, name)


@dataclasses.dataclass(frozen=True)
class Taken:
    """A mail that the relay may have taken."""

    mail: int
    lead: str
    key: str
    text: int


class Relay:
    """Ends each message as it is told, and remembers what it took."""

    lanes = 1

    def __init__(self) -> None:
        self.ends: list[str] = []
        self.taken: list[Taken] = []
        self.offered: list[Taken] = []
        self.worker: Mortal | None = None

    async def deliver(self, message: Outgoing, talking: Talking) -> Outcome:
        """Take a message, or not."""
        end = self.ends.pop(0) if self.ends else "taken"
        found = _read(message)
        self.offered.append(found)
        if end == "later":
            return Later("450 4.2.2 later")
        if end == "refused":
            return Refused("550 5.6.0 no", dead=False)
        if end == "dies claimed":
            self._die()
        if not await talking():
            return Lost()
        if end == "dies talking":
            self._die()
        self.taken.append(found)
        if end == "dies unrecorded":
            self._die()
        return Ambiguous("no answer") if end == "silent" else Sent("250 OK")

    def _die(self) -> None:
        assert self.worker
        self.worker.dead = True
        COUNTED["crashes"] += 1
        raise Killed

    async def close(self) -> None:
        """Nothing is open."""


def _read(message: Outgoing) -> Taken:
    subject = next(line[9:].decode() for line in message.data.splitlines() if line.startswith(b"Subject: "))
    key, _, text = subject.split()
    return Taken(message.mail, message.recipient, key, int(text))


@cache
def _empty_database() -> Path:
    """Make a database once, so that each run need not."""
    path = Path(tempfile.mkdtemp(prefix="gatepost-")) / "leads.db"
    Writer(path).close()
    return path


@dataclasses.dataclass
class Inside:
    """What the model knows of a lead: in which round, by which file, since when."""

    name: str
    row: int
    file: Manuscript
    since: int
    round: int = 1
    state: str = "active"


class Edits(RuleBasedStateMachine):
    """Author, relay, time and bad luck."""

    def __init__(self) -> None:
        super().__init__()
        COUNTED["runs"] += 1
        self.root = Path(tempfile.mkdtemp(prefix="gatepost-", dir=_quick_disk()))
        self.data = self.root / "data"
        self.data.mkdir()
        shutil.copy(_empty_database(), self.data / "leads.db")
        self.project = write_project(self.root / "site")
        self.folder = Folder(self.project.sequences / "after")
        self.writer = Writer(self.data / "leads.db")
        self.clock = MovableClock(START)
        self.relay = Relay()
        self.magnets = load_magnets(self.project)
        self.meanings = Meanings()
        self.leads: list[Inside] = []
        self.texts = self.names = 0
        self.broken = ""
        self.removed: list[Line] = []
        self.in_force = self.file = Manuscript(tuple(self._fresh() for _ in range(3)))

    # What is there

    @initialize()
    def begin(self) -> None:
        """Save the first version, and start a worker."""
        self._write()
        self._start()
        self.a_lead_comes()

    def _start(self) -> None:
        """Start a worker as the command does: with the files as they are, or the last good version."""
        self.mortal = Mortal(self.writer)
        self.relay.worker = self.mortal

        def last_good(slug: str) -> Any:
            return self.writer.run(lambda connection: stored_sequence(connection, slug))

        sequences, _ = sequences_in_force(self.project, self.magnets, last_good)
        options = load_settings(
            data=self.data, base_url="https://leads.example.org", postal_address="Example, 1 High Street, Bristol",
            secret="s" * 32, suppression_key="k" * 32,
        )  # fmt: skip
        self.worker = Worker(
            Outfit(
                settings=options,
                project=self.project,
                manifest=Manifest("Example", "https://example.org/", {"checklist": "get/checklist/"}),
                magnets=self.magnets,
                sequences=sequences,
                writer=self.mortal,  # type: ignore[arg-type]
                links=Links(options.base_url, options.signing_secrets),
                clock=self.clock,
                channel=self.relay,
            )
        )
        self._put_in_force()

    def _run(self) -> None:
        """Let the worker look once; when it dies, another one takes its place."""
        offered = len(self.relay.offered)
        try:
            self.worker.run_once()
        except Killed:
            self._check_texts(offered)
            self._start()
            self._run()
            return
        self._check_texts(offered)

    def _check_texts(self, offered: int) -> None:
        """Each mail must be written by the file that is in force for its lead."""
        for one in self.relay.offered[offered:]:
            lead = next(lead for lead in self.leads if lead.name == one.lead)
            line = self._file_of(lead).line(one.key)
            assert line is not None, f"{one} is not in the file"
            assert line.text == one.text, f"{one} is not the text in force"

    # The author

    def _fresh(self) -> Line:
        self.texts += 1
        self.names += 1
        return Line(f"step-{self.names}", text=self.texts)

    def _write(self) -> None:
        files = self.file.messages() | {"sequence.yml": self.file.sequence()}
        first = self.file.lines[0].key
        match self.broken:
            case "unknown value":
                files[f"{first}.md"] += "{{ nobody_knows }}\n"
            case "half a line":
                files["sequence.yml"] = files["sequence.yml"].rstrip()[:-5]
            case "message gone":
                del files[f"{first}.md"]
            case "twice the same key":
                files["sequence.yml"] += files["sequence.yml"].splitlines()[-1] + "\n"
            case "folder empty":
                files = {}
        self.folder.save(files)

    def _save(self, file: Manuscript) -> None:
        """Save an edit, and let the worker look until it has noticed."""
        COUNTED["edits"] += 1
        self.file = file
        self._write()
        self._run()
        self._put_in_force()
        self._run()

    def _put_in_force(self) -> None:
        """Let the model do what the documentation says that an edit does."""
        if self.broken or self.file == self.in_force:
            return
        self.in_force = self.file
        for lead in self.leads:
            self._move(lead)

    def _move(self, lead: Inside) -> None:
        now = self.clock.now()
        if lead.state == "active" and self.in_force.on_change == "restart":
            lead.round, lead.since, lead.file = lead.round + 1, now, self.in_force
        elif lead.state == "active" and self.in_force.on_change == "move-at-next-step":
            lead.file = self.in_force
        elif lead.state == "finished" and self.in_force.reopen and self.in_force.on_change != "finish-old":
            lead.file = self.in_force
            if self._next(lead) is not None:
                lead.state, lead.since = "active", now

    def _file_of(self, lead: Inside) -> Manuscript:
        return lead.file if self.in_force.on_change == "finish-old" else self.in_force

    @rule(data=st.data())
    def another_text(self, data: st.DataObject) -> None:
        self.texts += 1
        self._save(self.file.put(self._any(data), text=self.texts))

    @rule(data=st.data(), wait=st.sampled_from(sorted(WAITS)))
    def another_wait(self, data: st.DataObject, wait: str) -> None:
        self._save(self.file.put(self._any(data), wait=wait))

    @rule(data=st.data())
    def a_step_inserted(self, data: st.DataObject) -> None:
        self._insert(self._any(data), self._fresh())

    @rule()
    def a_step_appended(self) -> None:
        self._insert(len(self.file.lines), self._fresh())

    @precondition(lambda self: len(self.file.lines) > 1)
    @rule(data=st.data())
    def a_step_removed(self, data: st.DataObject) -> None:
        lines = list(self.file.lines)
        self.removed.append(lines.pop(self._any(data)))
        self._save(dataclasses.replace(self.file, lines=tuple(lines)))

    @precondition(lambda self: self.removed)
    @rule(data=st.data())
    def a_step_brought_back(self, data: st.DataObject) -> None:
        self._insert(self._any(data), self.removed.pop())

    @rule(data=st.data())
    def steps_in_another_order(self, data: st.DataObject) -> None:
        lines = data.draw(st.permutations(self.file.lines))
        self._save(dataclasses.replace(self.file, lines=tuple(lines)))

    @rule(data=st.data())
    def a_step_renamed(self, data: st.DataObject) -> None:
        index = self._any(data)
        line = self.file.lines[index]
        old = line.key
        self.names += 1
        new = f"step-{self.names}"
        self.meanings.rename(old, new)
        # A name that no worker has read is not known to any; so the ones before are named beside it.
        known = self.in_force.line(old) is not None
        self._save(self.file.put(index, key=new, renamed_from=(old,) if known else (old, *line.renamed_from)))

    @precondition(lambda self: self.file == self.in_force)
    @rule()
    def old_names_tidied_away(self) -> None:
        lines = tuple(dataclasses.replace(line, renamed_from=()) for line in self.file.lines)
        self._save(dataclasses.replace(self.file, lines=lines))

    @rule(policy=st.sampled_from(["move-at-next-step", "move-at-next-step", "finish-old", "restart"]))
    def another_policy(self, policy: str) -> None:
        self._save(dataclasses.replace(self.file, on_change=policy))

    @rule(reopen=st.booleans())
    def open_to_those_who_have_finished(self, reopen: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
        self._save(dataclasses.replace(self.file, reopen=reopen))

    @rule(how=st.sampled_from(BREAKS))
    def a_mistake(self, how: str) -> None:
        self.broken = how
        self._save(self.file)

    @precondition(lambda self: self.broken)
    @rule()
    def the_mistake_mended(self) -> None:
        self.broken = ""
        self._save(self.file)

    @precondition(lambda self: not self.broken and len(self.file.lines) > 1)
    @rule()
    def an_editor_that_saves_in_two_goes(self) -> None:
        whole = self.file
        self.file = dataclasses.replace(whole, lines=whole.lines[:1])
        self._write()
        # It is not at rest yet, so whoever starts now reads it, and whoever runs does not.
        ends, self.relay.ends = self.relay.ends, []
        self._run()
        self.relay.ends, self.file = ends, whole
        self._save(whole)

    def _any(self, data: st.DataObject) -> int:
        return data.draw(st.integers(0, len(self.file.lines) - 1))

    def _insert(self, index: int, line: Line) -> None:
        lines = list(self.file.lines)
        lines.insert(index, line)
        self._save(dataclasses.replace(self.file, lines=tuple(lines)))

    # Leads, time and bad luck

    @precondition(lambda self: len(self.leads) < LEADS and self.broken != "folder empty")
    @rule()
    def a_lead_comes(self) -> None:
        now, name = self.clock.now(), f"lead{len(self.leads)}@example.com"
        sequence = self.worker.sequences["after"]

        def come(connection: Connection) -> int:
            row = add_lead(connection, name, now=now)
            assert enrol(connection, sequence=sequence, lead_id=row, submission_id=row, now=now)
            return row

        self.leads.append(Inside(name, self.writer.run(come), self.in_force, now))

    @rule(seconds=st.sampled_from([1, MINUTE, 10 * MINUTE, HOUR, 5 * HOUR, DAY, DAY, 3 * DAY, 8 * DAY]))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(seconds)
        self._run()

    @rule(days=st.integers(1, 3))
    def days_pass(self, days: int) -> None:
        for _ in range(days):
            self.clock.advance(DAY)
            self._run()

    @rule(end=st.sampled_from(ENDS))
    def the_next_mail_ends_so(self, end: str) -> None:
        self.relay.ends.append(end)

    @precondition(lambda self: self.leads)
    @rule(end=st.sampled_from(ENDS), seconds=st.sampled_from([0, DAY, 3 * DAY]))
    def a_mail_that_ends_so(self, end: str, seconds: int) -> None:
        self.relay.ends = [end]
        self.clock.advance(seconds)
        self._run()

    @rule()
    def another_worker(self) -> None:
        self._start()
        self._run()

    # What must be true

    def _rows(self, statement: str, **values: object) -> list[dict[str, Any]]:
        return self.writer.run(lambda c: [dict(row) for row in c.execute(statement, values).fetchall()])

    def _decided(self, lead: Inside) -> list[dict[str, Any]]:
        """Return what was decided in the lead's round, in order."""
        return self._rows(
            "SELECT event.kind, event.step, event.at FROM event JOIN mail ON mail.id = event.detail ->> 'mail'"
            " JOIN enrolment ON enrolment.id = mail.enrolment_id"
            " WHERE event.lead_id = :lead AND enrolment.round = :round"
            " AND event.kind IN ('sent', 'held', 'failed', 'skipped') ORDER BY event.id",
            lead=lead.row, round=lead.round,
        )  # fmt: skip

    def _next(self, lead: Inside) -> Line | None:
        """Return the step after the furthest one that was decided."""
        done = {self.meanings.of(row["step"]) for row in self._decided(lead)}
        lines = self._file_of(lead).lines if lead.state == "active" else lead.file.lines
        past = [index for index, line in enumerate(lines) if self.meanings.of(line.key) in done]
        following = max(past, default=-1) + 1
        return lines[following] if following < len(lines) else None

    @invariant()
    def nobody_got_a_step_twice(self) -> None:
        place = {row["id"]: (row["enrolment_id"], row["lead_id"]) for row in self._rows("SELECT * FROM mail")}
        steps = [(place[one.mail][0], self.meanings.of(one.key)) for one in self.relay.taken]
        assert len(steps) == len(set(steps)), self.relay.taken

    @invariant()
    def everybody_waits_for_the_step_that_the_file_says(self) -> None:
        for lead in self.leads:
            rounds = self._rows("SELECT * FROM enrolment WHERE lead_id = :lead ORDER BY round", lead=lead.row)
            assert len(rounds) == lead.round
            self._check(lead, rounds[-1])

    def _check(self, lead: Inside, enrolment: dict[str, Any]) -> None:
        mails = self._rows("SELECT * FROM mail WHERE enrolment_id = :id", id=enrolment["id"])
        assert not [mail for mail in mails if mail["state"] == "skipped"]
        following = self._next(lead)
        if following is None:
            lead.state = "finished"
        elif self.broken == "folder empty":
            # Who waits for it does so with a mail that is due, and is not sent.
            assert any(mail["state"] in ("due", "claimed", "talking") for mail in mails)
            return
        elif any(mail["state"] in ("claimed", "talking") for mail in mails):
            return
        assert enrolment["state"] == lead.state, (lead, following)
        waiting = [mail for mail in mails if mail["state"] == "due"]
        if following is None:
            assert not waiting
            return
        assert [mail["step"] for mail in waiting] == [following.key], lead
        self._check_time(lead, following, waiting[0])

    def _check_time(self, lead: Inside, following: Line, mail: dict[str, Any]) -> None:
        now, decided = self.clock.now(), self._decided(lead)
        due = max([lead.since, *(row["at"] for row in decided)]) + WAITS[following.wait]
        if decided and decided[-1]["kind"] == "held":
            due = max(due, decided[-1]["at"] + DAY)
        # What was refused for now, or found no file, is tried again within a day.
        latest = max(due, now + DAY) if mail["attempts"] or due <= now else due
        assert due <= mail["due_at"] <= latest or mail["due_at"] == now, (lead, following, due, mail["due_at"])

    def teardown(self) -> None:
        """Let everything come to its end, and compare all of it."""
        self.relay.ends, self.broken = [], ""
        if self.leads:
            self._save(self.file)
            for _ in range(12):
                self.clock.advance(4 * DAY)
                self._run()
                self.everybody_waits_for_the_step_that_the_file_says()
        self.nobody_got_a_step_twice()
        states = {row["state"] for row in self._rows("SELECT state FROM mail")}
        assert states <= {"sent", "held", "failed", "cancelled"} or any(lead.state == "active" for lead in self.leads)
        sunk = [
            row["message_id"]
            for one in self.relay.taken
            for row in self._rows("SELECT message_id FROM mail WHERE id = :id", id=one.mail)
        ]
        assert broken_invariants(self.data / "leads.db", sunk=sunk, now=self.clock.now()) == []
        COUNTED["mails"] += len(self.relay.taken)
        COUNTED["held"] += len(self._rows("SELECT 1 FROM mail WHERE state = 'held'"))
        self.writer.close()
        shutil.rmtree(self.root)


def _quick_disk() -> str | None:
    """Return a folder in memory when there is one: these runs die in the process, not in the disk."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def test_whatever_is_edited_while_people_are_inside_nobody_gets_a_step_twice() -> None:
    run_state_machine_as_test(
        Edits,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            suppress_health_check=list(HealthCheck),
            database=None,
            # The same runs each time in every test run; others each time in the long run.
            derandomize=not FULL,
            deadline=None,
        ),
    )
    report("P10 edits while people are inside", **COUNTED)
