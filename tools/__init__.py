"""What the model can call: one family a module, all of them in `TOOLS`."""

from __future__ import annotations

from tools.clock import cancel_timer, get_time, set_timer
from tools.speakable import registry, speakable
from tools.vision import look, point_at
from tools.weather import get_weather

TOOLS = registry(
    speakable(get_time),
    speakable(set_timer),
    speakable(cancel_timer),
    speakable(get_weather),
    speakable(look),
    speakable(point_at),
)
"""Every tool by the name the model and the personas know it by."""
