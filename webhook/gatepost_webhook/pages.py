"""The webhook's own pages: lean HTML with one inline style, nothing from elsewhere, and the headers that say so."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

if TYPE_CHECKING:
    from collections.abc import Mapping


class Pages:
    """Renders the pages of one site."""

    def __init__(self, *, site_name: str, site_url: str) -> None:
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

    def page(
        self, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: object
    ) -> HTMLResponse:
        """Return a page made from pages/<template>.html; every value is escaped."""
        html = self._environment.get_template(f"{template}.html").render(values)
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
            back_text="Back to the site",
        )
