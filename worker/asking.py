"""Asks the model what was typed: once, at once, and one line after the other."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any

from livekit.agents import AgentSession, ConversationItemAddedEvent, SpeechCreatedEvent
from livekit.agents.llm import ChatMessage

logger = logging.getLogger(__name__)

TRIES = 3


class Asking:
    """Puts typed lines to the model through the session, whatever that is about to say."""

    def __init__(self, session: AgentSession[Any]) -> None:
        self._session = session
        self._turn = asyncio.Lock()
        self._begun = 0
        """Speeches so far, the model's own and those asked for."""
        session.on("speech_created", self._on_speech)

    async def ask(self, text: str) -> bool:
        """Ask what was typed, in place of what is said or about to be; tells whether it was asked.

        A reply whose asking is cut may begin all the same a moment later, and the framework takes
        that for somebody who speaks up: it throws out what waits to be asked. That is asked again;
        what was cut for another reason is not.
        """
        # RuntimeError: the session is about to end.
        with contextlib.suppress(RuntimeError):
            async with self._turn:
                for _ in range(TRIES):
                    await self._cut()
                    begun = self._begun + 1
                    """Speeches, with this one."""
                    if await self._is_asked(text):
                        return True
                    if self._begun == begun:
                        break
        logger.warning("a typed line was not asked")
        return False

    async def _cut(self) -> None:
        """Cut what is said or waits to be, and what the model begins meanwhile."""
        begun = -1
        while begun != self._begun:
            begun = self._begun
            await self._session.interrupt()

    async def _is_asked(self, text: str) -> bool:
        """Ask; tells whether that came as far as the history, from where the model has it."""
        asked: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def end(*, came: bool) -> None:
            if not asked.done():
                asked.set_result(came)

        def on_item(event: ConversationItemAddedEvent) -> None:
            item = event.item
            if isinstance(item, ChatMessage) and (item.role, item.text_content) == ("user", text):
                end(came=True)

        self._session.on("conversation_item_added", on_item)
        try:
            handle = self._session.generate_reply(user_input=text)
            handle.add_done_callback(lambda _: end(came=False))
            return await asked
        finally:
            self._session.off("conversation_item_added", on_item)

    def _on_speech(self, _: SpeechCreatedEvent) -> None:
        self._begun += 1
