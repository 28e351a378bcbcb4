"""/_sequences/: each message of each sequence as each persona would get it. Nothing here is sent or recorded."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from gatepost_site.findings import ContentError
from gatepost_webhook.channels.mailbox_pages import (
    MAIL_HEADERS,
    PAGE_HEADERS,
    PRIVATE,
    SANDBOX,
    linked,
    with_links_outside,
)
from gatepost_webhook.errors import RenderError
from gatepost_webhook.followup.personas import Persona, read_persona
from gatepost_webhook.foresight.step_words import rule_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from gatepost_site.project import Project
    from gatepost_webhook.followup.samples import Sample, Studio
    from gatepost_webhook.followup.steps import Sequence, Step

_HOME = "/_sequences/"
#: What the persona without a file is called: somebody who gave an address and nothing else.
NOBODY = ""


@dataclass(frozen=True)
class Choice:
    """Which mail is looked at: a step's, for a persona, in a language, with a subject."""

    sequence: str
    step: str
    persona: str
    language: str
    variant: str

    def other(self, **changed: str) -> str:
        """Return the address of the page with something else chosen."""
        chosen = {"persona": self.persona, "language": self.language, "variant": self.variant} | changed
        query = urlencode({name: value for name, value in chosen.items() if value})
        return f"{_HOME}{self.sequence}/{self.step}" + (f"?{query}" if query else "")


def sequence_routes(
    project: Project, sequences: Mapping[str, Sequence], studio: Studio, *, drawn: bool = False
) -> list[BaseRoute]:
    """Return the routes below /_sequences/ for the sequences as they are now; `drawn` says that others draw them."""
    pages = _SequencePages(project, sequences, studio, drawn=drawn)
    return [
        Route("/_sequences", pages.home, methods=["GET"]),
        Route(_HOME, pages.listing, methods=["GET"]),
        Route("/_sequences/style.css", pages.style, methods=["GET"]),
        Route("/_sequences/{sequence}/{step}", pages.mail, methods=["GET"]),
        Route("/_sequences/{sequence}/{step}/html", pages.html, methods=["GET"]),
        Route("/_sequences/{sequence}/{step}/raw", pages.raw, methods=["GET"]),
    ]


class _SequencePages:
    def __init__(self, project: Project, sequences: Mapping[str, Sequence], studio: Studio, *, drawn: bool) -> None:
        self._project = project
        self._sequences = sequences
        self._studio = studio
        self._drawn = drawn
        self._environment = Environment(
            loader=PackageLoader("gatepost_webhook.showroom", "pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters |= {"linked": linked, "rule": rule_words}

    def home(self, _: Request) -> Response:
        return RedirectResponse(_HOME, 307)

    def style(self, _: Request) -> Response:
        style = (files("gatepost_webhook.showroom") / "pages" / "showroom.css").read_text(encoding="utf-8")
        return Response(style, media_type="text/css", headers=PRIVATE)

    def listing(self, _: Request) -> Response:
        return self._page(
            "list.html", sequences=list(self._sequences.values()), spoken=self._studio.spoken, drawn=self._drawn
        )

    def mail(self, request: Request) -> Response:
        sequence, step, choice = self._chosen(request)
        try:
            sample, problem = self._sample(sequence, step, choice), ""
        except RenderError as error:
            sample, problem = None, str(error)
        text = step.message.in_language(choice.language)
        return self._page(
            "mail.html",
            sequence=sequence,
            step=step,
            choice=choice,
            sample=sample,
            problem=problem,
            personas=[NOBODY, *self._personas(sequence.slug)],
            languages=self._studio.spoken(step),
            variants=[one.name for one in text.subjects],
            query=request.url.query,
            sandbox=SANDBOX,
        )

    def html(self, request: Request) -> Response:
        sample = self._whole_sample(request)
        return HTMLResponse(with_links_outside(sample.rendered.html), headers=MAIL_HEADERS)

    def raw(self, request: Request) -> Response:
        sample = self._whole_sample(request)
        return PlainTextResponse(sample.data.decode("utf-8", "replace"), headers=PRIVATE)

    def _chosen(self, request: Request) -> tuple[Sequence, Step, Choice]:
        sequence = self._sequences.get(request.path_params["sequence"])
        step = sequence.step(request.path_params["step"]) if sequence else None
        if sequence is None or step is None or not step.is_message:
            raise HTTPException(404)
        languages = self._studio.spoken(step)
        persona, language = request.query_params.get("persona", NOBODY), request.query_params.get("language", "")
        if persona not in (NOBODY, *self._personas(sequence.slug)):
            raise HTTPException(404)
        language = language if language in languages else languages[0]
        variants = [one.name for one in step.message.in_language(language).subjects]
        variant = request.query_params.get("variant", "")
        variant = variant if variant in variants else next(iter(variants), "")
        return sequence, step, Choice(sequence.slug, step.key, persona, language, variant)

    def _whole_sample(self, request: Request) -> Sample:
        try:
            return self._sample(*self._chosen(request))
        except RenderError as error:
            # The page round it says why.
            raise HTTPException(404) from error

    def _sample(self, sequence: Sequence, step: Step, choice: Choice) -> Sample:
        persona = self._persona(choice.sequence, choice.persona)
        language, variant = choice.language, choice.variant
        return self._studio.sample(sequence, step, persona, name=choice.persona, language=language, variant=variant)

    def _personas(self, sequence: str) -> list[str]:
        return sorted(path.stem for path in (self._project.sequences / sequence / "personas").glob("*.yml"))

    def _persona(self, sequence: str, name: str) -> Persona:
        if name == NOBODY:
            return Persona()
        path = self._project.sequences / sequence / "personas" / f"{name}.yml"
        try:
            return read_persona(path, root=self._project.root)
        except ContentError as error:
            raise RenderError(str(error.findings[0])) from error

    def _page(self, template: str, **values: object) -> Response:
        return HTMLResponse(self._environment.get_template(template).render(values), headers=PAGE_HEADERS)
