"""Who may import whom: the directions of the house, read from the source itself."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house import Import, Module, modules

ROOT = Path(__file__).parent.parent

# The decisions: data and time in, data out. No event loop, no socket, nothing of LiveKit.
PURE = {
    "worker.errors",
    "worker.config.variables",
    "worker.config.envfile",
    "worker.operation.folder",
    "worker.config.coherence",
    "worker.config.environment",
    "worker.config.sections",
    "worker.config.settings",
    "worker.personas",
    "worker.keys",
    "worker.hearing",
    "worker.gemini.bounds",
    "worker.gemini.course",
    "worker.gemini.calls",
    "worker.gemini.moves",
    "worker.gemini.outage",
    "worker.gemini.pulse",
    "worker.gemini.receipts",
    "worker.gemini.renewal",
    "worker.gemini.resumption",
    "worker.gemini.rules",
    "worker.gemini.standing",
    "worker.gemini.talk",
    "worker.gemini.history",
    "worker.gemini.reading",
    "worker.gemini.failures",
    "worker.gemini.families",
    "worker.gemini.hush",
    "worker.gemini.outbound",
    "worker.gemini.earshot",
    "worker.cost.budget",
    "worker.cost.latency",
    "worker.operation.load",
    "worker.operation.succession",
    "worker.operation.headstart",
    "worker.operation.health",
    "worker.gemini.usage",
    "worker.eyes.picture",
    "worker.eyes.planes",
    "worker.eyes.panes",
    "worker.eyes.simulcast",
    "worker.eyes.pacing",
    "worker.eyes.adaptive",
    "worker.eyes.allowance",
    "worker.eyes.card",
    "worker.eyes.choice",
    "worker.eyes.composite",
    "worker.eyes.change",
    "worker.eyes.condition",
    "worker.eyes.edges",
    "worker.eyes.gears",
    "worker.eyes.report",
    "worker.room.answers",
    "worker.room.history",
    "worker.room.messages",
    "worker.room.message",
    "worker.room.findings",
    "worker.room.citing",
    "worker.room.gate",
    "worker.gemini.findings",
    "worker.room.parsing",
    "worker.room.requests",
    "worker.room.schema",
    "worker.room.wording",
    "tools.encoding",
    "worker.record.entries",
    "worker.record.ledger",
    "worker.record.talks",
    "worker.record.captions",
    "worker.record.export",
    "worker.record.place",
    "worker.record.schema",
    "frontend.errors",
    "frontend.admission",
    "frontend.limits",
    "frontend.policy",
    "frontend.seats",
    "offline.errors",
    "offline.gemini.continuing",
    "offline.gemini.prompting",
    "offline.gemini.wire",
    "offline.gemini.schema",
    "offline.gemini.inputs",
    "offline.gemini.outputs",
    "offline.gemini.profiles",
    "offline.gemini.admission",
    "offline.gemini.vad",
    "offline.gemini.phrasing",
    "offline.gemini.slots",
    "offline.gemini.mind",
    "offline.gemini.thought",
}
IMPURE = {
    *("livekit", "google", "asyncio", "anyio", "socket", "ssl", "select", "selectors"),
    *("aiohttp", "httpx", "websockets", "subprocess", "multiprocessing", "threading"),
}

# Packages of the worker that know nothing of each other but the small types they hand over.
ROOMS = ("worker.gemini", "worker.eyes", "worker.room", "worker.record")
HANDED_OVER: set[tuple[str, str]] = {
    ("worker.record.ledger", "worker.room.messages"),
    ("worker.record.ledger", "worker.room.findings"),
    ("worker.record.journal", "worker.room.messages"),
}
"""Pairs of (module, what it may import) across those packages."""

STRANGERS = {
    "worker": ("offline", "frontend"),
    "offline": ("worker", "frontend"),
    "tools": ("worker", "offline", "frontend"),
    "frontend": ("worker", "offline", "tools"),
}
"""What a part of the house knows nothing of."""

READERS = ("worker.config.environment", "frontend.settings")


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def violations(root: Path) -> list[str]:
    """Say of every import that goes the wrong way who imports what, and why not."""
    found = modules(root)
    ours = {module.name for module in found}
    wrong = [
        f"{module.name} imports {imported.name}: {why}"
        for module in found
        for imported in module.imports()
        if (why := _objection(module.name, imported, ours))
    ]
    wrong += [
        f"{module.name} reads the environment: only {' and '.join(READERS)} may"
        for module in found
        if module.name.split(".")[0] in ("worker", "tools", "frontend")
        if module.name not in READERS and _reads_environment(module)
    ]
    return sorted(set(wrong))


def _objection(importer: str, imported: Import, ours: set[str]) -> str:
    home, name = importer.split(".")[0], imported.name
    if within(name, "tests"):
        return "nothing outside tests imports tests"
    for stranger in STRANGERS.get(home, ()):
        if within(name, stranger):
            return f"{home} does not know {stranger}"
    impurity = importer in PURE and imported.runs
    return (_impurity(name, ours) if impurity else "") or _trespass(importer, name)


def _impurity(name: str, ours: set[str]) -> str:
    if name.split(".")[0] in IMPURE:
        return "a pure module does no I/O"
    if name in ours and name not in PURE and not _holds_pure(name):
        return "a pure module imports pure ones only"
    return ""


def _holds_pure(package: str) -> bool:
    """Tell whether this is the package some pure module lies in, named on the way to it."""
    return any(within(name, package) for name in PURE)


def _trespass(importer: str, name: str) -> str:
    mine = next((room for room in ROOMS if within(importer, room)), None)
    theirs = next((room for room in ROOMS if within(name, room)), None)
    if mine is None or theirs is None or mine == theirs:
        return ""
    allowed = any(importer == one and within(name, other) for one, other in HANDED_OVER)
    return "" if allowed else f"{mine} and {theirs} do not know each other"


def _reads_environment(module: Module) -> bool:
    return any(_touches_environment(node) for node in ast.walk(module.tree))


def _touches_environment(node: ast.AST) -> bool:
    names = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}
    if isinstance(node, ast.Attribute):
        return node.attr in names
    if isinstance(node, ast.ImportFrom) and node.module == "os":
        return any(alias.name in names for alias in node.names)
    return isinstance(node, ast.ImportFrom) and node.module == "dotenv"


def test_every_import_goes_the_right_way() -> None:
    assert violations(ROOT) == []


def test_the_walk_finds_the_house() -> None:
    names = {module.name for module in modules(ROOT)}
    assert {"worker", "worker.config.settings", "worker.room.messages", "tools.clock"} <= names


def test_every_pure_module_of_today_is_one_that_exists() -> None:
    assert not PURE - {module.name for module in modules(ROOT)}


@pytest.mark.parametrize(
    ("path", "line", "wanted"),
    [
        ("worker/eyes/pacing.py", "import asyncio", "a pure module does no I/O"),
        ("worker/eyes/pacing.py", "from livekit import rtc", "a pure module does no I/O"),
        ("worker/errors.py", "import google.genai", "a pure module does no I/O"),
        ("worker/room/messages.py", "from worker.room.outbox import Outbox", "pure ones only"),
        ("worker/room/messages.py", "from worker.room import outbox", "pure ones only"),
        ("worker/room/messages.py", "from . import outbox", "pure ones only"),
        ("worker/room/messages.py", "from .outbox import Outbox", "pure ones only"),
        ("offline/gemini/vad.py", "def f():\n    import socket", "a pure module does no I/O"),
        ("worker/app.py", "import offline.gemini", "worker does not know offline"),
        ("worker/app.py", "from offline import gemini", "worker does not know offline"),
        ("worker.py", "import offline", "worker does not know offline"),
        (
            "offline/caller.py",
            "from worker.config.environment import load",
            "offline does not know worker",
        ),
        ("tools/clock.py", "import worker", "tools does not know worker"),
        ("tools/clock.py", "import offline", "tools does not know offline"),
        ("tools/clock.py", "from tests.fakes import calls", "nothing outside tests imports"),
        ("frontend/server.py", "import tests.fakes.calls", "nothing outside tests imports"),
        ("frontend/server.py", "import worker.config.settings", "frontend does not know worker"),
        ("frontend/server.py", "import os\nos.environ['A']", "reads the environment"),
        ("frontend/admission.py", "import aiohttp", "a pure module does no I/O"),
        ("offline/demo.py", "import frontend.server", "offline does not know frontend"),
        ("worker/eyes/sight.py", "from worker.gemini import lifeline", "do not know each other"),
        ("worker/gemini/__init__.py", "from ..room import relay", "do not know each other"),
        ("worker/room/relay.py", "import worker.record.store", "do not know each other"),
        ("worker/app.py", "import os\nos.environ['A']", "reads the environment"),
        ("worker/app.py", "import os\nx = os.getenv('A')", "reads the environment"),
        ("worker/app.py", "import os as system\nsystem.environ", "reads the environment"),
        ("tools/clock.py", "from os import environ", "reads the environment"),
        ("tools/clock.py", "from dotenv import load_dotenv", "reads the environment"),
    ],
)
def test_finds_what_goes_the_wrong_way(tmp_path: Path, path: str, line: str, wanted: str) -> None:
    _plant(tmp_path, "worker/room/outbox.py", "import asyncio\n")
    _plant(tmp_path, path, f"{line}\n")
    (violation, *_) = violations(tmp_path)
    assert wanted in violation


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("worker/room/messages.py", "import json\nfrom worker.errors import MessageError"),
        ("worker/room/messages.py", "from worker.room import wording"),
        ("worker/config/environment.py", "import os\nos.environ"),
        ("worker/config/settings.py", "from worker.gemini import families"),
        ("worker/eyes/sight.py", "from worker.eyes import lens\nimport asyncio"),
        ("worker/conversation.py", "import worker.gemini.lifeline\nimport tools"),
        ("tools/clock.py", "from tools.context import ToolContext\nimport os.path"),
        ("offline/livekit.py", "import os\nos.environ"),
        ("offline/gemini/mind.py", "if TYPE_CHECKING:\n    from livekit import rtc"),
    ],
)
def test_lets_pass_what_goes_the_right_way(tmp_path: Path, path: str, line: str) -> None:
    for name in ("worker/errors.py", "worker/room/wording.py", "worker/gemini/families.py"):
        _plant(tmp_path, name, "")
    _plant(tmp_path, path, f"{line}\n")
    assert violations(tmp_path) == []


def _plant(root: Path, path: str, source: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(source)
