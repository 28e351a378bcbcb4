"""The example site is the same whichever program builds it, and shows changes while one writes."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.site.conftest import MAGNET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from tests.site.conftest import Drawn

    Draw = Callable[[Mapping[str, str | bytes]], Drawn]


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("program", ["mkdocs", "properdocs"])
def test_the_plain_programs_build_the_same_files(
    example: Drawn, tmp_path: Path, mkdocs: Callable[..., tuple[int, str]], program: str
) -> None:
    root = tmp_path / "copy"
    shutil.copytree(example.root, root, ignore=shutil.ignore_patterns("public"))
    code, output = mkdocs("build", root, program=program)
    assert code == 0, output
    assert files(root / "public") == files(example.public)


def test_no_page_of_the_example_asks_anybody_else(example: Drawn) -> None:
    pages = sorted(example.public.rglob("*.html"))
    assert len(pages) > 15
    for page in pages:
        html = page.read_text(encoding="utf-8")
        loaded = re.findall(
            r"<(?:script|img|iframe|source|link)\b[^>]*?\b(?:src|href)=\"((?:https?:)?//[^\"]+)\"", html
        )
        assert [address for address in loaded if not address.startswith("https://gatepost.example/")] == [], page


def test_the_example_shows_its_offers_everywhere(example: Drawn) -> None:
    for name in ("landing-pages", "drip-campaigns", "seo", "measuring", "."):
        html = example.page(name)
        assert '<aside class="gatepost-offer' in html or "gatepost-offer gatepost-offer--" in html, name
        assert "gatepost-link:" not in html
    assert "gatepost-page:" not in "".join(page.read_text("utf-8") for page in example.public.rglob("*.html"))


def test_the_landing_page_of_the_example_stays_small(example: Drawn) -> None:
    page = example.public / "get/nurturing-playbook/index.html"
    # As it comes over the wire: with the cover, 60 kB are the most.
    assert len(gzip.compress(page.read_bytes())) < 10 * 1024
    assert (page.parent / "cover.png").is_file()


@contextmanager
def preview(root: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run `mkdocs serve`, and yield its address once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", address],
        cwd=root, env=environment, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        read_until(process, "Serving on")
        yield f"http://{address}/", process
    finally:
        process.terminate()
        process.communicate(timeout=20)


def read_until(process: subprocess.Popen[str], words: str) -> None:
    assert process.stderr
    seen = []
    for line in process.stderr:
        seen.append(line)
        if words in line:
            return
    pytest.fail("".join(seen))


def fetch(address: str) -> str:
    with urllib.request.urlopen(address, timeout=20) as answer:
        text: str = answer.read().decode()
        return text


def test_serve_shows_a_magnet_as_it_is_written(checklist: Draw) -> None:
    root = checklist({}).root
    with preview(root) as (address, process):
        assert "<h1>The Checklist</h1>" in fetch(f"{address}get/checklist/")
        source = root / "magnets/checklist/magnet.md"
        source.write_text(MAGNET.replace("title: The Checklist", "title: The Better List"), encoding="utf-8")
        read_until(process, "Reloading browsers")
        assert "<h1>The Better List</h1>" in fetch(f"{address}get/checklist/")
    assert not (root / ".gatepost/manifest.json").exists()
