"""What preview and send-test share: the project as it stands, built or not, and the step that somebody names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from gatepost_site.findings import ContentError
from gatepost_site.landing import landing_url
from gatepost_site.magnets import load_magnets
from gatepost_site.plugin import inquire_site
from gatepost_site.project import Manifest, Project, read_manifest
from gatepost_site.words.languages import load_languages
from gatepost_webhook.clock import SystemClock
from gatepost_webhook.commands.names import instead_of
from gatepost_webhook.followup.letterhead_files import read_letterhead
from gatepost_webhook.followup.samples import Studio
from gatepost_webhook.followup.sequences import load_sequences

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gatepost_webhook.followup.steps import Sequence, Step
    from gatepost_webhook.settings import Settings


@dataclass(frozen=True)
class Bench:
    """A project's sequences, and what shows their mails."""

    project: Project
    sequences: Mapping[str, Sequence]
    studio: Studio


def open_bench(root: Path, settings: Settings) -> Bench:
    """Read a project, which need not be built. Raises ContentError with every mistake."""
    project = Project.at(root)
    magnets = load_magnets(project)
    sequences = load_sequences(project, magnets)
    try:
        manifest = read_manifest(project)
    except FileNotFoundError:
        manifest = _sketched(root)
    studio = Studio(settings, manifest, magnets, load_languages(project), SystemClock().now(), read_letterhead(project))
    return Bench(project, sequences, studio)


def _sketched(root: Path) -> Manifest:
    """Return what a build would tell of the site's name and addresses. Raises ContentError."""
    inquiry = inquire_site(root)
    if inquiry.config is None:
        raise ContentError(inquiry.refused)
    settings = inquiry.config.settings
    versions = [version for magnet in inquiry.magnets.values() for version in magnet.versions()]
    return Manifest(
        site_name=settings.site_name,
        site_url=settings.site_url,
        landing={version.key: landing_url(version, settings) for version in versions},
        language=settings.language,
        pages=dict(inquiry.config.urls),
    )


def find_steps(sequences: Mapping[str, Sequence], named: str) -> list[tuple[Sequence, Step]]:
    """Return the steps that a text names: "SEQUENCE/STEP", or all of "SEQUENCE". Raises UsageError.

    A step may be named by its key, its file, its number, or the end or beginning of its key; the sequence may be left
    out, or shortened, where that leaves no doubt.
    """
    whole = [(sequence, step) for sequence in sequences.values() for step in sequence.messages]
    first, _, last = named.strip("/").removeprefix("sequences/").partition("/")
    if not last and (sequence := _sequence(sequences, first)):
        return [(sequence, step) for step in sequence.messages]
    inside = _sequence(sequences, first) if last else None
    if last and inside is None:
        raise click.UsageError(f"no such sequence, found {first!r}; {instead_of(first, list(sequences))}")
    pool = [pair for pair in whole if inside in (None, pair[0])]
    found = _matching(pool, last or first)
    if len(found) == 1:
        return found
    keys = [step.key for _, step in pool]
    if found:
        several = ", ".join(f"{sequence.slug}/{step.key}" for sequence, step in found)
        raise click.UsageError(f"{named!r} may be several steps; write one of {several}")
    where = f"sequence {inside.slug!r}" if inside else "any sequence"
    known = [f"{sequence.slug}/{step.key}" for sequence, step in pool]
    near = instead_of(last, keys) if inside else instead_of(named, [*sequences, *known, *keys])
    raise click.UsageError(f"no such step in {where}, found {last or named!r}; {near}")


def find_step(sequences: Mapping[str, Sequence], named: str) -> tuple[Sequence, Step]:
    """Return the one step that a text names. Raises UsageError."""
    found = find_steps(sequences, named)
    if len(found) != 1:
        sequence = found[0][0] if found else None
        keys = ", ".join(f"{sequence.slug}/{step.key}" for _, step in found) if sequence else "none"
        raise click.UsageError(f"{named!r} is a whole sequence; write one of its steps: {keys}")
    return found[0]


def check_language(bench: Bench, step: Step, language: str) -> None:
    """Refuse a language in which a step is not there. Raises UsageError."""
    spoken = bench.studio.spoken(step)
    if language and language not in spoken and language.partition("-")[0] not in spoken:
        write = f"write {spoken[0]!r}" if len(spoken) == 1 else f"there are: {', '.join(spoken)}"
        file = step.message.file.removesuffix(".md")
        raise click.UsageError(f"step {step.key!r} is not there in {language!r}; {write}, or {file}.{language}.md")


def _sequence(sequences: Mapping[str, Sequence], name: str) -> Sequence | None:
    if name in sequences:
        return sequences[name]
    near = [slug for slug in sequences if slug.startswith(name) or slug.endswith(name)]
    return sequences[near[0]] if name and len(near) == 1 else None


def _matching(pool: list[tuple[Sequence, Step]], name: str) -> list[tuple[Sequence, Step]]:
    """Return the steps that a name fits, by the surest way in which it fits any."""
    bare = name.removesuffix(".md")
    ways = (
        lambda step, _: step.key == name,
        lambda step, _: step.message.file.removesuffix(".md") == bare,
        lambda _, number: name == str(number),
        lambda step, _: step.key.endswith(bare) or step.key.startswith(bare),
        lambda step, _: bare in step.key or bare in step.message.file,
    )
    for fits in ways:
        found = [pair for pair in pool if fits(pair[1], [step.key for step in pair[0].messages].index(pair[1].key) + 1)]
        if found:
            return found
    return []
