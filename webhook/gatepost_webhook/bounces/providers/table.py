"""What is different from provider to provider, as a table; and the one way in which tables are read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatepost_webhook.bounces.reading import clean, clean_status
from gatepost_webhook.bounces.report import Report
from gatepost_webhook.bounces.traces import mails_named
from gatepost_webhook.bounces.verdicts import code_in, judge
from gatepost_webhook.leads.address import AddressError, normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from gatepost_webhook.bounces.report import Kind
    from gatepost_webhook.bounces.signatures import Signature

#: Events of one callback that are read; SendGrid sends the most, some hundreds.
_MOST_EVENTS = 2000
#: Addresses in one event.
_MOST_ADDRESSES = 50


@dataclass(frozen=True)
class Rule:
    """What an event means whose fields have certain values."""

    #: Path -> its value, or the values that it may have.
    where: Mapping[str, str | tuple[str, ...]]
    kind: Kind
    #: Code and words may say otherwise: not every failure that a provider calls permanent is about the mailbox.
    judged: bool = False

    def fits(self, event: object) -> bool:
        """Tell whether an event is of this kind."""
        return all(
            text_at(event, path) in ((wanted,) if isinstance(wanted, str) else wanted)
            for path, wanted in self.where.items()
        )


@dataclass(frozen=True)
class Provider:
    """One provider. A path is names with dots between them, into an event; "item" is one of `each`."""

    name: str
    signature: Signature
    #: Settings that hold the secrets.
    settings: tuple[str, ...]
    #: The first that fits counts; an event that fits none tells nothing that we act upon.
    rules: tuple[Rule, ...]
    #: Paths to the recipient's address, the first that is there counts; as with all that follow.
    address: tuple[str, ...]
    status: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    #: What tells an event from every other one; the whole of it when left out.
    key: tuple[str, ...] = ()
    #: Where our own Message-ID may stand.
    message_id: tuple[str, ...] = ()
    #: Where the events are in the payload; "": the payload is the event, or a list of them.
    events: str = ""
    #: Paths to lists in an event whose items are recipients.
    each: tuple[str, ...] = ()
    #: Turns the payload into what `events` looks into.
    unwrap: Callable[[Any], Any] | None = None
    #: The status that tells the provider that all is well.
    accepted: int = 202


def reports(provider: Provider, payload: object, secrets: Sequence[bytes]) -> Iterator[Report]:
    """Yield what a callback tells that we act upon. Raises UnreadableCallbackError."""
    payload = provider.unwrap(payload) if provider.unwrap else payload
    found = at(payload, provider.events) if provider.events else payload
    for event in (found if isinstance(found, list) else [found])[:_MOST_EVENTS]:
        for one in _by_recipient(provider, event):
            if report := _report(provider, one, secrets):
                yield report


def at(event: object, path: str) -> object:
    """Return what stands at a path, None when there is nothing."""
    for name in path.split("."):
        event = event.get(name) if isinstance(event, dict) else None
    return event


def text_at(event: object, *paths: str) -> str:
    """Return the first text, number or truth value at one of the paths, "" when there is none."""
    for path in paths:
        found = at(event, path)
        if isinstance(found, bool):
            return str(found).lower()
        if isinstance(found, (str, int)) and found != "":
            return str(found)
    return ""


def _by_recipient(provider: Provider, event: object) -> Iterator[object]:
    if not isinstance(event, dict):
        return
    if not provider.each:
        yield event
        return
    for path in provider.each:
        items = at(event, path)
        for item in items[:_MOST_ADDRESSES] if isinstance(items, list) else []:
            yield {**event, "item": item}


def _report(provider: Provider, event: object, secrets: Sequence[bytes]) -> Report | None:
    rule = next((rule for rule in provider.rules if rule.fits(event)), None)
    address = _canonical(text_at(event, *provider.address))
    if rule is None or rule.kind == "other" or not address:
        return None
    words = text_at(event, *provider.words)
    status = text_at(event, *provider.status)
    kind = (judge(status, words) if rule.judged else None) or rule.kind
    # Another mail than the address says: the address counts.
    named = mails_named(text_at(event, *provider.message_id).encode("utf-8", "replace"), secrets)
    return Report(
        kind=kind,
        source=provider.name,
        key=f"{_key(provider, event)} {kind} {address}",
        status=clean_status(status) or clean_status(code_in(words)),
        diagnostic=clean(words),
        mail=named.pop() if len(named) == 1 else None,
        address=address,
    )


def _key(provider: Provider, event: object) -> str:
    if key := text_at(event, *provider.key) if provider.key else "":
        return key
    return hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()


def _canonical(text: str) -> str:
    # Some write "Name <address>".
    bare = text.rpartition("<")[2].rstrip("> ") if "<" in text else text
    try:
        return normalise(bare[:320])[1]
    except AddressError:
        return ""
