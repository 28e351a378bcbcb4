"""The configuration of nginx that the documentation shows, held to what the webhook and a built site need.

No nginx runs here. To try it by hand after a change, with nginx 1.22 or newer: build the example, put the block of
content/docs/going-live.md into the `http` of a configuration of your own, with a self-signed certificate, the folder
`public/` and a free port for the webhook, then ask for every path of `public/redirects.map`, a page, a picture with
digits in its name, an address that leads nowhere, `/_redirects`, and one path of each kind of the webhook.
"""

from __future__ import annotations

import re
from inspect import getsource

import pytest

from gatepost_webhook import app
from gatepost_webhook.bounces.hooks import PREFIX
from gatepost_webhook.built_site import _LASTING
from gatepost_webhook.intake.headers import _GENERAL, _HTTPS_ONLY
from tests.acceptance.documentation import DOCS, blocks

(CONFIGURATION,) = (
    block.text
    for block in blocks(DOCS / "going-live.md")
    if block.language == "nginx" and block.title == "/etc/nginx/conf.d/my-site.conf"
)
_DIRECTIVE = re.compile(r'\s*((?:"[^"]*"|#[^\n]*\n|[^;{}"#])*)([;{}])')


def read(text: str) -> dict[str, list[str]]:
    """Return the directives of each block: {"server/location /": ["add_header ...", ...]}."""
    found: dict[str, list[str]] = {"": []}
    inside: list[str] = []
    for words, end in _DIRECTIVE.findall(re.sub(r"(?m)^\s*#.*$", "", text)):
        directive = " ".join(words.split())
        if end == "{":
            inside.append(directive)
        elif end == "}":
            inside.pop()
        found.setdefault("/".join(inside), [])
        if end == ";":
            found["/".join(inside)].append(directive)
    assert inside == [], "every block is closed"
    return found


BLOCKS = read(CONFIGURATION)
(WEBHOOK,) = (name.removeprefix("server/location ~ ") for name in BLOCKS if name.startswith("server/location ~ "))
PATHS = sorted({PREFIX + "ses", "/healthz", *re.findall(r'Route\("(/\w/)', getsource(app))})


@pytest.mark.parametrize("path", PATHS)
def test_what_is_the_webhooks_is_handed_on(path: str) -> None:
    assert re.search(WEBHOOK, path if path == "/healthz" else f"{path}token")


@pytest.mark.parametrize("path", ["/", "/feed.xml", "/content-marketing/", "/docs/", "/healthz/x", "/de/f/"])
def test_what_is_the_sites_is_not(path: str) -> None:
    assert not re.search(WEBHOOK, path)


def test_a_page_of_the_webhook_keeps_the_headers_that_it_was_given() -> None:
    # nginx adds what an outer block says as long as the inner one adds nothing: a second Referrer-Policy would win.
    outer = [*BLOCKS["server"], *BLOCKS[f"server/location ~ {WEBHOOK}"], *BLOCKS[""]]
    assert not [line for line in outer if line.startswith("add_header")]


def test_a_page_of_the_site_has_the_headers_that_gatepost_run_gives_it() -> None:
    added = {line.split()[1].lower() for line in BLOCKS["server/location /"] if line.startswith("add_header")}
    ours = {name.decode() for name, _ in (*_GENERAL, _HTTPS_ONLY)}
    # That one is for what is not to be shown elsewhere; a site's pictures are.
    assert added == ours - {"cross-origin-resource-policy"} | {"cache-control"}
    # Of a file that is not there, nothing may be kept: without "always", nginx adds to good answers only.
    assert "add_header Cache-Control $kept" in BLOCKS["server/location /"]


def test_the_same_files_are_kept_for_good_as_by_gatepost_run() -> None:
    (pattern,) = re.findall(r'"~(.+?)" "public', CONFIGURATION)
    assert pattern == _LASTING.pattern


def test_old_addresses_are_read_from_the_file_that_a_build_writes_when_there_are_any() -> None:
    assert "include /srv/my-site/public/redirects.map*" in BLOCKS["map $uri $moved_to"]
    assert "return 301 $moved_to$is_args$args" in BLOCKS["server/if ($moved_to)"]


def test_files_for_servers_are_shown_to_nobody() -> None:
    for name in ("_redirects", "redirects.map"):
        assert BLOCKS[f"server/location = /{name}"] == ["return 404"]
