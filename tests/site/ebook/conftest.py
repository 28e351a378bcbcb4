"""Books drawn as files, built for real, and read back from the PDF."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from gatepost_site.ebook import build_ebook
from gatepost_site.findings import ContentError
from gatepost_site.magnets import load_magnets
from gatepost_site.project import Project
from tests.site.pdf_text import read_pdf

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from gatepost_site.magnets import Magnet

FRONT = """---
title: Ten Loaves
subtitle: Bread for people with jobs
description: How to bake ten loaves in a week of evenings.
author: A. Baker
chapters: chapters/
---
"""


@dataclass(frozen=True)
class Shelf:
    """A project with one book in it."""

    project: Project
    magnet: Magnet

    def build(self) -> Path:
        return build_ebook(self.magnet, self.project)

    def mistakes(self) -> list[str]:
        """Return what the build says is wrong, without the path that all share."""
        with pytest.raises(ContentError) as caught:
            self.build()
        return [str(finding).removeprefix("magnets/loaves/") for finding in caught.value.findings]


@pytest.fixture
def shelve(tmp_path: Path) -> Callable[..., Shelf]:
    """Put chapters (file name -> Markdown or bytes) into a magnet's folder."""

    def put(chapters: Mapping[str, str | bytes], *, front: str = FRONT) -> Shelf:
        folder = tmp_path / "magnets" / "loaves"
        for name, content in {
            "magnet.md": front,
            **{f"chapters/{key}": value for key, value in chapters.items()},
        }.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        project = Project.at(tmp_path)
        return Shelf(project, load_magnets(project)["loaves"])

    return put


@pytest.fixture(scope="session")
def read() -> Callable[[Path], list[str]]:
    """Return a function that reads a PDF's text, page by page, as a copy out of a reader would give it."""
    return read_pdf
