"""Texts that messages share: taken in from one folder only, and every mistake in them is named where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gatepost_site.findings import ContentError
from gatepost_site.magnets import load_magnets
from gatepost_webhook.followup.includes import MAX_EXPANDED, Partials
from gatepost_webhook.followup.sequences import load_sequences
from tests.webhook.followup.desk import write_project

if TYPE_CHECKING:
    from pathlib import Path


def body(root: Path, first: str, partials: dict[str, str]) -> str:
    """Return the first message's text with everything that it takes in. Raises ContentError."""
    project = write_project(root, first=first)
    folder = project.sequences / "_partials"
    folder.mkdir()
    for name, text in partials.items():
        (folder / name).write_text(text, encoding="utf-8")
    message = load_sequences(project, load_magnets(project))["after"].step("first")
    assert message is not None
    return message.message.body


def findings(root: Path, first: str, partials: dict[str, str]) -> list[str]:
    with pytest.raises(ContentError) as caught:
        body(root, first, partials)
    return [str(finding).removeprefix("sequences/") for finding in caught.value.findings]


def test_a_partial_on_a_line_of_its_own_stands_for_whole_paragraphs(tmp_path: Path) -> None:
    taken = body(tmp_path, 'Hi.\n\n{% include "end.md" %}\n\nP.S.', {"end.md": "One.\n\nTwo, {{ first_name }}.\n"})
    assert taken == "Hi.\n\nOne.\n\nTwo, {{ first_name }}.\n\nP.S.\n"


def test_a_partial_within_a_line_stands_for_a_few_words(tmp_path: Path) -> None:
    taken = body(tmp_path, 'By {% include "who.md" %}, {%- include "who.md" -%}.', {"who.md": "the *desk*\n"})
    assert taken == "By the *desk*, the *desk*.\n"


def test_partials_may_take_in_others(tmp_path: Path) -> None:
    taken = body(tmp_path, '{% include "a.md" %}', {"a.md": 'A {% include "b.md" %}\n', "b.md": "B\n"})
    assert taken == "A B\n"


def test_what_is_shown_as_it_is_takes_nothing_in(tmp_path: Path) -> None:
    raw = '{% raw %}{% include "a.md" %}{% endraw %}{# {% include "a.md" %} #} x'
    assert body(tmp_path, raw, {"a.md": "A"}) == raw + "\n"


@pytest.mark.parametrize(
    ("first", "partials", "expected"),
    [
        (
            'Hi.\n{% include "sign.md" %}',
            {"signature.md": "Us"},
            "after/first.md:5:1: no such partial in sequences/_partials/, found 'sign.md'; write 'signature.md'",
        ),
        (
            '{% include "a.md" %}',
            {"a.md": "A\n\nHi {{ nobody }}."},
            "_partials/a.md:3:7: unknown value, found 'nobody'; write one of",
        ),
        (
            '{% include "a.md" %}',
            {"a.md": "Hi {{ company }}."},
            "_partials/a.md:1:7: a value that may be missing has no fallback, found 'company'; write 'company: ...'",
        ),
        (
            '{% include "a.md" %}',
            {"a.md": '{% include "a.md" %}'},
            "_partials/a.md:1:1: a partial takes in itself, found 'a.md'; write it without the partial",
        ),
        (
            "{% include company %}",
            {},
            "after/first.md:4:1: include takes the name of a file, found '{% include company %}'; write {% include",
        ),
        (
            '{% include "a.md" ignore missing %}',
            {"a.md": "A"},
            "after/first.md:4:1: include takes the name of a file",
        ),
        (
            '{% include "a.md" %}',
            {"a.md": "[there](page/)"},
            "_partials/a.md:1:9: a link leads nowhere from a mail, found 'page/'",
        ),
    ],
)
def test_a_mistake_in_what_is_taken_in_is_named_with_its_place(
    tmp_path: Path, first: str, partials: dict[str, str], expected: str
) -> None:
    found = findings(tmp_path, first, partials)
    assert found[0].startswith(expected)


@pytest.mark.parametrize("times", [40, 300])
def test_partials_in_partials_do_not_grow_beyond_all_measure(tmp_path: Path, times: int) -> None:
    """Five levels of forty each would be a hundred million."""
    partials = {f"p{level}.md": f'{{% include "p{level + 1}.md" %}}\n' * times for level in range(1, 5)}
    found = findings(tmp_path, '{% include "p1.md" %}', partials | {"p5.md": "x\n"})
    assert [one for one in found if one.startswith("after/first.md:4:1: the text is too long with all that it takes")]
    project = write_project(tmp_path / "again")
    folder = project.sequences / "_partials"
    folder.mkdir()
    for name, text in partials.items():
        (folder / name).write_text(text, encoding="utf-8")
    assert len(Partials(project).expanded('{% include "p1.md" %}', "en")) < 3 * MAX_EXPANDED


@pytest.mark.parametrize("name", ["../after/second.md", "../../secret.md", "/etc/passwd", "secret.md", "secret.txt"])
def test_only_partials_can_be_taken_in(tmp_path: Path, name: str) -> None:
    """A link that leads out of sequences/ is no way out of it."""
    (tmp_path / "secret.md").write_text("canary", encoding="utf-8")
    project = write_project(tmp_path / "site")
    folder = project.sequences / "_partials"
    folder.mkdir()
    (folder / "secret.md").symlink_to(tmp_path / "secret.md")
    (folder / "secret.txt").write_text("canary", encoding="utf-8")
    partials = Partials(project)
    assert "canary" not in partials.expanded(f'{{% include "{name}" %}}', "")
    assert partials.find(name, "") is None


def test_a_partial_is_taken_in_the_language_of_the_message(tmp_path: Path) -> None:
    project = write_project(tmp_path)
    folder = project.sequences / "_partials"
    folder.mkdir()
    for name, text in {"end.md": "Bye", "end.de.md": "Tschüss"}.items():
        (folder / name).write_text(text, encoding="utf-8")
    partials = Partials(project)
    taken = {tag: partials.expanded('{% include "end.md" %}', tag) for tag in ("", "de", "de-AT", "fr")}
    assert taken == {"": "Bye", "de": "Tschüss", "de-AT": "Tschüss", "fr": "Bye"}
