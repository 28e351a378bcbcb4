"""Listens to MkDocs' events, hands over at once, and runs a build. With its three other halves what imports MkDocs."""

from __future__ import annotations

import contextlib
import os
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from jinja2 import TemplateError
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import config_options as opt
from mkdocs.config.base import Config
from mkdocs.exceptions import Abort, MkDocsException, PluginError
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import get_files, set_exclusions
from mkdocs.utils import get_relative_url

from gatepost_site import offers
from gatepost_site.acceleration import Acceleration, prune_navigation, use_bytecode_cache
from gatepost_site.buildlog import quiet_log
from gatepost_site.checks import check_folders, check_sources
from gatepost_site.documents import shown
from gatepost_site.engine import (
    add_files,
    check_output,
    files_of,
    load_config,
    options_schema,
    pictured,
    placed,
    settings_of,
    site_config_of,
    site_of,
    sources_of,
    unknown_offers,
    url_path,
)
from gatepost_site.findings import ContentError, Finding, ruled
from gatepost_site.finishing import finish_not_found, finish_page, finish_site, twin_files
from gatepost_site.history import read_history
from gatepost_site.landing import checked_path
from gatepost_site.landing_blocks import LandingExtension
from gatepost_site.late import Late
from gatepost_site.multilingual import (
    config_for,
    kept_in_language,
    place_translations,
    theme_language,
    translated_nav,
    twins_of,
)
from gatepost_site.project import Manifest, Project, read_manifest, write_manifest
from gatepost_site.publication import THEME, manifest_of, publish
from gatepost_site.schemas import DRAFT
from gatepost_site.site_files.connecting import connected
from gatepost_site.site_files.moves import moved
from gatepost_site.site_pages import Additions
from gatepost_site.staging import as_published, staging, take_place
from gatepost_site.theme_repairs import mended
from gatepost_site.translations import without_alternates
from gatepost_site.words.languages import Languages, load_languages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import jinja2
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page
    from mkdocs.utils.templates import TemplateContext

    from gatepost_site import audit
    from gatepost_site.audit.inquiry import Inquiry
    from gatepost_site.audit.registry import Rule
    from gatepost_site.checks import Sources
    from gatepost_site.magnets import Magnet

    #: (project, its magnets by slug) -> mistakes.
    Check = Callable[[Project, Mapping[str, Magnet]], Sequence[Finding]]
else:
    audit = Late("gatepost_site.audit")

STYLESHEET = "assets/gatepost.css"


def _nothing(_: Project, __: Mapping[str, Magnet]) -> Sequence[Finding]:
    return ()


class GatepostConfig(Config):
    """Options under `gatepost:` in mkdocs.yml."""

    # Folder of landing pages below the site: get/<slug>/.
    path = opt.Type(str, default="get")
    # Address that forms post to; GATEPOST_BASE_URL in the environment wins. "" is the site's own address.
    webhook = opt.Type(str, default="")
    # Address of the privacy notice, or its page as in "legal/privacy.md"; "" finds privacy.md.
    privacy = opt.Type(str, default="")
    # Whether results are kept in .gatepost/cache, and what of a site's own may be trusted to depend on its page alone.
    cache = opt.Type(bool, default=True)
    pure = opt.ListOfItems(opt.Type(str), default=[])
    # Whether a large site's pages list, of other sections, no more than their names.
    prune = opt.Type(bool, default=True)
    # Rules of `gatepost check` that matter more or less to this site than usual: {rule: severity}.
    check = opt.Type(dict, default={})
    # Whether every page gets a picture that networks show with a link to it.
    cards = opt.Type(bool, default=True)
    # Whether posts and articles end in links that share them.
    share = opt.Type(bool, default=True)
    # Whether pages are given the sizes of their pictures, and smaller files of them.
    images = opt.Type(bool, default=True)
    # What is added to a site beside its pages: fields of Additions.
    sitemap = opt.Type(bool, default=True)
    robots = opt.Type(bool, default=True)
    ai_crawlers = opt.Choice(("all", "answers", "none"), default="all")
    feeds = opt.Type(bool, default=True)
    llms = opt.Type(bool, default=True)
    related = opt.Type(bool, default=True)
    not_found = opt.Type(bool, default=True)
    lazy_search = opt.Type(bool, default=True)


class GatepostPlugin(BasePlugin[GatepostConfig]):
    """Adds magnets to a site: landing pages, offers inside articles, and the guard over gated files."""

    serving = False
    #: Address that forms post to, whatever environment and options say; None leaves it to them.
    webhook: str | None = None
    #: Whether the build is for this machine alone.
    preview = False
    #: Whether results of earlier builds are used and kept, unless the site's options say no.
    caching = True
    speed: Acceleration | None = None
    #: The project with the folder that is public, while a build goes elsewhere and may take over what stands there.
    published: Project | None = None
    #: Whether the folders were looked at before a build began.
    folders_checked = False
    #: Finds mistakes beyond the site's own.
    check: Check = staticmethod(_nothing)

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Remember whether this is a preview, whose output no webhook uses."""
        self.serving = command == "serve"
        self.caching = self.caching and not dirty

    def on_config(self, config: MkDocsConfig) -> None:
        """Refuse dangerous folders; bring templates and the offers extension along, so that one line is enough."""
        self.project = _project(config)
        with _plugin_errors():
            _check_once(config)
            if not self.folders_checked:
                check_folders(self.project, Path(config.config_file_path))
            self.path = checked_path(self.config.path)
        config.theme.dirs.append(str(THEME))
        if self.config.not_found:
            config.theme.static_templates.add("404.html")
        config.markdown_extensions.append(offers.OfferExtension(self._shelf))
        config.markdown_extensions.append(LandingExtension(self._shelf))
        self.late: list[Finding] = []
        if self.caching and self.config.cache:
            use_bytecode_cache(config, self.project.cache)

    # Last, so that what other plugins changed in the configuration is counted.
    @event_priority(-100)
    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Take what the last build left."""
        if self.caching and self.config.cache:
            variant = "preview" if self.preview else "serve" if self.serving else "site"
            self.speed = Acceleration(self.project.cache, config, variant=variant, pure=self.config.pure)
            self.speed.start(lambda: self.site)

    def on_build_error(self, *, error: Exception) -> None:
        """Leave MkDocs as it was."""
        if self.speed:
            self.speed.stop()
            self.speed = None

    # First, because other plugins read front matter here and would trip over what we can explain.
    @event_priority(100)
    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Check everything, then add the magnets' pages."""
        with _plugin_errors():
            magnets = self._checked(sources_of(config, files, self.project))
            languages = load_languages(self.project)
            spoken = place_translations(files, config, languages)
            settings = settings_of(
                config, files, path=self.path, privacy=self.config.privacy, webhook=self._webhook(),
                languages=languages, twins=twins_of(files, spoken),
            )  # fmt: skip
            self.publication = publish(magnets, self.project, settings, themes=config.theme.dirs, spoken=spoken)
            add_files(files, self.publication, config)
            self.twins = twins_of(files, self.publication.spoken)
        if self.config.prune:
            prune_navigation(config, files)
        return files

    # Last, so that whatever other plugins put into the navigation is there.
    @event_priority(-100)
    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Remember the navigation, from which those of other languages are made when the titles are known."""
        self.nav = nav
        return nav

    # First, so that other plugins see the front matter of generated pages.
    @event_priority(100)
    def on_page_markdown(self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Give a generated page its front matter."""
        if generated := self.publication.pages.get(page.file.src_uri):
            page.meta = generated.for_page(url_path(page, config))
        self.publication.shelf.language = self.publication.spoken.get(page.file.src_uri, "")
        return markdown

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Make the offers of a page fit their place."""
        self.late += unknown_offers(self.publication, page, self.project)
        # What is rendered apart from a page, as a blog's excerpts are, is in the site's own language.
        self.publication.shelf.language = ""
        if twins := self.twins.get(self.publication.spoken.get(page.file.src_uri, "")):
            html = kept_in_language(html, page, twins)
        return placed(html, page, config)

    def on_env(self, env: jinja2.Environment, *, config: MkDocsConfig, files: Files) -> jinja2.Environment:
        """Stop before anything is written when an offer turned out to name no magnet."""
        with _plugin_errors():
            if self.late:
                raise ContentError(self.late)
            adds = Additions(**{option.name: self.config[option.name] for option in fields(Additions)})
            site = site_of(config, files, self.publication, history=read_history(self.project), adds=adds)
            facts = replace(
                site.facts, is_preview=self.serving or self.preview, cards=self.config.cards, share=self.config.share
            )
            site = replace(site, facts=facts)
            site = pictured(site, self.publication, files, self.project, config)
            self.site = connected(site, self.project, files_of(files))
        spoken = self.publication.spoken
        self.navs = {tag: translated_nav(self.nav, files, tag) for tag in sorted(set(spoken.values()))}
        self.themes = {tag: theme_language(env, tag) for tag in self.navs}
        if self.speed:
            self.speed.quicken(env, self.nav, files)
        return env

    def on_page_context(
        self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation
    ) -> TemplateContext:
        """Show a translated page in its language's navigation and the theme's words for it, with the way to others."""
        language = self.publication.spoken.get(page.file.src_uri, "")
        found = self.site.translations_of(self.site.pages[page.file.src_uri])
        versions = list(found.values()) if len(found) > 1 else []
        if language:
            context["nav"] = self.navs[language]
        if language or versions:
            shown = config_for(config, versions, self.themes.get(language, ""))
            context["config"] = cast("MkDocsConfig", shown)
        return context

    def on_template_context(
        self, context: TemplateContext, *, template_name: str, config: MkDocsConfig
    ) -> TemplateContext:
        """Keep thank-you pages out of the sitemap."""
        if template_name == "sitemap.xml":
            context["pages"] = [file for file in context["pages"] if not self.publication.is_thanks(file.src_uri)]
        return context

    def on_post_template(self, output_content: str, *, template_name: str, config: MkDocsConfig) -> str:
        """Mend what is no page of the site as any; that for addresses that lead nowhere is made to help."""
        if not template_name.endswith(".html"):
            return output_content
        output = mended(output_content)
        return finish_not_found(output, self.site) if template_name == "404.html" else output

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Place offers that came by another way, as excerpts in a blog do; then add what every page is given."""
        if offers.CLASS in output:
            link = f'<link rel="stylesheet" href="{get_relative_url(STYLESHEET, page.url)}">'
            output = offers.tell_apart(placed(output, page, config)).replace("</head>", f"{link}</head>", 1)
        if len(self.site.translations_of(self.site.pages[page.file.src_uri])) > 1:
            output = without_alternates(output)
        site = self.speed.watched(self.site) if self.speed else self.site
        return finish_page(output, site.pages[page.file.src_uri], site)

    # Last, so that whatever other plugins wrote is looked through too.
    @event_priority(-100)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Add what is made of all pages, look for leaks, then tell the webhook what was built."""
        if self.speed:
            self.speed.rest()
        finish_site(self.site, Path(config.site_dir), self.published or self.project)
        with _plugin_errors():
            if self.publication.magnets:
                audit.remove_leaks(self.publication.magnets, self.project)
        if not self.serving:
            manifest = manifest_of(self.publication, self.project)
            told = replace(manifest, moved=moved(self.site), pages=self.site.addresses())
            write_manifest(self.project, told)
        if self.speed:
            self.speed.finish(twin_files(self.site, os.path.normpath(config.site_dir)))
            self.speed.stop()
            self.speed = None

    def on_serve(
        self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Callable[..., None]
    ) -> LiveReloadServer:
        """Rebuild the preview when a magnet or a word changes."""
        for folder in (self.project.magnets, self.project.languages):
            if folder.is_dir():
                server.watch(str(folder))
        return server

    def _checked(self, sources: Sources) -> dict[str, Magnet]:
        """Return the magnets. Raises ContentError with every mistake, those included that only the caller looks for."""
        magnets: dict[str, Magnet] = {}
        findings: list[Finding] = []
        try:
            magnets = check_sources(sources)
        except ContentError as error:
            findings += error.findings
        findings += self.check(self.project, magnets)
        if findings:
            raise ContentError(findings)
        return magnets

    def _shelf(self) -> offers.OfferShelf:
        shelf = self.publication.shelf
        return self.speed.shelf(shelf) if self.speed else shelf

    def _webhook(self) -> str:
        address = self.webhook
        if address is None:
            address = os.environ.get("GATEPOST_BASE_URL") or self.config.webhook
        return address.rstrip("/")


def config_schema(rules: Sequence[Rule]) -> dict[str, Any]:
    """Return the JSON Schema of mkdocs.yml as far as it is Gatepost's: the rest is MkDocs' and other plugins'."""
    options = options_schema(GatepostConfig) | {"type": ["object", "null"], "additionalProperties": False}
    from gatepost_site.audit.choice import schema as choice_schema  # noqa: PLC0415 - builds do without

    options["properties"]["check"] = choice_schema(rules)
    plugin = {"type": "object", "properties": {"gatepost": options}}
    plugins = {"anyOf": [{"type": "array", "items": {"anyOf": [{"type": "string"}, plugin]}}, plugin]}
    return {"$schema": DRAFT, "title": "mkdocs.yml", "type": "object", "properties": {"plugins": plugins}}


def inquire_site(root: Path) -> Inquiry:
    """Gather what the audit looks at. What is wrong is in what it returns, never raised."""
    from gatepost_site.audit.inquiry import Inquiry, inquire  # noqa: PLC0415 - builds do without

    try:
        config = load_config(root, site_url=None)
        project, plugin = _project(config), _plugin(config)
        check_folders(project, Path(config.config_file_path))
        check_output(config, project)
        config.theme.dirs.append(str(THEME))
        files = get_files(config)
        set_exclusions(files, config)
        options, misplaced = plugin.config, []
        languages, spoken = _languages(project), {}
        try:
            spoken = place_translations(files, config, languages)
        except ContentError as error:
            misplaced = error.findings
        settings = settings_of(
            config, files, path=checked_path(options.path), privacy=options.privacy, webhook="",
            languages=languages, twins=twins_of(files, spoken),
        )  # fmt: skip
        found = inquire(site_config_of(config, files, project, settings, spoken))
        return replace(found, refused=[*found.refused, *ruled("words", misplaced)])
    except ContentError as error:
        return Inquiry(Project.at(root), refused=[*ruled("config", error.findings)])


def _languages(project: Project) -> Languages:
    """Return the site's words, those of Gatepost alone when the site's own are wrong: that is said elsewhere."""
    try:
        return load_languages(project)
    except ContentError:
        return Languages()


def build_site(  # noqa: PLR0913 - each has its own option on the command line
    root: Path,
    *,
    site_url: str | None = None,
    webhook: str | None = None,
    strict: bool = False,
    preview: bool = False,
    cache: bool = True,
    check: Check = _nothing,
) -> Manifest:
    """Build the site of a folder into its output folder, in one step: a build that fails changes nothing there.

    `site_url` replaces the configured address, `webhook` that of the forms ("" is the site's own); `strict` takes
    warnings as failures; a `preview` goes elsewhere than the published site; without `cache`, results of earlier builds
    are neither used nor kept; `check` finds mistakes beyond the site's own, which are said with those. Raises
    ContentError with every mistake.
    """
    try:
        config = load_config(root, site_url=site_url, strict=strict)
        plugin = _plugin(config)
        plugin.webhook, plugin.preview, plugin.caching = webhook, preview, cache
        if preview:
            config.site_dir = str(Project.at(root, preview=True).public)
        project = _project(config)
        check_folders(project, Path(config.config_file_path))
        check_output(config, project)
    except ContentError as error:
        raise ContentError([*error.findings, *check(Project.at(root), {})]) from error
    plugin.folders_checked = True
    # Whoever checks is told of the published folder, not of that in which it is made.
    plugin.check = lambda _, magnets: check(project, magnets)
    if cache and plugin.config.cache:
        plugin.published = project
        use_bytecode_cache(config, project.cache)
    with staging(project, spare=cache and plugin.config.cache) as folder:
        config.site_dir = str(folder)
        with quiet_log() as errors:
            _run(config, errors, project)
        take_place(folder, project)
    return read_manifest(project)


def _run(config: MkDocsConfig, errors: list[str], project: Project) -> None:
    config.plugins.on_startup(command="build", dirty=False)
    try:
        mkdocs_build(config)
    except (MkDocsException, Abort, TemplateError) as error:
        chain: BaseException | None = error
        while chain is not None:
            if isinstance(chain, ContentError):
                raise ContentError(as_published(chain.findings, Path(config.site_dir), project)) from error
            chain = chain.__cause__ or chain.__context__
        file = shown(Path(config.config_file_path), project.root)
        raise ContentError([Finding(file, 1, 1, line) for line in errors or [str(error)]]) from error
    finally:
        config.plugins.on_shutdown()


def _check_once(config: MkDocsConfig) -> None:
    if sum(isinstance(plugin, GatepostPlugin) for plugin in config.plugins.values()) > 1:
        file = Path(config.config_file_path).name
        raise ContentError([Finding(file, 1, 1, "the plugin is on twice", write="'- gatepost' once")])


@contextlib.contextmanager
def _plugin_errors() -> Iterator[None]:
    """Say findings the way MkDocs says errors of plugins."""
    try:
        yield
    except ContentError as error:
        count = len(error.findings)
        raise PluginError(f"{error}\n{count} {'finding' if count == 1 else 'findings'}") from error


def _project(config: MkDocsConfig) -> Project:
    root = Path(config.config_file_path).resolve().parent
    return Project(root, Path(config.docs_dir), Path(config.site_dir), _plugin(config).preview)


def _plugin(config: MkDocsConfig) -> GatepostPlugin:
    return cast("GatepostPlugin", config.plugins["gatepost"])
