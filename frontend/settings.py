"""What the environment may say to the page's server; `load` alone reads it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import StringIO
from ipaddress import ip_address
from pathlib import Path
from typing import Self, TypeVar
from urllib.parse import urlsplit

from dotenv import dotenv_values

from frontend.errors import SettingsError

T = TypeVar("T")

BUILT = Path(__file__).parent / "dist"
PERSONAS = Path(__file__).parent.parent / "worker" / "personas"
_AGENT = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_KEY_LENGTH = 32
"""Characters below which a secret that signs tokens can be guessed offline."""
_CODE_LENGTH = 12
UNGUARDED = (
    "PAGE_ACCESS_CODE or PAGE_JWT_SECRET is missing: others can reach the page and would call at "
    "your expense. PAGE_OPEN=on if that is meant."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the environment says, checked. Secrets do not show in `repr`."""

    livekit_url: str
    """Where browsers find the LiveKit server, `ws://` or `wss://`."""
    api_key: str = field(repr=False)
    api_secret: str = field(repr=False)
    agents: tuple[str, ...] = ()
    """Names that a room may be dispatched to, the default first; empty: automatic dispatch."""
    room_choice: bool = False
    """Whether a request may name its room."""
    access_code: str = field(default="", repr=False)
    """What a visitor must know; empty: nothing."""
    jwt_secret: str = field(default="", repr=False)
    """HS256 secret of the operator's own tokens; one of them lets in, like the code."""
    jwt_audience: str = ""
    origins: frozenset[str] = frozenset()
    """Other origins whose pages may ask for tokens, exactly as browsers write them."""
    behind_proxy: bool = False
    """Whether the last `X-Forwarded-For` is the visitor's address."""
    host: str = "127.0.0.1"
    port: int = 3000
    folder: Path = BUILT
    """Where the built page lies."""
    personas: Path = PERSONAS
    """Where the worker's personas lie, for visitors to choose among; no such folder: none."""

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Read all variables.

        Raises:
            SettingsError: one line for everything that is missing or malformed, or one because
                others could come and nothing is asked of them.
        """
        read = _Reader(env)
        agent_names = read("PAGE_AGENTS", _agents, env.get("AGENT_NAME", ""))
        settings = cls(
            livekit_url=read("PAGE_LIVEKIT_URL", _address, env.get("LIVEKIT_URL", "")),
            api_key=read("LIVEKIT_API_KEY", _needed, ""),
            api_secret=read("LIVEKIT_API_SECRET", _secret, ""),
            agents=agent_names or (),
            room_choice=read("ALLOW_ROOM_CHOICE", _switch, "off"),
            access_code=read("PAGE_ACCESS_CODE", _code, ""),
            jwt_secret=read("PAGE_JWT_SECRET", _maybe_secret, ""),
            jwt_audience=read("PAGE_JWT_AUDIENCE", str, ""),
            origins=read("PAGE_ORIGINS", _origins, ""),
            behind_proxy=read("PAGE_BEHIND_PROXY", _switch, "off"),
            host=read("PAGE_HOST", _needed, "127.0.0.1"),
            port=read("PAGE_PORT", _port, "3000"),
            folder=read("PAGE_FOLDER", Path, str(BUILT)),
            personas=read("PAGE_PERSONAS", Path, str(PERSONAS)),
        )
        read.finish()
        if settings.is_public and not (settings.is_guarded or read("PAGE_OPEN", _switch, "off")):
            raise SettingsError([UNGUARDED])
        return settings

    @property
    def is_guarded(self) -> bool:
        """Whether a visitor must show something to be let in."""
        return bool(self.access_code or self.jwt_secret)

    @property
    def is_public(self) -> bool:
        """Whether others than this machine's users can come."""
        return self.behind_proxy or not is_loopback(self.host)


class _Reader:
    """Parses one variable after the other and keeps what is wrong with them."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self._problems: list[str] = []

    def __call__(self, name: str, parse: Callable[[str], T], default: str) -> T:
        try:
            return parse(self._env.get(name, "").strip() or default)
        except ValueError as error:
            self._problems.append(f"{name} {error}.")
            # Never handed out: `finish` raises before anybody sees the settings.
            return None  # type: ignore[return-value]

    def finish(self) -> None:
        if self._problems:
            raise SettingsError(self._problems)


def load(file: Path = Path(".env")) -> Settings:
    """Read `.env` in the working directory, and the environment, which wins.

    Raises:
        SettingsError: as `Settings.from_env`.
    """
    try:
        text = StringIO(file.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        text = StringIO()
    except (OSError, UnicodeDecodeError):
        raise SettingsError([f"{file.name} cannot be read, or is no text in UTF-8."]) from None
    found = dotenv_values(stream=text, interpolate=False)
    kept = {name: value or "" for name, value in found.items()}
    return Settings.from_env({**kept, **{name: text for name, text in os.environ.items() if text}})


def is_loopback(host: str) -> bool:
    """Tell whether a host's name or address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _needed(text: str) -> str:
    if not text:
        raise ValueError("is missing")
    return text


def _secret(text: str) -> str:
    if len(_needed(text)) < _KEY_LENGTH:
        raise ValueError(f"must be {_KEY_LENGTH} characters or more")
    return text


def _maybe_secret(text: str) -> str:
    return _secret(text) if text else ""


def _code(text: str) -> str:
    if text and (len(text) < _CODE_LENGTH or not text.isascii() or not text.isprintable()):
        raise ValueError(f"must be {_CODE_LENGTH} plain characters or more")
    return text


def _address(text: str) -> str:
    parts = urlsplit(_needed(text))
    # The scheme and host go into the page's content security policy as they are.
    if parts.scheme not in ("ws", "wss") or not re.fullmatch(r"[A-Za-z0-9.:\[\]-]+", parts.netloc):
        raise ValueError("must be an address like wss://my-project.livekit.cloud")
    return text.rstrip("/")


def _switch(text: str) -> bool:
    if text.lower() not in ("on", "off", "true", "false", "yes", "no", "1", "0"):
        raise ValueError("must be on or off")
    return text.lower() in ("on", "true", "yes", "1")


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise ValueError("must be a port, 0 to 65535")
    return int(text)


def _agents(text: str) -> tuple[str, ...]:
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    if not all(_AGENT.fullmatch(name) for name in names):
        raise ValueError("must be names of agents with commas between")
    return names


def _origins(text: str) -> frozenset[str]:
    origins = frozenset(part.strip() for part in text.split(",") if part.strip())
    if not all(re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+", origin) for origin in origins):
        raise ValueError("must be origins like https://example.org with commas between")
    return origins
