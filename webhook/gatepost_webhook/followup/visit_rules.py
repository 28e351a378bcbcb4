"""The rule of `gatepost check` about visits: who asks for one that no mail can note waits for nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from gatepost_site.audit.registry import Rule, rule
from gatepost_site.documents import read_yaml, suggestion
from gatepost_site.findings import ContentError, Finding
from gatepost_webhook.followup.mail_texts import mail_texts
from gatepost_webhook.followup.outline import conditions_in
from gatepost_webhook.followup.positions import Positions
from gatepost_webhook.followup.reach_rules import read_sequences
from gatepost_webhook.followup.visits import page_named, target_of
from gatepost_webhook.leads.scores import NAME as SCORES
from gatepost_webhook.leads.scores import ScoresMeta
from gatepost_webhook.leads.segments import NAME as SEGMENTS
from gatepost_webhook.leads.segments import SegmentsMeta

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gatepost_site.audit.inquiry import Inquiry
    from gatepost_webhook.followup.formats import SequenceMeta
    from gatepost_webhook.followup.outline import Place
    from gatepost_webhook.leads.conditions import Condition

Meta = TypeVar("Meta", SegmentsMeta, ScoresMeta)


@rule(
    "sequence-visit",
    "Pages whose visits are asked for can be noted",
    "Only a visit that a mail can note is ever known: a page that no mail leads to so was visited by nobody.",
    "warning",
)
def visits(inquiry: Inquiry) -> Iterator[Finding]:
    """Find pages in `visited`, wherever it may be asked, to which no message has a link that may be noted."""
    noted = {
        page_named(target)
        for text in mail_texts(inquiry.project)
        for link in text.links
        if (target := target_of(link.target))
    }
    for positions, where, page in _asked(inquiry):
        if page not in noted:
            write = suggestion(page, sorted(noted)) if noted else f"[the link of a message](visit:{page})"
            yield positions.finding(where, "no mail can note a visit of this page", f"'{page}'", write)


def _asked(inquiry: Inquiry) -> Iterator[tuple[Positions, Place, str]]:
    """Give every page whose visits somebody asks for; what cannot be read is said by its own rule."""
    for meta, positions in read_sequences(inquiry).values():
        yield from ((positions, where, page) for where, page in _asked_by_sequence(meta))
    if read := _read(inquiry, SEGMENTS, SegmentsMeta):
        named = ((("segments", name, "condition"), one.condition) for name, one in read[0].segments.items())
        yield from ((read[1], where, page) for where, page in _pages(named))
    if scored := _read(inquiry, SCORES, ScoresMeta):
        yield from ((scored[1], where, page) for where, page in _asked_by_scores(scored[0]))


def _read(inquiry: Inquiry, name: str, kind: type[Meta]) -> tuple[Meta, Positions] | None:
    path, root = inquiry.project.sequences / name, inquiry.project.root
    try:
        return (read_yaml(path, kind, root=root), Positions.of(path, root)) if path.is_file() else None
    except ContentError:
        return None


def _asked_by_sequence(meta: SequenceMeta) -> Iterator[tuple[Place, str]]:
    for name in ("enter", "leave"):
        entries: Iterable[object] = getattr(meta, name)
        for index, entry in enumerate(entries):
            if page := getattr(entry, "visited", None):
                yield (name, index, "visited"), str(page)
    yield from _pages(conditions_in(meta))


def _asked_by_scores(meta: ScoresMeta) -> Iterator[tuple[Place, str]]:
    for index, one in enumerate(meta.rules):
        if one.page:
            yield ("rules", index, "page"), one.page
        if one.condition:
            yield from _pages([(("rules", index, "condition"), one.condition)])


def _pages(conditions: Iterable[tuple[Place, Condition]]) -> Iterator[tuple[Place, str]]:
    return ((where, page) for where, condition in conditions for page in condition.names("page"))


RULES: tuple[Rule, ...] = (visits,)
