"""From a checklist's Markdown to its PDF, made anew only when something in it changed."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING

from gatepost_site.checklist.sheet import sheet_manuscript
from gatepost_site.ebook.keeping import is_kept, keep
from gatepost_site.ebook.typesetting import typeset

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Project

#: Distributions whose version changes what comes out.
_TOOLS = ("gatepost", "markdown", "pymdown-extensions", "typst")


def build_checklist(magnet: Magnet, project: Project) -> Path:
    """Return the path of a checklist's PDF. Raises ContentError with every mistake in its Markdown."""
    output = magnet.asset_path(project)
    key = _key(magnet)
    if not is_kept(output, key):
        sheet = typeset(sheet_manuscript(magnet, project))
        keep(output, sheet.pdf, key, {"pages": sheet.pages})
    return output


def _key(magnet: Magnet) -> str:
    """Return the name of everything that goes into the sheet: hexadecimal SHA-256."""
    meta = magnet.meta
    facts = [magnet.slug, meta.title, meta.subtitle, meta.author, meta.description, [version(tool) for tool in _TOOLS]]
    package = sorted(files("gatepost_site.checklist").iterdir(), key=lambda item: item.name)
    contents = [item.read_bytes() for item in package if item.is_file()]
    digest = hashlib.sha256(json.dumps(facts).encode())
    for data in [*contents, (magnet.folder / meta.file).read_bytes()]:
        digest.update(hashlib.sha256(data).digest())
    return digest.hexdigest()
