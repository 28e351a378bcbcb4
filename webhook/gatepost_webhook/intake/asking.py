"""POST /f/<magnet>: from a form to a kept submission, or to a page that says what is missing."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import Response

from gatepost_site.kind_words import button_of
from gatepost_webhook.errors import LinkError
from gatepost_webhook.intake.answers import MAX_EMAIL, Problems, judge, typed
from gatepost_webhook.intake.clients import client_key, client_of
from gatepost_webhook.intake.crowd import Crowd, Sent
from gatepost_webhook.intake.failures import refusal
from gatepost_webhook.intake.forms import check_kind, read_form
from gatepost_webhook.intake.origins import Sender, sender_of
from gatepost_webhook.intake.submit import Reworded, TooMany
from gatepost_webhook.links import Purpose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from gatepost_site.magnets import Magnet
    from gatepost_webhook.intake.desk import Desk
    from gatepost_webhook.pages import Pages
    from gatepost_webhook.store.submissions import Draft

#: Seconds that a page of ours may lie open before its form asks once more.
_NONCE_SECONDS = 3600
#: Filled in by programs only: people do not see it.
_HONEYPOT = "website"


class Asking:
    """The endpoint that forms are sent to."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._crowd = Crowd(desk)
        #: Key of a magnet -> the answer to whoever asked for it: it is the same for all.
        self._thanked: dict[str, Response] = {}
        site = "/".join(desk.site_url.split("/")[:3]).lower()
        #: Sites whose forms may post here.
        self.origins = desk.settings.origins | {site}

    async def post(self, request: Request) -> Response:
        """Check what came, keep it, and send the visitor to the thank-you page."""
        magnet = self._desk.magnet(request.path_params["magnet"])
        if magnet is None:
            raise HTTPException(404)
        multipart = check_kind(request)
        sender = sender_of(request.headers, self.origins)
        if sender is Sender.FOREIGN:
            return refusal(self._pages(magnet), 403)
        form = await read_form(request, multipart=multipart)
        client = client_of(request, self._desk.settings.trusted_proxies)
        if sender is Sender.UNTOLD:
            key = client_key(client, self._desk.settings.address_key)
            if not self._shown_by_us(magnet, key, form.get("nonce", "")):
                return self._ask_again(magnet, form, key)
        return await self.take(magnet, form, client)

    async def take(self, magnet: Magnet, form: Mapping[str, str], client: str) -> Response:
        """Judge and keep what came from one of our pages, and return what its visitor sees then."""
        if form.get(_HONEYPOT):
            return self._thanks(magnet)
        key = client_key(client, self._desk.settings.address_key)
        draft = judge(magnet, form, self._pages(magnet).words)
        if isinstance(draft, Problems):
            return self._form(magnet, form, key, draft.sentences)
        return await self._keep(magnet, form, key, draft)

    async def _keep(self, magnet: Magnet, form: Mapping[str, str], client: str, draft: Draft) -> Response:
        desk = self._desk
        match await desk.join(self._crowd, Sent(draft, client)):
            case TooMany(seconds):
                return self._too_many(magnet, seconds)
            case Reworded():
                return self._form(magnet, form, client, self._reworded(magnet))
        return self._thanks(magnet)

    def _pages(self, magnet: Magnet) -> Pages:
        return self._desk.pages.speaking(magnet.language)

    def _reworded(self, magnet: Magnet) -> dict[str, str]:
        say = self._pages(magnet).words.say
        if magnet.is_course:
            return {"agreement": say("problem.reworded_course")}
        return {"marketing": say("problem.reworded")}

    def _thanks(self, magnet: Magnet) -> Response:
        thanks = self._thanked.get(magnet.key)
        if thanks is None:
            url = self._desk.site_url + self._desk.manifest.thanks[magnet.key]
            headers = {"Location": url, "Cache-Control": "no-store"}
            thanks = self._thanked[magnet.key] = Response(status_code=303, headers=headers)
        return thanks

    def _nonce(self, magnet: Magnet, client: str) -> str:
        expires = self._desk.clock.now() + _NONCE_SECONDS
        return self._desk.links.token(Purpose.FORM, _shown_to(magnet, client), expires=expires)

    def _shown_by_us(self, magnet: Magnet, client: str, nonce: str) -> bool:
        try:
            _, shown = self._desk.links.read(nonce, [Purpose.FORM], now=self._desk.clock.now())
        except LinkError:
            return False
        return shown == _shown_to(magnet, client)

    def _ask_again(self, magnet: Magnet, form: Mapping[str, str], client: str) -> Response:
        answers = {"email": form.get("email", ""), **typed(magnet, form)}
        labels = self._labels(magnet)
        hidden = {name: form[name] for name in ("marketing", "wording", "page", _HONEYPOT) if name in form}
        return self._pages(magnet).page(
            "ask",
            action=f"/f/{magnet.key}",
            shown=[(labels[name], value) for name, value in answers.items() if value],
            values=[*answers.items(), *hidden.items()],
            nonce=self._nonce(magnet, client),
        )

    def _form(self, magnet: Magnet, form: Mapping[str, str], client: str, problems: Mapping[str, str]) -> Response:
        answers, words = typed(magnet, form), self._pages(magnet).words
        email = {
            "name": "email",
            "label": words.say("form.email"),
            "type": "email",
            "required": True,
            "autocomplete": "email",
            "help": "",
            "options": (),
            "max_length": MAX_EMAIL,
            "value": form.get("email", ""),
        }
        fields = [{**field.model_dump(), "value": answers[field.name]} for field in magnet.meta.fields]
        current = form.get("wording", "") == magnet.wording
        return self._pages(magnet).page(
            "form",
            status=400,
            title=magnet.meta.title,
            action=f"/f/{magnet.key}",
            problems=problems,
            labels=self._labels(magnet),
            fields=[email, *fields],
            consent="" if magnet.is_course else magnet.meta.consent,
            agreement=magnet.meta.consent if magnet.is_course else "",
            # A box is never ticked for words that the visitor has not seen.
            ticked=current and form.get("marketing") == "yes",
            wording=magnet.wording,
            page=form.get("page", ""),
            nonce=self._nonce(magnet, client),
            button=button_of(magnet, words, self._desk.clock.now()),
        )

    def _labels(self, magnet: Magnet) -> dict[str, str]:
        email = self._pages(magnet).words.say("form.email")
        return {"email": email, **{field.name: field.label for field in magnet.meta.fields}}

    def _too_many(self, magnet: Magnet, seconds: int) -> Response:
        pages, minutes = self._pages(magnet), -(-seconds // 60)
        if minutes < 100:
            words = pages.words.say("failure.often_minutes", count=minutes)
        else:
            words = pages.words.say("failure.often_hours", count=-(-minutes // 60))
        return pages.message(429, pages.words.say("failure.often"), words, headers={"Retry-After": str(seconds)})


def _shown_to(magnet: Magnet, client: str) -> int:
    """Return whom a nonce is for, as a row number: whoever fetches one cannot use it in somebody else's browser."""
    return int.from_bytes(hashlib.sha256(f"{magnet.slug} {client}".encode()).digest()[:6], "big")
