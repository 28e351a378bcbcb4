"""What is mended is exactly what was found; everything else in a file stays, to the byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gatepost_site.audit.mending import mend
from gatepost_site.findings import Edit, Finding
from tests.site.audit.conftest import look
from tests.site.conftest import MAGNET, PDF

if TYPE_CHECKING:
    from pathlib import Path

    from tests.site.audit.conftest import Draw

#: (What a page holds, what it holds after mending.)
MENDED: dict[str, tuple[str | bytes, str | bytes]] = {
    "a misspelt key": ("---\ntitel: T\n---\n", "---\ntitle: T\n---\n"),
    "a title that is a number": ("---\ntitle: 2026\n---\n", '---\ntitle: "2026"\n---\n'),
    "a link to an address": ("[b](../b/#two)\n", "[b](b.md#two)\n"),
    "a link to a built file": ("[b](b.html)\n", "[b](b.md)\n"),
    "a link in another case": ("[b](B.md)\n", "[b](b.md)\n"),
    "an anchor that was not made one": ("[b](b.md#Two%20Words)\n", "[b](b.md#two-words)\n"),
    "two in a line": ("[b](B.md) [b](b.html)\n", "[b](b.md) [b](b.md)\n"),
    "lines of Windows": (b"---\r\ntitel: T\r\n---\r\n[b](B.md)\r\n", b"---\r\ntitle: T\r\n---\r\n[b](b.md)\r\n"),
    "a mark at the start of the file": (b"\xef\xbb\xbf[b](B.md)\n", b"\xef\xbb\xbf[b](b.md)\n"),
}  # fmt: skip
LEFT: dict[str, str] = {
    "a key that stands there already": "---\ntitel: T\ntitle: U\n---\n",
    "a link that may mean one thing or another": "[b](bb.md)\n",
    "a title of several lines": "---\ntitle:\n  2026\n---\n",
}
B = {"content/b.md": "---\ntitle: B\n---\n\n## Two\n\n## Two words\n"}


@pytest.mark.parametrize(("before", "after"), MENDED.values(), ids=MENDED)
def test_what_is_certain_is_mended_once(draw: Draw, before: str | bytes, after: str | bytes) -> None:
    drawn = draw(B | {"content/a.md": before})
    assert mend(look(drawn).findings, drawn.root)
    expected = after if isinstance(after, bytes) else after.encode()
    assert (drawn.root / "content/a.md").read_bytes() == expected
    assert mend(look(drawn).findings, drawn.root) == []


@pytest.mark.parametrize("text", LEFT.values(), ids=LEFT)
def test_what_somebody_has_to_think_about_is_left(draw: Draw, text: str) -> None:
    drawn = draw(B | {"content/a.md": text})
    assert mend(look(drawn).findings, drawn.root) == []
    assert (drawn.root / "content/a.md").read_text(encoding="utf-8") == text


def test_landing_copys_heading_is_lowered(draw: Draw) -> None:
    copy = MAGNET + "\n# Why\n"
    drawn = draw({"magnets/checklist/magnet.md": copy, "magnets/checklist/checklist.pdf": PDF})
    assert mend(look(drawn).findings, drawn.root) == ["magnets/checklist/magnet.md:9:1: '# ' is now '## '"]
    assert (drawn.root / "magnets/checklist/magnet.md").read_text(encoding="utf-8") == copy.replace("# Why", "## Why")


def test_a_place_that_changed_meanwhile_is_left(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("one two\n", encoding="utf-8")
    edits = (Edit(1, 1, "ONE", "1"), Edit(9, 1, "one", "1"), Edit(1, 5, "two", "2"), Edit(1, 6, "wo", "3"))
    changes = mend([Finding("a.md", 1, 1, "w", edit=edit) for edit in edits], tmp_path)
    assert changes == ["a.md:1:6: 'wo' is now '3'"]
    assert (tmp_path / "a.md").read_text(encoding="utf-8") == "one t3\n"


def test_a_files_permissions_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("one\n", encoding="utf-8")
    path.chmod(0o640)
    mend([Finding("a.md", 1, 1, "w", edit=Edit(1, 1, "one", "two"))], tmp_path)
    assert path.stat().st_mode & 0o777 == 0o640
    assert [file.name for file in tmp_path.iterdir()] == ["a.md"]
