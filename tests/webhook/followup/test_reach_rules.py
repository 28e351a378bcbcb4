"""Ways through sequences that lead nowhere or round in circles, and tags that nobody gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.webhook.followup.test_mail_rules import found

if TYPE_CHECKING:
    from pathlib import Path

BEHIND_THE_END = """\
  - {key: end, stop: notes}
  - {key: more, note: Hello}
"""
BEHIND_WAYS_THAT_ALL_END = """\
  - key: fork
    split:
      a: {percent: 50, steps: [{key: end-a, stop: notes}]}
      b: {percent: 50, steps: [{key: end-b, stop: notes}, {key: late, note: Hello}]}
  - {key: more, note: Hello}
"""
BEHIND_A_CONDITION = """\
  - {key: end, only_if: downloaded, stop: notes}
  - {key: more, note: Hello}
"""
WHERE_SOME_GO_ON = """\
  - key: fork
    branch:
      a: {when: downloaded, steps: [{key: end, stop: notes}]}
  - {key: more, note: Hello}
"""


def sequences(**texts: str) -> dict[str, str]:
    return {f"sequences/{slug}/sequence.yml": text for slug, text in texts.items()}


@pytest.mark.parametrize(
    ("steps", "unreached"),
    [
        (BEHIND_THE_END, {"5:11": ("more", "end")}),
        (BEHIND_WAYS_THAT_ALL_END, {"7:65": ("late", "end-b"), "8:11": ("more", "fork")}),
        (BEHIND_A_CONDITION, {}),
        (WHERE_SOME_GO_ON, {}),
    ],
    ids=["behind the end", "behind ways that all end", "behind a condition", "where some go on"],
)
def test_steps_that_nobody_reaches_are_named(tmp_path: Path, steps: str, unreached: dict[str, tuple[str, str]]) -> None:
    files = sequences(notes=f"title: Notes\nenter: [{{magnet: checklist}}]\nsteps:\n{steps}")
    assert found(tmp_path, "sequence-reach", files) == [
        f"notes/sequence.yml:{place}: error: nobody reaches this step, found '{step}'; "
        f"write this step before '{end}', or a condition there"
        for place, (step, end) in unreached.items()
    ]


def starting(other: str, again: str) -> str:
    return f"title: One\nagain: {again}\nsteps:\n  - {{key: go, wait: 1 day, start: {other}}}\n"


def test_sequences_that_start_each_other_for_ever_are_a_circle(tmp_path: Path) -> None:
    files = sequences(notes=starting("news", "always"), news=starting("notes", "always"))
    (circle,) = found(tmp_path, "sequence-loop", files)
    assert circle == (
        "news/sequence.yml:4:35: error: a circle without an end, found news -> notes -> news; "
        "write 'again: after 90 days' in one of them"
    )
    files = sequences(notes=starting("news", "always"), news=starting("notes", "after 90 days"))
    assert found(tmp_path, "sequence-loop", files) == []


def test_a_sequence_that_begins_when_it_ends_is_a_circle_too(tmp_path: Path) -> None:
    text = "title: Notes\nagain: always\nenter: [{finished: notes}]\nsteps:\n  - {key: hello, note: Hello}\n"
    assert len(found(tmp_path, "sequence-loop", sequences(notes=text))) == 1


@pytest.mark.parametrize(("again", "count"), [("always", 1), ("after 90 days", 0)])
def test_what_is_true_for_a_time_does_not_bring_people_in_again_and_again(
    tmp_path: Path, again: str, count: int
) -> None:
    text = f"title: Notes\nagain: {again}\nenter: [{{when: downloaded}}]\nsteps:\n  - {{key: hello, note: Hello}}\n"
    findings = found(tmp_path, "sequence-loop", sequences(notes=text))
    assert len(findings) == count
    assert all(finding.startswith("notes/sequence.yml:3:9: error: whoever is in it") for finding in findings)


def tagging(entering: str, *more: str) -> dict[str, str]:
    steps = ["{key: tagged, tag: reader}", *more]
    lines = "".join(f"  - {step}\n" for step in steps)
    return sequences(notes=f"title: Notes\nenter: [{{tag: {entering}}}]\nsteps:\n{lines}")


def test_tags_that_no_step_gives_are_named_with_what_was_meant(tmp_path: Path) -> None:
    assert found(tmp_path, "sequence-tag", tagging("raeder")) == [
        "notes/sequence.yml:2:15: warning: no step puts this tag on anybody, found 'raeder'; write 'reader'"
    ]
    assert found(tmp_path, "sequence-tag", tagging("reader")) == []
    (finding,) = found(
        tmp_path, "sequence-tag", tagging("reader", "{key: some, only_if: 'tagged \"friend\"', note: A}")
    )
    assert finding.startswith("notes/sequence.yml:5:26: warning: no step puts this tag on anybody, found 'friend'")


NAMING = """\
title: Notes
enter: [{magnet: checklst}, {finished: nots}]
leave: [{downloaded: checklist}]
steps:
  - {key: on, start: nots}
  - {key: off, stop: notes}
"""


def test_misspelt_magnets_and_sequences_are_named_with_what_was_meant(tmp_path: Path) -> None:
    lines = found(tmp_path, "sequence-name", sequences(notes=NAMING))
    assert [line.split(": ", 1)[0] for line in lines] == [f"notes/sequence.yml:{at}" for at in ("2:18", "2:40", "5:22")]
    assert "no such magnet, found 'checklst'; write 'checklist'" in lines[0]
    assert all("no such sequence, found 'nots'; write 'notes'" in line for line in lines[1:])
