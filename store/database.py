"""The way in: an engine that keeps its promises, snapshots, and the schema brought up to date."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, exc, make_url, text

from data_contracts.words import VerhuisketenError
from store import tenants

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from sqlalchemy.engine import ExceptionContext

__all__ = [
    "Connection",
    "Engine",
    "NotDurable",
    "NotPostgres",
    "Outage",
    "connect",
    "is_outage",
    "knows",
    "looking",
    "migrate",
    "snapshot",
]
Away = (
    exc.OperationalError
    | exc.InterfaceError
    | psycopg.OperationalError  # from a cursor of the driver's own
    | psycopg.InterfaceError
)
MIGRATIONS = Path(__file__).with_name("migrations")
CONNECTIONS = 15
"""So many a process keeps open at most; who comes next waits for one."""
LOCK_SECONDS = 30
IDLE_MINUTES = 10
"""A night that stands still halfway a transaction loses it then, and blocks nobody any longer."""
REACHED: dict[str, str | int] = {
    "connect_timeout": 5,
    "tcp_user_timeout": 20_000,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
"""Within so many seconds (the second in ms) a server that is gone without a word counts as away.

What the address itself says of these goes before.
"""
UNLOGGED = text(
    "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relpersistence = 'u'"
    " AND relnamespace = 'public'::regnamespace ORDER BY relname"
)
GONE = ("08", "57P")
"""SQLSTATE classes of a server that stopped, crashed or cannot be reached."""


class Outage(VerhuisketenError):
    """De database is niet bereikbaar. Kijk of zij draait en probeer het daarna opnieuw."""


class NotDurable(VerhuisketenError):
    """Deze database kan bevestigde gegevens verliezen; zet fsync en synchronous_commit aan."""


class NotPostgres(VerhuisketenError):
    """Verhuisketen werkt alleen met PostgreSQL: geef een adres dat begint met postgresql://."""


def connect(url: str, *, test: bool = False) -> Engine:
    """Open the database: PostgreSQL by psycopg 3, UTC, parameters hidden in every error.

    Raises NotDurable when the server may lose what it acknowledged, unless this is a test;
    NotPostgres for any other database; Outage, now or later, when it cannot be reached.
    """
    try:
        address = make_url(url)
    except exc.ArgumentError as error:
        raise NotPostgres from error
    if address.get_backend_name() not in ("postgresql", "postgres"):
        raise NotPostgres
    engine = create_engine(
        address.set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=CONNECTIONS,
        max_overflow=0,  # what goes beyond the pool is opened and closed for every page
        connect_args={
            "options": "-c timezone=UTC -c client_min_messages=warning"
            f" -c idle_in_transaction_session_timeout={IDLE_MINUTES}min",
            **{name: value for name, value in REACHED.items() if name not in address.query},
        },
    )
    if not test:
        event.listen(engine, "connect", _refuse_not_durable)
    event.listen(engine, "handle_error", _say_outage)
    try:
        with engine.connect() as connection:
            forgetful = list(connection.execute(UNLOGGED).scalars())
    except exc.OperationalError as error:
        engine.dispose()
        raise Outage from error
    if forgetful and not test:
        engine.dispose()
        raise NotDurable(
            f"Na een crash zijn deze tabellen leeg: {', '.join(forgetful)}. Maak ze eerst weer "
            "duurzaam, met: ALTER TABLE … SET LOGGED."
        )
    return engine


def _say_outage(context: ExceptionContext) -> Outage | None:
    """Let a connection that was lost say so in our words; the driver's stay with the cause."""
    state = getattr(context.original_exception, "sqlstate", None) or ""
    context.is_disconnect |= state.startswith(GONE)
    return Outage() if context.is_disconnect and not context.is_pre_ping else None


def is_outage(error: BaseException) -> bool:
    """Whether something failed because the database was away, so that trying again may help."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, Outage | ConnectionError | Away):
            return True
        seen = seen.__cause__
    return False


def _refuse_not_durable(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's
    names = ("fsync", "full_page_writes", "synchronous_commit")
    refused = True  # also when the server falls away while we ask
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(f'current_setting({name!r})' for name in names)}")
            settings = cursor.fetchone()
        connection.rollback()
        refused = "off" in settings
    finally:
        if refused:
            connection.close()
    if refused:
        raise NotDurable(
            "Deze database kan bevestigde gegevens verliezen. Zet fsync, full_page_writes en "
            "synchronous_commit op 'on' en start opnieuw."
        )


@contextmanager
def looking(engine: Engine) -> Iterator[Connection]:
    """Read without a transaction, for a page: each statement sees what is so by then.

    It saves the beginning and the end, which ask as much of the database as a small question.
    """
    with engine.connect() as plain:
        yield plain.execution_options(isolation_level="AUTOCOMMIT")


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """Read many tables as they were at one moment: REPEATABLE READ, read only."""
    with engine.connect() as plain:
        connection = plain.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        with connection.begin():
            yield connection


def _steps() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def knows(schema: str) -> bool:
    """Whether a step of the migrations is one of ours: if not, newer code made that database."""
    return schema in {step.revision for step in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}


def migrate(engine: Engine, *, to: str = "head") -> None:
    """Bring the schema up to date, in one transaction; two at once take turns."""
    config = _steps()
    with engine.begin() as connection:
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('verhuisketen.migrate'))"))
        config.attributes["connection"] = connection
        command.upgrade(config, to)
        tenants.fence(connection)
