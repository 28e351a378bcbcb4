"""Which pages of a site stay as the last build left them, and which are made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.structure.pages import Page

from gatepost_site.acceleration.configuration import handlers_of, hook_code, lines_of, module_of, settings_of
from gatepost_site.acceleration.listening import Log, listening, replay
from gatepost_site.acceleration.rendering import heading_of, is_steady
from gatepost_site.speed import templates
from gatepost_site.speed.digests import digest, name_of, packed, spelled
from gatepost_site.speed.environment import code_of, installed
from gatepost_site.speed.purity import modules_of
from gatepost_site.speed.search import without_marks
from gatepost_site.speed.state import Output, Sections, put
from gatepost_site.speed.watching import Reads
from gatepost_site.speed.workers import ENOUGH, spread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import jinja2
    from mkdocs.structure.files import File
    from mkdocs.structure.nav import Navigation

    from gatepost_site.acceleration.building import Acceleration
    from gatepost_site.speed.watching import Watch

#: Metadata that Material shows of other pages than the one at hand.
_SHOWN_OF_OTHERS = ("icon", "status", "subtitle", "title")
#: What MkDocs itself notes of a page; a plugin that notes more changes the page.
_NOTED = frozenset(
    {
        "_Page__active", "_title_from_render", "abs_url", "canonical_url", "children", "content", "edit_url", "file",
        "links_to_anchors", "markdown", "meta", "next_page", "parent", "present_anchor_ids", "previous_page", "title",
        "toc", "update_date", "read_source", "render",
    }
)  # fmt: skip
#: Plugins that tell a page's template more, and do nothing else when they are asked to.
_PROBED = frozenset({"gatepost_site.plugin", "material.plugins.tags.plugin"})


class Plan:
    """The pages of one build, each with the name of everything that it is made from."""

    def __init__(self, build: Acceleration, files: Sequence[File], nav: Navigation, env: jinja2.Environment) -> None:
        self._build = build
        self._config = config = build.config
        self._arguments = (config, files, nav, env)
        self._pages = {file.src_uri: file.page for file in files if file.page is not None}
        self._templates = templates.inspect(env, config.theme.dirs, static=config.theme.static_templates)
        self._env = digest(
            installed(), code_of(modules_of(config)), self._templates.digest, settings_of(config),
            str(getattr(env, "policies", "")), *hook_code(config),
        )  # fmt: skip
        self._shared = digest(self._env, *lines_of(nav.items), *(self._seen(page) for page in self._pages.values()))
        self._probes = [handler for handler in handlers_of(config, "page_context") if module_of(handler) in _PROBED]
        known = build.old.facts if build.old.facts.get("env") == self._env else {}
        self._reads = Reads(set(known.get("own", ())), set(known.get("others", ())))
        self._keys: dict[str, str] = {}
        self._made: dict[str, Output] = {}
        self._written: set[str] = set()
        keeps = build.search.is_alone and not (build.purity.reasons or self._templates.unsteady)
        for source, page in self._pages.items() if keeps else ():
            if type(page) is Page and is_steady(page) and not page.file.inclusion.is_excluded():
                self._keys[source] = self._key(page)

    def make_ahead(self) -> None:
        """Put every page in its place that is kept, and make the others on all cores."""
        places = {source: page.file.abs_dest_path for source, page in self._pages.items()}
        self._build.tree.sweep(set(places.values()))
        outputs, watch = self._build.old.outputs, self._build.watch
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
            self._build.tree.holds(places[source], 0)
        if len(missing) < ENOUGH:
            return
        for source, result in zip(missing, spread(missing, self._make), strict=True):
            if result:
                output, sections, reads, log = result
                self._made[source] = output
                self._written.add(source)
                self._reads.add(reads)
                if sections:
                    self._build.new.sections[source] = sections
                replay(log)

    def build(self, page: Page, *, excluded: bool) -> None:
        """See to it that a page is in its place, and in the search index."""
        source = page.file.src_uri
        if source not in self._written:
            self._original(page, excluded=excluded)
            if source in self._keys and (output := self._store(page)):
                self._made[source] = output
            return
        self._build.search.add(page)
        if page.content and "data-search-" in page.content:
            # As Material's plugin does after it has read a page.
            page.content = without_marks(page.content)

    def outputs(self) -> dict[str, Output]:
        """Return what is in place now, each with the name of all that it was made from."""
        watch = self._build.watch
        if watch:
            self._reads.add(watch.reads)
        return {
            source: Output(self._whole_key(source, self._keys[source], watch), item.digest, item.size, item.time)
            for source, item in self._made.items()
        }

    def facts(self) -> dict[str, Any]:
        """Return what the next build needs to know to name the inputs in the same way."""
        return {"env": self._env, "own": sorted(self._reads.own), "others": sorted(self._reads.others)}

    def _make(self, source: str) -> tuple[Output, Sections | None, Reads, Log] | None:
        page = self._pages[source]
        with listening() as log, self._build.search.apart():
            self._original(page, excluded=False)
        output = self._store(page)
        reads = self._build.watch.reads if self._build.watch else Reads()
        # What another process made is of no use to it.
        sections = self._build.new.sections.pop(source, None)
        return (output, sections, reads, log) if output else None

    def _original(self, page: Page, *, excluded: bool) -> None:
        config, files, nav, env = self._arguments
        if self._build.watch:
            self._build.watch.current = page.file.src_uri
        self._build.originals["_build_page"](page, config, files, nav, env, False, excluded)  # noqa: FBT003

    def _store(self, page: Page) -> Output | None:
        path = Path(page.file.abs_dest_path)
        if not path.is_file():
            return None
        name = digest(path.read_bytes())
        stat = self._build.objects.keep(path, name, link=self._build.link)
        return Output("", name, stat.st_size, stat.st_mtime_ns)

    def _put(self, source: str, kept: Output) -> bool:
        """Put a stored file in a page's place; False when it is not there any more, or not what was stored."""
        stored = self._build.objects.path(kept.digest)
        try:
            stat = stored.stat()
            if (stat.st_size, stat.st_mtime_ns) != (kept.size, kept.time):
                if digest(stored.read_bytes()) != kept.digest:
                    stored.unlink()
                    return False
                kept.size, kept.time = stat.st_size, stat.st_mtime_ns
            place = self._pages[source].file.abs_dest_path
            if not self._build.tree.holds(place, stat.st_ino):
                put(stored, Path(place), link=self._build.link)
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
            packed([page.title, page.canonical_url, page.abs_url, page.edit_url, page.is_homepage]),
            packed(page.meta),
            spelled(rest) if rest else "",
            *self._context(page),
            page.update_date if self._templates.dated else "",
            name_of(page.content or ""),
            packed([heading_of(item) for item in page.toc]),
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
                yield from lines_of(value.items)
            elif name == "config":
                yield spelled(value.changes) if hasattr(type(value), "changes") else settings_of(value)
            else:
                yield spelled(value)

    def _seen(self, page: Page) -> str:
        """Return what other pages may show of a page."""
        meta = page.meta if self._templates.meta else [page.meta.get(name) for name in _SHOWN_OF_OTHERS]
        body = page.content or "" if self._templates.bodies else ""
        return f"{page.file.src_uri} {page.url} {page.title} {packed(meta)!r} {body}"
