"""Keys of other systems: made once, shown once, kept as a sha256; revoked at once; counted."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, text, update

from data_contracts.words import VerhuisketenError
from store.tables import machine_key

if TYPE_CHECKING:
    from sqlalchemy import Connection

ORGANISATION = re.compile(r"urn:nld:(?:oin:[0-9]{8}[0-9A-Za-z]{12}|kvknr:[0-9]{8})")
CORPORATION = re.compile(r"[0-9]{8}|[0-9]{8}[0-9A-Za-z]{12}")
PREFIX = "vhk_"
"""By which somebody who finds a key in a file can tell what it is."""
TOKEN_BYTES = 32
PER_MINUTE = 12_000


class BadKey(VerhuisketenError):
    """Deze sleutel is niet te maken: noem een organisatie als urn:nld:kvknr:12345678."""


class NoSuchKey(VerhuisketenError):
    """Deze sleutel is er niet, of is al ingetrokken. Bekijk ze met: verhuisketen keys list."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A system that may speak: for one organisation, about one corporation's things if named."""

    id: str
    name: str
    organisation: str
    corporation: str | None
    per_minute: int

    def speaks_for(self, source: str) -> bool:
        """Whether a source is one of the systems of its organisation."""
        return source.startswith(f"{self.organisation}:systeem:")


def add(
    connection: Connection,
    name: str,
    *,
    organisation: str,
    corporation: str | None = None,
    per_minute: int = PER_MINUTE,
) -> tuple[Machine, str]:
    """Make a key; give who it is and the key itself, which nobody can show again.

    Raises BadKey when the organisation is no urn, or the corporation no KvK number or OIN.
    """
    if not ORGANISATION.fullmatch(organisation):
        raise BadKey
    if corporation is not None and not CORPORATION.fullmatch(corporation):
        raise BadKey("Een corporatie is een KvK-nummer (8 cijfers) of een OIN (20 tekens).")
    if per_minute < 1:
        raise BadKey("Het aantal verzoeken per minuut is minstens 1.")
    token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    made = Machine(f"S-{secrets.token_hex(4)}", name, organisation, corporation, per_minute)
    connection.execute(
        insert(machine_key).values(
            id=made.id,
            name=name,
            organisation=organisation,
            corporation=corporation,
            hash=digest(token),
            per_minute=per_minute,
        )
    )
    return made, token


def digest(token: str) -> str:
    """Give what is kept of a key. It has 256 random bits, so one round of sha256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def revoke(connection: Connection, key: str) -> None:
    """Let a key open nothing any more, from now on. Raises NoSuchKey."""
    revoked = connection.execute(
        update(machine_key)
        .where(machine_key.c.id == key, machine_key.c.revoked.is_(None))
        .values(revoked=func.now())
    )
    if not revoked.rowcount:
        raise NoSuchKey


def every(connection: Connection) -> list[dict[str, Any]]:
    """Give every key that was ever made, newest first, without what is kept of the key itself."""
    columns = [column for column in machine_key.c if column.name != "hash"]
    rows = connection.execute(
        select(*columns).order_by(machine_key.c.created.desc(), machine_key.c.id)
    )
    return [dict(row) for row in rows.mappings()]


def find(connection: Connection, hash_: str) -> Machine | None:
    """Give whose key has this sha256, None when nobody's or when it was revoked.

    Looked up by its sha256, so how long the search takes says nothing of any key.
    """
    c = machine_key.c
    row = connection.execute(
        select(c.id, c.name, c.organisation, c.corporation, c.per_minute).where(
            c.hash == hash_, c.revoked.is_(None)
        )
    ).one_or_none()
    return Machine(*row) if row else None


def reserve(connection: Connection, machine: Machine, calls: int) -> tuple[int, float]:
    """Count calls of this minute beforehand; give how many it gets, and the seconds it has left.

    The minute is the database's, so that all processes count in the same one.
    """
    counted, seconds = connection.execute(
        text(
            "WITH old AS (DELETE FROM machine_use"
            "  WHERE key = :key AND minute < now() - interval '1 hour')"
            " INSERT INTO machine_use AS u (key, minute, calls)"
            " VALUES (:key, date_trunc('minute', now()), :calls)"
            " ON CONFLICT (key, minute) DO UPDATE SET calls = u.calls + excluded.calls"
            " RETURNING u.calls,"
            " extract(epoch FROM u.minute + interval '1 minute' - now())::float8"
        ),
        {"key": machine.id, "calls": calls},
    ).one()
    return max(0, min(calls, machine.per_minute - counted + calls)), float(seconds)
