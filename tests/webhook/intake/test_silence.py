"""Nobody learns from an answer whether an address is known, confirmed, or wants no mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.webhook.intake.house import DAY

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.webhook.intake.house import House


def _states(house: House, client: TestClient) -> list[str]:
    """Make an address of each state, and return them; the first is new."""
    pending, confirmed, unsubscribed, not_me, bounced = (f"{name}@example.com" for name in "abcde")
    for email in (pending, confirmed, unsubscribed, not_me, bounced):
        house.ask(client, email, marketing="yes")
    for email in (confirmed, unsubscribed):
        client.post(house.confirm_path(email))
    for email in (unsubscribed, not_me):
        client.post(house.unsubscribe_path(email))
    address = house.address(bounced)
    house.writer.run(
        lambda c: c.execute(
            "INSERT INTO suppression (address, scope, reason, at) VALUES (?, 'all', 'bounced', 1)", (address,)
        )
    )
    return ["new@example.com", pending, confirmed, unsubscribed, not_me, bounced, "x@no-such-domain.example"]


def test_the_answer_is_the_same_for_every_state_of_an_address(house: House, client: TestClient) -> None:
    emails = _states(house, client)
    house.clock.advance(3 * DAY)

    answers = [house.ask(client, email, first_name=str(n), marketing="yes") for n in range(3) for email in emails]

    assert len({(a.status_code, tuple(a.headers.items()), a.content) for a in answers}) == 1
    assert answers[0].status_code == 303


def test_asking_for_a_new_link_tells_nothing_either(house: House, client: TestClient) -> None:
    emails = _states(house, client)[1:-1]
    paths = [house.confirm_path(email) for email in emails] + [house.download_path(email) for email in emails]
    house.clock.advance(40 * DAY)

    pages = {client.get(path).content for path in paths}
    answers = [client.post(path, data={"again": "1"}) for _ in range(3) for path in paths]

    assert len(pages) == 1
    assert len({(a.status_code, tuple(a.headers.items()), a.content) for a in answers}) == 1


def test_forged_unknown_and_misdirected_links_look_alike(house: House, client: TestClient) -> None:
    house.ask(client)
    token = house.unsubscribe_path().removeprefix("/u/")
    paths = [f"/{place}/{text}" for place in "cdv" for text in ("x", "A" * 40, token, token[:-1], "é" * 40, "%00")]

    answers = [client.request(method, path) for path in paths for method in ("GET", "POST")]

    assert len({(a.status_code, tuple(a.headers.items()), a.content) for a in answers}) == 1
    assert answers[0].status_code == 404
