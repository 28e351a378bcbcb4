"""The settings as a commented `.env` file, made from the settings themselves so that the two cannot drift apart."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, get_args, get_origin

from pydantic import SecretStr

from gatepost_webhook.settings import Settings

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

_HEAD = """\
# Settings of Gatepost. Copy this file to .env, take the # away before what you set, and keep .env out of version
# control: it holds secrets. The environment wins over .env. The values below are the defaults.
"""
_COMMENT = re.compile(r"\s*#: (.*)")
_FIELD = re.compile(r"    (\w+): ")


def env_example() -> str:
    """Return the text of `.env.example`: every setting with its meaning and its default, all commented out."""
    meanings = _meanings()
    parts = [_HEAD]
    for name, field in Settings.model_fields.items():
        lines = [*meanings.get(name, ()), *_choices(field)]
        comment = "".join(f"# {line}\n" for line in lines)
        parts.append(f"{comment}# {_variable(name)}={_default(field)}\n")
    return "\n".join(parts)


def _variable(name: str) -> str:
    return f"{Settings.model_config['env_prefix']}{name}".upper()


def _meanings() -> dict[str, list[str]]:
    """Return setting -> the lines of the `#:` comment above it."""
    meanings: dict[str, list[str]] = {}
    waiting: list[str] = []
    for line in inspect.getsource(Settings).splitlines():
        if comment := _COMMENT.match(line):
            waiting.append(comment[1])
            continue
        if field := _FIELD.match(line):
            meanings[field[1]] = waiting
        waiting = []
    return meanings


def _choices(field: FieldInfo) -> list[str]:
    """Return the line that names the only values a setting takes, if there are such."""
    if get_origin(field.annotation) is not Literal:
        return []
    return [f"One of: {', '.join(get_args(field.annotation))}"]


def _default(field: FieldInfo) -> str:
    value = field.default
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, tuple):
        return ",".join(str(item) for item in value)
    if isinstance(value, Mapping):
        return ",".join(f"{name}={item}" for name, item in value.items())
    text = "" if value is None else str(value)
    return f'"{text}"' if re.search(r"[\s#<>'\"]", text) else text
