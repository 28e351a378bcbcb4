"""Which page a form was sent from, as far as the browser says: ours, a foreign one, or untold."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from starlette.datastructures import Headers


class Sender(Enum):
    """Whose page a form came from."""

    #: One of the sites that may post here.
    KNOWN = auto()
    #: Another site: refused.
    FOREIGN = auto()
    #: The browser did not say: the visitor is asked.
    UNTOLD = auto()


def sender_of(headers: Headers, origins: AbstractSet[str]) -> Sender:
    """Judge Origin and Sec-Fetch-Site against the origins whose forms may post here."""
    told = headers.getlist("origin")
    if len(told) > 1:
        return Sender.FOREIGN
    origin = told[0].lower() if told else "null"
    if origin != "null":
        return Sender.KNOWN if origin in origins else Sender.FOREIGN
    # A page that keeps its address to itself (no-referrer) sends "null" even to its own server. Only browsers can write
    # Sec-Fetch-Site, and a sandboxed frame of another site is "cross-site".
    return Sender.KNOWN if headers.getlist("sec-fetch-site") == ["same-origin"] else Sender.UNTOLD
