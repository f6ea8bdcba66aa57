"""What the page's server reads from the environment."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from frontend.errors import SettingsError
from frontend.settings import Settings, load
from tests.frontend.settings import CODE, ENV, SECRET, settings

EXAMPLE = Path(__file__).parents[2] / "frontend" / ".env.example"


def test_needs_no_more_than_the_worker_does() -> None:
    found = settings()
    assert (found.livekit_url, found.host, found.port) == (
        "wss://live.example.org",
        "127.0.0.1",
        3000,
    )
    assert not found.room_choice
    assert found.agents == ()


def test_asks_for_the_agent_that_the_worker_is() -> None:
    assert settings(AGENT_NAME="sightline").agents == ("sightline",)
    assert settings(AGENT_NAME="sightline", PAGE_AGENTS="a, b").agents == ("a", "b")


def test_sends_browsers_elsewhere_if_told() -> None:
    assert settings(PAGE_LIVEKIT_URL="wss://a.b/").livekit_url == "wss://a.b"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LIVEKIT_URL", ""),
        ("LIVEKIT_URL", "http://live.example.org"),
        ("LIVEKIT_URL", "ws://a.b; script-src *"),
        ("LIVEKIT_API_KEY", ""),
        ("LIVEKIT_API_SECRET", "short"),
        ("PAGE_AGENTS", "a b"),
        ("PAGE_ACCESS_CODE", "guessable"),
        ("PAGE_JWT_SECRET", "short"),
        ("PAGE_ORIGINS", "*"),
        ("PAGE_PORT", "70000"),
        ("ALLOW_ROOM_CHOICE", "perhaps"),
    ],
)
def test_names_the_variable_that_is_wrong_and_not_its_value(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings(**{name: value})
    (line,) = caught.value.lines
    assert line.startswith((name, f"PAGE_{name}"))
    assert not value or value not in line


def test_says_everything_that_is_wrong_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({})
    assert len(caught.value.lines) == 3


def test_shows_no_secret() -> None:
    assert SECRET not in repr(settings(PAGE_JWT_SECRET=SECRET, PAGE_ACCESS_CODE=SECRET))


@pytest.mark.parametrize("public", [{"PAGE_HOST": "0.0.0.0"}, {"PAGE_BEHIND_PROXY": "on"}])
def test_opens_itself_to_others_only_when_told(public: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="PAGE_ACCESS_CODE or PAGE_JWT_SECRET is missing"):
        settings(**public)
    for allowed in ({"PAGE_OPEN": "on"}, {"PAGE_ACCESS_CODE": CODE}, {"PAGE_JWT_SECRET": SECRET}):
        assert settings(**public, **allowed).is_public


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.0.1"])
def test_is_for_this_machine_alone_on_its_own_interface(host: str) -> None:
    assert not settings(PAGE_HOST=host).is_public


def test_reads_the_file_and_lets_the_environment_win(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / ".env"
    file.write_text("".join(f"{name}={value}\n" for name, value in ENV.items()))
    monkeypatch.setenv("LIVEKIT_URL", "wss://other.example.org")
    assert load(file).livekit_url == "wss://other.example.org"
    assert load(file).api_secret == SECRET


def test_the_example_names_every_variable_of_its_own() -> None:
    source = Path(__file__).parents[2] / "frontend" / "settings.py"
    read = re.findall(r'read\("([A-Z_]+)"', source.read_text(encoding="utf-8"))
    named = re.findall(r"^# ([A-Z_]+)=", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(named) == {name for name in read if not name.startswith("LIVEKIT_")}


def test_reads_a_file_as_editors_write_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ENV:
        monkeypatch.delenv(name, raising=False)
    lines = "\r\n".join(f"{name}={value}" for name, value in ENV.items())
    (tmp_path / ".env").write_bytes(b"\xef\xbb\xbf" + lines.encode())
    assert load(tmp_path / ".env").livekit_url == ENV["LIVEKIT_URL"]


def test_a_file_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfeL\x00")
    with pytest.raises(SettingsError, match=r"\.env cannot be read"):
        load(tmp_path / ".env")
