"""A form is answered after the disk has it, in the order of the system calls (P02)."""

from __future__ import annotations

import http.client
import re
import subprocess
import time
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests.acceptance.test_server_kill import HEADERS, Spawner
from tests.soak.sizes import FULL, report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORMS = 200
_CALLS = "pwrite64,pwritev,fdatasync,fsync,sendto,sendmsg,write,writev"
_LOG = re.compile(r"\w+\(\d+<[^>]*leads\.db-wal>")
_ANSWER = "HTTP/1.1 303 "


@pytest.mark.skipif(not FULL, reason="takes strace: part of `make soak`")
def test_an_answer_leaves_after_the_disk_has_what_it_acknowledges(tmp_path: Path) -> None:
    spawner, trace = Spawner(tmp_path), tmp_path / "trace"
    server = spawner.start()
    command = ["strace", "-f", "-y", "-s", "20", "-e", f"trace={_CALLS}", "-o", str(trace), "-p", str(server)]
    try:
        _post(spawner.port, "first@example.com")
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracing:
            _wait_until_attached(tracing)
            for number in range(FORMS):
                assert _post(spawner.port, f"lead{number}@example.com") == 303
            tracing.terminate()
    finally:
        spawner.stop(server)
        spawner.close()
    answers = list(_answers(trace.read_text(errors="replace").splitlines()))
    assert len(answers) == FORMS
    assert all(answers), f"{answers.count(False)} answers left before the disk had the submission"
    report("P02 order of system calls", answers=len(answers), before_the_disk=answers.count(False))


def _post(port: int, email: str) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("POST", "/f/guide", urlencode({"email": email}), HEADERS)
        return connection.getresponse().status


def _wait_until_attached(tracing: subprocess.Popen[str]) -> None:
    assert tracing.stderr
    said = tracing.stderr.readline()
    if "attached" not in said:
        pytest.fail(f"strace may not look at processes here: {said.strip()}")
    time.sleep(0.2)


def _answers(lines: list[str]) -> Iterator[bool]:
    """Yield for each answer whether the log was written for it, and had reached the disk after its last write."""
    written = synced = False
    unfinished: dict[str, str] = {}
    for line in lines:
        thread, _, call = line.partition(" ")
        call = call.strip()
        if call.endswith("<unfinished ...>"):
            unfinished[thread] = call
        if call.startswith("<... "):
            call = unfinished.pop(thread, "") + call
        if _ANSWER in call and "resumed>" not in call:
            yield written and synced
            written = synced = False
        elif _LOG.match(call):
            if call.startswith("pwrite"):
                written, synced = True, False
            elif call.endswith("= 0") or "= -1" in call:
                synced = written and call.endswith("= 0")
