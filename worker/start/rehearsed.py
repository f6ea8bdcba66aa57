"""Rehearses when it is imported: a fork server imports modules and calls nothing.

Every job process is forked from what is ready then, so that none of them spends 0.2 s of a core on
it, least of all the next idle one while a call begins beside it.
"""

from __future__ import annotations

import gc
import ssl

from worker.start.rehearsal import rehearse

tls = ssl.create_default_context()
"""What every connection of every call is verified with; the certificates are read once."""

rehearse(tls)
# What is there now stays: a collection would walk all of it for 0.2 s, here and in each process.
gc.freeze()
gc.enable()
