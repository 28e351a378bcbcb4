"""What a command loads before it does anything: only what it needs, because people wait for it."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("command", "needless"),
    [
        ("leads", ["ruamel", "starlette", "uvicorn", "jinja2", "markdown", "mkdocs", "datasette"]),
        ("export", ["ruamel", "starlette", "uvicorn", "jinja2", "markdown", "mkdocs", "datasette"]),
        ("work", ["starlette", "uvicorn", "mkdocs", "datasette"]),
        ("simulate", ["starlette", "uvicorn", "mkdocs", "datasette", "sqlite_utils", "aiosmtplib"]),
    ],
)
def test_a_command_loads_nothing_that_it_does_not_need(command: str, needless: list[str]) -> None:
    program = f"import sys, gatepost_webhook.commands.{command}; print(*sorted(sys.modules))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert sorted(set(needless) & set(run.stdout.split())) == []
