"""The review as its owner meets it, and as everybody else on the machine and in the browser meets it."""

from __future__ import annotations

import csv
import io
import re
import signal
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from gatepost_webhook.leads.cells import neutral
from gatepost_webhook.review.queries import load_questions
from gatepost_webhook.review.tables import TABLES
from tests.acceptance.browser import FLAGS, browser_path
from tests.acceptance.reviewing import running_review
from tests.webhook.leads.filled import CANARIES, START, fill, write_rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.acceptance.reviewing import Review

#: Thirty addresses that Datasette knows, or once gave away.
PATHS = (
    "/", "/.json", "/gatepost", "/gatepost.json", "/gatepost.db", "/gatepost.csv?sql=select+1",
    "/gatepost?sql=select+1",
    "/gatepost/leads", "/gatepost/leads.json", "/gatepost/leads.csv", "/gatepost/leads.csv?_stream=1",
    "/gatepost/leads/1", "/gatepost/leads/1.json", "/gatepost/leads_fts", "/gatepost/submissions",
    "/gatepost/mails.json",
    "/gatepost/who-is-where", "/gatepost/who-is-where.csv", "/gatepost/story-of-one-lead?email=ada@example.org",
    "/_internal", "/_memory?sql=select+1", "/-/metadata.json", "/-/databases.json", "/-/settings.json", "/-/plugins",
    "/-/versions.json", "/-/actor.json", "/-/allow-debug", "/-/logout", "/-/patterns", "/-/static/app.css",
    "/-/gatepost/review.css", "/favicon.ico", "/-/auth-token", "/-/auth-token?token=guess", "/-/../gatepost/leads",
    "//gatepost/leads", "/%67atepost/leads", "/no-such-page",
)  # fmt: skip

ATTACKS = (
    "<script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    "\"><svg onload=window.hit=1>",
    "'><iframe srcdoc='<script>parent.hit=1</script>'>",
    "javascript:window.hit=1",
    "http://x.test/\" onmouseover=\"window.hit=1",
    "https://x.test/<script>window.hit=1</script>",
    "</title><script>window.hit=1</script>",
    "</textarea><script>window.hit=1</script>",
    "</style><script>window.hit=1</script>",
    "</script><script>window.hit=1</script>",
    "{{ 7*7 }}{% raw %}${7*7}#{7*7}",
    "<a href=javascript:window.hit=1>x</a>",
    "<form action=https://evil.test><input autofocus onfocus=window.hit=1>",
    "<base href=https://evil.test/>",
    "<meta http-equiv=refresh content='0;url=https://evil.test'>",
    "<link rel=stylesheet href=https://evil.test/x.css>",
    "<object data=https://evil.test/x>",
    "<details open ontoggle=window.hit=1>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=window.hit=1>",
    "&lt;script&gt;window.hit=1&lt;/script&gt;",
    "\\x3cscript\\x3ewindow.hit=1\\x3c/script\\x3e",
    "`${window.hit=1}`",
    "\u202e<script>window.hit=1</script>",
    '{"href": "javascript:window.hit=1", "label": "x"}',
)  # fmt: skip


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Review]:
    folder = tmp_path_factory.mktemp("review")
    fill(folder / "data")
    with running_review(folder / "data", folder / "scratch") as running:
        yield running


@pytest.fixture(scope="module")
def session(review: Review) -> dict[str, str]:
    """The owner's cookie."""
    with review.client() as client:
        answer = client.get(review.entrance)
        return dict(answer.cookies.items())


def test_strangers_are_turned_away_everywhere(review: Review, session: dict[str, str]) -> None:
    with review.client() as client:
        answers = {path: client.get(path) for path in PATHS}
    assert len(PATHS) >= 30
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(PATHS, 403)
    assert [path for path, answer in answers.items() if "ada" in answer.text.lower()] == []


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "localhost:1", "127.0.0.1.nip.io:{port}"]
)
def test_a_foreign_host_is_turned_away_everywhere_with_the_session_too(
    review: Review, session: dict[str, str], host: str
) -> None:
    headers = {"host": host.format(port=review.port)}
    with review.client() as client:
        client.cookies.update(session)
        statuses = {path: client.get(path, headers=headers).status_code for path in PATHS}
    assert statuses == dict.fromkeys(PATHS, 421)


def test_the_owner_sees_everything_but_the_file(review: Review, session: dict[str, str]) -> None:
    with review.client() as client:
        client.cookies.update(session)
        assert client.get("/").status_code == 200
        assert "Ada@Example.org" in client.get("/gatepost/leads").text
        assert client.get("/gatepost.db").status_code == 403
        answer = client.get("/gatepost.json?sql=select+count(*)+as+n+from+leads&_shape=array")
        assert answer.json() == [{"n": 3}]


def test_nothing_that_is_shown_holds_a_secret_or_a_formula(review: Review, session: dict[str, str]) -> None:
    with review.client() as client:
        client.cookies.update(session)
        for name in [table.name for table in TABLES]:
            text = client.get(f"/gatepost/{name}.csv?_stream=1").text
            assert [canary for canary in CANARIES if canary in text] == []
            cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
            assert [cell for cell in cells if neutral(cell) != cell] == []


def test_the_copy_is_private_while_it_lives(review: Review) -> None:
    (folder,) = review.scratch.iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [(path.name, path.stat().st_mode & 0o777) for path in folder.iterdir()] == [("gatepost.db", 0o600)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_however_it_stops_the_copy_is_removed(tmp_path: Path, number: signal.Signals) -> None:
    fill(tmp_path / "data")
    with running_review(tmp_path / "data", tmp_path / "scratch") as review:
        with review.client() as client:
            assert client.get(review.entrance).status_code == 303
        assert len(list(review.scratch.iterdir())) == 1
        assert review.stop(number) == (0, "\nStopped. The copy is removed.\n")
    assert list((tmp_path / "scratch").iterdir()) == []


def test_without_leads_it_works_and_says_so(tmp_path: Path) -> None:
    write_rows(tmp_path / "data", {})
    with running_review(tmp_path / "data", tmp_path / "scratch") as review:
        said = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "NOW", review.said).replace(review.entrance, "ADDRESS")
        assert said == (
            "Shows no leads yet and everything that happened with them, as of NOW UTC.\n"
            "It is a copy: start it again to see what came later; nothing in it changes or sends anything.\n"
            "\n"
            "  ADDRESS\n"
            "\n"
            "The address works once, on this machine. Ctrl-C stops, and removes the copy.\n"
        )
        with review.client() as client:
            client.cookies.update(client.get(review.entrance).cookies)
            assert "No leads yet." in client.get("/").text
            for name in [table.name for table in TABLES] + [question.name for question in load_questions()]:
                assert client.get(f"/gatepost/{name}").status_code == 200


def test_the_start_page_lists_the_questions_first(review: Review, session: dict[str, str], browser: Browser) -> None:
    with browser.new_context() as context:
        context.add_cookies([{"name": name, "value": value, "url": review.base} for name, value in session.items()])
        page = context.new_page()
        page.goto(review.base)
        assert page.title() == "Leads · Gatepost"
        assert page.locator("h2").all_inner_texts() == ["Questions", "Tables"]
        titles = page.locator("ul.cards").first.locator("strong").all_inner_texts()
        assert titles == [question.title for question in load_questions()]
        page.get_by_label("Find a lead").fill("lovelace")
        page.get_by_role("button", name="Find").click()
        expect(page.locator("table.rows-and-columns tbody tr")).to_have_count(1)
        page.get_by_role("link", name="1", exact=True).first.click()
        expect(page.get_by_role("link", name="3 rows")).to_have_count(2)


def test_what_visitors_typed_runs_nowhere(tmp_path: Path, browser: Browser) -> None:
    write_rows(tmp_path / "data", hostile_rows())
    with running_review(tmp_path / "data", tmp_path / "scratch") as review, browser.new_context() as context:
        page = context.new_page()
        trouble: list[str] = []
        page.on("dialog", lambda dialog: trouble.append(f"dialog {dialog.message}"))
        page.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
        page.on("request", lambda request: trouble.append(request.url) if review.base not in request.url else None)
        page.goto(review.entrance)
        for path in hostile_paths():
            page.goto(review.base + path)
            trouble += [f"{path}: {what}" for what in foreign_nodes(page)]
        assert trouble == []


def test_a_rebinding_page_reads_nothing(review: Review, session: dict[str, str], browser: Browser) -> None:
    """A page of a foreign name that suddenly resolves to this machine, in a browser with the owner's session."""
    flags = [*FLAGS, "--host-resolver-rules=MAP evil.example 127.0.0.1"]
    other = browser.browser_type.launch(executable_path=browser_path(), args=flags)
    try:
        context = other.new_context()
        context.add_cookies([{"name": name, "value": value, "url": review.base} for name, value in session.items()])
        page = context.new_page()
        answer = page.goto(f"http://evil.example:{review.port}/gatepost/leads.json")
        assert answer is not None
        assert (answer.status, answer.text()) == (421, "This address is not served here.\n")
        for address in (f"http://evil.example:{review.port}/gatepost/leads.json", f"{review.base}/gatepost/leads.json"):
            script = "a => fetch(a, {credentials: 'include'}).then(r => r.text()).catch(() => '')"
            assert "ada" not in page.evaluate(script, address).lower()
    finally:
        other.close()


def hostile_rows() -> dict[str, list[dict[str, object]]]:
    """Return leads, submissions, mails, events and bounces with an attack in each text that others write."""
    rows: dict[str, list[dict[str, object]]] = {"lead": [], "submission": [], "mail": [], "event": [], "bounce": []}
    for number, attack in enumerate(ATTACKS, start=1):
        fields = {"first_name": attack, "company": attack, attack: "as a field's name"}
        about: dict[str, object] = {"lead_id": number, "at": START}
        lead = {"id": number, "email": attack, "canonical": f"{number}@x.test", "fields": fields, "created_at": START}
        rows["lead"].append(lead)
        rows["submission"].append({**about, "magnet": attack, "page": attack, "marketing": 0, "fields": fields})
        rows["event"].append({**about, "kind": "failed", "detail": {"reason": attack}})
        told = {"kind": "bounced", "status": "5.1.1", "diagnostic": attack, "source": "dsn"}
        rows["bounce"].append({**about, **told})
        bounced = {"state": "failed", "reason": attack, "subject": attack, "message_id": attack}
        rows["mail"].append({"lead_id": number, "kind": "drip", "due_at": START, "changed_at": START, **bounced})
    return rows


def hostile_paths() -> list[str]:
    """Return the addresses of every kind of page."""
    tables = [f"/gatepost/{table.name}?_facet=id&_size=100" for table in TABLES if "id" in table.key]
    rows = [
        f"/gatepost/{name}/{number}"
        for name in ("leads", "mails", "bounces")
        for number in range(1, len(ATTACKS) + 1, 12)
    ]
    questions = [
        f"/gatepost/{question.name}?email=%3Cscript%3Ewindow.hit%3D1%3C/script%3E" for question in load_questions()
    ]
    return [
        "/",
        "/gatepost",
        *tables,
        "/gatepost/leads?_search=%22%3E%3Cscript%3E&first_name=%3Cimg",
        *rows,
        *questions,
    ]


def foreign_nodes(page: Page) -> list[str]:
    """Return what an attack could have left in a page."""
    script = """() => [
      ...(window.hit ? ['hit'] : []),
      ...[...document.scripts].filter(s => s.text.includes('hit')).map(s => s.text),
      ...[...document.querySelectorAll('iframe, object, base, meta[http-equiv], math')].map(n => n.tagName),
      ...[...document.links].filter(a => !/^https?:/.test(a.protocol)).map(a => a.href),
      ...[...document.querySelectorAll('*')].flatMap(n => [...n.attributes])
        .map(a => a.name).filter(name => name.startsWith('on')),
    ]"""
    found: list[str] = page.evaluate(script)
    return found
