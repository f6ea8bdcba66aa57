"""The headers that keep the page to itself: what it may load, use and speak to."""

from __future__ import annotations

from urllib.parse import urlsplit

CLOUD = ".livekit.cloud"


def security_headers(livekit_url: str) -> dict[str, str]:
    """Return the headers of every answer; the page may connect to this LiveKit server alone."""
    connect = " ".join(["'self'", *_livekit(livekit_url)])
    policy = {
        "default-src": "'self'",
        "connect-src": connect,
        "media-src": "'self' blob:",
        "img-src": "'self' data: blob:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self), "
        "geolocation=()",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def _livekit(url: str) -> list[str]:
    """The signalling socket, and the same by HTTP, where the client asks why it was refused."""
    parts = urlsplit(url)
    web = "https" if parts.scheme == "wss" else "http"
    hosts = [parts.netloc]
    if parts.netloc.endswith(CLOUD):
        # LiveKit Cloud sends clients on to the nearest region.
        hosts.append(f"*{CLOUD}")
    return [f"{scheme}://{host}" for host in hosts for scheme in (parts.scheme, web)]
