"""One examination, from the machine to the DNS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_webhook.doctor.engine import examine_engine, examine_files
from gatepost_webhook.doctor.machine import examine_machine
from gatepost_webhook.doctor.reach import examine_reach
from gatepost_webhook.doctor.records import Names, examine_records
from gatepost_webhook.doctor.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gatepost_webhook.doctor.verdicts import Patient


def examine(
    patient: Patient, *, offline: bool, selectors: Sequence[str] = (), names: Names | None = None
) -> Iterator[Verdict]:
    """Look at everything; `offline` asks neither the DNS nor the public address."""
    yield from examine_machine(patient)
    yield from examine_engine(patient)
    yield from examine_files(patient)
    if offline:
        return
    if patient.is_known_outside:
        yield from examine_records(patient, names or Names(), selectors=selectors)
        yield from examine_reach(patient)
    else:
        advice = "set GATEPOST_MAIL_FROM and GATEPOST_BASE_URL; then DNS and address are looked at"
        yield Verdict("outside", "warn", "not looked at: sender and address are those of a trial", advice)
