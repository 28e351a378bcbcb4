"""The webhook's own pages: lean HTML with one inline style, nothing from elsewhere, and the headers that say so."""

from __future__ import annotations

import base64
import copy
import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatepost_site.words.languages import Languages


class Pages:
    """Renders the pages of one site, in the site's language."""

    def __init__(self, *, site_name: str, site_url: str, languages: Languages, language: str) -> None:
        #: What the pages say; whoever writes a page's own sentences takes them from here.
        self.words = languages.words(language)
        self._languages = languages
        self._environment = Environment(
            loader=PackageLoader("gatepost_webhook", "pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        style = (files("gatepost_webhook") / "pages" / "style.css").read_text(encoding="utf-8")
        # Our own file: it needs no escaping, and its hash must be that of the exact text.
        self._environment.globals.update(style=Markup(style), site_name=site_name, site_url=site_url)  # noqa: S704
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        site = urlsplit(site_url)
        self._headers = {
            # Browsers hold the redirect after a form to form-action too, and the thank-you page is on the site.
            "Content-Security-Policy": (
                f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self' {site.scheme}://{site.netloc}; "
                "base-uri 'none'; frame-ancestors 'none'"
            ),
            "X-Frame-Options": "DENY",
            "Cache-Control": "no-store",
            "X-Robots-Tag": "noindex",
        }
        self._site_url = site_url

    def speaking(self, language: str) -> Pages:
        """Return the same pages in another language; "" changes nothing."""
        if not language or self._languages.words(language) is self.words:
            return self
        other = copy.copy(self)
        other.words = self._languages.words(language)
        return other

    def leading_to(self, address: str) -> dict[str, str]:
        """Return the headers of a page whose form is answered with the way to an address elsewhere."""
        parts = urlsplit(address)
        policy = self._headers["Content-Security-Policy"]
        elsewhere = f"form-action {parts.scheme}://{parts.netloc} "
        return {"Content-Security-Policy": policy.replace("form-action ", elsewhere)}

    def page(
        self, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: object
    ) -> HTMLResponse:
        """Return a page made from pages/<template>.html; every value is escaped."""
        said = {"say": self.words.html, "language": self.words.language, "direction": self.words.direction}
        html = self._environment.get_template(f"{template}.html").render({**said, **values})
        return HTMLResponse(html, status, {**self._headers, **(headers or {})})

    def message(
        self,
        status: int,
        heading: str,
        *paragraphs: str,
        reference: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> HTMLResponse:
        """Return a page that says one thing and shows the way back to the site."""
        return self.page(
            "message",
            status=status,
            headers=headers,
            heading=heading,
            paragraphs=paragraphs,
            reference=reference,
            back=self._site_url,
            back_text=self.words.say("failure.back"),
        )
