"""Tools that Google runs at its service: a persona names them like any other."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from livekit.agents import llm
from livekit.plugins.google.tools import GoogleSearch, ToolCodeExecution

PROVIDED: Mapping[str, llm.Tool] = MappingProxyType(
    {"google_search": GoogleSearch(), "code_execution": ToolCodeExecution()}
)
"""What they cost beyond their tokens is not in a call's account."""
