"""`build_site` publishes everything or nothing."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gatepost_site.findings import ContentError
from gatepost_site.plugin import build_site
from gatepost_site.project import Asset, Manifest, Project, read_manifest
from tests.site.conftest import CONFIG, PDF

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.site.conftest import Drawn

    Draw = Callable[[Mapping[str, str | bytes]], Drawn]
    TempFolders = pytest.TempPathFactory


def test_the_manifest_tells_the_webhook_what_was_built(checklist: Draw) -> None:
    drawn = checklist({})
    expected = Manifest(
        site_name="Example",
        site_url="https://example.com/",
        landing={"checklist": "get/checklist/"},
        thanks={"checklist": "get/checklist/thanks/"},
        assets={
            "checklist": Asset(
                path="magnets/checklist/checklist.pdf",
                filename="checklist.pdf",
                media_type="application/pdf",
                sha256=hashlib.sha256(PDF).hexdigest(),
                size=len(PDF),
            )
        },
        pages={"index.md": ""},
    )
    assert drawn.build() == expected
    assert read_manifest(Project.at(drawn.root)) == expected


def test_a_failed_build_leaves_the_last_one_as_it_was(checklist: Draw) -> None:
    drawn = checklist({})
    drawn.build()
    before = {path: path.read_bytes() for path in drawn.public.rglob("*") if path.is_file()}
    manifest = read_manifest(Project.at(drawn.root))
    for name, content in (("page.md", b"---\ntitle: a: b\n---\n"), ("copy.bin", PDF)):
        (drawn.root / "content" / name).write_bytes(content)
        drawn.complaints()
        (drawn.root / "content" / name).unlink()
    assert {path: path.read_bytes() for path in drawn.public.rglob("*") if path.is_file()} == before
    assert read_manifest(Project.at(drawn.root)) == manifest
    assert not list((drawn.root / ".gatepost").glob("build-*"))


def test_a_published_folder_that_is_a_link_is_filled_where_it_leads(
    checklist: Draw, tmp_path_factory: TempFolders
) -> None:
    drawn, elsewhere = checklist({}), tmp_path_factory.mktemp("mount")
    (elsewhere / "old").mkdir()
    drawn.public.symlink_to(elsewhere)
    drawn.build()
    assert drawn.public.is_symlink()
    assert (elsewhere / "get/checklist/index.html").is_file()
    assert not (elsewhere / "old").exists()


def test_a_folder_that_cannot_be_written_is_said_in_one_line(checklist: Draw) -> None:
    assert checklist({".gatepost": "a file"}).complaints() == (
        ".gatepost:1:1: cannot be written (File exists); write a folder that you may write to, with space left"
    )


def test_web_servers_of_other_users_may_read_the_site(checklist: Draw) -> None:
    drawn = checklist({})
    drawn.build()
    assert drawn.public.stat().st_mode & 0o777 == 0o777 & ~umask()


def umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_page_that_went_is_gone_from_the_next_build(draw: Draw) -> None:
    drawn = draw({"content/old.md": "# Old\n"})
    drawn.build()
    (drawn.root / "content/old.md").unlink()
    drawn.build()
    assert not (drawn.public / "old").exists()


def test_a_site_without_magnets_builds(draw: Draw) -> None:
    manifest = draw({}).build()
    assert manifest.landing == {}
    assert manifest.assets == {}


def test_warnings_are_shown_and_in_strict_builds_fail(draw: Draw, capsys: pytest.CaptureFixture[str]) -> None:
    drawn = draw({"content/page.md": "[gone](gone.md)\n"})
    drawn.build()
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("warning: content/page.md:1:8: link leads nowhere, found 'gone.md'; write the path")
    with pytest.raises(ContentError, match=r"mkdocs.yml:1:1: .*1 warning"):
        drawn.build(strict=True)


CONFIGS = {
    "broken YAML": (
        "site_name: a: b\n",
        "mkdocs.yml:1:13: a second ': ' in one value; write the value in quotes, as in 'title: \"One: two\"'",
    ),
    "not UTF-8": (
        CONFIG.encode().replace(b"Example", b"Caf\xe9"),
        "mkdocs.yml:1:15: not UTF-8 text, found byte 0xe9; write the file saved as UTF-8",
    ),
    "a path that is none": (
        CONFIG.replace("- gatepost", "- gatepost:\n      path: ."),
        "mkdocs.yml:1:1: gatepost: 'path' is not a path, found '.'; write letters, digits and '-', as in 'path: get'",
    ),
    "a hidden path, which web servers often refuse": (
        CONFIG.replace("- gatepost", "- gatepost:\n      path: .get"),
        "mkdocs.yml:1:1: gatepost: 'path' is not a path, found '.get'; write letters, digits",
    ),
    "a theme that is not there": (
        CONFIG.replace("theme:\n  name: null\n  custom_dir: theme", "theme: absent"),
        "mkdocs.yml:5:1: no such theme, found 'absent'; write one of mkdocs, readthedocs, material",
    ),
    "a folder that is not there": (
        CONFIG.replace("docs_dir: content", "docs_dir: contents"),
        "mkdocs.yml:3:1: no such folder, found 'contents'; write the name of the folder of pages",
    ),
    "without the plugin": (
        CONFIG.replace("- gatepost", "- search"),
        "mkdocs.yml:1:1: the plugin is not on; write '- gatepost' under 'plugins:'",
    ),
    "the plugin twice": (CONFIG + "  - gatepost\n", "mkdocs.yml:1:1: the plugin is on twice; write '- gatepost' once"),
    "an output folder that nobody chose": (
        CONFIG.replace("site_dir: public\n", ""),
        "mkdocs.yml:1:1: 'site_dir' is left out, found 'site'; write 'site_dir: public'",
    ),
    "a misspelt option": (
        CONFIG.replace("- gatepost", "- gatepost:\n      pth: get"),
        "mkdocs.yml:10:7: gatepost: unknown option, found 'pth'; write 'path'",
    ),
    "an option of the wrong kind": (
        CONFIG.replace("- gatepost", "- gatepost:\n      path: 7"),
        "mkdocs.yml:10:7: gatepost: 'path' must be text",
    ),
}


@pytest.mark.parametrize(("config", "message"), CONFIGS.values(), ids=CONFIGS)
def test_a_mistake_in_the_configuration_has_its_line(draw: Draw, config: str | bytes, message: str) -> None:
    complaints = draw({"mkdocs.yml": config}).complaints()
    assert complaints.startswith(message)
    assert "\n" not in complaints


def test_a_folder_without_configuration_is_no_site(tmp_path: Path) -> None:
    with pytest.raises(ContentError) as caught:
        build_site(tmp_path)
    assert str(caught.value) == "mkdocs.yml:1:1: no such file; write gatepost init, or --project DIR"


def test_a_published_folder_that_cannot_be_renamed_is_refilled(checklist: Draw, tmp_path_factory: TempFolders) -> None:
    """/dev/shm is another file system than the one of temporary folders, where there is one."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or memory.stat().st_dev == tmp_path_factory.getbasetemp().stat().st_dev:
        pytest.skip("one file system only")
    drawn = checklist({})
    with tempfile.TemporaryDirectory(dir=memory) as mount:
        (Path(mount) / "old").mkdir()
        (Path(mount) / "old.html").write_text("old")
        drawn.public.symlink_to(mount)
        drawn.build()
        assert (Path(mount) / "index.html").is_file()
        assert not list(Path(mount).glob("old*"))


def test_a_build_that_stops_early_does_not_spoil_the_next_in_the_same_process(draw: Draw) -> None:
    config = CONFIG.replace("  name: null", "  name: material").replace("  - gatepost", "  - blog\n  - gatepost")
    files = {"mkdocs.yml": config, "content/blog/index.md": "# B\n"}
    drawn = draw({**files, "content/page.md": "---\ntitel: P\n---\n"})
    for _ in range(2):
        assert "content/page.md:2:1: unknown key, found 'titel'" in drawn.complaints()
    (drawn.root / "content/page.md").write_text("# P\n", encoding="utf-8")
    drawn.build()
