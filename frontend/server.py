"""Hosts the page and grants tokens for rooms: `python -m frontend.server`."""

from __future__ import annotations

import logging
import sys
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from frontend import build, passes, personas
from frontend.access import Guest, authenticate
from frontend.admission import MAX_BODY, Admission, admit
from frontend.errors import PageError, Refusal
from frontend.limits import RateLimit, network
from frontend.personas import Persona
from frontend.policy import security_headers
from frontend.seats import COOKIE, Seats, known
from frontend.settings import Settings, is_loopback, load
from frontend.tokens import mint

logger = logging.getLogger(__name__)

TOKEN_PATH = "/api/token"
PERSONAS_PATH = "/api/personas"
BURST, INTERVAL = 10, 6.0
"""Ten tokens at once from one address or one user, then ten a minute; wrong codes count too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The server's parts, for one application."""

    settings: Settings
    assets: Mapping[str, build.Asset]
    personas: Sequence[Persona]
    asked: RateLimit
    fresh: Callable[[], str]
    now: Callable[[], float]

    async def token(self, request: web.Request) -> web.Response:
        """Answer LiveKit's standard request: 201, `server_url` and `participant_token`."""
        self._check_host(request)
        self._check_origin(request)
        self._count(f"address {self._address(request)}")
        if request.content_type != "application/json":
            raise Refusal(415, "not JSON")
        cookie, _, kept = request.cookies.get(COOKIE, "").partition(".")
        browser = known(cookie) or self.fresh()
        admission = self._admit(await request.read(), browser)
        guest = self._let_in(request, browser, kept if admission.returns else "")
        if guest.user:
            self._count(f"user {guest.user}")
        logger.info("token granted", extra={"room": admission.room, "again": admission.returns})
        answer = web.json_response(
            {
                "server_url": self.settings.livekit_url,
                "participant_token": mint(admission, self.settings),
            },
            status=201,
        )
        answer.set_cookie(
            COOKIE,
            f"{browser}.{passes.give(guest, browser, self.settings)}".rstrip("."),
            path=TOKEN_PATH,
            httponly=True,
            samesite="Strict",
            secure=request.secure or self.settings.behind_proxy,
        )
        return answer

    def _let_in(self, request: web.Request, browser: str, kept: str) -> Guest:
        """Take what is shown; a page that reloads shows nothing, but was let in before."""
        authorization = request.headers.get("Authorization", "")
        if kept and not authorization:
            guest = passes.read(kept, browser, self.settings, now=self.now())
            if guest is not None:
                return guest
        return authenticate(authorization, self.settings)

    def _admit(self, body: bytes, browser: str) -> Admission:
        seats = Seats.of(browser, secret=self.settings.api_secret, now=self.now())
        names = [one.name for one in self.personas]
        return admit(body, self.settings, self.fresh, seats=seats, personas=names)

    async def choice(self, request: web.Request) -> web.Response:
        """Answer with the personas there are, as a list of name, title and description."""
        return web.json_response([asdict(one) for one in self.personas])

    async def preflight(self, request: web.Request) -> web.Response:
        """Tell a browser which of another origin's requests are welcome."""
        self._check_origin(request)
        return web.Response(
            status=204,
            headers={
                "Access-Control-Allow-Methods": "POST",
                "Access-Control-Allow-Headers": "content-type, authorization",
                "Access-Control-Max-Age": "600",
            },
        )

    async def asset(self, request: web.Request) -> web.Response:
        """Answer with a file of the page."""
        asset = self.assets.get(request.path)
        if asset is None:
            raise Refusal(404, "no such file")
        headers = {"ETag": asset.etag, "Cache-Control": asset.cache, "Vary": "Accept-Encoding"}
        if request.headers.get("If-None-Match") == asset.etag:
            return web.Response(status=304, headers=headers)
        headers["Content-Type"] = asset.kind
        if asset.packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
            return web.Response(body=asset.packed, headers=headers | {"Content-Encoding": "gzip"})
        return web.Response(body=asset.body, headers=headers)

    async def health(self, request: web.Request) -> web.Response:
        """Say that the server runs."""
        return web.Response(text="ok")

    def _count(self, key: str) -> None:
        if wait := self.asked.take(key):
            raise Refusal(429, "too often", retry_after=wait)

    def _check_host(self, request: web.Request) -> None:
        """See that a page which is for this machine alone is not asked by a foreign name of it."""
        try:
            name = urlsplit(f"//{request.host}").hostname or ""
        except ValueError:
            raise Refusal(400, "malformed host") from None
        if not (self.settings.is_public or self.settings.is_guarded or is_loopback(name)):
            raise Refusal(403, "foreign host")

    def _check_origin(self, request: web.Request) -> None:
        origin = request.headers.get("Origin")
        if origin is not None and not self.welcome(origin, request):
            raise Refusal(403, "foreign origin")

    def welcome(self, origin: str, request: web.Request) -> bool:
        """Tell whether a page of this origin may ask: our own, or one on the list."""
        own = {f"{scheme}://{request.host}" for scheme in ("http", "https")}
        return origin in own or origin in self.settings.origins

    def _address(self, request: web.Request) -> str:
        if self.settings.behind_proxy:
            # The last entry is the proxy's own; what is before it anybody may have written.
            lines = request.headers.getall("X-Forwarded-For", [""])
            forwarded = lines[-1].rpartition(",")[2].strip()
            if forwarded:
                return network(forwarded)
        return network(request.remote or "")


def _guard(page: Page) -> Middleware:
    """Put the headers on every answer, and turn refusals into answers without detail."""
    secure = security_headers(page.settings.livekit_url)

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            answer = await handler(request)
        except Refusal as refusal:
            logger.info("refused", extra={"status": refusal.status, "why": refusal.why})
            answer = web.Response(status=refusal.status)
            if refusal.retry_after:
                answer.headers["Retry-After"] = str(int(refusal.retry_after) + 1)
        except web.HTTPException as error:
            answer = web.Response(status=error.status)
            if "Allow" in error.headers:
                answer.headers["Allow"] = error.headers["Allow"]
        answer.headers.update(secure)
        answer.headers.setdefault("Cache-Control", "no-store")
        _allow_origin(page, request, answer)
        return answer

    return guard


def _allow_origin(page: Page, request: web.Request, answer: web.StreamResponse) -> None:
    origin = request.headers.get("Origin")
    if request.path == TOKEN_PATH and origin is not None:
        answer.headers["Vary"] = "Origin"
        if page.welcome(origin, request):
            answer.headers["Access-Control-Allow-Origin"] = origin
            answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"


def build_app(
    settings: Settings,
    assets: Mapping[str, build.Asset],
    *,
    personas: Sequence[Persona] = (),
    clock: Callable[[], float] = time.monotonic,
    now: Callable[[], float] = time.time,
    fresh: Callable[[], str] = lambda: uuid.uuid4().hex,
) -> web.Application:
    """Return the application: the page, its token endpoint, the personas and `/health`."""
    page = Page(
        settings=settings,
        assets=assets,
        personas=personas,
        asked=RateLimit(burst=BURST, interval=INTERVAL, clock=clock),
        fresh=fresh,
        now=now,
    )
    app = web.Application(middlewares=[_guard(page)], client_max_size=MAX_BODY)
    app.router.add_post(TOKEN_PATH, page.token)
    app.router.add_options(TOKEN_PATH, page.preflight)
    app.router.add_get(PERSONAS_PATH, page.choice)
    app.router.add_get("/health", page.health)
    app.router.add_get("/{path:.*}", page.asset)
    return app


def main() -> int:
    """Serve until SIGINT or SIGTERM; return 2 after one clear line a problem."""
    _log()
    try:
        settings = load()
        found = personas.load(settings.personas)
        app = build_app(settings, build.load(settings.folder), personas=found)
    except PageError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    try:
        web.run_app(app, host=settings.host, port=settings.port)
    except OSError:
        place = f"{settings.host}:{settings.port}"
        sys.stderr.write(f"PAGE_PORT: {place} is taken or not ours to use.\n")
        return 2
    return 0


def _log() -> None:
    """Log to standard error, with what our records say beside their words."""
    written = logging.StreamHandler()
    facts = {"status": "", "why": "", "room": ""}
    line = "%(asctime)s %(levelname)s %(name)s: %(message)s %(status)s %(why)s %(room)s"
    written.setFormatter(logging.Formatter(line, defaults=facts))
    logging.basicConfig(level=logging.INFO, handlers=[written])


if __name__ == "__main__":
    sys.exit(main())
