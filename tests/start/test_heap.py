"""Memory of large blocks goes back to the system, in processes that begin with nothing."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

HOLES = """
import sys
import psutil
from worker.start.heap import give_back

if sys.argv[1] == "given back":
    assert give_back()
largest = bytearray(24 << 20)
del largest
frames = [bytearray(b"x") * (1 << 20) for _ in range(64)]
before = psutil.Process().memory_info().rss
del frames[::2]
print((before - psutil.Process().memory_info().rss) >> 20)
"""


def freed(how: str) -> int:
    """MB that a process has less when every other one of 64 blocks of 1 MB is gone."""
    done = subprocess.run([sys.executable, "-c", HOLES, how], capture_output=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="only glibc can be told")
def test_every_block_goes_back_and_by_itself_none() -> None:
    assert freed("given back") >= 30
    assert freed("as it is") <= 8, "or this module could go"
