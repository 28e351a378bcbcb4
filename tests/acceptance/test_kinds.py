"""Each kind of magnet, as `gatepost new` makes it in a new site, from the form to what people asked for."""

from __future__ import annotations

import email
import re
from dataclasses import dataclass
from email import policy
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from icalendar import Calendar
from starlette.testclient import TestClient

from gatepost_webhook.channels.recording import RecordingChannel
from gatepost_webhook.cli import gatepost
from gatepost_webhook.clock import MovableClock, SystemClock
from gatepost_webhook.followup.page_forms import forms_of
from gatepost_webhook.followup.visitor import link_in
from gatepost_webhook.followup.worker import Worker
from gatepost_webhook.front import front_of
from gatepost_webhook.household import Household
from gatepost_webhook.parts import load_parts
from gatepost_webhook.scaffolding import KINDS
from gatepost_webhook.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx2 as httpx

BASE = "http://127.0.0.1:8000"
DAY = 86_400


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new site with one new magnet of each kind, built."""
    root = tmp_path_factory.mktemp("new") / "site"
    run("init", str(root))
    for kind in KINDS:
        run("new", "magnet", kind, f"my-{kind}", "--project", str(root))
    # Nothing here looks at pictures, and to draw them takes longer than all the rest.
    config, plain = root / "mkdocs.yml", "  - gatepost: {cards: false, images: false}"
    config.write_text(re.sub(r"^  - gatepost$", plain, config.read_text(), flags=re.MULTILINE))
    run("build", "--project", str(root), "--site-url", f"{BASE}/")
    return root


def run(*command: str) -> None:
    result = CliRunner().invoke(gatepost, command)
    assert result.exit_code == 0, result.output


@dataclass
class Play:
    """The whole of Gatepost in this process, and somebody in front of it."""

    house: Household
    browser: TestClient
    channel: RecordingChannel
    worker: Worker
    clock: MovableClock

    def ask(self, slug: str, **answers: str) -> None:
        """Fill in the form of a landing page as it stands there, and be sent to the thank-you page."""
        page = self.browser.get(f"/get/{slug}/")
        form = next(form for form in forms_of(page.text) if form.action.endswith(f"/f/{slug}"))
        data = {control.name: control.value for control in form.controls if control.kind not in {"checkbox", "button"}}
        answer = self.browser.post(f"/f/{slug}", data=data | answers)
        assert answer.status_code == 303
        assert answer.headers["location"] == f"{BASE}/get/{slug}/thanks/"
        self.work()

    def press(self) -> httpx.Response:
        """Open the newest mail's link to a page with a button, and press it."""
        link = self.newest("/c/")
        page = self.browser.get(link)
        assert page.text.count("<button") == 1
        answer = self.browser.post(link)
        assert answer.status_code == 200
        self.work()
        return answer

    def newest(self, path: str) -> str:
        link = link_in(self.channel.messages[-1].data, path)
        assert link, self.subjects()
        return link

    def subjects(self) -> list[str]:
        mails = [email.message_from_bytes(one.data, policy=policy.default) for one in self.channel.messages]
        return [str(mail["Subject"]) for mail in mails]

    def work(self, *, days: int = 0) -> None:
        self.clock.advance(days * DAY)
        self.worker.run_once()


@pytest.fixture
def play(site: Path, tmp_path: Path) -> Iterator[Play]:
    settings = Settings(
        base_url=BASE, data=tmp_path, postal_address="1 Street", mail_from="Us <us@example.com>", _env_file=None
    )
    clock = MovableClock(SystemClock().now())
    with Household(settings, load_parts(site), clock, working=False) as house:
        browser = TestClient(front_of(house), BASE, follow_redirects=False)
        browser.headers["origin"] = BASE
        channel = RecordingChannel()
        yield Play(house, browser, channel, Worker(house.outfit(channel)), clock)


@pytest.mark.parametrize("kind", ["ebook", "checklist", "template"])
def test_a_file_comes_with_the_press_and_again_with_the_second_mail(play: Play, site: Path, kind: str) -> None:
    slug = f"my-{kind}"
    play.ask(slug, email="ada@example.com")
    given = (site / play.house.parts.manifest.assets[slug].path).read_bytes()
    assert play.press().content == given
    assert play.browser.get(play.newest("/d/")).content == given
    assert play.subjects() == [f"Your copy of My {kind}", f"My {kind}: your link"]


def test_a_course_begins_with_the_press_and_ends_by_itself(play: Play) -> None:
    play.ask("my-course", email="ada@example.com", first_name="Ada")
    assert "My course has begun" in play.press().text
    for _ in range(4):
        play.work(days=1)
    assert play.subjects() == [
        "Start the course: My course",
        "Day 1: something to do in ten minutes",
        "Day 2: the next step",
        "Day 3: the whole of it",
    ]
    assert b"Hi Ada," in play.channel.messages[1].data


def test_a_seat_is_saved_with_the_press_and_stands_in_the_calendar(play: Play) -> None:
    room = "https://meet.example.com/my-webinar"
    assert room not in play.browser.get("/get/my-webinar/").text
    play.ask("my-webinar", email="ada@example.com")
    assert room not in play.channel.messages[0].data.decode()
    assert f'href="{room}"' in play.press().text
    assert play.subjects() == ["Your seat: My webinar", "My webinar: the way in"]
    entry = Calendar.from_ical(play.browser.get(play.newest("/d/")).content).events[0]
    assert str(entry["url"]) == room
