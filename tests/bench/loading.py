"""How much a browser fetches when it opens a page for the first time."""

from __future__ import annotations

import gzip
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

from tests.acceptance.browser import open_browser

if TYPE_CHECKING:
    from tests.bench.builders import Builder

_TEXT = frozenset({".html", ".css", ".js", ".json", ".svg", ".xml", ".txt", ".map"})


class _Server(ThreadingHTTPServer):
    sent = 0


class _Compressed(SimpleHTTPRequestHandler):
    """Sends files as web servers do, and counts."""

    server: _Server

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        data = path.read_bytes()
        self.send_response(200)
        if path.suffix in _TEXT:
            data = gzip.compress(data)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.server.sent += len(data)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


def kilobytes_loaded(builder: Builder) -> float:
    """Return the compressed size of all that a page of the built site asks for, in kB."""
    server = _Server(("127.0.0.1", 0), partial(_Compressed, directory=str(builder.root / "public")))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with open_browser() as browser:
            page = browser.new_page()
            answer = page.goto(
                f"http://127.0.0.1:{server.server_port}/part-002/article-00123/", wait_until="networkidle"
            )
            assert answer
            assert answer.ok
        return server.sent / 1000
    finally:
        server.shutdown()
        thread.join()
