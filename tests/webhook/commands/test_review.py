from __future__ import annotations

import os
import socket
import sys
import tempfile
from typing import TYPE_CHECKING

from click.testing import CliRunner, Result

from gatepost_webhook.cli import gatepost

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def review(data: Path, *options: str) -> Result:
    return CliRunner().invoke(gatepost, ["review", "--no-browser", "--data", str(data), *options])


def test_without_datasette_it_says_what_to_install(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasette", None)
    result = review(data)
    assert (result.exit_code, result.output) == (
        1,
        "gatepost: review needs Datasette, which is not installed; run: pip install 'gatepost[review]'\n",
    )


def test_a_port_in_use_is_one_line_and_leaves_no_copy(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = review(data, "--port", str(port))
    assert (result.exit_code, result.output) == (
        1,
        (
            f"gatepost: port {port} on 127.0.0.1 cannot be opened ({os.strerror(98)}); "
            f"stop what uses it, or write --port {port + 1}\n"
        ),
    )
    assert list((tmp_path / "scratch").iterdir()) == []
