"""The webhook as an ASGI app: every route in one list, everything it needs passed in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gatepost_site.words.languages import load_languages
from gatepost_webhook.bounces.hooks import MAX_BODY, PREFIX, Hooks, hooks_of
from gatepost_webhook.built_site import BuiltSite
from gatepost_webhook.followup.topics import load_topics
from gatepost_webhook.intake.asking import Asking
from gatepost_webhook.intake.bodies import BoundedBodies
from gatepost_webhook.intake.confirming import Confirming
from gatepost_webhook.intake.desk import Desk
from gatepost_webhook.intake.doorstep import Doorstep
from gatepost_webhook.intake.downloading import Downloading
from gatepost_webhook.intake.failures import Failures, handlers
from gatepost_webhook.intake.headers import GeneralHeaders
from gatepost_webhook.intake.health import Health
from gatepost_webhook.intake.hosts import KnownHosts
from gatepost_webhook.intake.leaving import Leaving
from gatepost_webhook.intake.preferring import Preferring
from gatepost_webhook.intake.testing import Testing
from gatepost_webhook.intake.visiting import Visiting
from gatepost_webhook.intake.wordings import keep_wordings
from gatepost_webhook.links import Links
from gatepost_webhook.pages import Pages
from gatepost_webhook.store.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp

    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Manifest, Project
    from gatepost_webhook.clock import Clock
    from gatepost_webhook.followup.sequences import Sequence
    from gatepost_webhook.settings import Settings
    from gatepost_webhook.store.writer import Writer

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


def create_app(  # noqa: PLR0913 - the parts of a running Gatepost, all by name
    settings: Settings,
    *,
    project: Project,
    manifest: Manifest,
    magnets: Mapping[str, Magnet],
    sequences: Mapping[str, Sequence],
    writer: Writer,
    clock: Clock,
    extra_routes: Iterable[BaseRoute] = (),
    serve_site: bool = True,
) -> ASGIApp:
    """Return the app.

    Raises NotBuiltError when a magnet is not in the last build, SettingsError for a bad secret, StoreError when the
    database takes no writes.

    `extra_routes` come first; with `serve_site` the built site answers whatever no route takes.
    """
    pages = Pages(
        site_name=manifest.site_name,
        site_url=settings.site_at(manifest.site_url),
        languages=load_languages(project),
        language=manifest.language,
    )
    desk = Desk(
        settings=settings,
        project=project,
        manifest=manifest,
        magnets=magnets,
        sequences=sequences,
        writer=writer,
        reader=Reader(settings.database),
        clock=clock,
        links=Links(settings.base_url, settings.signing_secrets),
        pages=pages,
        topics=load_topics(project),
    )
    keep_wordings(desk)
    asking = Asking(desk)
    app = Starlette(routes=[*extra_routes, *_routes(desk, asking)], exception_handlers=handlers(pages))
    app.router.redirect_slashes = False
    if serve_site:
        # Not a route: a mount at "/" would take a wrong method's request to one of the routes, and answer 404 for 405.
        app.router.default = BuiltSite(project.public, manifest.moved)
    return _guarded(Doorstep(app, asking.post, handlers(pages)), settings, pages)


def _routes(desk: Desk, asking: Asking) -> list[BaseRoute]:
    confirming, downloading = Confirming(desk), Downloading(desk)
    leaving, testing, health = Leaving(desk), Testing(desk), Health(desk)
    preferring, visiting = Preferring(desk), Visiting(desk)
    return [
        Route("/f/{magnet}", asking.post, methods=["POST"]),
        Route("/c/{token}", _either(confirming.get, confirming.post), methods=["GET", "POST"]),
        Route("/d/{token}", _either(downloading.get, downloading.post), methods=["GET", "POST"]),
        Route("/u/{token}", _either(leaving.get, leaving.post), methods=["GET", "POST"]),
        Route(PREFIX + "{provider}", Hooks(desk).post, methods=["POST"]),
        Route("/p/{token}", _either(preferring.get, preferring.post), methods=["GET", "POST"]),
        Route("/v/{token}", _either(visiting.get, visiting.post), methods=["GET", "POST"]),
        Route("/t/{name}", _either(testing.get, testing.post), methods=["GET", "POST"]),
        Route("/healthz", health.get, methods=["GET"]),
    ]


def _either(get: Endpoint, post: Endpoint) -> Endpoint:
    """Return one endpoint for both, so that one route knows every method of its path."""

    async def endpoint(request: Request) -> Response:
        return await (post if request.method == "POST" else get)(request)

    return endpoint


def _guarded(app: ASGIApp, settings: Settings, pages: Pages) -> ASGIApp:
    """Wrap the app from the inside out, so that refusals and failures carry the headers too."""
    https = settings.base_url.startswith("https:")
    app = BoundedBodies(app, pages=pages, larger={PREFIX + name: MAX_BODY for name in hooks_of(settings)})
    app = KnownHosts(app, hosts=settings.hosts, pages=pages)
    app = Failures(app, pages=pages)
    return GeneralHeaders(app, https=https)
