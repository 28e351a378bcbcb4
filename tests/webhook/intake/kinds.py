"""The house with a course and a webinar beside its files."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from gatepost_site.calendar_file import build_calendar
from gatepost_site.magnets import load_magnets
from gatepost_site.project import Asset
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.links import Purpose
from tests.webhook.intake.house import DAY, NOW, PDF

if TYPE_CHECKING:
    import httpx2 as httpx
    from starlette.testclient import TestClient

    from tests.webhook.intake.house import House

AGREEMENT = "You get two short mails on two days, and nothing else."
ROOM = "https://meet.example.com/room?a=1&b=2"
#: 2027-02-15 16:00 UTC, a month after the house's now; it takes 45 minutes.
START = 1_802_707_200
END = START + 45 * 60
assert START > NOW

_FILES = {
    "magnets/five/magnet.md": f"""---
kind: course
title: Better Gates
description: Two lessons.
sequence: lessons
consent: {AGREEMENT}
---
Learn.
""",
    "magnets/talk/magnet.md": f"""---
title: The Gate Hour
description: We hang a gate.
webinar:
  start: 2027-02-15 16:00
  zone: UTC
  duration: 45 minutes
  online: {ROOM}
consent: Yes, two mails about gates.
sequence: after-guide
---
Come.
""",
    "sequences/lessons/sequence.yml": """title: Better Gates
steps:
  - {key: one, wait: 0 minutes, message: 01.md}
  - {key: two, wait: 1 day, message: 02.md}
""",
    "sequences/lessons/01.md": "---\nsubject: Lesson one\n---\nMeasure the posts.\n",
    "sequences/lessons/02.md": "---\nsubject: Lesson two\n---\nHang it.\n",
}


def with_kinds(house: House, *, recording: str = "") -> House:
    """Add a course `five` and a webinar `talk` to a house; `recording` is written into the webinar's front matter."""
    for name, text in _FILES.items():
        path = house.project.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("consent: Yes", f"{_key(recording)}consent: Yes"), encoding="utf-8")
    (house.project.magnets / "talk" / "talk.mp4").write_bytes(PDF)
    house.magnets = load_magnets(house.project)
    house.sequences = load_sequences(house.project, house.magnets)
    house.manifest = replace(
        house.manifest,
        landing=house.manifest.landing | {slug: f"get/{slug}/" for slug in ("five", "talk")},
        thanks=house.manifest.thanks | {slug: f"get/{slug}/thanks/" for slug in ("five", "talk")},
        assets=house.manifest.assets | {"talk": _calendar(house)},
        recordings={"talk": _asset("magnets/talk/talk.mp4", PDF)} if recording == "talk.mp4" else {},
    )
    return house


def ask(house: House, client: TestClient, slug: str, email: str = "ada@example.com", **fields: str) -> httpx.Response:
    """Send a magnet's form as its page does."""
    shown = {"email": email, "wording": house.magnets[slug].wording, "page": f"/get/{slug}/", "website": ""}
    return client.post(f"/f/{slug}", data={**shown, **fields})


def path_of(house: House, purpose: Purpose, submission: int) -> str:
    """Return the path of a mail's link about one submission."""
    letter = {Purpose.CONFIRM: "c", Purpose.DOWNLOAD: "d"}[purpose]
    return f"/{letter}/{house.links.token(purpose, submission, expires=house.clock.now() + 7 * DAY)}"


def _key(recording: str) -> str:
    return f"  recording: {recording}\n" if recording else ""


def _calendar(house: House) -> Asset:
    path = build_calendar(house.magnets["talk"], house.project, site_name="Gates & Co")
    return replace(
        _asset(path.relative_to(house.project.root).as_posix(), path.read_bytes()), media_type="text/calendar"
    )


def _asset(path: str, data: bytes) -> Asset:
    return Asset(path, path.rpartition("/")[2], "video/mp4", hashlib.sha256(data).hexdigest(), len(data))
