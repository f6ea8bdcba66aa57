"""Wiring only: the worker's server and its job processes."""

from __future__ import annotations

import gc
import logging
import sys
from functools import partial
from pathlib import Path

from livekit.agents import AgentServer, JobContext, JobExecutorType, JobProcess, cli
from livekit.agents.worker import ServerEnvOption

from worker.config import environment
from worker.config.settings import Settings
from worker.errors import PersonaError
from worker.operation import metrics
from worker.operation.admission import Admission
from worker.operation.lookout import Lookout
from worker.operation.privacy import keep_discreet
from worker.operation.server import Server
from worker.operation.stopwatch import Stopwatch
from worker.operation.watch import Watch
from worker.personas import Persona, asked_for, load_persona
from worker.start.warmup import PRELOAD

logger = logging.getLogger(__name__)


def prewarm(process: JobProcess) -> None:
    """Do once in an idle process what would hold the event loop of its first call."""
    # Only job processes carry the imports of a conversation.
    from worker import conversation  # noqa: F401
    from worker.start.dress import rehearse_call
    from worker.start.heap import give_back
    from worker.start.native import start_native
    from worker.start.rehearsal import rehearse
    from worker.start.rehearsed import tls
    from worker.start.tether import tether

    own = process.executor_type is JobExecutorType.PROCESS
    tether()
    if own:
        give_back()
    keep_discreet()
    start_native()
    # The rehearsal once more, in 10 ms: memory pages that are shared with the fork server and that
    # it writes to are copied now, and not in the call.
    rehearse(tls)
    settings = process.userdata["settings"] = environment.inherited()
    if settings.metrics_port is not None and settings.figures:
        metrics.share(Path(settings.figures))
    process.userdata["tls"] = tls
    persona = _default_persona(settings)
    # `worker.py console` has no process for it, and gives its microphone to the first session.
    if own and persona is not None:
        process.userdata["rehearsed"] = rehearse_call(settings, persona, tls)
    # A collection that walks all of this takes 100 ms; nothing of it will ever be garbage.
    gc.collect()
    gc.freeze()


def _default_persona(settings: Settings) -> Persona | None:
    """Read the settings' persona, or say early what every call would end with: the main process
    knows no tools."""
    from worker.role import KNOWN

    try:
        return load_persona(settings.persona, tools=KNOWN)
    except PersonaError as error:
        logger.error("persona cannot be used", extra={"cause": str(error)})
        return None


async def entrypoint(ctx: JobContext) -> None:
    """One job: one room's conversation."""
    from worker.arrival import arrive
    from worker.conversation import Conversation
    from worker.parting import end_with
    from worker.role import KNOWN
    from worker.tasks import close_each

    begun: list[Conversation] = []
    # First of all, so that whatever fails from here on is known to have failed.
    end_with(ctx, lambda reason: close_each(*(partial(one.aclose, reason) for one in begun)))
    settings: Settings = ctx.proc.userdata["settings"]
    ctx.log_context_fields = {"room": ctx.job.room.name}
    if settings.loop_limit_ms:
        stopwatch = Stopwatch(settings.loop_limit_ms / 1000)
        stopwatch.start()
        ctx.add_shutdown_callback(stopwatch.aclose)
    persona = load_persona(asked_for(ctx.job.metadata, settings.persona), tools=KNOWN)
    joining = await arrive(ctx)
    conversation = Conversation(ctx, settings, persona, tls=ctx.proc.userdata["tls"])
    begun.append(conversation)
    await conversation.start(joining)


def build_server(settings: Settings) -> AgentServer:
    """The server that registers with LiveKit and keeps idle processes ready."""
    keep_discreet()
    admission = Admission(
        name=settings.display_name,
        max_sessions=settings.max_sessions,
        active=lambda: {info.job.id for info in server.active_jobs},
        unlaunched=lambda job, identity: watch.on_unlaunched(job, identity),
    )
    metered = settings.metrics_port is not None and bool(settings.figures)
    if metered:
        metrics.share(Path(settings.figures))
    server = Server(
        lookout=_lookout(settings),
        host=settings.health_host,
        port=ServerEnvOption(dev_default=0, prod_default=settings.health_port),
        # However long LiveKit is away: a worker that ends then is not there when it is back.
        max_retry=sys.maxsize,
        num_idle_processes=settings.idle_processes,
        # A cold or busy machine may import for longer than the framework's 10 s; ending a process
        # for that would only start its imports anew.
        initialize_process_timeout=60.0,
        job_memory_limit_mb=settings.memory_limit_mb,
        load_fnc=admission.load,
        # Not the framework's gate but `Admission` refuses jobs: with a finite threshold the
        # framework counts a job that is just starting as a whole worker's load.
        load_threshold=float("inf"),
        setup_fnc=prewarm,
        preload_modules=PRELOAD,
        prometheus_port=settings.metrics_port if metered else None,
    )
    server.rtc_session(entrypoint, agent_name=settings.agent_name, on_request=admission.on_request)
    watch = Watch(server, settings)
    watch.start()
    return server


def _lookout(settings: Settings) -> Lookout | None:
    if not settings.beats:
        return None
    return Lookout(Path(settings.beats), model=settings.model, idle=settings.probe_interval)


def run(settings: Settings | None) -> None:
    """Run LiveKit's command line; without settings it can only explain itself."""
    cli.run_app(build_server(settings) if settings else AgentServer())
