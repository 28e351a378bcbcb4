"""Leads who confirmed elsewhere, as a CSV file of the tool that they come from: each line judged as a form would be."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gatepost_site.documents import suggestion
from gatepost_site.findings import ContentError, Finding
from gatepost_site.words.tags import is_language, normal
from gatepost_webhook.errors import GatepostError
from gatepost_webhook.intake.answers import Problems, judge
from gatepost_webhook.leads.zones import is_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from gatepost_site.magnets import Magnet
    from gatepost_site.words.languages import Languages
    from gatepost_webhook.store.submissions import Draft

#: Columns of every import; the others are the fields of the magnet's form.
EMAIL, CONFIRMED, ZONE, LANGUAGE = "email", "confirmed_at", "zone", "language"
NEEDED = (EMAIL, CONFIRMED)
#: Bytes of a file, and how many mistakes of it are told.
MAX_BYTES = 1 << 30
MOST_FINDINGS = 100


class ImportFileError(GatepostError):
    """A file cannot be read at all."""


@dataclass(frozen=True)
class Arrival:
    """Somebody who agreed to be written to, and proved their address, before they came here."""

    draft: Draft
    #: Epoch second of the proof.
    confirmed_at: int
    #: IANA name; "" when it is not known.
    zone: str


@dataclass(frozen=True)
class Reception:
    """What a file is judged by."""

    magnet: Magnet
    languages: Languages
    #: Epoch second, after which nobody can have confirmed anything.
    now: int

    def arrivals(self, path: Path, *, step: Callable[[], None]) -> list[Arrival]:
        """Return everybody in a file, calling `step` after each line.

        Raises ContentError with what is wrong with its lines: nobody is taken over then. Raises ImportFileError.
        """
        findings, found = list[Finding](), dict[str, Arrival]()
        for line, row in _rows(path, [field.name for field in self.magnet.meta.fields], step):
            try:
                arrival = self._arrival(row)
            except _Mistake as mistake:
                findings.append(Finding(str(path), line, 1, *mistake.args))
                if len(findings) == MOST_FINDINGS:
                    break
                continue
            # Of somebody who is there twice, the proof that came first counts, as it would have here.
            known = found.get(arrival.draft.canonical)
            if known is None or arrival.confirmed_at < known.confirmed_at:
                found[arrival.draft.canonical] = arrival
        if findings:
            raise ContentError(findings)
        return list(found.values())

    def _arrival(self, row: Mapping[str, str]) -> Arrival:
        language = row.get(LANGUAGE, "")
        if language and not is_language(language):
            raise _Mistake("is not a language", f"'{language}'", "its tag, as in 'en' or 'pt-BR', or nothing")
        zone = row.get(ZONE, "")
        if zone and not is_zone(zone):
            raise _Mistake("is not a time zone", f"'{zone}'", "its IANA name, as in 'Europe/Berlin', or nothing")
        judged = judge(self._lenient(language), row, self.languages.words(language or "en"))
        if isinstance(judged, Problems):
            field, sentence = next(iter(judged.sentences.items()))
            raise _Mistake(f"'{field}' is not as it has to be", f"'{row.get(field, '')}'", sentence)
        draft = replace(judged, magnet=self.magnet.slug, marketing=True, language=normal(language))
        return Arrival(draft, _instant(row.get(CONFIRMED, ""), self.now), zone)

    def _lenient(self, language: str) -> Magnet:
        """Return the magnet with nothing that has to be answered: another form asked other things."""
        magnet = self.magnet.in_language(language)
        fields = tuple(field.model_copy(update={"required": False}) for field in magnet.meta.fields)
        meta = magnet.meta.model_copy(update={"fields": fields})
        return replace(magnet, document=replace(magnet.document, meta=meta))


class _Mistake(Exception):  # noqa: N818 - it is one in a line of a file
    """What is wrong with a line, what was found, and what to write."""


def _instant(text: str, now: int) -> int:
    write = "the day or second of the confirmation, as in '2026-03-01' or '2026-03-01 14:05:00+01:00'"
    try:
        said = datetime.fromisoformat(text.strip())
        at = int((said if said.tzinfo else said.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        raise _Mistake("does not say when the address was confirmed", f"'{text}'", write) from None
    if not 0 < at <= now:
        raise _Mistake("was confirmed at no time that was", f"'{text}'", write)
    return at


def _rows(path: Path, fields: list[str], step: Callable[[], None]) -> Iterator[tuple[int, dict[str, str]]]:
    """Give each line with its number, and its cells by column."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ImportFileError(f"{path}: is larger than {MAX_BYTES >> 20} MiB; split it")
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, skipinitialspace=True, restval="")
            _check_columns(path, [name.strip() for name in reader.fieldnames or ()], fields)
            for row in reader:
                step()
                cells = {name.strip(): cell.strip() for name, cell in row.items() if name and isinstance(cell, str)}
                if any(cells.values()):
                    yield reader.line_num, cells
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ImportFileError(f"{path}: cannot be read ({error}); save it as CSV in UTF-8") from error


def _check_columns(path: Path, names: list[str], fields: list[str]) -> None:
    known = [*NEEDED, ZONE, LANGUAGE, *fields]
    findings = [
        Finding(str(path), 1, 1, "no such column", f"'{name}'", suggestion(name, known))
        for name in names
        if name not in known
    ]
    findings += [
        Finding(str(path), 1, 1, f"column '{name}' is missing", ", ".join(names), f"a first line with '{name}' in it")
        for name in NEEDED
        if name not in names
    ]
    if findings:
        raise ContentError(findings)
