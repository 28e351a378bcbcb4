"""What is wrong with a sequence's files is said at once, with its place and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from gatepost_site.findings import ContentError
from gatepost_site.magnets import load_magnets
from gatepost_site.project import Project
from gatepost_webhook.followup.sequences import load_sequences, sequence_from_source
from tests.webhook.followup.desk import MAGNET, SEQUENCE, write_project

REPOSITORY = Path(__file__).parents[3]


def findings(root: Path, sequence: str = SEQUENCE, **messages: str) -> list[str]:
    project = write_project(root, sequence, **messages)
    magnets = load_magnets(project)
    try:
        load_sequences(project, magnets)
    except ContentError as error:
        return [str(finding).removeprefix("sequences/after/") for finding in error.findings]
    return []


def test_the_drawn_sequence_has_no_finding(tmp_path: Path) -> None:
    assert findings(tmp_path) == []


def test_the_example_sequence_is_sound() -> None:
    project = Project.at(REPOSITORY)
    sequences = load_sequences(project, load_magnets(project))
    assert [step.wait // 86_400 for step in sequences["nurturing-playbook"].steps] == [1, 3, 3, 3, 4]


def test_every_mistake_of_a_sequence_is_named_at_once(tmp_path: Path) -> None:
    broken = """\
title: After
fallbacks:
  frist_name: there
steps:
  - key: first
    wait: 1 day
    message: first.md
  - key: first
    wait: 1 day
    only_if: [downloaded, compny is set]
    message: zecond.md
  - key: third
    wait: 1 day
    message: ../../magnets/checklist/magnet.md
"""
    assert findings(tmp_path, broken, first="Hello.") == [
        "sequence.yml:3:15: no form asks for this field, found 'frist_name'; write 'first_name'",
        "sequence.yml:8:10: two steps with one key, found 'first'; write another key",
        "sequence.yml:10:27: no form asks for this field, found 'compny'; write 'company'",
        "sequence.yml:11:14: no such file, found 'zecond.md'; write the name of a file in sequences/after/",
        (
            "sequence.yml:14:14: message is outside the sequence, found '../../magnets/checklist/magnet.md'; "
            "write a file in the sequence's folder"
        ),
    ]


def test_a_broken_format_is_named_beside_the_mistakes_of_the_messages(tmp_path: Path) -> None:
    broken = SEQUENCE.replace("1 day", "soon").replace("title", "titel").replace("key: third", "key: Third_Step")
    assert findings(tmp_path, broken, first="{{ frist_name }}") == [
        "first.md:4:4: unknown value, found 'frist_name'; write 'first_name'",
        "sequence.yml:1:1: key 'title' is missing; write 'title: After the checklist'",
        "sequence.yml:1:1: unknown key, found 'titel'; write 'title'",
        (
            "sequence.yml:6:5: 'steps.0.wait': is not a duration, found 'soon'; "
            "write a number and minutes, hours, days or weeks, as in '3 days'"
        ),
        "sequence.yml:12:5: 'steps.2.key': is not a key, found 'Third_Step'; write 'third-step'",
    ]


@pytest.mark.parametrize(
    ("wait", "found"),
    [("3", "3"), ("'3 das'", "'3 das'"), ("-1 day", "'-1 day'"), ("1.5 days", "'1.5 days'"), ("true", "True")],
)
def test_a_wait_that_is_no_duration_is_refused(tmp_path: Path, wait: str, found: str) -> None:
    assert findings(tmp_path, SEQUENCE.replace("1 day", wait)) == [
        (
            f"sequence.yml:6:5: 'steps.0.wait': is not a duration, found {found}; "
            "write a number and minutes, hours, days or weeks, as in '3 days'"
        )
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Hi\n\n{{ frist_name }}", "6:4: unknown value, found 'frist_name'; write 'first_name'"),
        ("{{ first_name", "4:1: a value's braces are not closed; write two on either side, as in '{{ first_name }}'"),
        (
            "Hi {{ first_name }.",
            "4:4: a value's braces are not closed; write two on either side, as in '{{ first_name }}'",
        ),
        ("{% if company %}Hi", "4:1: 'if' is opened and not closed; write '{% endif %}' after what belongs to it"),
        ("{% unless x %}", "4:1: there is no 'unless'; write one of if, elif, else, endif, for, endfor, include"),
        ("{% if company %}{{ company }}{% endif %}", ""),
        ("{{ company or 'you' }} {{ company | default('you') }} {{ company if company else 'you' }}", ""),
        (
            "{% if first_name %}{{ company }}{% endif %}",
            (
                "4:23: a value that may be missing has no fallback, found 'company'; "
                "write 'company: ...' under 'fallbacks' in sequence.yml"
            ),
        ),
        ("{% for x in ['a', 'b'] %}{{ x }}{% endfor %}", ""),
        (
            "{% for x in first_name %}{{ x }}{% endfor %}",
            (
                "4:1: for goes over a written list, found '{% for x in first_name %}{{ x }}{% en...'; "
                "write for x in ['a', 'b']"
            ),
        ),
        ("{{ first_name | uper }}", "4:17: unknown filter, found 'uper'; write 'upper'"),
        (
            "{{ first_name.__class__ }}",
            (
                "4:1: a message computes nothing, found '{{ first_name.__class__ }}'; "
                "write values, if, for over a written list, include and filters"
            ),
        ),
        (
            "a\n{% set x = 1 %}",
            (
                "5:1: a message computes nothing, found '{% set x = 1 %}'; "
                "write values, if, for over a written list, include and filters"
            ),
        ),
        ("", "4:1: the message is empty; write what the mail says"),
        ("x" * 20_001, "4:1: the message is too long, found 20002 characters; write at most 20000, and a link"),
        (
            "a ![x](y.png)",
            "4:8: a mail shows pictures of its own site only, found 'y.png'; write '/assets/...': a file of content/",
        ),
        ("a <b>c</b> `<b>`", "4:3: HTML is shown as it is written, found '<b>'; write Markdown"),
        (
            "[a](/ok/) [b](https://example.com) [c](mailto:c@example.com) [d]({{ download_url }})\n[e](page/)",
            (
                "5:5: a link leads nowhere from a mail, found 'page/'; "
                "write '/page/' for a page of the site, or an address with https:// or mailto:"
            ),
        ),
        (
            "[a](javascript:x)",
            "4:5: a link leads nowhere from a mail, found 'javascript:x'; write an address with https:// or mailto:",
        ),
    ],
)
def test_a_mistake_in_a_message_is_named_with_its_place(tmp_path: Path, body: str, expected: str) -> None:
    assert findings(tmp_path, first=body) == ([f"first.md:{expected}"] if expected else [])


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        (
            "subject: |\n  two\n  lines",
            "first.md:2:1: 'subject': has a line break, found 'two\\nlines\\n'; write one line",
        ),
        (
            "subject: 'Re: your question'",
            (
                "first.md:2:1: 'subject': begins like a reply, which it is not, found 'Re: your question'; "
                "write what the mail is about"
            ),
        ),
        (
            "subject: A\ncolour: red",
            "first.md:3:1: unknown key, found 'colour'; write one of subject, subjects, preheader, fallbacks",
        ),
        ("preheader: A", "first.md:2:1: key 'subject' is missing; write 'subject: Where to begin'"),
        ("subject: For {{ site }}", "first.md:2:17: unknown value, found 'site'; write 'site_name'"),
    ],
)
def test_a_mistake_in_the_front_matter_is_named(tmp_path: Path, front: str, expected: str) -> None:
    found = findings(tmp_path, first=f"---\n{front}\n---\nHello.\n")
    assert found == [expected]


def test_a_field_that_every_form_requires_needs_no_fallback(tmp_path: Path) -> None:
    project = write_project(tmp_path, first="For {{ company }}.")
    required = MAGNET.replace("{name: company, label: Company}", "{name: company, label: Company, required: true}")
    (tmp_path / "magnets" / "checklist" / "magnet.md").write_text(required, encoding="utf-8")
    assert list(load_sequences(project, load_magnets(project))) == ["after"]


def test_a_sequence_is_the_same_after_a_stay_in_the_store(tmp_path: Path) -> None:
    project = write_project(tmp_path)
    sequence = load_sequences(project, load_magnets(project))["after"]
    again = sequence_from_source(sequence.source)
    assert again == sequence
    assert again.version == sequence.version


def test_the_version_follows_what_is_said_and_not_how_the_file_looks(tmp_path: Path) -> None:
    def version(sequence: str, **messages: str) -> str:
        project = write_project(tmp_path, sequence, **messages)
        return load_sequences(project, load_magnets(project))["after"].version

    assert version("# A comment.\n" + SEQUENCE) == version(SEQUENCE)
    assert version(SEQUENCE, third="Another text.") != version(SEQUENCE)
    assert version(SEQUENCE.replace("1 day", "2 days")) != version(SEQUENCE)
