"""Where links of mails lead that name a magnet or a page and no address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_site.translations import original_of, source_in
from gatepost_webhook.followup.markup import MAGNET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Manifest


class Directory:
    """The addresses of a built site by name. Made once for a build; what it gives is kept."""

    def __init__(self, site_url: str, manifest: Manifest, magnets: Mapping[str, Magnet]) -> None:
        """Take the site's public address, with a slash at its end."""
        self._site_url = site_url
        self._manifest = manifest
        self._magnets = magnets
        self._places: dict[str, Mapping[str, str]] = {}

    def places(self, language: str) -> Mapping[str, str]:
        """Return name -> address for mails in a language: the translations, where there are any."""
        if language not in self._places:
            self._places[language] = dict(self._magnet_places(language)) | dict(self._page_places(language))
        return self._places[language]

    def _magnet_places(self, language: str) -> list[tuple[str, str]]:
        landing = self._manifest.landing
        found = []
        for slug, magnet in self._magnets.items():
            key = magnet.in_language(language).key
            if (path := landing.get(key, landing.get(slug))) is not None:
                found.append((f"{MAGNET}{slug}", self._site_url + path))
        return found

    def _page_places(self, language: str) -> list[tuple[str, str]]:
        pages = self._manifest.pages
        found = []
        for source, path in pages.items():
            translated = source if original_of(source)[1] else source_in(source, language)
            found.append((source, self._site_url + pages.get(translated, path)))
        return found
