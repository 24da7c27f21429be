"""The course of the chains that are being carried out, as the database knows it now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text

from data_contracts.words import ProposalState
from matching import carry_out
from matching.carry_out import Course, Link, NextStep, course_of
from store.living import living
from store.tables import STANDING
from store.tables import proposal as proposal_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from sqlalchemy import Connection, RowMapping

# An array is one parameter, however many homes a region has.
_TOUCHING = select(proposal_table).where(
    proposal_table.c.state.in_([*STANDING, ProposalState.MOVED.value]),
    text("(dwelling = ANY (:homes) OR leaves = ANY (:homes))"),
)


def around(
    connection: Connection, rows: Iterable[Mapping[str, Any] | RowMapping], *, on: date
) -> tuple[Course, dict[str, dict[str, Any]]]:
    """Give the course of all that these proposals (rows) touch, home by home, and rows by id."""
    known = {row["id"]: dict(row) for row in rows}
    reached: set[str] = set()
    while new := {home for row in known.values() for home in _reaches(row)} - reached:
        reached |= new
        found = connection.execute(_TOUCHING, {"homes": list(new)}).mappings()
        known |= {row["id"]: dict(row) for row in found if row["id"] not in known}
    return _course(connection, known, on=on), known


def _reaches(row: Mapping[str, Any]) -> set[str]:
    """The homes through which a proposal touches others; who moved long ago touches nobody."""
    standing = row["state"] in STANDING
    return {home for home in (row["dwelling"], row["leaves"]) if standing and home is not None}


def of_region(
    connection: Connection, region: str | None, *, on: date
) -> tuple[Course, dict[str, dict[str, Any]]]:
    """Give the course of every proposal that stands, in one region or (None) in all."""
    standing = select(proposal_table).where(proposal_table.c.state.in_(STANDING))
    if region is not None:
        standing = standing.where(proposal_table.c.region == region)
    return around(connection, connection.execute(standing).mappings(), on=on)


def at_homes(
    connection: Connection, homes: Iterable[str], *, on: date
) -> tuple[Course, dict[str, dict[str, Any]]]:
    """Give the course of every proposal that enters or leaves one of these homes."""
    found = connection.execute(_TOUCHING, {"homes": sorted(homes)}).mappings()
    return around(connection, found, on=on)


def _course(connection: Connection, rows: Mapping[str, Mapping[str, Any]], *, on: date) -> Course:
    ordered = sorted(rows.values(), key=lambda r: (r["plan"], r["chain"], r["step"], r["id"]))
    links = [
        Link(
            row["id"],
            row["household"],
            row["dwelling"],
            row["leaves"],
            ProposalState(row["state"]),
        )
        for row in ordered
    ]
    return course_of(links, living(connection, ordered, on=on))


def of_proposal(connection: Connection, proposal: str, *, on: date) -> Course:
    """Give the course of the chain of a proposal; one without links when it is unknown."""
    row = select(proposal_table).where(proposal_table.c.id == proposal)
    course, _ = around(connection, connection.execute(row).mappings(), on=on)
    return course


def next_steps(connection: Connection, proposal: str, *, on: date) -> tuple[NextStep, ...]:
    """Tell for every proposal in its chain which steps people may take, and why others wait."""
    return carry_out.next_steps(of_proposal(connection, proposal, on=on))


def order_of_signatures(
    connection: Connection, proposal: str, *, on: date
) -> tuple[tuple[str, ...], ...]:
    """Name who in its chain sign after whom, so that nobody can ever end without a home."""
    return carry_out.order_of_signatures(of_proposal(connection, proposal, on=on))
