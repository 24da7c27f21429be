"""The log of looks cannot be changed unseen: its lines are chained, and the head is kept outside.

Lines are not chained as they come, for then all who look would wait for one another; a job seals
them in batches. A chain that was rewritten from some line on has another head than was written
down outside the database: keep the file of heads where who manages the database cannot write.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import exc, insert, select, text

from data_contracts.words import VerhuisketenError
from store.tables import access, seal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import Connection, Row

BATCH = 50_000
_LINE = ("id", "at", "who", "corporation", "client", "purpose", "what", "rows", "ids")


WAIT_MS = 500
LOCKED = "55P03"
"""SQLSTATE of a lock that was not given in time."""


class Busy(VerhuisketenError):
    """Er wordt nu veel gekeken, dus wij verzegelen even niet. Probeer het zo opnieuw."""


@dataclass(frozen=True, slots=True)
class Head:
    """How far a corporation's chain has come: the number of its last link, and its hash."""

    corporation: str
    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Finding:
    """The first thing that is wrong in a chain: at which line of `access`, and what."""

    corporation: str
    line: int
    sentence: str


def seal_new(connection: Connection) -> tuple[Head, ...]:
    """Chain the lines that are new; give the heads of the chains that grew.

    Nobody writes a line while it looks, so that no line with a lower number comes in afterwards.
    Who looks waits for it half a second at most: then it gives way. Raises Busy.
    """
    _hold_still(connection)
    new = connection.execute(
        select(*(access.c[name] for name in _LINE))
        .outerjoin(seal, seal.c.access == access.c.id)
        .where(seal.c.access.is_(None))
        .order_by(access.c.id)
        .limit(BATCH)
    ).all()
    grown: dict[str, Head] = {}
    links = []
    known = {head.corporation: head for head in heads(connection)}
    for line in new:
        before = grown.get(_whose(line)) or known.get(_whose(line)) or _root(_whose(line))
        head = Head(before.corporation, before.number + 1, _linked(before.hash, line))
        grown[head.corporation] = head
        links.append(
            {
                "corporation": head.corporation,
                "number": head.number,
                "access": line.id,
                "hash": head.hash,
            }
        )
    if links:
        connection.execute(insert(seal), links)
    return tuple(grown.values())


def _hold_still(connection: Connection) -> None:
    connection.execute(text(f"SET LOCAL lock_timeout = '{WAIT_MS}ms'"))
    try:
        connection.execute(text("LOCK TABLE access IN SHARE MODE"))
    except exc.OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == LOCKED:
            raise Busy from error
        raise


def heads(connection: Connection) -> tuple[Head, ...]:
    """Give the last link of every chain."""
    last = text(
        "SELECT DISTINCT ON (corporation) corporation, number, hash FROM seal"
        " ORDER BY corporation, number DESC"
    )
    return tuple(Head(*row) for row in connection.execute(last))


def verify(connection: Connection, anchors: Iterable[Head] = ()) -> Finding | None:
    """Walk every chain and give the first line that is not as it was sealed; None when all are.

    `anchors` are heads that were kept outside: without them a tail that was cut off, or a chain
    that was made anew, is not seen.
    """
    found = [*_broken(connection), *_slipped_in(connection), *_lost(connection, anchors)]
    return min(found, key=lambda finding: finding.line, default=None)


def _broken(connection: Connection) -> Iterator[Finding]:
    """Give the first wrong link of every chain."""
    links = connection.execute(
        select(
            seal.c.corporation.label("chain"),
            seal.c.number,
            seal.c.access,
            seal.c.hash,
            *(access.c[name] for name in _LINE),
        )
        .outerjoin(access, access.c.id == seal.c.access)
        .order_by(seal.c.corporation, seal.c.number)
        .execution_options(yield_per=BATCH)
    )
    before, last, wrong = _root(""), 0, set[str]()
    for link in links:
        if link.chain in wrong:
            continue
        if link.chain != before.corporation:
            before, last = _root(link.chain), 0
        if (sentence := _wrong(link, before, last)) is not None:
            wrong.add(link.chain)
            yield Finding(link.chain, link.access, sentence)
        before, last = Head(link.chain, link.number, link.hash), link.access


def _wrong(link: Row[Any], before: Head, last: int) -> str | None:
    if link.id is None:
        return "Deze regel is weg."
    if link.number != before.number + 1:
        return "Vóór deze regel ontbreekt een schakel."
    if link.access <= last or _whose(link) != link.chain:
        return "Deze regel staat op een andere plaats dan toen zij werd verzegeld."
    if _linked(before.hash, link) != link.hash:
        return "Deze regel is veranderd."
    return None


def _slipped_in(connection: Connection) -> Iterator[Finding]:
    """Give a line that came in among lines that were sealed before it."""
    rows = connection.execute(
        text(
            "SELECT coalesce(a.corporation, '') AS whose, a.id FROM access a"
            " WHERE a.id <= (SELECT max(access) FROM seal)"
            " AND NOT EXISTS (SELECT FROM seal s WHERE s.access = a.id) ORDER BY a.id LIMIT 1"
        )
    )
    for row in rows:
        yield Finding(row.whose, row.id, "Deze regel is er later tussen gezet.")


def _lost(connection: Connection, anchors: Iterable[Head]) -> Iterator[Finding]:
    """Give the first head that was kept outside and is not there as it was."""
    for anchor in sorted(anchors, key=lambda head: (head.corporation, head.number)):
        link = connection.execute(
            select(seal.c.access, seal.c.hash).where(
                seal.c.corporation == anchor.corporation, seal.c.number == anchor.number
            )
        ).first()
        if link is None:
            yield Finding(anchor.corporation, _end(connection, anchor), "Hierna is er geknipt.")
            return
        if link.hash != anchor.hash:
            yield Finding(anchor.corporation, link.access, "De keten is opnieuw gemaakt.")
            return


def _end(connection: Connection, anchor: Head) -> int:
    last = text("SELECT coalesce(max(access), 0) FROM seal WHERE corporation = :corporation")
    return int(connection.execute(last, {"corporation": anchor.corporation}).scalar_one())


def _whose(line: Row[Any]) -> str:
    return line.corporation or ""


def _root(corporation: str) -> Head:
    words = f"verhuisketen|{corporation}"
    return Head(corporation, 0, hashlib.sha256(words.encode()).hexdigest())


def _linked(before: str, line: Row[Any]) -> str:
    said: Mapping[str, Any] = {name: getattr(line, name) for name in _LINE}
    plain = {**said, "at": int(line.at.timestamp() * 1_000_000)}
    words = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{before}\n{words}".encode()).hexdigest()
