"""A rehearsal runs the real parts; the simulator only thinks. Both must tell the same story of everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatepost_site.plugin import build_site
from gatepost_webhook.cli import main
from gatepost_webhook.commands.rehearse import judge
from gatepost_webhook.followup.durations import DAY, HOUR
from gatepost_webhook.followup.personas import Persona
from gatepost_webhook.followup.rehearse import Rehearsal, rehearse
from gatepost_webhook.followup.simulate import TimelineRow
from gatepost_webhook.followup.visitor import VisitError
from gatepost_webhook.parts import Parts, load_parts
from tests.acceptance.example import copy_example

if TYPE_CHECKING:
    from pathlib import Path

CHECKLIST = """\
---
title: A checklist
description: Ten things to look at before the first mail goes out, on one page of plain text.
file: checklist.txt
button: Send me the checklist
fields:
  - name: role
    label: Role
    type: select
    required: true
    options: [Owner, Marketing, Sales]
  - name: note
    label: Anything else
    type: textarea
consent: Yes, send me five short mails about it.
sequence: conditions
---

Ten things to look at.
"""
LEAFLET = """\
---
title: A leaflet
description: One page of plain text for whoever wants to know what this is before anything else.
file: leaflet.txt
---

One page.
"""
CONDITIONS = """\
title: Under conditions
steps:
  - {key: at-once, wait: 10 minutes, message: message.md}
  - {key: owners, wait: 1 day, only_if: role is "Owner", message: message.md}
  - {key: readers, wait: 1 day, only_if: downloaded, message: message.md}
  - {key: others, wait: 1 day, only_if: not downloaded, message: message.md}
  - {key: talkative, wait: 1 week, only_if: note is set, message: message.md}
"""
MESSAGE = "---\nsubject: A word about the checklist\npreheader: It is short.\n---\n\nA word, {{ role }}.\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example site, built, with a magnet whose sequence asks for conditions, and one without a sequence."""
    root = copy_example(tmp_path_factory.mktemp("rehearsal") / "site")
    for path, text in {
        "magnets/checklist/magnet.md": CHECKLIST,
        "magnets/checklist/checklist.txt": "[ ] Look\n" * 10,
        "magnets/leaflet/magnet.md": LEAFLET,
        "magnets/leaflet/leaflet.txt": "Nothing more follows.\n",
        "sequences/conditions/sequence.yml": CONDITIONS,
        "sequences/conditions/message.md": MESSAGE,
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    # Built for its public address, as sites are: the rehearsal must not send anything there.
    build_site(root, site_url="https://www.example.com/")
    return root


@pytest.fixture(scope="module")
def parts(site: Path) -> Parts:
    return load_parts(site)


def told(rehearsal: Rehearsal) -> list[tuple[float, str, str, str]]:
    return [((row.at - rehearsal.start) / DAY, row.step, row.action, row.reason) for row in rehearsal.rows]


def test_a_bare_persona_gets_four_mails(parts: Parts) -> None:
    done = rehearse(parts, "nurturing-playbook", Persona(), 30)
    assert done.differences == []
    assert told(done) == [
        (1, "first-read", "sent", ""),
        (4, "one-sentence", "sent", ""),
        (7, "sketch-for-company", "skipped", "company is not set"),
        (10, "small-numbers", "sent", ""),
        (14, "last-mail", "sent", ""),
        (14, "", "finished", ""),
    ]


def test_a_full_persona_gets_five_mails(parts: Parts) -> None:
    fields = {"first_name": "Anna", "company": "Corner Bakery"}
    done = rehearse(parts, "nurturing-playbook", Persona("anna+test@bakery.example", fields), 30)
    assert done.differences == []
    assert [row.action for row in done.rows] == ["sent"] * 5 + ["finished"]


def test_who_leaves_after_the_second_mail_gets_no_third(parts: Parts) -> None:
    done = rehearse(parts, "nurturing-playbook", Persona(events=((4 * DAY + HOUR, "unsubscribed"),)), 30)
    assert done.differences == []
    assert [row.step for row in done.rows] == ["first-read", "one-sentence", ""]
    assert done.rows[-1] == TimelineRow(done.start + 4 * DAY + HOUR, "", "stopped", "unsubscribed")


def test_who_leaves_by_the_delivery_mail_gets_nothing(parts: Parts) -> None:
    done = rehearse(parts, "nurturing-playbook", Persona(events=((HOUR, "unsubscribed"),)), 30)
    assert done.differences == []
    assert told(done) == [(1 / 24, "", "stopped", "unsubscribed")]


def test_without_the_box_there_is_the_file_and_nothing_else(parts: Parts) -> None:
    stations: list[str] = []
    done = rehearse(parts, "nurturing-playbook", Persona(marketing=False), 90, tell=stations.append)
    assert done.differences == []
    assert told(done) == [(0, "", "stopped", "no consent")]
    assert [station.split("  ")[0] for station in stations] == [
        *["landing page", "thank-you page", "mail", "download", "mail"]
    ]


def test_the_days_end_the_rehearsal(parts: Parts) -> None:
    done = rehearse(parts, "nurturing-playbook", Persona(), 4)
    assert done.differences == []
    assert [row.step for row in done.rows] == ["first-read", "one-sentence"]


def test_conditions_hold_in_both(parts: Parts) -> None:
    done = rehearse(parts, "checklist", Persona(fields={"role": "Sales", "note": "Grüße"}), 30)
    assert done.differences == []
    assert told(done)[1:] == [
        (told(done)[0][0] + 1, "owners", "skipped", 'role is not "Owner"'),
        (told(done)[0][0] + 2, "readers", "sent", ""),
        (told(done)[0][0] + 3, "others", "skipped", "downloaded"),
        (told(done)[0][0] + 10, "talkative", "sent", ""),
        (told(done)[0][0] + 10, "", "finished", ""),
    ]


people = st.builds(
    Persona,
    fields=st.fixed_dictionaries(
        {"role": st.sampled_from(["Owner", "Marketing", "Sales"])}, optional={"note": st.text("a é<{=%\"'", max_size=8)}
    ),
    marketing=st.booleans() | st.just(value=True),
    events=st.lists(
        st.tuples(st.integers(1, 240).map(lambda hours: hours * HOUR), st.sampled_from(["downloaded", "unsubscribed"])),
        max_size=3,
    ).map(lambda found: tuple(sorted(found))),
)


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(persona=people, days=st.integers(1, 20))
def test_rehearsal_and_simulation_agree_about_anybody(parts: Parts, persona: Persona, days: int) -> None:
    assert rehearse(parts, "checklist", persona, days).differences == []


def test_a_field_that_the_persona_leaves_out_is_named(parts: Parts) -> None:
    with pytest.raises(VisitError) as caught:
        rehearse(parts, "checklist", Persona(), 30)
    assert str(caught.value) == "/get/checklist/: 'role' must be answered; write 'role: ...' in the persona"


def test_a_file_that_is_not_the_built_one_is_noticed(site: Path, parts: Parts) -> None:
    path = site / "magnets" / "checklist" / "checklist.txt"
    before = path.read_text()
    path.write_text(before + "[ ] And again\n")
    try:
        with pytest.raises(VisitError) as caught:
            rehearse(parts, "checklist", Persona(fields={"role": "Owner"}), 30)
    finally:
        path.write_text(before)
    assert str(caught.value) == (
        "checklist.txt: found 104 bytes that are not those of the last build, expected 90; run 'gatepost build'"
    )


def gatepost(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run the command and return (exit code, what it printed, what it complained about)."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out, printed.err


def test_the_command_prints_the_timeline_that_simulate_prints(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    who = ["--persona", "full", "--project", str(site)]
    code, rehearsed, complaints = gatepost(capsys, "rehearse", "nurturing-playbook", *who)
    assert (code, complaints) == (0, "")
    _, simulated, _ = gatepost(capsys, "simulate", "nurturing-playbook", *who)
    table = [line[21:] for line in rehearsed.splitlines() if "  day " in line]
    assert table == [line[21:] for line in simulated.splitlines() if "  day " in line]
    assert len(table) == 6
    assert rehearsed.endswith("The simulation says the same.\n")


def test_a_disagreement_is_shown_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    sent, skipped = TimelineRow(0, "first", "sent", ""), TimelineRow(0, "first", "skipped", "late")
    with pytest.raises(SystemExit) as ended:
        judge(Rehearsal(0, [sent, sent], [skipped]))
    assert ended.value.code == 1
    assert capsys.readouterr().err == (
        "The simulation says something else:\n"
        f"  rehearsed: {sent}\n  simulated: {skipped}\n  rehearsed: {sent}\n  simulated: nothing\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nurturing-playbok"], "no such magnet, found 'nurturing-playbok'; write 'nurturing-playbook'"),
        (["nurturing-playbook", "--persona", "ful"], "no such persona, found 'ful'; write 'full'"),
    ],
)
def test_a_wrong_name_is_a_usage_error(
    site: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    code, _, complaints = gatepost(capsys, "rehearse", *arguments, "--project", str(site))
    assert code == 2
    assert complaints.endswith(f"Error: {message}\n")


def test_a_magnet_without_a_sequence_is_a_usage_error(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, complaints = gatepost(capsys, "rehearse", "leaflet", "--project", str(site))
    assert code == 2
    assert complaints.endswith(
        "Error: magnet 'leaflet' has no sequence; write 'sequence: ...' into magnets/leaflet/magnet.md, "
        "or rehearse another: checklist, nurturing-playbook, write-a-follow-up\n"
    )


def test_a_site_that_was_never_built_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = copy_example(tmp_path / "site")
    code, _, complaints = gatepost(capsys, "rehearse", "--project", str(root))
    assert code == 1
    assert complaints == f"gatepost: {root}: the site was not built yet; run 'gatepost build' there\n"
