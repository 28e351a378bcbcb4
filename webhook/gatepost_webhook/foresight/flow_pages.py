"""/_flows/<slug>: what a sequence looks like, in the team's own preview; the public site has no such page."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from gatepost_site.findings import ContentError
from gatepost_webhook.followup.personas import read_persona
from gatepost_webhook.followup.sequences import load_sequence
from gatepost_webhook.foresight.drawing import STYLE, draw
from gatepost_webhook.foresight.mermaid import flowchart
from gatepost_webhook.foresight.sequence_picture import sequence_picture
from gatepost_webhook.foresight.timeline import timeline
from gatepost_webhook.foresight.trials import magnet_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Project
    from gatepost_webhook.clock import Clock
    from gatepost_webhook.followup.steps import Sequence
    from gatepost_webhook.foresight.timeline import Timeline

#: Days for which a persona is followed.
_DAYS = 400


def flow_routes(project: Project, magnets: Mapping[str, Magnet], clock: Clock) -> list[BaseRoute]:
    """Return the routes of the flows of a project's sequences, drawn as the files stand at the moment."""
    pages = _FlowPages(project, magnets, clock)
    return [
        Route("/_flows", pages.all, methods=["GET"]),
        Route("/_flows/", pages.all, methods=["GET"]),
        Route("/_flows/{slug}", pages.one, methods=["GET"]),
    ]


class _FlowPages:
    def __init__(self, project: Project, magnets: Mapping[str, Magnet], clock: Clock) -> None:
        self._project = project
        self._magnets = magnets
        self._clock = clock
        self._style = (files("gatepost_webhook.foresight") / "pages" / "flow.css").read_text(encoding="utf-8")
        self._environment = Environment(
            loader=PackageLoader("gatepost_webhook.foresight", "pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )

    def all(self, _: Request) -> Response:
        slugs = sorted(path.parent.name for path in self._project.sequences.glob("*/sequence.yml"))
        return self._page("flows.html", slugs=slugs)

    def one(self, request: Request) -> Response:
        slug = request.path_params["slug"]
        path = self._project.sequences / slug / "sequence.yml"
        # A name with a slash cannot come here, and one with dots has no sequence.yml of ours beside the others.
        if slug.startswith(".") or not path.is_file():
            raise HTTPException(404)
        folder = path.parent / "personas"
        personas = sorted(file.stem for file in folder.glob("*.yml"))
        persona = request.query_params.get("persona", "")
        if persona and persona not in personas:
            raise HTTPException(404)
        try:
            sequence = load_sequence(path, self._project, self._magnets)
            followed = self._followed(sequence, persona) if persona else None
        except ContentError as error:
            return self._page("flow.html", title=slug, findings=error.findings)
        picture = sequence_picture(sequence, self._magnets, followed)
        return self._page(
            "flow.html",
            title=sequence.title,
            findings=(),
            personas=personas,
            persona=persona,
            drawing=Markup(draw(picture)),  # noqa: S704 - escaped where it is drawn
            sentences=picture.sentences,
            mermaid=flowchart(picture),
            timeline=_as_text(followed) if followed else "",
        )

    def _followed(self, sequence: Sequence, persona: str) -> Timeline:
        path = self._project.sequences / sequence.slug / "personas" / f"{persona}.yml"
        someone = read_persona(path, root=self._project.root)
        magnet = magnet_of(sequence.slug, self._magnets)
        return timeline(sequence, someone, start=self._clock.now(), days=_DAYS, magnet=magnet)

    def _page(self, template: str, **values: object) -> Response:
        page = self._environment.get_template(template).render(style=Markup(self._style), **values)  # noqa: S704 - ours
        return HTMLResponse(page, headers=_headers(self._style, STYLE))


def _as_text(line: Timeline) -> str:
    return "\n".join(
        f"{line.local(row.at)}  {' '.join(filter(None, (row.step, row.action)))}"
        + (f" ({words})" if (words := line.words(row)) else "")
        for row in line.rows
    )


def _headers(*styles: str) -> dict[str, str]:
    """Return headers under which nothing runs, nothing is loaded, and only these styles count."""
    hashes = " ".join(f"'sha256-{b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" for style in styles)
    policy = f"default-src 'none'; style-src {hashes}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
        "X-Frame-Options": "DENY",
    }
