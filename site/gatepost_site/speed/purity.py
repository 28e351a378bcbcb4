"""Which parts of a site make nothing but what their input says: only of those is a result kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gatepost_site.speed.digests import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

#: Modules of plugins whose handlers depend on the page, the navigation and the settings alone.
_PLUGINS = (
    "gatepost_site.", "material.plugins.blog.", "material.plugins.info.", "material.plugins.meta.",
    "material.plugins.offline.", "material.plugins.search.", "material.plugins.tags.", "mkdocs.contrib.",
    "properdocs.contrib.",
)  # fmt: skip
#: Markdown extensions that depend on the text and their settings alone.
_EXTENSIONS = ("markdown.extensions.", "pymdownx.")
#: These read files, or make something else each time.
_READERS = frozenset({"pymdownx.b64", "pymdownx.blocks.html.reader"})
_SNIPPETS = "pymdownx.snippets"
#: Names under which Python-Markdown knows its own extensions.
_SHORT = frozenset(
    {
        "abbr", "admonition", "attr_list", "codehilite", "def_list", "extra", "fenced_code", "footnotes",
        "legacy_attrs", "legacy_em", "md_in_html", "meta", "nl2br", "sane_lists", "smarty", "tables", "toc",
        "wikilinks",
    }
)  # fmt: skip
#: Stands in every way to take in another file.
SNIPPET_MARK = "8<-"
#: Events after which a page is something else than its Markdown, its settings and its place say.
_PAGE_EVENTS = ("page_context", "post_page", "env")


@dataclass(frozen=True)
class Purity:
    """What of a site may be kept; each list names who stands against it."""

    #: Markdown extensions of unknown kind.
    extensions: tuple[str, ...]
    #: Plugins and hooks that change finished pages, or what templates see.
    pages: tuple[str, ...]
    #: Plugins and hooks that change the Markdown before it is rendered.
    sources: tuple[str, ...]

    @property
    def reasons(self) -> str:
        """Say who keeps results from being kept; "" when nobody does."""
        return ", ".join(dict.fromkeys((*self.extensions, *self.pages)))


def purity_of(config: Any, declared: Collection[str]) -> Purity:
    """Judge a site by its configuration, which is MkDocs' own; `declared` names what the site calls pure."""
    handlers = config.plugins.events
    pages = (name for event in _PAGE_EVENTS for name in _strangers(config, handlers[event]))
    sources = (
        name
        for event in ("pre_page", "page_read_source", "page_markdown")
        for name in _strangers(config, handlers[event])
    )
    extensions = [name for item in config.markdown_extensions if (name := _strange_extension(item))]
    extensions += [name for settings in config.mdx_configs.values() for name in _strange_functions(settings)]
    if _appended(config) is None:
        extensions.append(f"{_SNIPPETS} (auto_append)")
    return Purity(
        *(tuple(dict.fromkeys(n for n in names if n not in declared)) for names in (extensions, pages, sources))
    )


def appended_text(config: Any) -> str:
    """Return a name for the files that the snippets extension appends to every page; "" without any."""
    return digest(*(_appended(config) or ()))


def modules_of(config: Any) -> Iterator[str]:
    """Yield the modules whose code a site's settings name."""
    yield from (type(plugin).__module__ for plugin in config.plugins.values())
    yield from (item if isinstance(item, str) else type(item).__module__ for item in config.markdown_extensions)
    for settings in config.mdx_configs.values():
        yield from (function.__module__ for function in _functions(settings))


def _strangers(config: Any, handlers: Iterable[Callable[..., Any]]) -> Iterator[str]:
    for handler in handlers:
        owner = getattr(handler, "__self__", None)
        module = type(owner).__module__ if owner is not None else ""
        if not module.startswith(_PLUGINS):
            yield _name_of(handler, owner, config)


def _name_of(handler: Callable[..., Any], owner: object, config: Any) -> str:
    """Return the name under which mkdocs.yml has a plugin or a hook."""
    names = (name for name, plugin in config.plugins.items() if plugin is owner)
    hooks = (name for name, module in (config.hooks or {}).items() if module.__name__ == handler.__module__)
    return str(next(names, None) or next(hooks, None) or handler.__module__)


def _strange_extension(item: object) -> str:
    """Return the name of an extension of which nothing is known, "" for one that is known to be pure."""
    if isinstance(item, str):
        name = item.partition(":")[0]
        known = name in _SHORT or (name.startswith(_EXTENSIONS) and name not in _READERS)
        return "" if known else item
    # Gatepost's own say by themselves whether they are.
    return "" if getattr(item, "is_pure", False) is True else f"{type(item).__module__}.{type(item).__name__}"


def _strange_functions(settings: object) -> Iterator[str]:
    for function in _functions(settings):
        if not function.__module__.startswith((*_EXTENSIONS, "material.extensions.")):
            yield f"{function.__module__}.{getattr(function, '__qualname__', '')}"


def _functions(settings: object) -> Iterator[Any]:
    if isinstance(settings, dict):
        settings = list(settings.values())
    if isinstance(settings, list | tuple):
        for item in settings:
            yield from _functions(item)
    elif callable(settings) and hasattr(settings, "__module__"):
        yield settings


def _appended(config: Any) -> list[bytes] | None:
    """Return what is appended to every page, None when that takes in other files in turn."""
    settings: Mapping[str, Any] = config.mdx_configs.get(_SNIPPETS) or {}
    base = settings.get("base_path", ["."])
    found = []
    for name in settings.get("auto_append") or []:
        paths = [Path(folder, name) for folder in ([base] if isinstance(base, str) else base)]
        data = [path.read_bytes() if path.is_file() else b"" for path in paths]
        if any(SNIPPET_MARK.encode() in text for text in data) or name.startswith("http"):
            return None
        found += data
    return found
