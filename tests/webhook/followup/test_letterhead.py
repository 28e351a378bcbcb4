"""A team's own layout: round every mail, and refused when a reader would not see what must be seen."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gatepost_site.findings import ContentError
from gatepost_site.project import Project
from gatepost_site.words.languages import Languages
from gatepost_webhook.followup.letterhead import KINDS, OWN, Letterhead
from gatepost_webhook.followup.letterhead_files import letterhead_in_force, read_letterhead
from gatepost_webhook.followup.messages import render_confirm
from tests.webhook.followup.letters import OCCASION

if TYPE_CHECKING:
    from pathlib import Path

    from tests.webhook.followup.desk import Desk

EXTENDING = """\
{% extends "gatepost.html" %}
{% block style %}.brand { color: #7a2e1d; }{% endblock %}
{% block brand %}<img src="/assets/logo.png" alt="Us"><a href="/">Home</a>{% endblock %}
{% block footer %}
FOOTER
{% endblock %}
"""
WHOLE = """\
<!doctype html>
<html lang="{{ language }}" dir="{{ direction }}"><head><title>{{ subject }}</title></head>
<body><h1>{{ site_name }}</h1>{{ content }}
<p>{{ why }}</p><p>{{ leave }}</p><p>{{ imprint }}</p></body></html>
"""


def project(root: Path, layout: str) -> Project:
    (root / "sequences").mkdir(exist_ok=True)
    (root / "sequences" / "_layout.html").write_text(layout, encoding="utf-8")
    return Project.at(root)


def findings(root: Path, layout: str) -> list[str]:
    try:
        read_letterhead(project(root, layout))
    except ContentError as error:
        return [str(finding).removeprefix("sequences/_layout.html:") for finding in error.findings]
    return []


def test_without_a_file_the_layout_is_ours(tmp_path: Path) -> None:
    assert read_letterhead(Project.at(tmp_path)) == OWN


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layout", [EXTENDING.replace("FOOTER", "{{ footer }}"), WHOLE], ids=["extending", "whole"])
def test_a_layout_is_round_every_kind_of_mail(tmp_path: Path, layout: str, kind: str) -> None:
    letterhead = read_letterhead(project(tmp_path, layout))
    html = render_confirm(replace(OCCASION, kind=kind, letterhead=letterhead), "https://x.example/c/t").html
    assert "https://x.example/c/t" in html
    assert OCCASION.unsubscribe_url in html
    assert OCCASION.postal_address in html
    assert not re.search(r"[\ue000-\ue003]|\{\{|\{%", html)


def test_what_a_layout_changes_is_seen_and_its_addresses_are_those_of_the_site() -> None:
    shell = Letterhead(EXTENDING.replace("FOOTER", "{{ footer }}"))
    html = shell.shell("<p>Hi</p>", "drip", Languages().words("en"), "https://example.org/sub/")
    assert '<img src="https://example.org/sub/assets/logo.png" alt="Us">' in html
    assert '<a href="https://example.org/sub/">Home</a>' in html
    assert re.search(r'class="brand" style="[^"]*color: #7a2e1d', html)


@pytest.mark.parametrize(
    ("footer", "expected"),
    [
        ("{{ why }} {{ imprint }}", ["4:1: a mail in this layout would not show the link to unsubscribe; write"]),
        ("{{ leave }} {{ why }}", ["4:1: a mail in this layout would not show the postal address; write"]),
        ("{{ leave }} {{ imprint }}", ["4:1: a mail in this layout would not show why somebody gets it; write"]),
        ('<div style="display:none">{{ footer }}</div>', ["4:1:", "4:1:", "4:1:"]),
        ('<div hidden><br><p>x</p>{{ footer }}</div>', ["4:1:", "4:1:", "4:1:"]),
        ("<!-- {{ footer }} -->", ["4:1:", "4:1:", "4:1:"]),
        ('{% if kind == "drip" %}{{ footer }}{% endif %}', ["4:1:", "4:1:", "4:1:"]),
        ("{{ super() }}", []),
    ],
)  # fmt: skip
def test_what_must_be_seen_cannot_be_lost(tmp_path: Path, footer: str, expected: list[str]) -> None:
    found = findings(tmp_path, EXTENDING.replace("FOOTER", footer))
    assert len(found) == len(expected)
    assert all(one.startswith(start) for one, start in zip(found, expected, strict=True))


def test_a_style_sheet_cannot_hide_the_footer(tmp_path: Path) -> None:
    layout = EXTENDING.replace("FOOTER", "{{ footer }}").replace(".brand {", ".footer { display: none } .brand {")
    assert len(findings(tmp_path, layout)) == 3


@pytest.mark.parametrize(
    ("layout", "expected"),
    [
        ("  \n", "1:1: the layout is empty"),
        (WHOLE.replace("{{ content }}", ""), "1:1: a mail in this layout would not show the message; write"),
        (WHOLE.replace("site_name", "sitename"), "3:14: unknown value, found 'sitename'; write 'site_name'"),
        (WHOLE + "{% if %}", "5:1: not a template"),
        (WHOLE + "{% include 'x.html' %}", "1:1: a layout takes in no file but ours, found 'x.html'"),
        (WHOLE + "{{ ''.__class__.__mro__ }}", "1:1: the layout cannot be rendered"),
        (WHOLE + "<script>x</script>", "5:1: mail programs do not show this element, found '<script>'"),
        (WHOLE + '<p onclick="x">', "5:1: nothing runs in a mail, found 'onclick'"),
        (WHOLE + '<img src="https://track.example/o.gif">', "5:1: a mail shows pictures of its own site only"),
        (WHOLE + '<img src="//track.example/o.gif">', "5:1: a mail shows pictures of its own site only"),
        (WHOLE + "<style>@import 'x.css';</style>", "5:8: a mail fetches nothing from elsewhere, found '@import'"),
        (WHOLE + '<p style="background: url(https://x.example/o)">', "5:23: a mail fetches nothing from elsewhere"),
        (WHOLE + '<a href="javascript:x">y</a>', "5:1: a link leads nowhere from a mail, found 'javascript:x'"),
    ],
)
def test_a_mistake_in_a_layout_is_named_with_its_place(tmp_path: Path, layout: str, expected: str) -> None:
    assert findings(tmp_path, layout)[0].startswith(expected)


def test_as_long_as_a_layout_is_broken_the_one_before_it_stays(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = read_letterhead(project(tmp_path, WHOLE))
    assert letterhead_in_force(project(tmp_path, "<p>{{ content }}</p>"), before) == before
    assert "_layout.html is broken, the layout before it stays in force" in caplog.text


def test_a_layout_is_a_file_of_the_sequences(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.html").write_text(WHOLE, encoding="utf-8")
    (tmp_path / "site" / "sequences").mkdir(parents=True)
    (tmp_path / "site" / "sequences" / "_layout.html").symlink_to(tmp_path / "elsewhere.html")
    with pytest.raises(ContentError, match="the layout is outside sequences/"):
        read_letterhead(Project.at(tmp_path / "site"))


def test_a_running_worker_takes_an_edited_layout_over(desk: Desk) -> None:
    layout = desk.outfit.project.sequences / "_layout.html"
    desk.enrol(desk.add_lead("first@example.com"))
    [before] = desk.run(days=1)
    layout.write_text(WHOLE.replace("{{ content }}", "<h2>Ours</h2>{{ content }}"), encoding="utf-8")
    # Two looks that see the same: nothing half saved is ever in force.
    desk.run()
    desk.run()
    desk.enrol(desk.add_lead("second@example.com"))
    [after] = desk.run(days=1)
    assert b"<h2>Ours</h2>" not in before.data
    assert b"<h2>Ours</h2>" in after.data
    assert b"<h2>Ours</h2>" not in after.data.partition(b"text/html")[0], "the text part is without a layout"
