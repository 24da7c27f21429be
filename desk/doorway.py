"""Around every request: its address, its size, where it came from, and the headers of each answer.

Nothing here asks who somebody is. A request that does not pass is answered before anybody reads
its body; whatever fails behind the door is told in one sentence and logged without its words.
"""

from __future__ import annotations

import asyncio
import logging
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request

from desk.api.version import SAID
from desk.files import PREFIX
from desk.problems import API, Refused, answered, problem_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from store.installation import Installation

LOG = logging.getLogger("verhuisketen.desk")
MOST_BYTES = 10 * 1024 * 1024
"""A delivery that a steward hands in by hand; most forms are a few hundred bytes."""
BODY_SECONDS = 60.0
SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
OWN = frozenset(("same-origin", "none"))
REPORTS = "/csp-melding"
TILES = "https://service.pdok.nl"
"""Where the background of the map comes from, where an installation wants one."""
ANYBODY = "*"
CLOSE = {"Connection": "close"}
"""We do not read what is too large, so the connection cannot be used again."""
FIXED = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""On every answer, errors too (promise P19; ASVS 3.4)."""


def policy_of_content(*, tiles: bool) -> str:
    """Say what a page may load: our own files only, and nothing that is written in the page."""
    images = " ".join(["'self'", "data:", *([TILES] if tiles else [])])
    said = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        f"img-src {images}",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        # Not report-to: Chromium prefers it where both stand, and over plain HTTP sends nothing.
        f"report-uri {REPORTS}",
    )
    return "; ".join(said)


class Doorway:
    """ASGI around the desk: refuses what is too large, sent elsewhere or sent by another site.

    `hosts` are the names we answer to; `*` stands for any, behind a proxy that looks itself.
    """

    def __init__(self, app: ASGIApp, *, installation: Installation, hosts: frozenset[str]) -> None:
        self.app = app
        self.hosts = hosts
        self.headers = FIXED | {
            "Content-Security-Policy": policy_of_content(tiles=installation.map_tiles)
        }
        if installation.behind_proxy:
            self.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or answer it here."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._add(MutableHeaders(scope=message), scope["path"])
            await send(message)

        try:
            self._admit(scope["method"], Headers(scope=scope))
            await self.app(scope, limited(receive), with_headers)
        except ClientDisconnect:
            return
        except Exception as error:
            if problem_of(error).status == 500:  # noqa: PLR2004 - ours
                LOG.error("er ging iets mis dat wij niet voorzagen", exc_info=error)  # noqa: TRY400 - the allow-list tells its class and place
            if not started:
                await answered(Request(scope), error)(scope, receive, with_headers)

    def _add(self, headers: MutableHeaders, path: str) -> None:
        headers.update(self.headers)
        if path.startswith(API + "/"):
            headers.update(SAID)
        if not (path.startswith(PREFIX + "/") and "cache-control" in headers):
            headers["Cache-Control"] = "no-store"

    def _admit(self, method: str, headers: Headers) -> None:
        if ANYBODY not in self.hosts and host_of(headers.get("host", "")) not in self.hosts:
            raise Refused(421)
        if method not in SAFE and not from_ourselves(headers):
            raise Refused(403, headers=CLOSE)
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length[:12]) > MOST_BYTES:
            raise Refused(413, headers=CLOSE)


def from_ourselves(headers: Headers) -> bool:
    """Whether a page of ours sent this: the browser says so, else the origin must be our own.

    A caller that is no browser sends neither: it must name us as origin, or carry a key of its own
    and no cookie. A browser that another site makes send a form can do neither.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in OWN
    if "origin" not in headers and "cookie" not in headers and "authorization" in headers:
        return True
    origin = urlsplit(headers.get("origin", ""))
    return origin.scheme in ("http", "https") and origin.netloc == headers.get("host")


def host_of(header: str) -> str:
    """Give the name in a Host header, without its port: `[::1]:8080` is `::1`."""
    found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\[\]:]*))(?::[0-9]*)?", header)
    return (found[1] or found[2] or "").lower() if found else ""


def limited(receive: Receive) -> Receive:
    """Count the bytes of a body as they come, and the seconds it takes."""
    read = 0
    loop = asyncio.get_running_loop()
    until = loop.time() + BODY_SECONDS
    complete = False

    async def counted() -> Message:
        nonlocal read, complete
        if complete:
            return await receive()
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError as error:
            raise Refused(408, headers=CLOSE) from error
        read += len(message.get("body", b""))
        complete = not message.get("more_body", False)
        if read > MOST_BYTES:
            raise Refused(413, headers=CLOSE)
        return message

    return counted
