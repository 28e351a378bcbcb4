"""What reaches a database as SQL was never put together there: values are bound (T04)."""

from __future__ import annotations

import ast
from importlib.resources import files
from pathlib import Path

PACKAGE = Path(str(files("gatepost_webhook")))
#: Statements with names that SQLite cannot bind: names of our own settings, tables and columns.
OWN_NAMES = {
    "review/safe_copy.py": 2,
    "store/database.py": 2,
}
CALLS = {"execute", "executemany", "executescript"}


def put_together(node: ast.expr) -> bool:
    """Tell whether an expression builds a text: f"...", "..." % x, "..." + x, "...".format(x), "".join(x)."""
    if isinstance(node, ast.JoinedStr | ast.BinOp):
        return True
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"format", "join"}


def test_no_statement_is_put_together_where_it_is_executed() -> None:
    found: dict[str, int] = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in CALLS
                and node.args
                and put_together(node.args[0])
            ):
                name = path.relative_to(PACKAGE).as_posix()
                found[name] = found.get(name, 0) + 1
    assert found == OWN_NAMES
