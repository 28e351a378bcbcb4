"""What other people's tools say of built pages: Lighthouse, axe and the Nu HTML checker."""

from __future__ import annotations

import functools
import gzip
import json
import os
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.acceptance.browser import FLAGS, browser_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Page

TESTS = Path(__file__).parents[1]
MODULES = TESTS / "node_modules"
_TEXT = (".css", ".html", ".js", ".json", ".svg", ".txt", ".xml")
_AXE = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"


class _Site(SimpleHTTPRequestHandler):
    """Files as a web server in production gives them: text compressed, and a page for what is not there."""

    protocol_version = "HTTP/1.1"
    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".avif": "image/avif", ".webp": "image/webp"}  # noqa: RUF012

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        found = path.is_file()
        path = path if found else Path(self.directory) / "404.html"
        data = path.read_bytes() if path.is_file() else b"Not found"
        self.send_response(200 if found else 404)
        if path.suffix in _TEXT:
            data = gzip.compress(data, 9, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        kind = self.guess_type(path)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class _Server(ThreadingHTTPServer):
    """Serves whoever is there: a browser that goes on to the next page hangs up."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder until the block ends; gives its address, without a slash at the end."""
    server = _Server(("127.0.0.1", 0), functools.partial(_Site, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass(frozen=True)
class Measured:
    """What Lighthouse says of one page."""

    address: str
    #: Category -> points of 100.
    scores: dict[str, int]
    #: (address, kind, bytes over the wire) of everything that the page fetched.
    requests: list[tuple[str, str, int]]
    #: Milliseconds until the largest thing on the first screen was painted.
    largest: int
    #: Audits that cost points.
    failed: list[str]

    @property
    def bytes(self) -> int:
        return sum(size for _, _, size in self.requests)

    @property
    def bytes_without_images(self) -> int:
        return sum(size for _, kind, size in self.requests if kind != "Image")

    def __str__(self) -> str:
        points = "  ".join(f"{self.scores[name]:3}" for name in CATEGORIES)
        return f"{points}  {len(self.requests):8}  {self.bytes:9,}  {self.largest:6}  {self.address}"


CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
HEADER = "perf a11y best  seo  requests      bytes  LCP ms  page"


def lighthouse(addresses: Sequence[str]) -> list[Measured]:
    """Run Lighthouse's mobile preset on each address."""
    need("lighthouse")
    command = [_node(), str(TESTS / "acceptance/lighthouse.mjs"), browser_path(), " ".join(FLAGS), *addresses]
    environment = {**os.environ, "CI": "1"}
    done = subprocess.run(command, cwd=TESTS, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return [_measured(json.loads(line)) for line in done.stdout.splitlines() if line.startswith("{")]


def _measured(line: dict[str, Any]) -> Measured:
    requests = [(item["url"], item["type"], item["bytes"]) for item in line["requests"]]
    return Measured(line["address"], line["scores"], requests, line["largest"], line["failed"])


def axe(page: Page) -> list[str]:
    """Return what axe finds wrong with the page that a browser shows: rule, and the elements that break it."""
    need("axe-core")
    page.add_script_tag(path=MODULES / "axe-core/axe.min.js")
    violations = page.evaluate(_AXE)
    return [f"{found['id']}: {node['html'][:200]}" for found in violations for node in found["nodes"]]


def nu(files: Sequence[Path]) -> list[str]:
    """Return the errors that the Nu HTML checker finds in files, "file:line: message" each."""
    need("vnu-jar")
    java = shutil.which("java")
    assert java, "The Nu HTML checker needs Java. On Debian or Ubuntu: sudo apt-get install default-jre-headless"
    jar = MODULES / "vnu-jar/build/dist/vnu.jar"
    command = [java, "-Xss4m", "-jar", str(jar), "--format", "json", "--exit-zero-always", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    messages = json.loads(done.stderr)["messages"]
    return [
        f"{found['url'].removeprefix('file:')}:{found.get('lastLine', 0)}: {found['message']}"
        for found in messages
        if found["type"] == "error"
    ]


def need(package: str) -> None:
    """Fail with the line that installs the tools when they are not there."""
    assert (MODULES / package).is_dir(), f"{package} is not installed. Type: make tests/node_modules/.stamp"


def _node() -> str:
    node = Path(sys.executable).with_name("node")
    found = str(node) if node.exists() else shutil.which("node")
    assert found, "Lighthouse needs Node.js. Type: make .venv/.stamp"
    return found
