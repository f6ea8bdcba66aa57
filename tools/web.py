"""A small, careful way to ask a web service for JSON."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping

import httpx

MAX_BYTES = 256 * 1024

# An answer that came compressed could grow behind the limit.
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}


class WebError(Exception):
    """The service answered, but not with what was asked for."""


async def get_json(client: httpx.AsyncClient, url: str, params: Mapping[str, str]) -> object:
    """Ask for a JSON document of at most `MAX_BYTES`.

    Raises:
        httpx.HTTPError, httpx.InvalidURL: The service was not reached.
        WebError: It sent anything but status 200 and JSON; redirects are not followed.
    """
    body = bytearray()
    request = client.build_request("GET", url, params=params, headers=_HEADERS)
    response = await client.send(request, stream=True, follow_redirects=False)
    async with contextlib.aclosing(response):
        if response.status_code != httpx.codes.OK:
            raise WebError("status is not 200")
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > MAX_BYTES:
                raise WebError("answer is too long")
    try:
        document: object = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise WebError("answer is not JSON") from error
    return document
