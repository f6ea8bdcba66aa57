"""`worker.py console`: the job runs in a thread of the main process, which has one microphone."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.environment import ENVIRONMENT

PREPARE = """
import sys
import threading
from livekit.agents import JobExecutorType, JobProcess
import worker.conversation
from worker.app import prewarm

kind = JobExecutorType[sys.argv[1]]
process = JobProcess(executor_type=kind, user_arguments=None, http_proxy=None)
preparing = threading.Thread(target=prewarm, args=(process,))
preparing.start()
preparing.join()
assert process.userdata["settings"]
print(process.userdata.get("rehearsed"))
"""


@pytest.mark.parametrize(("kind", "rehearsed"), [("THREAD", "None"), ("PROCESS", "True")])
def test_only_a_process_of_its_own_rehearses_a_call(kind: str, rehearsed: str) -> None:
    """The console gives its microphone to the first session that begins."""
    done = subprocess.run(
        [sys.executable, "-c", PREPARE, kind],
        env={**os.environ, **ENVIRONMENT},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.split() == [rehearsed], done.stderr
