"""What people say stays out of the log at INFO and above, what looks like a secret out of all."""

from __future__ import annotations

import logging
import re
import traceback
from typing import Any

PERSONAL = "lk.pii."
"""The framework puts speech, arguments, identities and the like in fields whose name begins so."""
SECRETS = re.compile(
    r"AIza[\w-]{20,}"  # Google's keys
    r"|eyJ[\w-]+\.[\w-]+\.[\w-]+"  # tokens: LiveKit's and others'
    r"|(?<=Bearer )\S+"
    r"|(?<=[?&]key=)[^&\s]+"
    r"|(?<=x-goog-api-key: )\S+"
    r"|(?<=://)[^\s/@]*:[^\s/@]+(?=@)",  # the user and password of a database or a proxy
    re.IGNORECASE,
)
"""What looks like a secret, wherever it stands."""
OTHERS = ("ignoring text stream with topic", "ignoring byte stream with topic")
"""How LiveKit's lines begin, at INFO, that anybody in a room can have written, with words of their
own: one for each stream that nobody reads."""
HIDDEN = "[hidden]"
LOGGERS = ("livekit.agents", "livekit.plugins.google")


class Discreet(logging.Filter):
    """Takes personal fields out of records that are not for debugging."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno >= logging.INFO:
            for name in [name for name in record.__dict__ if name.startswith(PERSONAL)]:
                del record.__dict__[name]
        return True


def is_ours(record: logging.LogRecord) -> bool:
    """Whether a line is about this worker, and not what somebody in a room makes it write."""
    return not str(record.msg).startswith(OTHERS)


class Fields(dict[str, Any]):
    """What a record holds; each value that is put in it loses its secrets."""

    def __setitem__(self, name: str, value: Any) -> None:
        super().__setitem__(name, without_secrets(value))


class Guarded(logging.LogRecord):
    """A record without secrets: libraries write addresses and headers, keys and all."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # `extra` is put here by the logger when the record is made, and by nothing else.
        self.__dict__ = Fields(self.__dict__)
        try:
            said = self.getMessage()
        except Exception:
            return  # whoever writes it reports that
        if SECRETS.search(said):
            self.msg, self.args = SECRETS.sub(HIDDEN, said), ()
        if self.exc_info and self.exc_info[1] is not None:
            text = "".join(traceback.format_exception(self.exc_info[1])).rstrip()
            if SECRETS.search(text):
                self.exc_text, self.exc_info = SECRETS.sub(HIDDEN, text), None


def without_secrets(value: Any) -> Any:
    """Give a value as it is, or its text without the secrets that stand in it."""
    if value is None or isinstance(value, bool | int | float):
        return value
    try:
        said = str(value)
    except Exception:
        return value  # whoever writes it reports that
    return SECRETS.sub(HIDDEN, said) if SECRETS.search(said) else value


def keep_discreet() -> None:
    """Have this process log no secret, no words of others, and the framework's no personal field.

    Once is enough.
    """
    logging.setLogRecordFactory(Guarded)
    # LiveKit writes those lines to the root logger itself.
    logging.getLogger().addFilter(is_ours)
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(known, Discreet) for known in logger.filters):
            logger.addFilter(Discreet())
