"""In which time zone a lead is: said by an answer of a form, or chosen on the preferences page, which counts more."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from gatepost_site.findings import ContentError
from gatepost_site.magnets import load_magnets
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.followup.worker import Worker
from gatepost_webhook.leads.zones import zones_by_area
from gatepost_webhook.links import Purpose
from tests.webhook.intake.house import DAY
from tests.webhook.intake.test_visiting import outfit_of

if TYPE_CHECKING:
    import httpx2 as httpx
    from starlette.testclient import TestClient

    from tests.webhook.intake.house import House

COUNTRY = """\
  - name: country
    label: Country
    type: select
    options: [Japan, Chile, Elsewhere]
    zones: {Japan: Asia/Tokyo, Chile: America/Santiago}
"""


@pytest.fixture
def house(house: House) -> House:
    """A house whose one sequence writes at nine, and whose form asks for a country."""
    file = house.project.sequences / "after-guide/sequence.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("steps:", "window: {hours: 09:00-10:00}\nsteps:"), encoding="utf-8")
    magnet = house.project.magnets / "guide" / "magnet.md"
    text = magnet.read_text(encoding="utf-8").replace("fields:\n", f"fields:\n{COUNTRY}")
    magnet.write_text(text, encoding="utf-8")
    house.magnets = load_magnets(house.project)
    house.sequences = load_sequences(house.project, house.magnets)
    return house


def join(house: House, country: str) -> TestClient:
    client = house.client()
    house.ask(client, marketing="yes", country=country)
    client.post(house.confirm_path())
    Worker(outfit_of(house)).run_once()
    return client


def choose(house: House, client: TestClient, zone: str) -> httpx.Response:
    path = f"/p/{house.links.token(Purpose.PREFERENCES, house.lead())}"
    return client.post(path, data={"do": "save", "zone": zone})


def hour_due(house: House) -> int:
    """Return the hour (UTC) at which the next mail is due."""
    due: int = house.one("SELECT due_at FROM mail WHERE kind = 'drip' AND state = 'due'")
    return datetime.fromtimestamp(due, UTC).hour


@pytest.mark.parametrize(
    ("country", "zone", "hour"), [("Japan", "Asia/Tokyo", 0), ("Chile", "America/Santiago", 12), ("Elsewhere", "", 9)]
)
def test_an_answer_says_when_it_is_nine_and_moves_what_waits(house: House, country: str, zone: str, hour: int) -> None:
    join(house, country)
    assert house.rows("SELECT zone, zone_from FROM lead") == [{"zone": zone, "zone_from": "form" if zone else ""}]
    assert hour_due(house) == hour


def test_what_a_lead_chooses_moves_what_waits_and_is_overruled_by_no_form(house: House) -> None:
    client = join(house, "Japan")

    page = choose(house, client, "America/New_York")

    assert "<option selected>America/New_York</option>" in page.text
    assert hour_due(house) == 14
    assert json.loads(house.one("SELECT detail FROM event WHERE kind = 'preference'")) == {
        "choice": "zone",
        "from": "Asia/Tokyo",
        "to": "America/New_York",
    }
    house.clock.advance(DAY)
    join(house, "Chile")
    assert house.one("SELECT zone FROM lead") == "America/New_York"


def test_the_senders_zone_can_be_chosen_too(house: House) -> None:
    client = join(house, "Japan")
    assert "That of the sender (UTC)" in choose(house, client, "").text
    assert hour_due(house) == 9
    assert house.rows("SELECT zone, zone_from FROM lead") == [{"zone": "", "zone_from": "page"}]


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "Europe/Berlin\n", "<b>"])
def test_what_is_no_zone_changes_nothing(house: House, zone: str) -> None:
    client = join(house, "Japan")
    answer = choose(house, client, zone)
    assert answer.status_code == 400
    assert 'href="#zone"' in answer.text
    assert house.one("SELECT zone FROM lead") == "Asia/Tokyo"


def test_nobody_is_asked_where_no_mail_depends_on_it(house: House) -> None:
    client = join(house, "Japan")
    path = f"/p/{house.links.token(Purpose.PREFERENCES, house.lead())}"
    assert 'name="zone"' in client.get(path).text
    assert 'name="zone"' not in house.client(sequences={}).get(path).text


def test_every_part_of_the_world_has_zones() -> None:
    areas = zones_by_area()
    assert "Europe/Berlin" in areas["Europe"]
    assert all(areas.values())


@pytest.mark.parametrize(
    ("zones", "told"),
    [
        ("{Japan: Asia/Tokio}", "is not a time zone, found 'Asia/Tokio'; write 'Asia/Tokyo'"),
        ("{Peru: America/Lima}", "'zones' names what is no option, 'Peru'"),
    ],
)
def test_a_zone_that_is_none_is_found_in_the_magnet(house: House, zones: str, told: str) -> None:
    magnet = house.project.magnets / "guide" / "magnet.md"
    text = magnet.read_text(encoding="utf-8").replace("{Japan: Asia/Tokyo, Chile: America/Santiago}", zones)
    magnet.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_magnets(house.project)
    assert told in str(caught.value.findings[0])
