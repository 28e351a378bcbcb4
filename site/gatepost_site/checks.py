"""Everything that can be known to be wrong with a site before it is built, found in one go."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gatepost_site.documents import load_yaml, position_in, read_text, shown
from gatepost_site.findings import ContentError, Finding, ruled
from gatepost_site.landing_blocks import block_findings, misplaced_blocks
from gatepost_site.late import Late
from gatepost_site.magnets import load_magnets
from gatepost_site.offer_check import check_offers, prose
from gatepost_site.pages import check_pages
from gatepost_site.snippet_check import check_snippets
from gatepost_site.speed.clean import CleanPages
from gatepost_site.speed.digests import digest, spelled
from gatepost_site.speed.environment import installed
from gatepost_site.staging import unwritable
from gatepost_site.words.languages import load_languages, silent_language
from gatepost_site.words.tags import normal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gatepost_site import checklist, ebook
    from gatepost_site.ebook import stamp
    from gatepost_site.magnets import Magnet
    from gatepost_site.pages import FrontMatter
    from gatepost_site.project import Project
else:
    # Only what has such magnets needs them, and all that they bring along.
    checklist, ebook, stamp = (Late(f"gatepost_site.{name}") for name in ("checklist", "ebook", "ebook.stamp"))


@dataclass(frozen=True)
class Sources:
    """What a site is built from, as its configuration says."""

    project: Project
    #: mkdocs.yml, or what the site calls it.
    config_file: Path
    #: The Markdown pages that will be published.
    pages: Sequence[Path]
    #: Options of pymdownx.snippets, None when it is not on.
    snippets: Mapping[str, Any] | None
    #: Reads a page's front matter as the site's engine does.
    published: FrontMatter
    #: Names of the blocks that the site's Markdown knows, such as "details".
    blocks: frozenset[str] = frozenset()
    #: BCP 47: that of every page which does not say otherwise.
    language: str = "en"


def check_sources(sources: Sources) -> dict[str, Magnet]:
    """Check pages, magnets and offers; return the magnets by slug. Raises ContentError with every mistake."""
    project, root = sources.project, sources.project.root
    copies = sorted([*project.magnets.glob("*/magnet.md"), *project.magnets.glob("*/magnet.*.md")])
    findings = list(ruled("gated-page", (_gated_page(page, project) for page in _gated(sources.pages, project))))
    rules = digest(installed(), spelled(sources.snippets), *(path.parent.name for path in copies))
    clean = CleanPages(project.cache / "checked.json", rules)
    pages = clean.doubtful(sources.pages)
    findings += ruled("front-matter", check_pages(pages, root=root, published=sources.published))
    findings += ruled("snippet", check_snippets([*pages, *copies], sources.snippets, project))
    try:
        magnets = load_magnets(project)
        slugs = list(magnets)
    except ContentError as error:
        magnets, findings = {}, [*findings, *ruled("magnet", error.findings)]
        # An offer of a magnet that is there but wrong is not a second mistake.
        slugs = sorted({path.parent.name for path in copies})
    findings += ruled("block", misplaced_blocks(pages, root=root))
    findings += ruled("offer", check_offers([*pages, *copies], slugs, root=root))
    findings += ruled("words", _word_findings(sources, magnets))
    for version in (version for magnet in magnets.values() for version in magnet.versions()):
        findings += ruled("landing-heading", _heading_findings(version))
        findings += ruled("ebook", _book_findings(version, project))
        findings += ruled("block", block_findings(version, project, sources.blocks))
    findings += ruled("ebook", _sheet_findings(sources, magnets))
    if findings:
        raise ContentError(findings)
    clean.keep()
    return magnets


def _word_findings(sources: Sources, magnets: Mapping[str, Magnet]) -> list[Finding]:
    """Find mistakes in the site's own words, and languages that something would have to be said in."""
    try:
        languages = load_languages(sources.project)
    except ContentError as error:
        return error.findings
    translations = [version for magnet in magnets.values() for version in magnet.translations.values()]
    findings = [
        silent_language(version.language, version.document.file, (1, 1))
        for version in translations
        if not languages.speaks(version.language)
    ]
    findings += [
        Finding(version.document.file, 1, 1, "is in the site's own language", f"'{version.language}'", "'magnet.md'")
        for version in translations
        if version.language == normal(sources.language)
    ]
    if magnets and not languages.speaks(sources.language):
        file = shown(sources.config_file, sources.project.root)
        lines = load_yaml(read_text(sources.config_file, file), file, first_line=1)
        findings.append(silent_language(sources.language, file, position_in(lines, ("theme", "language"), 1)))
    return findings


def _gated(pages: Sequence[Path], project: Project) -> Iterator[Path]:
    """Yield the pages that are links into a gated folder, or in a folder that is one."""
    gated = [os.path.realpath(folder) + os.sep for folder in (project.magnets, project.private)]
    folders: dict[Path, str] = {}
    for page in pages:
        # To follow a path step by step is slow, and many pages share a folder.
        parent = page.parent
        if parent not in folders:
            folders[parent] = os.path.realpath(parent)
        place = os.path.realpath(page) if page.is_symlink() else f"{folders[parent]}{os.sep}{page.name}"
        if place.startswith(tuple(gated)):
            yield page


def _gated_page(page: Path, project: Project) -> Finding:
    write = "a page of its own, because all pages are public"
    return Finding(shown(page, project.root), 1, 1, "page is a link to a gated file", f"'{page.resolve().name}'", write)


def _heading_findings(magnet: Magnet) -> Iterator[Finding]:
    """Find headings of the first level: a page has one, and a landing page's is the magnet's title."""
    for index, line in prose(magnet.body.splitlines()):
        if line.startswith("# "):
            where = (magnet.document.file, magnet.document.body_line + index, 1)
            yield Finding(*where, "heading of the first level in landing copy", f"'{line}'", f"'#{line}'")


def _book_findings(magnet: Magnet, project: Project) -> list[Finding]:
    """Judge an ebook by making it, which costs nothing when it has not changed."""
    try:
        if magnet.is_ebook and magnet.hands_out_its_own:
            ebook.build_ebook(magnet, project)
        if magnet.meta.stamp and magnet.hands_out_its_own:
            return _stamp_findings(magnet, project)
    except ContentError as error:
        return error.findings
    except OSError as error:
        return [unwritable(error, project)]
    return []


def _stamp_findings(magnet: Magnet, project: Project) -> list[Finding]:
    """Judge whether readers' names can be put on a file before anybody asks for it."""
    file = magnet.document.file
    if not stamp.can_stamp():
        return [Finding(file, 1, 1, "'stamp' needs pikepdf, which is missing", write="pip install 'gatepost[stamp]'")]
    try:
        # A sheet is made later, and like an ebook as stamping wants it.
        if not magnet.is_typeset:
            stamp.check_stampable(magnet.asset_path(project))
    except stamp.StampError as error:
        return [Finding(file, 1, 1, f"PDF cannot be stamped: {error}", f"'{magnet.filename}'", "'stamp: false'")]
    return []


def _sheet_findings(sources: Sources, magnets: Mapping[str, Magnet]) -> list[Finding]:
    """Judge each checklist by making it, with the words of its language, which costs nothing when it is unchanged."""
    findings: list[Finding] = []
    versions = (version for magnet in magnets.values() for version in magnet.versions())
    for version in (version for version in versions if version.is_typeset and version.hands_out_its_own):
        try:
            words = load_languages(sources.project).words(version.language or sources.language)
            checklist.build_checklist(version, sources.project, words)
        except ContentError as error:
            findings += error.findings
        except OSError as error:
            findings.append(unwritable(error, sources.project))
    return findings


def check_folders(project: Project, config_file: Path) -> None:
    """Refuse folders that would publish, or delete, what is not the site. Raises ContentError."""
    findings = []
    if held := _source_in(project):
        where = (shown(config_file, project.root), *_key(config_file, "site_dir"))
        findings.append(Finding(*where, "output folder holds source", f"'{held}'", "'site_dir: public'"))
    content = shown(project.content, project.root)
    where = (shown(config_file, project.root), *_key(config_file, "docs_dir"))
    if project.content.resolve().is_relative_to(project.magnets.resolve()):
        write = "a folder beside magnets/, because all that is in it is public"
        findings.append(Finding(*where, "the folder of pages is inside magnets/", f"'{content}'", write))
    elif project.magnets.resolve().is_relative_to(project.content.resolve()) or _magnets_in(project.content):
        write = f"magnets/ beside {content}/, because all that is in it is public"
        findings.append(Finding(*where, "magnets/ is inside the folder of pages", f"'{content}'", write))
    if findings:
        raise ContentError(findings)


def _magnets_in(content: Path) -> bool:
    return any((content / "magnets").glob("*/magnet.md"))


def _source_in(project: Project) -> str:
    """Return a source file or folder that a build would delete, because it is in the output folder; else ""."""
    public, root = project.public.resolve(), project.root
    for folder in (root, project.content, project.magnets, project.sequences):
        if folder.resolve().is_relative_to(public):
            return shown(folder, root)
    for place, _, names in os.walk(public):
        for name in sorted(names):
            if not name.endswith(".py") and name != "mkdocs.yml":
                continue
            path = Path(place, name)
            # What a page's folder holds, a build copies: that is no source.
            if not (project.content / path.relative_to(public)).is_file():
                return shown(path, root.resolve())
    return ""


def _key(config_file: Path, key: str) -> tuple[int, int]:
    """Return (line, column) of a key in mkdocs.yml, (1, 1) when it is left out."""
    lines = config_file.read_text(encoding="utf-8-sig").splitlines() if config_file.is_file() else []
    return next((number for number, line in enumerate(lines, start=1) if line.startswith(f"{key}:")), 1), 1
