"""Keeping it: a copy of database and plan in one file, proved when made and when put back.

`make` reads everything in one snapshot; `check` reads a copy from end to end; `restore` puts it
into an empty installation and compares every table with what the copy said, or leaves it empty.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

from data_contracts.words import VerhuisketenError
from store import log
from store.backup import archive, digests, dump
from store.backup.archive import FORM, Exists, Manifest, NewerForm
from store.backup.digests import Counted, Hidden
from store.backup.dump import DumpFailed, RestoreFailed
from store.backup.placed import placed
from store.backup.sealed import BadKey, Damaged, NeedsKey, NotSealed, WrongKey, secret_in
from store.database import knows, migrate, snapshot
from store.programs import client_version
from store.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from sqlalchemy import Connection, Engine

__all__ = [
    "BadKey",
    "Counted",
    "Damaged",
    "Differs",
    "DumpFailed",
    "Exists",
    "Hidden",
    "Kept",
    "Manifest",
    "NeedsKey",
    "NewerForm",
    "NotEmpty",
    "NotSealed",
    "OlderServer",
    "RestoreFailed",
    "WrongKey",
    "check",
    "make",
    "restore",
    "secret_in",
]
VERSIONS = "alembic_version"
"""Alembic's own table: which step of the migrations the database stands at."""
IN_FORCE = text(
    "WITH RECURSIVE wanted AS ("
    " SELECT p.*, true AS current FROM current_plan c JOIN plan p ON p.id = c.plan"
    " UNION ALL SELECT p.*, false FROM wanted w JOIN plan p ON p.id = w.repairs)"
    " SELECT region, run, digest, current FROM wanted ORDER BY published, id"
)
"""The plans in force, and the ones they were repaired from."""


class NotEmpty(VerhuisketenError):
    """Terugzetten kan alleen in een lege installatie. Noem een nieuwe map of een lege database."""


class OlderServer(VerhuisketenError):
    """Deze kopie komt van een nieuwere PostgreSQL dan hier draait. Zet haar daar terug."""


class Differs(VerhuisketenError):
    """Wat is teruggezet, is niet wat de kopie zegt. De database is weer leeg gemaakt."""


class Kept(NamedTuple):
    """Where a copy is, the folder with a folder per night, and the secret that seals it or None."""

    file: Path
    nights: Path
    secret: bytes | None = None


def make(
    engine: Engine, kept: Kept, *, progress: Callable[[str], None] = lambda _: None
) -> Manifest:
    """Write a copy of everything as it is at one moment; give its manifest.

    Facts that are written meanwhile are in the next copy. The file has its name only when it is
    whole. Raises Exists, Hidden, DumpFailed, OSError.
    """
    with snapshot(engine) as connection, archive.written(kept.file, kept.secret) as tar:
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        moment = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        progress("Tabellen tellen")
        tables = digests.count(connection)
        plans, runs = _in_force(connection)
        progress("Bestanden van het plan kopiëren")
        files = {
            name: archive.add_file(tar, name, path) for name, path in _files(kept.nights, runs)
        }
        progress("Database kopiëren")
        server = _server(connection)
        database = archive.add_database(tar, dump.dump(engine, moment, server=server))
        manifest = Manifest(
            form=FORM,
            made=datetime.now(tz=UTC),
            code=version("verhuisketen"),
            schema=_schema(connection),
            server=server,
            client=client_version(server),
            head=log.head(connection),
            tables=tables,
            plans=plans,
            night=next((run for run in reversed(runs) if (kept.nights / run).is_dir()), ""),
            database=database,
            files=files,
        )
        archive.add_manifest(tar, manifest)
    _read_back(kept, manifest, progress)
    return manifest


def _read_back(kept: Kept, manifest: Manifest, progress: Callable[[str], None]) -> None:
    """Trust no copy that was not read: what is on disk must be what was written."""
    try:
        alike = check(kept.file, kept.secret, progress=progress) == manifest
    except Damaged:
        alike = False
    if not alike:
        kept.file.unlink()
        raise Damaged(
            "De kopie is niet goed op de schijf gekomen en is weggegooid. Probeer het op "
            "een andere schijf."
        )


def check(
    file: Path, secret: bytes | None = None, *, progress: Callable[[str], None] = lambda _: None
) -> Manifest:
    """Read a copy from end to end and give its manifest; raise Damaged when a byte is not right."""
    progress("Kopie nalezen")
    return archive.examined(file, secret)


def restore(
    engine: Engine, kept: Kept, *, progress: Callable[[str], None] = lambda _: None
) -> Manifest:
    """Put a copy into an empty database and folder, compare, and bring the schema up to date.

    Whatever goes wrong, database and folder are as empty as they were. Raises Damaged, NotEmpty,
    NewerForm, OlderServer, RestoreFailed, Differs.
    """
    manifest = check(kept.file, kept.secret, progress=progress)
    if not knows(manifest.schema):
        raise NewerForm
    with engine.connect() as connection:
        server = _server(connection)
    if server < manifest.server:
        raise OlderServer(
            f"Deze kopie komt van PostgreSQL {manifest.server}, en hier draait {server}. Zet haar "
            f"terug op PostgreSQL {manifest.server} of nieuwer."
        )
    with _nobody_migrates(engine):
        _make_room(engine)
        progress("Bestanden van het plan terugzetten")
        with placed(kept.file, kept.nights, kept.secret):
            progress("Database terugzetten")
            pieces = archive.database_in(kept.file, kept.secret)
            dump.restore(engine, pieces, server=server, made_by=manifest.client)
            progress("Tabellen vergelijken")
            _compare(engine, manifest.tables)
    progress("Schema bijwerken")
    migrate(engine)
    return manifest


@contextmanager
def _nobody_migrates(engine: Engine) -> Iterator[None]:
    """Keep other programs from making tables meanwhile: they wait their turn."""
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('verhuisketen.migrate'))"))
        yield


def _make_room(engine: Engine) -> None:
    """Take away our own tables when not one holds a row. Raises NotEmpty."""
    with engine.begin() as connection:
        names = digests.tables(connection)
        if set(names) - set(metadata.tables) - {VERSIONS}:
            raise NotEmpty
        for name in set(names) - {VERSIONS}:
            if connection.execute(text(f'SELECT EXISTS (SELECT FROM "{name}")')).scalar():  # noqa: S608 - a table of ours
                raise NotEmpty
        _clear(connection, names)


def _clear(connection: Connection, names: list[str]) -> None:
    tables = ", ".join(f'public."{name}"' for name in names)
    if names:
        connection.execute(text(f"DROP TABLE {tables} CASCADE"))
    functions = connection.execute(
        text(
            "SELECT string_agg(p.oid::regprocedure::text, ', ') FROM pg_proc p"
            " WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f' AND NOT EXISTS"
            " (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
        )
    ).scalar()
    if names and functions:
        connection.execute(text(f"DROP FUNCTION {functions} CASCADE"))


def _compare(engine: Engine, expected: Mapping[str, Counted]) -> None:
    with snapshot(engine) as connection:
        found = digests.count(connection)
    differ = sorted(name for name in {*expected, *found} if expected.get(name) != found.get(name))
    if differ:
        with engine.begin() as connection:
            _clear(connection, list(found))
        raise Differs(
            f"Na het terugzetten kloppen deze tabellen niet met de kopie: {', '.join(differ)}. De "
            "database is weer leeg gemaakt. Neem een andere kopie en meld dit."
        )


def _in_force(connection: Connection) -> tuple[dict[str, str], list[str]]:
    """Give the digest of the plan in force by region, and the runs that made it, oldest first."""
    rows = connection.execute(IN_FORCE).all()
    digests_ = {row.region: row.digest for row in rows if row.current}
    return digests_, list(dict.fromkeys(row.run for row in rows))


def _files(nights: Path, runs: list[str]) -> Iterator[tuple[str, Path]]:
    for run in runs:
        for path in sorted((nights / run).rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(nights).as_posix(), path


def _server(connection: Connection) -> int:
    """Give the major version of the server."""
    number = connection.execute(text("SELECT current_setting('server_version_num')")).scalar_one()
    return int(number) // 10_000


def _schema(connection: Connection) -> str:
    found: str = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    return found
