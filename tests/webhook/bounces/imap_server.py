"""A small IMAP server on this machine, over TLS: the verbs that we speak, on folders in memory."""

from __future__ import annotations

import re
import socketserver
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl


@dataclass
class Stored:
    """A mail in a folder."""

    data: bytes
    flags: set[str] = field(default_factory=set)


class ImapServer:
    """Serves one account; use as a context manager."""

    def __init__(self, tls: ssl.SSLContext, *, moves: bool = True, keywords: bool = True) -> None:
        self.folders: dict[str, dict[int, Stored]] = {"INBOX": {}}
        self.password = "letmein"
        self.moves = moves
        self.keywords = keywords
        #: Every command that came, without its tag.
        self.heard: list[str] = []
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), self._handler(tls))
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]

    def add(self, data: bytes) -> None:
        """Put a mail into the inbox."""
        number = 1 + max((uid for folder in self.folders.values() for uid in folder), default=0)
        self.folders["INBOX"][number] = Stored(data)

    def __enter__(self) -> ImapServer:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self, tls: ssl.SSLContext) -> type[socketserver.StreamRequestHandler]:
        server = self

        class Handler(socketserver.StreamRequestHandler):
            def setup(self) -> None:
                self.request = tls.wrap_socket(self.request, server_side=True)
                super().setup()

            def handle(self) -> None:
                self.wfile.write(b"* OK ready\r\n")
                while line := self.rfile.readline():
                    tag, _, command = line.decode().strip().partition(" ")
                    server.heard.append(command)
                    lines, status = server.answer(command)
                    self.wfile.write(b"".join(lines) + f"{tag} {status}\r\n".encode())
                    if command == "LOGOUT":
                        return

            def finish(self) -> None:
                super().finish()
                self.request.close()

        return Handler

    def answer(self, command: str) -> tuple[list[bytes], str]:
        """Return the untagged lines and the status of one command."""
        verb, _, rest = command.removeprefix("UID ").partition(" ")
        verbs = {
            "CAPABILITY": self._capability,
            "LOGIN": self._login,
            "SELECT": self._select,
            "CREATE": self._create,
            "SEARCH": self._search,
            "FETCH": self._fetch,
            "STORE": self._store,
            "MOVE": self._move,
            "COPY": self._copy,
        }
        return verbs[verb](rest) if verb in verbs else ([], "OK done")

    def _capability(self, _: str) -> tuple[list[bytes], str]:
        known = any(command.startswith("LOGIN") for command in self.heard)
        return [b"* CAPABILITY IMAP4rev1" + (b" MOVE" if self.moves and known else b"") + b"\r\n"], "OK done"

    def _login(self, rest: str) -> tuple[list[bytes], str]:
        return [], "OK in" if rest.endswith(f'"{self.password}"') else "NO [AUTHENTICATIONFAILED] wrong"

    def _select(self, rest: str) -> tuple[list[bytes], str]:
        own = rb"\*" if self.keywords else b""
        known = rest.strip('"') in self.folders
        return [b"* OK [PERMANENTFLAGS (\\Seen " + own + b")] kept\r\n"], "OK done" if known else "NO no such folder"

    def _create(self, rest: str) -> tuple[list[bytes], str]:
        self.folders[rest.strip('"')] = {}
        return [], "OK done"

    def _search(self, rest: str) -> tuple[list[bytes], str]:
        unwanted = {r"\Seen"} | set(re.findall(r"UNKEYWORD (\w+)", rest))
        found = [str(uid) for uid, mail in self.folders["INBOX"].items() if not mail.flags & unwanted]
        return [f"* SEARCH {' '.join(found)}\r\n".encode()], "OK done"

    def _store(self, rest: str) -> tuple[list[bytes], str]:
        self.folders["INBOX"][int(rest.split(maxsplit=1)[0])].flags.add(re.findall(r"\((.*)\)", rest)[0])
        return [], "OK done"

    def _fetch(self, rest: str) -> tuple[list[bytes], str]:
        uid, most = int(rest.split(maxsplit=1)[0]), int(re.findall(r"<0\.(\d+)>", rest)[0])
        data = self.folders["INBOX"][uid].data[:most]
        return [f"* 1 FETCH (UID {uid} BODY[]<0> {{{len(data)}}}\r\n".encode() + data + b")\r\n"], "OK done"

    def _copy(self, rest: str) -> tuple[list[bytes], str]:
        number, _, folder = rest.partition(" ")
        if (name := folder.strip('"')) not in self.folders:
            return [], "NO [TRYCREATE] no such folder"
        self.folders[name][int(number)] = self.folders["INBOX"][int(number)]
        return [], "OK done"

    def _move(self, rest: str) -> tuple[list[bytes], str]:
        lines, status = self._copy(rest)
        if status.startswith("OK"):
            del self.folders["INBOX"][int(rest.partition(" ")[0])]
        return lines, status
