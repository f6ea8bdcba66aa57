"""What people say stays out of the log at INFO and above."""

from __future__ import annotations

import logging

PERSONAL = "lk.pii."
"""The framework puts speech, arguments, identities and the like in fields whose name begins so."""
LOGGERS = ("livekit.agents", "livekit.plugins.google")


class Discreet(logging.Filter):
    """Takes personal fields out of records that are not for debugging."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno >= logging.INFO:
            for name in [name for name in record.__dict__ if name.startswith(PERSONAL)]:
                del record.__dict__[name]
        return True


def keep_discreet() -> None:
    """Have the framework's loggers of this process leave personal fields out; once is enough."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(known, Discreet) for known in logger.filters):
            logger.addFilter(Discreet())
