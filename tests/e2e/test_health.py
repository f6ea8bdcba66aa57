"""A worker that nobody calls knows all the same whether Gemini Live can be reached."""

from __future__ import annotations

import time

import pytest

from tests.e2e.figures import Figures
from tests.e2e.rig import FAST, MARKS, Rig, rig, until

pytestmark = [*MARKS, pytest.mark.slow]


async def test_a_wrong_key_is_known_before_the_first_caller_and_forgiven_when_put_right(
    figures: Figures,
) -> None:
    flags = (*FAST, "--api-key", "another")
    async with rig("health", flags=flags, env={"AGENT_PROBE_INTERVAL": "300"}) as stack:
        registered, folder = time.monotonic(), stack.private_folder()
        await until("503", lambda: says(stack, 503), 20)
        figures("registered: to 503 for a wrong key", time.monotonic() - registered, "s")
        assert "GOOGLE_API_KEY" in (await stack.status())["gemini"]["reason"]
        await stack.gemini.change(api_key="")
        mended = time.monotonic()
        await until("200", lambda: says(stack, 200), 70)
        figures("key put right: to 200 without a call", time.monotonic() - mended, "s")
        assert all(account.closed for account in await stack.accounts())
        assert folder.is_dir()
        assert folder.is_dir()
    assert not folder.exists()


async def says(stack: Rig, status: int) -> bool | None:
    well = (await stack.status())["gemini"]["well"]
    return True if (await stack.health(), well) == (status, status == 200) else None
