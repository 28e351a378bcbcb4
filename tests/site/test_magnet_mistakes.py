"""A magnet with a mistake stops the build, with a line and what to write instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.site.conftest import MAGNET, PDF

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.site.conftest import Drawn

    Draw = Callable[[Mapping[str, str | bytes]], Drawn]

FILE = "magnets/checklist/magnet.md"
BROKEN = {
    "no front matter": (
        "Text alone.\n",
        (
            f"{FILE}:1:1: front matter is missing; write '---', 'title: The Nurturing Playbook', "
            "'description: One sentence of 50 to 160 characters.', '---' at the top"
        ),
    ),
    "front matter not closed": (
        "---\ntitle: T\n\nText\n",
        f"{FILE}:1:1: front matter is not closed; write a line of '---' after the last key",
    ),
    "broken YAML": (
        "---\ntitle: One: two\n---\n",
        f"{FILE}:2:11: a second ': ' in one value; write the value in quotes, as in 'title: \"One: two\"'",
    ),
    "an unknown key": (
        "---\ntitle: T\ndescripton: D\ndescription: D\nfile: checklist.pdf\n---\n",
        f"{FILE}:3:1: unknown key, found 'descripton'; write 'description'",
    ),
    "a wrong type": (
        "---\ntitle: [T]\ndescription: D\nfile: checklist.pdf\n---\n",
        f"{FILE}:2:1: 'title': must be text, found ['T']; write 'title: The Nurturing Playbook'",
    ),
    "a missing key": (
        "---\ntitle: T\nfile: checklist.pdf\n---\n",
        f"{FILE}:2:1: key 'description' is missing; write 'description: One sentence of 50 to 160 characters.'",
    ),
    "no file": (
        "---\ntitle: T\ndescription: D\nfile: gone.pdf\n---\n",
        f"{FILE}:4:1: no such file, found 'gone.pdf'; write the name of a file in magnets/checklist/",
    ),
    "a file elsewhere": (
        "---\ntitle: T\ndescription: D\nfile: ../../mkdocs.yml\n---\n",
        f"{FILE}:4:1: file is outside the magnet, found '../../mkdocs.yml'; write a file inside the magnet's folder",
    ),
    "a sequence that is not there": (
        "---\ntitle: T\ndescription: D\nfile: checklist.pdf\nconsent: Yes.\nsequence: follow\n---\n",
        f"{FILE}:6:1: no such sequence, found 'follow'; write sequences/follow/sequence.yml",
    ),
    "a field that the form has itself": (
        "---\ntitle: T\ndescription: D\nfile: checklist.pdf\nfields:\n  - name: email\n    label: E\n---\n",
        (
            f"{FILE}:6:5: 'fields.0.name': is a name that the form uses itself, found 'email'; "
            "write another name (the email field is always there)"
        ),
    ),
}


@pytest.mark.parametrize(("source", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_magnet_is_named_with_line_and_remedy(draw: Draw, source: str, message: str) -> None:
    drawn = draw({FILE: source, "magnets/checklist/checklist.pdf": PDF})
    assert drawn.complaints() == message


def test_two_magnets_cannot_differ_by_capitals_alone(draw: Draw) -> None:
    source = "---\ntitle: T\ndescription: D\nfile: a.pdf\n---\n"
    drawn = draw(
        {
            "magnets/List/magnet.md": source,
            "magnets/List/a.pdf": PDF,
            "magnets/list/magnet.md": source,
            "magnets/list/a.pdf": PDF,
        }
    )
    assert drawn.complaints().splitlines() == [
        "magnets/List/magnet.md:1:1: folder is not a slug, found 'List'; write small letters, digits and '-'",
        "magnets/list/magnet.md:1:1: two magnets with one slug, found 'List'; write another folder name",
    ]


def test_a_folder_without_its_magnet_is_found(draw: Draw) -> None:
    drawn = draw({"magnets/checklist/magnet.markdown": "", "magnets/_drafts/idea.md": ""})
    assert drawn.complaints() == "magnets/checklist:1:1: a magnet's folder without magnet.md; write magnet.md"


def test_a_broken_chapter_stops_the_build(draw: Draw) -> None:
    drawn = draw(
        {
            "magnets/book/magnet.md": "---\ntitle: T\ndescription: D\nchapters: chapters/\n---\n",
            "magnets/book/chapters/01.md": "No title here.\n",
        }
    )
    assert "magnets/book/chapters/01.md:1:1: " in drawn.complaints()


def test_a_second_title_in_the_landing_copy_is_found(checklist: Draw) -> None:
    copy = f"{MAGNET}\n# Why\n\n```sh\n# a comment\n```\n"
    assert checklist({FILE: copy}).complaints() == (
        f"{FILE}:9:1: heading of the first level in landing copy, found '# Why'; write '## Why'"
    )


def test_an_empty_file_is_nothing_to_hand_out(checklist: Draw) -> None:
    assert checklist({"magnets/checklist/checklist.pdf": b""}).complaints() == (
        f"{FILE}:4:1: file is empty, found 'checklist.pdf'; write a file that visitors get something from"
    )


def test_a_wrong_value_that_came_by_a_merge_is_named(checklist: Draw) -> None:
    source = "---\nseo: &a\n  title: T\n  description: [7]\n<<: *a\nfile: checklist.pdf\n---\n"
    assert "'description': must be text, found [7]" in checklist({FILE: source}).complaints()
