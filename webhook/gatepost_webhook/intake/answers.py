"""What a visitor typed, judged field by field: a draft to keep, or everything that is to mend, all at once."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gatepost_webhook.leads.address import AddressError, normalise
from gatepost_webhook.store.submissions import Draft

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatepost_site.magnets import FormField, Magnet
    from gatepost_site.words.words import Words

MAX_EMAIL = 254
_MAX_PAGE = 300
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
#: Kind of magnet -> the words for an address that is missing.
_NO_ADDRESS: Mapping[str, str] = {
    "course": "problem.email_missing_course",
    "webinar": "problem.email_missing_webinar",
}
#: Type of a field -> what fits it, and the words for what does not.
_SHAPES: Mapping[str, tuple[re.Pattern[str], str]] = {
    "number": (re.compile(r"-?\d{1,15}(?:[.,]\d{1,6})?"), "problem.number"),
    "tel": (re.compile(r"\+?[\d\s()./-]{3,}(?:x\s?\d{1,6})?"), "problem.tel"),
    "url": (re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE), "problem.url"),
}


@dataclass(frozen=True)
class Problems:
    """What is to mend: field -> a sentence, in the order of the form."""

    sentences: dict[str, str]


def judge(magnet: Magnet, form: Mapping[str, str], words: Words) -> Draft | Problems:
    """Return what can be kept of a form, or what is wrong with it. What the magnet does not ask for is dropped."""
    problems: dict[str, str] = {}
    email, canonical = "", ""
    address = _tidy(form.get("email", ""), lines=False)
    missing = _NO_ADDRESS.get(magnet.kind, "problem.email_missing")
    if sentence := _length_problem(address, MAX_EMAIL, words) if address else words.say(missing):
        problems["email"] = sentence
    else:
        try:
            email, canonical = normalise(address)
        except AddressError as error:
            problems["email"] = _address_problem(address, error, words)
    answers = typed(magnet, form)
    for field in magnet.meta.fields:
        value = answers[field.name]
        if (value or field.required) and (sentence := _problem(field, value, words)):
            problems[field.name] = sentence
    if problems:
        return Problems(problems)
    given = {name: value for name, value in answers.items() if value}
    # A course has no box: asking for it is asking for its mails, and for nothing else.
    marketing = bool(magnet.meta.consent) and not magnet.is_course and form.get("marketing") == "yes"
    return Draft(
        email,
        canonical,
        magnet.slug,
        _page(form.get("page", "")),
        given,
        marketing,
        form.get("wording", "")[:64],
        _fingerprint(magnet.slug, canonical, given, marketing=marketing),
        words.language,
    )


def typed(magnet: Magnet, form: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed into the magnet's own fields, tidied: "" where nothing was."""
    return {
        field.name: _tidy(text, lines=field.type == "textarea") if (text := form.get(field.name)) else ""
        for field in magnet.meta.fields
    }


def _address_problem(address: str, error: AddressError, words: Words) -> str:
    # The library that reads addresses says exactly what is wrong, and says it in English only.
    if words.language.partition("-")[0] == "en":
        return str(error)
    return words.say("problem.email_wrong" if address.count("@") == 1 else "problem.email_at")


def _problem(field: FormField, value: str, words: Words) -> str:
    if not value:
        return words.say("problem.missing")
    if sentence := _length_problem(value, field.max_length, words):
        return sentence
    if field.type == "select" and value not in field.options:
        return words.say("problem.choice")
    shape, wanted = _SHAPES.get(field.type, (None, ""))
    return words.say(wanted) if shape and not shape.fullmatch(value) else ""


def _length_problem(value: str, most: int, words: Words) -> str:
    return words.say("problem.too_long", most=most, count=len(value)) if len(value) > most else ""


def _tidy(text: str, *, lines: bool) -> str:
    if text.isprintable():
        # No line ends and no controls: what nearly everybody sends.
        return text.strip() if lines else " ".join(text.split())
    text = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.strip() if lines else " ".join(text.split())


def _page(text: str) -> str:
    """Return the path of the page that held the form, "" when it is none."""
    try:
        path = urlsplit(_tidy(text, lines=False)).path
    except ValueError:
        return ""
    return path[:_MAX_PAGE] if path.startswith("/") else ""


def _fingerprint(magnet: str, canonical: str, fields: Mapping[str, str], *, marketing: bool) -> str:
    return hashlib.sha256(repr((magnet, canonical, sorted(fields.items()), marketing)).encode()).hexdigest()
