from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.leads.private_file import FileRefusedError, private_file

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, text: str, *, force: bool = False) -> None:
    with private_file(path, force=force) as file:
        file.write(text)


def test_only_its_owner_may_read_it_even_while_it_is_written(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with private_file(tmp_path / "leads.csv", force=False) as file:
            file.write("x")
            assert [path.stat().st_mode & 0o777 for path in tmp_path.iterdir()] == [0o600]
    finally:
        os.umask(before)
    assert (tmp_path / "leads.csv").stat().st_mode & 0o777 == 0o600


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    write(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write(path, "half a pair: \ud800", force=True)
    assert [(entry.name, entry.read_text()) for entry in tmp_path.iterdir()] == [("leads.csv", "old")]


def test_a_file_is_replaced_only_when_forced(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    write(path, "old")
    with pytest.raises(FileRefusedError) as refused:
        write(path, "new")
    assert str(refused.value) == f"{path}: exists already; write --force to replace it, or name another file"
    write(path, "new", force=True)
    assert path.read_text() == "new"


def test_a_file_that_appears_meanwhile_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    writing = private_file(path, force=False)
    writing.__enter__().write("new")
    path.write_text("somebody else's")
    with pytest.raises(FileRefusedError):
        writing.__exit__(None, None, None)
    assert [(entry.name, entry.read_text()) for entry in tmp_path.iterdir()] == [("leads.csv", "somebody else's")]


def test_a_symbolic_link_is_refused_even_when_forced(tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(FileRefusedError) as refused:
        write(tmp_path / "link.csv", "new", force=True)
    assert str(refused.value) == f"{tmp_path}/link.csv: is a symbolic link; name the file that it points to"


def test_line_ends_are_written_as_they_are(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", "a\r\nb\nc")
    assert (tmp_path / "a.csv").read_bytes() == b"a\r\nb\nc"
