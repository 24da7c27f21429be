"""Corporations never see each other's people: the database itself keeps them apart, row by row.

Who reads for a page does so as the role `verhuisketen_desk`, which owns nothing, may change nothing
but add lines to `access`, and sees of every table with a `corporation` only the rows of one. What
is its own the owner of the tables still sees whole: nights, listener and gate work for all.

Measured before it was built (docs/decisions/0022): without FORCE the owner passes by; a setting
that outlives its transaction shows the next caller another corporation's rows.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import text

from data_contracts.words import VerhuisketenError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

ROLE = "verhuisketen_desk"
HIDDEN = frozenset(
    {"account", "errand", "machine_key", "personal_key", "repeated_call", "seal", "session", "try"}
)
"""Tables that no page reads as the desk: what opens a door, and what proves."""
COMMON = ("delivery", "run")
"""Tables that say nothing of a person and are nobody's in particular: the desk may read them."""
ADDS = ("access",)
"""Tables the desk may add to: the line of a look goes with the look."""

# For PUBLIC, not for a role by its name: a copy can then be put back on a server that has neither.
_OWN = "corporation = (SELECT nullif(current_setting('vk.corp', true), ''))"
_OWNER = (
    "(SELECT pg_has_role(current_user, relowner, 'MEMBER') FROM pg_class"
    " WHERE oid = '\"{table}\"'::regclass)"
)
_OPEN = text(
    "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
    " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
    " AND a.attname = 'corporation' AND NOT a.attisdropped"
    " AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY 1"
)
_WITH_CORPORATION = text(
    "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
    " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
    " AND a.attname = 'corporation' AND NOT a.attisdropped ORDER BY 1"
)
_MAKE_ROLE = f"""
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN
        CREATE ROLE {ROLE} NOLOGIN;
        EXECUTE format('GRANT {ROLE} TO %I', current_user);
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN
    NULL;
END $$
"""
_ROLE = text(
    "SELECT rolsuper OR rolbypassrls OR rolcanlogin AS strong,"
    " pg_has_role(current_user, oid, 'MEMBER') AS ours FROM pg_roles WHERE rolname = :role"
)


class NoDeskRole(VerhuisketenError):
    """In de database ontbreekt de rol waarmee het bureau leest. Laat een beheerder haar maken."""


class NotFenced(VerhuisketenError):
    """De database houdt de corporaties niet uit elkaar, dus het bureau gaat niet open."""


@contextmanager
def reading(engine: Engine, corporation: str) -> Iterator[Connection]:
    """Read as one corporation, in one transaction: of the others' rows there is no trace.

    Only for reading and for lines of access. Who acts finds the thing here first, and then takes
    `engine.begin()`.
    """
    with engine.begin() as connection:
        # Local to the transaction: a pooled connection must not carry it to the next caller.
        connection.execute(_AS, {"role": ROLE, "corporation": corporation})
        yield connection


_AS = text("SELECT set_config('role', :role, true), set_config('vk.corp', :corporation, true)")


def fence(connection: Connection) -> None:
    """Let every table with a `corporation` show each corporation its own rows only.

    Called after every migration; does nothing where it was done. Where the role of the desk cannot
    be made, the rest goes on: `check` says so when a desk is opened.
    """
    for table in connection.execute(_OPEN).scalars().all():
        for statement in _fenced(table):
            connection.execute(text(statement))
    connection.execute(text(_MAKE_ROLE))
    if connection.execute(_ROLE, {"role": ROLE}).first() is not None:
        _grant(connection)


def _fenced(table: str) -> tuple[str, ...]:
    owner = _OWNER.format(table=table)
    return (
        f'DROP POLICY IF EXISTS own_corporation ON "{table}"',
        f'DROP POLICY IF EXISTS owner_of_the_table ON "{table}"',
        f'CREATE POLICY own_corporation ON "{table}" USING ({_OWN}) WITH CHECK ({_OWN})',
        f'CREATE POLICY owner_of_the_table ON "{table}" USING ({owner}) WITH CHECK ({owner})',
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY',
    )


def _grant(connection: Connection) -> None:
    tables = set(connection.execute(_WITH_CORPORATION).scalars()) - HIDDEN | set(COMMON)
    wanted = {(name, "SELECT") for name in tables} | {(name, "INSERT") for name in ADDS}
    for table, right in sorted(wanted):
        asked = {"role": ROLE, "table": f'public."{table}"', "right": right}
        if not connection.execute(_MAY, asked).scalar():
            connection.execute(text(f'GRANT {right} ON "{table}" TO {ROLE}'))


_MAY = text("SELECT has_table_privilege(:role, :table, :right)")


def check(engine: Engine) -> None:
    """Make sure, before a desk opens, that the database keeps corporations apart.

    Raises NoDeskRole with what an administrator of the database must run, or NotFenced.
    """
    with engine.connect() as connection:
        role = connection.execute(_ROLE, {"role": ROLE}).first()
        owner = connection.execute(text("SELECT current_user")).scalar_one()
        if role is None or not role.ours:
            raise NoDeskRole(_what_to_run(owner))
        if role.strong:
            raise NotFenced(
                f"De rol {ROLE} mag te veel. Laat een beheerder van de database dit uitvoeren: "
                f"ALTER ROLE {ROLE} NOSUPERUSER NOBYPASSRLS NOLOGIN;"
            )
        if tables := connection.execute(_OPEN).scalars().all():
            raise NotFenced(
                f"Deze tabellen tonen alle corporaties: {', '.join(tables)}. "
                "Draai eerst: verhuisketen migrate."
            )


def _what_to_run(owner: str) -> str:
    """Say what only an administrator of the database may do, and why each of it."""
    return (
        f"Het bureau leest met een eigen rol die niets bezit, en die mag {owner} niet maken. Laat "
        f"een beheerder van de database dit uitvoeren: CREATE ROLE {ROLE} NOLOGIN; GRANT {ROLE} TO "
        f'"{owner}"; en voor de kopieën: ALTER ROLE "{owner}" BYPASSRLS; '
        "Start daarna opnieuw."
    )
