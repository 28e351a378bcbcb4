"""Scores: a function of the log and of a file, kept beside the leads, and explained rule by rule."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from gatepost_site.findings import ContentError
from gatepost_site.project import Project
from gatepost_webhook.cli import gatepost
from gatepost_webhook.leads.facts import facts_of
from gatepost_webhook.leads.history import facts_at, happenings_of
from gatepost_webhook.leads.known import Known
from gatepost_webhook.leads.scores import load_scoring
from gatepost_webhook.leads.scoring import score, total
from gatepost_webhook.store.database import open_database
from gatepost_webhook.store.scores import Rise, rescore, rescore_some
from tests.webhook.leads.filled import DAY
from tests.webhook.leads.lived import ADDRESS, Life

if TYPE_CHECKING:
    from pathlib import Path

RULES = """\
rules:
  - points: 10
    event: downloaded
    at_most: 2
  - points: 8
    event: visited
    page: /pricing/
    half_life: 10 days
  - points: 5
    condition: company is set and not tagged "student"
  - points: -20
    condition: tagged "student"
"""
FIRST, SECOND, THIRD = "checklist", "ebook", "webinar"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with rules."""
    return rules(tmp_path, RULES)


@pytest.fixture
def life(tmp_path: Path) -> Life:
    """Somebody who asked, and confirmed the next day."""
    (tmp_path / "data").mkdir()
    one = Life(open_database(tmp_path / "data" / "leads.db"))
    number = one.ask(FIRST, {"company": "Bakery"})
    one.wait(1)
    one.confirm(number)
    return one


def rules(root: Path, text: str) -> Project:
    (root / "sequences").mkdir(exist_ok=True)
    (root / "sequences" / "scores.yml").write_text(text, encoding="utf-8")
    return Project.at(root)


def test_what_a_lead_does_gives_points_as_often_as_a_rule_says(project: Project, life: Life) -> None:
    for magnet in (SECOND, THIRD):
        life.confirm(life.ask(magnet, {}))
    life.visit("/")
    life.visit("/pricing/")
    facts, happenings = (
        facts_of(life.connection, life.lead, life.now),
        happenings_of(life.connection, life.lead, life.now),
    )
    shares = score(load_scoring(project), facts, happenings)
    assert [(share.points, share.times) for share in shares] == [(20, 2), (8, 1), (5, 1), (0, 0)]
    assert total(shares) == 33


def test_points_fade_by_half_in_a_half_life(project: Project, life: Life) -> None:
    life.visit("/pricing/")
    scoring = load_scoring(project)

    def visited(days: int) -> int:
        at = life.now + days * DAY
        facts = facts_at(life.connection, life.lead, at)
        assert facts is not None
        return score(scoring, facts, happenings_of(life.connection, life.lead, at))[1].points

    assert [visited(days) for days in (0, 10, 20, 100)] == [8, 4, 2, 0]


def test_who_has_confirmed_nothing_has_no_points(project: Project, tmp_path: Path) -> None:
    life = Life(open_database(tmp_path / "leads.db"))
    life.ask(FIRST, {"company": "Bakery"})
    scoring = load_scoring(project)
    assert total(score(scoring, facts_of(life.connection, life.lead, life.now), [])) == 0
    assert rescore_some(life.connection, scoring, 9, now=life.now).done == 0


def test_a_score_at_any_past_moment_is_what_it_was(project: Project, life: Life) -> None:
    scoring = load_scoring(project)
    kept: dict[int, int] = {}
    acts = [partial(life.visit, "/pricing/"), partial(life.tag, "student"), partial(life.untag, "student")]
    for act in acts:
        life.wait(3)
        act()
        rescore(life.connection, scoring, life.lead, now=life.now)
        kept[life.now] = facts_of(life.connection, life.lead, life.now).score
    again = {}
    for at in kept:
        facts = facts_at(life.connection, life.lead, at)
        assert facts is not None
        again[at] = total(score(scoring, facts, happenings_of(life.connection, life.lead, at)))
    assert again == kept
    assert list(kept.values()) == [10 + 8 + 5, 10 + 6 - 20, 10 + 5 + 5]


def test_what_a_lead_did_lifts_the_score_in_the_next_batch_and_passes_thresholds(project: Project, life: Life) -> None:
    scoring = load_scoring(project)
    first = rescore_some(life.connection, scoring, 9, now=life.now)
    assert first == (1, [Rise(life.lead, 0, 15)])
    assert first.rises[0].passed([10, 15, 20]) == [10, 15]
    assert rescore_some(life.connection, scoring, 9, now=life.now) == (0, [])
    life.visit("/pricing/")
    assert rescore_some(life.connection, scoring, 9, now=life.now).rises == [Rise(life.lead, 15, 23)]
    assert facts_of(life.connection, life.lead, life.now).score == 23


def test_ten_deliveries_of_one_event_pass_a_threshold_once(project: Project, life: Life) -> None:
    scoring = load_scoring(project)
    passed = []
    for _ in range(10):
        life.visit("/pricing/")
        for rise in rescore_some(life.connection, scoring, 9, now=life.now).rises:
            passed += rise.passed([20])
    assert passed == [20]


def test_changed_rules_give_everybody_a_new_score_and_lift_nobody_past_a_threshold(
    project: Project, life: Life, tmp_path: Path
) -> None:
    rescore_some(life.connection, load_scoring(project), 9, now=life.now)
    scoring = load_scoring(rules(tmp_path, "rules: [{points: 100, event: downloaded}]"))
    assert rescore_some(life.connection, scoring, 9, now=life.now) == (1, [])
    assert facts_of(life.connection, life.lead, life.now).score == 100
    (tmp_path / "sequences" / "scores.yml").unlink()
    assert rescore_some(life.connection, load_scoring(project), 9, now=life.now) == (1, [])
    assert facts_of(life.connection, life.lead, life.now).score == 0
    assert rescore_some(life.connection, load_scoring(project), 9, now=life.now) == (0, [])


def test_a_score_that_fades_is_worked_out_again_after_a_day(project: Project, life: Life) -> None:
    scoring = load_scoring(project)
    life.visit("/pricing/")
    rescore_some(life.connection, scoring, 9, now=life.now)
    assert rescore_some(life.connection, scoring, 9, now=life.now + DAY - 1).done == 0
    assert rescore_some(life.connection, scoring, 9, now=life.now + 10 * DAY) == (1, [])
    assert facts_of(life.connection, life.lead, life.now).score == 10 + 4 + 5


@pytest.mark.parametrize(
    ("rule", "finding"),
    [
        ("{points: 1}", "2:5: 'rules.0': a rule has an event or a condition; write 'event: downloaded' or"),
        ("{points: 1, event: opened}", "2:17: 'rules.0.event': no such choice, found 'opened'; write one of confirmed"),
        ("{points: 1, condition: score is at least 3}", "2:17: 'rules.0.condition': asks for the score itself"),
        ("{points: 1, condition: came within 3 days}", "2:17: 'rules.0.condition': asks for a time"),
        ("{points: 1, condition: in segment a}", "2:17: 'rules.0.condition': asks for a segment"),
        ("{points: 1, condition: in welcome}", "2:17: 'rules.0.condition': asks for a sequence"),
        ("{points: 1, event: visited, magnet: a}", "2:5: 'rules.0': a visit has no magnet"),
        ("{points: 1, event: confirmed, page: /}", "2:5: 'rules.0': only visits have a page"),
        ("{points: 1, condition: a is set, at_most: 2}", "2:5: 'rules.0': a condition is true or not"),
        ("{points: 1, event: downloaded, magnet: ebok}", "2:44: no such magnet, found 'ebok'; write 'ebook'"),
        ("{points: 1, condition: compny is set}", "2:28: no form asks for this field, found 'compny'; write 'company'"),
        ("{points: 1000000, event: confirmed}", "2:6: 'rules.0.points': "),
    ],
)
def test_a_rule_that_means_nothing_is_named(tmp_path: Path, rule: str, finding: str) -> None:
    with pytest.raises(ContentError) as caught:
        load_scoring(rules(tmp_path, f"rules:\n  - {rule}\n"), Known(fields={"company"}, magnets={"ebook"}))
    assert str(caught.value.findings[0]).startswith(f"sequences/scores.yml:{finding}")


def test_the_command_names_rule_and_line(project: Project, life: Life) -> None:
    life.visit("/pricing/")
    data = project.root / "data"
    options = ["--data", str(data), "--project", str(project.root)]
    (project.root / "sequences" / "scores.yml").write_text(RULES.replace("-20", "-2"), encoding="utf-8")
    result = CliRunner().invoke(gatepost, ["score", ADDRESS, "--at", "2026-11-27 09:00", *options])
    assert (
        result.output
        == """\
ada@example.org has 19 points.

   +10  sequences/scores.yml:2   downloaded: 1 of at most 2
    +4  sequences/scores.yml:5   visited /pricing/: 1 of at most 1, faded
    +5  sequences/scores.yml:9   if company is set and not tagged "student"
    +0  sequences/scores.yml:11  if tagged "student": not so
"""
    )
    early = CliRunner().invoke(gatepost, ["score", ADDRESS, "--at", "2026-11-16 10:00", *options])
    assert early.output.endswith("The address was never confirmed, so nothing counts.\n")
    assert CliRunner().invoke(gatepost, ["score", "nobody@example.org", *options]).exit_code == 2
