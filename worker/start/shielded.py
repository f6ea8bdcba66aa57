"""Shields calls from a SIGTERM that is meant for their worker; the fork server imports this first.

Service managers send it to every process of a worker. Calls are to go on to their end, which the
worker's main process sees to; and the fork server is who knows how they ended. Blocked, not
ignored: what is forked inherits that, in all its threads, and `worker.start.tether` looks at whose
signal it was.
"""

from __future__ import annotations

import signal

signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
