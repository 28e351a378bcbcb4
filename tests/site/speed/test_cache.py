"""What is kept is bounded, may be damaged or lost, and is nobody else's."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from gatepost_site.acceleration import building
from gatepost_site.plugin import build_site
from gatepost_site.speed.state import Front, Output, Rendered, Sections, State, load_state, save_state

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.site.conftest import Drawn

    Draw = Callable[[Mapping[str, str | bytes]], Drawn]

PAGES: dict[str, str | bytes] = {
    f"content/{name}.md": f"# {name}\n\n[home](index.md)\n" for name in ("one", "two", "three")
}


def pages(drawn: Drawn) -> dict[str, bytes]:
    return {path.relative_to(drawn.public).as_posix(): path.read_bytes() for path in drawn.public.rglob("index.html")}


def test_a_state_is_read_as_it_was_written(tmp_path: Path) -> None:
    state = State(
        {
            "a.md": Rendered(
                "k", "n", "<p>é\udcff</p>", [["A", "a", 1, []]], None, ["a"], {"b.md": {"x": "b.md#x"}}, [], {}, ""
            )
        },
        {"a.md": Sections("k", '{"a":1}')},
        {"a.md": Output("k", "d", 1, 2)},
        {"a.md": Front("k", '{"title":"A"}')},
        {"env": "e"},
    )
    save_state(tmp_path / "state", state)
    assert load_state(tmp_path / "state") == state


@pytest.mark.parametrize("damage", [b"", b"gatepost", b"\0" * 400])
def test_a_damaged_state_is_as_good_as_none(draw: Draw, damage: bytes) -> None:
    drawn = draw(PAGES)
    drawn.build()
    before, file = pages(drawn), drawn.root / ".gatepost/cache/site"
    whole = file.read_bytes()
    for data in (damage, whole[:-1], whole[:100] + b"x" + whole[101:], whole + damage + b"more"):
        file.write_bytes(data)
        drawn.build()
        assert pages(drawn) == before


def test_texts_that_stayed_are_not_written_again(tmp_path: Path) -> None:
    first = State(sections={"a.md": Sections("a", '"a"'), "b.md": Sections("b", '"b"')})
    save_state(tmp_path / "state", first)
    second = State(sections={"a.md": Sections("a", '"a"'), "b.md": Sections("c", '"c"')})
    second.follow(load_state(tmp_path / "state"))
    save_state(tmp_path / "state", second)
    assert sorted(path.read_text() for path in tmp_path.glob("state.texts-*")) == ['"a""b"', '"c"']
    assert load_state(tmp_path / "state") == second


def test_texts_that_nobody_needs_do_not_stay_for_ever(tmp_path: Path) -> None:
    for turn in range(100):
        state = State(sections={"a.md": Sections("a", '"a"'), "b.md": Sections(f"b{turn}", f'"{turn}"')})
        state.follow(load_state(tmp_path / "state"))
        save_state(tmp_path / "state", state)
        assert load_state(tmp_path / "state") == state
    assert len(list(tmp_path.glob("state.texts-*"))) <= 33


@pytest.mark.parametrize("data", [None, b"", b"x"])
def test_a_state_without_its_texts_is_as_good_as_none(tmp_path: Path, data: bytes | None) -> None:
    save_state(tmp_path / "state", State(sections={"a.md": Sections("a", '"a"')}))
    (texts,) = tmp_path.glob("state.texts-*")
    texts.unlink() if data is None else texts.write_bytes(data)
    assert load_state(tmp_path / "state") == State()


def test_a_stored_page_that_somebody_wrote_into_is_made_again(draw: Draw) -> None:
    drawn = draw(PAGES)
    drawn.build()
    before = pages(drawn)
    with (drawn.public / "one/index.html").open("ab") as page:
        # The stored page and the published one are one file.
        page.write(b"<!-- minified -->")
    drawn.build()
    assert pages(drawn) == before


def test_pages_that_nobody_needs_are_thrown_away(draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = draw(PAGES)
    monkeypatch.setattr(building, "GRACE_SECONDS", -10)
    for turn in range(3):
        (drawn.root / "content/one.md").write_text(f"# One {turn}\n", encoding="utf-8")
        drawn.build()
    stored = [path for path in (drawn.root / ".gatepost/cache/pages").rglob("*") if path.is_file()]
    assert len(stored) == len(pages(drawn))


def test_nothing_is_kept_by_a_build_that_was_told_so(draw: Draw) -> None:
    drawn = draw(PAGES)
    build_site(drawn.root, cache=False)
    assert not (drawn.root / ".gatepost/cache/site").exists()
    assert not (drawn.root / ".gatepost/cache/pages").exists()
    assert not (drawn.root / ".gatepost/spare").exists()


def test_two_builds_at_once_both_give_the_whole_site(draw: Draw) -> None:
    drawn = draw(PAGES)
    drawn.build()
    expected = pages(drawn)
    shutil.rmtree(drawn.root / ".gatepost/cache")
    code = (
        f"from pathlib import Path; from gatepost_site.plugin import build_site; build_site(Path({str(drawn.root)!r}))"
    )
    processes = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
    assert [process.wait(timeout=100) for process in processes].count(0) >= 1
    drawn.build()
    assert pages(drawn) == expected


def test_a_file_that_was_published_goes_with_its_source(draw: Draw) -> None:
    drawn = draw({**PAGES, "content/assets/old.txt": "old"})
    for _ in range(3):
        drawn.build()
    (drawn.root / "content/assets/old.txt").unlink()
    (drawn.root / "content/two.md").unlink()
    for _ in range(3):
        drawn.build()
        assert not (drawn.public / "assets/old.txt").exists()
        assert not (drawn.public / "two").exists()


def test_a_new_time_on_every_file_changes_nothing(draw: Draw) -> None:
    # A page says when it was changed: here, as its writer says.
    drawn = draw({path: f"---\nupdated: 2026-01-01\n---\n\n{text!s}" for path, text in PAGES.items()})
    drawn.build()
    before = {path: path.stat().st_ino for path in drawn.public.glob("*/index.html")}
    assert len(before) == len(PAGES)
    for path in (drawn.root / "content").rglob("*"):
        path.touch()
    drawn.build()
    assert {path: path.stat().st_ino for path in drawn.public.glob("*/index.html")} == before
