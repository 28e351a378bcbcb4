"""The programs that tests/bench/site.py compares: how each is set up for a corpus, and what builds it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from tests.bench.corpus import write_corpus

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HERE = Path(__file__).parent
#: Where the other programs are installed and sites are built; made again when it is deleted.
WORK = Path(tempfile.gettempdir()) / "gatepost-bench"
BIN = Path(sys.executable).parent
Command: TypeAlias = "Sequence[str | Path]"

_CONFIG = """\
site_name: Bench
site_url: https://bench.example/
docs_dir: content
site_dir: public
theme:
  name: material
  font: false
{features}plugins:
  - search
{plugins}markdown_extensions:
  - admonition
  - attr_list
  - def_list
  - footnotes
  - md_in_html
  - tables
  - toc:
      permalink: true
  - pymdownx.details
  - pymdownx.highlight
  - pymdownx.superfences
"""
_PRUNED = "  features: [navigation.prune]\n"
_LAYOUT = "<!doctype html>\n<html lang=en><meta charset=utf-8><title>{0}</title>\n<body>{1}</body></html>\n"
# Pictures stay as they are, as with all the others.
_ASTRO = """\
import { defineConfig, passthroughImageService } from 'astro/config';
export default defineConfig({ image: { service: passthroughImageService() } });
"""
_PAGE = """\
---
export function getStaticPaths() {
  const pages = import.meta.glob('./content/**/*.md', { eager: true });
  return Object.entries(pages).map(([path, page]) =>
    ({ params: { slug: path.slice(10, -3) }, props: { page } }));
}
const { page } = Astro.props;
const { Content } = page;
---
<!doctype html>
<html lang="en"><meta charset="utf-8" /><title>{page.frontmatter.title}</title><body><Content /></body></html>
"""


@dataclass(frozen=True)
class Builder:
    """A program in a folder of its own with the corpus in it."""

    name: str
    root: Path
    command: Command
    #: Paths below the folder that a build from nothing does not have.
    made: tuple[str, ...] = ("public",)

    def forget(self) -> None:
        """Delete what builds made."""
        for name in self.made:
            shutil.rmtree(self.root / name, ignore_errors=True)


def gatepost(pages: int) -> Builder:
    """Gatepost, with nothing said about speed: its navigation is pruned by itself."""
    root = _site("gatepost", pages, _CONFIG.format(features="", plugins="  - gatepost\n"))
    command: Command = [BIN / "gatepost", "build", "--project", root]
    return Builder("Gatepost", root, command, ("public", ".gatepost"))


def mkdocs(pages: int, *, pruned: bool) -> Builder:
    """MkDocs with Material, as scaffolded or with the one setting that saves most."""
    features = _PRUNED if pruned else ""
    root = _site("pruned" if pruned else "scaffolded", pages, _CONFIG.format(features=features, plugins=""))
    command: Command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--config-file", root / "mkdocs.yml"]
    return Builder("MkDocs", root, command)


def zensical(pages: int) -> Builder:
    """Zensical, which reads the same settings as MkDocs."""
    root = _site("zensical", pages, _CONFIG.format(features=_PRUNED, plugins=""))
    return Builder("Zensical", root, [_python_tools() / "zensical", "build"], ("public", ".cache"))


def hugo(pages: int) -> Builder:
    """Hugo with one layout, which is less than any theme."""
    root = _folder("hugo", pages)
    # For Hugo, a folder with index.md is one page with attachments.
    (root / "content" / "index.md").rename(root / "content" / "_index.md")
    layouts = root / "layouts" / "_default"
    layouts.mkdir(parents=True, exist_ok=True)
    for kind in ("single", "list"):
        (layouts / f"{kind}.html").write_text(_LAYOUT.format("{{ .Title }}", "{{ .Content }}"))
    (root / "hugo.toml").write_text('baseURL = "https://bench.example/"\ntitle = "Bench"\n', encoding="utf-8")
    return Builder("Hugo", root, [_python_tools() / "hugo", "--quiet"], ("public", "resources"))


def eleventy(pages: int) -> Builder:
    """Eleventy with one layout."""
    root = _folder("eleventy", pages)
    (root / "content" / "_includes").mkdir(exist_ok=True)
    (root / "content" / "_includes" / "page.njk").write_text(_LAYOUT.format("{{ title }}", "{{ content | safe }}"))
    (root / "content" / "content.json").write_text(json.dumps({"layout": "page.njk"}))
    program = _node_tools() / "@11ty/eleventy/cmd.cjs"
    command: Command = [BIN / "node", program, "--input=content", "--output=public", "--quiet"]
    return Builder("Eleventy", root, command)


def astro(pages: int) -> Builder:
    """Astro with one page that shows all articles."""
    root = _folder("astro", pages)
    (root / "src" / "pages").mkdir(parents=True, exist_ok=True)
    (root / "src" / "pages" / "[...slug].astro").write_text(_PAGE)
    link = root / "src" / "pages" / "content"
    link.unlink(missing_ok=True)
    (root / "content").rename(root / "src" / "pages" / "content")
    (root / "content").symlink_to(root / "src" / "pages" / "content")
    (root / "astro.config.mjs").write_text(_ASTRO)
    (root / "package.json").write_text('{"type": "module"}')
    (root / "node_modules").unlink(missing_ok=True)
    (root / "node_modules").symlink_to(_node_tools())
    command: Command = [BIN / "node", _node_tools() / "astro/bin/astro.mjs", "build", "--silent"]
    return Builder("Astro", root, command, ("dist", ".astro"))


PEERS: Sequence[Callable[[int], Builder]] = (hugo, eleventy, astro, zensical)


def environment() -> dict[str, str]:
    """Return the environment in which all programs run: compiled code is kept, and nobody is told anything."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"NO_MKDOCS_2_WARNING": "1", "ASTRO_TELEMETRY_DISABLED": "1", "PATH": f"{BIN}:{os.environ['PATH']}"}


def _site(name: str, pages: int, config: str) -> Path:
    root = _folder(name, pages)
    (root / "mkdocs.yml").write_text(config, encoding="utf-8")
    return root


def _folder(name: str, pages: int) -> Path:
    root = WORK / f"{name}-{pages}"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    write_corpus(root, pages)
    return root


def _python_tools() -> Path:
    tools = WORK / "python"
    if not (tools / "bin" / "hugo").exists():
        subprocess.run([sys.executable, "-m", "venv", str(tools)], check=True)
        python, locked = str(tools / "bin" / "python"), str(HERE / "requirements.txt")
        install = [str(BIN / "uv"), "pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", locked]
        subprocess.run(install, check=True)
    return tools / "bin"


def _node_tools() -> Path:
    tools = WORK / "node"
    if not (tools / "node_modules" / "astro").exists():
        tools.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(HERE / name, tools)
        subprocess.run([BIN / "npm", "ci", "--silent"], cwd=tools, env=environment(), check=True)
    return tools / "node_modules"
