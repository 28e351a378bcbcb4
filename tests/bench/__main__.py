"""Runs the measurements in this folder: python -m tests.bench [NAME ...]; those that take long only by name."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import tests.bench

#: Half an hour each.
_LONG = frozenset({"site", "engine", "queue"})


def main(names: list[str]) -> None:
    """Run the named measurements, all short ones when none is named."""
    found = sorted(module.name for module in pkgutil.iter_modules(tests.bench.__path__) if module.name != "__main__")
    if unknown := sorted(set(names) - set(found)):
        sys.exit(f"no measurement {unknown[0]!r}; there are {', '.join(found)}")
    for name in names or sorted(set(found) - _LONG):
        module = importlib.import_module(f"tests.bench.{name}")
        if hasattr(module, "main"):
            print(f"== {name}", flush=True)
            module.main()


if __name__ == "__main__":
    main(sys.argv[1:])
