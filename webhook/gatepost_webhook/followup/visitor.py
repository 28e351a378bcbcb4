"""A visitor as a program: opens pages, fills forms in, reads mail and presses buttons, over HTTP like anybody else."""

from __future__ import annotations

import email
import re
from email import policy
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Self
from urllib.parse import urljoin, urlsplit

import httpx2

from gatepost_webhook.errors import GatepostError
from gatepost_webhook.followup.page_forms import Control, PageForm, forms_of

if TYPE_CHECKING:
    from gatepost_webhook.followup.personas import Persona

#: Seconds; everything happens on this machine.
_PATIENCE = 30
_ONE_CLICK = {"List-Unsubscribe": "One-Click"}


class VisitError(GatepostError):
    """Something did not work as it should for a visitor."""


class Visitor:
    """Acts on the server at `address`, such as "http://127.0.0.1:8000". Use as a context manager."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._http = httpx2.Client(base_url=address, trust_env=False, timeout=_PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._http.close()

    def ask(self, page: str, magnet: str, persona: Persona) -> str:
        """Fill in a landing page's form, send it, and return the path of the thank-you page. Raises VisitError."""
        html = self._page(page)
        form = next((form for form in forms_of(html) if urlsplit(form.action).path == f"/f/{magnet}"), None)
        if form is None:
            raise VisitError(f"{page}: no form that posts to /f/{magnet}; build the site again with 'gatepost build'")
        answer = self._http.post(
            # The site may be built for the public address of the webhook; here it is sent to the one of this rehearsal.
            urlsplit(form.action).path,
            data=_filled(form, persona, page),
            headers={"Origin": self._address, "Referer": self._address + page},
        )
        if answer.status_code != 303:
            raise VisitError(f"{page}: the form was answered with {_said(answer)}; expected 303 to the thank-you page")
        thanks = urljoin(self._address, answer.headers["Location"])
        self._page(thanks)
        return urlsplit(thanks).path

    def press(self, link: str) -> bytes:
        """Open a confirmation mail's link, press the button on its page, and return the file. Raises VisitError."""
        return _file(self._pressed(link))

    def press_through(self, link: str) -> str:
        """Press the button behind a confirmation mail's link, and return the next page's heading. Raises VisitError."""
        answer = self._pressed(link)
        if answer.status_code != 200 or not answer.headers.get("Content-Type", "").startswith("text/html"):
            raise VisitError(f"the button was answered with {_said(answer)}; expected a page")
        return _heading(answer)

    def _pressed(self, link: str) -> httpx2.Response:
        html = self._page(link)
        form = next((form for form in forms_of(html) if form.method == "post"), None)
        if form is None:
            raise VisitError(f"{urlsplit(link).path[:3]}...: the page has no button")
        data = {control.name: control.value for control in form.controls}
        return self._http.post(urljoin(link, form.action), data=data, headers={"Origin": self._address})

    def fetch(self, link: str) -> bytes:
        """Fetch a file by a mail's link. Raises VisitError."""
        return _file(self._http.get(self._own(link)))

    def leave(self, link: str) -> None:
        """Unsubscribe as a mail program does it, in one click (RFC 8058). Raises VisitError."""
        answer = self._http.post(self._own(link), data=_ONE_CLICK)
        if answer.status_code != 200:
            raise VisitError(f"unsubscribing was answered with {_said(answer)}; expected 200")

    def _page(self, path: str) -> str:
        answer = self._http.get(self._own(path))
        if answer.status_code != 200 or not answer.headers.get("Content-Type", "").startswith("text/html"):
            raise VisitError(f"{_shown(path)}: was answered with {_said(answer)}; expected a page")
        return answer.text

    def _own(self, url: str) -> str:
        whole = urljoin(self._address, url)
        if not whole.startswith(self._address + "/"):
            raise VisitError(f"{_shown(url)}: leads away from {self._address}")
        return whole


def link_in(data: bytes, path: str) -> str | None:
    """Return the first link of a mail's HTML whose path starts with `path`, such as "/c/"."""
    message = email.message_from_bytes(data, policy=policy.default)
    part = message.get_body(("html",))
    reader = _Links()
    reader.feed(part.get_content() if part else "")
    return next((link for link in reader.links if urlsplit(link).path.startswith(path)), None)


def way_out(data: bytes) -> str:
    """Return the address in a mail's List-Unsubscribe. Raises VisitError."""
    message = email.message_from_bytes(data, policy=policy.compat32)
    found = re.match(r"\s*<(https?://[^>\s]+)>", str(message.get("List-Unsubscribe", "")))
    if found is None:
        raise VisitError(f"mail {message.get('Subject', '')!r}: no address in List-Unsubscribe")
    return found[1]


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value for name, value in attrs if tag == "a" and name == "href" and value]


def _filled(form: PageForm, persona: Persona, page: str) -> dict[str, str]:
    data = {}
    for control in form.controls:
        value = _answer(control, persona)
        if value is None:
            continue
        if control.required and not value:
            raise VisitError(f"{page}: {control.name!r} must be answered; write '{control.name}: ...' in the persona")
        data[control.name] = value
    return data


def _answer(control: Control, persona: Persona) -> str | None:
    """Return what the persona sends for a field, None when nothing."""
    if control.kind == "checkbox":
        ticked = persona.marketing if control.name == "marketing" else control.ticked
        return control.value if ticked else None
    if control.kind == "button":
        return None
    if control.name == "email":
        return persona.email
    return persona.fields.get(control.name, control.value)


def _file(answer: httpx2.Response) -> bytes:
    if answer.status_code != 200 or not answer.headers.get("Content-Disposition", "").startswith("attachment"):
        raise VisitError(f"the download was answered with {_said(answer)}; expected a file")
    content: bytes = answer.content
    return content


def _said(answer: httpx2.Response) -> str:
    kind = answer.headers.get("Content-Type", "nothing").partition(";")[0]
    heading = _heading(answer) if kind == "text/html" else ""
    return f"{answer.status_code} {heading or kind}"


def _heading(answer: httpx2.Response) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", answer.text, re.DOTALL)
    return unescape(found[1].strip()) if found else ""


def _shown(url: str) -> str:
    """Return a path as messages may show it: tokens stay out of terminals and logs."""
    return re.sub(r"^(/[cdu]/).*", r"\1...", urlsplit(url).path)
