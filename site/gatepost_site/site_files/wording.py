"""The few words that these files and blocks say themselves, by language; English where there are no others."""

from __future__ import annotations

_WORDS = {
    "en": {
        "read_next": "Read next",
        "to_keep": "To take with you",
        "moved": "This page has moved",
        "lost": "This page is not here",
        "lost_why": "The address may be mistyped, or the page has moved or gone.",
        "search": "Search the site",
        "search_for": "Search for",
        "meant": "Did you mean one of these?",
        "start": "Or start here",
    },
    "de": {
        "read_next": "Weiterlesen",
        "to_keep": "Zum Mitnehmen",
        "moved": "Diese Seite ist umgezogen",
        "lost": "Diese Seite gibt es hier nicht",
        "lost_why": "Vielleicht ist die Adresse vertippt, oder die Seite ist umgezogen oder gelöscht.",
        "search": "Die Website durchsuchen",
        "search_for": "Suchen nach",
        "meant": "Meinten Sie eine dieser Seiten?",
        "start": "Oder hier beginnen",
    },
}


def say(word: str, language: str) -> str:
    """Return a text in a language (BCP 47)."""
    return _WORDS.get(language.lower().partition("-")[0], _WORDS["en"])[word]
