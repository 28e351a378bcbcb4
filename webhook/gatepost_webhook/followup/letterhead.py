"""What is round the text of every mail: head, name, footer. Ours, or a team's in sequences/_layout.html."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

import css_inline
from jinja2 import DictLoader, Environment, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from gatepost_webhook.followup.templates import CLOSE, CLOSE_URL, OPEN, OPEN_URL

if TYPE_CHECKING:
    from jinja2 import Template

    from gatepost_site.words.words import Words

FILE = "_layout.html"
#: What a team's layout extends.
OURS = "gatepost.html"
#: What a layout may change of ours, and what it may name.
BLOCKS = ("style", "brand", "content", "footer")
VALUES = frozenset(
    {"content", "css", "direction", "footer", "imprint", "kind", "language", "leave", "preheader", "site_name"}
    | {"subject", "why"}
)
#: Everything that is sent: what stands in the footer depends on it.
KINDS = ("confirm", "delivery", "lesson", "drip")
_PARTS = ("why", "leave", "imprint")
_OF_THE_SITE = re.compile(r'(\s(?:src|href|background)=")(/(?!/)[^"]*")')


@dataclass(frozen=True)
class Letterhead:
    """A layout."""

    #: The team's template; "" is ours.
    source: str = ""

    def shell(self, content: str, kind: str, words: Words, site_url: str) -> str:
        """Return a mail's HTML, styles in the elements, with slots for all that differs from mail to mail."""
        return _shell(self.source, content, kind, words, site_url)


OWN = Letterhead()


@lru_cache(maxsize=64)
def footer(kind: str, words: Words) -> str:
    """Return the three paragraphs that end every mail: why it came, how to stop it, who wrote it."""
    return "\n".join(f"<p>{_part(part, kind, words)}</p>" for part in _PARTS)


@lru_cache(maxsize=512)
def _shell(source: str, content: str, kind: str, words: Words, site_url: str) -> str:
    page = rendered(source, content, kind, words)
    inliner = css_inline.CSSInliner(keep_style_tags=True, keep_at_rules=True, load_remote_stylesheets=False)
    return _OF_THE_SITE.sub(rf"\g<1>{site_url.rstrip('/')}\g<2>", inliner.inline(page))


def rendered(source: str, content: str, kind: str, words: Words) -> str:
    """Return a layout's HTML round some content, slots unfilled. Raises TemplateError."""
    parts = {part: Markup(_part(part, kind, words)) for part in _PARTS}  # noqa: S704 - our own templates
    return _template(source).render(
        **parts,
        **{name: text_slot(name) for name in ("preheader", "site_name", "subject")},
        kind=kind,
        language=words.language,
        direction=words.direction,
        css=Markup(_style(words.direction)),  # noqa: S704 - our own file
        content=Markup(content),  # noqa: S704 - made of allowed elements, values still outside
        footer=Markup(footer(kind, words)),  # noqa: S704 - our own template
    )


def text_slot(name: str) -> Markup:
    """Return the place of a text."""
    return Markup(f"{OPEN}{name}{CLOSE}")  # noqa: S704 - a slot, filled escaped


def url_slot(name: str) -> Markup:
    """Return the place of an address."""
    return Markup(f"{OPEN_URL}{name}{CLOSE_URL}")  # noqa: S704 - a slot, filled escaped


def environment() -> Environment:
    """Return the sandbox of layouts: it can load our layout, and no file."""
    sandbox = ImmutableSandboxedEnvironment(
        loader=DictLoader({OURS: _file("mail.html")}), autoescape=True, undefined=StrictUndefined
    )
    sandbox.globals.clear()
    return sandbox


@lru_cache(maxsize=8)
def _template(source: str) -> Template:
    made = environment()
    return made.from_string(source) if source else made.get_template(OURS)


def _part(part: str, kind: str, words: Words) -> str:
    footers = Environment(autoescape=True).from_string(_file("footer.html"))
    return footers.render(text=text_slot, url=url_slot, say=words.html, kind=kind, part=part)


def _style(direction: str) -> str:
    """Return the style sheet; mail programs know no logical properties, so what is left is right from right to left."""
    css = _file("mail.css")
    return css if direction == "ltr" else re.sub(r"\bleft\b", "right", css)


def _file(name: str) -> str:
    return (files("gatepost_webhook.followup") / "layout" / name).read_text(encoding="utf-8")
