"""Calls to one of our applications without a network: each in its own turn of one event loop."""

from contextlib import contextmanager
from functools import partial

import httpx
from anyio.from_thread import start_blocking_portal

HERE = "http://127.0.0.1"


class Caller:
    """Asks like httpx.Client does, from as many threads as one likes."""

    def __init__(self, portal, client):
        self._portal, self._client = portal, client

    def request(self, method, path, **more):
        if hasattr(more.get("content"), "__next__"):
            more["content"] = _in_pieces(more["content"])
        return self._portal.call(partial(self._client.request, method, path, **more))

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, **more):
        return self.request("POST", path, **more)


async def _in_pieces(pieces):
    for piece in pieces:
        yield piece


@contextmanager
def calling(app, **headers):
    """A caller of this application, who always sends these headers (`Authorization=…`)."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    with start_blocking_portal() as portal:
        client = httpx.AsyncClient(transport=transport, base_url=HERE, headers=headers, timeout=60)
        try:
            yield Caller(portal, client)
        finally:
            portal.call(client.aclose)
