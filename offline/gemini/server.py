"""The service on one TLS port: upgrades, refusals, tokens, and the accounts of all connections."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from offline.gemini import certificate, wire
from offline.gemini.account import Account
from offline.gemini.connection import Connection
from offline.gemini.doorway import (
    KEY_INVALID,
    NOT_FOUND,
    TOKEN_PATH,
    Entry,
    Turned,
    accepts,
    enter,
    turned_away,
)
from offline.gemini.memory import Shelf
from offline.gemini.outages import Refuse
from offline.gemini.plumbing import Plumbing
from offline.gemini.scenario import Rule, Scenario
from offline.gemini.senses import Senses
from offline.gemini.session import QUOTA, Session
from offline.gemini.temper import Temper
from offline.gemini.tokens import Tokens
from offline.gemini.wire import WireError

HOST = "127.0.0.1"
LARGEST_FRAME = 16 << 20


class Service:
    """The stand-in; `async with Service.start(...) as service`.

    Attributes:
        url: base URL for google-genai, `https://127.0.0.1:PORT`.
        ca_file: what SSL_CERT_FILE must name for a client to trust it.
        temper: settings in force; may be replaced at any time.
        accounts: one per connection, in the order they came.
    """

    def __init__(
        self,
        *,
        senses: Senses,
        temper: Temper,
        clock: Callable[[], float],
        wall: Callable[[], datetime],
        rng: random.Random,
    ) -> None:
        self.url = ""
        self.ca_file = Path()
        self.temper = temper
        self.accounts: list[Account] = []
        self._senses, self._clock, self._wall, self._rng = senses, clock, wall, rng
        self._shelf = Shelf()
        self._tokens = Tokens(rng)
        self._open: dict[int, Connection] = {}
        self._scenario: Scenario | None = None
        self._arrivals = 0
        """Connections since the scenario began."""
        self._usual: dict[str, object] = {}
        """Settings as they were before the scenario changed them."""

    @classmethod
    @asynccontextmanager
    async def start(
        cls,
        *,
        senses: Senses,
        temper: Temper | None = None,
        port: int = 0,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        rng: random.Random | None = None,
    ) -> AsyncIterator[Service]:
        """Serve on loopback until the block ends; port 0 is any. OSError if it is taken."""
        service = cls(
            senses=senses,
            temper=temper or Temper(),
            clock=clock,
            wall=wall,
            rng=rng or random.Random(),
        )
        with tempfile.TemporaryDirectory(prefix="gemini-") as folder:
            context, service.ca_file = await asyncio.to_thread(certificate.make, Path(folder))
            app = web.Application(client_max_size=LARGEST_FRAME)
            app.router.add_route("*", "/{path:.*}", service._request)
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
            await runner.setup()
            try:
                await web.TCPSite(runner, HOST, port, ssl_context=context).start()
                service.url = f"https://{HOST}:{runner.addresses[0][1]}"
                yield service
            finally:
                for connection in list(service._open.values()):
                    connection.reset()
                await runner.cleanup()

    def connection(self, number: int) -> Connection | None:
        """Return an open connection."""
        return self._open.get(number)

    def play(self, scenario: Scenario | None) -> None:
        """Begin a scenario, or end the one that runs.

        Connections that are open are its first ones, in the order they came.
        """
        temper = self.temper.changed(self._usual)
        changes = scenario.temper if scenario else {}
        self._usual = {name: getattr(temper, name) for name in changes}
        self.temper = temper.changed(changes)
        self._scenario, self._arrivals = scenario, 0
        for number in sorted(self._open):
            self._open[number].follow(self._rules())

    def newest(self) -> Connection | None:
        """Return the open connection that came last."""
        return self._open[max(self._open)] if self._open else None

    def _rules(self) -> tuple[Rule, ...]:
        """Return what the scenario holds for the next connection."""
        self._arrivals += 1
        return self._scenario.rules_of(self._arrivals) if self._scenario else ()

    async def _request(self, request: web.Request) -> web.StreamResponse:
        path = request.raw_path.partition("?")[0]
        headers = {name.lower(): value for name, value in request.headers.items()}
        if request.method == "POST" and TOKEN_PATH.fullmatch(path):
            return await self._create_token(request, headers)
        entry = enter(
            path,
            headers,
            request.query,
            tokens=self._tokens,
            api_key=self.temper.api_key,
            now=self._wall(),
        )
        if isinstance(entry, Entry) and headers.get("upgrade", "").lower() != "websocket":
            entry = NOT_FOUND
        if isinstance(entry, Turned):
            return web.json_response(entry.body(), status=entry.status)
        rules = self._rules()
        for rule in rules:
            if isinstance(rule.fault, Refuse):
                return self._refuse(request, rule.fault)
        return await self._serve(request, entry, rules)

    def _refuse(self, request: web.Request, fault: Refuse) -> web.Response:
        """Turn a connection away before the upgrade, as a rule says."""
        now = self._clock()
        account = Account(len(self.accounts), now, request.path)
        self.accounts.append(account)
        account.closed, account.refused = now, fault.status
        account.fault(fault, now)
        return web.json_response(turned_away(fault.status).body(), status=fault.status)

    async def _serve(
        self, request: web.Request, entry: Entry, rules: Sequence[Rule]
    ) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(
            max_msg_size=LARGEST_FRAME,
            compress=self.temper.deflate,
            timeout=2.0,
            autoping=False,
        )
        await socket.prepare(request)
        number = len(self.accounts)
        account = Account(number, self._clock(), request.path)
        self.accounts.append(account)
        connection = Connection(
            socket,
            self._session(account, entry),
            account,
            senses=self._senses,
            temper=lambda: self.temper,
            clock=self._clock,
            plumbing=Plumbing(request, self._clock),
            rules=rules,
        )
        self._open[number] = connection
        try:
            await connection.run()
        finally:
            del self._open[number]
        return socket

    def _session(self, account: Account, entry: Entry) -> Session:
        full = 0 < self.temper.max_sessions <= len(self._open)
        return Session(
            account=account,
            dialect=entry.dialect,
            temper=lambda: self.temper,
            shelf=self._shelf,
            rng=self._rng,
            refusal=(1011, QUOTA) if full else entry.refusal,
            constrain=entry.constrain,
            expires=self._deadline(entry.expires),
        )

    def _deadline(self, expires: datetime | None) -> float | None:
        if expires is None:
            return None
        return self._clock() + (expires - self._wall()).total_seconds()

    async def _create_token(self, request: web.Request, headers: Mapping[str, str]) -> web.Response:
        key = headers.get("x-goog-api-key", "") or request.query.get("key", "")
        turned = Turned(status=400, name="INVALID_ARGUMENT", message=KEY_INVALID)
        if accepts(key, self.temper.api_key):
            try:
                asked = wire.load(await request.read())
                return web.json_response(self._tokens.create(asked, self._wall()))
            except WireError as error:
                turned = Turned(status=400, name="INVALID_ARGUMENT", message=error.reason)
        return web.json_response(turned.body(), status=turned.status)
