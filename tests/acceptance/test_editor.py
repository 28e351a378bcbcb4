"""Editors complete and judge the files of a new site: a real language server for YAML, asked as an editor asks it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest

from gatepost_site.documents import split
from gatepost_webhook.starter import start_site

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVER = Path(__file__).parents[1] / "node_modules/yaml-language-server/bin/yaml-language-server"
SETTINGS = {
    "yaml": {"validate": True, "completion": True, "hover": True, "customTags": ["!ENV sequence", "!ENV scalar"]}
}


class Editor:
    """What an editor says to a language server, and hears from it."""

    def __init__(self, root: Path) -> None:
        node = Path(sys.executable).with_name("node")
        command = [str(node if node.exists() else shutil.which("node")), str(SERVER), "--stdio"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root)
        self._number = 0
        self._root = root
        self.diagnostics: dict[str, list[dict[str, Any]]] = {}

    def __enter__(self) -> Self:
        capabilities = {"workspace": {"configuration": True}, "textDocument": {"completion": {"completionItem": {}}}}
        self.ask("initialize", processId=None, rootUri=self._root.as_uri(), capabilities=capabilities)
        self.tell("initialized")
        self.tell("workspace/didChangeConfiguration", settings=SETTINGS)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def open(self, path: str, text: str) -> list[str]:
        """Show a file; return what is wrong with it, as "line: message", lines from 1."""
        uri = (self._root / path).as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.diagnostics.pop(uri, None)
        self.tell("textDocument/didOpen", textDocument=document)
        while uri not in self.diagnostics:
            self._listen()
        found = sorted((item["range"]["start"]["line"] + 1, item["message"]) for item in self.diagnostics[uri])
        return [f"{line}: {message}" for line, message in found]

    def complete(self, path: str, line: int, column: int) -> list[str]:
        """Return what could be written at a place of an open file; both count from 1."""
        answer = self.ask(
            "textDocument/completion",
            textDocument={"uri": (self._root / path).as_uri()},
            position={"line": line - 1, "character": column - 1},
        )
        return [item["label"] for item in answer["items"]]

    def ask(self, method: str, **params: Any) -> Any:
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        while True:
            heard = self._listen()
            if heard.get("id") == self._number and "method" not in heard:
                return heard["result"]

    def tell(self, method: str, **params: Any) -> None:
        self._send({"method": method, "params": params})

    def _listen(self) -> dict[str, Any]:
        """Read one message; answer what the server asks, and keep what it says of files."""
        assert self._process.stdout
        length = 0
        while line := self._process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        heard: dict[str, Any] = json.loads(self._process.stdout.read(length))
        if heard.get("method") == "workspace/configuration":
            sections = (item.get("section", "") for item in heard["params"]["items"])
            self._send({"id": heard["id"], "result": [SETTINGS.get(section, {}) for section in sections]})
        elif heard.get("method") == "textDocument/publishDiagnostics":
            self.diagnostics[heard["params"]["uri"]] = heard["params"]["diagnostics"]
        elif "id" in heard and "method" in heard:
            self._send({"id": heard["id"], "result": None})
        return heard

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))
        self._process.stdin.flush()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert SERVER.is_file(), "no yaml-language-server; run: make tests/node_modules/.stamp"
    folder = tmp_path_factory.mktemp("editor") / "site"
    start_site(folder)
    return folder


@pytest.fixture(scope="module")
def editor(root: Path) -> Iterator[Editor]:
    with Editor(root) as opened:
        yield opened


def yaml_files(root: Path) -> dict[str, str]:
    """Return every file of a new site that names a schema, as YAML: of Markdown, its front matter."""
    found = {}
    for path in sorted([root / "mkdocs.yml", *root.glob("magnets/*/magnet*.md"), *root.glob("sequences/**/*.*")]):
        # Texts that several messages share have no front matter.
        if path.parent.name == "_partials":
            continue
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(root).as_posix()
        found[name] = (split(text, name)[0] or "") if path.suffix == ".md" else text
    return found


def test_every_file_of_a_new_site_names_its_schema_and_fits_it(root: Path, editor: Editor) -> None:
    files = yaml_files(root)
    assert len(files) > 6
    for name, text in files.items():
        _, _, schema = text.splitlines()[0].partition("# yaml-language-server: $schema=")
        assert ((root / name).parent / schema).resolve().is_file(), name
        assert editor.open(name, text) == [], name


def test_keys_are_completed_and_wrong_ones_underlined(root: Path, editor: Editor) -> None:
    text = yaml_files(root)["sequences/nurturing-playbook/sequence.yml"]
    changed = text.replace("wait: 1 day", "wait: soon", 1) + "    \n"
    wrong = editor.open("sequences/a/sequence.yml", changed.replace("fallbacks:", "fallback:", 1))
    line = text.splitlines().index("fallbacks:") + 1
    assert wrong[0] == f"{line}: Property fallback is not allowed."
    assert wrong[1].startswith(f"{line + 5}: String does not match the pattern of")
    last = len(changed.splitlines())
    assert {"only_if", "max_late"} <= set(editor.complete("sequences/a/sequence.yml", last, 5))


def test_options_of_the_plugin_are_completed_in_mkdocs_yml(root: Path, editor: Editor) -> None:
    head = (root / "mkdocs.yml").read_text(encoding="utf-8").splitlines()[0]
    assert editor.open("another.yml", f"{head}\nplugins:\n  - gatepost:\n      \n") == []
    assert {"check", "path", "privacy", "webhook"} <= set(editor.complete("another.yml", 4, 7))
