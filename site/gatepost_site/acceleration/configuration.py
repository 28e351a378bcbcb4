"""What a site's configuration says, as far as it decides how pages are made."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.plugins import BasePlugin

from gatepost_site.speed.digests import digest, spelled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mkdocs.config.defaults import MkDocsConfig

#: Settings that no page shows, or that are counted in another way.
_UNSEEN = frozenset({"dev_addr", "hooks", "plugins", "site_dir", "theme", "watch"})
#: Who does something after a build that is known to change no page.
_KNOWN = ("gatepost_site.", "material.plugins.search.", "mkdocs.contrib.search", "properdocs.contrib.search")


def handlers_of(config: MkDocsConfig, event: str) -> list[Callable[..., Any]]:
    """Return the functions that plugins and hooks have for an event, in order."""
    return config.plugins.events[event]


def module_of(handler: Callable[..., Any]) -> str:
    """Return the module of the plugin that a function belongs to."""
    return type(getattr(handler, "__self__", None)).__module__


def has_strangers(config: MkDocsConfig, event: str) -> bool:
    """Whether anybody but Gatepost and the known searches does something at an event."""
    return any(not module_of(handler).startswith(_KNOWN) for handler in handlers_of(config, event))


def settings_of(config: MkDocsConfig) -> str:
    """Return all settings that a page may show, as a text that is the same for the same settings."""
    seen = {name: value for name, value in config.items() if name not in _UNSEEN}
    theme = config.theme
    # Hooks stand among the plugins, and have no settings.
    plugins = [
        (name, type(plugin).__qualname__, dict(plugin.config) if isinstance(plugin, BasePlugin) else {})
        for name, plugin in config.plugins.items()
    ]
    return spelled([seen, theme.name, theme.dirs, dict(theme), plugins])


def hook_code(config: MkDocsConfig) -> Iterator[str]:
    """Yield a name for the code of each hook."""
    hooks: Any = config.hooks or {}
    for name, module in hooks.items():
        yield _code_of_hook(name, module)


@functools.cache
def _code_of_hook(name: str, module: Any) -> str:
    # Read once: MkDocs loads a hook once a process, and goes on with what it loaded.
    return digest(name, Path(module.__file__).read_bytes())


def lines_of(items: Sequence[Any], depth: int = 0) -> Iterator[str]:
    """Yield a navigation, line by line."""
    for item in items:
        source = item.file.src_uri if item.is_page else ""
        yield f"{depth} {type(item).__name__} {item.title} {getattr(item, 'url', '')} {source}"
        yield from lines_of(item.children or (), depth + 1)
