"""What the service is sent through google-genai's own converters."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from google.genai.live import AsyncSession

from worker.gemini.dial import SOCKET_ERRORS

logger = logging.getLogger(__name__)

Send = Callable[[AsyncSession], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Post:
    """Something of the plugin's."""

    send: Send
    answers: bool = False
    """Whether it answers tool calls, of which only a resumed connection knows."""
    asks: bool = False
    """Whether the model owes a reply to it."""
    results: bool = False
    """Whether it tells what tools have found: a picture that was asked for goes first."""
    last: bool = False
    """Whether it waits for all audio that was heard before it."""
    lines: frozenset[str] = frozenset()
    """Ids of its items in the history: a fresh connection that gets it is not told them again."""

    async def write(self, session: AsyncSession) -> bool:
        """Write it; tells whether it could be made a message of: if not, nothing was written.

        Raises:
            SOCKET_ERRORS: the connection is broken.
        """
        try:
            await self.send(session)
        except SOCKET_ERRORS:
            raise
        except Exception as error:
            logger.error("message cannot be written", extra={"error": type(error).__name__})
            logger.debug("message cannot be written", exc_info=error)
            return False
        return True
