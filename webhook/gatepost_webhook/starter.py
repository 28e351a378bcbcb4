"""The site that a new project starts from: a copy of the example that Gatepost comes with."""

from __future__ import annotations

import shutil
from pathlib import Path

import gatepost_site
from gatepost_site.project import Project
from gatepost_site.schemas import write_schemas
from gatepost_webhook.env_example import env_example
from gatepost_webhook.errors import GatepostError
from gatepost_webhook.schemas import schemas

#: What a site consists of.
PARTS = ("content", "magnets", "sequences", "mkdocs.yml")
_IGNORED = """\
# What a build makes.
/public/
/.gatepost/
# Leads, captured mails and secrets.
/data/
.env
"""
# Left by programs, not written by anybody.
_JUNK = shutil.ignore_patterns("__pycache__", ".DS_Store", "Thumbs.db", "*.pyc")


class StarterError(GatepostError):
    """A new site cannot be started there."""


def start_site(folder: Path) -> None:
    """Fill an empty or new folder. Raises StarterError."""
    _refuse_full(folder)
    source = starter_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for part in PARTS:
            if (source / part).is_dir():
                shutil.copytree(source / part, folder / part, ignore=_JUNK)
            else:
                shutil.copyfile(source / part, folder / part)
        write_schemas(schemas(), Project.at(folder))
        (folder / ".gitignore").write_text(_IGNORED, encoding="utf-8")
        (folder / ".env.example").write_text(env_example(), encoding="utf-8")
    except OSError as error:
        raise StarterError(
            f"{folder}: cannot be written ({error.strerror or error}); name a folder that this user may write to"
        ) from error


def starter_folder() -> Path:
    """Return the folder of the example: inside the installed package, or in a checkout the checkout itself."""
    package = Path(gatepost_site.__file__).resolve().parent
    for candidate in (package / "starter", package.parents[1]):
        if (candidate / "mkdocs.yml").is_file():
            return candidate
    raise StarterError(f"{package / 'starter'}: the example site is missing; install Gatepost again")


def _refuse_full(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise StarterError(f"{folder}: is a file; name a new folder")
    # A repository that was just cloned or initialised is as good as empty.
    found = sorted(path.name for path in folder.iterdir() if path.name != ".git") if folder.is_dir() else []
    if found:
        raise StarterError(f"{folder}: is not empty, found {found[0]!r}; name a new folder")
