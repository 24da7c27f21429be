"""The archive of finished replications: written once, found again by what they were of.

A replication is known by the State and code it ran on (`basis`), its scenario's hash, its
acceptance and its number; the same one a second time is the same, so whoever asks again finds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from matching.simulate.model import Asked, Run
from store.tables import simulation_run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection

    from matching.simulate.question import Job

TABLES = ("figures", "chains", "freed", "steps")


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where replications of a corporation lie that ran on one State."""

    corporation: str
    basis: str


def packed(run: Run) -> dict[str, bytes]:
    """Give the tables of a run as Parquet, byte for byte the same for the same run."""
    return {name: _parquet(getattr(run, name)) for name in TABLES}


def _parquet(table: pd.DataFrame) -> bytes:
    file = BytesIO()
    table.to_parquet(file, index=False, compression="zstd")
    return file.getvalue()


def keep(connection: Connection, shelf: Shelf, scenario: str, run: Run) -> None:
    """Keep a finished replication of the scenario with this hash; one that is there stays."""
    row = {
        "corporation": shelf.corporation,
        "basis": shelf.basis,
        "scenario": scenario,
        "acceptance": run.asked.acceptance,
        "replication": run.asked.replication,
        "name": run.scenario,
        **packed(run),
    }
    connection.execute(insert(simulation_run).values(row).on_conflict_do_nothing())


def done(connection: Connection, shelf: Shelf, jobs: Sequence[Job]) -> set[tuple[str, int, int]]:
    """Say which of these replications lie there: (scenario hash, acceptance, replication)."""
    columns = simulation_run.c
    rows = connection.execute(
        select(columns.scenario, columns.acceptance, columns.replication).where(_among(shelf, jobs))
    )
    return {tuple(row) for row in rows}


def count(connection: Connection, shelf: Shelf, jobs: Sequence[Job]) -> int:
    """Say how many of these replications lie there."""
    return int(connection.execute(select(func.count()).where(_among(shelf, jobs))).scalar_one())


def read(connection: Connection, shelf: Shelf, jobs: Sequence[Job]) -> Iterator[Run]:
    """Give the replications that lie there, one at a time, in the order of scenario and number."""
    columns = simulation_run.c
    found = connection.execute(
        select(columns.scenario, columns.acceptance, columns.replication)
        .where(_among(shelf, jobs))
        .order_by(columns.acceptance, columns.replication, columns.scenario)
    ).all()
    for scenario, acceptance, replication in found:
        row = connection.execute(
            select(simulation_run).where(
                columns.corporation == shelf.corporation,
                columns.basis == shelf.basis,
                columns.scenario == scenario,
                columns.acceptance == acceptance,
                columns.replication == replication,
            )
        ).one()
        tables: dict[str, Any] = {
            name: pd.read_parquet(BytesIO(getattr(row, name))) for name in TABLES
        }
        yield Run(row.name, Asked(row.replication, row.acceptance), **tables)


def _among(shelf: Shelf, jobs: Sequence[Job]) -> ColumnElement[bool]:
    """Say that a row is one of these replications."""
    columns = simulation_run.c
    last: dict[int, int] = {}
    for job in jobs:
        last[job.asked.acceptance] = max(
            last.get(job.asked.acceptance, 0), job.asked.replication + 1
        )
    return and_(
        columns.corporation == shelf.corporation,
        columns.basis == shelf.basis,
        columns.scenario.in_(sorted({job.scenario.hash for job in jobs})),
        or_(
            *(
                and_(columns.acceptance == level, columns.replication < number)
                for level, number in last.items()
            )
        ),
    )
