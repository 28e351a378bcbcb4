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
    from gatepost_site.words.words import Words

#: Distributions whose version changes what comes out.
_TOOLS = ("gatepost", "markdown", "pymdown-extensions", "typst")


def build_checklist(magnet: Magnet, project: Project, words: Words) -> Path:
    """Return the path of a checklist's PDF, with `words` in its head. Raises ContentError with every mistake."""
    output = magnet.asset_path(project)
    key = _key(magnet, words)
    if not is_kept(output, key):
        sheet = typeset(sheet_manuscript(magnet, project, words))
        keep(output, sheet.pdf, key, {"pages": sheet.pages})
    return output


def _key(magnet: Magnet, words: Words) -> str:
    """Return the name of everything that goes into the sheet: hexadecimal SHA-256."""
    meta = magnet.meta
    said = [words.language, words.tree["sheet"]]
    tools = [version(tool) for tool in _TOOLS]
    facts = [magnet.slug, meta.title, meta.subtitle, meta.author, meta.description, said, tools]
    package = sorted(files("gatepost_site.checklist").iterdir(), key=lambda item: item.name)
    contents = [item.read_bytes() for item in package if item.is_file()]
    digest = hashlib.sha256(json.dumps(facts).encode())
    for data in [*contents, (magnet.folder / meta.file).read_bytes()]:
        digest.update(hashlib.sha256(data).digest())
    return digest.hexdigest()
