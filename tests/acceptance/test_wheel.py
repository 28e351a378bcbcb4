"""The wheel alone, in an empty environment and far from the checkout: what somebody gets who installs Gatepost."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from gatepost_webhook.cli import COMMANDS

REPOSITORY = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")
#: Starting a process sees nothing of this one's settings.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("GATEPOST_", "PYTHON"))}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(REPOSITORY)]
    subprocess.run(command, check=True, capture_output=True, env=ENVIRONMENT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def gatepost(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed command, with the locked versions of what it needs and nothing else."""
    venv = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([str(UV), "venv", "--quiet", "--python", sys.executable, str(venv)], check=True, env=ENVIRONMENT)
    lock = REPOSITORY / "requirements.lock"
    install = [str(UV), "pip", "install", "--quiet", "--python", str(venv), "--constraint", str(lock), str(wheel)]
    # Without the network when uv knows every package already, as on the second run.
    if subprocess.run([*install, "--offline"], check=False, capture_output=True, env=ENVIRONMENT).returncode:
        subprocess.run(install, check=True, env=ENVIRONMENT)
    return venv / "bin" / "gatepost"


def run(command: Path, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [command, *arguments], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )


def test_a_site_is_started_and_built(gatepost: Path, tmp_path: Path) -> None:
    started = run(gatepost, "init", "my-site", folder=tmp_path)
    assert (started.returncode, started.stderr) == (0, "")
    built = run(gatepost, "build", folder=tmp_path / "my-site")
    assert built.returncode == 0, built.stderr
    site = tmp_path / "my-site"
    assert (site / "public" / "index.html").stat().st_size > 1000
    assert 'action="' in (site / "public" / "get" / "nurturing-playbook" / "index.html").read_text(encoding="utf-8")
    assert (site / ".gatepost" / "ebooks" / "nurturing-playbook.pdf").read_bytes().startswith(b"%PDF-")
    assert list((site / "public").rglob("*.pdf")) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_works_without_what_only_developers_have(gatepost: Path, tmp_path: Path, command: str) -> None:
    done = run(gatepost, command, "--help", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_review_is_an_extra(gatepost: Path, tmp_path: Path) -> None:
    done = run(gatepost, "review", folder=tmp_path)
    assert (done.returncode, done.stderr) == (
        1,
        "gatepost: review needs Datasette, which is not installed; run: pip install 'gatepost[review]'\n",
    )


def test_the_wheel_holds_the_program_and_the_starter_only(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {"gatepost_site", "gatepost_webhook", "gatepost-0.1.0.dist-info"}
    assert [name for name in names if name.endswith((".pyc", ".db", ".env")) or "/tests/" in name] == []
    starter = "gatepost_site/starter/"
    assert {name.removeprefix(starter).split("/")[0] for name in names if name.startswith(starter)} == {
        "content", "magnets", "sequences", "mkdocs.yml",
    }  # fmt: skip
