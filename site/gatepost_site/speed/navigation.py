"""Material's navigation, in which most of a page's template goes: what is alike for pages side by side is made once."""

from __future__ import annotations

import functools
import posixpath
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import jinja2

#: The template, and the SHA-256 of the releases of it whose macro `render` depends on no more than is counted here.
_TEMPLATE = "partials/nav-item.html"
_KNOWN = frozenset({"89895208f22d68ce405a4bcb6649b9150eba5bbb04663a6cb3f93f02daf1d2f7"})
_MACRO = "{% macro render(nav_item, path, level, parent) %}"
_FRESH = "{% macro gatepost_fresh(nav_item, path, level, parent) %}"
_REMEMBERED = (
    _MACRO
    + "{{ gatepost_remembered(gatepost_fresh, nav_item, path, level, parent, page, config, features) }}{% endmacro %}"
)
#: Letters: a navigation that is not pruned is large, and seen from every folder another.
_MOST = 16_000_000

#: Where a page is, as far as relative addresses look: depth and folder.
_Place: TypeAlias = "tuple[Any, ...]"


def quicken_navigation(env: jinja2.Environment, config: Any, items: Iterable[Any]) -> Remembered:
    """Have the items of a site's navigation remembered for the build that begins, when the theme is Material."""
    loader: Any = env.loader
    loader.get_source = functools.partial(_source, type(loader).get_source.__get__(loader))
    remembered = env.globals["gatepost_remembered"] = Remembered(config, items)
    return remembered


def is_known(source: str) -> bool:
    """Whether a text is that of a template that is understood here."""
    return sha256(source.encode()).hexdigest() in _KNOWN


def _source(get: Callable[..., tuple[str, Any, Any]], env: jinja2.Environment, name: str) -> tuple[str, Any, Any]:
    source, file, is_fresh = get(env, name)
    if name == _TEMPLATE and is_known(source):
        source = source.replace(_MACRO, _FRESH, 1) + _REMEMBERED
    return source, file, is_fresh


class Remembered:
    """The items of one build's navigation as HTML, seen from each folder."""

    def __init__(self, config: Any, items: Iterable[Any]) -> None:
        self._config = config
        self._nav = items
        self._made: dict[tuple[Any, ...], str] = {}
        self._letters = 0
        #: So that nothing else gets the identity of an item.
        self._items: dict[int, Any] = {}
        self._page: Any = None
        self._place: _Place | None = None
        #: Folders in which something of the navigation lies.
        self._above: set[tuple[str, ...]] | None = None

    def __call__(  # noqa: PLR0913, PLR0917 - what the macro takes, and what it reads beside
        self, fresh: Callable[..., str], item: Any, path: str, level: int, parent: Any, page: Any, config: Any,
        features: Sequence[str],
    ) -> str:  # fmt: skip
        """Return what the macro makes of an item. One that the page is in is made anew: it shows where one is."""
        if page is None or config is not self._config or item.active or getattr(item, "pages", None):
            return fresh(item, path, level, parent)
        inside = bool(parent and parent.active)
        key = (id(item), path, level, inside, self._seen_from(page), tuple(features))
        if (made := self._made.get(key)) is None:
            made = fresh(item, path, level, parent)
            if self._letters < _MOST:
                self._letters += len(made)
                self._items[id(item)] = item
                self._made[key] = made
        return made

    def forget(self) -> None:
        """Let go of everything: there are no more pages to come."""
        self._made.clear()
        self._items.clear()

    def _seen_from(self, page: Any) -> _Place:
        if page is not self._page or self._place is None:
            self._page, self._place = page, self._place_of(page)
        return self._place

    def _place_of(self, page: Any) -> _Place:
        """Return the same for pages from which everything that they are not in has the same relative address."""
        folder, _, name = page.url.rpartition("/")
        if "." in name:
            return parts_of(folder)
        parts = parts_of(page.url)
        if self._above is None:
            self._above = set(_folders(self._nav, set()))
        # Seen from a page, what is below it has another address than seen from the page beside.
        return parts if not parts or parts in self._above else (len(parts), parts[:-1])


def parts_of(url: str) -> tuple[str, ...]:
    """Return the parts of an address below the site, as MkDocs takes it apart."""
    return tuple(part for part in posixpath.normpath(f"/{url}")[1:].split("/") if part)


def _folders(items: Iterable[Any], seen: set[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Yield the folders in which anything of a navigation lies, and what more than one item leads to."""
    for item in items:
        if (url := getattr(item, "url", None)) is not None:
            parts = parts_of(url)
            yield from (parts[:end] for end in range(len(parts)))
            if item.is_link or parts in seen:
                yield parts
            seen.add(parts)
        yield from _folders(item.children or (), seen)
