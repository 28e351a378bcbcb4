"""Why a lead got what they got, and what comes next: every decision with its rule, file and line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gatepost_webhook.followup import enrolling
from gatepost_webhook.followup.plan import Act, Event, Lead, Send, Skip, Wait, plan
from gatepost_webhook.followup.steps import sequence_from_source
from gatepost_webhook.foresight.places import Places
from gatepost_webhook.foresight.step_words import rule_words
from gatepost_webhook.store import enrolments
from gatepost_webhook.store.stays import happenings_of, stays_of, versions_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Sequence as Row
    from datetime import tzinfo

    from gatepost_site.project import Project
    from gatepost_webhook.followup.plan import Decision
    from gatepost_webhook.followup.steps import Sequence, Step
    from gatepost_webhook.followup.surroundings import Surroundings
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.stays import Happening, Stay, Version

#: Kinds of event that decide a step.
DECIDING = frozenset({"sent", "skipped", "failed", "held", "acted", "cancelled"})
_WHAT: Mapping[type[Decision], str] = {Send: "send", Act: "act", Skip: "skip"}


@dataclass(frozen=True)
class Ruling:
    """The rule behind a decision."""

    #: file:line:column of the step, or of the part that decided; the file alone when the step is not there any more.
    place: str
    #: What the version in force then says of the step; "" when that version is not kept.
    words: str
    #: The step reads otherwise now, or is gone.
    has_changed: bool


@dataclass(frozen=True)
class Decided:
    """A step that was decided."""

    #: Epoch seconds: when it was decided, and when it was due (None when that is not known).
    at: int
    due_at: int | None
    step: str
    #: sent, skipped, failed, held, acted or cancelled.
    kind: str
    #: The way that was taken, of a step that has ways.
    way: str
    reason: str
    ruling: Ruling


@dataclass(frozen=True)
class Upcoming:
    """What comes next in a sequence, if nothing changes."""

    step: str
    #: send, act, skip, or wait for what is not judged yet.
    what: str
    #: The way that would be taken, of a step that has ways.
    way: str
    #: Epoch seconds: when it is due, and when it is looked at next.
    due_at: int
    looked_at: int
    reason: str
    #: Why it is tried again, and how often it was; "" and 0 the first time.
    retried: str
    attempts: int
    ruling: Ruling


@dataclass(frozen=True)
class Chapter:
    """A lead's stay in one sequence."""

    sequence: str
    #: As its files call it; "" when they are gone.
    title: str
    #: active, finished or stopped.
    state: str
    reason: str
    started_at: int
    ended_at: int | None
    #: Which request brought the lead in: its number, the magnet, the page.
    submission: int | None
    magnet: str
    page: str
    version: str
    #: Whether the files are those of the version.
    is_current: bool
    decided: Row[Decided]
    upcoming: Upcoming | None


@dataclass(frozen=True)
class _Book:
    """What is needed to explain one stay."""

    stay: Stay
    happenings: Row[Happening]
    versions: Mapping[str, Version]
    current: Sequence | None
    places: Places
    zone: tzinfo
    _parsed: dict[str, Sequence] = field(default_factory=dict)

    def sequence_of(self, version: str) -> Sequence | None:
        """Return the sequence of a version, None when that is not kept."""
        if version not in self._parsed and version in self.versions:
            self._parsed[version] = sequence_from_source(self.versions[version].source)
        return self._parsed.get(version)

    def in_force(self, happening: Happening) -> Sequence | None:
        """Return the version that decided: the one that is noted, else the newest that was there by then."""
        noted = str(happening.detail.get("version", ""))
        for version in self.versions:
            if noted and version.startswith(noted):
                return self.sequence_of(version)
        there = [version.hash for version in self.versions.values() if version.first_seen_at <= happening.at]
        return self.sequence_of(there[-1] if there else self.stay.version)

    def ruling(self, sequence: Sequence | None, key: str, part: str = "") -> Ruling:
        """Return the rule of a step as a version says it, with its place in the file as it is now."""
        then = sequence.step(key) if sequence else None
        now = self.current.step(key) if self.current else None
        words = rule_words(then) if then else ""
        return Ruling(self.places.of_step(key, part), words, has_changed=now is None or _bare(then) != _bare(now))


def chapters_of(  # noqa: PLR0913, PLR0917 - of whom, by what, and when
    connection: Connection,
    lead_id: int,
    sequences: Mapping[str, Sequence],
    project: Project,
    about: Surroundings,
    now: int,
) -> list[Chapter]:
    """Return the account of every sequence that a lead is or was in; `sequences` are those of the files."""
    happenings, zone = happenings_of(connection, lead_id), about.zone_of(enrolments.recipient(connection, lead_id).zone)
    chapters = []
    for stay in stays_of(connection, lead_id):
        versions = {version.hash: version for version in versions_of(connection, stay.sequence)}
        own = [one for one in happenings if one.sequence == stay.sequence and _within(stay, one)]
        places = Places.of(stay.sequence, project)
        book = _Book(stay, own, versions, sequences.get(stay.sequence), places, zone)
        chapters.append(_chapter(connection, about, book, now))
    return chapters


def _within(stay: Stay, happening: Happening) -> bool:
    return stay.started_at <= happening.at <= (stay.ended_at or happening.at)


def _chapter(connection: Connection, about: Surroundings, book: _Book, now: int) -> Chapter:
    stay = book.stay
    known = book.current or book.sequence_of(stay.version)
    return Chapter(
        sequence=stay.sequence,
        title=known.title if known else "",
        state=stay.state,
        reason=stay.reason,
        started_at=stay.started_at,
        ended_at=stay.ended_at,
        submission=stay.submission_id,
        magnet=stay.magnet or "",
        page=stay.page or "",
        version=stay.version,
        is_current=book.current is not None and book.current.version == stay.version,
        decided=list(_decisions(book)),
        upcoming=_upcoming(connection, about, book, now) if stay.state == "active" else None,
    )


def _decisions(book: _Book) -> Iterator[Decided]:
    for index, happening in enumerate(book.happenings):
        if happening.kind not in DECIDING or not happening.step:
            continue
        sequence, detail = book.in_force(happening), happening.detail
        part = "only_if" if happening.kind == "skipped" and detail.get("reason") != "late" else ""
        yield Decided(
            at=happening.at,
            due_at=_due_at(book, sequence, index),
            step=happening.step,
            kind=happening.kind,
            way=str(detail.get("way", "")),
            reason=str(detail.get("reason", "")),
            ruling=book.ruling(sequence, happening.step, part),
        )


def _due_at(book: _Book, sequence: Sequence | None, index: int) -> int | None:
    """Ask plan() again, as of the moment when the step began to wait."""
    if sequence is None:
        return None
    before = [_event(happening) for happening in book.happenings[:index]]
    since = max((event.at for event in before), default=book.stay.started_at)
    match plan(sequence, Lead({}, zone=book.zone), before, since):
        case Wait(step, due_at) | Send(step, due_at) | Act(step, due_at) if step.key == book.happenings[index].step:
            return due_at
    return None


def _event(happening: Happening) -> Event:
    way, round_ = str(happening.detail.get("way", "")), int(str(happening.detail.get("round", 0)))
    return Event(happening.at, happening.kind, happening.sequence, happening.step, happening.magnet, way, round=round_)


def _upcoming(connection: Connection, about: Surroundings, book: _Book, now: int) -> Upcoming | None:
    sequence, stay = book.current or book.sequence_of(book.stay.version), book.stay
    if sequence is None or stay.due_at is None:
        return None
    enrolment = enrolments.enrolment(connection, stay.id)
    decision = enrolling.decide(connection, about, sequence, enrolment, now=now)
    due_at = decision.until if isinstance(decision, Wait) else stay.due_at
    then = enrolling.decide(connection, about, sequence, enrolment, now=max(now, due_at))
    step = _step_of(then) or _step_of(decision)
    if step is None:
        return None
    return Upcoming(
        step=step.key,
        what=_WHAT.get(type(then), "wait"),
        way=then.way if isinstance(then, Act) else "",
        due_at=due_at,
        looked_at=stay.due_at,
        reason=then.reason if isinstance(then, Skip) else "",
        retried=stay.mail_reason or "",
        attempts=stay.attempts or 0,
        ruling=book.ruling(sequence, step.key, "only_if" if isinstance(then, Skip) else ""),
    )


def _step_of(decision: Decision) -> Step | None:
    return decision.step if isinstance(decision, Send | Act | Skip | Wait) else None


def _bare(step: Step | None) -> object:
    """Return of a step what its rule is, without what it says."""
    return step and (
        step.wait,
        step.until,
        step.only_if,
        step.max_late,
        [(way.name, way.when, way.percent) for way in step.ways],
    )
