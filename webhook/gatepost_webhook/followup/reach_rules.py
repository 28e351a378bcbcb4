"""Rules of `gatepost check` about ways through sequences: steps that nobody reaches, circles, tags that nobody gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from gatepost_site.audit.registry import Rule, rule
from gatepost_site.documents import read_yaml, suggestion
from gatepost_site.findings import ContentError, Finding
from gatepost_webhook.followup.formats import OTHERWISE, SequenceMeta
from gatepost_webhook.followup.outline import conditions_in, steps_in
from gatepost_webhook.followup.positions import Positions
from gatepost_webhook.leads.folding import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Sequence as Row

    from gatepost_site.audit.inquiry import Inquiry
    from gatepost_webhook.followup.formats import StepMeta
    from gatepost_webhook.followup.outline import Place

#: A sequence's file, read, and where things stand in it.
Read: TypeAlias = tuple[SequenceMeta, Positions]


def read_sequences(inquiry: Inquiry) -> dict[str, Read]:
    """Return slug -> file, of those that can be read; what is wrong with the others is said by their own rule."""
    found: dict[str, Read] = {}
    root = inquiry.project.root
    for path in sorted(inquiry.project.sequences.glob("*/sequence.yml")):
        try:
            found[path.parent.name] = (read_yaml(path, SequenceMeta, root=root), Positions.of(path, root))
        except ContentError:
            continue
    return found


@rule(
    "sequence-reach",
    "Every step of a sequence can be reached",
    "A step behind the end of its sequence is written for nobody.",
    "error",
)
def reach(inquiry: Inquiry) -> Iterator[Finding]:
    """Find steps behind one that ends the sequence for everybody."""
    for slug, (meta, positions) in read_sequences(inquiry).items():
        yield from _unreached(slug, meta.steps, ("steps",), positions)


def _unreached(slug: str, steps: Row[StepMeta], where: Place, positions: Positions) -> Iterator[Finding]:
    ended = ""
    for index, step in enumerate(steps):
        if ended:
            write = f"this step before {ended!r}, or a condition there"
            yield positions.finding((*where, index, "key"), "nobody reaches this step", f"'{step.key}'", write)
            return
        for name, way in step.ways.items():
            yield from _unreached(slug, way.steps, (*where, index, step.kind, name, "steps"), positions)
        ended = step.key if _ends(slug, step) else ""


def _ends(slug: str, step: StepMeta) -> bool:
    """Tell whether a sequence is over for everybody who comes to a step."""
    if step.only_if:
        return False
    if step.stop == slug:
        return True
    if not step.ways or (step.branch and OTHERWISE not in step.ways):
        return False
    return all(any(_ends(slug, one) for one in way.steps) for way in step.ways.values())


@rule(
    "sequence-loop",
    "Sequences do not start each other for ever",
    "Whoever comes into a circle of sequences that all begin again is never let go.",
    "error",
)
def loop(inquiry: Inquiry) -> Iterator[Finding]:
    """Find circles of sequences that start each other and may each be gone through at once again."""
    read = read_sequences(inquiry)
    for meta, positions in read.values():
        yield from _always_true(meta, positions)
    edges = {slug: dict(_begun_by(slug, read)) for slug in read if read[slug][0].again == 0}
    reported: set[frozenset[str]] = set()
    for slug in edges:
        circle = _circle(slug, edges)
        if circle and frozenset(circle) not in reported:
            reported.add(frozenset(circle))
            write = "'again: after 90 days' in one of them"
            found = " -> ".join([*circle, circle[0]])
            yield read[slug][1].finding(edges[slug][circle[1 % len(circle)]], "a circle without an end", found, write)


def _always_true(meta: SequenceMeta, positions: Positions) -> Iterator[Finding]:
    """Find entries that are true of a lead for a time, of a sequence that may be begun again at once."""
    if meta.again != 0:
        return
    for index, entry in enumerate(meta.enter):
        if entry.trigger.condition:
            what = "whoever is in it begins again as soon as it ends, as long as this is true"
            yield positions.finding(("enter", index), what, "'again: always'", "'again: after 90 days'")


def _begun_by(slug: str, read: Mapping[str, Read]) -> Iterator[tuple[str, Place]]:
    """Give each sequence that one starts, or whose end another waits for, with the place in the first one's file."""
    for where, step in steps_in(read[slug][0]):
        if step.start:
            yield step.start, (*where, "start")
    for other, (meta, _) in read.items():
        if any(entry.finished == slug for entry in meta.enter):
            yield other, ("steps",)


def _circle(start: str, edges: Mapping[str, Mapping[str, Place]]) -> list[str]:
    """Return a way from a sequence back to itself, [] when there is none."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for other in edges.get(way[-1], ()):
            if other == start:
                return way
            if other in edges and other not in seen:
                seen.add(other)
                ways.append([*way, other])
    return []


@rule(
    "sequence-tag",
    "Tags that are asked for are put on leads somewhere",
    "A misspelt tag is a condition that is true of nobody.",
    "warning",
)
def tags(inquiry: Inquiry) -> Iterator[Finding]:
    """Find tags in `enter`, `leave` and conditions that no step puts on anybody."""
    read = read_sequences(inquiry)
    given = {step.tag for meta, _ in read.values() for _, step in steps_in(meta) if step.tag}
    known = {folded(tag) for tag in given}
    for meta, positions in read.values():
        for where, tag in _asked(meta):
            if folded(tag) not in known:
                write = suggestion(tag, sorted(given)) if given else f"a step with 'tag: {tag}'"
                yield positions.finding(where, "no step puts this tag on anybody", f"'{tag}'", write)


def _asked(meta: SequenceMeta) -> Iterator[tuple[Place, str]]:
    for name in ("enter", "leave"):
        entries: Iterable[object] = getattr(meta, name)
        for index, entry in enumerate(entries):
            if tag := getattr(entry, "tag", None):
                yield (name, index, "tag"), str(tag)
    for where, condition in conditions_in(meta):
        for tag in condition.names("tag"):
            yield where, tag


@rule(
    "sequence-name",
    "Magnets and sequences that a sequence names are there",
    "Nobody comes in by a magnet, and nobody goes on to a sequence, of a misspelt name.",
    "error",
)
def names(inquiry: Inquiry) -> Iterator[Finding]:
    """Find names in `enter`, `leave`, `start` and `stop` of which there is no magnet or sequence."""
    there = {
        "magnet": sorted(inquiry.magnets),
        "sequence": sorted(path.parent.name for path in inquiry.project.sequences.glob("*/sequence.yml")),
    }
    for meta, positions in read_sequences(inquiry).values():
        for where, kind, name in _named(meta):
            # Where no magnet could be read, that is said by another rule.
            if there[kind] and name not in there[kind]:
                yield positions.finding(where, f"no such {kind}", f"'{name}'", suggestion(name, there[kind]))


def _named(meta: SequenceMeta) -> Iterator[tuple[Place, str, str]]:
    """Give (place, magnet or sequence, name) of all that a file names."""
    words = {"magnet": "magnet", "webinar": "magnet", "downloaded": "magnet", "finished": "sequence"}
    for part in ("enter", "leave"):
        entries: Iterable[object] = getattr(meta, part)
        for index, entry in enumerate(entries):
            for word, kind in words.items():
                if name := getattr(entry, word, None):
                    yield (part, index, word), kind, str(name)
    for where, step in steps_in(meta):
        for word in ("start", "stop"):
            if name := getattr(step, word):
                yield (*where, word), "sequence", name


RULES: tuple[Rule, ...] = (reach, loop, names, tags)
