from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost_webhook.leads.cells import neutral
from gatepost_webhook.leads.export import LEAD_COLUMNS, Record, write_csv

STARTS = "=+-@|\t\r\n\uff1d\uff0b\uff0d\uff20"
#: What a spreadsheet may calculate, whatever invisible characters stand before.
FORMULA = re.compile(r"^[\s\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2060\ufeff]*[=+\-@|\uff1d\uff0b\uff0d\uff20]")

typed = st.one_of(
    st.text(),
    # Unguided text seldom begins with what matters.
    st.builds(
        "".join,
        st.tuples(st.text(alphabet=" \t\u00a0\u3000\ufeff\u200b\x00", max_size=3), st.sampled_from(STARTS), st.text()),
    ),
)


def written(cells: list[str], *, raw: bool) -> list[str]:
    fields = {str(number): f"column_{number}" for number in range(len(cells))}
    record: Record = dict.fromkeys(LEAD_COLUMNS)
    record["answers"] = dict(zip(fields, cells, strict=True))
    file = io.StringIO(newline="")
    write_csv([record], file, columns=LEAD_COLUMNS, answers=fields, raw=raw)
    file.seek(0)
    _, row = csv.reader(file, strict=True)
    return row[len(LEAD_COLUMNS) :]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30 1234", "'+49 30 1234"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("|calc", "'|calc"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("\nx", "'\nx"),
        ("  =1+1", "'  =1+1"),
        ("\u3000\uff1d1", "'\u3000\uff1d1"),
        ("\ufeff=1", "'\ufeff=1"),
        ("\uff0b1", "'\uff0b1"),
        ("Ada", "Ada"),
        ("", ""),
        ("   ", "   "),
        ("'=1", "'=1"),
        ("Müller & Söhne", "Müller & Söhne"),
        ("a=1", "a=1"),
        ("a;=1+1;b", "a;'=1+1;b"),
        ('a;"=1+1;b', "a;'\"=1+1;b"),
        ("a; @SUM(A1)", "a;' @SUM(A1)"),
        ("a\n=1", "a\n'=1"),
        ("a\r\n\uff1d1", "a\r\n'\uff1d1"),
        ("a;-1+WEBSERVICE(1)", "a;'-1+WEBSERVICE(1)"),
        ("a\n- HYPERLINK(1)", "a\n'- HYPERLINK(1)"),
        ("Gates:\n- oak\n- ash; + a latch", "Gates:\n- oak\n- ash; + a latch"),
        ("=1;=1", "'=1;'=1"),
    ],
)
def test_what_a_spreadsheet_could_calculate_gets_an_apostrophe(text: str, shown: str) -> None:
    assert neutral(text) == shown


@settings(max_examples=500, deadline=None)
@given(st.lists(typed, min_size=10, max_size=20))
def test_no_cell_of_a_csv_is_a_formula(cells: list[str]) -> None:
    found = written(cells, raw=False)
    assert [cell for cell in found if FORMULA.match(cell) or cell[:1] in {"\t", "\r", "\n"}] == []
    assert [cell.replace("'", "") for cell in found] == [cell.replace("'", "") for cell in cells]


@settings(max_examples=500, deadline=None)
@given(st.lists(st.text(alphabet="=+-@|;\t\n\"' (a1\uff1d", max_size=12), min_size=1, max_size=8))
def test_no_cell_is_a_formula_where_other_marks_are_the_borders_of_cells(cells: list[str]) -> None:
    """A German spreadsheet opens the same file with a semicolon between cells."""
    file = io.StringIO(newline="")
    record: Record = {**dict.fromkeys(LEAD_COLUMNS, "x"), "answers": {str(n): cell for n, cell in enumerate(cells)}}
    write_csv([record], file, columns=LEAD_COLUMNS, answers={str(n): f"c{n}" for n in range(len(cells))}, raw=False)
    pieces = [piece.lstrip(' "') for piece in re.split(r"[;\t\r\n]", file.getvalue())]
    assert [piece for piece in pieces if re.match(r"[=@|\uff1d]|[+-](?! [a-z][a-z ]*($|\"))", piece)] == []


@settings(max_examples=500, deadline=None)
@given(st.lists(typed, min_size=10, max_size=20))
def test_raw_gives_back_every_cell_as_typed(cells: list[str]) -> None:
    assert written(cells, raw=True) == cells
