"""What the stand-in answers: patterns over the words it was given, and no more than that."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from offline.gemini import slots
from offline.gemini.continuing import cut_after, rest_of, told_result
from offline.gemini.phrasing import spoken
from offline.gemini.thought import Call, Prompt, Say

IDENTITY = "I am an offline stand-in, not a model."

RULES = f"{IDENTITY} I follow fixed rules, so that everything can be tried without a network."

GREETING = f"Hello! {IDENTITY} Speak to me, show me something, or type."

STORY = (
    "Here is a long story. Once there was a lamp on a hill above the sea. Every evening it was "
    "lit, and every morning it was put out again. One night a ship came by in the fog, and the "
    "lamp shone as hard as it could. The ship turned, slowly, and found the open water. Nobody on "
    "board ever learned whose light it had been. The lamp did not mind. It waited for the next "
    "evening, and for the next ship, and that is where this long story comes to its end."
)
"""About twenty seconds at the stand-in's pace: long enough to be interrupted."""

BY_HEART = (STORY, GREETING)
"""What can be gone on with from any place in it."""

NO_PICTURE = "I see nothing: no picture has reached me."

LEAD = {
    "get_time": "The clock says: ",
    "get_weather": "The weather service says: ",
}
"""What is said before a tool's answer."""


def think(prompt: Prompt) -> tuple[Say | Call, ...]:
    """Return what to say or call; nothing only when nothing was asked."""
    if prompt.results:
        return (_say(prompt, " ".join(_results(prompt))),)
    if (words := cut_after(prompt.text)) is not None:
        return (Say(text=rest_of(words, (prompt.meant, *BY_HEART))),)
    if told := told_result(prompt.text):
        return (Say(text=f"{LEAD.get(told[0], '')}{told[1]}."),)
    if prompt.text.strip():
        return (_answer(prompt),)
    if prompt.instructions is not None:
        return (Say(text=_instructed(prompt.instructions)),)
    return ()


def _answer(prompt: Prompt) -> Say | Call:
    words = slots.plain(prompt.text)
    for pattern, rule in ASKED:
        if pattern.search(words):
            outcome = rule(prompt)
            return outcome if isinstance(outcome, Call) else _say(prompt, outcome)
    heard = "" if prompt.typed else f'I heard: "{prompt.text.strip()}". '
    return _say(prompt, heard + "I am only an offline stand-in and have no better answer.")


def _say(prompt: Prompt, text: str) -> Say:
    quoted = f'You typed: "{prompt.text}". ' if prompt.typed and prompt.text.strip() else ""
    return Say(text=quoted + text)


def _tell_time(prompt: Prompt) -> Call | str:
    return _call(prompt, "get_time", {"timezone": slots.zone(prompt.text)}, {"timezone": "UTC"})


def _tell_weather(prompt: Prompt) -> Call | str:
    place = slots.place(prompt.text)
    if place is None:
        return "For which place would you like to know the weather?"
    return _call(prompt, "get_weather", {"place": place})


def _set_timer(prompt: Prompt) -> Call | str:
    words = slots.plain(prompt.text)
    seconds = slots.duration(words)
    if seconds is None:
        return "For how long should the timer run?"
    label = slots.label(words)
    return _call(prompt, "set_timer", {"seconds": seconds, "label": label}, {"label": "timer"})


def _cancel_timer(prompt: Prompt) -> Call | str:
    label = slots.label(slots.plain(prompt.text))
    return _call(prompt, "cancel_timer", {"label": label}, {"label": "timer"})


def _look(prompt: Prompt) -> Call | str:
    region = slots.region(slots.plain(prompt.text))
    return _call(prompt, "look", {"question": prompt.text.strip(), "region": region})


def _point(prompt: Prompt) -> Call | str:
    box = slots.region(slots.plain(prompt.text)) or "centre"
    return _call(prompt, "point_at", {"box": box, "label": "what you asked for"})


def _see(prompt: Prompt) -> str:
    return NO_PICTURE if prompt.seen is None else prompt.seen.sentence()


def _unclear(prompt: Prompt) -> str:
    return f"{prompt.text.strip()} I cannot make out words, but I can look. {_see(prompt)}"


def _greet(_prompt: Prompt) -> str:
    return GREETING


def _identify(_prompt: Prompt) -> str:
    return RULES


def _tell_story(_prompt: Prompt) -> str:
    return STORY


def _thank(_prompt: Prompt) -> str:
    return "You are welcome."


def _stop(_prompt: Prompt) -> str:
    return "All right, I am quiet."


ASKED: tuple[tuple[re.Pattern[str], Callable[[Prompt], Call | str]], ...] = tuple(
    (re.compile(pattern), rule)
    for pattern, rule in (
        (r"^i heard you speak for [\d.]+ seconds", _unclear),
        (r"\b(cancel|stop|delete|forget)\b.*\btimer", _cancel_timer),
        (r"\btimer\b|\b(wake|remind) me in\b", _set_timer),
        (r"\blook (closer|closely|at|again)\b|\bcloser look\b|\bzoom in\b", _look),
        (r"\bpoint (at|out|to)\b|\bshow me where\b", _point),
        (r"\bstory\b", _tell_story),
        (r"\bwho are you\b|\bwhat are you$|\bare you (a|an|the)\b|\byour name\b", _identify),
        (r"\b(what|which) time\b|\bwhat is the time\b|\btime is it\b|\bthe time in\b", _tell_time),
        (r"\b(weather|forecast|temperature)\b", _tell_weather),
        (r"\b(do|can|could) you see\b|\byou see\b|\bshowing you\b|\bdescribe\b", _see),
        (r"\b(in|on) the (picture|camera|screen)\b|\b(qr )?code\b|\bcamera\b", _see),
        (r"^(hello|hi|hey|good (morning|evening|afternoon))\b", _greet),
        (r"\bthank(s| you)\b", _thank),
        (r"^(stop|quiet|be quiet|shut up)\b", _stop),
    )
)
"""What is asked for, first match wins; the patterns meet lower-case words without punctuation."""


def _call(
    prompt: Prompt,
    name: str,
    wanted: Mapping[str, object],
    needed: Mapping[str, object] | None = None,
) -> Call | str:
    """Call the tool `name` with what it takes of `wanted`, or of `needed` where it must have it."""
    declared = next((tool for tool in prompt.tools if tool.name == name), None)
    if declared is None:
        return f"I would need the tool {name} for that, and it was not declared to me."
    properties = declared.parameters.get("properties")
    required = declared.parameters.get("required")
    taken = properties if isinstance(properties, Mapping) else {}
    args = {key: value for key, value in wanted.items() if key in taken and value is not None}
    for key in required if isinstance(required, list | tuple) else ():
        if key not in args and needed is not None and key in needed:
            args[key] = needed[key]
    return Call(name=name, args=args)


def _results(prompt: Prompt) -> Iterator[str]:
    for name, response in prompt.results:
        output = spoken(response.get("output", response))
        if "error" in response:
            yield f"That did not work: {spoken(response['error'])}."
        elif name == "look" and "picture" in output:
            # What it says is for the model: a sharp picture is there to be looked at.
            yield f"I looked closer. {_see(prompt)}"
        else:
            yield f"{LEAD.get(name, '')}{output}."


def _instructed(instructions: str) -> str:
    """Return what an instruction for one reply, such as a greeting or a due timer, asks to say."""
    if dictated := _DICTATED.search(instructions):
        return dictated["text"].strip()
    if due := _DUE.search(instructions):
        return f"Your {due['timer']} is up."
    if re.search(r"\b(greet|welcome|hello|introduce)", slots.plain(instructions)):
        return GREETING
    return f"I was asked to say this: {instructions.strip()}"


_DICTATED = re.compile(r"(?is)\bword for word\b[^:]*:\s*(?P<text>\S.*)")
_DUE = re.compile(
    r"(?i)\b(?:the|your|a) (?P<timer>(?:[\w-]+ ){0,4}?timer(?: \d+)?)\b.*\b(?:due|up|over)\b"
)
