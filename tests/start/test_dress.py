"""A call without a room and a service comes to its end, and nobody hears of it."""

from __future__ import annotations

import dataclasses
import logging
import socket
import threading

import psutil
import pytest

from tests.environment import ENVIRONMENT
from worker.config.settings import Settings
from worker.personas import Persona, load_persona
from worker.role import KNOWN
from worker.start.dress import rehearse_call
from worker.start.rehearsed import tls

SETTINGS = Settings.from_env(ENVIRONMENT)


@pytest.fixture
def guide() -> Persona:
    return load_persona("guide", tools=KNOWN)


def test_it_begins_dials_and_ends(guide: Persona) -> None:
    assert rehearse_call(SETTINGS, guide, tls)


@pytest.mark.parametrize("name", ["interpreter", "reader", "technician", "tutor"])
def test_every_persona_can_be_rehearsed(name: str) -> None:
    assert rehearse_call(SETTINGS, load_persona(name, tools=KNOWN), tls)


def test_on_vertex_it_dials_no_service_either(guide: Persona) -> None:
    env = {
        **ENVIRONMENT,
        "GOOGLE_GENAI_USE_VERTEXAI": "true",
        "GOOGLE_CLOUD_PROJECT": "sightline",
        "GOOGLE_CLOUD_LOCATION": "europe-west4",
    }
    assert rehearse_call(Settings.from_env(env), guide, tls)


@pytest.mark.parametrize("variable", ["GOOGLE_GEMINI_BASE_URL", "HTTPS_PROXY"])
def test_neither_the_service_nor_the_operators_proxy_hears_of_it(
    guide: Persona, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv(variable, f"https://127.0.0.1:{server.getsockname()[1]}")
        assert rehearse_call(SETTINGS, guide, tls)
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_nothing_of_it_is_logged_and_what_follows_is(
    guide: Persona, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        rehearse_call(SETTINGS, guide, tls)
        logging.getLogger("worker.gemini.carrier").warning("heard again")
    said = [r.message for r in caplog.records if r.name != "asyncio"]
    assert said == ["heard again"]


def test_it_leaves_no_thread_and_nothing_open(guide: Persona) -> None:
    rehearse_call(SETTINGS, guide, tls)
    threads, files = set(threading.enumerate()), psutil.Process().num_fds()
    rehearse_call(SETTINGS, guide, tls)
    assert set(threading.enumerate()) == threads
    assert psutil.Process().num_fds() == files


def test_what_fails_in_it_fails_no_start(guide: Persona) -> None:
    broken = dataclasses.replace(guide, tools=("no such tool",))
    assert not rehearse_call(SETTINGS, broken, tls)
