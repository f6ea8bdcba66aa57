"""Parts of the settings that stand for themselves: the record, and the worker on its machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from worker.config.variables import Variable, host, maybe, switch, text, variable, whole
from worker.errors import SettingsError

_PATH = text("the path of a file", r"[^\x00-\x1f\x7f]*")
_DATABASE = text(
    "an address like postgresql://user:password@host/name",
    r"((postgres|postgresql|sqlite)(\+[a-z0-9]+)?://\S{1,500})?",
)
POSTGRES_WORDS = frozenset({"sslmode", "ssl", "host", "port", "target_session_attrs"})
"""What may follow the `?` of a PostgreSQL address."""
IDLE_WORDS = frozenset(
    {"channel_binding", "application_name", "connect_timeout", "gssencmode", "pgbouncer"}
)
"""What hosters put there too, of no use to the driver: left out."""


def _database(given: str) -> str:
    parts = urlsplit(_DATABASE(given))
    words = {word for word, _ in parse_qsl(parts.query, keep_blank_values=True)}
    unknown = words - POSTGRES_WORDS - IDLE_WORDS
    if unknown and not parts.scheme.startswith("sqlite"):
        named = ", ".join(sorted(POSTGRES_WORDS))
        raise ValueError(f"must have nothing behind its ? but {named}")
    return given


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSettings:
    """What the record needs to know; its own process and command line read no more than this."""

    record: bool = variable(
        "AGENT_RECORD", "on", switch, "on or off: whether conversations are kept, in words alone"
    )
    record_file: str = variable(
        "AGENT_RECORD_FILE", "sightline.db", _PATH, "SQLite file they are kept in"
    )
    database_url: str = variable(
        "DATABASE_URL",
        "",
        _database,
        "PostgreSQL instead, like postgresql://user:password@host/name; empty: the file",
        hidden=True,
    )
    retention_days: int = variable(
        "AGENT_RETENTION_DAYS",
        "30",
        whole(1, 36_500, unit="days", zero="for ever"),
        "days after which a conversation is forgotten; 0: never",
    )

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Read and check these variables.

        Raises:
            SettingsError: One line a problem, all of them at once, none with a value in it.
        """
        values, problems = parse(cls, env)
        if problems:
            raise SettingsError(problems)
        return cls(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineSettings(RecordSettings):
    """How the worker lives on its machine, and what its processes tell each other."""

    idle_processes: int = variable(
        "AGENT_IDLE_PROCESSES",
        "1",
        whole(0, 64),
        "processes kept ready, so that the next call starts at once",
    )
    max_sessions: int = variable(
        "AGENT_MAX_SESSIONS",
        "0",
        whole(0, 10_000),
        "calls this worker takes at once; 0: as many as memory allows",
    )
    memory_limit_mb: int = variable(
        "AGENT_MEMORY_LIMIT_MB",
        "1500",
        whole(200, 1_000_000, unit="megabytes", zero="no limit"),
        "megabytes at which the process of a call is ended; 0: no limit",
    )
    health_host: str = variable(
        "AGENT_HEALTH_HOST",
        "127.0.0.1",
        host,
        "interface on which `GET /` tells whether the worker is well",
    )
    health_port: int = variable(
        "AGENT_HEALTH_PORT", "8081", whole(0, 65_535), "its port in `start`; 0: any that is free"
    )
    loop_limit_ms: int = variable(
        "AGENT_LOOP_LIMIT_MS",
        "0",
        whole(1, 10_000, unit="ms", zero="not measured"),
        "ms of CPU above which a callback is logged, to find what holds a loop; 0: unmeasured",
    )
    metrics_port: int | None = variable(
        "AGENT_METRICS_PORT",
        "",
        maybe(whole(0, 65_535), "no metrics"),
        "port for Prometheus on that interface, `GET /metrics`; 0: any free one; empty: none",
    )
    probe_interval: int = variable(
        "AGENT_PROBE_INTERVAL",
        "300",
        whole(10, 86_400, unit="seconds", zero="only in doubt"),
        "seconds without calls after which Gemini Live is tried; 0: only after a failure",
    )
    record_socket: str = variable(
        "SIGHTLINE_RECORD", "", _PATH, "set by the worker for its processes", example=False
    )
    """Where a call finds the process that writes the record; empty: nothing is kept."""
    session_host: bool = variable(
        "LIVEKIT_DEV_MODE", "off", switch, "set by `worker.py dev`", example=False
    )
    """Whether LiveKit's session host may answer: whoever is in the room could read the prompt."""
    beats: str = variable(
        "SIGHTLINE_BEATS", "", _PATH, "set by the worker for its processes", example=False
    )
    """The socket on which a call reports how its connection fares; empty: nobody listens."""
    figures: str = variable(
        "PROMETHEUS_MULTIPROC_DIR", "", _PATH, "set by the worker for its processes", example=False
    )
    """The folder in which all processes of the worker keep their metrics."""


def registry(table: type[RecordSettings]) -> dict[str, Variable]:
    """List the variables by the name of their field; those from another table come last."""
    named = _fields(table)
    own = {name: field for name, field in named.items() if name in table.__annotations__}
    base = table.__base__
    inherited = registry(base) if base is not None and base is not object else {}
    return {name: field.metadata["variable"] for name, field in own.items()} | inherited


def parse(table: type[RecordSettings], env: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Read the variables of a table: their values, and a sentence on each that has none."""
    values: dict[str, Any] = {}
    problems: list[str] = []
    for field, entry in registry(table).items():
        try:
            values[field] = entry.parse(env.get(entry.name) or entry.default)
        except ValueError as error:
            problems.append(f"{entry.name} {error}.")
    return values, problems


def _fields(table: type[RecordSettings]) -> dict[str, Field[Any]]:
    return {field.name: field for field in fields(table)}
