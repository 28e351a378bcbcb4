"""A site weighs the rules as it likes, for all files or some, in mkdocs.yml or where the matter stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.site.audit.conftest import look
from tests.site.conftest import CONFIG

if TYPE_CHECKING:
    from tests.site.audit.conftest import Ask, Draw

BAD = "# One\n\n[x](gone.md)\n"


def chosen(check: str) -> str:
    return CONFIG.replace("  - gatepost", f"  - gatepost:\n      check:\n        {check}")


@pytest.mark.parametrize(
    ("check", "severities"),
    [
        ("dead-link: warning", {"warning"}),
        ("dead-link: {severity: information}", {"information"}),
        ("dead-link: off", set()),
        ("dead-link: {severity: 'off'}", set()),
        ("dead-link: {ignore: ['content/*.md']}", set()),
        ("dead-link: {ignore: ['content/b.md']}", {"error"}),
        ("dead-image: off", {"error"}),
    ],
)
def test_a_rule_matters_as_much_as_the_site_says(draw: Draw, check: str, severities: set[str]) -> None:
    drawn = draw({"mkdocs.yml": chosen(check), "content/a.md": BAD})
    assert {finding.severity for finding in look(drawn, "dead-link").findings} == severities


@pytest.mark.parametrize(
    ("check", "message"),
    [
        ("dead-lnk: off", "mkdocs.yml:11:9: check: no such rule, found 'dead-lnk'; write 'dead-link'"),
        ("dead-link: warn", "mkdocs.yml:11:9: check: no such severity, found 'warn'; write 'warning'"),
        ("dead-link: {severty: off}", "mkdocs.yml:11:21: check: no such key, found 'severty'; write 'severity'"),
        (
            "dead-link: {ignore: a.md}",
            "mkdocs.yml:11:21: check: 'ignore' is no list, found 'a.md'; write 'ignore: [a.md]'",
        ),
        (
            "leak: off",
            (
                "mkdocs.yml:11:9: check: a build stops at this rule, always, found 'leak'; "
                "write nothing, and mend what it finds"
            ),
        ),
    ],
)
def test_a_wrong_choice_is_an_error_with_its_line(draw: Draw, check: str, message: str) -> None:
    found = look(draw({"mkdocs.yml": chosen(check)}), "dead-link").findings
    assert [(str(finding), finding.rule, finding.severity) for finding in found] == [(message, "config", "error")]


COMMENTS = {
    "in the line": "# One\n\n[x](gone.md) <!-- gatepost: ignore dead-link -->\n",
    "above it": "# One\n\n<!-- gatepost: ignore link-text, dead-link -->\n[x](gone.md)\n",
    "for the file": "# One\n\n[x](gone.md)\n\n<!-- gatepost: ignore-file dead-link -->\n",
    "in front matter": "---\ntitle: T # gatepost: ignore-file dead-link\n---\n\n[x](gone.md)\n",
}


@pytest.mark.parametrize("text", COMMENTS.values(), ids=COMMENTS)
def test_a_comment_leaves_a_rule_out(ask: Ask, text: str) -> None:
    assert ask({"content/a.md": text}, "dead-link") == []


NO_COMMENTS = {
    "for another rule": "<!-- gatepost: ignore dead-image -->\n[x](gone.md)\n",
    "two lines above": "<!-- gatepost: ignore dead-link -->\n\n[x](gone.md)\n",
    "in code": "```\n<!-- gatepost: ignore-file dead-link -->\n```\n\n[x](gone.md)\n",
}


@pytest.mark.parametrize("text", NO_COMMENTS.values(), ids=NO_COMMENTS)
def test_other_comments_do_not(ask: Ask, text: str) -> None:
    assert len(ask({"content/a.md": text}, "dead-link")) == 1


def test_what_stops_a_build_cannot_be_left_out(ask: Ask) -> None:
    files = {"content/a.md": "---\ntitel: T # gatepost: ignore-file unknown-key\n---\n"}
    assert len(ask(files, "unknown-key")) == 1


def test_a_comment_that_names_no_rule_is_found(draw: Draw) -> None:
    found = look(draw({"content/a.md": "# A\n\n<!-- gatepost: ignore dead-lnk -->\n"})).findings
    assert [str(finding) for finding in found if finding.rule == "ignore-comment"] == [
        "content/a.md:3:1: comment names no rule that can be left out, found 'dead-lnk'; write 'dead-link'"
    ]
