"""The built page, read into memory once: what may be served, ready to be sent."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from frontend.errors import BuildError

INDEX = "index.html"
MAX_BYTES = 32 * 1024 * 1024
FOR_EVER = "public, max-age=31536000, immutable"
"""For what lies in `assets/`: its name holds a hash of what it says."""
ASK_AGAIN = "no-cache"
_SMALL = 512
"""Bytes below which compression saves no packet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file of the page."""

    body: bytes
    packed: bytes | None
    """The same, gzipped; None where that does not make it smaller."""
    kind: str
    etag: str
    cache: str


def load(folder: Path) -> dict[str, Asset]:
    """Read every file below the folder; the keys are addresses, `/` the page itself.

    Nothing is looked up on the disk later: an address that is not in here does not exist.

    Raises:
        BuildError: there is no page in it, or something far too large for one.
    """
    if not (folder / INDEX).is_file():
        raise BuildError(f"There is no page in {folder.name}/: run `make page` first.")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if sum(path.stat().st_size for path in files) > MAX_BYTES:
        raise BuildError(f"{folder.name}/ is too large to be a page: more than 32 MiB.")
    assets = {f"/{path.relative_to(folder).as_posix()}": _asset(folder, path) for path in files}
    return {"/": assets[f"/{INDEX}"], **assets}


def _asset(folder: Path, path: Path) -> Asset:
    body = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    hashed = path.relative_to(folder).parts[0] == "assets"
    return Asset(
        body=body,
        packed=_packed(body),
        kind=f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
        etag=f'"{hashlib.sha256(body).hexdigest()[:20]}"',
        cache=FOR_EVER if hashed else ASK_AGAIN,
    )


def _packed(body: bytes) -> bytes | None:
    if len(body) < _SMALL:
        return None
    packed = gzip.compress(body, mtime=0)
    return packed if len(packed) < len(body) else None
