"""Jinja in messages: values, if, for and a few filters. A value is data to the end, never Markdown or code."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NoReturn

from jinja2 import StrictUndefined, TemplateError, pass_context
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from gatepost_webhook.errors import RenderError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Template
    from jinja2.runtime import Context

#: Around the number of a value: characters that no text holds, because they are taken out of every one.
OPEN, CLOSE = "\ue000", "\ue001"
#: The same around the name of an address.
OPEN_URL, CLOSE_URL = "\ue002", "\ue003"
_RESERVED = str.maketrans("", "", OPEN + CLOSE + OPEN_URL + CLOSE_URL)

#: Filters a message may use; `default` also replaces an empty answer.
FILTERS = ("capitalize", "default", "first", "join", "last", "length", "lower", "replace", "title", "trim", "upper")
#: Characters.
MAX_RENDERED = 64 * 1024


@pass_context
def _slot(context: Context, value: object) -> str:
    """Keep what `{{ }}` gives aside, and leave its number in the text."""
    slots: list[str] = context["_slots"]
    slots.append(str(value))
    return f"{OPEN}{len(slots) - 1}{CLOSE}"


def _default(value: object, other: object = "", _boolean: object = None) -> object:
    return value or other


class _Sandbox(ImmutableSandboxedEnvironment):
    """A sandbox that does not calculate either: "a" * 1000000000 is how templates eat a machine."""

    intercepted_binops = frozenset(ImmutableSandboxedEnvironment.default_binop_table)
    intercepted_unops = frozenset(ImmutableSandboxedEnvironment.default_unop_table)

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> NoReturn:
        """Refuse to calculate."""
        raise SecurityError(f"a message computes nothing, found {operator!r}")

    def call_unop(self, context: Context, operator: str, arg: object) -> NoReturn:
        """Refuse to calculate."""
        raise SecurityError(f"a message computes nothing, found {operator!r}")


def _environment() -> _Sandbox:
    environment = _Sandbox(
        undefined=StrictUndefined,
        # A value never enters the text as text: it is escaped when its slot is filled, in HTML as in a header.
        autoescape=False,
        finalize=_slot,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in FILTERS} | {"default": _default}
    environment.tests.clear()
    return environment


ENVIRONMENT = _environment()


def fill_in(source: str, values: Mapping[str, str]) -> tuple[str, list[str]]:
    """Return a template's text with numbered slots, and what belongs into each. Raises RenderError."""
    slots: list[str] = []
    if (constant := _constant(source)) is not None:
        return constant, slots
    try:
        text = _compiled(source).render(**values, _slots=slots)
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise RenderError(f"{type(error).__name__}: {error}") from error
    size = len(text) + sum(map(len, slots))
    if size > MAX_RENDERED:
        raise RenderError(f"the message is too long, found {size} characters; write at most {MAX_RENDERED}")
    return text, slots


@lru_cache(maxsize=1024)
def _constant(source: str) -> str | None:
    """Return what a text without values, tags and comments comes to, None when it has any."""
    if "{" in source or "\r" in source or len(source) > MAX_RENDERED:
        return None
    return source.translate(_RESERVED)


@lru_cache(maxsize=1024)
def _compiled(source: str) -> Template:
    return ENVIRONMENT.from_string(source.translate(_RESERVED))
