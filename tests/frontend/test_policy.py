"""What the page may connect to."""

from __future__ import annotations

import pytest

from frontend.policy import security_headers


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("ws://127.0.0.1:7880", "'self' ws://127.0.0.1:7880 http://127.0.0.1:7880"),
        ("wss://live.example.org", "'self' wss://live.example.org https://live.example.org"),
        (
            "wss://a.livekit.cloud",
            "'self' wss://a.livekit.cloud https://a.livekit.cloud wss://*.livekit.cloud",
        ),
    ],
)
def test_connects_to_this_livekit_server_alone(url: str, wanted: str) -> None:
    assert f"connect-src {wanted}" in security_headers(url)["Content-Security-Policy"]


def test_runs_no_script_but_its_own_and_sits_in_nobodys_frame() -> None:
    policy = security_headers("wss://a.b")["Content-Security-Policy"]
    for rule in ("default-src 'self'", "object-src 'none'", "frame-ancestors 'none'"):
        assert rule in policy
    assert "unsafe-inline" not in policy
