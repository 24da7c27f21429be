"""Around every request: its address, its size, the headers of every answer, and the last resort."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect

from pipelines.api.problems import Refused, problem_of, response
from pipelines.logs import logger

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

VERSION = "1.0.0"
MOST_BYTES = 1024 * 1024
BODY_SECONDS = 30.0
HEADERS = {
    "API-Version": VERSION,
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""On every answer, errors too (NL API Design Rules 2.2, transport security; ASVS 3.4)."""
ANYBODY = "*"


class Doorway:
    """ASGI around the gate: refuses what is too large or sent elsewhere before anybody reads it.

    `hosts` are the names we answer to. Whatever fails is told in one sentence and logged without
    its words; nothing of the request is repeated.
    """

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str]) -> None:
        self.app = app
        self.hosts = hosts

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
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        try:
            self._admit(Headers(scope=scope))
            await self.app(scope, limited(receive), with_headers)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - the edge: an error must not print somebody's data
            problem = problem_of(error)
            if problem.status == 500:  # noqa: PLR2004 - ours
                logger("api").error("er ging iets mis dat wij niet voorzagen", exc_info=error)
            if not started:
                await response(problem)(scope, receive, with_headers)

    def _admit(self, headers: Headers) -> None:
        if ANYBODY not in self.hosts and host_of(headers.get("host", "")) not in self.hosts:
            raise Refused(421)
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length[:12]) > MOST_BYTES:
            raise Refused(413, headers=CLOSE)


def host_of(header: str) -> str:
    """Give the name in a Host header, without its port: `[::1]:8080` is `::1`."""
    found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\[\]:]*))(?::[0-9]*)?", header)
    return (found[1] or found[2] or "").lower() if found else ""


CLOSE = {"Connection": "close"}
"""We do not read what is too large, so the connection cannot be used again."""


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
