"""What a call came to, for the log."""

from __future__ import annotations

import logging

from worker.cost.accounts import Accounts
from worker.eyes.sight import Sight
from worker.gemini.outbound import Outbound
from worker.room.outbox import Outbox

logger = logging.getLogger(__name__)


def log_totals(sight: Sight, media: Outbound, outbox: Outbox, accounts: Accounts) -> None:
    """Log one line when a call ends."""
    eyes = sight.counts
    logger.info(
        "conversation ended",
        extra={
            "frames_seen": eyes.seen,
            "frames_sent": eyes.sent,
            "frames_same": eyes.same,
            "frames_skipped": eyes.skipped,
            "frames_failed": eyes.failed,
            "pictures_replaced": media.pictures_replaced,
            "samples_heard": media.samples_heard,
            "samples_dropped": media.samples_dropped,
            "samples_repeated": media.samples_repeated,
            "seconds_unsent": round(media.seconds_waiting, 3),
            "messages_sent": outbox.sent,
            "messages_dropped": outbox.dropped,
            "tokens": accounts.call.total,
            "usd": round(accounts.usd, 6),
        },
    )
