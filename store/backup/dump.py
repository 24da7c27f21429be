"""PostgreSQL's own programs: a dump as a stream of bytes, and back again in one transaction.

What they say is not passed on: an error of theirs may quote the row it went wrong with.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, BinaryIO

from data_contracts.words import VerhuisketenError
from store.backup.sealed import PIECE
from store.programs import ENVIRONMENT, clients

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Engine

LOCK_WAIT = "30s"
KNOWN = {
    r"row-level security": "De gebruiker van de database mag niet alle rijen lezen.",
    r"permission denied|must be owner": "De gebruiker van de database mag dit niet.",
    r"No space left|could not extend": "De schijf van de database is vol.",
    r"connection to server|server closed|terminating connection": "De database viel weg.",
    r"lock timeout|canceling statement": "Een ander programma hield een tabel bezet.",
    r"password authentication|no password": "De database vraagt een wachtwoord.",
}
"""What their words mean, by what they contain."""


class DumpFailed(VerhuisketenError):
    """De database is niet gekopieerd."""


class RestoreFailed(VerhuisketenError):
    """De database is niet teruggezet; zij is zo leeg als zij was."""


def dump(engine: Engine, snapshot: str, *, server: int) -> Iterator[bytes]:
    """Give the whole database as `pg_dump` writes it, as it was at an exported snapshot.

    Never with `--enable-row-security`: rows that are hidden from us must be an error.
    Raises DumpFailed.
    """
    words = ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--extension=plpgsql"]
    words += [f"--snapshot={snapshot}", f"--lock-wait-timeout={LOCK_WAIT}", "--no-password"]
    with _running(engine, words, server=server, failure=DumpFailed) as program:
        while piece := _out(program).read(PIECE):
            yield piece


def restore(engine: Engine, pieces: Iterable[bytes], *, server: int, made_by: int) -> None:
    """Put a dump back, whole or not at all. Raises RestoreFailed."""
    words = ["pg_restore", "--single-transaction", "--exit-on-error"]
    words += ["--no-owner", "--no-privileges", "--no-password"]
    with _running(engine, words, server=server, made_by=made_by, failure=RestoreFailed) as program:
        # A program that gave up no longer reads; how it ended says why.
        with suppress(BrokenPipeError):
            for piece in pieces:
                _in(program).write(piece)
        with suppress(BrokenPipeError):
            _in(program).close()


@contextmanager
def _running(
    engine: Engine,
    words: list[str],
    *,
    server: int,
    failure: type[VerhuisketenError],
    made_by: int = 0,
) -> Iterator[subprocess.Popen[bytes]]:
    folder = clients(server, at_least=made_by)
    with tempfile.TemporaryFile() as said:
        program = subprocess.Popen(  # noqa: S603 - our own command line, no shell
            [str(folder / words[0]), *words[1:], f"--dbname={_address(engine)}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if words[0] == "pg_dump" else subprocess.DEVNULL,
            stderr=said,
            env=_environment(engine),
        )
        try:
            yield program
            if program.wait():
                raise failure(f"{failure.__doc__} {_meaning(said)}")
        finally:
            _end(program)


def _end(program: subprocess.Popen[bytes]) -> None:
    """Leave no program behind, and no pipe open, whatever went wrong."""
    if program.poll() is None:
        program.kill()
        program.wait()
    for pipe in (program.stdin, program.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()


def _in(program: subprocess.Popen[bytes]) -> IO[bytes]:
    if program.stdin is None:
        raise RestoreFailed
    return program.stdin


def _out(program: subprocess.Popen[bytes]) -> IO[bytes]:
    if program.stdout is None:
        raise DumpFailed
    return program.stdout


def _address(engine: Engine) -> str:
    """Say where the database is, without its password: others can read a command line."""
    return engine.url.set(drivername="postgresql")._replace(password=None).render_as_string()


def _environment(engine: Engine) -> dict[str, str]:
    """Give the programs what PostgreSQL's own library reads, and the password of the address."""
    theirs = {name: value for name, value in os.environ.items() if name.startswith("PG")}
    password = engine.url.password
    home = {"HOME": os.environ["HOME"]} if "HOME" in os.environ else {}
    return ENVIRONMENT | home | theirs | ({"PGPASSWORD": str(password)} if password else {})


def _meaning(said: BinaryIO | IO[bytes]) -> str:
    said.seek(0)
    words = said.read(100_000).decode("utf-8", errors="replace")
    meanings = (told for pattern, told in KNOWN.items() if re.search(pattern, words))
    return next(meanings, "Kijk in het logboek van de database wat er misging.")
