"""Ask the service for an ephemeral token over plain HTTPS."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request

from offline.gemini.server import Service
from tests.conformance.clients import KEY, trust


async def post_token(service: Service, **body: object) -> tuple[int, dict[str, object]]:
    """Return the status and the JSON answer."""
    request = urllib.request.Request(
        f"{service.url}/v1alpha/auth_tokens",
        data=json.dumps(body).encode(),
        headers=KEY | {"Content-Type": "application/json"},
    )
    return await asyncio.to_thread(_post, service, request)


async def create_token(service: Service, **body: object) -> str:
    status, answer = await post_token(service, **body)
    assert status == 200
    return str(answer["name"])


def _post(service: Service, request: urllib.request.Request) -> tuple[int, dict[str, object]]:
    try:
        with urllib.request.urlopen(request, context=trust(service)) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)
