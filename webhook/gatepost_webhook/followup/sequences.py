"""sequences/ as objects: one folder a follow-up, its steps in sequence.yml and one Markdown file a message."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gatepost_site.documents import read_yaml, shown, suggestion
from gatepost_site.findings import ContentError, Finding
from gatepost_site.translations import original_of
from gatepost_webhook.followup.durations import say_duration
from gatepost_webhook.followup.formats import HELD_SECONDS, SequenceMeta
from gatepost_webhook.followup.letterhead import OWN
from gatepost_webhook.followup.letterhead_files import read_letterhead
from gatepost_webhook.followup.message_files import MessageFiles, read_message
from gatepost_webhook.followup.outline import conditions_in, steps_in, way_findings
from gatepost_webhook.followup.positions import Positions
from gatepost_webhook.followup.proofreading import Known, trial_findings
from gatepost_webhook.followup.rule_files import read_rules
from gatepost_webhook.followup.steps import Message, Sequence, Step, sequence_from_source
from gatepost_webhook.followup.topics import load_topics, topic_findings
from gatepost_webhook.followup.waits import say_wait
from gatepost_webhook.leads.known import Known as Names
from gatepost_webhook.leads.segments import conditions_of, load_segments, named_by

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Sequence as Row
    from pathlib import Path

    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Project
    from gatepost_webhook.followup.formats import StepMeta, WayMeta
    from gatepost_webhook.followup.letterhead import Letterhead
    from gatepost_webhook.followup.outline import Place
    from gatepost_webhook.followup.rules import Rules
    from gatepost_webhook.leads.conditions import Condition

__all__ = ["Message", "Sequence", "Step", "load_sequence", "load_sequences", "sequence_from_source"]


def load_sequences(project: Project, magnets: Mapping[str, Magnet]) -> dict[str, Sequence]:
    """Read every sequence of a project, by slug. Raises ContentError with all mistakes of all sequences."""
    sequences: dict[str, Sequence] = {}
    findings: list[Finding] = []
    for path in sorted(project.sequences.glob("*/sequence.yml")) if project.sequences.is_dir() else []:
        try:
            sequence = load_sequence(path, project, magnets)
        except ContentError as error:
            findings += error.findings
            continue
        sequences[sequence.slug] = sequence
    try:
        read_letterhead(project)
        load_topics(project)
    except ContentError as error:
        findings += error.findings
    if findings:
        raise ContentError(findings)
    return sequences


def load_sequence(path: Path, project: Project, magnets: Mapping[str, Magnet]) -> Sequence:
    """Read one sequence.yml and its messages. Raises ContentError with all mistakes."""
    known = Known.of(path.parent.name, magnets)
    try:
        meta = read_yaml(path, SequenceMeta, root=project.root)
    except ContentError as error:
        raise ContentError([*error.findings, *_all_messages(path.parent, project, known)]) from error
    positions = Positions.of(path, project.root)
    segments = _segments(meta, project)
    rules, rule_mistakes = read_rules(meta, positions, project)
    findings = [
        *rule_mistakes,
        *_key_findings(meta, positions),
        *way_findings(meta, positions),
        *_field_findings(meta, positions, known),
        *_name_findings(meta, positions, path, magnets, segments),
        *topic_findings(meta.topic, positions, project),
    ]
    files: dict[str, MessageFiles] = {}
    for where, step in steps_in(meta):
        if step.message is None:
            continue
        try:
            _check_place(path.parent, step.message, project, positions, where)
            files[step.message] = read_message(path.parent, step.message, project, language=meta.language)
        except ContentError as error:
            findings += error.findings
            continue
        findings += files[step.message].findings(known, meta.fallbacks)
    if findings:
        raise ContentError(findings)
    sequence = _built(path.parent.name, meta, files, segments, rules)
    if findings := trial_findings(sequence, files, known, _letterhead(project)):
        raise ContentError(findings)
    return sequence


def _letterhead(project: Project) -> Letterhead:
    """Return the layout in which messages are tried; what is wrong with a team's own is said by itself."""
    try:
        return read_letterhead(project)
    except ContentError:
        return OWN


def _built(
    slug: str,
    meta: SequenceMeta,
    files: Mapping[str, MessageFiles],
    segments: Mapping[str, Condition],
    rules: Rules,
) -> Sequence:
    steps = _steps(meta.steps, files)
    data: dict[str, Any] = {"slug": slug, "title": meta.title, "fallbacks": meta.fallbacks, "steps": steps}
    if meta.assume_delivered_after != HELD_SECONDS:
        data["assume_delivered_after"] = say_duration(meta.assume_delivered_after)
    if said := rules.data:
        data["rules"] = said
    if named := named_by((condition for _, condition in conditions_in(meta)), segments):
        # A version keeps what its segments meant: an edited segment is an edited sequence.
        data["segments"] = {name: str(condition) for name, condition in named.items()}
    # Left out when there is none: so a sequence that never had one is the same version as before.
    data |= {"topic": meta.topic} if meta.topic else {}
    return sequence_from_source(json.dumps(data, ensure_ascii=False, sort_keys=True))


def _steps(steps: Row[StepMeta], files: Mapping[str, MessageFiles]) -> list[dict[str, Any]]:
    return [
        {
            "key": step.key,
            "wait": say_wait(step.wait),
            "only_if": [str(condition) for condition in step.only_if],
            "max_late": say_duration(step.max_late),
            **_former_keys(step),
            **_action(step, files),
        }
        for step in steps
    ]


def _former_keys(step: StepMeta) -> dict[str, Any]:
    """Return what is kept of a step's former keys: one is a text, as it was before there could be several."""
    names = step.renamed_from
    return {"renamed_from": names[0] if len(names) == 1 else list(names)} if names else {}


def _action(step: StepMeta, files: Mapping[str, MessageFiles]) -> dict[str, Any]:
    if step.message is not None:
        return {"message": files[step.message].message.source}
    if ways := step.ways:
        return {step.kind: [_way(name, way, files) for name, way in ways.items()]}
    return {step.kind: getattr(step, step.kind)} if step.kind else {}


def _way(name: str, way: WayMeta, files: Mapping[str, MessageFiles]) -> dict[str, Any]:
    return {
        "name": name,
        "when": [str(condition) for condition in way.when],
        "percent": way.percent,
        "steps": _steps(way.steps, files),
    }


def _segments(meta: SequenceMeta, project: Project) -> dict[str, Condition]:
    """Return the project's segments when a condition names any; a broken file breaks only who needs it."""
    if any(condition.names("segment") for _, condition in conditions_in(meta)):
        return conditions_of(load_segments(project))
    return {}


def _name_findings(
    meta: SequenceMeta, positions: Positions, path: Path, magnets: Mapping[str, Magnet], segments: Mapping[str, object]
) -> Iterator[Finding]:
    """Name the magnets, sequences and segments in conditions of which there are none."""
    folders = (found.parent.name for found in path.parent.parent.glob("*/sequence.yml"))
    names = Names.of(magnets.values(), sequences=folders, segments=segments)
    for where, condition in conditions_in(meta):
        for wrong in names.misnomers(condition):
            if wrong.kind != "field":
                line, column = positions.of_word(path, where, wrong.place)
                yield Finding(positions.file, line, column, wrong.what, f"'{wrong.name}'", wrong.write)


def _key_findings(meta: SequenceMeta, positions: Positions) -> list[Finding]:
    keys: set[str] = set()
    findings = []
    for where, step in steps_in(meta):
        if step.key in keys:
            findings.append(
                positions.finding((*where, "key"), "two steps with one key", f"'{step.key}'", "another key")
            )
        keys.add(step.key)
    return findings


def _check_place(folder: Path, name: str, project: Project, positions: Positions, step: Place) -> None:
    where = (*step, "message")
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        write = "a file in the sequence's folder"
        raise ContentError([positions.finding(where, "message is outside the sequence", f"'{name}'", write)])
    if not path.is_file():
        write = f"the name of a file in {shown(folder, project.root)}/"
        raise ContentError([positions.finding(where, "no such file", f"'{name}'", write)])


def _all_messages(folder: Path, project: Project, known: Known) -> list[Finding]:
    """Check the messages of a sequence whose sequence.yml is broken, so that all mistakes come at once."""
    findings: list[Finding] = []
    for path in sorted(folder.glob("*.md")):
        if original_of(path.name)[1] and (folder / original_of(path.name)[0]).is_file():
            continue  # Read with its original.
        try:
            files = read_message(folder, path.name, project, language="")
        except ContentError as error:
            findings += error.findings
            continue
        # Which fallbacks there are is not known, so every field counts as having one.
        findings += files.findings(known, dict.fromkeys(known.fields, ""))
    return findings


def _field_findings(meta: SequenceMeta, positions: Positions, known: Known) -> list[Finding]:
    """Name the fields that no form asks for, in conditions and in fallbacks."""
    if not known.fields:
        return []
    findings = []
    for where, condition in conditions_in(meta):
        for name in set(condition.names("field")) - known.fields:
            write = suggestion(name, sorted(known.fields))
            findings.append(positions.finding(where, "no form asks for this field", f"'{name}'", write))
    for name in meta.fallbacks:
        if name not in known.fields:
            write = suggestion(name, sorted(known.fields))
            findings.append(positions.finding(("fallbacks", name), "no form asks for this field", f"'{name}'", write))
    return findings
