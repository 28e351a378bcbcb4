"""Draw a folder, build it for real, look at what came out."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gatepost_site.findings import ContentError
from gatepost_site.plugin import build_site

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gatepost_site.project import Manifest

REPOSITORY = Path(__file__).parents[2]

CONFIG = """\
site_name: Example
site_url: https://example.com/
docs_dir: content
site_dir: public
theme:
  name: null
  custom_dir: theme
plugins:
  - gatepost
"""
THEME = """\
<!doctype html>
<html lang="en"><head><title>{{ page.title }}</title></head><body>{{ page.content }}</body></html>
"""
MAGNET = """\
---
title: The Checklist
description: Ten things to check before Friday.
file: checklist.pdf
---

Everything on one page.
"""
#: Long enough that parts of it are its own, and nothing repeats.
PDF = b"%PDF-1.7\n" + b"".join(hashlib.sha256(bytes([number])).digest() for number in range(128)) + b"\n%%EOF\n"


@dataclass(frozen=True)
class Drawn:
    """A project that a test drew."""

    root: Path

    @property
    def public(self) -> Path:
        return self.root / "public"

    def build(self, *, site_url: str | None = None, strict: bool = False) -> Manifest:
        return build_site(self.root, site_url=site_url, strict=strict)

    def page(self, path: str) -> str:
        """Return the HTML of a built page."""
        return (self.public / path / "index.html").read_text(encoding="utf-8")

    def complaints(self) -> str:
        """Build, and return the findings that must come."""
        with pytest.raises(ContentError) as caught:
            self.build()
        return str(caught.value)


@pytest.fixture
def draw(tmp_path: Path) -> Callable[[Mapping[str, str | bytes]], Drawn]:
    """Return a function that writes {path: content} into a project with one page, a theme and no magnet."""

    def write(files: Mapping[str, str | bytes]) -> Drawn:
        usual = {"mkdocs.yml": CONFIG, "theme/main.html": THEME, "content/index.md": "# Home\n"}
        for path, content in (usual | dict(files)).items():
            target = tmp_path / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content if isinstance(content, bytes) else content.encode())
        return Drawn(tmp_path)

    return write


@pytest.fixture
def checklist(draw: Callable[[Mapping[str, str | bytes]], Drawn]) -> Callable[[Mapping[str, str | bytes]], Drawn]:
    """Return a function like `draw` whose project has one magnet, `checklist`, that hands out a PDF."""

    def write(files: Mapping[str, str | bytes]) -> Drawn:
        return draw({"magnets/checklist/magnet.md": MAGNET, "magnets/checklist/checklist.pdf": PDF, **files})

    return write


@pytest.fixture(scope="session")
def mkdocs() -> Callable[..., tuple[int, str]]:
    """Return a function that runs `mkdocs`, or another program of its kind, and gives (exit code, output)."""

    def run(command: str, root: Path, *arguments: str, program: str = "mkdocs") -> tuple[int, str]:
        environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "COLUMNS": "500"}
        done = subprocess.run(
            [sys.executable, "-m", program, command, *arguments],
            cwd=root, env=environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    return run


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    """The repository's own example site, copied, and built once for all tests that look at it."""
    root = tmp_path_factory.mktemp("example")
    for name in ("content", "magnets", "sequences"):
        shutil.copytree(REPOSITORY / name, root / name)
    shutil.copy(REPOSITORY / "mkdocs.yml", root)
    drawn = Drawn(root)
    # Strict: the example has no link that leads nowhere.
    drawn.build(strict=True)
    return drawn
