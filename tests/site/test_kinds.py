"""Five kinds of magnet: what each needs, what its pages say, and what nobody may learn from them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pikepdf
import pytest
from icalendar import Calendar

from gatepost_site.build_time import VARIABLE
from gatepost_site.calendar_file import calendar_bytes
from gatepost_site.kind_words import said_duration, said_time
from gatepost_site.magnets import load_magnets
from gatepost_site.project import Project
from gatepost_site.webinars import WebinarMeta
from gatepost_site.words.languages import Languages
from tests.site.conftest import PDF
from tests.site.pdf_text import read_pdf

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.site.conftest import Drawn

    Draw = Callable[[Mapping[str, str | bytes]], Drawn]

FILE = "magnets/x/magnet.md"
ROOM = "https://meet.example.com/room?pwd=a&b=c"
WEBINAR = f"""\
webinar:
  start: 2027-03-04 16:00
  zone: Europe/Berlin
  duration: 1 hour 30 minutes
  online: {ROOM}
"""
#: 4 March 2027, 17:29:59 and 17:30 in Berlin.
LAST_SECOND, OVER = 1_804_177_799, 1_804_177_800
SEQUENCE = {
    "sequences/five/sequence.yml": "title: T\nsteps:\n  - {key: a, wait: 0 minutes, message: a.md}\n",
    "sequences/five/a.md": "---\nsubject: A\n---\nA.\n",
}


def magnet(keys: str) -> dict[str, str | bytes]:
    return {FILE: f"---\ntitle: The Thing\ndescription: A thing to have.\n{keys}---\n\nTake it.\n"}


def loaded(root: Path) -> Project:
    return Project.at(root)


# ---- What each kind needs

KINDS = {
    "chapters": ("chapters: chapters/\n", "ebook"),
    "an ebook of one's own": ("kind: ebook\nfile: a.pdf\n", "ebook"),
    "a file": ("file: a.pdf\n", "template"),
    "a file that is called a checklist": ("file: my-checklist.pdf\n", "checklist"),
    "a checklist that says so": ("kind: checklist\nfile: a.pdf\n", "checklist"),
    "a course": ("kind: course\nsequence: five\nconsent: Five mails.\n", "course"),
    "a webinar": (WEBINAR, "webinar"),
}


@pytest.mark.parametrize(("keys", "kind"), KINDS.values(), ids=KINDS)
def test_a_kind_may_be_left_out_where_the_files_tell(draw: Draw, keys: str, kind: str) -> None:
    files: Mapping[str, str | bytes] = {
        "magnets/x/chapters/1.md": "# One\n",
        "magnets/x/a.pdf": PDF,
        "magnets/x/my-checklist.pdf": PDF,
    }
    drawn = draw({**magnet(keys), **files, **SEQUENCE})
    assert load_magnets(loaded(drawn.root))["x"].kind == kind


MISTAKES = {
    "an unknown kind": (
        "kind: ebok\nfile: a.pdf\n",
        f"{FILE}:4:1: 'kind': no such choice, found 'ebok'; write 'ebook'",
    ),
    "a course without lessons": (
        "kind: course\nconsent: Five mails.\n",
        f"{FILE}:2:1: a course is its mails, and 'sequence' is missing; write 'sequence: my-course'",
    ),
    "a course with a file": (
        "kind: course\nsequence: five\nconsent: Five mails.\nfile: a.pdf\n",
        f"{FILE}:2:1: a magnet of kind 'course' has no 'file'; write another kind, as in 'kind: template', or no file",
    ),
    "a course that does not say what it is": (
        "kind: course\nsequence: five\n",
        f"{FILE}:2:1: 'sequence' needs the words that people agree to; write 'consent: Yes, send me ...'",
    ),
    "chapters of a template": (
        "kind: template\nchapters: chapters/\n",
        f"{FILE}:2:1: a magnet of kind 'template' has no 'chapters'; write 'file: ...', or 'kind: ebook'",
    ),
    "a webinar at no time": (
        "kind: webinar\n",
        (
            f"{FILE}:2:1: a webinar is at some time, and 'webinar' is missing; "
            "write 'webinar:' with 'start', 'zone', 'duration' and 'online' or 'place' below it"
        ),
    ),
    "a time for a template": (
        f"kind: template\nfile: a.pdf\n{WEBINAR}",
        f"{FILE}:2:1: a magnet of kind 'template' has no 'webinar'; write 'kind: webinar', or no 'webinar'",
    ),
    "a webinar without a beginning": (
        WEBINAR.replace("  start: 2027-03-04 16:00\n", ""),
        f"{FILE}:4:1: key 'webinar.start' is missing; write 'start: 2027-03-04 16:00'",
    ),
    "a day without a time": (
        WEBINAR.replace(" 16:00", ""),
        (
            f"{FILE}:5:3: 'webinar.start': has no time of day, found '2027-03-04'; "
            "write day and time, as in 'start: 2027-03-04 16:00'"
        ),
    ),
    "a day that is none": (
        WEBINAR.replace("03-04", "02-29"),
        (
            f"{FILE}:5:3: 'webinar.start': is a day or a time that does not exist, found '2027-02-29 16:00'; "
            "write one that does, as in 'start: 2027-03-04 16:00'"
        ),
    ),
    "a time that clocks leave out": (
        WEBINAR.replace("03-04 16:00", "03-28 02:30"),
        (
            f"{FILE}:4:1: 'webinar': 'start' 2027-03-28 02:30 does not exist in Europe/Berlin: "
            "clocks go forward over it; "
            "write 'start: 2027-03-28 03:30' or another time"
        ),
    ),
    "a time with an offset": (
        WEBINAR.replace("16:00", "16:00:00+01:00"),
        (
            f"{FILE}:5:3: 'webinar.start': has an offset, and 'zone' says it already, "
            "found '2027-03-04 16:00:00+01:00'; "
            "write the time on the wall there, as in 'start: 2027-03-04 16:00'"
        ),
    ),
    "a zone with a slip": (
        WEBINAR.replace("Berlin", "Berln"),
        f"{FILE}:6:3: 'webinar.zone': is not a time zone, found 'Europe/Berln'; write 'Europe/Berlin'",
    ),
    "a city for a zone": (
        WEBINAR.replace("Europe/Berlin", "New York"),
        f"{FILE}:6:3: 'webinar.zone': is not a time zone, found 'New York'; write 'America/New_York'",
    ),
    "a zone that is an abbreviation": (
        WEBINAR.replace("Europe/Berlin", "CEST"),
        (
            f"{FILE}:6:3: 'webinar.zone': is not a time zone, found 'CEST'; "
            "write an IANA name, as in 'zone: Europe/Berlin'"
        ),
    ),
    "a number for a duration": (
        WEBINAR.replace("1 hour 30 minutes", "90"),
        (
            f"{FILE}:7:3: 'webinar.duration': is not a duration, found 90; "
            "write hours and minutes, as in '45 minutes' or '1 hour 30 minutes'"
        ),
    ),
    "a webinar nowhere": (
        WEBINAR.replace(f"  online: {ROOM}\n", ""),
        (
            f"{FILE}:4:1: 'webinar': a webinar is somewhere; "
            "write 'online: https://...' or 'place: 1 High Street, Bristol'"
        ),
    ),
    "a room in the place that everybody reads": (
        WEBINAR.replace("online", "place"),
        (
            f"{FILE}:8:3: 'webinar.place': is public, and this looks like the room's address, found '{ROOM}'; "
            "write 'online: https://...' for the room"
        ),
    ),
    "a room that is a whole host": (
        WEBINAR.replace("/room?pwd=a&b=c", "/"),
        (
            f"{FILE}:8:3: 'webinar.online': is not the full address of a room, found 'https://meet.example.com/'; "
            "write 'online: https://meet.example.com/room'"
        ),
    ),
    "a recording that is not there": (
        f"{WEBINAR}  recording: gone.mp4\n",
        f"{FILE}:4:1: no such file, found 'gone.mp4'; write the name of a file in magnets/x/",
    ),
}


@pytest.mark.parametrize(("keys", "finding"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_said_with_its_line_and_what_to_write(draw: Draw, keys: str, finding: str) -> None:
    files: Mapping[str, str | bytes] = {"magnets/x/a.pdf": PDF, "magnets/x/chapters/1.md": "# One\n\nText.\n"}
    assert finding in draw({**magnet(keys), **files, **SEQUENCE}).complaints().splitlines()


# ---- A checklist

LIST = "Once a week.\n\n## The machine\n\n- [ ] **Rinse** twice\n- Empty the tray\n    - [ ] and the box\n\n1. First\n"


def test_a_list_in_markdown_becomes_a_sheet_with_a_box_for_each_point(draw: Draw) -> None:
    drawn = draw({**magnet("kind: checklist\nfile: list.md\nauthor: Us\n"), "magnets/x/list.md": LIST})
    asset = drawn.build().assets["x"]
    assert (asset.filename, asset.media_type, asset.path) == ("x.pdf", "application/pdf", ".gatepost/checklists/x.pdf")
    pdf = drawn.root / asset.path
    text = " ".join("".join(read_pdf(pdf)).split())
    assert all(words in text for words in ("The Thing", "3 points", "Rinse twice", "and the box", "1. First", "Us"))
    with pikepdf.open(pdf) as document:
        assert document.Root.MarkInfo.Marked


def test_a_sheet_speaks_the_language_of_its_magnet(draw: Draw) -> None:
    german = "---\ntitle: Das Ding\ndescription: Ein Ding.\nfile: liste.md\n---\n\nNimm es.\n"
    drawn = draw(
        {
            **magnet("kind: checklist\nfile: list.md\n"),
            "magnets/x/list.md": LIST,
            "magnets/x/magnet.de.md": german,
            "magnets/x/liste.md": "- Eins\n",
        }
    )
    pdf = drawn.root / drawn.build().assets["x.de"].path
    text = " ".join("".join(read_pdf(pdf)).split())
    assert all(words in text for words in ("Das Ding", "1 Punkt", "Datum"))


def test_a_sheet_is_made_anew_only_when_its_text_changes(draw: Draw) -> None:
    files = {**magnet("kind: checklist\nfile: list.md\n"), "magnets/x/list.md": LIST}
    drawn = draw(files)
    pdf = drawn.root / drawn.build().assets["x"].path
    made = pdf.stat().st_mtime_ns
    drawn.build()
    assert pdf.stat().st_mtime_ns == made
    draw({**files, "magnets/x/list.md": LIST + "2. Second\n"}).build()
    assert pdf.stat().st_mtime_ns != made


SHEETS = {
    "nothing to tick": ("Words alone.\n", ":1:1: a checklist without anything to tick; write '- [ ] A point'"),
    "a title": (
        "# Title\n\n- a\n",
        ":1:3: the title stands in magnet.md already, found 'Title'; write '## Title'",
    ),
    "HTML": ("- a\n\n<b>x</b>\n", ":3:1: HTML does not print in a checklist, found '<b>'; write Markdown"),
    "a table": (
        "- a\n\n| A | B |\n|---|---|\n| c | d |\n",
        (
            ":1:1: <table> does not print in a checklist, found 'A B c d'; "
            "write headings, paragraphs, lists, links and emphasis"
        ),
    ),
    "a link into the site": (
        "- [a](../page.md)\n",
        ":1:7: a link leads nowhere from paper, found '../page.md'; write an address with https://",
    ),
    "a character that no font has": (
        "- a\n- b 日\n",
        ":2:5: no font has this character, found '日' (U+65E5); write another character, or words",
    ),
    "front matter": (
        "---\ntitle: T\n---\n- a\n",
        ":1:1: a checklist takes no front matter; write its title into magnet.md, and the list here, without keys",
    ),
}


@pytest.mark.parametrize(("text", "finding"), SHEETS.values(), ids=SHEETS)
def test_what_does_not_print_is_said(draw: Draw, text: str, finding: str) -> None:
    drawn = draw({**magnet("kind: checklist\nfile: list.md\n"), "magnets/x/list.md": text})
    assert f"magnets/x/list.md{finding}" in drawn.complaints().splitlines()


# ---- A course

COURSE = "kind: course\nsequence: five\nconsent: You get five mails, and nothing else.\n"


def test_a_course_says_what_it_is_beside_its_button_and_has_no_box(draw: Draw) -> None:
    drawn = draw({**magnet(COURSE), **SEQUENCE})
    manifest = drawn.build()
    page = drawn.page("get/x")
    assert "Free email course" in page
    assert '<p class="gatepost-agreement">You get five mails, and nothing else.</p>' in page
    assert 'type="checkbox"' not in page
    assert '<button type="submit">Start the course</button>' in page
    assert load_magnets(loaded(drawn.root))["x"].wording in page
    thanks = drawn.page("get/x/thanks")
    assert "Start the course: The Thing" in thanks
    assert "download" not in thanks
    assert manifest.assets == {}


# ---- A webinar


def built_at(monkeypatch: pytest.MonkeyPatch, second: int) -> None:
    monkeypatch.setenv(VARIABLE, str(second))


def test_a_webinar_says_when_in_the_zone_that_was_named(draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    built_at(monkeypatch, LAST_SECOND)
    drawn = draw(magnet(WEBINAR))
    asset = drawn.build().assets["x"]
    page = drawn.page("get/x")
    assert (
        '<time datetime="2027-03-04T16:00:00+01:00">Thursday, 4 March 2027<br>16:00 Berlin time (UTC+1)</time>' in page
    )
    assert "<dd>1 hour 30 minutes</dd>" in page
    assert "<dd>Online; you get the link when you have confirmed</dd>" in page
    assert '<button type="submit">Save my seat</button>' in page
    assert 'id="event-over" hidden' in page
    assert (asset.filename, asset.media_type) == ("x.ics", "text/calendar")


def test_a_webinar_that_is_over_says_so_and_takes_no_more_seats(draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    built_at(monkeypatch, OVER)
    drawn = draw({**magnet(WEBINAR), "content/index.md": "# Home\n\n/// offer | x\n    show: form\n///\n"})
    drawn.build()
    page, home = drawn.page("get/x"), (drawn.public / "index.html").read_text(encoding="utf-8")
    assert "This webinar took place on Thursday, 4 March 2027. It was not recorded." in page
    assert "<form" not in page + home
    assert re.findall(r"<script[^>]*>", page) == ['<script type="application/ld+json">']
    assert ">What it was about</a>" in home


def test_a_recording_is_offered_when_the_webinar_is_over(draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    built_at(monkeypatch, OVER)
    drawn = draw({**magnet(f"{WEBINAR}  recording: talk.mp4\n"), "magnets/x/talk.mp4": PDF})
    manifest = drawn.build()
    page = drawn.page("get/x")
    assert '<p class="kind">Recording</p>' in page
    assert '<button type="submit">Send me the recording</button>' in page
    assert "the form sends you the recording" in page
    assert manifest.recordings["x"].path == "magnets/x/talk.mp4"


def test_the_same_second_and_the_same_files_give_the_same_site(draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    built_at(monkeypatch, LAST_SECOND)
    drawn = draw(magnet(WEBINAR))
    first = drawn.build().assets["x"], drawn.page("get/x")
    assert (drawn.build().assets["x"], drawn.page("get/x")) == first


@pytest.mark.parametrize("spelling", [ROOM, ROOM.replace("&", "&amp;")])
def test_the_address_of_the_room_stands_in_no_public_file(draw: Draw, spelling: str) -> None:
    drawn = draw({**magnet(WEBINAR), "content/feed.xml": f"<a href='{spelling}'>"})
    assert drawn.complaints() == (
        "public/feed.xml:1:1: public file gives away magnet 'x', found an address that only those get who confirmed; "
        "write the file into magnets/ only, and a link to its landing page"
    )


def test_a_longer_address_that_begins_like_the_room_gives_nothing_away(draw: Draw) -> None:
    drawn = draw({**magnet(WEBINAR), "content/a.txt": f"{ROOM}d"})
    drawn.build()
    assert ROOM not in "".join(path.read_text("utf-8") for path in drawn.public.rglob("*.html"))


def test_a_copy_of_the_recording_stops_the_build(draw: Draw) -> None:
    drawn = draw(
        {**magnet(f"{WEBINAR}  recording: talk.mp4\n"), "magnets/x/talk.mp4": PDF, "content/old.mp4": PDF},
    )
    assert "public/old.mp4:1:1: public file gives away magnet 'x'" in drawn.complaints()


def test_the_calendar_entry_has_what_a_guest_needs_and_keeps_its_name(draw: Draw) -> None:
    place = "  place: 1 High Street, Bristol; ring twice\n"
    drawn = draw(magnet(WEBINAR + place))
    webinar = load_magnets(loaded(drawn.root))["x"]
    event = Calendar.from_ical(calendar_bytes(webinar, "Site", changed=0)).events[0]
    assert str(event["summary"]) == "The Thing"
    assert (event.start.isoformat(), event.end.isoformat()) == (
        "2027-03-04T16:00:00+01:00",
        "2027-03-04T17:30:00+01:00",
    )
    assert event["dtstart"].params["TZID"] == "Europe/Berlin"
    assert str(event["location"]) == f"1 High Street, Bristol; ring twice / {ROOM}"
    assert ROOM in str(event["description"])

    draw(magnet(WEBINAR.replace("16:00", "18:00")))
    moved = Calendar.from_ical(calendar_bytes(load_magnets(loaded(drawn.root))["x"], "Site", changed=9)).events[0]
    assert moved["uid"] == event["uid"], "a calendar that has the entry moves it"
    assert moved.start != event.start


def test_a_webinar_lasts_as_long_as_it_says_when_clocks_change() -> None:
    meta = WebinarMeta(start="2027-03-28 01:30", zone="Europe/Berlin", duration="1 hour", place="Here")
    assert meta.webinar.end.isoformat() == "2027-03-28T03:30:00+02:00"


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("UTC", "16:00 UTC"),
        ("America/New_York", "16:00 New York time (UTC-5)"),
        ("Asia/Kolkata", "16:00 Kolkata time (UTC+5:30)"),
    ],
)
def test_a_zone_is_said_by_its_city_and_its_distance(zone: str, said: str) -> None:
    meta = WebinarMeta(start="2027-03-04 16:00", zone=zone, duration="1 hour 1 minute", place="Here")
    words = Languages().words("en")
    assert (said_time(meta.webinar, words), said_duration(meta.webinar, words)) == (said, "1 hour 1 minute")
