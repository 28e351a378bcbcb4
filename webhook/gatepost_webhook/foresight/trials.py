"""Tries a sequence as its tests.yml says, and reports what came out otherwise, with the timeline around it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatepost_site.documents import read_yaml, suggestion
from gatepost_site.findings import ContentError, Finding
from gatepost_webhook.followup.personas import PersonaMeta, persona_of, read_persona
from gatepost_webhook.followup.positions import Positions
from gatepost_webhook.foresight.circumstances import way_of_split
from gatepost_webhook.foresight.expectations import FILE, TrialsMeta
from gatepost_webhook.foresight.moments import said_after
from gatepost_webhook.foresight.timeline import DONE, timeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Sequence as Row
    from pathlib import Path

    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Project
    from gatepost_webhook.followup.personas import Persona
    from gatepost_webhook.followup.simulate import TimelineRow
    from gatepost_webhook.followup.steps import Sequence
    from gatepost_webhook.foresight.expectations import ExpectMeta, TrialMeta
    from gatepost_webhook.foresight.timeline import Timeline

#: Rows of a timeline that a finding names before and after the place.
_AROUND = 2
#: Numbers of leads among which one is looked for whom chance sends the ways of a test.
_LEADS = 100_000


@dataclass(frozen=True)
class Trial:
    """One test that was run."""

    name: str
    #: What came out otherwise; () when all is as expected.
    findings: Row[Finding]
    timeline: Timeline


@dataclass(frozen=True)
class TrialFile:
    """A sequence's tests."""

    path: Path
    meta: TrialsMeta
    positions: Positions
    personas: Mapping[str, Persona]


def run_trials(sequence: Sequence, magnet: Magnet | None, project: Project) -> list[Trial]:
    """Run a sequence's tests, [] when it has none. Raises ContentError when they cannot be read as they stand."""
    path = project.sequences / sequence.slug / FILE
    if not path.is_file():
        return []
    file = _read(path, sequence, project)
    return [_run(index, trial, file, sequence, magnet) for index, trial in enumerate(file.meta.tests)]


def trial_files(project: Project) -> list[Path]:
    """Return the paths of all tests of a project."""
    return sorted(project.sequences.glob(f"*/{FILE}"))


def magnet_of(slug: str, magnets: Mapping[str, Magnet]) -> Magnet | None:
    """Return the magnet that leads to a sequence: the first one."""
    return next((magnet for magnet in magnets.values() if magnet.meta.sequence == slug), None)


def _read(path: Path, sequence: Sequence, project: Project) -> TrialFile:
    meta = read_yaml(path, TrialsMeta, root=project.root)
    positions = Positions.of(path, project.root)
    findings = list(_unknown_steps(meta, sequence, positions))
    personas: dict[str, Persona] = {}
    folder = path.parent / "personas"
    for index, trial in enumerate(meta.tests):
        if not isinstance(trial.persona, str) or trial.persona in personas:
            continue
        own = folder / f"{trial.persona}.yml"
        if own.is_file():
            personas[trial.persona] = read_persona(own, root=project.root)
            continue
        known = sorted(path.stem for path in folder.glob("*.yml"))
        write = suggestion(trial.persona, known) if known else f"a file {trial.persona}.yml into personas/"
        findings.append(positions.finding(("tests", index, "persona"), "no such persona", f"'{trial.persona}'", write))
    if findings:
        raise ContentError(findings)
    return TrialFile(path, meta, positions, personas)


def _unknown_steps(meta: TrialsMeta, sequence: Sequence, positions: Positions) -> Iterator[Finding]:
    known = list(sequence.by_key)
    for index, trial in enumerate(meta.tests):
        named: list[tuple[tuple[str | int, ...], str]] = [
            (("expect", number, "step"), expected.step) for number, expected in enumerate(trial.expect)
        ]
        named += [(("never", number), key) for number, key in enumerate(trial.never)]
        named += [(("ways", key), key) for key in trial.ways]
        for where, key in named:
            if key not in known:
                write = suggestion(key, known)
                yield positions.finding(("tests", index, *where), "no such step in the sequence", f"'{key}'", write)
        yield from _unknown_ways(("tests", index, "ways"), trial.ways, sequence, positions)


def _unknown_ways(
    where: tuple[str | int, ...], ways: Mapping[str, str], sequence: Sequence, positions: Positions
) -> Iterator[Finding]:
    for key, name in ways.items():
        step = sequence.step(key)
        if step is None:
            continue
        known = [way.name for way in step.ways if step.kind == "split" and way.percent]
        if name not in known:
            write = suggestion(name, known) if known else "the key of a split"
            yield positions.finding((*where, key), "no such way of a split", f"'{name}'", write)


def _run(index: int, trial: TrialMeta, file: TrialFile, sequence: Sequence, magnet: Magnet | None) -> Trial:
    someone = persona_of(trial.persona) if isinstance(trial.persona, PersonaMeta) else file.personas[trial.persona]
    events = sorted([*someone.events, *((event.after, event.event) for event in trial.events)])
    line = timeline(
        sequence,
        replace(someone, events=tuple(events)),
        start=trial.begin,
        days=trial.days,
        magnet=magnet,
        zone=trial.place,
        lead_id=_lead_id(sequence, trial.ways),
    )
    return Trial(trial.name, list(_Judge(index, trial, file.positions, line).findings()), line)


def _lead_id(sequence: Sequence, ways: Mapping[str, str]) -> int:
    """Return a number of a lead for whom chance has the given ways."""
    splits = [(sequence.by_key[key], name) for key, name in ways.items()]

    def fits(lead: int) -> bool:
        return all(way_of_split(sequence.slug, split, lead) == name for split, name in splits)

    return next(filter(fits, range(1, _LEADS)), 1)


@dataclass(frozen=True)
class _Judge:
    """Compares what is expected with what comes out."""

    index: int
    trial: TrialMeta
    positions: Positions
    line: Timeline

    def findings(self) -> Iterator[Finding]:
        for number, expected in enumerate(self.trial.expect):
            yield from self._expected(number, expected)
        for number, key in enumerate(self.trial.never):
            if row := self._done(key):
                found = f"it at {self._said(row)}"
                yield self._finding(("never", number), f"'{key}' is never to be sent", found, row)
        yield from self._end()

    def _expected(self, number: int, expected: ExpectMeta) -> Iterator[Finding]:
        rows = [row for row in self.line.rows if row.step == expected.step and row.action in DONE]
        if not rows:
            passed = next((row for row in self.line.rows if row.step == expected.step), None)
            found = f"{passed.action} at {self._said(passed)}: {passed.reason}" if passed else "nothing"
            yield self._finding(
                ("expect", number, "step"), f"expected '{expected.step}'{self._when(expected)}", found, passed
            )
            return
        if any(self._in_time(row, expected) and self._fits(row, expected) for row in rows):
            return
        row = rows[0]
        for name, held in self._bounds(row, expected).items():
            if not held:
                moment = getattr(expected, name)
                said = moment.said(self.line.zone, self._instant(moment))
                words = {"at": "at", "after": "not before", "within": "not after"}[name]
                what = f"expected '{expected.step}' {words} {said}"
                yield self._finding(("expect", number, name), what, self._said(row), row)
        if expected.way and row.way != expected.way:
            what = f"expected '{expected.step}' to take the way '{expected.way}'"
            yield self._finding(("expect", number, "way"), what, f"'{row.way}'" if row.way else "none", row)
        if not self._reads(row, expected):
            what = f"expected '{expected.step}' with the subject '{expected.subject}'"
            yield self._finding(("expect", number, "subject"), what, f"'{self.line.subject(row)}'", row)

    def _in_time(self, row: TimelineRow, expected: ExpectMeta) -> bool:
        return all(self._bounds(row, expected).values())

    def _bounds(self, row: TimelineRow, expected: ExpectMeta) -> dict[str, bool]:
        """Return which of the expected bounds a row keeps, by their names. Minutes count, seconds do not."""
        minute, held = row.at // 60, {}
        if expected.at:
            held["at"] = minute == self._instant(expected.at) // 60
        if expected.after:
            held["after"] = minute >= self._instant(expected.after) // 60
        if expected.within:
            held["within"] = minute <= self._instant(expected.within) // 60
        return held

    def _fits(self, row: TimelineRow, expected: ExpectMeta) -> bool:
        return self._reads(row, expected) and expected.way in ("", row.way)

    def _reads(self, row: TimelineRow, expected: ExpectMeta) -> bool:
        return not expected.subject or self.line.subject(row) == expected.subject

    def _end(self) -> Iterator[Finding]:
        if not self.trial.ends:
            return
        last = self.line.rows[-1] if self.line.is_over else None
        state, reason = (last.action, last.reason) if last else ("inside", "")
        found = f"{state}({reason})" if reason else state
        if self.trial.ends in (found, state):
            return
        at = f" at {self._said(last)}" if last else f" after {self.line.days} days"
        yield self._finding(("ends",), f"expected the end '{self.trial.ends}'", f"'{found}'{at}", last)

    def _done(self, key: str) -> TimelineRow | None:
        return next((row for row in self.line.rows if row.step == key and row.action in DONE), None)

    def _when(self, expected: ExpectMeta) -> str:
        words = {"at": "at", "after": "not before", "within": "not after"}
        bounds = [
            f" {word} {moment.said(self.line.zone, self._instant(moment))}"
            for name, word in words.items()
            if (moment := getattr(expected, name))
        ]
        return " and".join(bounds)

    def _instant(self, moment: object) -> int:
        return moment.instant(self.line.start, self.line.zone)  # type: ignore[attr-defined,no-any-return]

    def _said(self, row: TimelineRow) -> str:
        return f"{said_after(row.at - self.line.start)} ({self.line.local(row.at)})"

    def _finding(self, where: tuple[str | int, ...], what: str, found: str, row: TimelineRow | None) -> Finding:
        place = self.positions.finding(("tests", self.index, *where), f"test '{self.trial.name}': {what}")
        return replace(place, found=f"{found} (timeline: {self._around(row)})")

    def _around(self, row: TimelineRow | None) -> str:
        """Say what happens before and after a row; all of it when the row is none."""
        rows = list(self.line.rows)
        if row is not None:
            place = rows.index(row)
            rows = rows[max(0, place - _AROUND) : place + _AROUND + 1]
        return ", ".join(
            f"{said_after(one.at - self.line.start)} {' '.join(filter(None, (one.step, one.action)))}" for one in rows
        )
