"""`verhuisketen desk`: the desk as a program that keeps running, with the listener beside it."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from importlib.metadata import entry_points
from threading import Event, Thread
from typing import TYPE_CHECKING, Annotated, Any

import typer

from data_contracts.words import VerhuisketenError
from pipelines import logs
from pipelines.asking import database
from pipelines.commands.api import Host, Port, listening, refuse_open, stop_when_asked
from pipelines.commands.given import Data, settings_with
from pipelines.sealing import seal
from store import first, tenants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import FrameType

    import uvicorn

    from pipelines.settings import Settings
    from store.database import Engine

GROUP, NAME = "verhuisketen.desk", "application"
GRACE = 20
SEAL_SECONDS = 900
AGAIN_SECONDS = 5
STOP_SECONDS = 30
RUN = "from pipelines.cli import main; main()"
BESIDE = (("listen",), ("watch",), ("simulate", "--queue"))
"""What runs beside the desk: it repairs the plan, takes in what stewards corrected, and works off
what planners ask."""
MOST_PROCESSES = 16
Processes = Annotated[
    int,
    typer.Option(
        "--processen",
        help="Zoveel processen geven pagina's; elk houdt het plan in zijn eigen geheugen.",
        min=1,
        max=MOST_PROCESSES,
    ),
]
Door = Annotated[int | None, typer.Option("--deur", hidden=True)]
"""The number of the open socket: how a second process is told what to listen to."""
Without = Annotated[
    bool,
    typer.Option(
        "--zonder-luisteraar",
        help="Start geen listen, watch en simulate mee; doe dat als die elders al draaien.",
    ),
]


class NoDesk(VerhuisketenError):
    """Het bureau is niet geïnstalleerd. Installeer verhuisketen opnieuw."""


def desk(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    data: Data = None,
    without: Without = False,
    processes: Processes = 2,
    door: Door = None,
) -> None:
    """Open het bureau voor verhuiscoaches, beheerders en beleidsmedewerkers.

    De eerste keer staat hier een code op het scherm waarmee u de eerste beheerder maakt. Met een
    eigen database op deze machine draait `listen` mee, zodat voorstellen bijblijven, `watch`, die
    opneemt wat een gegevensbeheerder verbeterde, en `simulate --queue`, die wat-als uitrekent.
    """
    settings = settings_with(data=data)
    if door is not None:
        _beside_another(door, settings)
        return
    refuse_open(host, settings)
    application = the_desk()
    logs.set_up(settings)
    with listening(host, port) as opened, database(settings) as engine:
        tenants.check(engine)
        server = _server(application(engine, settings))
        here = f"[{host}]" if ":" in host else host
        typer.echo(f"Het bureau staat open: http://{here}:{opened.getsockname()[1]}/", err=True)
        _first_administrator(engine)
        typer.echo("Stoppen: Ctrl+C.", err=True)
        with ExitStack() as running:
            running.enter_context(_sealing(engine, settings))
            beside = [
                running.enter_context(_beside(engine, settings, *words, door=opened))
                for words in _commands(opened, processes=processes, without=without)
            ]
            stop_when_asked(server)
            _stop_together(server, beside)
            server.run(sockets=[opened])


def _beside_another(door: int, settings: Settings) -> None:
    """Give pages in a process of our own, on the door that the first one opened."""
    application = the_desk()
    logs.set_up(settings)
    with socket.socket(fileno=door) as opened, database(settings) as engine:
        server = _server(application(engine, settings))
        stop_when_asked(server)
        server.run(sockets=[opened])


def _server(application: Any) -> uvicorn.Server:  # noqa: ANN401 - the face, whatever it is made of
    import uvicorn  # noqa: PLC0415 - a web server takes its time to load; only `desk` needs it

    config = uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        lifespan="on",
        timeout_graceful_shutdown=GRACE,
    )
    return uvicorn.Server(config)


def _commands(door: socket.socket, *, processes: int, without: bool) -> list[tuple[str, ...]]:
    """What runs beside this process: the others that give pages, and what keeps the plan fresh."""
    others: list[tuple[str, ...]] = [("desk", "--deur", str(door.fileno()))] * (processes - 1)
    return others if without else [*others, *BESIDE]


def _stop_together(server: uvicorn.Server, beside: Sequence[Callable[[], None]]) -> None:
    """Let those beside us hear of a signal when we do: so all finish in the same grace."""
    ours = server.handle_exit

    def stop(sig: int, frame: FrameType | None) -> None:
        for ends in beside:
            ends()
        ours(sig, frame)

    server.handle_exit = stop  # type: ignore[method-assign] # uvicorn installs what it finds here


def the_desk() -> Callable[..., Any]:
    """Give what makes the desk: hands start the face without knowing it. Raises NoDesk."""
    for found in entry_points(group=GROUP, name=NAME):
        made: Callable[..., Any] = found.load()
        return made
    raise NoDesk


def _first_administrator(engine: Engine) -> None:
    """Say the code of the first administrator, where there is none: to be typed, in no address."""
    with engine.begin() as connection:
        code = first.code(connection, at=datetime.now(tz=UTC))
    if code is not None:
        typer.echo(
            "Er is nog geen beheerder. Open het bureau, kies 'Eerste beheerder maken' en typ deze "
            f"code (één dag geldig): {code}",
            err=True,
        )


@contextmanager
def _sealing(engine: Engine, settings: Settings) -> Iterator[None]:
    """Seal the log of looks now and then, as long as the desk is open."""
    stop = Event()

    def keep() -> None:
        while True:
            seal(engine, settings.data)
            if stop.wait(SEAL_SECONDS):
                break
        seal(engine, settings.data)

    with _thread(keep, stop):
        yield


@contextmanager
def _beside(
    engine: Engine, settings: Settings, *words: str, door: socket.socket
) -> Iterator[Callable[[], None]]:
    """Let a command run beside us, on the same database; started again should it fall.

    Gives what asks it to stop; leaving waits until it has. `door` is what it may listen to.
    """
    url = engine.url.render_as_string(hide_password=False)
    known = {
        "VERHUISKETEN_DATABASE_URL": url,
        "VERHUISKETEN_DATA": str(settings.data),
        "VERHUISKETEN_INBOX": str(settings.inbox),
    }
    stop = Event()
    running: list[subprocess.Popen[bytes]] = []

    def keep() -> None:
        while not stop.is_set():
            program = subprocess.Popen(  # noqa: S603 - our own program, no shell
                [sys.executable, "-c", RUN, *words],
                env=os.environ | known,
                pass_fds=[door.fileno()] if "--deur" in words else [],
                preexec_fn=_end_with_us,  # noqa: PLW1509 - it calls the kernel once, and takes no lock
            )
            running[:] = [program]
            if stop.is_set():  # asked while it was starting: nobody else knew of it yet
                program.terminate()
            program.wait()
            stop.wait(AGAIN_SECONDS)

    def ends() -> None:
        stop.set()
        for program in running:
            with suppress(ProcessLookupError):
                program.terminate()

    with _thread(keep, stop):
        try:
            yield ends
        finally:
            ends()
            _let_go(running)


def _let_go(programs: Sequence[subprocess.Popen[bytes]]) -> None:
    """Wait for what was asked to stop; what works on is ended then: all it did is in the log."""
    for program in programs:
        try:
            program.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            program.kill()


@contextmanager
def _thread(keep: Callable[[], None], stop: Event) -> Iterator[None]:
    thread = Thread(target=keep)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(STOP_SECONDS)


def _end_with_us() -> None:
    """Ask Linux to stop what runs beside it should the desk itself be killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
