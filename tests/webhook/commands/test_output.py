"""Where a command's output goes may be full, or nobody may read it to its end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

GATEPOST = str(Path(sys.executable).with_name("gatepost"))
FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("words", [["--version"], ["words"], ["schema", "magnet"]])
def test_a_full_disk_is_said_in_a_line(words: list[str]) -> None:
    with FULL.open("w", encoding="utf-8") as full:
        run = subprocess.run([GATEPOST, *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert run.returncode == 1
    told = "gatepost: the output could not be written (No space left on device): make room, or send it elsewhere\n"
    assert run.stderr == told


def test_who_stops_reading_hears_nothing_more() -> None:
    with subprocess.Popen([GATEPOST, "words"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout
        run.stdout.close()
        assert run.stderr
        assert run.stderr.read() == b""
    assert run.returncode == 1


def test_all_of_the_output_arrives() -> None:
    run = subprocess.run([GATEPOST, "schema", "mkdocs"], capture_output=True, text=True, check=True)
    assert run.stdout.startswith("{\n")
    assert run.stdout.endswith("}\n")
