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

MAX_EMAIL = 254
_MAX_PAGE = 300
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_NO_ADDRESS_FOR_FILE = "Please write it, for that is where the file goes."
_NO_ADDRESS: Mapping[str, str] = {
    "course": "Please write it, for that is where the lessons go.",
    "webinar": "Please write it, for that is where the way in goes.",
}
_SHAPES: Mapping[str, tuple[re.Pattern[str], str]] = {
    "number": (re.compile(r"-?\d{1,15}(?:[.,]\d{1,6})?"), "a number, such as 25"),
    "tel": (re.compile(r"\+?[\d\s()./-]{3,}(?:x\s?\d{1,6})?"), "a telephone number, such as +49 30 1234567"),
    "url": (re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE), "a whole web address, such as https://example.com"),
}


@dataclass(frozen=True)
class Problems:
    """What is to mend: field -> a sentence, in the order of the form."""

    sentences: dict[str, str]


def judge(magnet: Magnet, form: Mapping[str, str]) -> Draft | Problems:
    """Return what can be kept of a form, or what is wrong with it. What the magnet does not ask for is dropped."""
    problems: dict[str, str] = {}
    email, canonical = "", ""
    try:
        email, canonical = _address(form.get("email", ""), magnet)
    except AddressError as error:
        problems["email"] = str(error)
    answers = typed(magnet, form)
    for field in magnet.meta.fields:
        if sentence := _problem(field, answers[field.name]):
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
    )


def typed(magnet: Magnet, form: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed into the magnet's own fields, tidied: "" where nothing was."""
    return {field.name: _tidy(form.get(field.name, ""), lines=field.type == "textarea") for field in magnet.meta.fields}


def _address(text: str, magnet: Magnet) -> tuple[str, str]:
    text = _tidy(text, lines=False)
    if not text:
        raise AddressError(_NO_ADDRESS.get(magnet.kind, _NO_ADDRESS_FOR_FILE))
    if len(text) > MAX_EMAIL:
        raise AddressError(f"Please write at most {MAX_EMAIL} characters.")
    return normalise(text)


def _problem(field: FormField, value: str) -> str:
    if not value:
        return "Please fill this in." if field.required else ""
    if len(value) > field.max_length:
        return f"Please write at most {field.max_length} characters; these are {len(value)}."
    if field.type == "select" and value not in field.options:
        return "Please choose one of the list."
    shape, wanted = _SHAPES.get(field.type, (None, ""))
    return f"Please write {wanted}." if shape and not shape.fullmatch(value) else ""


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
