"""What the model can call: one family a module, all of them in `TOOLS`."""

from __future__ import annotations

from tools.arguments import Tool, speakable
from tools.clock import cancel_timer, get_time, set_timer
from tools.vision import look
from tools.weather import get_weather

TOOLS: dict[str, Tool] = {
    "get_time": speakable(get_time),
    "set_timer": speakable(set_timer),
    "cancel_timer": speakable(cancel_timer),
    "get_weather": speakable(get_weather),
    "look": speakable(look),
}
"""Every tool by the name the model and the personas know it by."""
