"""The arrows between the modules point one way."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SITE = Path(__file__).parents[2] / "site" / "gatepost_site"
MODULES = sorted(SITE.rglob("*.py"))


def imported(module: Path) -> set[str]:
    """Return the top-level packages that a module imports anywhere."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    return names


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(SITE).as_posix())
def test_the_site_half_knows_neither_webhook_nor_web_framework(module: Path) -> None:
    assert not imported(module) & {"gatepost_webhook", "starlette", "uvicorn", "sqlite3", "sqlite_utils"}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(SITE).as_posix())
def test_only_the_plugin_its_other_half_and_what_hastens_it_import_mkdocs(module: Path) -> None:
    halves = {"engine.py", "multilingual.py", "plugin.py"}
    if module.parent != SITE / "acceleration":
        assert ("mkdocs" in imported(module)) == (module.relative_to(SITE).as_posix() in halves)


def test_the_site_folder_is_no_package() -> None:
    """With an __init__.py it would take the place of the standard library's module `site`."""
    assert not (SITE.parent / "__init__.py").exists()
