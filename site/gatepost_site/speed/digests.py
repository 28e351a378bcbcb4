"""Names for inputs: the same name means the same input, today and tomorrow, in this process and the next."""

from __future__ import annotations

import marshal
import re
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import PurePath
from typing import Any

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_SCALARS = (str, bytes, int, float, bool, type(None))


def digest(*parts: str | bytes) -> str:
    """Return a name of 32 hexadecimal digits for some texts, each counted with its length."""
    state = blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        state.update(b"%d:" % len(data))
        state.update(data)
    return state.hexdigest()


#: Long texts -> their names: a page's HTML is named more than once, and may be known from the last build.
_named: dict[str, str] = {}


def name_of(text: str) -> str:
    """Return the digest of a long text, worked out once in a build."""
    name = _named.get(text)
    if name is None:
        name = _named[text] = digest(text)
    return name


def know(text: str, name: str) -> None:
    """Note the digest of a text, which was worked out before."""
    _named[text] = name


def forget() -> None:
    """Let go of all long texts, when a build is over."""
    _named.clear()


def spelled(value: object) -> str:
    """Return a text that is the same for the same value, whatever it is made of: settings, front matter, objects."""
    return repr(_plain(value, ()))


def packed(value: Any) -> bytes:
    """Return bytes that are other for other values, and the same for the same: as `spelled`, for small plain data.

    Sets alone may come out in another order the next time; then something is made again in vain.
    """
    try:
        # Without references to what came before, which depend on more than the value.
        return marshal.dumps(value, 2)
    except ValueError:
        return spelled(value).encode("utf-8", "surrogatepass")


def _plain(value: Any, above: tuple[int, ...]) -> object:
    if isinstance(value, _SCALARS):
        # A subclass of str or int may print itself in any way.
        return value if type(value) in _SCALARS else (_name(type(value)), _scalar(value))
    if id(value) in above:
        return "(above)"
    above = (*above, id(value))
    if isinstance(value, list | tuple):
        return [_plain(item, above) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(repr(_plain(item, above)) for item in value)
    return _object(value, above)


def _object(value: Any, above: tuple[int, ...]) -> object:
    if isinstance(value, Mapping):
        return _name(type(value)), [(_plain(key, above), _plain(item, above)) for key, item in value.items()]
    if callable(value) and hasattr(value, "__qualname__"):
        return _name(value)
    if isinstance(value, PurePath) or not hasattr(value, "__dict__"):
        return _name(type(value)), _ADDRESS.sub("", repr(value))
    # What a class says is its state leaves out what it remembers meanwhile, and what differs from build to build.
    state = type(value).__dict__.get("__getstate__", vars) if _name(type(value)).startswith("gatepost_") else vars
    return _name(type(value)), _plain(state(value), above)


def _scalar(value: Any) -> object:
    kinds: tuple[Any, ...] = (bool, int, float, str, bytes)
    return next(kind(value) for kind in kinds if isinstance(value, kind))


def _name(thing: Any) -> str:
    return f"{getattr(thing, '__module__', '')}.{getattr(thing, '__qualname__', '')}"
