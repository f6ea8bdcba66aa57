"""Which jobs this worker takes: as many as it has room for."""

from __future__ import annotations

import logging
from collections.abc import Callable, Set
from typing import TYPE_CHECKING

from livekit.agents import AssignmentTimeoutError

from worker.operation import memory
from worker.operation.load import load

if TYPE_CHECKING:
    from livekit.agents import JobRequest
    from livekit.protocol.agent import Job

logger = logging.getLogger(__name__)


class Admission:
    """Accepts and refuses jobs, and says how full the worker is."""

    def __init__(
        self,
        *,
        name: str,
        max_sessions: int,
        active: Callable[[], Set[str]],
        unlaunched: Callable[[Job, str], None],
    ) -> None:
        """Prepare to be asked.

        Args:
            name: The agent's in the room.
            max_sessions: Calls at once; 0 for as many as memory allows.
            active: Ids of the jobs that have their process.
            unlaunched: Told a job that was taken and gets no process, and the agent's identity.
        """
        self._name, self._max_sessions, self._active = name, max_sessions, active
        self._unlaunched = unlaunched
        self._accepting: set[str] = set()

    def load(self) -> float:
        """The load to report, from 0.0 to 1.0."""
        # A job counts from the moment it is accepted; it is active only when its process has it.
        return load(
            sessions=len(self._active() | self._accepting),
            max_sessions=self._max_sessions,
            available_mb=memory.available() / 2**20,
        )

    async def on_request(self, request: JobRequest) -> None:
        """Take a job that is offered, or leave it to another worker."""
        if self.load() >= 1.0:
            logger.warning("worker is full, refusing a job", extra={"job": request.id})
            # Without terminate=False the server would not ask the next worker.
            await request.reject(terminate=False)
            return
        self._accepting.add(request.id)
        identity = f"agent-{request.id}"
        try:
            await request.accept(name=self._name, identity=identity)
        except AssignmentTimeoutError:
            # The server has given it to another worker.
            raise
        except Exception:
            self._unlaunched(request.job, identity)
            raise
        finally:
            self._accepting.discard(request.id)
