from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.review.scratch import scratch_folder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_the_folder_is_private_and_goes_with_all_it_holds(temporary: Path) -> None:
    with scratch_folder() as folder:
        (folder / "gatepost.db").touch()
        assert folder.stat().st_mode & 0o777 == 0o700
    assert list(temporary.iterdir()) == []


def test_what_a_killed_review_left_is_swept_up(temporary: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    (temporary / f"gatepost-review-{gone.pid}-abc").mkdir()
    (temporary / f"gatepost-review-{gone.pid}-abc" / "gatepost.db").touch()
    with scratch_folder() as folder:
        assert list(temporary.iterdir()) == [folder]


def test_what_is_not_ours_to_remove_stays(temporary: Path) -> None:
    (temporary / "elsewhere").mkdir()
    (temporary / "gatepost-review-notes-x").mkdir()
    (temporary / f"gatepost-review-{os.getppid()}-x").mkdir()
    (temporary / "gatepost-review-999999999-x").symlink_to(temporary / "elsewhere")
    before = sorted(temporary.iterdir())
    with scratch_folder():
        pass
    assert sorted(temporary.iterdir()) == before
