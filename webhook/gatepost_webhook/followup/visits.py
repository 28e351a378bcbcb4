"""Links of mails that may be noted: `visit:` before where they lead says that the team would like to know.

Every other link is plain, and nobody is told of it. A noted link leads to a page of ours first, on which the reader
decides: programs that follow the links of mails press no buttons.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from gatepost_webhook.followup import markup
from gatepost_webhook.followup.templates import OPEN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gatepost_webhook.followup.message import Message

#: What a link begins with that may be noted: [our prices](visit:/prices/).
VISIT = "visit:"
#: Links of one message that may be noted: as many as a byte can number.
MOST = 255
_TAG = re.compile(r"\{[{%#].*?[}%#]\}", re.DOTALL)


def target_of(written: str) -> str:
    """Return where a link leads that may be noted: an address, a page's source or a magnet; "" of a plain link."""
    return written.removeprefix(VISIT) if written.startswith(VISIT) else ""


def page_named(target: str) -> str:
    """Return what conditions call a target: "/prices/", "guide/start.md", "magnet:guide"; in every language the same.

    What stands behind ? and # is no part of it.
    """
    return markup.page_of(target) or re.split(r"[?#]", target, maxsplit=1)[0]


def targets_of(message: Message) -> tuple[str, ...]:
    """Return where the links of a message may lead that are noted, each once, its translations' behind its own.

    The place of one in this is its number in the mails, so it depends on the text alone and not on who reads it.
    """
    found = (target for version in message.versions() for target in targets_in(version.body))
    return tuple(dict.fromkeys(found))[:MOST]


@lru_cache(maxsize=512)
def targets_in(text: str) -> tuple[str, ...]:
    """Return where the noted links of one text lead, in its order."""
    return tuple(_targets(markup.skeleton(_TAG.sub(OPEN, text)).urls)) if VISIT in text else ()


def _targets(urls: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(target for url in urls if (target := target_of(url)))
