"""robots.txt lets everybody in, names the sitemap, and keeps out whom the owner does not want."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.robotparser import RobotFileParser

import pytest

from gatepost_site.site_files.robots import ANSWERS, TRAINING, write_robots
from tests.site.site_files.conftest import page, site_with

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatepost_site.project import Project

    Written = Callable[..., str]


def parsed(text: str) -> RobotFileParser:
    rules = RobotFileParser()
    rules.parse(text.splitlines())
    return rules


def test_everybody_may_read_everything_and_finds_the_sitemap(written: Written) -> None:
    rules = parsed(written(write_robots, site_with(page("index.md")), "robots.txt"))
    assert all(rules.can_fetch(name, "https://example.com/any/") for name in ("Googlebot", *TRAINING, *ANSWERS))
    assert rules.site_maps() == ["https://example.com/sitemap.xml"]


@pytest.mark.parametrize(("wish", "welcome"), [("answers", ANSWERS), ("none", ())])
def test_programs_of_ai_companies_may_do_what_the_owner_says(
    written: Written, wish: str, welcome: tuple[str, ...]
) -> None:
    rules = parsed(written(write_robots, site_with(page("index.md"), ai_crawlers=wish), "robots.txt"))
    everybody = ("Googlebot", *TRAINING, *ANSWERS)
    assert [name for name in everybody if rules.can_fetch(name, "https://example.com/")] == ["Googlebot", *welcome]


def test_a_writers_own_stays(project: Project) -> None:
    (project.content / "robots.txt").write_text("User-agent: *\nDisallow: /\n")
    write_robots(site_with(page("index.md")), project.public, project)
    assert not (project.public / "robots.txt").exists()


@pytest.mark.parametrize("site", [site_with(url="https://example.com/sub/"), site_with(robots=False)])
def test_there_is_none_where_no_robot_would_look_or_the_owner_wants_none(project: Project, site: object) -> None:
    write_robots(site, project.public, project)  # type: ignore[arg-type]
    assert not (project.public / "robots.txt").exists()
