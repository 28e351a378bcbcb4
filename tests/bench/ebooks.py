"""Which books a build makes again after a sentence of one was edited."""

from __future__ import annotations

import shutil
import subprocess

from tests.bench.builders import BIN, WORK, environment
from tests.bench.corpus import write_corpus

_CONFIG = """\
site_name: Books
site_url: https://books.example/
docs_dir: content
site_dir: public
theme: {name: material, font: false}
plugins: [search, gatepost]
"""
_MAGNET = "---\ntitle: Book {0}\ndescription: The book with number {0}.\nchapters: chapters\n---\n\nA book.\n"


def books_made_again() -> int:
    """Return how many of two books are made again when one changes: 1, unless something is wrong."""
    root = WORK / "books"
    shutil.rmtree(root, ignore_errors=True)
    write_corpus(root, 3)
    (root / "mkdocs.yml").write_text(_CONFIG, encoding="utf-8")
    for name in ("one", "two"):
        chapters = root / "magnets" / name / "chapters"
        chapters.mkdir(parents=True)
        (chapters.parent / "magnet.md").write_text(_MAGNET.format(name), encoding="utf-8")
        (chapters / "01-start.md").write_text(f"# The start\n\nThis is book {name}.\n", encoding="utf-8")
    command = [str(BIN / "gatepost"), "build", "--project", str(root)]
    subprocess.run(command, env=environment(), check=True, capture_output=True)
    before = {path: path.stat().st_mtime_ns for path in (root / ".gatepost" / "ebooks").glob("*.pdf")}
    (root / "magnets" / "one" / "chapters" / "01-start.md").write_text("# The start\n\nAnother sentence.\n")
    subprocess.run(command, env=environment(), check=True, capture_output=True)
    return sum(path.stat().st_mtime_ns != time for path, time in before.items())
