"""E-mail addresses: what is accepted, and when two spellings are one mailbox."""

from __future__ import annotations

import re
from functools import lru_cache

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from gatepost_webhook.errors import GatepostError
from gatepost_webhook.macs import mac

#: Before the @-sign nothing that needs judging, and short enough beside any domain of this length.
_PLAIN = re.compile(r"(?=[^@]{1,64}@)([a-z0-9]+(?:[._+-][a-z0-9]+)*)@([^@\s]{1,180})")
_GMAIL = frozenset({"gmail.com", "googlemail.com"})


class AddressError(GatepostError):
    """The text is not an address that we could write to; the message says why."""


def normalise(text: str) -> tuple[str, str]:
    """Return (as typed and tidied, canonical) of an address; only the second is compared.

    Canonical is lower case with the domain in ASCII (IDNA 2008). Reserved names such as .test pass: nothing is looked
    up here. Raises AddressError.
    """
    text = text.strip()
    if plain := _PLAIN.fullmatch(text):
        local, domain = plain.groups()
        if known := _domain(domain):
            return f"{local}@{known[0]}", f"{local}@{known[1]}"
    try:
        checked = _checked(text)
    except EmailNotValidError as error:
        raise AddressError(str(error)) from error
    if checked.local_part.startswith("-"):
        raise AddressError("The part before the @-sign cannot begin with a hyphen.")
    return checked.normalized, f"{checked.local_part}@{checked.ascii_domain}".lower()


def _checked(text: str) -> ValidatedEmail:
    return validate_email(text, check_deliverability=False, test_environment=True, allow_smtputf8=False, strict=True)


# Most people's domains are the same few, and checking one takes most of the time.
@lru_cache(maxsize=1024)
def _domain(domain: str) -> tuple[str, str] | None:
    """Return (as it is written, in ASCII) of a domain, None when no address can be there."""
    try:
        checked = _checked(f"a@{domain}")
    except EmailNotValidError:
        return None
    return checked.domain, checked.ascii_domain.lower()


def mailbox_of(canonical: str) -> str:
    """Return the mailbox behind an address, so that limits hold over its spellings: no +tag, no dots at Gmail."""
    local, _, domain = canonical.rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _GMAIL:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def keyed_hash(canonical: str, secret: bytes) -> str:
    """Return the name of an address in the suppression list: it blocks mail, and tells nobody the address."""
    return mac(secret, b"gatepost suppression\0" + canonical.encode()).hex()


def masked(email: str) -> str:
    """Return an address as a page may show it: a•••@e•••."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}•••@{domain[:1]}•••"
