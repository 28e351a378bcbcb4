"""The key `social` in a page's front matter: what posts about the page say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatepost_site.documents import load_yaml, plain, position_in, read_text, shown, split, suggestion
from gatepost_site.findings import ContentError, Finding
from gatepost_site.seo.posts import NETWORKS, Wording

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ruamel.yaml.comments import CommentedMap

_KEYS = ("text", *NETWORKS, "hashtags")
_TEXT = "text, as in 'social: Read this before Friday.'"
_HASHTAGS = "words without '#', as in 'hashtags: [Email]'"


def read_wording(path: Path, *, root: Path) -> Wording:
    """Read what a page's file says of posts. Raises ContentError with every mistake."""
    file = shown(path, root)
    front, _, _ = split(read_text(path, file), file)
    loaded = load_yaml(front or "", file, first_line=2)
    return wording_of(plain(loaded).get("social"), loaded, file)


def wording_of(value: Any, loaded: CommentedMap, file: str) -> Wording:
    """Return the checked value of the key; `loaded` is the front matter that it stands in."""
    if value is None or isinstance(value, str):
        return Wording(text=value or "")
    if findings := [Finding(file, *position_in(loaded, where, 2), *words) for where, words in _mistakes(value)]:
        raise ContentError(findings)
    texts = {key: text for key, text in value.items() if key in NETWORKS}
    return Wording(texts, value.get("text", ""), tuple(value.get("hashtags") or ()))


def _mistakes(value: Any) -> Iterator[tuple[tuple[str, ...], tuple[str, str, str]]]:
    """Yield the path to each mistake, with what is wrong, what was found and what to write instead."""
    if not isinstance(value, dict):
        yield ("social",), ("'social' is neither text nor keys", repr(value), _TEXT)
        return
    for key, text in value.items():
        if key not in _KEYS:
            yield ("social", key), ("unknown key", f"'{key}'", suggestion(key, _KEYS))
        elif key != "hashtags" and not isinstance(text, str):
            yield ("social", key), (f"'social.{key}' is no text", repr(text), _TEXT)
    tags = value.get("hashtags") or []
    if not isinstance(tags, list) or not all(_is_hashtag(tag) for tag in tags):
        yield ("social", "hashtags"), ("not a list of hashtags", repr(tags), _HASHTAGS)


def _is_hashtag(tag: object) -> bool:
    return isinstance(tag, str) and tag.replace("_", "").isalnum()
