"""Stands between MkDocs and its pages: what was made of the same input is taken from the last build."""

from __future__ import annotations

import functools
import gc
import json
import logging
import os
import re
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import markdown
from jinja2 import FileSystemBytecodeCache
from mkdocs import utils as engine_tools
from mkdocs.commands import build as engine
from mkdocs.plugins import BasePlugin
from mkdocs.structure import pages as engine_pages
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc
from mkdocs.utils.meta import YAML_RE

from gatepost_site.speed import inline, search, templates
from gatepost_site.speed.digests import digest, spelled
from gatepost_site.speed.environment import code_of, installed
from gatepost_site.speed.navigation import quicken_navigation
from gatepost_site.speed.purity import SNIPPET_MARK, appended_text, modules_of, purity_of
from gatepost_site.speed.state import Objects, Output, Rendered, Sections, State, load_state, put, save_state
from gatepost_site.speed.tree import Tree
from gatepost_site.speed.watching import Reads, Watch
from gatepost_site.speed.workers import ENOUGH, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    import jinja2
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import File, Files
    from mkdocs.structure.nav import Navigation

    from gatepost_site.offers import OfferShelf
    from gatepost_site.site_pages import Site

_log = logging.getLogger("mkdocs.plugins.gatepost")
#: Settings that no page shows, or that are counted in another way.
_UNSEEN = frozenset({"dev_addr", "hooks", "plugins", "site_dir", "theme", "watch"})
#: Metadata that Material shows of other pages than the one at hand.
_SHOWN_OF_OTHERS = ("icon", "status", "subtitle", "title")
#: What MkDocs itself notes of a page; a plugin that notes more changes the page.
_NOTED = frozenset(
    {
        "_Page__active", "_title_from_render", "abs_url", "canonical_url", "children", "content", "edit_url", "file",
        "links_to_anchors", "markdown", "meta", "next_page", "parent", "present_anchor_ids", "previous_page", "title",
        "toc", "update_date", "render",
    }
)  # fmt: skip
#: Seconds for which a stored file that nobody names stays: another build may be about to name it.
_GRACE_SECONDS = 600
#: Misses after which the other pages are looked through for more, to render those on all cores.
_SOME = 8
#: Pages of a site whose navigation is worth pruning.
_LARGE = 100
#: How many new objects, and younger collections, it takes until Python looks for garbage.
_COLLECT = (20_000, 20, 20)
_UNKNOWN = "unknown"
_SEARCH_MARK = re.compile(r"\s?data-search-\w+=\"[^\"]+\"")


class Acceleration:
    """One build. Between `start` and `stop`, MkDocs' two functions for one page are ours, and call the real ones."""

    def __init__(self, cache: Path, config: MkDocsConfig, *, variant: str, pure: Collection[str]) -> None:
        self._state_file = cache / variant
        self._objects = Objects(cache / "pages")
        self._config = config
        self._purity = purity_of(config, pure)
        self._markdown_env = ""
        self._old = load_state(self._state_file)
        self._new = State()
        #: Rendered ahead of their turn, on all cores.
        self._ahead: dict[str, Rendered] = {}
        self._misses = 0
        self._plan: _Plan | None = None
        self._magnets = self._shelf = ""
        self._offers_read = False
        self._shown: OfferShelf | None = None
        self._watch: Watch | None = None
        self._site: Callable[[], Site]
        self._originals: dict[str, Any] = {}
        self._fragments: list[str] = []
        self.tree = Tree(config.site_dir)
        self._link = not _others(config, "post_build")
        #: Search indexes of Material's plugin.
        self.indexes: list[Any] = []
        #: Whether nobody else adds pages to a search index as they are made.
        self.indexes_alone = True

    def start(self, site: Callable[[], Site]) -> None:
        """Take MkDocs' place at each page; `site` returns all pages as plain data, once they are rendered."""
        self._site = site
        self._markdown_env = digest(
            installed(), code_of(modules_of(self._config)), appended_text(self._config),
            spelled(self._config.markdown_extensions), spelled(self._config.mdx_configs),
            spelled(self._config.validation), spelled(self._config.use_directory_urls),
        )  # fmt: skip
        if self._purity.reasons:
            _log.info("not all results are kept, because of %s", self._purity.reasons)
        self._collecting = gc.get_threshold()
        # A build makes many objects and drops few: to look for garbage often takes a tenth of its time.
        gc.set_threshold(*_COLLECT)
        self._originals = {"_populate_page": engine._populate_page, "_build_page": engine._build_page}  # noqa: SLF001
        self._clean = engine_tools.clean_directory
        if self._link:
            setattr(engine_tools, "clean_directory", self._tidy)  # noqa: B010
        setattr(engine, "_populate_page", self._populate)  # noqa: B010 - mypy forbids the plain way
        setattr(engine, "_build_page", self._build)  # noqa: B010
        if not self._purity.extensions:
            setattr(engine_pages, "markdown", _OneMarkdown())  # noqa: B010

    def stop(self) -> None:
        """Give MkDocs its functions back."""
        for name, function in self._originals.items():
            setattr(engine, name, function)
        setattr(engine_tools, "clean_directory", self._clean)  # noqa: B010
        setattr(engine_pages, "markdown", markdown)  # noqa: B010
        gc.set_threshold(*self._collecting)
        self._originals = {}

    def finish(self, twins: set[str]) -> None:
        """Note what this build made, for the next; `twins` are the Markdown twins that belong into the folder."""
        self.tree.close(twins)
        if self._plan:
            self._new.outputs = self._plan.outputs()
            self._new.facts = self._plan.facts()
        if not self._plan or self._new == self._old:
            return
        save_state(self._state_file, self._new, remember=self._state_file.name != "site")
        names = self._state_file.with_suffix(".names")
        names.write_text("\n".join(item.digest for item in self._new.outputs.values()), encoding="ascii")
        wanted = {name for file in names.parent.glob("*.names") for name in file.read_text("ascii").split()}
        self._objects.prune(wanted, before=int(time.time()) - _GRACE_SECONDS)

    def watched(self, site: Site) -> Site:
        """Return a site like another, to finish pages with: what is read of it is noted."""
        if self._watch is None:
            self._watch = Watch(site)
        return self._watch.site

    def quicken(self, env: jinja2.Environment, nav: Navigation, files: Files) -> None:
        """Have pages share what their navigations have in common, unless somebody else's code looks at each page."""
        for file in files:
            self.tree.clear(file.abs_dest_path)
        if not self._purity.reasons:
            quicken_navigation(env, self._config, nav.items)

    def shelf(self, shelf: OfferShelf) -> OfferShelf:
        """Return the shelf, and note that a page has looked at it."""
        self._offers_read, self._shown = True, shelf
        # Lists are where rendering notes what is wrong with a page.
        kept = {name: value for name, value in vars(shelf).items() if not isinstance(value, list)}
        seen = {name: value for name, value in kept.items() if name != "templates"}
        # The moment of the build counts only in so far as something is over by then.
        seen["forms"] = replace(shelf.forms, built_at=0)
        seen["closed"] = [slug for slug, item in shelf.magnets.items() if item.is_closed(shelf.forms.built_at)]
        if not self._magnets:
            loader: Any = shelf.templates.loader
            made = templates.inspect(shelf.templates, loader.searchpath, static=()).digest
            self._magnets = digest(made, *(spelled(value) for value in seen.values() if not isinstance(value, str)))
        # Words, as of a language, may be others for each page; the rest stays for the whole build.
        self._shelf = digest(self._magnets, *(value for value in seen.values() if isinstance(value, str)))
        return shelf

    def _tidy(self, folder: str) -> None:
        if os.path.normpath(folder) == os.path.normpath(self._config.site_dir):
            self.tree.tidy()
        else:
            self._clean(folder)

    # Markdown

    def _populate(self, page: Page, config: MkDocsConfig, files: Files, dirty: bool = False) -> None:  # noqa: FBT001, FBT002
        if not self._purity.extensions and type(page).render is Page.render:
            vars(page)["render"] = functools.partial(self._render, page)
        try:
            self._originals["_populate_page"](page, config, files, dirty)
        finally:
            vars(page).pop("render", None)

    def _render(self, page: Page, config: MkDocsConfig, files: Files) -> None:
        source, text = page.file.src_uri, page.markdown or ""
        key = self._markdown_key(page.file, text)
        kept = self._kept(source, key, files)
        if kept is None:
            self._misses += 1
            if self._misses == _SOME:
                self._render_ahead(files)
                kept = self._kept(source, key, files)
        kept = kept or self._rendered(page, key, files)
        _restore(page, kept, files)
        for name, level, message in kept.log:
            logging.getLogger(name).log(level, message)
        if _is_steady(page) and SNIPPET_MARK not in text and kept.offers != _UNKNOWN:
            self._new.rendered[source] = kept

    def _markdown_key(self, file: File, text: str) -> str:
        excluded = "excluded" if file.inclusion.is_excluded() else ""
        return digest(self._markdown_env, file.src_uri, file.url, excluded, text)

    def _kept(self, source: str, key: str, files: Files) -> Rendered | None:
        kept = self._ahead.get(source) or self._old.rendered.get(source)
        if kept is None or kept.key != key or (kept.offers and not self._offers_stand(kept)):
            return None
        uris = files.src_uris
        return kept if all(_answer(uris.get(path)) == answer for path, answer in kept.asked.items()) else None

    def _offers_stand(self, kept: Rendered) -> bool:
        extension: Any = next(item for item in self._config.markdown_extensions if hasattr(item, "shelf"))
        extension.shelf()
        return kept.offers == self._shelf

    def _rendered(self, page: Page, key: str, files: Files) -> Rendered:
        asked = _Asked(files)
        self._offers_read = False
        with _listening() as log:
            type(page).render(page, self._config, asked)  # type: ignore[arg-type]
        offers = self._shelf if self._offers_read else ""
        if self._offers_read and any(_complaints(self._shown)):
            # Whoever builds the page must hear of it each time.
            offers = _UNKNOWN
        return Rendered(
            key,
            page.content or "",
            [_heading(item) for item in page.toc],
            page._title_from_render,  # noqa: SLF001 - as MkDocs keeps it
            sorted(page.present_anchor_ids or ()),
            {file.src_uri: dict(links) for file, links in (page.links_to_anchors or {}).items()},
            log,
            asked.answers,
            offers,
        )

    def _render_ahead(self, files: Files) -> None:
        """Render on all cores what will be asked for: a guess that is wrong costs time, no more."""
        if self._purity.sources:
            return
        jobs = [job for file in files.documentation_pages() if (job := self._guess(file, files))]
        results = spread(jobs, lambda job: self._ahead_of(job[0], job[1], files))
        self._ahead = {job[0].src_uri: result for job, result in zip(jobs, results, strict=True) if result}

    def _guess(self, file: File, files: Files) -> tuple[File, str] | None:
        if file.src_uri in self._new.rendered:
            return None
        page = file.page
        if page is not None and type(page).render is not Page.render:
            return None
        text = page.markdown if page is not None and page.markdown else _body(file)
        known = SNIPPET_MARK in text or self._kept(file.src_uri, self._markdown_key(file, text), files)
        return None if known else (file, text)

    def _ahead_of(self, file: File, text: str, files: Files) -> Rendered | None:
        before = file.page
        try:
            page = Page(None, file, self._config)
            page.markdown = text
            result = self._rendered(page, self._markdown_key(file, text), files)
            if result.offers == _UNKNOWN:
                # Whoever builds the page finds it out by itself.
                for complaints in _complaints(self._shown):
                    complaints.clear()
                return None
            return result
        finally:
            file.page = before

    # Whole pages

    def _build(  # noqa: PLR0913, PLR0917 - as MkDocs calls it
        self,
        page: Page,
        config: MkDocsConfig,
        doc_files: Sequence[File],
        nav: Navigation,
        env: jinja2.Environment,
        dirty: bool = False,  # noqa: FBT001, FBT002 - as MkDocs calls it
        excluded: bool = False,  # noqa: FBT001, FBT002
    ) -> None:
        if self._plan is None:
            self._quicken_search()
            self.watched(self._site())
            self._plan = _Plan(self, doc_files, nav, env)
            self._plan.make_ahead()
        self._plan.build(page, excluded=excluded)

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Leave the search index as it was: a page made ahead of its turn is added to it in its turn."""
        before = len(self._fragments)
        try:
            yield
        finally:
            del self._fragments[before:]

    def _quicken_search(self) -> None:
        for handler in _handlers(self._config, "page_context"):
            plugin: Any = getattr(handler, "__self__", None)
            if _module(handler) == "material.plugins.search.plugin" and plugin.config.enabled:
                index = plugin.search_index
                self.indexes.append(index)
                index.add_entry_from_context = functools.partial(self._index, index)
                index.generate_search_index = functools.partial(self._whole_index, index.generate_search_index)
            elif ".search" in _module(handler):
                self.indexes_alone = False

    def _index(self, index: Any, page: Page) -> None:
        if (page.meta.get("search") or {}).get("exclude"):
            return
        seen = {name: page.meta.get(name) for name in ("search", "tags", "title")}
        key = digest(installed(), page.content or "", str(page.title), page.url, spelled(seen))
        kept = self._new.sections.get(page.file.src_uri) or self._old.sections.get(page.file.src_uri)
        if kept is None or kept.key != key:
            kept = Sections(key, _entries(index, page))
        self._new.sections[page.file.src_uri] = kept
        if kept.json:
            self._fragments.append(kept.json)

    def _whole_index(self, generate: Callable[[Any], str], before: Any) -> str:
        return generate(before)[: -len("]}")] + ",".join(self._fragments) + "]}"


class _Plan:
    """Which pages of a site stay as the last build left them, and which are made."""

    def __init__(
        self, acceleration: Acceleration, files: Sequence[File], nav: Navigation, env: jinja2.Environment
    ) -> None:
        self._all = acceleration
        self._config = acceleration._config  # noqa: SLF001 - one object in two parts
        self._arguments = (self._config, files, nav, env)
        self._pages = {file.src_uri: file.page for file in files if file.page is not None}
        theme = self._config.theme
        self._templates = templates.inspect(env, theme.dirs, static=theme.static_templates)
        self._env = digest(
            installed(), code_of(modules_of(self._config)), self._templates.digest, _settings(self._config),
            str(getattr(env, "policies", "")), *_hook_code(self._config),
        )  # fmt: skip
        self._shared = digest(self._env, *_items(nav.items), *(self._seen(page) for page in self._pages.values()))
        self._probes = [handler for handler in _handlers(self._config, "page_context") if _module(handler) in _PROBED]
        facts = acceleration._old.facts  # noqa: SLF001
        known = facts if facts.get("env") == self._env else {}
        self._reads = Reads(set(known.get("own", ())), set(known.get("others", ())))
        self._keys: dict[str, str] = {}
        self._made: dict[str, Output] = {}
        self._written: set[str] = set()
        keeps = self._all.indexes_alone and not (self._all._purity.reasons or self._templates.unsteady)  # noqa: SLF001
        for source, page in self._pages.items() if keeps else ():
            if type(page) is Page and _is_steady(page) and not page.file.inclusion.is_excluded():
                self._keys[source] = self._key(page)

    def make_ahead(self) -> None:
        """Put every page in its place that is kept, and make the others on all cores."""
        places = {source: page.file.abs_dest_path for source, page in self._pages.items()}
        self._all.tree.sweep(set(places.values()))
        outputs = self._all._old.outputs  # noqa: SLF001
        watch = self._all._watch  # noqa: SLF001
        missing = []
        for source, key in self._keys.items():
            kept = outputs.get(source)
            if kept and kept.key == self._whole_key(source, key, watch) and self._put(source, kept):
                self._made[source] = kept
                self._written.add(source)
            else:
                missing.append(source)
        for source in places.keys() - self._written:
            # What is made anew is not written into a stored file.
            self._all.tree.holds(places[source], 0)
        if len(missing) < ENOUGH:
            return
        for source, result in zip(missing, spread(missing, self._make), strict=True):
            if result:
                output, sections, reads, log = result
                self._made[source] = output
                self._written.add(source)
                self._reads.add(reads)
                if sections:
                    self._all._new.sections[source] = sections  # noqa: SLF001
                _replay(log)

    def build(self, page: Page, *, excluded: bool) -> None:
        """See to it that a page is in its place, and in the search index."""
        source = page.file.src_uri
        if source not in self._written:
            self._original(page, excluded=excluded)
            if source in self._keys and (output := self._store(page)):
                self._made[source] = output
            return
        for index in self._all.indexes:
            index.add_entry_from_context(page)
        if page.content and "data-search-" in page.content:
            # As Material's plugin does after it has read a page.
            page.content = _SEARCH_MARK.sub("", page.content)

    def outputs(self) -> dict[str, Output]:
        """Return what is in place now, each with the name of all that it was made from."""
        watch = self._all._watch  # noqa: SLF001
        if watch:
            self._reads.add(watch.reads)
        return {
            source: Output(self._whole_key(source, self._keys[source], watch), item.digest, item.size, item.time)
            for source, item in self._made.items()
        }

    def facts(self) -> dict[str, Any]:
        """Return what the next build needs to know to name the inputs in the same way."""
        return {"env": self._env, "own": sorted(self._reads.own), "others": sorted(self._reads.others)}

    def _make(self, source: str) -> tuple[Output, Sections | None, Reads, list[list[Any]]] | None:
        page = self._pages[source]
        with _listening() as log, self._all.apart():
            self._original(page, excluded=False)
        output = self._store(page)
        watch = self._all._watch  # noqa: SLF001
        reads = watch.reads if watch else Reads()
        # What another process made is of no use to it.
        sections = self._all._new.sections.pop(source, None)  # noqa: SLF001
        return (output, sections, reads, log) if output else None

    def _original(self, page: Page, *, excluded: bool) -> None:
        config, files, nav, env = self._arguments
        if self._all._watch:  # noqa: SLF001
            self._all._watch.current = page.file.src_uri  # noqa: SLF001
        self._all._originals["_build_page"](page, config, files, nav, env, False, excluded)  # noqa: SLF001, FBT003

    def _store(self, page: Page) -> Output | None:
        path = Path(page.file.abs_dest_path)
        if not path.is_file():
            return None
        name = digest(path.read_bytes())
        stat = self._all._objects.keep(path, name, link=self._all._link)  # noqa: SLF001
        return Output("", name, stat.st_size, stat.st_mtime_ns)

    def _put(self, source: str, kept: Output) -> bool:
        """Put a stored file in a page's place; False when it is not there any more, or not what was stored."""
        stored = self._all._objects.path(kept.digest)  # noqa: SLF001
        try:
            stat = stored.stat()
            if (stat.st_size, stat.st_mtime_ns) != (kept.size, kept.time):
                if digest(stored.read_bytes()) != kept.digest:
                    stored.unlink()
                    return False
                kept.size, kept.time = stat.st_size, stat.st_mtime_ns
            place = self._pages[source].file.abs_dest_path
            if not self._all.tree.holds(place, stat.st_ino):
                put(stored, Path(place), link=self._all._link)  # noqa: SLF001
        except OSError:
            return False
        return True

    def _whole_key(self, source: str, key: str, watch: Watch | None) -> str:
        return digest(key, watch.key(source, self._reads) if watch else "")

    def _key(self, page: Page) -> str:
        rest = {name: value for name, value in vars(page).items() if name not in _NOTED}
        around = [item for item in (page.previous_page, page.next_page) if item is not None]
        return digest(
            self._shared,
            page.file.src_uri,
            page.file.dest_uri,
            page.url,
            spelled([page.title, page.meta, page.canonical_url, page.abs_url, page.edit_url, page.is_homepage, rest]),
            *self._context(page),
            page.update_date if self._templates.dated else "",
            page.content or "",
            spelled([_heading(item) for item in page.toc]),
            *(f"{item.title} {getattr(item, 'url', '')}" for item in (*page.ancestors, *around)),
        )

    def _context(self, page: Page) -> Iterator[str]:
        """Yield what plugins show a page's template beside the page."""
        config, _, nav, _ = self._arguments
        usual: dict[str, Any] = {"config": config, "nav": nav, "page": page}
        context: Any = dict(usual)
        for handler in self._probes:
            context = handler(context, page=page, config=config, nav=nav) or context
        for name, value in context.items():
            if usual.get(name) is value:
                continue
            yield name
            if name == "nav":
                yield from _items(value.items)
            elif name == "config":
                yield spelled(value.changes) if hasattr(type(value), "changes") else _settings(value)
            else:
                yield spelled(value)

    def _seen(self, page: Page) -> str:
        """Return what other pages may show of a page."""
        meta = page.meta if self._templates.meta else {name: page.meta.get(name) for name in _SHOWN_OF_OTHERS}
        body = page.content or "" if self._templates.bodies else ""
        return f"{page.file.src_uri} {page.url} {page.title} {spelled(meta)} {body}"


#: Plugins that tell a page's template more, and do nothing else when they are asked to.
_PROBED = frozenset({"gatepost_site.plugin", "material.plugins.tags.plugin"})


class _OneMarkdown:
    """Stands for the module `markdown` in MkDocs' own: gives every page the same converter, as if it were new."""

    def __init__(self) -> None:
        self._converter: markdown.Markdown | None = None

    def Markdown(self, **settings: Any) -> markdown.Markdown:  # noqa: N802 - the module's name for it
        """Return the converter, with nothing left in it from another page."""
        if self._converter is None:
            self._converter = markdown.Markdown(**settings)
            inline.quicken(self._converter)
        return self._converter.reset()

    def __getattr__(self, name: str) -> Any:
        return getattr(markdown, name)


class _Asked:
    """The site's files, noting what was asked about them."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self.answers: dict[str, str] = {}

    def get_file_from_path(self, path: str) -> File | None:
        file = self._files.get_file_from_path(path)
        self.answers[PurePath(path).as_posix()] = _answer(file)
        return file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._files, name)


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.heard: list[list[Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append([record.name, record.levelno, record.getMessage()])


@contextmanager
def _listening() -> Iterator[list[list[Any]]]:
    """Yield the list of what MkDocs and its plugins log meanwhile, which is not shown until it is replayed."""
    log, listener = logging.getLogger(engine.log.name.partition(".")[0]), _Listener()
    level, propagate, handlers = log.level, log.propagate, log.handlers
    log.handlers, log.propagate = [listener], False
    log.setLevel(logging.INFO)
    try:
        yield listener.heard
    finally:
        log.handlers, log.propagate = handlers, propagate
        log.setLevel(level)


def use_bytecode_cache(config: MkDocsConfig, cache: Path) -> None:
    """Keep compiled templates from one build to the next."""
    if "get_env" in vars(config.theme):
        return
    folder, make = cache / "templates", config.theme.get_env

    def get_env() -> jinja2.Environment:
        env = make()
        setattr(env, "list_templates", functools.partial(_listed, env))  # noqa: B010 - mypy forbids the plain way
        folder.mkdir(parents=True, exist_ok=True)
        env.bytecode_cache = FileSystemBytecodeCache(str(folder))
        return env

    vars(config.theme)["get_env"] = get_env


def prune_navigation(config: MkDocsConfig, files: Files) -> None:
    """Have Material leave other sections' pages out of the navigation of a large site's pages, unless it chose so.

    All pages on all pages grow with the square of their number: at 1,000, two thirds of the time and of the bytes.
    """
    features = config.theme.get("features")
    chosen = set(features or ()) & {"navigation.prune", "navigation.expand"}
    if config.theme.name == "material" and not chosen and len(files.documentation_pages()) >= _LARGE:
        config.theme["features"] = [*(features or ()), "navigation.prune"]


def _listed(env: jinja2.Environment, extensions: Any = None, filter_func: Any = None) -> list[str]:
    """Return the names of a theme's files; for MkDocs, which wants no hidden ones, without looking at 14,000 icons."""
    if "add_files_from_theme" not in getattr(filter_func, "__qualname__", ""):
        return type(env).list_templates(env, extensions, filter_func)
    loader: Any = env.loader
    found: set[str] = set()
    for top in loader.searchpath:
        for folder, folders, names in os.walk(top):
            folders[:] = [name for name in folders if not name.startswith(".")]
            below = PurePath(folder).relative_to(top).as_posix().removeprefix(".")
            found.update(f"{below}/{name}".lstrip("/") for name in names)
    return sorted(name for name in found if filter_func(name))


def _replay(log: list[list[Any]]) -> None:
    for name, level, message in log:
        logging.getLogger(name).log(level, message)


def _is_steady(page: Page) -> bool:
    return page.meta.get("cache") is not False


def _body(file: File) -> str:
    """Return the Markdown of a page as MkDocs will most likely read it."""
    text = file.content_string
    front = YAML_RE.match(text)
    return text[front.end() :].lstrip("\n") if front else text


def _answer(file: File | None) -> str:
    return "" if file is None else f"{'-' if file.inclusion.is_excluded() else '+'}{file.url}"


def _complaints(shelf: OfferShelf | None) -> list[list[Any]]:
    return [value for value in vars(shelf).values() if isinstance(value, list)] if shelf else []


def _heading(item: Any) -> list[Any]:
    return [item.title, item.id, item.level, [_heading(child) for child in item.children]]


def _token(heading: list[Any]) -> Any:
    title, name, level, children = heading
    return {"name": title, "id": name, "level": level, "children": [_token(child) for child in children]}


def _restore(page: Page, kept: Rendered, files: Files) -> None:
    page.content = kept.html
    page.toc = get_toc([_token(heading) for heading in kept.toc])
    page._title_from_render = kept.title  # noqa: SLF001 - as MkDocs' own rendering leaves it
    page.present_anchor_ids = set(kept.anchors)
    uris = files.src_uris
    page.links_to_anchors = {uris[source]: dict(links) for source, links in kept.links.items() if source in uris}


def _handlers(config: MkDocsConfig, event: str) -> list[Callable[..., Any]]:
    return config.plugins.events[event]


def _module(handler: Callable[..., Any]) -> str:
    return type(getattr(handler, "__self__", None)).__module__


def _others(config: MkDocsConfig, event: str) -> bool:
    """Whether anybody but Gatepost and Material's search does something at an event."""
    known = ("gatepost_site.", "material.plugins.search.", "mkdocs.contrib.search", "properdocs.contrib.search")
    return any(not _module(handler).startswith(known) for handler in _handlers(config, event))


def _settings(config: MkDocsConfig) -> str:
    seen = {name: value for name, value in config.items() if name not in _UNSEEN}
    theme = config.theme
    # Hooks stand among the plugins, and have no settings.
    plugins = [
        (name, type(plugin).__qualname__, dict(plugin.config) if isinstance(plugin, BasePlugin) else {})
        for name, plugin in config.plugins.items()
    ]
    return spelled([seen, theme.name, theme.dirs, dict(theme), plugins])


def _hook_code(config: MkDocsConfig) -> Iterator[str]:
    hooks: Any = config.hooks or {}
    for name, module in hooks.items():
        yield _code_of_hook(name, module)


@functools.cache
def _code_of_hook(name: str, module: Any) -> str:
    # Read once: MkDocs loads a hook once a process, and goes on with what it loaded.
    return digest(name, Path(module.__file__).read_bytes())


def _items(items: Sequence[Any], depth: int = 0) -> Iterator[str]:
    """Yield the navigation, line by line."""
    for item in items:
        source = item.file.src_uri if item.is_page else ""
        yield f"{depth} {type(item).__name__} {item.title} {getattr(item, 'url', '')} {source}"
        yield from _items(item.children or (), depth + 1)


def _entries(index: Any, page: Page) -> str:
    """Return a page's entries in the search index as JSON, with commas between them."""
    module: Any = sys.modules[type(index).__module__]
    kept, index.entries = index.entries, []
    try:
        sections: Any = search.sections_of(page.content or "") if search.repeats(module.__file__) else None
        if sections is None:
            parser = module.Parser()
            parser.feed(page.content)
            parser.close()
            sections = parser.data
        for section in sections:
            if not section.is_excluded():
                index.create_entry_for_section(section, page.toc, page.url, page)
        return json.dumps(index.entries, separators=(",", ":"), default=str)[1:-1]
    finally:
        index.entries = kept
