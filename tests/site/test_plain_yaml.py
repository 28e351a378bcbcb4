"""The quick reader of front matter says what the careful one says, or nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_site.documents import load_yaml, plain, position_in, split
from gatepost_site.findings import ContentError
from gatepost_site.plain_yaml import UnusualError, read_plainly

REPOSITORY = Path(__file__).parents[2]
PAGES = sorted([*REPOSITORY.glob("content/**/*.md"), *REPOSITORY.glob("magnets/*/magnet.md")])


def carefully(text: str) -> tuple[object, object]:
    loaded = load_yaml(text, "page.md", first_line=2)
    return plain(loaded), {str(key): position_in(loaded, (key,), 2) for key in loaded}


def test_the_usual_front_matter_is_read_quickly() -> None:
    front = 'title: A title\ndate: 2026-11-03\ntags: [a, "1"]\nsearch:\n  exclude: true\n  boost: 2\n'
    values = {
        "title": "A title",
        "date": date(2026, 11, 3),
        "tags": ["a", "1"],
        "search": {"exclude": True, "boost": 2},
    }
    assert read_plainly(front, 2) == (values, {"title": (2, 1), "date": (3, 1), "tags": (4, 1), "search": (5, 1)})


UNUSUAL = [
    "a: No", "a: 12:30", "a: 0o14", "a: 1e3", "a: ~", "a:", "a: .5", "a: -1", "a: 2026-02-30", "a: &x b", "a: *x",
    "a: !star b", "<<: {b: c}", "a: 1\na: 2", "1: a", "a: |\n  text", "a: One: two", "a: [b", "- a", "text", "a:\t1",
    "a: " + "[" * 3000, "a:\n" + "- " * 3000 + "x", "? " * 3000, "a: 007", "a: 1_000", "? a", "a: {b: 1, b: 2}",
]  # fmt: skip


@pytest.mark.parametrize("front", UNUSUAL)
def test_what_parsers_may_see_differently_is_left_to_the_careful_one(front: str) -> None:
    with pytest.raises(UnusualError):
        read_plainly(front, 2)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_both_read_the_example_alike(page: Path) -> None:
    front, _, _ = split(page.read_text(encoding="utf-8"), page.name)
    if front is not None:
        agree(front)


@given(st.text(alphabet="ab1-:.'\"[]{}, \n#~=_yesnotrufal%@`?", max_size=24))
def test_both_read_whatever_is_written_alike(text: str) -> None:
    agree(f"key: {text}\n")
    agree(text)


def agree(front: str) -> None:
    try:
        quick = read_plainly(front, 2)
    except UnusualError:
        return
    try:
        careful = carefully(front)
    except ContentError as error:
        pytest.fail(f"{front!r} is no YAML: {error}")
    assert quick == careful
