"""Submissions that come together are kept as each would be by itself."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost_webhook.intake.answers import judge
from gatepost_webhook.intake.crowd import Crowd, Sent
from gatepost_webhook.intake.submit import Reworded, Taken, TooMany
from gatepost_webhook.intake.wordings import keep_wordings
from gatepost_webhook.store.consents import suppress
from gatepost_webhook.store.database import open_reader
from gatepost_webhook.store.submissions import Draft
from tests.webhook.intake.house import open_house

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatepost_webhook.intake.submit import Outcome
    from gatepost_webhook.store.database import Connection
    from tests.webhook.intake.house import House

EMAILS = ["ada@example.com", "ADA@example.com", "ada+x@example.com", "g.race@gmail.com", "grace@googlemail.com"] + [
    f"reader{number}@example.com" for number in range(90)
]
#: What each table says, without the numbers of its rows: those depend on who came first.
TOLD = {
    "leads": "SELECT email, canonical, fields, created_at, confirmed_at, marketing_at FROM lead",
    "submissions": "SELECT l.canonical, s.magnet, s.at, s.page, s.fields, s.marketing, s.wording, s.fingerprint, "
    "s.confirmed_at, s.language FROM submission s JOIN lead l ON l.id = s.lead_id",
    "receipts": "SELECT l.canonical, s.fingerprint, r.purpose, r.act, r.at, r.method, r.page, r.wording, r.message_id "
    "FROM receipt r JOIN lead l ON l.id = r.lead_id JOIN submission s ON s.id = r.submission_id",
    "events": "SELECT l.canonical, e.at, e.kind, e.magnet, e.sequence, e.step, e.detail "
    "FROM event e JOIN lead l ON l.id = e.lead_id",
    "mails": "SELECT l.canonical, s.fingerprint, m.kind, m.state, m.reason, m.created_at, m.changed_at "
    "FROM mail m JOIN lead l ON l.id = m.lead_id JOIN submission s ON s.id = m.submission_id",
    "times": "SELECT kind, due_at FROM mail",
    "counts": "SELECT key, count(*), sum(count) FROM hit GROUP BY key",
}

asked: st.SearchStrategy[dict[str, str]] = st.builds(
    dict,
    email=st.sampled_from(EMAILS),
    client=st.sampled_from([f"client:{number}" for number in range(60)]),
    wording=st.sampled_from(["own", "own", "none", "unknown"]),
    marketing=st.sampled_from(["yes", ""]),
    magnet=st.sampled_from(["guide", "guide", "list"]),
)


def _sent(house: House, wish: Mapping[str, str]) -> Sent:
    magnet = house.magnets[wish["magnet"]]
    wording = {"own": magnet.wording, "none": "", "unknown": "f" * 64}[wish["wording"]]
    form = {"email": wish["email"], "first_name": "Ada", "company": "Gates", "page": "/get/", "wording": wording}
    draft = judge(magnet, form | {"marketing": wish["marketing"]}, house.desk().pages.words)
    assert isinstance(draft, Draft)
    return Sent(draft, wish["client"])


def _known(house: House, connection: Connection) -> None:
    """Let some of them be no strangers: a lead who asked, one who is confirmed, one who wants no mail."""
    crowd = Crowd(house.desk())
    for number, email in enumerate(["reader1@example.com", "reader2@example.com"]):
        wish = {"email": email, "client": f"client:{number}", "wording": "own", "marketing": "", "magnet": "guide"}
        crowd.alone(connection, _sent(house, wish))
    connection.execute("UPDATE lead SET confirmed_at = 1 WHERE canonical = 'reader2@example.com'")
    suppress(connection, house.address("reader3@example.com"), "all", "owner", now=1)
    suppress(connection, house.address("reader4@example.com"), "marketing", "unsubscribed", now=1)


def _kept(wishes: Sequence[Mapping[str, str]], *, together: bool) -> tuple[list[Outcome], dict[str, list[Any]], int]:
    """Return what became of each wish, what the database holds then, and how many were kept at once."""
    with tempfile.TemporaryDirectory() as folder, open_house(Path(folder), posts_per_10_minutes=2) as house:
        keep_wordings(house.desk())
        crowd = Crowd(house.desk())
        sent = [_sent(house, wish) for wish in wishes]

        def work(connection: Connection) -> tuple[list[Outcome], int]:
            _known(house, connection)
            done = dict(crowd.together(connection, sent)) if together else {}
            rest = {n: crowd.alone(connection, item) for n, item in enumerate(sent) if n not in done}
            return [{**done, **rest}[n] for n in range(len(sent))], len(done)

        outcomes, at_once = house.writer.run(work)
        connection = open_reader(house.settings.database)
        held = {name: sorted(map(repr, map(tuple, connection.execute(query)))) for name, query in TOLD.items()}
        connection.close()
        return outcomes, held, at_once


@settings(max_examples=25, deadline=None)
@given(st.lists(asked, min_size=1, max_size=12))
def test_what_is_kept_together_is_what_would_be_kept_one_by_one(wishes: list[dict[str, str]]) -> None:
    # Who comes first of two that share a mailbox or a client does not depend on the crowd.
    one_by_one, held, _ = _kept(wishes, together=False)
    together, held_together, _ = _kept(wishes, together=True)
    assert together == one_by_one
    assert held_together == held


def test_newcomers_of_a_crowd_are_kept_at_once_and_queue_for_their_mails() -> None:
    wishes = [
        {"email": f"reader{n}@example.com", "client": f"client:{n}", "wording": "own", "marketing": "yes"}
        | {"magnet": "guide"}
        for n in range(5, 85)
    ]
    outcomes, held, at_once = _kept(wishes, together=True)
    assert at_once == 80
    assert outcomes == [Taken()] * 80
    assert held == _kept(wishes, together=False)[1]


def test_a_crowd_from_one_address_is_limited() -> None:
    wishes = [
        {"email": f"reader{n}@example.com", "client": "client:9", "wording": "own", "marketing": "", "magnet": "guide"}
        for n in range(5, 10)
    ]
    outcomes, _, at_once = _kept(wishes, together=True)
    assert at_once == 1
    assert [type(outcome) for outcome in outcomes] == [Taken, Taken, TooMany, TooMany, TooMany]


def test_words_that_nobody_knows_are_asked_about_again() -> None:
    wish = {"email": "reader9@example.com", "client": "client:9", "marketing": "yes", "magnet": "guide"}
    outcomes, held, at_once = _kept([{**wish, "wording": "unknown"}], together=True)
    assert (outcomes, at_once) == ([Reworded()], 0)
    assert not any("reader9" in row for row in held["leads"])


def test_the_number_of_somebody_who_is_gone_is_given_to_nobody_else(house: House) -> None:
    keep_wordings(house.desk())
    crowd = Crowd(house.desk())
    wish = {"wording": "own", "marketing": "", "magnet": "guide"}
    first, second = (_sent(house, {**wish, "email": f"{n}@example.com", "client": f"client:{n}"}) for n in "ab")

    def work(connection: Connection) -> list[tuple[int, int]]:
        crowd.together(connection, [first])
        before = connection.execute("SELECT lead_id, id FROM submission").fetchone()
        connection.execute("INSERT INTO erasing SELECT id FROM lead")
        for table in ("mail", "receipt", "event", "submission", "erasing", "lead"):
            connection.execute(f"DELETE FROM {table}")
        crowd.together(connection, [second])
        after = connection.execute("SELECT lead_id, id FROM submission").fetchone()
        return [tuple(before), tuple(after)]

    before, after = house.writer.run(work)
    assert after[0] > before[0]
    assert after[1] > before[1]
