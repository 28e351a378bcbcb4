"""Which pages show offers, and what those were made of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gatepost_site.speed import templates
from gatepost_site.speed.digests import digest, spelled

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

    from gatepost_site.offers import OfferShelf

#: Stands for offers that somebody has to hear of each time.
UNKNOWN = "unknown"


class Offered:
    """The shelf that offers are taken from, with a name for all that is on it."""

    def __init__(self, config: MkDocsConfig) -> None:
        self._config = config
        self._magnets = self._name = ""
        self._shown: OfferShelf | None = None
        self._read = False

    def shelf(self, shelf: OfferShelf) -> OfferShelf:
        """Return the shelf, and note that a page has looked at it."""
        self._read, self._shown = True, shelf
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
        self._name = digest(self._magnets, *(value for value in seen.values() if isinstance(value, str)))
        return shelf

    def stands(self, name: str) -> bool:
        """Whether offers that were made of a shelf of that name would be made the same now."""
        extension: Any = next(item for item in self._config.markdown_extensions if hasattr(item, "shelf"))
        extension.shelf()
        return name == self._name

    def begin(self) -> None:
        """Begin with a page that has not looked at anything."""
        self._read = False

    def end(self) -> str:
        """Return the name of what the page looked at: "" when at nothing, UNKNOWN when something is wrong with it."""
        if not self._read:
            return ""
        # Whoever builds the page must hear of it each time.
        return UNKNOWN if any(self.complaints()) else self._name

    def complaints(self) -> list[list[Any]]:
        """Return the lists in which rendering notes what is wrong."""
        return [value for value in vars(self._shown).values() if isinstance(value, list)] if self._shown else []
