"""What `gatepost check` says of mails: each rule at its place, and nothing of what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gatepost_site.audit.auditor import audit
from gatepost_site.plugin import inquire_site
from gatepost_webhook.commands.check import RULES
from tests.webhook.followup.desk import write_project

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
site_name: Example
site_url: https://example.com/
docs_dir: content
site_dir: public
theme: {name: null, custom_dir: theme}
plugins: [gatepost]
"""
MAGNET = """\
---
title: Die Checkliste
description: Alles, was Sie ansehen sollten, bevor Sie eine E-Mail senden, auf einer Seite.
consent: Ja, schicken Sie mir drei E-Mails.
fields:
  - {name: first_name, label: Vorname}
  - {name: company, label: Firma}
---
Nehmen Sie sie.
"""
GERMAN = "---\nsubject: Ja\n---\nJa.\n"


def found(root: Path, rule: str, files: dict[str, str], **messages: str) -> list[str]:
    write_project(root, **messages)
    given = {
        "mkdocs.yml": CONFIG,
        "theme/main.html": "",
        "content/index.md": "# Home\n",
        "content/guide/start.md": "# Start\n",
        **files,
    }
    for name, text in given.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    asked = [one for one in RULES if one.id == rule]
    return [
        str(one).removeprefix("sequences/").replace(": ", f": {one.severity}: ", 1)
        for one in audit(inquire_site(root), RULES, asked=asked).findings
    ]


@pytest.mark.parametrize(
    ("rule", "body", "expected"),
    [
        ("mail-picture", "![](/assets/a.png)", "after/first.md:4:5: warning: picture without words"),
        ("mail-picture", "![A tray](/assets/a.png)", ""),
        ("mail-insecure", "[a](http://example.org/)", "after/first.md:4:5: warning: link is not encrypted"),
        ("mail-insecure", "[a](https://example.org/)", ""),
        ("mail-link", "[a](/nothing/)", "after/first.md:4:5: error: link leads nowhere"),
        ("mail-link", "[a](/guide/start/) [b](https://example.com/get/checklist/) [c](/)", ""),
        ("mail-link", "[a](guide/start.md) [b](magnet:checklist) [c](https://example.org/x/)", ""),
        (
            "sequence",
            "[a](guide/strat.md)",
            "after/first.md:4:5: error: no such page, found 'guide/strat.md'; write 'guide/start.md'",
        ),
        ("sequence", "[a](/content/guide/start.md#part) [b](../../content/index.md)", ""),
        ("sequence", "[a](magnet:checklst)", "after/first.md:4:5: error: no such magnet"),
        ("mail-link", "[a](visit:/nothing/)", "after/first.md:4:5: error: link leads nowhere, found '/nothing/'"),
        ("mail-link", "[a](visit:/guide/start/) [b](visit:guide/start.md) [c](visit:https://example.org/)", ""),
        ("mail-insecure", "[a](visit:http://example.org/)", "after/first.md:4:5: warning: link is not encrypted"),
        (
            "sequence",
            "[a](visit:guide/strat.md)",
            "after/first.md:4:5: error: no such page, found 'visit:guide/strat.md'; write 'guide/start.md'",
        ),
        ("sequence", "[a](visit:magnet:checklst)", "after/first.md:4:5: error: no such magnet"),
        ("sequence", "[a](visit:)", "after/first.md:4:5: error: a link that may be noted leads to a page"),
        ("sequence", "[a](visit:mailto:a@example.org)", "after/first.md:4:5: error: a link that may be noted leads"),
        (
            "sequence",
            "Hello\n[a](visit:/{{ first_name }})",
            "after/first.md:5:5: error: a link that may be noted holds no values, found 'visit:/{{'; write where",
        ),
        ("sequence", "[a](visit:/guide/start/) [b](visit:magnet:checklist)", ""),
        ("sequence", "{{ nobody }}", "after/first.md:4:4: error: unknown value"),
        ("sequence", "![a](https://x.example/a.png)", "after/first.md:4:6: error: a mail shows pictures of its own"),
    ],
)
def test_a_text_is_judged(tmp_path: Path, rule: str, body: str, expected: str) -> None:
    findings = found(tmp_path, rule, {}, first=body)
    assert findings[0].startswith(expected) if expected else findings == []


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("mail-picture", '<img src="/a.png">', "_layout.html:3:1: warning: picture without words"),
        ("mail-picture", '<img src="/a.png" alt="">', ""),
        ("mail-link", '<a href="/nothing/">x</a>', "_layout.html:3:1: error: link leads nowhere"),
        (
            "sequence",
            "{% block footer %}{% endblock %}",
            "_layout.html:3:1: error: a mail in this layout would not show",
        ),
    ],
)
def test_the_layout_is_judged(tmp_path: Path, rule: str, text: str, expected: str) -> None:
    layout = '{% extends "gatepost.html" %}\n{% block brand %}\nX\n{% endblock %}'
    layout = layout.replace("X", text) if "block" not in text else f'{{% extends "gatepost.html" %}}\n\n{text}'
    findings = found(tmp_path, rule, {"sequences/_layout.html": layout})
    assert findings[0].startswith(expected) if expected else findings == []


def test_links_of_partials_and_translations_are_looked_at(tmp_path: Path) -> None:
    files = {
        "sequences/_partials/end.md": "[a](/nothing/)\n",
        "sequences/after/first.de.md": "---\nsubject: Ja\n---\n[a](/nichts/)\n",
    }
    findings = found(tmp_path, "mail-link", files)
    assert [one.partition(": ")[0] for one in findings] == ["_partials/end.md:1:5", "after/first.de.md:4:5"]


def test_a_subject_that_a_phone_cuts_off_is_worth_knowing(tmp_path: Path) -> None:
    long = "---\nsubject: {}\n---\nHi.\n"
    assert found(tmp_path, "mail-subject", {}, first=long.format("x" * 50)) == []
    [finding] = found(tmp_path, "mail-subject", {}, first=long.format("x" * 51))
    assert finding.startswith("after/first.md:2:1: information: subject is cut off on a phone, found 51 characters")


def test_a_translation_that_is_missing_is_named(tmp_path: Path) -> None:
    findings = found(tmp_path, "mail-translation", {"sequences/after/first.de.md": GERMAN})
    assert [one.partition(", found")[0] for one in findings] == [
        f"after/{name}.md:1:1: warning: message is not translated into a language of this sequence"
        for name in ("second", "third")
    ]


def test_a_magnet_that_is_translated_wants_its_sequence_to_be(tmp_path: Path) -> None:
    assert found(tmp_path / "one", "mail-translation", {}) == []
    magnet = {"magnets/checklist/magnet.de.md": MAGNET}
    assert len(found(tmp_path / "two", "mail-translation", magnet)) == 3
    all_there = {f"sequences/after/{name}.de.md": GERMAN for name in ("first", "second", "third")}
    assert found(tmp_path / "three", "mail-translation", {**magnet, **all_there}) == []


def test_a_mail_of_more_than_100_kb_is_named_with_its_size(tmp_path: Path) -> None:
    # Short, and long once its styles are in each element.
    [finding] = found(tmp_path, "sequence", {}, first="- [a](https://example.com/)\n" * 700)
    assert finding.startswith("after/first.md:4:1: error: the mail is too large, found ")
    assert "KB of HTML; write less, and a link to the rest: mail programs cut off what is over 100 KB" in finding


@pytest.mark.parametrize(
    ("file", "text", "place"),
    [
        ("after/sequence.yml", "title: A\nenter: [{visited: X}]\nsteps: [{key: a, message: first.md}]\n", "2:19"),
        ("after/sequence.yml", "title: A\nleave: [{visited: X}]\nsteps: [{key: a, message: first.md}]\n", "2:19"),
        (
            "after/sequence.yml",
            "title: A\nsteps: [{key: a, message: first.md, only_if: 'visited \"X\"'}]\n",
            "2:46",
        ),
        ("segments.yml", "segments:\n  x: {title: A, condition: 'not visited \"X\"'}\n", "2:28"),
        ("scores.yml", "rules: [{points: 1, event: visited, page: X}]\n", "1:43"),
        ("scores.yml", "rules: [{points: 1, condition: 'visited \"X\"'}]\n", "1:32"),
    ],
)
def test_a_visit_that_no_mail_can_note_is_named_wherever_it_is_asked_for(
    tmp_path: Path, file: str, text: str, place: str
) -> None:
    link = "[a](visit:/guide/start/)"
    wrong = {f"sequences/{file}": text.replace("X", "/guide/strat/")}
    assert found(tmp_path, "sequence-visit", wrong, first=link) == [
        f"{file}:{place}: warning: no mail can note a visit of this page, found '/guide/strat/'; write '/guide/start/'"
    ]
    right = {f"sequences/{file}": text.replace("X", "/guide/start/")}
    assert found(tmp_path, "sequence-visit", right, first=link) == []
