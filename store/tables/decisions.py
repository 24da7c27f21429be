"""What people decided at the desk: visits, instructions to the plan, and what they wrote apart."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)

from store.tables.metadata import MOMENT, metadata

visit = Table(
    "visit",
    metadata,
    Column("corporation", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("proposal", Text, ForeignKey("proposal.id"), nullable=False),
    Column("household", Text, nullable=False),
    Column("coach", Text),
    Column("moment", MOMENT, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("cancelled", MOMENT),
    Column("position", BigInteger, nullable=False),
    PrimaryKeyConstraint("corporation", "id"),
    CheckConstraint("minutes BETWEEN 5 AND 480", name="minutes"),
    Index(None, "proposal"),
    Index(None, "coach", "moment", postgresql_where=text("cancelled IS NULL")),
    comment="Appointments of coaches with households; `position` is the log's at the last fact",
)

instruction = Table(
    "instruction",
    metadata,
    Column("corporation", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("household", Text, nullable=False),
    Column("dwelling", Text, nullable=False),
    Column("asks", Text, nullable=False),
    Column("on", Date, nullable=False),
    Column("until", Date),
    Column("by", Text, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("withdrawn", MOMENT),
    Column("position", BigInteger, nullable=False),
    PrimaryKeyConstraint("corporation", "id"),
    UniqueConstraint("corporation", "household", "dwelling"),
    CheckConstraint("asks IN ('pin', 'forbid')", name="asks"),
    comment="What coaches ask of the plan, one per household and home; `position` is the log's at"
    " the last fact",
)

words = Table(
    "words",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("corporation", Text, nullable=False),
    Column("household", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("said", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", MOMENT, nullable=False, server_default=func.now()),
    CheckConstraint("about IN ('decline', 'visit')", name="about"),
    CheckConstraint("length(said) BETWEEN 1 AND 300", name="short"),
    Index(None, "corporation", "household"),
    comment="Kept apart: what a coach wrote in own words; goes when the household is forgotten",
)
