"""What a household shows to visitors. Apart from it, because a worker by itself needs nothing of the web."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_webhook.app import create_app

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp

    from gatepost_webhook.household import Household


def front_of(household: Household, *, extra_routes: Sequence[BaseRoute] = (), serve_site: bool = True) -> ASGIApp:
    """Return the web app on a household's writer."""
    return create_app(
        household.settings,
        project=household.parts.project,
        manifest=household.parts.manifest,
        magnets=household.parts.magnets,
        sequences=household.parts.sequences,
        writer=household.writer,
        clock=household.clock,
        extra_routes=extra_routes,
        serve_site=serve_site,
    )
