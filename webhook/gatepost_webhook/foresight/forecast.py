"""What publishing the files as they stand would do to the leads who are inside, and what of it is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gatepost_site.findings import Finding
from gatepost_webhook.followup.steps import sequence_from_source
from gatepost_webhook.foresight.changes import PARTS, compare
from gatepost_webhook.foresight.effects import Effects, Reckoner
from gatepost_webhook.foresight.insiders import count_insiders
from gatepost_webhook.foresight.places import Places
from gatepost_webhook.progress import progress
from gatepost_webhook.store.stays import versions_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from collections.abc import Sequence as Row

    from gatepost_site.project import Project
    from gatepost_webhook.followup.steps import Sequence
    from gatepost_webhook.followup.surroundings import Surroundings
    from gatepost_webhook.foresight.changes import Change
    from gatepost_webhook.foresight.effects import Effect
    from gatepost_webhook.store.database import Connection

POLICIES = ("finish-old", "move-at-next-step", "restart")


@dataclass(frozen=True)
class Forecast:
    """What a sequence's files mean for those inside it."""

    sequence: str
    title: str
    places: Places
    #: How many leads are inside.
    leads: int
    #: As sequence.yml says; "" when it does not.
    policy: str
    #: What is different from any version with which somebody is inside.
    changes: Row[Change] = ()
    effects: Effects = field(default_factory=Effects)
    #: The folder is not there any more.
    is_gone: bool = False
    #: What must not be published as it stands, each with what to write.
    refusals: Row[Finding] = ()

    def place(self, change: Change) -> str:
        """Return where a change stands in the file."""
        return self.places.of_step(change.step, change.part or PARTS.get(change.kind, ""))


def forecast(  # noqa: PLR0913 - what there is, and what there was
    connection: Connection,
    sequences: Mapping[str, Sequence],
    project: Project,
    about: Surroundings,
    now: int,
    *,
    may_repeat: bool = False,
) -> list[Forecast]:
    """Return a forecast for each sequence that somebody is inside; `sequences` are those of the files, which are good.

    With `may_repeat`, a message that comes again is told, and not refused.
    """
    inside, finished = count_insiders(connection), count_insiders(connection, "finished")
    reopened = {slug for slug, one in sequences.items() if one.reopens}
    slugs = sorted(inside.keys() | (finished.keys() & reopened))
    with progress("Looking at the leads inside", sum(sum(versions.values()) for versions in inside.values())) as step:
        found = []
        for slug in slugs:
            new, versions = sequences.get(slug), inside.get(slug, {})
            if new is None:
                found.append(_gone(slug, versions, project))
                continue
            past = finished.get(slug, {}) if new.reopens else {}
            reckoner = _reckoner(connection, new, versions.keys() | past.keys(), now)
            _reckon(reckoner, connection, about, step, is_inside=set(versions) - {new.version} != set())
            if versions or reckoner.effects.found:
                found.append(_forecast(new, sum(versions.values()), reckoner, project, may_repeat=may_repeat))
    return found


def _reckon(
    reckoner: Reckoner, connection: Connection, about: Surroundings, step: Callable[[], None], *, is_inside: bool
) -> None:
    """Take everybody into account whom an edit may concern."""
    if is_inside:
        for insider in reckoner.read(connection, about, "active"):
            reckoner.add(insider)
            step()
    if reckoner.new.reopens:
        for insider in reckoner.read(connection, about, "finished"):
            reckoner.add_finished(insider)


def _gone(slug: str, versions: Mapping[str, int], project: Project) -> Forecast:
    return Forecast(slug, "", Places.of(slug, project), sum(versions.values()), "", is_gone=True)


def _reckoner(connection: Connection, new: Sequence, versions: Iterable[str], now: int) -> Reckoner:
    stored = {version.hash: version.source for version in versions_of(connection, new.slug)}
    comparisons = {version: compare(_version(stored, version, new), new) for version in versions}
    return Reckoner(comparisons, new, now)


def _version(stored: Mapping[str, str], version: str, new: Sequence) -> Sequence:
    return new if version == new.version else sequence_from_source(stored[version])


def _forecast(new: Sequence, leads: int, reckoner: Reckoner, project: Project, *, may_repeat: bool) -> Forecast:
    changes = list(dict.fromkeys(change for one in reckoner.comparisons.values() for change in one.changes))
    places = Places.of(new.slug, project)
    policy = new.rules.on_change if places.declares("on_change") else ""
    refusals: list[Finding] = []
    # Another text is for whoever is still to read it, whatever the file says of edits.
    if leads and any(change.kind != "text" for change in changes) and not policy:
        refusals.append(_undeclared(places, leads))
    if not may_repeat:
        refusals += _repeats(reckoner, places, policy)
    return Forecast(new.slug, new.title, places, leads, policy, changes, reckoner.effects, refusals=refusals)


def _undeclared(places: Places, leads: int) -> Finding:
    inside = f"{leads:,} {'lead is' if leads == 1 else 'leads are'} inside"
    return Finding(
        places.file,
        *places.line("", "steps"),
        f"the sequence has changed, {inside}, and it does not say what that means for them",
        write="'on_change: move-at-next-step', or 'finish-old', or 'restart'",
    )


def _repeats(reckoner: Reckoner, places: Places, policy: str) -> Iterator[Finding]:
    for effect, leads in reckoner.effects.found.items():
        if effect.kind != "again":
            continue
        who = f"{len(leads):,} {'lead' if len(leads) == 1 else 'leads'} would get a message again that they have had"
        found = f"'{effect.step}'" + (f", which was '{effect.other}'" if effect.other != effect.step else "")
        line, column = places.line(effect.step)
        yield Finding(places.file, line, column, who, found, _advice(reckoner.new, effect, policy))


def _advice(new: Sequence, effect: Effect, policy: str) -> str:
    """Say what to write so that nobody gets a message again."""
    if policy == "restart":
        return "another 'on_change' than restart; or run 'gatepost plan --may-repeat' to see it through"
    if effect.other in new.by_key:
        return "a text of its own in this step; or run 'gatepost plan --may-repeat' to see it through"
    names = [*new.by_key[effect.step].renamed_from, effect.other]
    listed = ", ".join(names)
    return f"'renamed_from: {listed if len(names) == 1 else f'[{listed}]'}' in this step"
