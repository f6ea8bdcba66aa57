"""Carries the faults of a scenario out on one connection, each where it belongs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from offline.gemini import outages, slips
from offline.gemini.account import Account
from offline.gemini.admission import NOT_FOUND
from offline.gemini.doorway import KEY_INVALID
from offline.gemini.fault import Fault
from offline.gemini.lifetime import BAD_HANDLE, SESSION_GONE
from offline.gemini.outputs import content
from offline.gemini.plumbing import Plumbing
from offline.gemini.session import INTERNAL_ERROR, QUOTA, Session
from offline.gemini.suffering import EVER
from offline.gemini.tampering import Tampering
from offline.gemini.wire import INVALID_ARGUMENT, encode

WRONG_PLACE = "User location is not supported for the API use."

_HANDLE = {1007: BAD_HANDLE, 1008: SESSION_GONE, 1011: INTERNAL_ERROR}

_WHOLE = encode(content(outputTranscription={"text": " and so"}))
_ERROR = {"code": 500, "message": INTERNAL_ERROR, "status": "INTERNAL"}

HICCUPS: Mapping[str, bytes] = {
    "malformed": b'{"serverContent": {"modelTurn": }}',
    "truncated": _WHOLE[: len(_WHOLE) // 2],
    "empty frame": b"",
    "empty message": b"{}",
    "unknown key": encode({"somethingNew": {"of": "tomorrow"}}),
    "error": encode({"error": _ERROR}),
    "flat error": encode(_ERROR),
}


class Mischief:
    """Does faults; `temper()` is the service's as the faults have changed it for this connection.

    `put(frame)` sends bytes as they are; `model` is the one that the client's setup named.
    """

    def __init__(
        self,
        *,
        session: Session,
        account: Account,
        plumbing: Plumbing,
        put: Callable[[bytes], None],
    ) -> None:
        self.tampering = Tampering()
        self.model = ""
        self._session, self._account, self._plumbing, self._put = session, account, plumbing, put

    def do(self, fault: Fault, now: float) -> None:
        """Do one fault now."""
        self._account.fault(fault, now)
        self.tampering.add(fault)
        closing = self._closing(fault)
        if closing is not None:
            self._session.close(*closing, now)
        elif isinstance(fault, outages.RefuseHandle):
            self._refuse(fault, now)
        elif isinstance(fault, slips.Hiccup):
            self._put(HICCUPS[fault.what])
        elif not self._plumb(fault):
            self._session.temper_with(_changes(fault))
            self._session.suffer(fault, now)

    def _refuse(self, fault: outages.RefuseHandle, now: float) -> None:
        if not fault.delay:
            self._session.close(fault.code, _HANDLE[fault.code], now)
            return
        self._session.temper_with({"setup_ms": EVER * 1000})
        self._session.close_at(now + fault.delay, fault.code, _HANDLE[fault.code])

    def _closing(self, fault: Fault) -> tuple[int, str] | None:
        if isinstance(fault, outages.Close):
            return fault.code, fault.reason
        if isinstance(fault, outages.NoModel):
            return 1008, NOT_FOUND.format(self.model, "v1")
        closings: dict[type[Fault], tuple[int, str]] = {
            outages.Quota: (1011, QUOTA),
            outages.Full: (1011, QUOTA),
            outages.BadKey: (1007, KEY_INVALID),
            outages.WrongPlace: (1007, WRONG_PLACE),
            outages.ContextFull: (1007, INVALID_ARGUMENT),
        }
        return closings.get(type(fault))

    def _plumb(self, fault: Fault) -> bool:
        if isinstance(fault, outages.Reset):
            self._plumbing.reset()
        elif isinstance(fault, outages.Pongs):
            self._plumbing.spoil_pongs(fault)
        elif isinstance(fault, outages.StopReading):
            self._plumbing.stop_reading(fault.seconds)
        elif isinstance(fault, outages.BlackHole):
            self._plumbing.swallow(fault.seconds)
        else:
            return False
        return True


def _changes(fault: Fault) -> dict[str, object]:
    if isinstance(fault, outages.NoSetup):
        return {"setup_ms": EVER * 1000}
    if isinstance(fault, outages.SlowSetup):
        return {"setup_ms": fault.seconds * 1000}
    if isinstance(fault, slips.SlowSpeech):
        return {"pace": fault.pace}
    if isinstance(fault, slips.Burst):
        return {"pace": 0.0}
    return {}
