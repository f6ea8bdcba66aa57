"""Uses the senses, each in a thread, and tells the session what came of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from offline.gemini.line import Hear, Think, Voice
from offline.gemini.senses import Actions, Senses
from offline.gemini.session import INTERNAL_ERROR, Session

logger = logging.getLogger(__name__)


async def use(
    senses: Senses, effect: Hear | Think | Voice, session: Session, clock: Callable[[], float]
) -> None:
    """Answer one effect; a sense that fails ends the session."""
    try:
        if isinstance(effect, Hear):
            text = await asyncio.to_thread(senses.transcribe, effect.pcm)
            session.heard(effect.utterance, text, clock())
        elif isinstance(effect, Voice):
            pcm = await asyncio.to_thread(senses.speak, effect.text)
            session.voiced(effect.reply, pcm, clock())
        else:
            actions = await asyncio.to_thread(_think, senses, effect)
            session.thought(effect.reply, actions, clock())
    except Exception:
        logger.exception("a sense failed")
        session.close(1011, INTERNAL_ERROR, clock())


def _think(senses: Senses, effect: Think) -> Actions:
    seen = senses.look(effect.frames) if effect.frames else None
    return senses.think(replace(effect.prompt, seen=seen))
