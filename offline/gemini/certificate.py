"""A certificate authority of this process's own making, and a file that makes clients trust it."""

from __future__ import annotations

import ssl
from pathlib import Path

import certifi
import trustme


def make(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Return a server context for this machine's loopback names, and the CA file for clients.

    The file holds the public authorities too: a client whose SSL_CERT_FILE points at it can still
    reach the rest of the world.
    """
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1", "::1").configure_cert(server)
    bundle = folder / "ca.pem"
    own = authority.cert_pem.bytes()
    bundle.write_bytes(own + b"\n" + Path(certifi.where()).read_bytes())
    return server, bundle
