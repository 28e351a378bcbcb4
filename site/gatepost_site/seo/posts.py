"""Posts about a page, ready to paste: for each network within its limit, with a link that says where it was pressed.

Limits in characters, and how a link counts, as the networks' documentation and the makers of posting tools say:

- X: 280, a link 23, most other scripts and emoji 2 each (docs.x.com/fundamentals/counting-characters)
- Mastodon: 500, a link 23 (docs.joinmastodon.org/user/posting)
- Bluesky: 300 graphemes, a link in full (lexicon app.bsky.feed.post)
- LinkedIn: 3,000 (support.buffer.com/article/588, linkedin.com/help/linkedin/answer/a528176)
- Facebook: 5,000 by programs, 63,206 by hand (support.buffer.com/article/588); the smaller one always works
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from gatepost_site.seo.descriptions import shortened

if TYPE_CHECKING:
    from collections.abc import Mapping

_LINK = re.compile(r"https?://\S+")
#: Characters that X counts once; every other one counts twice.
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
#: Characters: less of a paragraph says nothing.
_SHORTEST = 30


@dataclass(frozen=True)
class Network:
    """A place to post, and what it counts."""

    name: str
    limit: int
    #: Characters that any link counts as; 0 when it counts in full.
    link: int = 0
    #: Whether characters of other scripts count twice.
    is_weighted: bool = False

    def length(self, text: str) -> int:
        """Return how long a text is as the network counts."""
        text = unicodedata.normalize("NFC", text)
        links = _LINK.findall(text) if self.link else []
        text = _LINK.sub("", text) if self.link else text
        return self.link * len(links) + (sum(map(_weight, text)) if self.is_weighted else len(text))


#: Key in front matter, value of utm_source, and argument of the command -> the network.
NETWORKS: Mapping[str, Network] = {
    "linkedin": Network("LinkedIn", 3000),
    "x": Network("X", 280, link=23, is_weighted=True),
    "mastodon": Network("Mastodon", 500, link=23),
    "bluesky": Network("Bluesky", 300),
    "facebook": Network("Facebook", 5000),
}


@dataclass(frozen=True)
class Wording:
    """What posts about a page say."""

    #: Network -> its own text.
    texts: Mapping[str, str] = field(default_factory=dict)
    #: For every other network; "" when there is none.
    text: str = ""
    #: Without the sign.
    hashtags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Subject:
    """The page that posts are about."""

    title: str
    description: str
    #: Full.
    address: str
    #: What reports call the page.
    campaign: str


@dataclass(frozen=True)
class Post:
    """One post, ready to paste."""

    network: str
    text: str
    link: str
    length: int
    limit: int
    #: Whether its words had to be cut.
    is_shortened: bool


def post_for(key: str, wording: Wording, subject: Subject) -> Post:
    """Return the post for a network, by its key. Title and description stand in where nobody wrote a text."""
    network = NETWORKS[key]
    link = tagged(subject.address, source=key, campaign=subject.campaign)
    written = wording.texts.get(key) or wording.text or _joined(subject.title, subject.description)
    tags = " ".join(f"#{tag}" for tag in wording.hashtags)
    words = written.strip()
    text = _joined(words, link, tags)
    if tags and network.length(text) > network.limit:
        text = _joined(words, link)
    if network.length(text) > network.limit:
        words = _fitted(words, link, network)
        text = _joined(words, link)
    return Post(network.name, text, link, network.length(text), network.limit, words != written.strip())


def tagged(address: str, *, source: str, campaign: str) -> str:
    """Return an address with the tags by which reports tell where a visitor came from."""
    parts = urlsplit(address)
    tags = [("utm_source", source), ("utm_medium", "social"), ("utm_campaign", campaign)]
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in dict(tags)]
    return urlunsplit(parts._replace(query=urlencode([*query, *tags])))


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _fitted(words: str, link: str, network: Network) -> str:
    """Return as much of some words as a network takes with a link: whole paragraphs, then a part of the next."""
    kept = ""
    for paragraph in re.split(r"\n{2,}", words):
        whole = _joined(kept, paragraph)
        if network.length(_joined(whole, link)) > network.limit:
            lengths = range(min(len(paragraph), network.limit), _SHORTEST, -1)
            cuts = (_joined(kept, shortened(paragraph, length)) for length in lengths)
            return next((cut for cut in cuts if network.length(_joined(cut, link)) <= network.limit), kept)
        kept = whole
    return kept


def _weight(sign: str) -> int:
    return 1 if any(first <= ord(sign) <= last for first, last in _LIGHT) else 2
