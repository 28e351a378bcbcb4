"""Looks through a template before it is used: its syntax, its values, and that it computes nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2 import TemplateSyntaxError, nodes

from gatepost_site.documents import suggestion
from gatepost_webhook.followup.templates import ENVIRONMENT, FILTERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Set

_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.If,
    nodes.For,
    nodes.Filter,
    nodes.Compare,
    nodes.Operand,
    nodes.Const,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.CondExpr,
    nodes.List,
    nodes.Tuple,
    nodes.Concat,
    nodes.Keyword,
    nodes.Include,
)
_GRAMMAR = "values, if, for over a written list, include and filters"


@dataclass(frozen=True)
class Problem:
    """One mistake in a template; line and column count from 1 in the template."""

    line: int
    column: int
    what: str
    found: str = ""
    write: str = ""


def template_problems(source: str, names: Set[str], optional: Set[str]) -> list[Problem]:
    """Return what is wrong with a template that may use `names`; those in `optional` may be empty."""
    try:
        tree = ENVIRONMENT.parse(source)
    except TemplateSyntaxError as error:
        what, write = syntax_words(error.message or "")
        return [Problem(error.lineno, _column(source, error.lineno, r"\{[{%#]"), what, "", write)]
    return _Reading(source, names, optional).problems(tree)


def syntax_words(message: str) -> tuple[str, str]:
    """Return (what, write) for what the parser of templates says."""
    told = message.rstrip(".")
    if block := re.search(r"innermost block that needs to be closed is '(\w+)'", told):
        return f"'{block[1]}' is opened and not closed", f"'{{% end{block[1]} %}}' after what belongs to it"
    if "unexpected '}'" in told or "end of print statement" in told:
        return "a value's braces are not closed", "two on either side, as in '{{ first_name }}'"
    if tag := re.match(r"Encountered unknown tag '(\w+)'", told):
        return f"there is no '{tag[1]}'", "one of if, elif, else, endif, for, endfor, include"
    return f"not a template ({told[:1].lower() + told[1:]})", "values as in '{{ first_name }}'"


class _Reading:
    """Walks a template's tree."""

    def __init__(self, source: str, names: Set[str], optional: Set[str]) -> None:
        self._source = source
        self._names = names
        self._optional = optional

    def problems(self, tree: nodes.Template) -> list[Problem]:
        found = list(self._forbidden(tree))
        return found or [problem for node, safe in _names(tree, frozenset()) for problem in self._name(node, safe=safe)]

    def _forbidden(self, tree: nodes.Node) -> Iterator[Problem]:
        for node in tree.iter_child_nodes():
            if not isinstance(node, _ALLOWED):
                tag = r"\{%" if isinstance(node, nodes.Stmt) else r"\{[{%]"
                yield self._at(node, tag, "a message computes nothing", self._tag(node, tag), _GRAMMAR)
                continue
            if isinstance(node, nodes.Include) and not _written_name(node):
                found = self._tag(node, r"\{%")
                yield self._at(node, r"\{%", "include takes the name of a file", found, '{% include "signature.md" %}')
            if isinstance(node, nodes.Filter) and node.name not in FILTERS:
                yield self._at(node, node.name, "unknown filter", f"'{node.name}'", suggestion(node.name, FILTERS))
            if isinstance(node, nodes.For) and (not _written_list(node.iter) or node.find(nodes.For)):
                found = self._tag(node, r"\{%")
                yield self._at(node, r"\{%", "for goes over a written list", found, "for x in ['a', 'b']")
            yield from self._forbidden(node)

    def _name(self, node: nodes.Name, *, safe: bool) -> Iterator[Problem]:
        pattern = rf"\b{re.escape(node.name)}\b"
        if node.name not in self._names:
            write = suggestion(node.name, sorted(self._names))
            yield self._at(node, pattern, "unknown value", f"'{node.name}'", write)
        elif node.name in self._optional and not safe:
            write = f"'{node.name}: ...' under 'fallbacks' in sequence.yml"
            yield self._at(node, pattern, "a value that may be missing has no fallback", f"'{node.name}'", write)

    def _at(self, node: nodes.Node, pattern: str, what: str, found: str, write: str) -> Problem:
        return Problem(node.lineno, _column(self._source, node.lineno, pattern), what, found, write)

    def _tag(self, node: nodes.Node, pattern: str) -> str:
        lines = self._source.splitlines()
        text = lines[node.lineno - 1] if node.lineno <= len(lines) else ""
        text = text[_column(self._source, node.lineno, pattern) - 1 :].strip()
        return f"'{text if len(text) <= 40 else text[:37] + '...'}'"


def _names(node: nodes.Node, sure: frozenset[str]) -> Iterator[tuple[nodes.Name, bool]]:
    """Give each value used, and whether it may be empty there; `sure` are the values known not to be."""
    match node:
        case nodes.If():
            yield from _tested(node.test)
            yield from _names_of(node.body, sure | _asserted(node.test))
            yield from _names_of([*node.elif_, *node.else_], sure)
        case nodes.For():
            local = {name.name for name in _in(node.target)}
            yield from ((name, safe) for name, safe in _names_of(node.body, sure) if name.name not in local)
        case nodes.Expr():
            yield from _said(node, sure)
        case _:
            yield from _names_of(node.iter_child_nodes(), sure)


def _names_of(parts: Iterable[nodes.Node], sure: frozenset[str]) -> Iterator[tuple[nodes.Name, bool]]:
    for part in parts:
        yield from _names(part, sure)


def _said(node: nodes.Expr, sure: frozenset[str]) -> Iterator[tuple[nodes.Name, bool]]:
    """Give the values of an expression; what is only tested may be empty."""
    match node:
        case nodes.Name():
            yield node, node.name in sure
        case nodes.Or():
            yield from _tested(node.left)
            yield from _said(node.right, sure)
        case nodes.CondExpr():
            yield from _tested(node.test)
            yield from _said(node.expr1, sure | _asserted(node.test))
            yield from _names_of([node.expr2] if node.expr2 else [], sure)
        case nodes.And() | nodes.Compare() | nodes.Not() | nodes.Filter(name="default"):
            yield from _tested(node)
        case _:
            yield from _names_of(node.iter_child_nodes(), sure)


def _in(node: nodes.Node) -> list[nodes.Name]:
    return [node] if isinstance(node, nodes.Name) else list(node.find_all(nodes.Name))


def _tested(node: nodes.Node) -> Iterator[tuple[nodes.Name, bool]]:
    return ((name, True) for name in _in(node))


def _asserted(test: nodes.Node) -> frozenset[str]:
    """Return the values that are not empty when a test holds."""
    if isinstance(test, nodes.Name):
        return frozenset({test.name})
    if isinstance(test, nodes.And):
        return _asserted(test.left) | _asserted(test.right)
    return frozenset()


def _written_name(node: nodes.Include) -> bool:
    return isinstance(node.template, nodes.Const) and isinstance(node.template.value, str) and not node.ignore_missing


def _written_list(node: nodes.Node) -> bool:
    return isinstance(node, (nodes.List, nodes.Tuple)) and all(isinstance(item, nodes.Const) for item in node.items)


def _column(source: str, line: int, pattern: str) -> int:
    lines = source.splitlines()
    found = re.search(pattern, lines[line - 1]) if 0 < line <= len(lines) else None
    return found.start() + 1 if found else 1
