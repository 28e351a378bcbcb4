"""Working folders to start from: a magnet of each kind, a sequence, a page, a post; every text says what to write."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from gatepost_site.magnets import MagnetKind
from gatepost_webhook.errors import GatepostError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable

KINDS: tuple[str, ...] = get_args(MagnetKind)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NAME = re.compile(r"@(\w+)@")
#: Days from now to the webinar of a new folder.
_AHEAD = timedelta(days=28)


class ScaffoldError(GatepostError):
    """Nothing can be started there."""


@dataclass(frozen=True)
class Start:
    """What to make: a folder of patterns, and where it goes in a project."""

    #: Below scaffold/, such as "magnet/course".
    pattern: str
    values: Mapping[str, str]
    #: Files by another name than the pattern's: pattern -> path.
    names: Mapping[str, str]


def new_magnet(kind: str, slug: str, root: Path, *, now: int) -> Start:
    """Return what a new magnet consists of. Raises ScaffoldError when the slug is none."""
    start = datetime.fromtimestamp(now, UTC) + _AHEAD
    values = _values(_slug(slug), root) | {"start": f"{start:%Y-%m-%d} 16:00"}
    return Start(f"magnet/{kind}", values, {})


def new_sequence(slug: str, root: Path) -> Start:
    """Return what a new sequence consists of. Raises ScaffoldError when the slug is none."""
    return Start("sequence", _values(_slug(slug), root), {})


def new_page(path: str, root: Path) -> Start:
    """Return a new page at a path below content/. Raises ScaffoldError when it leads elsewhere."""
    bare = path.removesuffix(".md").strip("/")
    if not bare or not all(_SLUG.fullmatch(part) for part in bare.split("/")):
        write = "/".join(slug_of(part) for part in bare.split("/") if slug_of(part)) or "guides/first-steps"
        raise ScaffoldError(f"not the path of a page, found {path!r}; write {write!r}")
    slug = bare.rpartition("/")[2]
    return Start("page", _values(slug, root), {"page.md": f"content/{bare}.md"})


def new_post(title: str, root: Path, *, now: int) -> Start:
    """Return a new post of the blog. Raises ScaffoldError when no file name can be made of its title."""
    slug = slug_of(title)
    if not slug:
        raise ScaffoldError(f"no letters to make a file name of, found {title!r}; write a title")
    values = _values(slug, root) | {
        "title": title,
        "quoted": json.dumps(title, ensure_ascii=False)[1:-1],
        "today": f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d}",
        "authors": _authors(root),
    }
    return Start("post", values, {"post.md": f"content/blog/posts/{slug}.md"})


def make(start: Start, root: Path) -> list[Path]:
    """Write what a start consists of, and return the files, relative to the root.

    Raises ScaffoldError, before anything is written, when one of them is there already.
    """
    if not (root / "mkdocs.yml").is_file() and not (root / "mkdocs.yaml").is_file():
        raise ScaffoldError(f"{root}: no mkdocs.yml here; change to a site's folder, or run 'gatepost init DIR' first")
    made = {Path(path): text for path, text in _files(start)}
    for path in made:
        folder = path.parents[-3] if len(path.parts) > 2 and path.parts[0] in {"magnets", "sequences"} else path
        if (root / folder).exists():
            raise ScaffoldError(f"{folder.as_posix()}: is there already, and nothing was changed; choose another name")
    for path, text in made.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return list(made)


def slug_of(words: str) -> str:
    """Return words as a slug: "Über uns!" is "uber-uns"."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))


def _slug(slug: str) -> str:
    if not _SLUG.fullmatch(slug):
        write = slug_of(slug) or "first-steps"
        raise ScaffoldError(f"not a name for a folder, found {slug!r}; write {write!r}: small letters, digits and '-'")
    return slug


def _values(slug: str, root: Path) -> dict[str, str]:
    words = slug.replace("-", " ")
    return {"slug": slug, "title": words[:1].upper() + words[1:], "author": _site_name(root)}


def _site_name(root: Path) -> str:
    """Return the site's name where it can be read simply, else a word to replace."""
    try:
        text = (root / "mkdocs.yml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        text = ""
    found = re.search(r"^site_name: *([\"']?)([\w .&-]+)\1 *$", text, re.MULTILINE)
    return found[2].strip() if found else "Your name"


def _authors(root: Path) -> str:
    """Return the line that names the blog's first author, "" when none is listed."""
    try:
        listed = YAML(typ="safe", pure=True).load(root / "content" / "blog" / ".authors.yml")
        return f"authors: [{next(iter(listed['authors']))}]\n"
    except (OSError, YAMLError, KeyError, TypeError, StopIteration):
        return ""


def _files(start: Start) -> Iterator[tuple[str, str]]:
    folder = files("gatepost_webhook") / "scaffold"
    for part in start.pattern.split("/"):
        folder /= part
    for path, item in sorted(_below(folder, "")):
        text = item.read_text(encoding="utf-8")
        yield _filled(start.names.get(path, path), start.values), _filled(text, start.values)


def _below(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for item in folder.iterdir():
        below = f"{path}/{item.name}".lstrip("/")
        if item.is_dir():
            yield from _below(item, below)
        else:
            yield below, item


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _NAME.sub(lambda found: values[found[1]], text)
