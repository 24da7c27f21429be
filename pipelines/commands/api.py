"""`verhuisketen api`: the gate for facts of other systems, as a program that keeps running."""

from __future__ import annotations

import ipaddress
import signal
import socket
from typing import TYPE_CHECKING, Annotated

import typer

from data_contracts.words import VerhuisketenError
from pipelines import logs
from pipelines.asking import database
from pipelines.commands.given import Data, settings_with
from pipelines.settings import BadSettings

if TYPE_CHECKING:
    import uvicorn

    from pipelines.settings import Settings

GRACE = 20
"""Seconds a request that is being written gets to finish when we are asked to stop."""
BACKLOG = 512
Host = Annotated[str, typer.Option(help="Adres waarop wij luisteren.")]
Port = Annotated[int, typer.Option(help="Poort; 0 = een vrije.", min=0, max=65_535)]


class NotHere(VerhuisketenError):
    """Op dit adres kunnen wij niet luisteren. Kijk of een ander programma er al draait."""


class TooOpen(VerhuisketenError):
    """Zonder proxy met TLS luisteren wij alleen op deze machine.

    Zet er een proxy voor en zeg dat met VERHUISKETEN_BEHIND_PROXY=true, of kies --host 127.0.0.1.
    """

    def __str__(self) -> str:
        """Give both sentences on one line."""
        return " ".join((type(self).__doc__ or "").split())


def api(host: Host = "127.0.0.1", port: Port = 8080, data: Data = None) -> None:
    """Neem feiten aan van andere systemen, over HTTP (POST /v1/gebeurtenissen).

    Maak eerst een sleutel: verhuisketen keys add. Zie docs/guides/koppelen.md.
    """
    import uvicorn  # noqa: PLC0415 - a web server takes its time to load; only `api` needs it

    from pipelines.api.app import application  # noqa: PLC0415 - the same

    settings = settings_with(data=data)
    refuse_open(host, settings)
    logs.set_up(settings)
    with listening(host, port) as door, database(settings) as engine:
        config = uvicorn.Config(
            application(engine, settings),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            lifespan="off",
            timeout_graceful_shutdown=GRACE,
        )
        here = f"[{host}]" if ":" in host else host
        typer.echo(
            f"Feiten komen binnen op http://{here}:{door.getsockname()[1]}/v1/gebeurtenissen. "
            "Stoppen: Ctrl+C.",
            err=True,
        )
        server = uvicorn.Server(config)
        stop_when_asked(server)
        server.run(sockets=[door])


def stop_when_asked(server: uvicorn.Server) -> None:
    """Take signals before the server does, and when it raises them again after it has finished."""

    def stop(_number: int, _frame: object) -> None:
        server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def refuse_open(host: str, settings: Settings) -> None:
    """Listen further than this machine only behind a proxy. Raises TooOpen, BadSettings."""
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError as error:
        raise BadSettings("--host") from error
    if not loopback and not settings.behind_proxy:
        raise TooOpen


def listening(host: str, port: int) -> socket.socket:
    """Take the address; who calls before we are ready waits. Raises NotHere."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # By its protocol asyncio sees that it is TCP and sends at once; or every answer waits 40 ms.
    door = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((host, port))
        door.listen(BACKLOG)
    except OSError as error:
        door.close()
        raise NotHere from error
    return door
