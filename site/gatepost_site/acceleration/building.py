"""One build: MkDocs' own functions for a page are ours between its beginning and its end, and call the real ones."""

from __future__ import annotations

import functools
import gc
import logging
import os
import time
from typing import TYPE_CHECKING, Any

from mkdocs import utils as engine_tools
from mkdocs.commands import build as engine
from mkdocs.structure.pages import Page

from gatepost_site.acceleration.configuration import has_strangers
from gatepost_site.acceleration.indexing import Indexing
from gatepost_site.acceleration.plan import Plan
from gatepost_site.acceleration.reading import Reading
from gatepost_site.acceleration.rendering import Rendering
from gatepost_site.speed.digests import forget
from gatepost_site.speed.navigation import quicken_navigation
from gatepost_site.speed.purity import purity_of
from gatepost_site.speed.state import Objects, State, load_state, save_state
from gatepost_site.speed.tree import Tree
from gatepost_site.speed.watching import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    import jinja2
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import File, Files
    from mkdocs.structure.nav import Navigation

    from gatepost_site.offers import OfferShelf
    from gatepost_site.site_pages import Site
    from gatepost_site.speed.navigation import Remembered

_log = logging.getLogger("mkdocs.plugins.gatepost")
#: Seconds for which a stored file that nobody names stays: another build may be about to name it.
GRACE_SECONDS = 600
#: How many new objects, and younger collections, it takes until Python looks for garbage.
_COLLECT = (20_000, 20, 20)


class Acceleration:
    """One build. Between `start` and `stop`, MkDocs' two functions for one page are ours, and call the real ones."""

    def __init__(self, cache: Path, config: MkDocsConfig, *, variant: str, pure: Collection[str]) -> None:
        self.config = config
        self.purity = purity_of(config, pure)
        self._state_file = cache / variant
        #: What the last build left, and what this one leaves.
        self.old, self.new = load_state(self._state_file), State()
        self.objects = Objects(cache / "pages")
        self.tree = Tree(config.site_dir)
        #: Whether pages may be second names of stored files, because nobody writes into them afterwards.
        self.link = not has_strangers(config, "post_build")
        self.search = Indexing(self.old, self.new)
        self._reading = Reading(config, self.old, self.new)
        self._rendering = Rendering(config, self.purity, self.old, self.new)
        self.watch: Watch | None = None
        #: MkDocs' own functions.
        self.originals: dict[str, Any] = {}
        self._plan: Plan | None = None
        self._navigation: Remembered | None = None
        self._site: Callable[[], Site]

    def start(self, site: Callable[[], Site]) -> None:
        """Take MkDocs' place at each page; `site` returns all pages as plain data, once they are rendered."""
        self._site = site
        self._rendering.start()
        if self.purity.reasons:
            _log.info("not all results are kept, because of %s", self.purity.reasons)
        self._collecting = gc.get_threshold()
        # A build makes many objects and drops few: to look for garbage often takes a tenth of its time.
        gc.set_threshold(*_COLLECT)
        self.originals = {"_populate_page": engine._populate_page, "_build_page": engine._build_page}  # noqa: SLF001
        self._clean = engine_tools.clean_directory
        if self.link:
            setattr(engine_tools, "clean_directory", self._tidy)  # noqa: B010
        setattr(engine, "_populate_page", self._populate)  # noqa: B010 - mypy forbids the plain way
        setattr(engine, "_build_page", self._build)  # noqa: B010

    def stop(self) -> None:
        """Give MkDocs its functions back."""
        for name, function in self.originals.items():
            setattr(engine, name, function)
        setattr(engine_tools, "clean_directory", self._clean)  # noqa: B010
        self._rendering.stop()
        forget()
        gc.set_threshold(*self._collecting)
        self.originals = {}

    def finish(self, twins: set[str]) -> None:
        """Note what this build made, for the next; `twins` are the paths of all Markdown twins in the output folder."""
        self.tree.close(twins)
        if self._plan:
            self.new.outputs = self._plan.outputs()
            self.new.facts = self._plan.facts()
        if not self._plan or self.new == self.old:
            return
        self.new.follow(self.old)
        save_state(self._state_file, self.new, remember=self._state_file.name != "site")
        names = self._state_file.with_suffix(".names")
        names.write_text("\n".join(item.digest for item in self.new.outputs.values()), encoding="ascii")
        wanted = {name for file in names.parent.glob("*.names") for name in file.read_text("ascii").split()}
        self.objects.prune(wanted, before=int(time.time()) - GRACE_SECONDS)

    def watched(self, site: Site) -> Site:
        """Return a site like another, to finish pages with: what is read of it is noted."""
        if self.watch is None:
            self.watch = Watch(site)
        return self.watch.site

    def quicken(self, env: jinja2.Environment, nav: Navigation, files: Files) -> None:
        """Have pages share what their navigations have in common, unless somebody else's code looks at each page."""
        for file in files:
            self.tree.clear(file.abs_dest_path)
        if not self.purity.reasons:
            self._navigation = quicken_navigation(env, self.config, nav.items)

    def rest(self) -> None:
        """Let go of what was for pages alone: they are all made."""
        if self._navigation:
            self._navigation.forget()

    def shelf(self, shelf: OfferShelf) -> OfferShelf:
        """Return the shelf, and note that a page has looked at it."""
        return self._rendering.offered.shelf(shelf)

    def _tidy(self, folder: str) -> None:
        if os.path.normpath(folder) == os.path.normpath(self.config.site_dir):
            # Whoever is not known may write where a twin or a card stands.
            self.tree.tidy(pages_only=bool(self.purity.reasons))
        else:
            self._clean(folder)

    def _populate(self, page: Page, config: MkDocsConfig, files: Files, dirty: bool = False) -> None:  # noqa: FBT001, FBT002
        ours = {}
        if type(page).read_source is Page.read_source:
            ours["read_source"] = functools.partial(self._reading.read, page)
        if not self.purity.extensions and type(page).render is Page.render:
            ours["render"] = functools.partial(self._rendering.render, page)
        vars(page).update(ours)
        try:
            self.originals["_populate_page"](page, config, files, dirty)
        finally:
            for name in ours:
                vars(page).pop(name, None)

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
            self.search.quicken(self.config)
            self.watched(self._site())
            self._plan = Plan(self, doc_files, nav, env)
            self._plan.make_ahead()
        self._plan.build(page, excluded=excluded)
