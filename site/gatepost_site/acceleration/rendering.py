"""A page's Markdown: what it became in the last build, or made anew, on all cores when there is much of it."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import markdown
from mkdocs.structure import pages as engine_pages
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc
from mkdocs.utils.meta import YAML_RE

from gatepost_site.acceleration.listening import listening, replay
from gatepost_site.acceleration.offered import UNKNOWN, Offered
from gatepost_site.speed import inline
from gatepost_site.speed.digests import digest, know, spelled
from gatepost_site.speed.environment import code_of, installed
from gatepost_site.speed.purity import SNIPPET_MARK, Purity, appended_text, modules_of
from gatepost_site.speed.state import Rendered
from gatepost_site.speed.workers import spread

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import File, Files

    from gatepost_site.speed.state import State

#: Misses after which the other pages are looked through for more, to render those on all cores.
SOME = 8


class Rendering:
    """Renders the pages of one build."""

    def __init__(self, config: MkDocsConfig, purity: Purity, old: State, new: State) -> None:
        self._config = config
        self._purity = purity
        self._old, self._new = old, new
        #: Rendered ahead of their turn, on all cores.
        self._ahead: dict[str, Rendered] = {}
        self._misses = 0
        self._env = ""
        self.offered = Offered(config)

    def start(self) -> None:
        """Name all that Markdown depends on beside the text, and have all pages share one converter."""
        self._env = digest(
            installed(), code_of(modules_of(self._config)), appended_text(self._config),
            spelled(self._config.markdown_extensions), spelled(self._config.mdx_configs),
            spelled(self._config.validation), spelled(self._config.use_directory_urls),
        )  # fmt: skip
        if not self._purity.extensions:
            setattr(engine_pages, "markdown", _OneMarkdown())  # noqa: B010 - mypy forbids the plain way

    def stop(self) -> None:
        """Give MkDocs its Markdown back."""
        setattr(engine_pages, "markdown", markdown)  # noqa: B010

    def render(self, page: Page, config: MkDocsConfig, files: Files) -> None:
        """Do what MkDocs' own method of a page does."""
        source, text = page.file.src_uri, page.markdown or ""
        key = self._key(page.file, text)
        kept = self._kept(source, key, files)
        if kept is None:
            self._misses += 1
            if self._misses == SOME:
                self._render_ahead(files)
                kept = self._kept(source, key, files)
        kept = kept or self._rendered(page, key, files)
        _restore(page, kept, files)
        replay(kept.log)
        if is_steady(page) and SNIPPET_MARK not in text and kept.offers != UNKNOWN:
            self._new.rendered[source] = kept

    def _key(self, file: File, text: str) -> str:
        excluded = "excluded" if file.inclusion.is_excluded() else ""
        return digest(self._env, file.src_uri, file.url, excluded, text)

    def _kept(self, source: str, key: str, files: Files) -> Rendered | None:
        kept = self._ahead.get(source) or self._old.rendered.get(source)
        if kept is None or kept.key != key or (kept.offers and not self.offered.stands(kept.offers)):
            return None
        if not kept.asked:
            return kept
        uris = files.src_uris
        return kept if all(_answer(uris.get(path)) == answer for path, answer in kept.asked.items()) else None

    def _rendered(self, page: Page, key: str, files: Files) -> Rendered:
        asked = _Asked(files)
        self.offered.begin()
        with listening() as log:
            type(page).render(page, self._config, asked)  # type: ignore[arg-type]
        html = page.content or ""
        return Rendered(
            key,
            digest(html),
            html,
            [heading_of(item) for item in page.toc],
            page._title_from_render,  # noqa: SLF001 - as MkDocs keeps it
            sorted(page.present_anchor_ids or ()),
            {file.src_uri: dict(links) for file, links in (page.links_to_anchors or {}).items()},
            log,
            asked.answers,
            self.offered.end(),
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
        known = SNIPPET_MARK in text or self._kept(file.src_uri, self._key(file, text), files)
        return None if known else (file, text)

    def _ahead_of(self, file: File, text: str, files: Files) -> Rendered | None:
        before = file.page
        try:
            page = Page(None, file, self._config)
            page.markdown = text
            result = self._rendered(page, self._key(file, text), files)
            if result.offers == UNKNOWN:
                # Whoever builds the page finds it out by itself.
                for complaints in self.offered.complaints():
                    complaints.clear()
                return None
            return result
        finally:
            file.page = before


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


def is_steady(page: Page) -> bool:
    """Whether a page's writer lets it be kept."""
    return page.meta.get("cache") is not False


def heading_of(item: Any) -> list[Any]:
    """Return a heading of a page's contents as plain data: [title, id, level, [headings below]]."""
    return [item.title, item.id, item.level, [heading_of(child) for child in item.children]]


def _body(file: File) -> str:
    """Return the Markdown of a page as MkDocs will most likely read it."""
    text = file.content_string
    front = YAML_RE.match(text)
    return text[front.end() :].lstrip("\n") if front else text


def _answer(file: File | None) -> str:
    return "" if file is None else f"{'-' if file.inclusion.is_excluded() else '+'}{file.url}"


def _token(heading: list[Any]) -> Any:
    title, name, level, children = heading
    return {"name": title, "id": name, "level": level, "children": [_token(child) for child in children]}


def _restore(page: Page, kept: Rendered, files: Files) -> None:
    page.content = kept.html
    know(kept.html, kept.name)
    page.toc = get_toc([_token(heading) for heading in kept.toc])
    page._title_from_render = kept.title  # noqa: SLF001 - as MkDocs' own rendering leaves it
    page.present_anchor_ids = set(kept.anchors)
    page.links_to_anchors = {}
    if kept.links:
        uris = files.src_uris
        page.links_to_anchors = {uris[source]: dict(links) for source, links in kept.links.items() if source in uris}
