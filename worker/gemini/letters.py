"""What the service is told in words: the plugin's posts, the history, the request to go on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from google.genai import types
from google.genai.live import AsyncSession

from worker.gemini.calls import Calls
from worker.gemini.history import SIGHT_LOST, History, Said, continuation
from worker.gemini.mail import Mail
from worker.gemini.memoir import Memoir, as_text
from worker.gemini.moves import Step
from worker.gemini.outbound import Shot
from worker.gemini.posts import Post

MOST_SHOTS = 32
"""Tool calls whose pictures are remembered: as many as may run at a time."""
STOP = (
    "(A note from the call itself, not from the user: somebody has pressed stop. Say no more of"
    " this, and wait until you are spoken to.)"
)


@dataclass(slots=True)
class Letters:
    """Puts in the mail what is to be said, each thing once, whatever becomes of connections."""

    mail: Mail
    history: History = field(default_factory=History)
    _memoir: Memoir = field(init=False)
    spoken_of_next: bool = False
    """Whether the next reply is about a tool's result: nothing was said since that was posted."""
    _calls: Calls = field(default_factory=Calls)
    _answered: set[str] = field(default_factory=set)
    """Calls whose answers were written to the present connection."""
    _shots: dict[str, Shot] = field(default_factory=dict)
    """The pictures that the results of calls speak of."""

    def __post_init__(self) -> None:
        self._memoir = Memoir(self.history)

    def say(self, turns: Any, *, turn_complete: bool) -> Iterator[Step]:
        """Send content; tells what that is for the talk."""
        self.mail.post(
            Post(
                lambda s: s.send_client_content(turns=turns, turn_complete=turn_complete),
                asks=turn_complete,
                lines=self._memoir.on_content(turns or []),
            )
        )
        if turn_complete:
            self.spoken_of_next = False
            yield Step.ASKED

    def answer(self, responses: Sequence[types.FunctionResponse]) -> Iterator[Step]:
        """Send results of tools but for those of cancelled calls; tells what that is for the talk.

        A call whose connection is lost with all it knew is answered as text, and so is one without
        an id, which google-genai would not send.
        """
        nameless = [response for response in responses if not response.id]
        wanted, orphaned = self._calls.sort(response for response in responses if response.id)
        yield from (Step.WITHDRAWN for _ in nameless)
        for response in orphaned + nameless:
            yield self._tell(response)
        if not wanted:
            return
        self.spoken_of_next = True
        self.mail.post(
            Post(
                lambda s: self._deliver(s, wanted),
                answers=True,
                asks=True,
                results=True,
                lines=self._memoir.on_results(self._lasting(wanted)),
            )
        )
        for _ in wanted:
            yield Step.ANSWERED

    def _tell(self, response: types.FunctionResponse) -> Step:
        self.mail.post(
            Post(
                lambda s: s.send_client_content(
                    turns=_content(Said("user", as_text(self._true(response)))), turn_complete=True
                ),
                asks=True,
                results=True,
                lines=self._memoir.on_told(self._lasting([response])),
            )
        )
        self.spoken_of_next = False
        return Step.ASKED

    def show(self, call_id: str, shot: Shot) -> None:
        """A picture goes to the model of which the result of this call will speak."""
        self._shots[call_id] = shot
        if len(self._shots) > MOST_SHOTS:
            del self._shots[next(iter(self._shots))]

    def _true(self, response: types.FunctionResponse) -> types.FunctionResponse:
        """The result as it holds now: a picture it speaks of may never have been seen."""
        shot = self._shots.get(response.id or "")
        return _sightless(response) if shot and shot.fate == "lost" else response

    def _lasting(self, responses: list[types.FunctionResponse]) -> list[types.FunctionResponse]:
        """Results as they hold for a fresh connection, which has none of the pictures."""
        return [_sightless(one) if one.id in self._shots else one for one in responses]

    def has_answer(self, call_id: str) -> bool:
        """Whether the answer to a call waits, or was written to the present connection."""
        return call_id in self._answered or call_id in self.mail.lines

    def reconnect(self) -> None:
        """Another connection is up, to which nothing was written yet."""
        self._answered.clear()
        for shot in self._shots.values():
            if shot.fate == "sent":
                shot.fate = "lost"

    async def _deliver(
        self, session: AsyncSession, responses: list[types.FunctionResponse]
    ) -> None:
        self._answered.update(response.id for response in responses if response.id)
        given = [self._true(response) for response in responses]
        await session.send_tool_response(function_responses=given)

    def stop(self) -> None:
        """Have the model say no more of what it is about to say, or is saying."""
        # There is no message for it: content that asks for nothing cuts what is being generated.
        turn = _content(Said("user", STOP))
        self.mail.post(Post(lambda s: s.send_client_content(turns=turn, turn_complete=False)))

    def signal(self, given: dict[str, Any]) -> None:
        """Send typed text or activity marks."""
        self.mail.post(Post(lambda s: s.send_realtime_input(**given), asks="text" in given))

    def recall(self, *, compact: bool) -> int:
        """Begin a fresh connection with what was said; tells how many turns had no room in it.

        What waits in the mail comes as itself, but for results: the calls they answer are
        forgotten, so they are told as history and an answer is asked for.
        """
        self._memoir.flush()
        self._calls.orphan()
        asks = self.mail.drop_answers()
        telling = self.history.recall(compact=compact, without=self.mail.lines)
        if telling.turns:
            turns = [_content(said) for said in telling.turns]
            self.mail.begin_with(
                Post(lambda s: s.send_client_content(turns=turns, turn_complete=False))
            )
        if asks:
            self.go_on("")
        return telling.lost

    def go_on(self, words: str, *, begun: bool = False) -> None:
        """Ask the model to go on after these words, or to answer, unless something else asks."""
        if words or not self.mail.asks:
            turn = _content(Said("user", continuation(words, begun=begun)))
            self.mail.begin_with(
                Post(lambda s: s.send_client_content(turns=turn, turn_complete=True), asks=True)
            )

    def on_message(self, message: types.LiveServerMessage) -> Sequence[str]:
        """Take down what was said and called; gives the ids of calls that are cancelled."""
        self._memoir.on_message(message)
        if message.tool_call:
            calls = message.tool_call.function_calls or []
            self._calls.make(call.id for call in calls if call.id)
        if not message.tool_call_cancellation:
            return ()
        ids = message.tool_call_cancellation.ids or []
        self._calls.withdraw(ids)
        self.mail.drop(ids)
        return ids

    def end_reply(self) -> None:
        """The running reply lost its connection: its words are complete as they are."""
        self._memoir.flush()


def _sightless(response: types.FunctionResponse) -> types.FunctionResponse:
    if "output" not in (response.response or {}):
        return response
    return response.model_copy(update={"response": {"output": SIGHT_LOST}})


def _content(said: Said) -> types.Content | types.ContentDict:
    return types.Content(role=said.role, parts=[types.Part(text=said.text)])
