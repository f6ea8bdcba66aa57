"""A small, careful way to ask a web service for JSON."""

from __future__ import annotations

import asyncio
import functools
import json
import ssl
from collections.abc import Mapping

import httpx

MAX_BYTES = 256 * 1024

_HEADERS = {"User-Agent": "sightline", "Accept": "application/json", "Accept-Encoding": "identity"}


class WebError(Exception):
    """The service answered, but not with what was asked for."""


async def open_client() -> httpx.AsyncClient:
    """Open a client that follows no redirect and takes no coded (compressed) answer."""
    # Reading the certificates takes 40 ms and more: once, and not on the event loop.
    context = await asyncio.to_thread(_certificates)
    return httpx.AsyncClient(verify=context, follow_redirects=False, headers=_HEADERS)


async def get_json(client: httpx.AsyncClient, url: str, params: Mapping[str, str]) -> object:
    """Ask for a JSON document of at most `MAX_BYTES`.

    Raises:
        httpx.HTTPError, httpx.InvalidURL: The service was not reached.
        WebError: It sent anything but status 200 and JSON; redirects are not followed.
    """
    body = bytearray()
    async with client.stream("GET", url, params=params, follow_redirects=False) as response:
        if response.status_code != httpx.codes.OK:
            raise WebError("status is not 200")
        # Raw bytes: an answer that is compressed all the same cannot grow behind the limit.
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > MAX_BYTES:
                raise WebError("answer is too long")
    try:
        document: object = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise WebError("answer is not JSON") from error
    return document


@functools.cache
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()
