"""What a theme's templates read: which decides when a page that one of them made must be made again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import TemplateSyntaxError, nodes

from gatepost_site.speed.digests import digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import jinja2

#: Packages whose templates are known to read of other pages no more than their title, address and a little metadata.
_KNOWN = frozenset({"material", "mkdocs", "properdocs"})
_INSTALLED = frozenset({"site-packages", "dist-packages"})
#: Facts of a page that change with every sentence.
_BODY = frozenset({"content", "toc", "markdown", "excerpt", "more", "posts"})
#: By these a template comes from the page at hand to another.
_NEIGHBOURS = frozenset({"ancestors", "children", "next_page", "parent", "previous_page"})
#: What gives something else each time.
_UNSTEADY = frozenset({"build_date_utc", "lipsum", "now"})


@dataclass(frozen=True)
class Templates:
    """What all templates of a theme, taken together, read."""

    #: Names their text.
    digest: str
    #: Whether they read the text of other pages, or all their metadata, or what day it is.
    bodies: bool = False
    meta: bool = False
    unsteady: bool = False
    dated: bool = False


def inspect(env: jinja2.Environment, folders: Iterable[str], *, static: Iterable[str]) -> Templates:
    """Read the templates of a theme's folders; `static` are those that make no pages, as of a sitemap."""
    left_out = frozenset(static)
    names: list[str] = []
    trees: list[nodes.Template] = []
    reads = {"bodies": False, "meta": False, "unsteady": False, "dated": False}
    for folder in folders:
        if _is_installed(Path(folder)):
            # Known by the version of its distribution. MkDocs' own theme prints the time of the build.
            reads["unsteady"] |= _known_unsteady(Path(folder))
            if _KNOWN & set(Path(folder).parts):
                continue
        for path in _templates(Path(folder)):
            data = path.read_bytes()
            names += [path.as_posix(), digest(data)]
            if path.suffix in {".html", ".xml"} and path.name not in left_out:
                trees += _parsed(env, data)
    for tree in trees:
        for name, value in _reads(tree):
            reads[name] |= value
    return Templates(digest(*names), **reads)


def _is_installed(folder: Path) -> bool:
    return bool(_INSTALLED & set(folder.parts))


def _known_unsteady(folder: Path) -> bool:
    base = folder / "base.html"
    return base.is_file() and b"build_date_utc" in base.read_bytes()


def _templates(folder: Path) -> Sequence[Path]:
    # Everything there may be included by a name that is made while rendering, icons too.
    return sorted(path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)


def _parsed(env: jinja2.Environment, data: bytes) -> list[nodes.Template]:
    try:
        return [env.parse(data.decode("utf-8"))]
    except (TemplateSyntaxError, UnicodeDecodeError):
        # Whoever renders it will say so.
        return []


def _reads(tree: nodes.Template) -> Iterator[tuple[str, bool]]:
    renamed = any(name.name == "page" and name.ctx in {"store", "param"} for name in tree.find_all(nodes.Name))
    for found in tree.find_all((nodes.Getattr, nodes.Getitem)):
        *before, last = _chain(found)
        other = renamed or before[:1] != ["page"] or bool(_NEIGHBOURS & set(before))
        yield "bodies", last in _BODY and other
        yield "meta", last == "meta" and other
        yield "dated", last == "update_date"
    for variable in tree.find_all(nodes.Name):
        yield "unsteady", variable.name in _UNSTEADY
        yield "bodies", variable.name == "pages"
    for item in tree.find_all(nodes.Filter):
        yield "unsteady", item.name == "random"
        # map(attribute="content") and its like name in a text what they read.
        texts = {text.value for text in item.find_all(nodes.Const) if isinstance(text.value, str)}
        yield "bodies", bool(_BODY & texts)
        yield "meta", "meta" in texts


def _chain(node: nodes.Node) -> list[str]:
    """Return the names of an expression such as page.next_page.title; "" stands for what has no name."""
    if isinstance(node, nodes.Getattr):
        return [*_chain(node.node), node.attr]
    if isinstance(node, nodes.Getitem):
        return [*_chain(node.node), str(node.arg.value) if isinstance(node.arg, nodes.Const) else ""]
    return [node.name] if isinstance(node, nodes.Name) else [""]
