"""Suppressed is suppressed in whatever spelling; only a fresh confirmation ends an unsubscription (P17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.leads.erasure import erase
from gatepost_webhook.store.consents import suppress
from tests.soak.sizes import report, size

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from gatepost_webhook.store.consents import Scope
    from gatepost_webhook.store.suppressions import Reason
    from tests.webhook.intake.house import House

ONE_CLICK = "List-Unsubscribe=One-Click"
#: One mailbox, as people and programs type it.
SPELLINGS = [
    "jo.mueller@xn--bcher-kva.example",
    "Jo.Mueller@xn--bcher-kva.example",
    "JO.MUELLER@XN--BCHER-KVA.EXAMPLE",
    "jo.mueller@bücher.example",
    "jo.mueller@BÜCHER.example",
    "jo.mueller@Bücher.Example",
    "Jo.mueller@bu\u0308cher.example",
    "jo.MUELLER@BU\u0308CHER.EXAMPLE",
    " jo.mueller@bücher.example",
    "jo.mueller@bücher.example ",
    "\tjo.mueller@bücher.example\t",
    "\u00a0jo.mueller@bücher.example",
    "\u3000jo.mueller@bücher.example\u3000",
    "jo.mueller@\uff42ücher.example",
    "jo.mueller@bücher\u3002example",
    "jo.mueller@bücher\uff0eexample",
    "jo.mueller@bücher.\uff25\uff38\uff21\uff2d\uff30\uff2c\uff25",
    "jo.mueller@\u24d1ücher.example",
    "jO.mUELLER@xN--bCHER-kVA.eXAMPLE",
    "Jo.Mueller@bücher.EXAMPLE",
]
CANONICAL = "jo.mueller@xn--bcher-kva.example"


@pytest.fixture
def unsubscribed(house: House, client: TestClient) -> House:
    """Somebody who was enrolled, and left."""
    house.ask(client, SPELLINGS[0], marketing="yes")
    client.post(house.confirm_path(CANONICAL))
    client.post(house.leave_path(CANONICAL), content=ONE_CLICK)
    house.clock.advance(10)
    return house


def test_there_are_twenty_spellings_of_one_address() -> None:
    assert len(set(SPELLINGS)) == 20


@pytest.mark.parametrize(
    ("reason", "scope"), [("unsubscribed", "marketing"), ("complained", "all"), ("bounced", "all")]
)
def test_who_is_suppressed_stays_so_however_the_address_is_written(
    house: House, client: TestClient, reason: Reason, scope: Scope
) -> None:
    """Everybody asks again, each time with the box ticked (P17)."""
    people, spellings = size(20, 334), size(1, 20)
    names = [CANONICAL.replace(".", f"{number}.", 1) for number in range(people)]
    house.writer.run(
        lambda c: [suppress(c, house.address(name), scope, reason, now=house.clock.now()) for name in names]
    )
    for number in range(people):
        for turn in range(spellings):
            written = SPELLINGS[(number + turn) % 20].replace(".", f"{number}.", 1)
            assert house.ask(client, written, marketing="yes").status_code == 303
    assert open_drips(house) == 0
    assert house.one("SELECT count(*) FROM enrolment") == 0
    assert house.one("SELECT count(*) FROM suppression") == people
    report(f"P17 {reason}", suppressed=people, forms=people * spellings, drips=0, lifted=0)


def open_drips(house: House) -> int:
    count: int = house.one("SELECT count(*) FROM mail WHERE kind = 'drip' AND state IN ('due', 'claimed', 'talking')")
    return count


@pytest.mark.parametrize("spelling", SPELLINGS, ids=ascii)
def test_a_form_alone_lifts_nothing(unsubscribed: House, client: TestClient, spelling: str) -> None:
    assert unsubscribed.ask(client, spelling, marketing="yes").status_code == 303

    assert unsubscribed.one("SELECT count(*) FROM lead") == 1
    assert unsubscribed.one("SELECT reason FROM suppression") == "unsubscribed"
    assert unsubscribed.one("SELECT marketing_at FROM lead") is None
    assert open_drips(unsubscribed) == 0


@pytest.mark.parametrize("spelling", SPELLINGS[::4], ids=ascii)
def test_a_fresh_confirmation_lifts_the_unsubscription_and_leaves_its_receipt(
    unsubscribed: House, client: TestClient, spelling: str
) -> None:
    unsubscribed.ask(client, spelling, marketing="yes")
    client.post(unsubscribed.confirm_path(CANONICAL))

    assert unsubscribed.rows("SELECT * FROM suppression") == []
    assert unsubscribed.one("SELECT marketing_at FROM lead") == unsubscribed.clock.now()
    assert unsubscribed.acts() == ["given", "confirmed", "withdrawn", "given", "confirmed"]
    assert unsubscribed.kinds()[-1] != "unsubscribed"
    assert "resubscribed" in unsubscribed.kinds()


def test_an_old_button_does_not(unsubscribed: House, client: TestClient) -> None:
    client.post(unsubscribed.confirm_path(CANONICAL))
    assert unsubscribed.one("SELECT reason FROM suppression") == "unsubscribed"


def test_a_request_without_the_box_does_not(unsubscribed: House, client: TestClient) -> None:
    unsubscribed.ask(client, SPELLINGS[3])
    client.post(unsubscribed.confirm_path(CANONICAL))
    assert unsubscribed.one("SELECT reason FROM suppression") == "unsubscribed"
    assert unsubscribed.one("SELECT marketing_at FROM lead") is None


@pytest.mark.parametrize("reason", ["complained", "bounced", "owner"])
@pytest.mark.parametrize("scope", ["marketing", "all"])
def test_a_complaint_or_a_bounce_needs_the_owner(house: House, client: TestClient, reason: str, scope: str) -> None:
    house.ask(client, SPELLINGS[0])
    client.post(house.confirm_path(CANONICAL))
    address = house.address(CANONICAL)
    house.writer.run(lambda c: suppress(c, address, "all" if scope == "all" else "marketing", reason, now=1))
    house.clock.advance(10)

    house.ask(client, SPELLINGS[5], marketing="yes")
    client.post(house.confirm_path(CANONICAL))

    assert house.rows("SELECT scope, reason FROM suppression") == [{"scope": scope, "reason": reason}]
    assert house.one("SELECT marketing_at FROM lead") is None
    assert house.one("SELECT count(*) FROM enrolment") == 0
    assert open_drips(house) == 0


@pytest.mark.parametrize("spelling", SPELLINGS[::5], ids=ascii)
def test_the_suppression_outlives_the_lead(unsubscribed: House, client: TestClient, spelling: str) -> None:
    lead = unsubscribed.lead(CANONICAL)
    erase(unsubscribed.writer, unsubscribed.settings, [lead], method="command", now=unsubscribed.clock.now())
    unsubscribed.clock.advance(40 * 86_400)

    unsubscribed.ask(client, spelling, marketing="yes")
    assert unsubscribed.one("SELECT reason FROM suppression") == "unsubscribed"

    client.post(unsubscribed.confirm_path(CANONICAL))
    assert unsubscribed.rows("SELECT * FROM suppression") == []
    assert open_drips(unsubscribed) == 1
