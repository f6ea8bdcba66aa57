"""What the demo's caller says, shows and types in about a minute, and what must come of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable

from offline.caller import QR_TEXT, Caller
from offline.chronicle import Chronicle
from offline.errors import DemoError
from offline.keepsakes import Keepsakes
from offline.witness import Reply

GREETING_TIMEOUT = 25.0
REPLY_TIMEOUT = 30.0
REST_TIMEOUT = 8.0
ATTEMPTS = 3
BREATH = 0.6
"""Seconds a person takes before speaking again."""
STORY_HEARD = 3.5
"""Seconds of the story before the caller interrupts."""
STOP_LIMIT = 2.0
"""Seconds in which an interrupted agent must fall silent (the tests hold the tight figure)."""


class Script:
    """The demo's conversation, step by step."""

    def __init__(self, caller: Caller, chronicle: Chronicle, keepsakes: Keepsakes) -> None:
        self._caller = caller
        self._chronicle = chronicle
        self._keepsakes = keepsakes

    async def play(self) -> None:
        """Hold the whole conversation.

        Raises:
            DemoError: something that must come did not; says what came instead.
        """
        steps: tuple[Callable[[], Awaitable[None]], ...] = (
            self.be_greeted,
            self.show_something,
            self.ask_the_time,
            self.type_a_question,
            self.set_a_timer,
            self.ask_to_look_closer,
            self.interrupt_a_story,
            self.say_goodbye,
        )
        for step in steps:
            try:
                await step()
            except TimeoutError as error:
                name = step.__name__.replace("_", " ")
                raise DemoError(f"while trying to {name}: {error}") from error
            await asyncio.sleep(BREATH)

    async def be_greeted(self) -> None:
        """The agent speaks first."""
        reply = await self._caller.wait_for_reply(self._caller.joined_at, GREETING_TIMEOUT)
        self._keepsakes.keep_reply("greeting", reply)

    async def show_something(self) -> None:
        """The text of the code in the camera comes back in the agent's words."""
        reply = await self._ask("what do you see")
        said = reply.text
        if not _contains(said, QR_TEXT):
            said += await self._rest_after(reply)
        if not _contains(said, QR_TEXT):
            raise DemoError(f"the agent did not read {QR_TEXT} in the camera; it said: {said}")

    async def ask_the_time(self) -> None:
        """A tool runs."""
        await self._ask("what time is it", tool="get_time")

    async def type_a_question(self) -> None:
        """Typed text is answered aloud."""
        text, since = "Who are you?", self._caller.clock()
        self._chronicle.type(text)
        await self._caller.type(text)
        reply = await self._caller.wait_for_reply(since, REPLY_TIMEOUT)
        self._keepsakes.keep_reply("typed question", reply)

    async def set_a_timer(self) -> None:
        """The tool answers at once, and the agent speaks up by itself when the time is over."""
        confirmed = await self._ask("set a timer for five seconds", tool="set_timer")
        due = await self._caller.wait_for_reply(confirmed.last_sound + 0.01, REPLY_TIMEOUT)
        self._keepsakes.keep_reply("timer is up", due)

    async def ask_to_look_closer(self) -> None:
        """A full-size picture is fetched on request."""
        await self._ask("look closer", tool="look")

    async def interrupt_a_story(self) -> None:
        """The agent falls silent when the caller speaks."""
        caller = self._caller
        self._chronicle.say("tell me a long story")
        asked = await caller.say("tell me a long story")
        first = await caller.wait_for_sound(asked.last_loud, REPLY_TIMEOUT)
        await asyncio.sleep(STORY_HEARD)
        self._chronicle.say("stop")
        cut = await caller.say("stop")
        silent = await caller.wait_for_quiet(0.3, REPLY_TIMEOUT)
        if silent - cut.first_loud > STOP_LIMIT:
            late = silent - cut.first_loud
            raise DemoError(f"the agent spoke on for {late:.1f} s after it was interrupted")
        story = Reply(
            first_sound=first, last_sound=silent, text="", sounds=caller.heard(first, silent)
        )
        self._keepsakes.keep_reply("interrupted story", story)
        reply = await caller.wait_for_reply(silent + 0.01, REPLY_TIMEOUT)
        self._keepsakes.keep_reply("after the interruption", reply)

    async def say_goodbye(self) -> None:
        """The last word is friendly."""
        await self._ask("thank you")

    async def _ask(self, text: str, *, tool: str = "") -> Reply:
        """Say it and hear the reply out; the tool, if one is named, must have done its work.

        Who is not understood says it again, as people do: on a busy machine words get lost.
        """
        for attempt in range(ATTEMPTS):
            since = self._caller.clock()
            self._chronicle.say(text)
            spoken = await self._caller.say(text)
            reply = await self._caller.wait_for_reply(spoken.last_loud, REPLY_TIMEOUT)
            self._keepsakes.keep_reply(text, reply)
            if not tool or self._was_done(tool, since):
                return reply
            if attempt + 1 < ATTEMPTS:
                await asyncio.sleep(BREATH)
        raise DemoError(f"asked {text!r}, the agent did not use {tool}; it said: {reply.text}")

    async def _rest_after(self, cut: Reply) -> str:
        """Return what a reply that a lost connection has cut goes on with; nothing if it does not.

        A scenario may end a connection in mid-sentence.
        """
        try:
            rest = await self._caller.wait_for_reply(cut.last_sound + 0.01, REST_TIMEOUT)
        except TimeoutError:
            return ""
        self._keepsakes.keep_reply("the rest of it", rest)
        return f" {rest.text}"

    def _was_done(self, tool: str, since: float) -> bool:
        return any(
            (message.type, message.body.get("name"), message.body.get("status"))
            == ("tool", tool, "done")
            for message in self._caller.messages
            if message.at >= since
        )


def _contains(text: str, code: str) -> bool:
    """Tell whether the words hold the code, whatever the captions did to its punctuation."""

    def bare(words: str) -> str:
        return re.sub(r"[^a-z0-9]", "", words.lower())

    return bare(code) in bare(text)
