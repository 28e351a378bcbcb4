"""Where a project keeps what: the folders of one site, and what its last build left for the webhook."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Project:
    """The folders of one site. All paths are absolute."""

    root: Path
    #: Markdown that visitors read (MkDocs' docs_dir).
    content: Path
    #: The built site (MkDocs' site_dir), the only folder that a web server may show.
    public: Path
    #: A build for this machine alone, kept apart: its pages carry another address than the published ones.
    preview: bool = False

    @classmethod
    def at(cls, root: Path, *, preview: bool = False) -> Project:
        """Return the project in a folder laid out in the usual way."""
        root = root.resolve()
        public = root / ".gatepost" / "preview" / "public" if preview else root / "public"
        return cls(root, root / "content", public, preview)

    @property
    def magnets(self) -> Path:
        """One folder a lead magnet."""
        return self.root / "magnets"

    @property
    def sequences(self) -> Path:
        """One folder a follow-up sequence."""
        return self.root / "sequences"

    @property
    def languages(self) -> Path:
        """The site's own words: one file a language."""
        return self.root / "languages"

    @property
    def private(self) -> Path:
        """What a build makes and a visitor must never fetch: ebooks, caches, the manifest."""
        return self.root / ".gatepost"

    @property
    def cache(self) -> Path:
        """What builds keep for the next: it may be deleted at any time."""
        return self.private / "cache"

    @property
    def manifest(self) -> Path:
        """What the webhook needs to know of the last build."""
        return (self.private / "preview" if self.preview else self.private) / "manifest.json"


@dataclass(frozen=True)
class Asset:
    """A gated file as the last build left it."""

    #: Relative to the project's root.
    path: str
    #: Name that the visitor's browser saves it under.
    filename: str
    media_type: str
    #: Hexadecimal SHA-256 of the bytes.
    sha256: str
    #: Length in bytes.
    size: int


@dataclass(frozen=True)
class Manifest:
    """What the webhook needs to know of the last build."""

    site_name: str
    #: Ends with a slash.
    site_url: str
    #: A magnet's key (its slug, or "guide.de" for a translation) -> path of its landing page below site_url, such as
    #: "get/checklist/".
    landing: dict[str, str] = field(default_factory=dict)
    #: Key -> path of its thank-you page below site_url.
    thanks: dict[str, str] = field(default_factory=dict)
    #: Key -> its file: of a webinar its calendar entry, of a course none.
    assets: dict[str, Asset] = field(default_factory=dict)
    #: Key of an ebook -> the same book as EPUB, when it is to be had.
    epubs: dict[str, Asset] = field(default_factory=dict)
    #: Key of a webinar -> its recording, when that is a file.
    recordings: dict[str, Asset] = field(default_factory=dict)
    #: BCP 47: that of every page, form and mail which does not say otherwise.
    language: str = "en"
    #: Path of a page that has moved -> path where it is now, both below site_url: "old/" -> "seo/".
    moved: dict[str, str] = field(default_factory=dict)
    #: Source of a page below content/ -> its path below site_url: "guide/start.md" -> "guide/start/".
    pages: dict[str, str] = field(default_factory=dict)


def write_manifest(project: Project, manifest: Manifest) -> None:
    """Write the manifest of a build, in one step, so that a reader never sees half of it."""
    project.manifest.parent.mkdir(parents=True, exist_ok=True)
    temporary = project.manifest.with_suffix(".new")
    temporary.write_text(json.dumps(asdict(manifest), indent=2, sort_keys=True) + "\n", encoding="utf-8")
    temporary.replace(project.manifest)


def read_manifest(project: Project) -> Manifest:
    """Read what the last build left. Raises FileNotFoundError when the site was never built."""
    data = json.loads(project.manifest.read_text(encoding="utf-8"))
    for files in ("assets", "epubs", "recordings"):
        data[files] = {slug: Asset(**asset) for slug, asset in data.get(files, {}).items()}
    return Manifest(**data)
