"""What the last build of a site left for the next: written in one step, thrown away when it is damaged."""

from __future__ import annotations

import json
import os
import secrets
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gatepost_site.speed.texts import Texts

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_site.speed.texts import Place

_MAGIC = b"gatepost state 4\n"
#: Magic, checksum of all that follows.
_START = len(_MAGIC) + 4


@dataclass(slots=True)
class Output:
    """An HTML file that was written for a page, and what it was made from."""

    key: str
    digest: str
    size: int
    #: Modification time of the stored copy in ns: while it and the size stay, its bytes do.
    time: int


@dataclass(slots=True)
class Front:
    """What a page's front matter says, as JSON."""

    key: str
    json: str


@dataclass(slots=True)
class Rendered:
    """What a page's Markdown became."""

    key: str
    #: Names the HTML.
    name: str
    html: str
    #: Headings: [title, id, level, [children]].
    toc: list[Any]
    title: str | None
    anchors: list[str]
    #: Source -> {anchor: link as written}.
    links: dict[str, dict[str, str]]
    #: What was logged: [logger, level, text].
    log: list[list[Any]]
    #: Path that was asked for -> what was found there.
    asked: dict[str, str]
    #: Names the magnets that its offers were made of, "" without offers.
    offers: str


@dataclass(slots=True)
class Sections:
    """A page's part of the search index: JSON objects with commas between them."""

    key: str
    json: str


@dataclass
class State:
    """What is kept of each page, by source."""

    rendered: dict[str, Rendered] = field(default_factory=dict)
    sections: dict[str, Sections] = field(default_factory=dict)
    outputs: dict[str, Output] = field(default_factory=dict)
    fronts: dict[str, Front] = field(default_factory=dict)
    #: Small facts of the build as a whole.
    facts: dict[str, Any] = field(default_factory=dict)
    #: Name of a page's HTML, or of its sections -> where the text is kept.
    places: dict[str, Place] = field(default_factory=dict, compare=False)
    #: File of texts -> its CRC-32.
    checksums: dict[str, int] = field(default_factory=dict, compare=False)

    def follow(self, state: State) -> None:
        """Come after another state, whose texts are kept already."""
        self.places, self.checksums = state.places, state.checksums


#: (file, modification time, size) -> its state: a preview builds again and again in one process.
_remembered: dict[tuple[Path, int, int], State] = {}


def load_state(path: Path) -> State:
    """Read a state; an empty one when there is none, or when it is not what was written."""
    with suppress(OSError):
        if known := _remembered.get(_version(path)):
            return known
    with suppress(OSError, ValueError, KeyError, TypeError, IndexError):
        data = path.read_bytes()
        checksum = int.from_bytes(data[len(_MAGIC) : _START], "big")
        if data.startswith(_MAGIC) and zlib.crc32(memoryview(data)[_START:]) == checksum:
            return _unpacked(json.loads(data[_START:]), path)
    return State()


def save_state(path: Path, state: State, *, remember: bool = False) -> None:
    """Write a state in one step: of two builds at once, one is kept whole. `remember` it for this process, too.

    `state.follow` comes before: texts that stayed are not written again.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    texts = Texts(path, state.checksums)
    names = {item.name: item.html for item in state.rendered.values()}
    state.places = texts.keep(names | {item.key: item.json for item in state.sections.values()}, state.places)
    state.checksums = texts.checksums
    head = json.dumps(_packed(state), separators=(",", ":")).encode("ascii")
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        temporary.write_bytes(b"".join([_MAGIC, zlib.crc32(head).to_bytes(4, "big"), head]))
        version = (path, *_version(temporary)[1:])
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    texts.prune()
    _remembered.clear()
    if remember:
        _remembered[version] = state


def _version(path: Path) -> tuple[Path, int, int]:
    stat = path.stat()
    return path, stat.st_mtime_ns, stat.st_size


def _packed(state: State) -> list[Any]:
    places = state.places
    rendered = {
        source: [
            item.key, item.name, item.toc, item.title, item.anchors, item.links, item.log, item.asked, item.offers,
            places[item.name],
        ]
        for source, item in state.rendered.items()
    }  # fmt: skip
    sections = {source: [item.key, places[item.key]] for source, item in state.sections.items()}
    outputs = {source: [item.key, item.digest, item.size, item.time] for source, item in state.outputs.items()}
    fronts = {source: [item.key, item.json] for source, item in state.fronts.items()}
    return [state.facts, rendered, sections, outputs, fronts, state.checksums]


def _unpacked(head: list[Any], path: Path) -> State:
    facts, rendered, sections, outputs, fronts, checksums = head
    texts = Texts(path, checksums)
    texts.read()
    return State(
        {source: Rendered(key, name, texts.at(place), *rest) for source, (key, name, *rest, place) in rendered.items()},
        {source: Sections(key, texts.at(place)) for source, (key, place) in sections.items()},
        {source: Output(*item) for source, item in outputs.items()},
        {source: Front(*item) for source, item in fronts.items()},
        facts,
        {item[1]: item[-1] for item in rendered.values()} | dict(sections.values()),
        checksums,
    )


class Objects:
    """Finished files, each under the name of its bytes; built sites hold links to them, or copies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, digest: str) -> Path:
        """Return where the file of that name is, if it is kept."""
        return self._folder / digest[:2] / digest[2:]

    def keep(self, file: Path, digest: str, *, link: bool) -> os.stat_result:
        """Keep a finished file, and return what the file system says of the kept one."""
        target = self.path(digest)
        if not target.is_file():
            put(file, target, link=link)
        return target.stat()

    def prune(self, wanted: set[str], *, before: int) -> None:
        """Delete what no state names, except what is younger than an epoch second: another build may be at work."""
        for path in self._folder.glob("??/*"):
            if path.parent.name + path.name not in wanted:
                with suppress(OSError):
                    if path.stat().st_ctime < before:
                        path.unlink()


def put(file: Path, target: Path, *, link: bool) -> None:
    """Make `target` a second name of `file`, or a copy of it where that cannot be or must not be."""
    if link:
        with suppress(OSError):
            os.link(file, target)
            return
    target.parent.mkdir(parents=True, exist_ok=True)
    if link:
        with suppress(OSError):
            os.link(file, target)
            return
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    try:
        temporary.write_bytes(file.read_bytes())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
