"""The long run: every promise at full size, in two processes side by side; `make soak` starts it.

Prints a line of figures for each promise, at the end again all together. Ends with exit code 1 when one is broken, and
with 2 when the system lacks what it takes. The tests' own output is kept in a folder that is named at the end.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.soak.parts import missing_parts

#: What waits most for the disk and for other processes, and what computes most: side by side they take turns.
LANES = {
    "processes": [
        "tests/soak/test_power_loss.py",
        "tests/soak/test_many_workers.py",
        "tests/acceptance/test_server_kill.py",
        "tests/soak/test_jumping_clock.py",
    ],
    "engine": [
        "tests/soak/test_edits.py",
        "tests/acceptance/test_worker_kill.py",
        "tests/soak/test_relays.py",
        "tests/soak/test_wall_times.py",
        "tests/soak/test_storage.py",
        "tests/soak/test_forms.py",
        "tests/webhook/followup/test_restoring.py",
        "tests/webhook/followup/test_held.py",
        "tests/webhook/intake/test_resubscribing.py",
        "tests/webhook/leads/test_erasure.py",
        "tests/webhook/leads/test_person.py",
        "tests/webhook/test_links.py",
        "tests/webhook/doctor/test_doctor.py",
    ],
}


def main() -> int:
    """Run both lanes and return the exit code."""
    if missing := missing_parts():
        print(missing, file=sys.stderr)
        return 2
    logs = Path(tempfile.mkdtemp(prefix="gatepost-soak-"))
    started = time.monotonic()
    running = {name: _start(name, files, logs) for name, files in LANES.items()}
    print(f"Every promise at full size, in {len(LANES)} processes; their output: {logs}/*.log", flush=True)
    told: list[str] = []
    while any(process.poll() is None for process in running.values()):
        time.sleep(1)
        for line in _figures(logs):
            if line not in told:
                print(f"[{time.monotonic() - started:5.0f} s] {line}", flush=True)
                told.append(line)
    print(f"\n{time.monotonic() - started:.0f} seconds in all:\n" + "\n".join(sorted(_figures(logs))))
    broken = [name for name, process in running.items() if process.returncode]
    for name in broken:
        print(f"\n{name}: broken; see {logs / name}.log", file=sys.stderr)
    return int(bool(broken))


def _start(name: str, files: list[str], logs: Path) -> subprocess.Popen[bytes]:
    # SQLite takes its time where the disk does; so each lane writes into a folder of its own.
    command = [sys.executable, "-m", "pytest", "-s", "-p", "no:cacheprovider", f"--basetemp={logs / name}", *files]
    figures = {"GATEPOST_SOAK": "full", "GATEPOST_SOAK_FIGURES": str(logs / f"{name}.figures")}
    with (logs / f"{name}.log").open("wb") as log:
        return subprocess.Popen([*command, "--durations=30"], env=os.environ | figures, stdout=log, stderr=log)


def _figures(logs: Path) -> list[str]:
    """Return what was reported so far, of each lane in its order."""
    return [line for path in sorted(logs.glob("*.figures")) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    sys.exit(main())
