"""What the documentation shows of sequences in part is executed too: fragments in a sequence, examples of tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from gatepost_site.documents import load_yaml
from gatepost_site.magnets import load_magnets
from gatepost_site.project import Project
from gatepost_webhook.followup.personas import Persona, PersonaEvent, PersonaMeta
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.followup.simulate import simulate
from gatepost_webhook.foresight.expectations import ExpectMeta, TrialMeta
from gatepost_webhook.leads.segments import ExampleMeta, SegmentMeta
from tests.acceptance.documentation import DOCS, blocks, table

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import BaseModel

    from gatepost_webhook.followup.steps import Sequence
    from tests.acceptance.documentation import Block

START = 1_795_338_000
STEP = "  - key: last\n    message: last.md\n"
MAGNET = """\
---
kind: checklist
title: The checklist
description: A one-page checklist for whoever looks after the machine in your office.
file: checklist.pdf
sequence: one
consent: Yes, send me three short mails about it.
fields:
  - {name: first_name, label: First name}
  - {name: company, label: Company}
  - {name: machine, label: Machine}
---
Twelve steps.
"""
SEGMENTS = "segments:\n" + "".join(
    f"  {name}: {{title: x, condition: downloaded}}\n" for name in ("engaged", "customers")
)
TOPICS = "topics: {nurturing: {title: Nurturing}}\n"
FRAGMENTS = [one for one in blocks(DOCS / "sequences.md") if one.language == "yaml" and not one.title]
SUBJECTS = [one for one in blocks(DOCS / "messages.md") if one.language == "yaml" and not one.title]
BODIES = [
    one
    for page in ("sequences.md", "messages.md")
    for one in blocks(DOCS / page)
    if one.language == "markdown" and not one.title
]
#: (heading of a table, how its example stands in a sequence.yml)
WITHIN = {
    "Keys": "{key}: {example}\nsteps:\n" + STEP,
    "Steps": "steps:\n  - {{{rest}{key}: {example}}}\n",
    "Coming in": "enter:\n  - {{{rest}{key}: {example}}}\nsteps:\n" + STEP,
    "Leaving": "leave:\n  - {{{key}: {example}}}\nsteps:\n" + STEP,
    "Windows": "window: {{{key}: {example}}}\nsteps:\n" + STEP,
}
#: What an example needs beside it, to be one.
BESIDE = {
    ("Steps", "key"): "note: x, ",
    **{("Steps", key): "key: x, note: x, " for key in ("wait", "only_if", "max_late", "renamed_from")},
    **{("Coming in", key): "webinar: live-demo, " for key in ("before", "after")},
    ("Coming in", "webinar"): "before: 2 days, ",
}
#: (page, heading, the model that reads it, what it must have besides)
MODELS: list[tuple[str, str, type[BaseModel], dict[str, Any]]] = [
    ("sequences.md", "Personas", PersonaMeta, {}),
    ("sequences.md", "What a persona does", PersonaEvent, {"after": "1 day", "event": "downloaded"}),
    ("rehearsing.md", "Keys of a test", TrialMeta, {"name": "x"}),
    ("rehearsing.md", "What is expected", ExpectMeta, {"step": "x"}),
    ("segments.md", "Keys of a segment", SegmentMeta, {"title": "x", "condition": "downloaded"}),
    ("segments.md", "Keys of an example", ExampleMeta, {"expected": "in"}),
]


def examples(page: str, heading: str) -> list[tuple[str, str]]:
    """Return (key, example) of a table; what is shown elsewhere is executed there."""
    return [(key, row[-2].strip("`")) for key, row in table(DOCS / page, heading).items() if row[-2].startswith("`")]


def load(root: Path, text: str, message: str = "---\nsubject: One\n---\nHello.\n") -> Sequence:
    """Load a sequence with this text, and with a message wherever it names one."""
    text = text if re.search("^title:", text, re.MULTILINE) else f"title: One\n{text}"
    folder = root / "sequences" / "one"
    folder.mkdir(parents=True)
    (folder / "sequence.yml").write_text(text, encoding="utf-8")
    for name in re.findall(r"message: ([\w.-]+)", text):
        (folder / name).write_text(message, encoding="utf-8")
    for name, content in (("segments.yml", SEGMENTS), ("topics.yml", TOPICS), ("holidays.yml", "2026-12-25: x\n")):
        (root / "sequences" / name).write_text(content, encoding="utf-8")
    magnet = root / "magnets" / "descaling-checklist"
    magnet.mkdir(parents=True)
    (magnet / "magnet.md").write_text(MAGNET, encoding="utf-8")
    (magnet / "checklist.pdf").write_bytes(b"%PDF-1.7\n")
    project = Project.at(root)
    return load_sequences(project, load_magnets(project))["one"]


@pytest.mark.parametrize("fragment", FRAGMENTS, ids=str)
def test_a_fragment_of_a_sequence_goes_through_to_its_end(fragment: Block, tmp_path: Path) -> None:
    is_step = fragment.text.startswith("- key:")
    sequence = load(tmp_path, f"steps:\n{fragment.text}" if is_step else f"{fragment.text}steps:\n{STEP}")
    for fields in ({}, {"machine": "Bean to cup"}):
        rows = simulate(sequence, Persona("anna@example.com", fields), START, 400)
        assert rows[-1].action in {"finished", "stopped"}
        assert "sent" in {row.action for row in rows} or any(trigger.kind == "date" for trigger in sequence.rules.leave)


@pytest.mark.parametrize("shown", SUBJECTS, ids=str)
def test_competing_subjects_are_read_as_shown(shown: Block, tmp_path: Path) -> None:
    sequence = load(tmp_path, f"steps:\n{STEP}", f"---\n{shown.text}---\nHello.\n")
    assert sum(one.weight for one in sequence.messages[0].message.subjects) == 100


@pytest.mark.parametrize("shown", BODIES, ids=str)
def test_a_fragment_of_a_message_can_be_sent(shown: Block, tmp_path: Path) -> None:
    load(tmp_path, f"steps:\n{STEP}", f"---\nsubject: One\n---\n{shown.text}")


@pytest.mark.parametrize(("heading", "text"), WITHIN.items(), ids=WITHIN)
def test_the_example_of_each_key_can_be_loaded(heading: str, text: str, tmp_path: Path) -> None:
    for key, example in examples("sequences.md", heading):
        rest = BESIDE.get((heading, key), "key: x, " if heading == "Steps" else "")
        load(tmp_path / key, text.format(key=key, example=example, rest=rest))


@pytest.mark.parametrize(
    ("page", "heading", "model", "besides"), MODELS, ids=lambda value: getattr(value, "__name__", "")
)
def test_the_example_of_each_key_of_a_test_a_persona_and_a_segment_is_read(
    page: str, heading: str, model: type[BaseModel], besides: dict[str, Any]
) -> None:
    for key, example in examples(page, heading):
        value = load_yaml(f"{key}: {example}\n", "example", first_line=1)
        model.model_validate({**besides, **value})
