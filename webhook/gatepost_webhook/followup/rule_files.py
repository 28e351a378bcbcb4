"""What a sequence.yml says of the whole sequence, with the holidays of another file."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from gatepost_site.documents import load_yaml, position_in, read_text, shown
from gatepost_site.findings import ContentError, Finding
from gatepost_webhook.followup.rules import Rules
from gatepost_webhook.followup.windows import MIDNIGHT, Window

if TYPE_CHECKING:
    from gatepost_site.project import Project
    from gatepost_webhook.followup.formats import SequenceMeta
    from gatepost_webhook.followup.positions import Positions
    from gatepost_webhook.followup.rule_formats import WindowMeta


def read_rules(meta: SequenceMeta, positions: Positions, project: Project) -> tuple[Rules, list[Finding]]:
    """Return the rules of a sequence, and the mistakes in its holidays."""
    window, findings = None, list[Finding]()
    if meta.window:
        try:
            window = _window(meta.window, positions, project)
        except ContentError as error:
            findings += error.findings
    rules = Rules(
        enter=tuple(entry.trigger for entry in meta.enter),
        again=meta.again,
        leave=tuple(entry.trigger for entry in meta.leave),
        window=window,
        at_most=meta.at_most,
        gap=meta.gap,
        priority=meta.priority,
        on_change=meta.on_change,
        reopen=meta.reopen,
    )
    return rules, findings


def _window(meta: WindowMeta, positions: Positions, project: Project) -> Window:
    if isinstance(meta.holidays, str):
        holidays = _listed(meta.holidays, positions, project)
    else:
        holidays = frozenset(map(date.fromisoformat, meta.holidays))
    return Window(frozenset(meta.days or range(7)), *(meta.hours or (0, MIDNIGHT)), holidays)


def _listed(name: str, positions: Positions, project: Project) -> frozenset[date]:
    """Read a file of holidays: a day and what it is called on each line. Raises ContentError."""
    path = project.sequences / name
    file = shown(path, project.root)
    if not path.is_file():
        where = ("window", "holidays")
        raise ContentError([positions.finding(where, "no such file", f"'{name}'", f"the days in {file}, or here")])
    loaded = load_yaml(read_text(path, file), file, first_line=1)
    days, findings = set(), []
    for key in loaded:
        try:
            days.add(key if type(key) is date else date.fromisoformat(str(key)))
        except ValueError:
            place = position_in(loaded, (key,), 1)
            findings.append(Finding(file, *place, "is not a day", f"'{key}'", "a line as '2026-12-25: Christmas Day'"))
    if findings:
        raise ContentError(findings)
    return frozenset(days)
