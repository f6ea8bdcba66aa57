"""Spares a worker's start what its imports do in vain; the fork server imports this first."""

from __future__ import annotations

import gc
import importlib.util
import sys

PLUGIN = "livekit.plugins.google"
"""Its package brings Google's speech-to-text and text-to-speech clients and gRPC, 0.4 s of a core;
a call needs its `realtime` alone."""


def spare_plugin() -> None:
    """Let modules of the plugin be imported without its package, which comes when it is asked for
    something of its own."""
    if PLUGIN in sys.modules:
        return
    spec = importlib.util.find_spec(PLUGIN)
    if spec is None or (loader := spec.loader) is None:
        return
    package = importlib.util.module_from_spec(spec)

    def whole(name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        del package.__getattr__
        loader.exec_module(package)
        return getattr(package, name)

    package.__getattr__ = whole  # type: ignore[method-assign]
    sys.modules[PLUGIN] = package


def spare_collections() -> None:
    """Look for no garbage until `rehearsed` is done: what imports make stays, and walking it again
    and again takes 0.4 s."""
    gc.disable()


spare_collections()
spare_plugin()
