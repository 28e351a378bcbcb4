"""The theme, made ready for a large site: its templates compiled once, its navigation pruned."""

from __future__ import annotations

import functools
import os
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from jinja2 import FileSystemBytecodeCache

if TYPE_CHECKING:
    from pathlib import Path

    import jinja2
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

#: Pages of a site whose navigation is worth pruning.
_LARGE = 100


def use_bytecode_cache(config: MkDocsConfig, cache: Path) -> None:
    """Keep compiled templates from one build to the next."""
    if "get_env" in vars(config.theme):
        return
    folder, make = cache / "templates", config.theme.get_env

    def get_env() -> jinja2.Environment:
        env = make()
        setattr(env, "list_templates", functools.partial(_listed, env))  # noqa: B010 - mypy forbids the plain way
        folder.mkdir(parents=True, exist_ok=True)
        env.bytecode_cache = FileSystemBytecodeCache(str(folder))
        return env

    vars(config.theme)["get_env"] = get_env


def prune_navigation(config: MkDocsConfig, files: Files) -> None:
    """Have Material leave other sections' pages out of the navigation of a large site's pages, unless it chose so.

    All pages on all pages grow with the square of their number: at 1,000, two thirds of the time and of the bytes.
    """
    features = config.theme.get("features")
    chosen = set(features or ()) & {"navigation.prune", "navigation.expand"}
    if config.theme.name == "material" and not chosen and len(files.documentation_pages()) >= _LARGE:
        config.theme["features"] = [*(features or ()), "navigation.prune"]


def _listed(env: jinja2.Environment, extensions: Any = None, filter_func: Any = None) -> list[str]:
    """Return the names of a theme's files; for MkDocs, which wants no hidden ones, without looking at 14,000 icons."""
    if "add_files_from_theme" not in getattr(filter_func, "__qualname__", ""):
        return type(env).list_templates(env, extensions, filter_func)
    loader: Any = env.loader
    found: set[str] = set()
    for top in loader.searchpath:
        for folder, folders, names in os.walk(top):
            folders[:] = [name for name in folders if not name.startswith(".")]
            below = PurePath(folder).relative_to(top).as_posix().removeprefix(".")
            found.update(f"{below}/{name}".lstrip("/") for name in names)
    return sorted(name for name in found if filter_func(name))
