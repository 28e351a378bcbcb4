"""sequences/segments.yml: what it says, and what is said of its mistakes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gatepost_site.findings import ContentError
from gatepost_site.project import Project
from gatepost_webhook.leads.known import Known
from gatepost_webhook.leads.segments import load_segments

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = Known(
    fields={"company", "city"}, magnets={"nurturing-playbook"}, sequences={"welcome"}, tags={"customer", "beta tester"}
)


def load(tmp_path: Path, text: str) -> dict[str, str]:
    """Return name -> condition of a segments file."""
    (tmp_path / "sequences").mkdir(exist_ok=True)
    (tmp_path / "sequences" / "segments.yml").write_text(text, encoding="utf-8")
    return {name: str(one.condition) for name, one in load_segments(Project.at(tmp_path), KNOWN).items()}


def findings(tmp_path: Path, text: str) -> list[str]:
    """Return what is wrong with a segments file."""
    with pytest.raises(ContentError) as caught:
        load(tmp_path, text)
    return [str(finding) for finding in caught.value.findings]


def test_a_segment_has_a_condition_and_may_name_another(tmp_path: Path) -> None:
    assert load(
        tmp_path,
        """\
segments:
  companies:
    title: Companies
    condition: company is set and downloaded nurturing-playbook
    examples:
      - {expected: in, fields: {company: Bakery}, downloaded: nurturing-playbook}
      - {expected: out, fields: {company: Bakery}, asked: [nurturing-playbook]}
  fresh-companies:
    title: New ones
    description: Came this month.
    condition: in segment companies and came within 30 days
    examples:
      - {expected: in, fields: {company: Bakery}, downloaded: [nurturing-playbook], came: 29 days ago}
      - {expected: out, fields: {company: Bakery}, downloaded: [nurturing-playbook], came: 31 days}
""",
    ) == {
        "companies": "company is set and downloaded nurturing-playbook",
        "fresh-companies": "in segment companies and came within 30 days",
    }


def test_a_project_without_the_file_has_no_segments(tmp_path: Path) -> None:
    assert load_segments(Project.at(tmp_path)) == {}


def test_misspelt_names_are_found_where_they_stand(tmp_path: Path) -> None:
    assert findings(
        tmp_path,
        """\
segments:
  companies:
    title: Companies
    condition: compny is set and (tagged "Costumer" or downloaded nurturing-plybook)
  others:
    title: Others
    condition: >-
      company is set
      and not in segment company
      and finished welcom and tagged "ours alone"
""",
    ) == [
        "sequences/segments.yml:4:16: no form asks for this field, found 'compny'; write 'company'",
        "sequences/segments.yml:4:43: no sequence gives this tag, found 'Costumer'; write 'customer'",
        "sequences/segments.yml:4:67: no such magnet, found 'nurturing-plybook'; write 'nurturing-playbook'",
        "sequences/segments.yml:9:18: no such segment, found 'company'; write 'companies'",
        "sequences/segments.yml:10:20: no such sequence, found 'welcom'; write 'welcome'",
    ]


def test_a_mistake_in_a_condition_is_named(tmp_path: Path) -> None:
    found = findings(
        tmp_path, "segments:\n  a:\n    title: A\n    condition: company is Bakery\n    examples: [{expected: inn}]\n"
    )
    assert found[0].startswith(
        "sequences/segments.yml:4:5: 'segments.a.condition': is not a condition: "
        "'Bakery' is not understood after 'company is', found 'company is Bakery'; write 'set', 'not set', "
    )
    assert "'segments.a.examples.0.expected': no such choice, found 'inn'; write 'in'" in found[1]


def test_segments_that_name_each_other_are_refused(tmp_path: Path) -> None:
    text = "segments:\n" + "".join(
        f"  {name}:\n    title: {name}\n    condition: in segment {inner} or company is set\n"
        for name, inner in ("ab", "bc", "cb")
    )
    assert findings(tmp_path, text) == [
        "sequences/segments.yml:7:16: the segment names itself, found 'b -> c -> b'; write a condition without it",
        "sequences/segments.yml:10:16: the segment names itself, found 'c -> b -> c'; write a condition without it",
    ]


def test_segments_that_ask_too_much_together_are_refused(tmp_path: Path) -> None:
    text = "segments:\n  s0: {title: A, condition: company is set or city is set}\n" + "".join(
        f"  s{number}: {{title: A, condition: in segment s{number - 1} and not in segment s{number - 1}}}\n"
        for number in range(1, 40)
    )
    assert "the condition asks too much" in findings(tmp_path, text)[0]


def test_an_example_that_is_not_where_it_is_expected_says_why(tmp_path: Path) -> None:
    assert findings(
        tmp_path,
        """\
segments:
  companies:
    title: Companies
    condition: company is set and score is at least 20
    examples:
      - {expected: in, fields: {company: Bakery}, score: 19}
      - {expected: out, fields: {company: Bakery}, score: 20}
""",
    ) == [
        (
            f"sequences/segments.yml:{place}: the example is not {expected}, found {found}; "
            "write another example or condition"
        )
        for place, expected, found in (
            ("6:9", "in", "out, because score is not at least 20"),
            ("7:9", "out", "in, because company is set and score is at least 20"),
        )
    ]
