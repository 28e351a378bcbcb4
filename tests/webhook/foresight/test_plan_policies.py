"""What plan says of an edit is the difference that it makes: the same leads, once without the edit and once with it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from gatepost_webhook.channels.channel import Ambiguous, Refused, Sent
from gatepost_webhook.channels.recording import RecordingChannel
from gatepost_webhook.clock import MovableClock
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.followup.worker import Worker
from gatepost_webhook.foresight.changes import compare
from gatepost_webhook.foresight.effects import Effect, Reckoner
from gatepost_webhook.leads.preferences import Preferences
from gatepost_webhook.store.preferences import keep_preferences
from gatepost_webhook.store.writer import Writer
from tests.webhook.followup.desk import DAY, START, Desk, write_project
from tests.webhook.foresight.edits import RULES, Line, Rules, edited, letters, sequences, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_webhook.channels.channel import Outcome
    from gatepost_webhook.followup.outfit import Outfit
    from gatepost_webhook.followup.steps import Sequence
    from gatepost_webhook.store.database import Connection

ANSWERS = ("{}", '{"company": "Bakery"}')
CHOICES = (None, None, Preferences(most_per_week=2), Preferences(paused_until=START + 6 * DAY))
OUTCOMES: tuple[Outcome, ...] = (
    Sent("250 OK"),
    Sent("250 OK"),
    Ambiguous("no answer"),
    Refused("550 5.2.2 the mailbox is full", dead=False),
)

#: Looks of the worker after which something is wrong.
MOST = 100


@dataclass(frozen=True)
class Past:
    """What happened before the edit."""

    lines: list[Line]
    rules: Rules
    #: Before each of them a lead comes in.
    pauses: list[int]
    outcomes: list[Outcome]


@dataclass(frozen=True)
class Done:
    """One thing that happened to a lead."""

    kind: str
    step: str
    at: int


@st.composite
def stories(draw: st.DrawFn) -> tuple[Past, list[Line], Rules]:
    lines, rules = draw(sequences()), draw(RULES)
    pauses = draw(st.lists(st.integers(1, 3 * DAY), min_size=1, max_size=4))
    past = Past(lines, rules, pauses, draw(st.lists(st.sampled_from(OUTCOMES), max_size=6)))
    return past, draw(edited(lines)), draw(RULES)


@contextmanager
def opened(outfit: Outfit) -> Iterator[Desk]:
    """Open a desk that knows nothing of another one."""
    with TemporaryDirectory() as folder, Writer(Path(folder) / "leads.db") as writer:
        channel, clock = RecordingChannel(), MovableClock(START)
        changed = outfit.settings.model_copy(update={"data": Path(folder)})
        yield Desk(replace(outfit, settings=changed, writer=writer, clock=clock, channel=channel), channel, clock)


def publish(desk: Desk, lines: list[Line], rules: Rules) -> Sequence:
    """Let the engine go on with an edited file."""
    project = write_project(desk.outfit.project.root, written(lines, rules), **letters(lines))
    loaded = load_sequences(project, desk.outfit.magnets)
    desk.outfit = replace(desk.outfit, sequences=loaded)
    desk.worker = Worker(desk.outfit)
    return loaded["after"]


def live(desk: Desk, past: Past) -> Sequence:
    """Let happen what happened before the edit."""
    sequence = publish(desk, past.lines, past.rules)
    desk.end_with(*past.outcomes)
    for index, pause in enumerate(past.pauses):
        lead = desk.add_lead(f"lead{index}@example.com", ANSWERS[index % len(ANSWERS)])
        desk.enrol(lead)
        if (chosen := CHOICES[(index + pause) % len(CHOICES)]) is not None:
            desk.outfit.writer.run(partial(keep_preferences, lead_id=lead, chosen=chosen, now=START))
        desk.clock.advance(pause)
        desk.worker.run_once()
    desk.channel.outcomes = []
    return sequence


def foretold(desk: Desk, old: Sequence, new: Sequence) -> dict[int, set[Effect]]:
    reckoner = Reckoner({one.version: compare(one, new) for one in (old, new)}, new, desk.clock.now())

    def read(connection: Connection) -> dict[int, set[Effect]]:
        about = desk.outfit.surroundings
        inside = {one.lead_id: set(reckoner.effects_on(one)) for one in reckoner.read(connection, about, "active")}
        if not new.reopens:
            return inside
        past = {one.lead_id: reckoner.effects_on_finished(one) for one in reckoner.read(connection, about, "finished")}
        return inside | {lead: set(effects) for lead, effects in past.items()}

    return desk.outfit.writer.run(read)


def run_to_the_end(desk: Desk) -> dict[int, list[Done]]:
    """Let everything happen that is to come, and return it by lead."""
    latest = desk.sql("SELECT max(id) AS id FROM event")[0]["id"]
    desk.worker.run_once()
    for _ in range(MOST):
        due = desk.sql("SELECT min(due_at) AS at FROM mail WHERE state = 'due'")[0]["at"]
        if due is None:
            break
        desk.clock.advance_to(int(str(due)))
        desk.worker.run_once()
    else:
        pytest.fail(f"it does not end: {desk.sql('SELECT * FROM mail')}")
    rows = desk.sql(
        "SELECT lead_id, kind, step, at FROM event WHERE id > :latest AND kind IN "
        "('enrolled', 'sent', 'acted', 'skipped', 'finished', 'stopped') ORDER BY id",
        latest=latest,
    )
    found: dict[int, list[Done]] = {}
    for row in rows:
        # What was stopped to begin anew counts from there.
        own = [] if row["kind"] == "enrolled" else found.get(int(str(row["lead_id"])), [])
        own += [Done(str(row["kind"]), str(row["step"]), int(str(row["at"])))] if row["kind"] != "enrolled" else []
        found[int(str(row["lead_id"]))] = own
    return found


def steps(done: list[Done]) -> list[str]:
    return [one.step for one in done if one.kind in ("sent", "acted")]


def seen(past: Past, desk: Desk, lead: int) -> list[Line]:
    """Return the messages that a lead had when the file was edited."""
    rows = desk.sql(
        "SELECT step FROM event WHERE lead_id = :lead AND sequence = 'after' AND kind IN ('sent', 'held')", lead=lead
    )
    keys = {row["step"] for row in rows}
    return [line for line in past.lines if line.key in keys]


def difference(past: Past, after: list[Line], had: list[Line], without: list[Done], with_it: list[Done]) -> set[Effect]:
    """Return what an edit means for a lead, from what happened to them without it and with it."""
    old, new = {line.identity: line for line in past.lines}, {line.key: line for line in after}
    names = {line.key: old[line.identity].key for line in after if line.identity in old}
    came, comes = steps(without), steps(with_it)
    found = {Effect("misses", key) for key in came if key not in {names.get(step) for step in comes}}
    found |= {Effect("past", key) for key in new if key not in names and key not in comes}
    for key in comes:
        line = new[key]
        if names.get(key) not in came:
            found.add(Effect("gets", key))
        elif line.does == "message" and line.letter != old[line.identity].letter:
            found.add(Effect("reads", key))
        same = [one for one in had if one.identity == line.identity] or [
            one for one in had if one.letter == line.letter
        ]
        if same and line.does == "message":
            found.add(Effect("again", key, same[0].key))
    return found | set(first_difference(names, without, with_it)) or {Effect("same")}


def first_difference(names: dict[str, str], without: list[Done], with_it: list[Done]) -> Iterator[Effect]:
    before, after = without[0], with_it[0]
    if not after.step and before.step:
        yield Effect("ends", other=before.step)
    elif names.get(after.step, after.step) != before.step:
        yield Effect("moves", after.step, before.step)
    elif after.at != before.at:
        yield Effect("later" if after.at > before.at else "sooner", after.step, seconds=abs(after.at - before.at))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(story=stories())
def test_the_difference_that_an_edit_makes_is_the_one_foretold(
    outfit: Outfit, story: tuple[Past, list[Line], Rules]
) -> None:
    past, after, rules = story
    with opened(outfit) as desk:
        live(desk, past)
        without = run_to_the_end(desk)
    with opened(outfit) as desk:
        old = live(desk, past)
        new = publish(desk, after, rules)
        assume(new.version != old.version)
        said = foretold(desk, old, new)
        had = {lead: seen(past, desk, lead) for lead in said}
        over = {int(str(row["lead_id"])) for row in desk.sql("SELECT lead_id FROM enrolment WHERE state <> 'active'")}
        with_it = run_to_the_end(desk)

    for lead, effects in said.items():
        if lead in over:
            assert effects == reopened(after, past, had[lead], with_it.get(lead, []))
        elif rules.on_change == "finish-old":
            assert (effects, with_it[lead]) == ({Effect("same")}, without[lead])
        else:
            assert effects == difference(past, after, had[lead], without[lead], with_it[lead])
    assert not [lead for lead in over if with_it.get(lead) and not said.get(lead)]


def reopened(after: list[Line], past: Past, had: list[Line], done: list[Done]) -> set[Effect]:
    if not done:
        return set()
    again = {one for one in difference(past, after, had, done, done) if one.kind == "again"}
    return {Effect("reopens", done[0].step), *again}
