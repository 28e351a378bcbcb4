"""A small built project with its app, for tests that send requests: real files, a real database, a clock to move."""

from __future__ import annotations

import functools
import hashlib
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.testclient import TestClient

from gatepost_site.magnets import load_magnets
from gatepost_site.project import Asset, Manifest, Project
from gatepost_site.words.languages import Languages
from gatepost_webhook.app import create_app
from gatepost_webhook.clock import MovableClock
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.intake.desk import Desk
from gatepost_webhook.leads.address import keyed_hash, normalise
from gatepost_webhook.links import Links, Purpose
from gatepost_webhook.pages import Pages
from gatepost_webhook.settings import Settings
from gatepost_webhook.store.database import open_reader
from gatepost_webhook.store.reader import Reader
from gatepost_webhook.store.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx2 as httpx
    from starlette.types import ASGIApp

    from gatepost_site.magnets import Magnet
    from gatepost_webhook.followup.sequences import Sequence

NOW = 1_800_000_000
DAY = 86_400
BASE = "http://127.0.0.1:8000"
SECRET = "a-secret-of-this-test-that-is-long-enough-to-sign-links"
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40
CONSENT = "Yes, send me two short mails about gates."

_FILES = {
    "magnets/guide/magnet.md": f"""---
title: The Gate Guide
description: How to hang a gate.
file: guide.pdf
button: Send me the guide
fields:
  - {{name: first_name, label: First name, autocomplete: given-name, max_length: 40}}
  - {{name: team, label: Team, type: select, options: [Field, Barn]}}
  - {{name: acres, label: Acres, type: number}}
  - {{name: homepage, label: Home page, type: url}}
  - {{name: phone, label: Telephone, type: tel}}
  - {{name: note, label: Note, type: textarea, max_length: 500, help: Whatever we should know.}}
consent: "{CONSENT}"
sequence: after-guide
---
Read it.
""",
    "magnets/list/magnet.md": """---
title: The Hinge List
description: Every hinge.
file: liste-für-höfe.pdf
fields:
  - {name: company, label: Company, required: true}
---
Read it.
""",
    "sequences/after-guide/sequence.yml": """title: After the guide
steps:
  - {key: first, wait: 1 day, message: 01.md}
  - {key: second, wait: 2 days, message: 02.md}
""",
    "sequences/after-guide/01.md": "---\nsubject: First\n---\nHello. [Our prices](visit:/prices/#yearly)\n",
    "sequences/after-guide/02.md": "---\nsubject: Second\n---\nHello again.\n",
    "public/index.html": "<!doctype html><title>Home</title><script>1</script>Home",
    "public/404.html": "<!doctype html><title>404</title>Not on this site",
    "public/get/guide/index.html": "<!doctype html><title>Guide</title>Ask for it",
    "public/get/guide/thanks/index.html": "<!doctype html><title>Thanks</title>Look into your inbox",
}


def build_project(root: Path) -> tuple[Project, Manifest]:
    """Write the project's files, and what a build would have left."""
    for name, text in _FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assets = {}
    for slug, filename in (("guide", "guide.pdf"), ("list", "liste-für-höfe.pdf")):
        (root / "magnets" / slug / filename).write_bytes(PDF)
        digest = hashlib.sha256(PDF).hexdigest()
        assets[slug] = Asset(f"magnets/{slug}/{filename}", filename, "application/pdf", digest, len(PDF))
    landing = {slug: f"get/{slug}/" for slug in assets}
    thanks = {slug: f"get/{slug}/thanks/" for slug in assets}
    return Project.at(root), Manifest("Gates & Co", f"{BASE}/", landing, thanks, assets)


@dataclass
class House:
    """The app and everything behind it."""

    project: Project
    manifest: Manifest
    magnets: dict[str, Magnet]
    sequences: dict[str, Sequence]
    settings: Settings
    clock: MovableClock
    writer: Writer

    def app(self, **changes: Any) -> ASGIApp:
        """Return the app, with other settings, magnets or routes where `changes` say so."""
        parts: dict[str, Any] = {
            "project": self.project,
            "manifest": self.manifest,
            "magnets": self.magnets,
            "sequences": self.sequences,
            "writer": self.writer,
            "clock": self.clock,
        }
        settings = changes.pop("settings", self.settings)
        return create_app(settings, **{**parts, **changes})

    def client(self, *, peer: str = "203.0.113.9", **changes: Any) -> TestClient:
        """Return somebody's browser, which does not follow redirects."""
        client = TestClient(self.app(**changes), BASE, follow_redirects=False, client=(peer, 50000))
        client.headers["origin"] = BASE
        return client

    def desk(self) -> Desk:
        """Return what an endpoint has at hand."""
        return Desk(
            settings=self.settings,
            project=self.project,
            manifest=self.manifest,
            magnets=self.magnets,
            sequences=self.sequences,
            writer=self.writer,
            reader=Reader(self.settings.database),
            clock=self.clock,
            links=self.links,
            pages=Pages(site_name="Gates", site_url=f"{BASE}/", languages=Languages(), language="en"),
        )

    @property
    def links(self) -> Links:
        """Makes the links that the worker would put into mails."""
        return Links(BASE, self.settings.signing_secrets)

    def form(self, email: str = "Ada@Example.com", **fields: str) -> dict[str, str]:
        """Return what the guide's form sends."""
        shown = {"email": email, "wording": self.magnets["guide"].wording, "page": "/get/guide/", "website": ""}
        return {**shown, **fields}

    def ask(self, client: TestClient, email: str = "Ada@Example.com", **fields: str) -> httpx.Response:
        """Send the guide's form."""
        return client.post("/f/guide", data=self.form(email, **fields))

    def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        """Read from the database beside the app."""
        connection = open_reader(self.settings.database)
        try:
            return [dict(row) for row in connection.execute(query, values)]
        finally:
            connection.close()

    def one(self, query: str, *values: object) -> Any:
        """Return the first value of the first row, None when there is none."""
        rows = self.rows(query, *values)
        return next(iter(rows[0].values())) if rows else None

    def mails(self) -> list[tuple[str, str]]:
        """Return (kind, state) of every mail."""
        return [(row["kind"], row["state"]) for row in self.rows("SELECT kind, state FROM mail ORDER BY id")]

    def kinds(self) -> list[str]:
        """Return the kind of every event."""
        return [row["kind"] for row in self.rows("SELECT kind FROM event ORDER BY id")]

    def acts(self) -> list[str]:
        """Return what every receipt says."""
        return [row["act"] for row in self.rows("SELECT act FROM receipt ORDER BY id")]

    def content(self) -> str:
        """Return a hash of everything that the database holds."""
        connection = open_reader(self.settings.database)
        try:
            tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            held = [(table, [tuple(row) for row in connection.execute(f"SELECT * FROM {table}")]) for table in tables]
            return hashlib.sha256(repr(held).encode()).hexdigest()
        finally:
            connection.close()

    def submission(self, email: str = "ada@example.com") -> int:
        """Return the row of an address's last submission."""
        query = "SELECT max(s.id) FROM submission s JOIN lead l ON l.id = s.lead_id WHERE l.canonical = ?"
        row: int = self.one(query, email)
        return row

    def lead(self, email: str = "ada@example.com") -> int:
        """Return the row of an address."""
        row: int = self.one("SELECT id FROM lead WHERE canonical = ?", email)
        return row

    def confirm_path(self, email: str = "ada@example.com") -> str:
        """Return the path behind the button of the confirmation mail."""
        token = self.links.token(Purpose.CONFIRM, self.submission(email), expires=self.clock.now() + 7 * DAY)
        return f"/c/{token}"

    def download_path(self, email: str = "ada@example.com") -> str:
        """Return the path of the link in the delivery mail."""
        token = self.links.token(Purpose.DOWNLOAD, self.submission(email), expires=self.clock.now() + 30 * DAY)
        return f"/d/{token}"

    def unsubscribe_path(self, email: str = "ada@example.com") -> str:
        """Return the path of the way out of a confirmation or delivery mail."""
        return f"/u/{self.links.token(Purpose.UNSUBSCRIBE, self.lead(email))}"

    def leave_path(self, email: str = "ada@example.com") -> str:
        """Return the path of the way out of a sequence's mail."""
        enrolment = self.one("SELECT id FROM enrolment WHERE lead_id = ?", self.lead(email))
        return f"/u/{self.links.token(Purpose.LEAVE, enrolment)}"

    def visit_path(self, number: int = 0) -> str:
        """Return the path of a link in the first mail of the sequence, which is as if it had been sent."""
        work = "UPDATE mail SET state = 'sent', language = 'en', version = (SELECT version FROM enrolment)"
        self.writer.run(lambda connection: connection.execute(f"{work} WHERE kind = 'drip'"))
        mail = self.one("SELECT id FROM mail WHERE kind = 'drip'")
        return self.links.visit_url(mail, number).removeprefix(BASE)

    def address(self, email: str) -> str:
        """Return the name of an address in the suppression list."""
        return keyed_hash(normalise(email)[1], self.settings.address_key)

    def reworded(self, consent: str) -> dict[str, Magnet]:
        """Return the magnets as they are after the guide's consent wording was edited."""
        path = self.project.magnets / "guide" / "magnet.md"
        path.write_text(path.read_text(encoding="utf-8").replace(CONSENT, consent), encoding="utf-8")
        self.magnets = load_magnets(self.project)
        return self.magnets


@contextmanager
def open_house(root: Path, **settings: Any) -> Iterator[House]:
    """Build the project in `root`, and open its database; `settings` replace the test's own."""
    project, manifest = build_project(root)
    magnets, sequences = _parts()
    given = {
        "base_url": BASE,
        "data": root / "data",
        "secret": SECRET,
        "suppression_key": "another-secret-of-this-test-for-the-addresses",
        "posts_per_10_minutes": 1000,
        "posts_per_day": 1000,
        "_env_file": None,
    }
    made = Settings(**{**given, **settings})
    with Writer(made.database) as writer:
        yield House(project, manifest, dict(magnets), sequences, made, MovableClock(NOW), writer)


@functools.cache
def _parts() -> tuple[dict[str, Magnet], dict[str, Sequence]]:
    """Read the files once: they are the same in every test that does not change them."""
    with tempfile.TemporaryDirectory() as folder:
        project, _ = build_project(Path(folder))
        magnets = load_magnets(project)
        return magnets, load_sequences(project, magnets)


def without_asset(manifest: Manifest, slug: str) -> Manifest:
    """Return a manifest of a build that did not know a magnet."""
    return replace(manifest, assets={name: asset for name, asset in manifest.assets.items() if name != slug})
