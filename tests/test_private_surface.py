"""What is reached into in other packages, past their public names: all of it, and still there.

Each entry was read in the pinned versions. A new version that fails here has to be read again at
the place named, before anything else.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from google.genai import _live_converters, client, live
from livekit import rtc
from livekit.agents import AgentServer, utils
from livekit.agents.ipc.proc_pool import ProcPool
from livekit.agents.voice import TranscriptSynchronizer
from livekit.agents.voice.room_io import _output
from livekit.agents.voice.transcription import _speaking_rate, synchronizer
from livekit.plugins.google.realtime import realtime_api
from livekit.rtc import _ffi_client
from livekit.rtc._proto import ffi_pb2
from sqlalchemy import Row

from tests.house import Module, modules
from worker.gemini.realtime import PRIVATE_SURFACE
from worker.start.warmup import FRAMEWORK_PRELOAD

HOUSE = modules(Path(__file__).parent.parent)
SURFACE: dict[str, dict[str, Any]] = {
    "worker.eyes.reception": {
        "_ffi_client": _ffi_client,
        "_proto": ffi_pb2,
        "_ffi_handle": rtc.RemoteTrackPublication,
    },
    "worker.gemini.dial": {"_ws": live.AsyncSession},
    "worker.operation.server": {
        "_proc_pool": AgentServer,
        "_http_server": AgentServer,
        "_connecting": AgentServer,
        "_exit": os,
        "_default_num_idle_processes": ProcPool,
        "_warmed_proc_queue": ProcPool,
    },
    "worker.operation.stopwatch": {"_run": asyncio.Handle},
    "worker.operation.watch": {"_proc_pool": AgentServer},
    "worker.record.store": {"_mapping": Row},
    "worker.room.cadence": {
        "_speaking_rate": _speaking_rate,
        "_opts": TranscriptSynchronizer,
        "_synchronizer": synchronizer,
    },
    "worker.room.mouth": {
        "_ffi_client": _ffi_client,
        "_proto": ffi_pb2,
        "_ffi_handle": rtc.AudioSource,
        "_audio_source": _output,
    },
    "worker.start.callbacks": {"_ffi_client": _ffi_client},
    "worker.start.exchange": {
        "_ffi_client": _ffi_client,
        "_proto": ffi_pb2,
        "_utils": _ffi_client,
        "_queue": _ffi_client.FfiClient.instance,
        "_subscribers": _ffi_client.FfiQueue(),
    },
    "worker.start.native": {"_ffi_client": _ffi_client, "_proto": ffi_pb2},
    "worker.start.rehearsal": {
        "_live_converters": _live_converters,
        "_LiveConnectParameters_to_mldev": _live_converters,
        "_ChatCtxContent": realtime_api,
        "_ChatCtxToolResponse": realtime_api,
        "_create_ssl_context": utils.http_context,
        "_api_client": client.Client,
    },
    "worker.gemini.realtime": {
        name: owner for owner, names in PRIVATE_SURFACE.items() for name in names
    }
    | dict.fromkeys(
        ("_ResponseGeneration", "_current_generation", "_opts", "_chat_ctx"), realtime_api
    ),
}
"""By module: the private name and whose it is."""


def used(module: Module) -> Iterator[str]:
    """The names that a module takes from something else."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.ImportFrom) and not (node.module or "").startswith("__"):
            yield from (node.module or "").split(".")
            yield from (alias.name for alias in node.names)


def ours() -> set[str]:
    """Every name that some module of the worker makes itself."""
    made: set[str] = set()
    for module in HOUSE:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                made.add(node.name)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                made.add(node.attr)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                made.add(node.id)
    return made


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def test_nothing_else_is_reached_into() -> None:
    made = ours()
    found = {
        (module.name, name)
        for module in HOUSE
        if module.name.split(".")[0] in ("worker", "tools")
        for name in used(module)
        if is_private(name) and name not in made
    }
    listed = {(module, name) for module, names in SURFACE.items() for name in names}
    assert found - listed == set()


@pytest.mark.parametrize(
    ("module", "name"), [(module, name) for module, names in SURFACE.items() for name in names]
)
def test_what_is_reached_into_is_still_there(module: str, name: str) -> None:
    owner = SURFACE[module][name]
    is_it = inspect.ismodule(owner) and name in owner.__name__.split(".")
    there = is_it or hasattr(owner, name) or name in inspect.getsource(owner)
    assert there, f"{module} reaches into {name}, which is gone: see what took its place"


@pytest.mark.parametrize("name", FRAMEWORK_PRELOAD)
def test_what_the_framework_preloads_is_where_it_was(name: str) -> None:
    assert find_spec(name) is not None
