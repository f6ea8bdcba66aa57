"""The socket to the service: who ends it, and when."""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncIterator

import pytest
from google.genai import Client, types

from offline.gemini.server import Service
from tests.live.line import CONFIG, MODEL
from tests.live.service import standin
from worker.gemini.bounds import Bounds
from worker.gemini.carrier import PING_INTERVAL
from worker.gemini.dial import SILENCE, UNACKNOWLEDGED, Line, Setup, client_options, dial


def client_of(service: Service, tls: ssl.SSLContext) -> Client:
    options = client_options(tls)
    options.base_url = service.url
    return Client(api_key="AIzaTest", vertexai=False, http_options=options)


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    async with (
        standin() as (service, tls),
        dial(client_of(service, tls), Setup(MODEL, CONFIG), None) as it,
    ):
        yield it


async def test_the_librarys_keepalive_ends_no_connection(line: Line) -> None:
    assert line._socket.ping_interval is None
    assert line._socket.keepalive_task is None


def test_a_sign_of_life_is_asked_for_long_before_one_is_missed() -> None:
    assert Bounds().silence > 2 * PING_INTERVAL


async def test_a_far_end_that_acknowledges_nothing_is_given_up_by_the_kernel(line: Line) -> None:
    connection = line._socket.transport.get_extra_info("socket")
    timeout = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    assert timeout == UNACKNOWLEDGED * 1000


@pytest.mark.parametrize(
    ("detection", "seconds"),
    [
        (None, SILENCE),
        (types.AutomaticActivityDetection(prefix_padding_ms=20), SILENCE),
        (types.AutomaticActivityDetection(silence_duration_ms=1400), 1.4),
    ],
)
def test_a_setup_knows_after_how_much_silence_a_turn_is_taken(
    detection: types.AutomaticActivityDetection | None, seconds: float
) -> None:
    asked = types.RealtimeInputConfig(automatic_activity_detection=detection)
    setup = Setup("a model", types.LiveConnectConfig(realtime_input_config=asked))
    assert setup.silence == seconds


def test_a_setup_that_asks_for_nothing_is_as_the_service_has_it() -> None:
    assert Setup("a model", types.LiveConnectConfig()).silence == SILENCE
