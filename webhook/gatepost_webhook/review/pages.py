"""Datasette on a copy: its settings, our start page, and a policy that lets no foreign script run."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from datasette.app import Datasette  # type: ignore[import-untyped]

from gatepost_webhook.review.guard import ENTRANCE, Guard

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_HERE = Path(__file__).parent
_SETTINGS = {
    "allow_download": False,
    "default_page_size": 50,
    "max_returned_rows": 5000,
    "sql_time_limit_ms": 10_000,
    "num_sql_threads": 3,
    "default_cache_ttl": 0,
}
#: Datasette's templates with a script in the page itself; their few values are fixed here.
_INLINE = ("_close_open_menus.html", "_codemirror_foot.html", "table.html")
_VALUES = {"{{ datasette_allow_facet }}": "true"}


def review_app(copy: Path, metadata: dict[str, Any], *, port: int) -> tuple[ASGIApp, str]:
    """Return the guarded app for a copy, and the address that opens it once."""
    datasette = Datasette(
        [],
        # Nothing writes to the copy: Datasette need not look for changes.
        immutables=[str(copy)],
        metadata=metadata,
        settings=_SETTINGS,
        secret=secrets.token_hex(32),
        template_dir=str(_HERE / "templates"),
        static_mounts=[("-/gatepost", str(_HERE / "static"))],
    )
    token = secrets.token_urlsafe(32)
    app = Guard(cast("ASGIApp", datasette.app()), port=port, token=token, policy=_policy())
    return app, f"http://127.0.0.1:{port}{ENTRANCE}?token={token}"


def _policy() -> str:
    scripts = " ".join(f"'sha256-{digest}'" for digest in _digests())
    return (
        f"default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def _digests() -> list[str]:
    """Return the hashes of Datasette's own inline scripts, the only ones that may run."""
    digests = []
    for name in _INLINE:
        template = (files("datasette") / "templates" / name).read_text(encoding="utf-8")
        for script in re.findall(r"<script>(.*?)</script>", template, re.DOTALL):
            text = script
            for placeholder, value in _VALUES.items():
                text = text.replace(placeholder, value)
            digests.append(base64.b64encode(hashlib.sha256(text.encode()).digest()).decode())
    return digests
