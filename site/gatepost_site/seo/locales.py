"""Languages as Open Graph names them: always with a country."""

from __future__ import annotations

#: Language -> the country that stands for it when a page names none.
_COUNTRIES = {
    "ar": "AR", "bg": "BG", "bn": "IN", "bs": "BA", "ca": "ES", "cs": "CZ", "cy": "GB", "da": "DK", "de": "DE",
    "el": "GR", "en": "US", "eo": "EO", "es": "ES", "et": "EE", "eu": "ES", "fa": "IR", "fi": "FI", "fr": "FR",
    "ga": "IE", "gl": "ES", "he": "IL", "hi": "IN", "hr": "HR", "hu": "HU", "hy": "AM", "id": "ID", "is": "IS",
    "it": "IT", "ja": "JP", "ka": "GE", "kk": "KZ", "ko": "KR", "lb": "LU", "lt": "LT", "lv": "LV", "mk": "MK",
    "ms": "MY", "mt": "MT", "nb": "NO", "nl": "NL", "nn": "NO", "no": "NO", "pl": "PL", "pt": "PT", "ro": "RO",
    "ru": "RU", "sk": "SK", "sl": "SI", "sq": "AL", "sr": "RS", "sv": "SE", "ta": "IN", "te": "IN", "th": "TH",
    "tr": "TR", "uk": "UA", "ur": "PK", "vi": "VN", "zh": "CN",
}  # fmt: skip


def locale_of(language: str) -> str:
    """Return a language (BCP 47) as Open Graph writes it, such as "de_AT"; "" when no country is known."""
    parts = language.replace("_", "-").split("-")
    country = next((part.upper() for part in parts[1:] if len(part) == 2 and part.isalpha()), "")
    country = country or _COUNTRIES.get(parts[0].lower(), "")
    return f"{parts[0].lower()}_{country}" if country else ""
