"""What pages say of themselves in JSON-LD, held against schema.org's vocabulary."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gatepost_site.documents import Document
from gatepost_site.magnets import Magnet, MagnetMeta
from gatepost_site.seo.json_ld import graph_of, script_of
from gatepost_site.seo.metadata import metadata_of
from gatepost_site.site_pages import SiteFacts
from tests.site.seo.drawn_pages import page, site
from tests.site.seo.vocabulary import complaints

if TYPE_CHECKING:
    from gatepost_site.site_pages import Site, SitePage
    from tests.site.conftest import Drawn

ELSEWHERE = {"https://example.com/#organization": "Organization", "https://example.com/#website": "WebSite"}
HOME = page("index.md", title="Home")


def nodes(made: SitePage, of: Site) -> dict[str, dict[str, Any]]:
    graph = graph_of(metadata_of(made, of), made, of)
    pages = {f"https://example.com/{other.url}": "WebPage" for other in of.pages.values()}
    assert complaints(graph, elsewhere=ELSEWHERE | pages) == []
    return {node["@type"]: node for node in graph["@graph"]}


def magnet(**values: Any) -> Magnet:
    given = {"title": "The Gift", "description": "What it is.", "author": "Anna"} | values
    return Magnet("gift", Path("magnets/gift"), Document("magnet.md", MagnetMeta.model_validate(given), "", 1))


def landing(of: Magnet) -> dict[str, dict[str, Any]]:
    made = page("get/gift/index.md", kind="landing", magnet="gift", title="The Gift", description="What it is.")
    return nodes(made, site(HOME, made, magnets={"gift": of}))


def test_the_home_page_says_who_publishes_and_what() -> None:
    facts = SiteFacts(
        "Example", "https://example.com/", "Words.", "en", logo="a/logo.svg", profiles=("https://example.social/@me",)
    )
    home = page("index.md", title="Home")
    found = nodes(home, site(home, facts=facts))
    assert list(found) == ["Organization", "WebSite", "WebPage"]
    assert found["Organization"]["logo"]["url"] == "https://example.com/a/logo.svg"
    assert found["Organization"]["sameAs"] == ["https://example.social/@me"]


def test_other_pages_refer_to_the_home_page_and_say_the_way_to_themselves() -> None:
    guide, step = page("guide/index.md", title="Guide"), page("guide/step.md", title="Step")
    found = nodes(step, site(HOME, guide, step))
    assert list(found) == ["WebPage", "BreadcrumbList"]
    assert [(it["position"], it["name"], it["item"]["@id"]) for it in found["BreadcrumbList"]["itemListElement"]] == [
        (1, "Example", "https://example.com/"),
        (2, "Guide", "https://example.com/guide/"),
        (3, "Step", "https://example.com/guide/step/"),
    ]


def test_a_folder_without_a_page_is_no_step_on_the_way() -> None:
    step = page("guide/step.md", title="Step")
    found = nodes(step, site(HOME, step))
    assert [it["name"] for it in found["BreadcrumbList"]["itemListElement"]] == ["Example", "Step"]


def test_the_way_stays_in_one_language() -> None:
    german = page("index.de.md", url="de/", kind="home", title="Start", language="de")
    step = page("step.de.md", url="de/step/", title="Schritt", language="de")
    of = site(HOME, german, step)
    crumbs = nodes(step, of)["BreadcrumbList"]["itemListElement"]
    assert [it["item"]["@id"] for it in crumbs] == ["https://example.com/de/", "https://example.com/de/step/"]
    assert "Organization" not in nodes(german, of)


def test_addresses_may_end_in_html() -> None:
    home, guide = page("index.md", url="index.html"), page("guide/index.md", url="guide/index.html", title="Guide")
    step = page("guide/step.md", url="guide/step.html", title="Step")
    crumbs = nodes(step, site(home, guide, step))["BreadcrumbList"]["itemListElement"]
    assert [it["name"] for it in crumbs] == ["Example", "Guide", "Step"]


def test_a_post_names_its_author_and_dates() -> None:
    second = int(datetime(2026, 11, 2, tzinfo=UTC).timestamp())
    post = page("blog/one.md", kind="post", published=date(2026, 11, 1), updated=second, authors=("Anna",), tags=("a",))
    found = nodes(post, site(HOME, post))["BlogPosting"]
    assert found["author"] == [{"@type": "Person", "name": "Anna"}]
    assert (found["datePublished"], found["dateModified"]) == ("2026-11-01", "2026-11-02T00:00:00+00:00")
    assert found["publisher"] == {"@id": "https://example.com/#organization"}


def test_a_page_with_an_author_or_a_date_is_an_article_and_another_is_not() -> None:
    assert "Article" in nodes(page(authors=("Anna",)), site(HOME))
    assert "Article" in nodes(page(meta={"date": date(2026, 9, 1)}), site(HOME))
    assert "Article" not in nodes(page(), site(HOME))


def test_the_sites_own_people_are_the_organization() -> None:
    article = nodes(page(authors=("Example team",)), site(HOME))["Article"]
    assert article["author"][0]["@id"] == "https://example.com/#organization"


def test_an_ebook_is_a_book_for_nothing() -> None:
    found = landing(magnet(chapters="chapters/"))["Book"]
    assert found["offers"]["price"] == "0"
    assert found["author"] == {"@type": "Person", "name": "Anna"}


@pytest.mark.parametrize("kind", ["checklist", "template"])
def test_a_file_is_a_document(kind: str) -> None:
    found = landing(magnet(kind=kind, file="gift.pdf"))["DigitalDocument"]
    assert (found["encodingFormat"], found["url"]) == ("application/pdf", "https://example.com/get/gift/")


def test_a_course_says_who_gives_it() -> None:
    course = magnet(kind="course", sequence="gift", consent="Yes, send me the mails of the course.")
    assert landing(course)["Course"]["provider"] == {"@id": "https://example.com/#organization"}


@pytest.mark.parametrize(
    ("where", "mode", "types"),
    [
        ({"online": "https://meet.example.com/secret"}, "Online", ["VirtualLocation"]),
        ({"place": "1 High Street"}, "Offline", ["Place"]),
        (
            {"online": "https://meet.example.com/secret", "place": "1 High Street"},
            "Mixed",
            ["Place", "VirtualLocation"],
        ),
    ],
)
def test_a_webinar_is_an_event_and_its_room_stays_secret(where: dict[str, str], mode: str, types: list[str]) -> None:
    webinar = {"start": "2027-03-04 16:00", "zone": "Europe/Berlin", "duration": "45 minutes", **where}
    found = landing(magnet(webinar=webinar))["Event"]
    assert (found["startDate"], found["endDate"]) == ("2027-03-04T16:00:00+01:00", "2027-03-04T16:45:00+01:00")
    assert found["eventAttendanceMode"] == f"https://schema.org/{mode}EventAttendanceMode"
    locations = found["location"] if isinstance(found["location"], list) else [found["location"]]
    assert [it["@type"] for it in locations] == types
    assert "secret" not in json.dumps(found)


def test_text_cannot_end_the_script() -> None:
    made = page(title="</script><script>alert(1)</script> & <!-- \u2028", description="<b>")
    of = site(HOME, made)
    script = script_of(metadata_of(made, of), made, of)
    assert script.count("<") == 2
    inside = re.fullmatch(r'<script type="application/ld\+json">(.*)</script>', script)
    assert inside is not None
    assert json.loads(inside[1])["@graph"][0]["name"] == made.title


def test_the_checker_sees_what_is_wrong() -> None:
    """Every test above is worth only as much as this."""
    wrong = {"@type": "Book", "@id": "#b", "startDate": "2026-01-01", "author": {"@type": "Offer"}, "offers": "free"}
    lost = {"@type": "WebPage", "@id": "#p", "breadcrumb": {"@id": "#nowhere"}, "inLanguage": 3}
    found = complaints({"@graph": [wrong, lost, {"@type": "Bok", "@id": "#c"}]}, elsewhere={})
    assert [text.split(",")[0].split(" takes")[0] for text in found] == [
        "Book has no property 'startDate'",
        "Book.author",
        "Book.offers",
        "WebPage.breadcrumb refers to nothing: #nowhere",
        "WebPage.inLanguage",
        "no such type: 'Bok'",
    ]


def test_every_page_of_the_example_fits_the_vocabulary(example: Drawn) -> None:
    graphs = [
        json.loads(text)["@graph"]
        for file in sorted(example.public.rglob("*.html"))
        for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', file.read_text("utf-8"))
    ]
    everything = {node["@id"]: node["@type"] for graph in graphs for node in graph}
    assert [complaint for graph in graphs for complaint in complaints({"@graph": graph}, elsewhere=everything)] == []
    assert {"Organization", "WebSite", "CollectionPage", "BlogPosting", "BreadcrumbList", "Book"} <= {
        *everything.values()
    }
