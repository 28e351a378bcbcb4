"""The live preview's watcher: one build a change, and no mistake ends it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from gatepost_site.project import Project
from gatepost_webhook.preview import Watcher

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest


def drawn(root: Path) -> Project:
    (root / "content").mkdir()
    (root / "mkdocs.yml").write_text("site_name: Example\n", encoding="utf-8")
    return Project.at(root)


class Builds:
    """Counts builds, and ends each as it is told."""

    def __init__(self, *ends: Callable[[], bool]) -> None:
        self.ends = list(ends)
        self.called = threading.Semaphore(0)

    def __call__(self) -> bool:
        try:
            return self.ends.pop(0)()
        finally:
            self.called.release()


def fail() -> bool:
    raise ZeroDivisionError("a bug in some plugin")


def test_a_build_that_breaks_is_said_and_the_next_change_is_built(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    project, builds = drawn(tmp_path), Builds(fail, lambda: True)
    with Watcher(project, builds) as watcher:
        for name in ("one.md", "two.md"):
            (project.content / name).write_text("# Hello\n", encoding="utf-8")
            assert builds.called.acquire(timeout=10)
    assert watcher.build == 2
    assert caplog.messages == ["not built again; save a file to try once more"]


def test_an_open_page_loads_again_only_after_a_build_that_succeeded(tmp_path: Path) -> None:
    project, builds = drawn(tmp_path), Builds(lambda: False)
    with Watcher(project, builds) as watcher:
        (project.content / "one.md").write_text("# Hello\n", encoding="utf-8")
        assert builds.called.acquire(timeout=10)
    assert watcher.build == 1
