"""Who calls: the holder of a key, or whoever signed in at the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from desk.desk import desk_of
from desk.problems import Refused
from desk.sessions import viewer_from
from desk.viewer import NotYours, viewer_of
from store import personal_keys

if TYPE_CHECKING:
    from starlette.requests import Request

    from desk.desk import Desk
    from store.personal_keys import Held

ASK = {"WWW-Authenticate": 'Bearer realm="verhuisketen"'}
READS_ONLY = "Deze sleutel mag alleen lezen. Maak op Mijn account een sleutel die ook antwoordt."


async def admit(request: Request) -> None:
    """Let somebody pass by their key, and else by their session. A key goes before a cookie.

    Raises SignInFirst, Refused for a key that opens nothing or calls too often, NotYours for one
    that only reads.
    """
    desk, held = desk_of(request), None
    said = request.headers.get("authorization")
    if said is not None:
        held = await run_in_threadpool(_holder, desk, said)
        if held is None:
            raise Refused(401, headers=ASK)
        request.state.viewer = viewer_from(held.user)
    who = viewer_of(request).user if held is None else held.key
    await run_in_threadpool(desk.calls.count, desk.engine, who)
    if held is not None and held.scope == "read" and request.method != "GET":
        raise NotYours(READS_ONLY)


def _holder(desk: Desk, said: str) -> Held | None:
    scheme, _, token = said.partition(" ")
    if scheme.lower() != "bearer" or not token.startswith(personal_keys.PREFIX):
        return None
    with desk.engine.begin() as connection:
        return personal_keys.holder(connection, token.strip(), at=desk.clock())
