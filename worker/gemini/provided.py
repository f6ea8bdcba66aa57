"""Tools that Google runs at its service: a persona names them like any other."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from livekit.agents import llm
from livekit.plugins.google.tools import GoogleSearch

PROVIDED: Mapping[str, llm.Tool] = MappingProxyType({"google_search": GoogleSearch()})
"""Those that every family of Live models has: no code execution, maps or reading of addresses.

What a search costs is not in a call's account. The 2.5 family searches by code that it runs, and
shows it.
"""
