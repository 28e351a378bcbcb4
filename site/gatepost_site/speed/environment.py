"""Names the programs that a build runs: what is installed, and code that lies about in the project."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from gatepost_site.speed.digests import digest

if TYPE_CHECKING:
    from collections.abc import Iterable

_INSTALLED = frozenset({"site-packages", "dist-packages"})
_CODE = frozenset({".py", ".html", ".yml", ".yaml", ".json", ".css", ".js", ".svg", ".typ", ".txt", ".toml", ".ftl"})


@cache
def installed() -> str:
    """Return a name for the Python and the versions of all distributions that it can import."""
    names = [
        entry.name
        for folder in dict.fromkeys(sys.path)
        if folder and Path(folder).is_dir()
        for entry in Path(folder).iterdir()
        if entry.suffix in {".dist-info", ".egg-info"}
    ]
    return digest(sys.version, *sorted(names), code_below(Path(__file__).parents[1]))


def code_of(modules: Iterable[str]) -> str:
    """Return a name for the code of modules that are no part of an installed distribution: a site's own."""
    return digest(*(_code(name) for name in sorted({name.partition(".")[0] for name in modules})))


@cache
def _code(name: str) -> str:
    # Read once: this process goes on running what it imported, whatever is written into the file.
    file = getattr(sys.modules.get(name), "__file__", None)
    path = Path(file or "")
    return code_below(path.parent if path.name == "__init__.py" else path) if file else ""


def code_below(path: Path) -> str:
    """Return a name for a file, or for the program text of a folder; "" for what is installed with a version."""
    if _INSTALLED & set(path.parts):
        return ""
    if path.is_file():
        return digest(str(path), path.read_bytes())
    files = sorted(file for file in path.rglob("*") if file.suffix in _CODE and file.is_file())
    return digest(*(part for file in files for part in (str(file), file.read_bytes())))
