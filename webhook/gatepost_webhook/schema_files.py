"""The JSON Schemas of all file formats as files of a project, where its editors look for them."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from gatepost_site.speed.digests import digest
from gatepost_site.speed.environment import code_below, installed

if TYPE_CHECKING:
    from gatepost_site.project import Project


def keep_schemas(project: Project) -> None:
    """Write the schemas where the project's files name them, if it is a project and may be written to."""
    if any((project.root / name).is_file() for name in ("mkdocs.yml", "mkdocs.yaml")):
        # Editors can do without, and so can every command.
        with contextlib.suppress(OSError):
            stamp, key = project.private / "schemas" / ".made-by", _made_by()
            # To make them takes as long as to build a page; to look whether the program is another, next to nothing.
            made_by, *names = stamp.read_text(encoding="utf-8").split() if stamp.is_file() else [""]
            if made_by != key or not all((stamp.parent / name).is_file() for name in names):
                stamp.write_text("\n".join([key, *_write(project)]), encoding="utf-8")


def _write(project: Project) -> list[str]:
    """Write all of them; return the names of their files."""
    # With them come the models of everything that a project may hold.
    from gatepost_site.schemas import write_schemas  # noqa: PLC0415
    from gatepost_webhook.schemas import schemas  # noqa: PLC0415

    return [Path(path).name for path in write_schemas(schemas(), project)]


def _made_by() -> str:
    """Name the program: all that decides how the schemas are."""
    return digest(installed(), code_below(Path(__file__).parent))
