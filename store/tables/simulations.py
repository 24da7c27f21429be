"""Simulations: what planners asked, and every replication that was finished, as it came."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    func,
    text,
)

from store.tables.metadata import MOMENT, metadata

simulation = Table(
    "simulation",
    metadata,
    Column("id", Text, primary_key=True),
    Column("corporation", Text, nullable=False),
    Column("by", Text),
    Column("at", MOMENT, nullable=False, server_default=func.now()),
    Column("digest", Text, nullable=False),
    Column("scenarios", Text, nullable=False),
    Column("replications", Integer, nullable=False),
    Column("acceptances", ARRAY(Integer), nullable=False),
    Column("total", Integer, nullable=False),
    Column("basis", Text, nullable=False),
    Column("start", Text, nullable=False),
    Column("status", Text, nullable=False, server_default=text("'waiting'")),
    Column("sentence", Text, nullable=False, server_default=text("''")),
    Column("stop", MOMENT),
    Column("worker", Text),
    Column("until", MOMENT),
    Column("began", MOMENT),
    Column("done_before", Integer, nullable=False, server_default=text("0")),
    Column("finished", MOMENT),
    CheckConstraint("status IN ('waiting', 'running', 'done', 'stopped', 'failed')", name="status"),
    CheckConstraint(
        "(status = 'running') = (worker IS NOT NULL AND until IS NOT NULL)", name="worker"
    ),
    Index(None, "status", "at"),
    Index(None, "corporation", "digest"),
    comment="What planners asked to be simulated, from which State (`start`; `basis` is its hash),"
    " and who works on it until when; `scenarios` are JSON, doing nothing first",
)

simulation_run = Table(
    "simulation_run",
    metadata,
    Column("corporation", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("scenario", Text, nullable=False),
    Column("acceptance", Integer, nullable=False),
    Column("replication", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("figures", LargeBinary, nullable=False),
    Column("chains", LargeBinary, nullable=False),
    Column("freed", LargeBinary, nullable=False),
    Column("steps", LargeBinary, nullable=False),
    Column("at", MOMENT, nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("corporation", "basis", "scenario", "acceptance", "replication"),
    CheckConstraint("acceptance BETWEEN 1 AND 100", name="acceptance"),
    CheckConstraint("replication >= 0", name="replication"),
    comment="Finished replications as Parquet: tables of counts, and of nobody. `scenario` is a"
    " hash, so that whoever asks the same of the same State finds them",
)
