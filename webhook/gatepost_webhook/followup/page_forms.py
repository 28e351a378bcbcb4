"""The forms of an HTML page, read as a browser reads them: what would be sent when nobody types anything."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Control:
    """One named field of a form."""

    name: str
    #: text, email, hidden, checkbox, select, textarea ...
    kind: str
    #: What is sent: as it stands, or when the box is ticked.
    value: str = ""
    ticked: bool = False
    required: bool = False
    #: Of a select.
    options: list[str] = field(default_factory=list)


@dataclass
class PageForm:
    """One form of a page."""

    action: str
    method: str
    controls: list[Control] = field(default_factory=list)


def forms_of(html: str) -> list[PageForm]:
    """Return a page's forms, in order."""
    reader = _FormReader()
    reader.feed(html)
    return reader.forms


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(PageForm(given.get("action", ""), given.get("method", "get").lower()))
            self._open = True
        elif self._open:
            self._control(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False

    def _control(self, tag: str, given: dict[str, str]) -> None:
        controls = self.forms[-1].controls
        if tag == "option" and controls:
            value = given.get("value", "")
            controls[-1].options.append(value)
            if "selected" in given or len(controls[-1].options) == 1:
                controls[-1].value = value
        elif tag in ("input", "select", "textarea", "button") and given.get("name"):
            kind = given.get("type", "text").lower() if tag == "input" else tag
            value = given.get("value", "on" if kind in ("checkbox", "radio") else "")
            ticked, required = "checked" in given, "required" in given
            controls.append(Control(given["name"], kind, value, ticked=ticked, required=required))
