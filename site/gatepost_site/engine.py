"""What MkDocs knows of a site, turned into this package's own objects, and back: the plugin's other half."""

from __future__ import annotations

import inspect
import os
import re
from datetime import UTC, date, datetime
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from markdown import Markdown
from mkdocs.config import config_options as opt
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException
from mkdocs.structure.files import File, InclusionLevel
from mkdocs.utils import get_relative_url
from mkdocs.utils.meta import get_data

from gatepost_site import offers
from gatepost_site.audit.site_config import SiteConfig, nav_entries, post_folders, slugify_of
from gatepost_site.build_time import build_time
from gatepost_site.buildlog import quiet_log
from gatepost_site.checks import Sources
from gatepost_site.config_mistakes import config_finding
from gatepost_site.documents import load_yaml, position_in, read_text, shown, suggestion
from gatepost_site.findings import ContentError, Finding
from gatepost_site.forms import SiteSettings
from gatepost_site.images import picture_site, pictures_of, tell_missing
from gatepost_site.multilingual import language_of, place
from gatepost_site.offer_check import unknown_magnet
from gatepost_site.seo.appearance import own_colour, primary_of, profiles_of
from gatepost_site.seo.colours import colour_of
from gatepost_site.seo.own_pictures import own_pictures
from gatepost_site.seo.titles import first_heading
from gatepost_site.site_pages import Site, SiteFacts, SitePage
from gatepost_site.snippet_check import NAME as SNIPPETS
from gatepost_site.translations import original_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mkdocs.config.base import Config
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page
    from ruamel.yaml.comments import CommentedMap

    from gatepost_site.history import History
    from gatepost_site.project import Project
    from gatepost_site.publication import Publication
    from gatepost_site.seo.appearance import Appearance
    from gatepost_site.site_pages import Additions, Kind
    from gatepost_site.words.languages import Languages

#: Comments above an option, and its name.
_COMMENTED = re.compile(r"((?:^ +# .*\n)+) +(\w+) = ", re.MULTILINE)
_JSON_TYPES = {bool: "boolean", dict: "object", float: "number", int: "integer", list: "array", str: "string"}
_UNKNOWN = re.compile(r"Plugin 'gatepost' option '([^']*)': Unrecognised configuration name")


def load_config(root: Path, *, site_url: str | None, strict: bool = False) -> MkDocsConfig:
    """Read mkdocs.yml. Raises ContentError with every mistake, each with its line."""
    file = next((path for path in (root / "mkdocs.yml", root / "mkdocs.yaml") if path.is_file()), None)
    if file is None:
        raise ContentError([Finding("mkdocs.yml", 1, 1, "no such file", write="gatepost init, or --project DIR")])
    lines = load_yaml(read_text(file, file.name), file.name, first_line=1)
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    config = MkDocsConfig(config_file_path=str(file.resolve()))
    _forget_plugins(config)
    overrides: dict[str, Any] = {"site_url": site_url} if site_url else {}
    with quiet_log():
        try:
            with file.open("rb") as stream:
                config.load_file(stream)
            config.load_dict(overrides | ({"strict": True} if strict else {}))
        except MkDocsException as error:
            raise ContentError([Finding(file.name, 1, 1, str(error).splitlines()[0])]) from error
        errors, warnings = config.validate()
    findings = [config_finding(key, str(error), lines, file.name) for key, error in errors]
    unknown = [found[1] for _, text in warnings if (found := _UNKNOWN.match(text))]
    if unknown:
        known = [name for name, _ in config.plugins["gatepost"].config_scheme]
        findings += [_unknown_option(name, known, lines, file.name) for name in unknown]
    if not findings and "gatepost" not in config.plugins:
        findings = [Finding(file.name, 1, 1, "the plugin is not on", write="'- gatepost' under 'plugins:'")]
    if findings:
        raise ContentError(findings)
    return config


def _forget_plugins(config: MkDocsConfig) -> None:
    """Let the next build have plugins of its own.

    MkDocs keeps those with a start and an end for the whole process, for its own preview. One that has ended, such as
    Material's blog, has thrown its temporary folder away.
    """
    for _, option in config._schema:  # noqa: SLF001 - the cache has no other door
        if isinstance(option, opt.Plugins):
            option.plugin_cache.clear()


def options_schema(options: type[Config]) -> dict[str, Any]:
    """Return the JSON Schema of a plugin's options, each with the comment above it."""
    comments = {
        name: " ".join(line.strip("# ") for line in text.splitlines())
        for text, name in _COMMENTED.findall(inspect.getsource(options))
    }
    properties: dict[str, dict[str, Any]] = {}
    for name, option in options._schema:  # noqa: SLF001 - what MkDocs itself reads the options by
        kinds = getattr(option, "_type", ())
        types = [_JSON_TYPES[kind] for kind in (kinds if isinstance(kinds, tuple) else (kinds,)) if kind in _JSON_TYPES]
        properties[name] = {"description": comments.get(name, "")}
        if types:
            properties[name]["type"] = types[0] if len(types) == 1 else types
        if isinstance(option.default, (bool, int, str)):
            properties[name]["default"] = option.default
    return {"type": "object", "properties": properties}


def _unknown_option(name: str, known: list[str], lines: CommentedMap, file: str) -> Finding:
    """Name an option of ours that MkDocs would pass over with a warning."""
    places = [
        position_in(lines, ("plugins", index, "gatepost", name), 1)
        for index, plugin in enumerate(lines.get("plugins") or [])
        if isinstance(plugin, dict) and name in (plugin.get("gatepost") or {})
    ]
    line, column = places[0] if places else (1, 1)
    return Finding(file, line, column, "gatepost: unknown option", f"'{name}'", suggestion(name, known))


def check_output(config: MkDocsConfig, project: Project) -> None:
    """Refuse MkDocs' own output folder unless it was chosen: the webhook serves and looks for public/."""
    left_out = "site_dir" not in read_text(Path(config.config_file_path), "mkdocs.yml")
    if left_out and project.public == project.root / "site":
        raise ContentError([Finding("mkdocs.yml", 1, 1, "'site_dir' is left out", "'site'", "'site_dir: public'")])


def sources_of(config: MkDocsConfig, files: Files, project: Project) -> Sources:
    """Return what the site is built from."""
    on = SNIPPETS in config.markdown_extensions
    pages = [Path(file.abs_src_path) for file in files.documentation_pages() if file.abs_src_path]
    snippets = config.mdx_configs.get(SNIPPETS, {}) if on else None
    return Sources(
        project,
        Path(config.config_file_path),
        pages,
        snippets,
        lambda text: get_data(text)[1],
        _block_names(config),
        language_of(config),
        tuple(f"{shown(project.content, project.root)}/{folder}" for folder in _posts(config)),
    )


def _posts(config: MkDocsConfig) -> tuple[str, ...]:
    return tuple(post_folders(getattr(plugin, "config", {}) for plugin in config.plugins.values()))


def _block_names(config: MkDocsConfig) -> frozenset[str]:
    """Return the names of all blocks that the site's Markdown extensions bring."""
    markdown = Markdown(extensions=config.markdown_extensions, extension_configs=config.mdx_configs)
    processors = (getattr(processor, "blocks", None) for processor in markdown.parser.blockprocessors)
    return frozenset(name for blocks in processors if isinstance(blocks, dict) for name in blocks)


def site_config_of(
    config: MkDocsConfig, files: Files, project: Project, settings: SiteSettings, spoken: Mapping[str, str]
) -> SiteConfig:
    """Return what the audit needs to know of the site. Plugins have not made their pages yet."""
    pages = [file for file in files.documentation_pages() if file.abs_src_path]
    gatepost = config.plugins["gatepost"].config
    return SiteConfig(
        sources=sources_of(config, files, project),
        settings=settings,
        language=language_of(config),
        theme=config.theme.name or "",
        urls={file.src_uri: "" if file.url in {".", "./"} else file.url for file in pages},
        files=frozenset(file.src_uri for file in files if file.inclusion.is_included()),
        nav=None if config.nav is None else dict(nav_entries(config.nav)),
        posts=_posts(config),
        slugify=slugify_of(config.mdx_configs.get("toc", {})),
        options=gatepost.get("check") or {},
        themes=config.theme.dirs,
        spoken=spoken,
    )


def settings_of(  # noqa: PLR0913 - what the plugin's options and the project say, by name
    config: MkDocsConfig,
    files: Files,
    *,
    path: str,
    privacy: str,
    webhook: str,
    languages: Languages,
    twins: Mapping[str, Mapping[str, str]],
) -> SiteSettings:
    """Return what all forms of the site have in common. Raises ContentError when there is no such privacy notice."""
    site_url = config.site_url or ""
    return SiteSettings(
        site_name=config.site_name,
        site_url=site_url if site_url.endswith("/") or not site_url else site_url + "/",
        path=path,
        directory_urls=config.use_directory_urls,
        webhook=webhook,
        privacy=_privacy(files, privacy),
        language=language_of(config),
        languages=languages,
        twins=twins,
        built_at=build_time(),
    )


def _privacy(files: Files, option: str) -> str:
    """Return where the privacy notice is: an address, a path below the site, "" when there is none."""
    page = files.get_file_from_path(option.lstrip("/") or "privacy.md")
    if option and page is None and option.endswith(".md"):
        raise ContentError([Finding("mkdocs.yml", 1, 1, "gatepost: no such page", f"'privacy: {option}'", "its path")])
    return page.url if page else option.lstrip("/")


def add_files(files: Files, publication: Publication, config: MkDocsConfig) -> None:
    """Add the magnets' pages and files. Raises ContentError when a page of the site stands in their place."""
    taken = [source for source in (*publication.pages, *publication.files) if files.get_file_from_path(source)]
    if taken:
        write = "another 'path' for the plugin, or another name for the page"
        raise ContentError(
            Finding(f"{Path(config.docs_dir).name}/{source}", 1, 1, "stands where a magnet's page goes", write=write)
            for source in taken
        )
    for page in publication.pages.values():
        hidden = InclusionLevel.NOT_IN_NAV
        file = File.generated(config, page.source, content=page.markdown, inclusion=hidden)
        files.append(file)
        if page.language:
            place(file, page.language)
    for target, path in publication.files.items():
        files.append(File.generated(config, target, abs_src_path=str(path)))


def clashing(files: Files, project: Project) -> list[Finding]:
    """Return a finding for each page that would be written over another, as two posts with one `slug` are."""
    taken: dict[str, File] = {}
    findings = []
    for file in files.documentation_pages():
        other = taken.setdefault(file.dest_uri, file)
        if other is not file and file.abs_src_path:
            where = (shown(Path(file.abs_src_path), project.root), 1, 1)
            found = f"'{other.src_uri}', at '/{file.url}'"
            findings.append(Finding(*where, "goes where another page goes", found, "another file name, or 'slug'"))
    return findings


def unknown_offers(publication: Publication, page: Page, project: Project) -> list[Finding]:
    """Return findings for offers that only rendering brought to light, as in a list or from a macro."""
    names, publication.shelf.unknown = publication.shelf.unknown, []
    astray, publication.shelf.astray = publication.shelf.astray, []
    if not names and not astray:
        return []
    source = page.file.abs_src_path
    file = shown(Path(source), project.root) if source else page.file.src_uri
    lines = page.file.content_string.splitlines()
    where = {
        name: next((n for n, line in enumerate(lines, 1) if f"| {name}" in line and "/// " in line), 1)
        for name in names
    }
    findings = [unknown_magnet(file, where[name], 1, name, sorted(publication.magnets)) for name in names]
    write = "it at the start of a line of magnet.md, not inside a list or a note"
    return findings + [
        Finding(file, 1, 1, "block of a landing page cannot stand there", f"'{name}'", write) for name in astray
    ]


def placed(html: str, page: Page, config: MkDocsConfig) -> str:
    """Return a page's HTML with its offers fitted to their place."""
    if not offers.has_marks(html):
        return html
    return offers.place_offers(html, link=lambda path: get_relative_url(path, page.url), page=url_path(page, config))


def url_path(page: Page, config: MkDocsConfig) -> str:
    """Return the path of a page's address, such as "/blog/" or "/sub/blog/"."""
    return urljoin(urlsplit(config.site_url or "").path or "/", page.url)


def site_of(config: MkDocsConfig, files: Files, publication: Publication, *, history: History, adds: Additions) -> Site:
    """Return all pages of the site as plain data. They must be rendered."""
    facts = SiteFacts(
        name=config.site_name,
        url=publication.settings.site_url,
        description=config.site_description or "",
        language=language_of(config),
        adds=adds,
        **appearance_of(config, files),
    )
    rendered = [file.page for file in files.documentation_pages() if file.page]
    sources = _Sources(publication, config.docs_dir)
    changed = [_updated(page, sources.of(page), history) for page in rendered]
    pages = {
        page.file.src_uri: _site_page(page, publication, updated)
        for page, updated in zip(rendered, changed, strict=True)
    }
    pictures = own_pictures(pages.values(), lambda path: _file_at(path, files))
    languages = publication.settings.languages
    return Site(facts, pages, magnets=publication.magnets, pictures=pictures, languages=languages)


def appearance_of(config: MkDocsConfig, files: Files) -> Appearance:
    """Return how a site shows itself elsewhere, as its theme does on its pages."""
    logo = files.get_file_from_path(str(config.theme.get("logo") or ""))
    sheets = [Path(config.docs_dir) / str(sheet) for sheet in config.extra_css]
    primary = primary_of(config.theme.get("palette"), default="indigo" if config.theme.name == "material" else "")
    return {
        "logo": logo.url if logo else "",
        "profiles": profiles_of(config.extra.get("social")),
        "colour": colour_of(primary, own_colour(sheets)),
    }


def _file_at(path: str, files: Files) -> Path | None:
    file = files.get_file_from_path(path)
    return Path(file.abs_src_path) if file and file.abs_src_path else None


def pictured(site: Site, publication: Publication, files: Files, project: Project, config: MkDocsConfig) -> Site:
    """Return the site with its pictures, whose smaller files are added to what will be published.

    A site that does without learns only of those that are not there.
    """
    sources = {file.dest_uri: Path(file.abs_src_path) if file.abs_src_path else None for file in files.media_files()}
    wanted = pictures_of(site)
    tell_missing(site, sources, project, wanted=wanted)
    if not config.plugins["gatepost"].config["images"]:
        return site
    covers = [cover.path for cover in publication.shelf.covers.values()]
    done = picture_site(site, sources, project, wanted=wanted, covers=covers)
    for target, file in done.files.items():
        files.append(File.generated(config, target, abs_src_path=str(file)))
    return done.site


def files_of(files: Files) -> dict[str, str]:
    """Return everything that the site will hold, pages and files: path below the output folder -> source."""
    # Later ones take the place of those of the theme.
    return {file.dest_uri: file.src_uri for file in files if not file.inclusion.is_excluded()}


def _site_page(page: Page, publication: Publication, updated: int) -> SitePage:
    source = page.file.src_uri
    published = _published(page)
    return SitePage(
        source=source,
        url="" if page.url in {".", "./"} else page.url,
        path=page.file.dest_uri,
        kind=_kind(page, publication, published),
        # With a `nav`, MkDocs takes its label for the title; people read, and search for, the page's own.
        title=str(page.meta.get("title") or first_heading(page.content or "") or page.title or ""),
        description=str(page.meta.get("description") or ""),
        meta=dict(page.meta),
        markdown=page.markdown or "",
        content=page.content or "",
        magnet=publication.magnet_of(source),
        published=published,
        updated=updated,
        authors=_authors(page),
        tags=_words(page.meta.get("tags")),
        language=publication.spoken.get(source, ""),
    )


def _kind(page: Page, publication: Publication, published: date | None) -> Kind:
    if publication.magnet_of(page.file.src_uri):
        return "thanks" if publication.is_thanks(page.file.src_uri) else "landing"
    # Material's blog gives its pages types of their own; this package does not import a theme.
    if hasattr(page, "posts"):
        return "listing"
    if published:
        return "post"
    return "home" if page.is_homepage or original_of(page.file.src_uri)[0] == "index.md" else "page"


def _published(page: Page) -> date | None:
    """Return the day that Material's blog read from a post's front matter, None for other pages."""
    dates = getattr(getattr(page, "config", None), "date", None)
    created = getattr(dates, "created", None)
    return created.date() if created else None


class _Sources:
    """The files that somebody wrote for pages, as text: of thousands of pages, paths take longer than the files."""

    def __init__(self, publication: Publication, content: str) -> None:
        self._publication = publication
        self._content = os.path.join(content, "")  # noqa: PTH118 - as above
        #: Folder -> where it really is: to follow a path step by step is slow, and many pages share a folder.
        self._folders: dict[str, str] = {}

    def of(self, page: Page) -> str:
        """Return the file of a page; "" for one that a plugin made, as a blog's archive."""
        if magnet := self._publication.source_of(page.file.src_uri):
            return str(magnet)
        path = page.file.abs_src_path or ""
        if not path.startswith(self._content):
            return ""
        if os.path.islink(path):  # noqa: PTH114
            return os.path.realpath(path)
        folder, _, name = path.rpartition(os.sep)
        if folder not in self._folders:
            self._folders[folder] = os.path.realpath(folder)
        return f"{self._folders[folder]}{os.sep}{name}"


def _updated(page: Page, source: str, history: History) -> int:
    """Return when a page was last changed: as its writer says, else git, else the file itself."""
    dates = getattr(getattr(page, "config", None), "date", None)
    for said in (page.meta.get("updated"), getattr(dates, "updated", None)):
        if second := _epoch(said):
            return second
    committed = history.changed(source) if source else None
    if committed:
        return committed
    if written := _epoch(page.meta.get("date")) or _epoch(_published(page)):
        return written
    # A date that git should know and does not is none: the file's own is that of the clone.
    return _modified(source) if source and committed is None else 0


def _modified(file: str) -> int:
    """Return when a file was changed as an epoch second, 0 when it is none."""
    try:
        stat = os.stat(file)  # noqa: PTH116 - as above
    except OSError:
        return 0
    return int(stat.st_mtime) if S_ISREG(stat.st_mode) else 0


def _epoch(value: Any) -> int:
    """Return a day or an instant as an epoch second, 0 when it is neither."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return 0
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    if not isinstance(value, datetime):
        return 0
    return int((value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp())


def _authors(page: Page) -> tuple[str, ...]:
    """Return names. Material's blog looks up those of posts by their short ones."""
    names = tuple(str(author.name) for author in getattr(page, "authors", None) or () if hasattr(author, "name"))
    return names or _words(page.meta.get("authors") or page.meta.get("author"))


def _words(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(item) for item in value) if isinstance(value, list) else ()
