"""MkDocs' files, navigation and configuration for a site in several languages: a part of the plugin's other half."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.structure.files import File, InclusionLevel
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from gatepost_site.findings import ContentError, Finding
from gatepost_site.translations import keep_language, original_of, path_in, source_in, translations_in
from gatepost_site.words.languages import silent_language
from gatepost_site.words.tags import normal, own_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import jinja2
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure import StructureItem
    from mkdocs.structure.files import Files

    from gatepost_site.site_pages import SitePage
    from gatepost_site.words.languages import Languages


def language_of(config: MkDocsConfig) -> str:
    """Return the language of the site (BCP 47), as its theme says."""
    # Material's theme has the key; others have `locale`, or nothing.
    return str(config.theme.get("language") or config.theme.get("locale") or "en")


def place_translations(files: Files, config: MkDocsConfig, languages: Languages) -> dict[str, str]:
    """Give translated pages their addresses, out of the navigation, and return source -> language of each.

    Raises ContentError for a translation that cannot be published.
    """
    # That plugin has names and addresses of its own for the same files.
    if "i18n" in config.plugins:
        return {}
    pages = {file.src_uri: file for file in files.documentation_pages()}
    spoken = translations_in(pages, languages)
    taken = {file.dest_uri: file.src_uri for file in files if file.src_uri not in spoken}
    findings: list[Finding] = []
    for source, language in spoken.items():
        place(pages[source], language)
        findings += _translation_findings(pages[source], language, taken, config, languages)
    if findings:
        raise ContentError(findings)
    return spoken


def place(file: File, language: str) -> None:
    """Give a file the address of its original in another language."""
    source, _ = original_of(file.src_uri)
    original = File(source, None, file.dest_dir, file.use_directory_urls)
    file.name = original.name
    file.dest_uri = path_in(original.dest_uri, language)
    # Worked out from the former, once.
    for cached in ("url", "abs_dest_path"):
        vars(file).pop(cached, None)
    file.inclusion = InclusionLevel.NOT_IN_NAV


def _translation_findings(
    file: File, language: str, taken: Mapping[str, str], config: MkDocsConfig, languages: Languages
) -> Iterator[Finding]:
    where = (f"{Path(config.docs_dir).name}/{file.src_uri}", 1, 1)
    if language == normal(language_of(config)):
        original, _ = original_of(file.src_uri)
        yield Finding(*where, "is in the site's own language", f"'{language}'", f"'{original}', without the language")
    if not languages.speaks(language):
        yield silent_language(language, where[0], where[1:])
    if file.dest_uri in taken:
        yield Finding(*where, "goes where another page goes", f"'{taken[file.dest_uri]}'", "one of the two")
    if any(file.src_uri.startswith(folder) for folder in _post_folders(config)):
        yield Finding(*where, "a post cannot be a translation", write="a page outside the blog's folder of posts")


def _post_folders(config: MkDocsConfig) -> Iterator[str]:
    """Yield the folders whose pages Material's blog takes for posts, whatever they are called."""
    for name, plugin in config.plugins.items():
        if name.split()[0] in {"blog", "material/blog"}:
            blog = plugin.config["blog_dir"]
            yield f"{plugin.config['post_dir'].format(blog=blog)}/".removeprefix("./")


def translated_nav(nav: Navigation, files: Files, language: str) -> Navigation:
    """Return the navigation of one language: that of the site, as far as its pages are translated.

    A section whose index page is translated stays a section of that name; the pages of others move up.
    """
    items = _translated_items(nav.items, files, language)
    pages = [item for item in _flat(items) if isinstance(item, Page)]
    for before, page, after in zip([None, *pages], pages, [*pages[1:], None], strict=False):
        page.previous_page, page.next_page = before, after
        if label := page.meta.get("nav_title"):
            page.title = str(label)
    translated = Navigation(items, pages)
    home = files.get_file_from_path(source_in("index.md", language))
    translated.homepage = home.page if home else nav.homepage
    return translated


def _translated_items(items: Iterable[StructureItem], files: Files, language: str) -> list[StructureItem]:
    found: list[StructureItem] = []
    for item in items:
        if isinstance(item, Section):
            found += _translated_section(item, files, language)
        elif isinstance(item, Page):
            twin = files.get_file_from_path(source_in(item.file.src_uri, language))
            found += [twin.page] if twin and twin.page else []
        else:
            found.append(item)
    return found


def _translated_section(section: Section, files: Files, language: str) -> list[StructureItem]:
    children = _translated_items(section.children, files, language)
    index = next((child for child in children if isinstance(child, Page) and child.is_index), None)
    if index is None:
        return children
    translated = Section(str(index.meta.get("nav_title") or index.title), children)
    for child in children:
        child.parent = translated
    return [translated]


def _flat(items: Iterable[StructureItem]) -> Iterator[StructureItem]:
    for item in items:
        yield item
        yield from _flat(getattr(item, "children", None) or [])


class Overlay:
    """An object seen through changes: what a template is shown of a configuration in another language."""

    def __init__(self, below: Any, **above: Any) -> None:
        self._below = below
        self._above = above

    def __getattr__(self, name: str) -> Any:
        return self._above[name] if name in self._above else getattr(self._below, name)

    def __getitem__(self, name: str) -> Any:
        return self._above[name] if name in self._above else self._below[name]

    def __contains__(self, name: object) -> bool:
        return name in self._above or name in self._below

    @property
    def changes(self) -> dict[str, Any]:
        """What is seen otherwise than below, as plain data: pages are kept for as long as it stays."""
        return {name: item.changes if isinstance(item, Overlay) else item for name, item in self._above.items()}


def config_for(config: MkDocsConfig, versions: Sequence[SitePage], theme_tag: str) -> Overlay:
    """Return the configuration as the template of a translated page, or of its original, is to see it.

    `theme_tag` is the language of the theme's own words, "" to leave them. The switch leads to the page's `versions`.
    """
    theme = Overlay(config.theme, language=theme_tag) if theme_tag else config.theme
    site_language = language_of(config)
    choices = [
        {"name": own_name(tag), "link": version.url or ".", "lang": tag}
        for version in versions
        for tag in (version.language or site_language,)
    ]
    extra = {**config.extra, "alternate": choices} if choices else config.extra
    return Overlay(config, theme=theme, extra=extra)


def theme_language(env: jinja2.Environment, language: str) -> str:
    """Return which of a theme's own languages fits a tag, "" when it has none."""
    names = set(env.list_templates(filter_func=lambda name: name.startswith("partials/languages/")))
    candidates = (language, language.partition("-")[0])
    return next((tag for tag in candidates if not names or f"partials/languages/{tag}.html" in names), "")


def twins_of(files: Files, spoken: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return language -> {path of an original below the site: path of its translation}; "" is the home page."""
    twins: dict[str, dict[str, str]] = {}
    for source, language in spoken.items():
        original, twin = files.get_file_from_path(original_of(source)[0]), files.get_file_from_path(source)
        if original and twin:
            twins.setdefault(language, {})[_url(original)] = _url(twin)
    return twins


def kept_in_language(html: str, page: Page, twins: Mapping[str, str]) -> str:
    """Return a translated page's HTML with its links leading to translations, where there are any."""
    return keep_language(html, page.url, twins, lambda url: get_relative_url(url or ".", page.url))


def _url(file: File) -> str:
    return "" if file.url in {".", "./"} else file.url
