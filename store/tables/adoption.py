"""Which proposals were opened at the desk, by whom: what is new to somebody, and what is read."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    func,
    text,
)

from store.tables.metadata import MOMENT, metadata

opened = Table(
    "opened",
    metadata,
    Column("corporation", Text, nullable=False),
    Column("proposal", Text, ForeignKey("proposal.id"), nullable=False),
    Column("who", Text, nullable=False),
    Column("first", MOMENT, nullable=False, server_default=func.now()),
    Column("last", MOMENT, nullable=False, server_default=func.now()),
    Column("times", Integer, nullable=False, server_default=text("1")),
    PrimaryKeyConstraint("corporation", "proposal", "who"),
    Index(None, "proposal"),
    comment="Which proposals were opened at the desk: by whom, first and last, how often",
)
