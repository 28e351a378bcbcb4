"""A magnet's form as plain data for its one template, which landing pages and inline offers share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gatepost_site.kind_words import button_of, words_of
from gatepost_site.magnets import RESERVED_FIELDS
from gatepost_site.words.languages import Languages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatepost_site.magnets import FormField, Magnet
    from gatepost_site.words.words import Words

#: Hidden from people; who fills it in is a program.
TRAP = "website"
assert TRAP in RESERVED_FIELDS  # noqa: S101 - a magnet's own field may never carry this name


@dataclass(frozen=True)
class SiteSettings:
    """What all forms and landing pages of a site have in common."""

    site_name: str
    #: Ends with a slash; "" when the site does not know its address.
    site_url: str

    #: Folder of landing pages below the site, such as "get".
    path: str
    #: Whether pages end in a slash, and not in index.html.
    directory_urls: bool
    #: Address of the webhook, without a slash at the end; "" when it answers on the site's own address.
    webhook: str
    #: Address, or path below the site, of the privacy notice; "" when there is none.
    privacy: str
    #: Epoch second for which the site is built: a webinar may be over then.
    built_at: int = 0
    #: BCP 47: that of every page which does not say otherwise.
    language: str = "en"
    languages: Languages = field(default_factory=Languages)
    #: Language -> {path of a page below the site: path of its translation}; "" is the home page.
    twins: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def path_in(self, path: str, language: str) -> str:
        """Return where a page is in a language, or its own path when it is not translated."""
        return self.twins.get(language, {}).get(path, path)

    def words(self, language: str = "") -> Words:
        """Return the words of a language, "" for the site's own."""
        return self.languages.words(language or self.language)


def form_data(magnet: Magnet, settings: SiteSettings, *, anchor: str, page: str, language: str = "") -> dict[str, Any]:
    """Return what `gatepost/partials/form.html` shows.

    `page` is the URL path of the page that holds the form, `language` that page's when it is not the magnet's.
    """
    meta = magnet.meta
    words = settings.words(language or magnet.language)
    return {
        "words": words.tree,
        "id": anchor,
        "action": f"{settings.webhook}/f/{magnet.key}",
        "title": meta.title,
        "button": button_of(magnet, words, settings.built_at),
        "fields": [_field_data(field) for field in meta.fields],
        "consent": "" if magnet.is_course else meta.consent,
        # Asking for a course is asking for its mails: the words stand beside the button, and there is no box.
        "agreement": meta.consent if magnet.is_course else "",
        "next": _next(magnet, words, settings.built_at),
        "wording": magnet.wording,
        "page": page,
        "privacy": settings.path_in(settings.privacy, language or magnet.language),
        "trap": TRAP,
    }


def _next(magnet: Magnet, words: Words, now: int) -> str:
    """Return what happens after the button, in words; "" when the template's own fit."""
    own = words_of(magnet, words, now)
    if own is None:
        return ""
    return own.next_with_box if magnet.meta.consent and not magnet.is_course else own.next


def _field_data(field: FormField) -> dict[str, Any]:
    return {
        "name": field.name,
        "label": field.label,
        "type": field.type,
        "required": field.required,
        "autocomplete": field.autocomplete,
        "help": field.help,
        "options": list(field.options),
        "max_length": field.max_length,
    }
