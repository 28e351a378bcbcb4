"""sequences/segments.yml: groups of leads by name, each with its condition and with examples of who is in and out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, InstanceOf, StringConstraints, WithJsonSchema

from gatepost_site.documents import Checked, mistake, read_yaml
from gatepost_site.findings import ContentError, Finding
from gatepost_webhook.followup.durations import parse_duration
from gatepost_webhook.followup.positions import Positions
from gatepost_webhook.leads.conditions import Condition, parse_condition
from gatepost_webhook.leads.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from gatepost_site.project import Project
    from gatepost_webhook.leads.known import Known

NAME = "segments.yml"
#: Names and values in the condition of a segment, with those of the segments that it names: what a database takes.
MAX_WEIGHT = 1000
#: The moment at which examples are judged: none in particular.
_NOW = 4_000_000_000

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Texts = Annotated[tuple[Words, ...], BeforeValidator(lambda value: value if isinstance(value, list) else [value])]
Ago = Annotated[
    int,
    BeforeValidator(lambda value: parse_duration(value.removesuffix(" ago") if isinstance(value, str) else value)),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,4} (minute|hour|day|week)s?( ago)?$"}),
]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", min_length=1, max_length=60)]


class ExampleMeta(Checked):
    """An invented lead, of whom the segment says in or out. Whoever downloaded has confirmed, and has asked before."""

    #: Whether they are expected in the segment or out of it.
    expected: Literal["in", "out"] = Field(examples=["in"])
    #: Answers that they gave in forms.
    fields: dict[str, Annotated[str, StringConstraints(max_length=2000)]] = Field({}, examples=["{company: Bakery}"])
    #: Tags that they have.
    tags: Texts = Field((), examples=["[customer]"])
    #: The stage that they are in.
    stage: str = Field("", max_length=60, examples=["talking"])
    #: The points that they have.
    score: int = Field(0, examples=["50"])
    #: Magnets that they asked for.
    asked: Texts = Field((), examples=["[nurturing-playbook]"])
    #: Magnets that they confirmed the request for.
    confirmed: Texts = Field((), examples=["[nurturing-playbook]"])
    #: Magnets that they downloaded.
    downloaded: Texts = Field((), examples=["[nurturing-playbook]"])
    #: Pages and links that they opened.
    visited: Texts = Field((), examples=["[/pricing/]"])
    #: Their language (BCP 47).
    language: str = Field("", max_length=35, examples=["de"])
    #: Sequences that they have been through.
    finished: Texts = Field((), examples=["[nurturing-playbook]"])
    #: Sequences that they are in.
    inside: Texts = Field((), examples=["[nurturing-playbook]"])
    #: How long ago they came; kept in seconds.
    came: Ago = Field(0, examples=["40 days ago"])
    #: How long ago they did something last; as long as they are here when it is left out. Kept in seconds.
    last_active: Ago | None = Field(None, examples=["10 days ago"])

    def facts(self, segments: Mapping[str, Condition]) -> Facts:
        """Return the invented lead's facts."""
        confirmed = {*self.confirmed, *self.downloaded}
        return Facts(
            now=_NOW,
            fields=self.fields,
            tags=frozenset(self.tags),
            stage=self.stage,
            score=self.score,
            asked=frozenset({*self.asked, *confirmed}),
            confirmed=frozenset(confirmed),
            downloaded=frozenset(self.downloaded),
            visited=frozenset(self.visited),
            language=self.language,
            finished=frozenset(self.finished),
            inside=frozenset(self.inside),
            created_at=_NOW - self.came,
            last_activity_at=_NOW - (self.came if self.last_active is None else self.last_active),
            segments=segments,
        )


class SegmentMeta(Checked):
    """One segment."""

    #: What owners see the segment called.
    title: Words = Field(examples=["Readers with a company"])
    #: What it is for.
    description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = Field(
        "", examples=["Whom the offer of a conversation may interest."]
    )
    #: What must be true of a lead who is in it.
    condition: Annotated[
        InstanceOf[Condition],
        BeforeValidator(parse_condition),
        WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 2000}),
    ] = Field(examples=["company is set and downloaded"])
    #: Invented leads, and whether they are in: 'gatepost check' tries them.
    examples: tuple[ExampleMeta, ...] = Field((), examples=["[{expected: in, fields: {company: Bakery}}]"])


def _some(value: dict[str, SegmentMeta]) -> dict[str, SegmentMeta]:
    if len(value) > 200:
        raise mistake(f"has {len(value)} segments", "at most 200")
    return value


class SegmentsMeta(Checked):
    """sequences/segments.yml."""

    #: The segments by the name that conditions call them.
    segments: Annotated[dict[Slug, SegmentMeta], AfterValidator(_some)] = Field(
        examples=["{regulars: {title: Regulars, condition: score is at least 50}}"]
    )


@dataclass(frozen=True)
class Segment:
    """A group of leads."""

    name: str
    title: str
    description: str
    condition: Condition
    #: Line of the file, from 1, on which the condition begins.
    line: int = 0


def load_segments(project: Project, known: Known | None = None) -> dict[str, Segment]:
    """Read a project's segments, by name; {} when it has none.

    Names in conditions are checked against what is `known`, unless that is left out. Raises ContentError with every
    mistake, and with every example that is not where it is expected.
    """
    path = project.sequences / NAME
    if not path.is_file():
        return {}
    meta = read_yaml(path, SegmentsMeta, root=project.root)
    positions = Positions.of(path, project.root)
    findings = _circles(meta, positions) or list(_floods(meta, positions))
    if not findings:
        findings = [*_misnomers(meta, positions, path, known), *_examples(meta, positions)]
    if findings:
        raise ContentError(findings)
    return {
        name: Segment(name, one.title, one.description, one.condition, positions.at(_place(name))[0])
        for name, one in meta.segments.items()
    }


def named_by(conditions: Iterable[Condition], segments: Mapping[str, Condition]) -> dict[str, Condition]:
    """Return the segments that conditions name, and those that these name; only such as there are."""
    found: dict[str, Condition] = {}
    waiting = list(conditions)
    for condition in waiting:
        for name in condition.names("segment"):
            if name in segments and name not in found:
                found[name] = segments[name]
                waiting.append(segments[name])
    return found


def conditions_of(segments: Mapping[str, Segment]) -> dict[str, Condition]:
    """Return what facts need of segments."""
    return {name: segment.condition for name, segment in segments.items()}


def _place(name: str) -> tuple[str, ...]:
    return ("segments", name, "condition")


def _misnomers(meta: SegmentsMeta, positions: Positions, path: Path, known: Known | None) -> Iterator[Finding]:
    if known is None:
        return
    here = replace(known, segments=meta.segments.keys())
    for name, segment in meta.segments.items():
        for wrong in here.misnomers(segment.condition):
            line, column = positions.of_word(path, _place(name), wrong.place)
            yield Finding(positions.file, line, column, wrong.what, f"'{wrong.name}'", wrong.write)


def _circles(meta: SegmentsMeta, positions: Positions) -> list[Finding]:
    """Find segments that name themselves, by whatever way."""
    return [
        positions.finding(_place(name), "the segment names itself", f"'{' -> '.join(way)}'", "a condition without it")
        for name in meta.segments
        if (way := _way_back(meta, name))
    ]


def _way_back(meta: SegmentsMeta, name: str) -> tuple[str, ...]:
    """Return the way from a segment back to itself, () when there is none."""
    ways: list[tuple[str, ...]] = [(name,)]
    seen = {name}
    for way in ways:
        for inner in meta.segments[way[-1]].condition.names("segment"):
            if inner == name:
                return (*way, inner)
            if inner in meta.segments and inner not in seen:
                seen.add(inner)
                ways.append((*way, inner))
    return ()


def _floods(meta: SegmentsMeta, positions: Positions) -> Iterator[Finding]:
    """Find segments that ask too much with all that they name; there are no circles."""
    weights: dict[str, int] = {}
    for name in meta.segments:
        if (weight := _weight(meta, name, weights)) > MAX_WEIGHT:
            write = f"at most {MAX_WEIGHT} names and values, with those of the segments that it names"
            yield positions.finding(_place(name), "the condition asks too much", str(weight), write)


def _weight(meta: SegmentsMeta, name: str, known: dict[str, int]) -> int:
    if name not in known:
        condition = meta.segments[name].condition
        inner = [named for named in condition.segments_named() if named in meta.segments]
        known[name] = condition.weight + sum(_weight(meta, each, known) for each in inner)
    return known[name]


def _examples(meta: SegmentsMeta, positions: Positions) -> Iterator[Finding]:
    conditions = {name: segment.condition for name, segment in meta.segments.items()}
    for name, segment in meta.segments.items():
        for index, example in enumerate(segment.examples):
            reason = segment.condition.reason(example.facts(conditions))
            if bool(reason) is (example.expected == "out"):
                continue
            found = f"out, because {reason}" if reason else f"in, because {segment.condition}"
            where = ("segments", name, "examples", index)
            yield positions.finding(
                where, f"the example is not {example.expected}", found, "another example or condition"
            )
