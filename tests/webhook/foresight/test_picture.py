"""A flow as Mermaid and as SVG, from one and the same picture."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations, pairwise
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from gatepost_webhook.foresight.drawing import STYLE, draw
from gatepost_webhook.foresight.layout import WIDTH, lay_out
from gatepost_webhook.foresight.mermaid import flowchart
from gatepost_webhook.foresight.picture import Box, Note, Picture, Way

SVG = "{http://www.w3.org/2000/svg}"
PARTED = Picture(
    "After the <checklist> & more",
    (
        Box("start", "Start"),
        Box(
            "choice",
            "size",
            before="after 1 day",
            ways=(
                Way('company is "Bakery"', (Box("message", "large", ("For <b>bakers</b>",), mark="sent"),)),
                Way("otherwise"),
                Way("others", (Box("end", "Stopped"),)),
            ),
        ),
        Box("message", "last", before="after 2 days"),
        Box("end", "End"),
    ),
)


def test_mermaid_joins_ways_again_and_quotes_what_would_be_read_as_its_own() -> None:
    assert flowchart(PARTED) == (
        "flowchart TD\n"
        "  accTitle: After the #lt;checklist#gt; #amp; more\n"
        '  n1(["Start"])\n'
        '  n2{{"size"}}\n'
        '  n1 -->|"after 1 day"| n2\n'
        '  n3["large<br>For #lt;b#gt;bakers#lt;/b#gt;<br>sent"]:::done\n'
        '  n2 -->|"company is #quot;Bakery#quot;"| n3\n'
        '  n4(["Stopped"])\n'
        '  n2 -->|"others"| n4\n'
        '  n5["last"]\n'
        '  n3 -->|"after 2 days"| n5\n'
        '  n2 -->|"otherwise, after 2 days"| n5\n'
        '  n6(["End"])\n'
        "  n5 --> n6\n"
        "  classDef done stroke-width:3px\n"
    )


NOTES = (Note("When mails go", ("Monday to Friday",)), Note("Ends early", ("tagged 'customer'",), ends=True))


def test_mermaid_hangs_what_holds_all_the_time_on_the_beginning_and_on_the_end() -> None:
    chart = flowchart(Picture("After", (Box("start", "Start"), Box("message", "one"), Box("end", "End")), NOTES))
    assert chart.splitlines()[-5:-1] == [
        '  r1>"When mails go<br>Monday to Friday"]',
        "  r1 -.- n1",
        "  r2>\"Ends early<br>tagged 'customer'\"]",
        "  r2 -.-> n3",
    ]


def test_notes_stand_above_the_flow_side_by_side_where_there_is_room() -> None:
    narrow = lay_out(Picture("After", (Box("start", "Start"), Box("end", "End")), NOTES)).boxes
    assert [box.shape for box in narrow] == ["note", "note", "start", "end"]
    assert narrow[0].x == narrow[1].x == narrow[2].x
    first, second, start = lay_out(replace(PARTED, notes=NOTES)).boxes[:3]
    assert first.y == second.y < start.y
    assert first.x < start.x < second.x


def test_the_drawing_says_in_words_what_it_shows() -> None:
    root = ElementTree.fromstring(draw(PARTED))
    title, described = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert described is not None
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {described.get('id')}"
    assert title.text == "After the <checklist> & more"
    assert described.text == (
        'Start. After 1 day, size. Way company is "Bakery": Large, For <b>bakers</b>, sent. '
        "Way otherwise: On at once. Way others: Stopped. The ways join. After 2 days, last. End."
    )


def test_the_drawing_can_be_read_in_the_light_and_in_the_dark() -> None:
    """WCAG 2.2, 1.4.3: every text on every ground that it stands on, and 1.4.11 for frames."""
    light, dark = (dict(re.findall(r"--([a-z]+):(#[0-9a-f]+)", part)) for part in STYLE.split("@media"))
    for colours in (light, dark):
        for ground in ("ground", "message", "choice", "action", "end"):
            for ink in ("ink", "soft", "done"):
                assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
        assert contrast(colours["rule"], colours["ground"]) >= 3


BOXES = st.recursive(
    st.builds(Box, st.sampled_from(["message", "wait", "end"]), st.text(max_size=90)).map(lambda box: (box,)),
    lambda inner: st.lists(
        st.builds(
            Box,
            st.just("choice"),
            st.text(max_size=20),
            ways=st.lists(st.builds(Way, st.text(max_size=60), inner | st.just(())), min_size=1, max_size=3).map(tuple),
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
    max_leaves=8,
)


@given(BOXES)
def test_no_box_lies_on_another_and_all_are_within_the_drawing(boxes: tuple[Box, ...]) -> None:
    layout = lay_out(Picture("Any", (Box("start", "Start"), *boxes)))
    for box in layout.boxes:
        assert WIDTH / 2 <= box.x <= layout.width - WIDTH / 2
        assert 0 <= box.y <= box.y + box.height <= layout.height
    for one, other in combinations(layout.boxes, 2):
        apart = abs(one.x - other.x) >= WIDTH or one.y + one.height <= other.y or other.y + other.height <= one.y
        assert apart, (one, other)
    for line in layout.lines:
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(line.points)), "right angles only"


@given(BOXES, st.text(max_size=40))
def test_whatever_is_written_the_drawing_is_xml_and_the_chart_has_one_statement_a_line(
    boxes: tuple[Box, ...], title: str
) -> None:
    picture = Picture(title, (Box("start", title, (title,)), *boxes))
    ElementTree.fromstring(draw(picture))
    for line in flowchart(picture).splitlines()[2:-1]:
        assert re.fullmatch(r'  n\d+(\W{1,2}"[^"]*"\W{1,2}(:::done)?| -->(\|"[^"]*"\|)? n\d+)', line), line


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(char * 2 for char in colour[1:])
    parts = [int(digits[index : index + 2], 16) / 255 for index in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
