"""What callers of the desk's API may send again: the first answer, kept beside its effect."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, PrimaryKeyConstraint, Table, Text
from sqlalchemy import func as sql

from store.tables.metadata import MOMENT, metadata

repeated_call = Table(
    "repeated_call",
    metadata,
    Column("corporation", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", MOMENT, nullable=False, server_default=sql.now()),
    PrimaryKeyConstraint("corporation", "who", "route", "key"),
    CheckConstraint("status BETWEEN 200 AND 499", name="status"),
    Index(None, "at"),
    comment="Calls that may come again: the first answer, written with its effect; ids only",
)
