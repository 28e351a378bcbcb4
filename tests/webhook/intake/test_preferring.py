"""The preferences page: every choice is an event and changes the next plan; GET changes nothing; no login."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.followup.enrolling import enrol
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.leads.preferences import UNTIL_I_COME_BACK, Preferences
from gatepost_webhook.links import Purpose
from gatepost_webhook.store.preferences import preferences_of
from tests.webhook.intake.house import DAY, NOW

if TYPE_CHECKING:
    import httpx2 as httpx
    from starlette.testclient import TestClient

    from tests.webhook.intake.house import House

WEEK = 7 * DAY
TOPICS = """\
topics:
  gates:
    title: Gates
    about: How to hang one.
    translations: {de: {title: Tore}}
  hinges: {title: Hinges}
"""


@pytest.fixture
def house(house: House) -> House:
    """A house whose one sequence is about gates."""
    folder = house.project.sequences
    folder.joinpath("topics.yml").write_text(TOPICS, encoding="utf-8")
    file = folder / "after-guide/sequence.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("steps:", "topic: gates\nsteps:"), encoding="utf-8")
    house.sequences = load_sequences(house.project, house.magnets)
    return house


@pytest.fixture
def enrolled(house: House, client: TestClient) -> House:
    """A lead in the middle of a sequence, whose first step is due a day from now."""
    house.ask(client, marketing="yes", first_name="Ada")
    client.post(house.confirm_path())
    return house


def path_of(house: House) -> str:
    return f"/p/{house.links.token(Purpose.PREFERENCES, house.lead())}"


def choose(house: House, client: TestClient, **form: str) -> httpx.Response:
    return client.post(path_of(house), data=form)


def chosen(house: House) -> Preferences:
    return house.writer.run(lambda connection: preferences_of(connection, house.lead()))


def due_at(house: House) -> int | None:
    found: int | None = house.one("SELECT due_at FROM mail WHERE kind = 'drip' AND state = 'due'")
    return found


def choices(house: House) -> list[dict[str, object]]:
    rows = house.rows("SELECT detail FROM event WHERE kind = 'preference' ORDER BY id")
    return [json.loads(row["detail"]) for row in rows]


def test_looking_at_it_changes_nothing_and_shows_no_address(enrolled: House, client: TestClient) -> None:
    before = enrolled.content()
    for _ in range(3):
        pages = [client.get(path_of(enrolled)), client.get(path_of(enrolled) + "?step=erase")]
        assert [page.status_code for page in pages] == [200, 200]
        assert client.head(path_of(enrolled)).status_code == 200
        assert all("A•••@e•••" in page.text and "example.com" not in page.text.lower() for page in pages)
    assert enrolled.content() == before


@pytest.mark.parametrize(
    ("pause", "until"),
    [("1", NOW + WEEK), ("2", NOW + 2 * WEEK), ("4", NOW + 4 * WEEK), ("open", UNTIL_I_COME_BACK)],
)
def test_a_pause_moves_the_next_mail_to_its_end(enrolled: House, client: TestClient, pause: str, until: int) -> None:
    assert due_at(enrolled) == NOW + DAY

    answer = choose(enrolled, client, pause=pause)

    assert answer.status_code == 200
    assert 'role="status"' in answer.text
    assert due_at(enrolled) == until
    assert choices(enrolled) == [{"choice": "paused_until", "from": None, "to": until}]


def test_who_comes_back_gets_what_waited_and_the_gaps_count_from_then(enrolled: House, client: TestClient) -> None:
    choose(enrolled, client, pause="open")
    enrolled.clock.advance(100 * DAY)
    assert "Paused until I come back" in client.get(path_of(enrolled)).text

    choose(enrolled, client, pause="no")

    now = NOW + 100 * DAY
    assert due_at(enrolled) == now
    assert chosen(enrolled) == Preferences(paused_until=now)


def test_saving_again_keeps_the_pause_and_records_nothing(enrolled: House, client: TestClient) -> None:
    choose(enrolled, client, pause="2")
    enrolled.clock.advance(DAY)
    before = enrolled.content()

    choose(enrolled, client, pause="keep", rate="all", language="")

    assert enrolled.content() == before


def test_who_leaves_a_topic_gets_nothing_of_it_now_or_later(enrolled: House, client: TestClient) -> None:
    choose(enrolled, client, shown="gates")

    assert enrolled.rows("SELECT state, reason FROM enrolment") == [{"state": "stopped", "reason": "topic left"}]
    assert due_at(enrolled) is None
    assert choices(enrolled) == [{"choice": "topic left", "topic": "gates"}]
    started = enrolled.writer.run(
        lambda c: enrol(c, sequence=enrolled.sequences["after-guide"], lead_id=1, submission_id=1, now=NOW)
    )
    assert started is False
    assert enrolled.one("SELECT marketing_at FROM lead") is not None


def test_a_topic_that_the_page_did_not_show_is_not_left(enrolled: House, client: TestClient) -> None:
    choose(enrolled, client, rate="one")
    choose(enrolled, client, shown="gates", **{"topic-gates": "yes"})
    assert chosen(enrolled).topics_left == frozenset()
    # Only topics that a sequence has are shown.
    assert "Hinges" not in client.get(path_of(enrolled)).text


def test_at_most_one_mail_a_week(enrolled: House, client: TestClient) -> None:
    enrolled.clock.advance(2 * DAY)
    sent = NOW + DAY
    enrolled.writer.run(
        lambda c: c.execute("UPDATE mail SET state = 'sent', changed_at = ? WHERE kind = 'drip'", (sent,))
    )
    enrolled.writer.run(
        lambda c: c.execute(
            "INSERT INTO event (at, lead_id, kind, sequence, step) VALUES (?, 1, 'sent', 'after-guide', 'first')",
            (sent,),
        )
    )
    enrolled.writer.run(
        lambda c: c.execute(
            "INSERT INTO mail (kind, lead_id, submission_id, enrolment_id, step, state, due_at, created_at, changed_at)"
            " VALUES ('drip', 1, 1, 1, 'second', 'due', ?, ?, ?)",
            (sent + 2 * DAY, sent, sent),
        )
    )

    choose(enrolled, client, rate="one")

    assert due_at(enrolled) == sent + WEEK
    choose(enrolled, client, rate="all")
    assert due_at(enrolled) == sent + 2 * DAY
    assert [choice["to"] for choice in choices(enrolled)] == [1, None]


def test_what_makes_no_sense_is_named_and_nothing_is_kept(enrolled: House, client: TestClient) -> None:
    before = enrolled.content()

    answer = choose(enrolled, client, pause="1", rate="hourly", language="xx")

    assert answer.status_code == 400
    assert 'role="alert" tabindex="-1" autofocus' in answer.text
    assert re.findall(r'href="#(\w+)"', answer.text) == ["rate"]
    assert 'id="rate" tabindex="-1" aria-describedby="rate-wrong"' in answer.text
    assert enrolled.content() == before


def test_unsubscribing_from_everything(enrolled: House, client: TestClient) -> None:
    assert "Everything has stopped" in choose(enrolled, client, do="leave").text
    assert enrolled.rows("SELECT scope, reason FROM suppression") == [{"scope": "marketing", "reason": "unsubscribed"}]
    assert enrolled.one("SELECT method FROM receipt WHERE act = 'withdrawn'") == "page"
    assert "no series of mails comes to you" in client.get(path_of(enrolled)).text


def test_the_data_comes_as_json_and_as_a_page(enrolled: House, client: TestClient) -> None:
    before = enrolled.content()

    found = choose(enrolled, client, do="json")
    page = choose(enrolled, client, do="page")

    assert found.json()["kept"]["lead"][0]["email"] == "Ada@example.com"
    for answer, name in ((found, "data.json"), (page, "data.html")):
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
        assert answer.headers["cache-control"] == "no-store"
    assert "Ada@example.com" in page.text
    assert "Yes, send me two short mails about gates." in page.text
    assert enrolled.content() == before


def test_erasing_takes_two_steps_and_then_every_link_is_dead(enrolled: House, client: TestClient) -> None:
    path, leave = path_of(enrolled), enrolled.leave_path()
    page = client.get(f"{path}?step=erase").text
    assert "1 request" in page
    assert page.count("<button") == 1

    answer = client.post(path, data={"do": "erase"})

    assert "Everything about you is erased" in answer.text
    assert enrolled.rows("SELECT * FROM lead") == []
    assert enrolled.one("SELECT method FROM erasure") == "page"
    assert [client.get(one).status_code for one in (path, leave)] == [404, 404]
    assert client.post(path, data={"do": "erase"}).status_code == 404


@pytest.mark.parametrize("origin", [None, "null", "https://mail.example"])
def test_it_works_from_wherever_the_mail_is_read(enrolled: House, origin: str | None) -> None:
    client = enrolled.client()
    del client.headers["origin"]
    headers = {"origin": origin} if origin else {}
    assert client.post(path_of(enrolled), data={"pause": "1"}, headers=headers).status_code == 200


@pytest.mark.parametrize("purpose", [one for one in Purpose if one is not Purpose.PREFERENCES])
def test_no_other_link_opens_it(enrolled: House, client: TestClient, purpose: Purpose) -> None:
    path = f"/p/{enrolled.links.token(purpose, enrolled.lead())}"
    assert client.get(path).status_code == client.post(path, data={"do": "erase"}).status_code == 404


def test_the_page_to_unsubscribe_leads_to_it(enrolled: House, client: TestClient) -> None:
    assert path_of(enrolled) in client.get(enrolled.leave_path()).text


def test_the_page_speaks_the_language_that_was_chosen(enrolled: House, client: TestClient) -> None:
    enrolled.writer.run(
        lambda c: c.execute("INSERT INTO preference (lead_id, language, changed_at) VALUES (1, 'de', 1)")
    )
    page = client.get(path_of(enrolled)).text
    assert '<html lang="de">' in page
    assert "Tore" in page
