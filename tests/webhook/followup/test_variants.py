"""Languages and competing subjects: which text a lead gets, the same at every look, and what is kept of that."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from email import policy
from email.parser import BytesParser
from typing import TYPE_CHECKING

import pytest

from gatepost_site.findings import ContentError
from gatepost_site.magnets import load_magnets
from gatepost_webhook.followup.message import Message
from gatepost_webhook.followup.messages import step_subject
from gatepost_webhook.followup.sequences import load_sequences, sequence_from_source
from gatepost_webhook.followup.subjects import Subject, draw, evenly
from tests.webhook.followup.desk import SEQUENCE, Desk, write_project

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path

    from gatepost_webhook.channels.channel import Outgoing
    from gatepost_webhook.followup.steps import Sequence

GERMAN = "---\nsubject: Über das erste\nfallbacks:\n  first_name: du\n---\nHallo {{ first_name }}.\n"
COMPETING = "---\nsubjects:\n  plain: One thing\n  question: One thing, {{ first_name }}?\n---\nHi.\n"


def read(root: Path, **messages: str) -> Sequence:
    """Draw the small project with further messages beside the first: first_de is first.de.md."""
    project = write_project(root, **{name: text for name, text in messages.items() if "_" not in name})
    for name, text in messages.items():
        if "_" in name:
            (project.sequences / "after" / f"{name.replace('_', '.')}.md").write_text(text, encoding="utf-8")
    return load_sequences(project, load_magnets(project))["after"]


def findings(root: Path, **messages: str) -> list[str]:
    with pytest.raises(ContentError) as caught:
        read(root, **messages)
    return [str(finding).removeprefix("sequences/after/") for finding in caught.value.findings]


def take_over(desk: Desk, sequence: Sequence) -> Desk:
    return Desk(replace(desk.outfit, sequences={"after": sequence}), desk.channel, desk.clock)


def parsed(outgoing: Outgoing) -> EmailMessage:
    return BytesParser(policy=policy.default).parsebytes(outgoing.data)


def lead_in(desk: Desk, language: str) -> int:
    lead = desk.add_lead(f"{language or 'any'}@example.com")
    desk.sql("UPDATE submission SET language = :language WHERE id = :id", language=language, id=lead)
    desk.enrol(lead)
    return lead


@pytest.mark.parametrize(
    ("language", "subject", "spoken"),
    [
        ("de", "Über das erste", "de"),
        ("de-AT", "Über das erste", "de"),
        ("fr", "About first", "en"),
        ("", "About first", "en"),
    ],
)
def test_a_lead_gets_the_translation_of_their_language_and_the_footer_in_it(
    desk: Desk, tmp_path: Path, language: str, subject: str, spoken: str
) -> None:
    told = take_over(desk, read(tmp_path / "other", first_de=GERMAN))
    lead_in(told, language)
    [outgoing] = told.run(days=1)
    mail = parsed(outgoing)
    assert (mail["Subject"], mail["Content-Language"]) == (subject, spoken)
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert ("Hallo du." in text, "Abmelden" in text) == (spoken == "de", spoken == "de")
    [row] = told.sql("SELECT file, language FROM mail WHERE state = 'sent'")
    assert row == {"file": f"sequences/after/first{'.de' if spoken == 'de' else ''}.md", "language": spoken}


def test_a_text_that_says_no_language_keeps_the_footer_of_the_form(desk: Desk) -> None:
    lead_in(desk, "de")
    [outgoing] = desk.run(days=1)
    assert parsed(outgoing)["Content-Language"] == "de"


def test_a_translation_is_checked_like_its_original(tmp_path: Path) -> None:
    assert findings(tmp_path, first_de=GERMAN.replace("{{ first_name }}", "{{ nobody }}"))[0].startswith(
        "first.de.md:6:10: unknown value, found 'nobody'"
    )


def test_a_translation_is_in_another_language_than_its_original(tmp_path: Path) -> None:
    project = write_project(tmp_path, "language: de\n" + SEQUENCE)
    (project.sequences / "after" / "first.de.md").write_text(GERMAN, encoding="utf-8")
    with pytest.raises(
        ContentError, match=r"first\.de\.md:1:1: a translation into the language of its original, found"
    ):
        load_sequences(project, load_magnets(project))


def test_a_fallback_of_a_message_names_a_field_of_the_form(tmp_path: Path) -> None:
    assert findings(tmp_path, first_de=GERMAN.replace("  first_name", "  frist_name"))[0].startswith(
        "first.de.md:4:3: no form asks for this field, found 'frist_name'; write 'first_name'"
    )


def test_each_lead_gets_one_subject_and_what_was_chosen_is_kept(desk: Desk, tmp_path: Path) -> None:
    told = take_over(desk, read(tmp_path / "other", first=COMPETING))
    leads = [told.add_lead(f"lead{number}@example.com") for number in range(12)]
    for lead in leads:
        told.enrol(lead)
    sent = {outgoing.mail: parsed(outgoing) for outgoing in told.run(days=1)}
    rows = told.sql("SELECT id, lead_id, variant FROM mail WHERE state = 'sent'")
    assert {row["variant"] for row in rows} == {"plain", "question"}
    for row in rows:
        expected = {"plain": "One thing", "question": "One thing, there?"}[str(row["variant"])]
        assert sent[int(str(row["id"]))]["Subject"] == expected
        assert sent[int(str(row["id"]))]["Feedback-ID"].startswith(f"first.{row['variant']}:after:")
    told_of = [json.loads(str(row["detail"])) for row in told.sql("SELECT detail FROM event WHERE kind = 'sent'")]
    assert sorted((one["mail"], one["variant"]) for one in told_of) == sorted((r["id"], r["variant"]) for r in rows)


def test_the_draw_is_stable_follows_the_weights_and_differs_from_step_to_step() -> None:
    subjects = (Subject("a", "A", 80), Subject("b", "B", 20))
    drawn = [draw(subjects, lead, "after", "first").name for lead in range(10_000)]
    assert drawn == [draw(subjects, lead, "after", "first").name for lead in range(10_000)]
    assert 0.78 < Counter(drawn)["a"] / 10_000 < 0.82
    other = [draw(subjects, lead, "after", "second").name for lead in range(10_000)]
    both = sum(one == two == "b" for one, two in zip(drawn, other, strict=True))
    assert 250 < both < 550, "independent: 4 % of the leads"


def test_without_weights_subjects_share_alike() -> None:
    assert [evenly(count) for count in (2, 3, 5)] == [[50, 50], [34, 33, 33], [20] * 5]


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("subjects: {a: One}", "first.md:2:1: 'subjects': has one subject, which competes with nobody; write"),
        (
            "subjects:\n  - {name: a, subject: One, weight: 60}\n  - {name: b, subject: Two, weight: 60}",
            "first.md:2:1: 'subjects': has weights of 120 in all (60 + 60)",
        ),
        (
            "subjects:\n  - {name: a, subject: One}\n  - {name: a, subject: Two}",
            "first.md:2:1: 'subjects': has two subjects with one name",
        ),
        ("subject: A\nsubjects: {a: One, b: Two}", "first.md:2:1: 'subject' and 'subjects' stand side by side; write"),
        ("preheader: x", "first.md:2:1: key 'subject' is missing; write 'subject: Where to begin'"),
        ("subjects: {a: One, b: '{{ nobody }}'}", "first.md:2:"),
        ("subjects: {a: One, b: 'Re: Two'}", "first.md:2:"),
    ],
)
def test_a_mistake_in_subjects_is_named(tmp_path: Path, front: str, expected: str) -> None:
    assert findings(tmp_path, first=f"---\n{front}\n---\nHi.\n")[0].startswith(expected)


def test_a_value_in_a_subject_is_named_where_it_stands(tmp_path: Path) -> None:
    text = COMPETING.replace("{{ first_name }}", "{{ nobody }}")
    assert findings(tmp_path, first=text)[0].startswith("first.md:4:27: unknown value, found 'nobody'")


def test_translations_have_the_subjects_of_their_original(tmp_path: Path) -> None:
    assert findings(tmp_path, first=COMPETING, first_de=GERMAN)[0].startswith(
        "first.de.md:2:1: subjects are not those of first.md, found one alone; write plain: 50, question: 50"
    )


def test_a_stored_version_has_the_languages_and_the_subjects(tmp_path: Path) -> None:
    german = COMPETING.replace("One thing", "Eines")
    sequence = read(tmp_path, first=COMPETING, first_de=german)
    assert sequence_from_source(sequence.source) == sequence
    step = sequence.messages[0]
    assert step.message.in_language("de").named("question").subject == "Eines, {{ first_name }}?"


def test_a_plain_message_is_kept_as_it_was_before_there_were_languages() -> None:
    message = Message("first.md", "Subject", "Preheader", "Body")
    assert message.source == {"file": "first.md", "subject": "Subject", "preheader": "Preheader", "body": "Body"}


def test_a_timeline_shows_every_subject_that_competes(tmp_path: Path) -> None:
    sequence = read(tmp_path, first=COMPETING)
    assert step_subject(sequence, sequence.messages[0], {"first_name": ""}, "") == (
        "plain (50%): One thing | question (50%): One thing, there?"
    )
