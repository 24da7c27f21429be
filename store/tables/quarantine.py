"""What is kept of a delivery for the people who look after it: whose rows, and rows to correct."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)

from store.tables.metadata import MOMENT, metadata

delivery_share = Table(
    "delivery_share",
    metadata,
    Column("delivery", BigInteger, ForeignKey("delivery.id"), nullable=False),
    Column("corporation", Text, nullable=False),
    Column("accepted", BigInteger, nullable=False),
    Column("rejected", BigInteger, nullable=False),
    PrimaryKeyConstraint("delivery", "corporation"),
    CheckConstraint("least(accepted, rejected) >= 0", name="counts"),
    comment="How many rows of a delivery are of which corporation; '' is of nobody we know",
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Text, primary_key=True),
    Column("turn", BigInteger, Identity(always=True), nullable=False),
    Column("corporation", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("state_table", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("record", BigInteger, nullable=False),
    Column("key", Text),
    Column("household", Text),
    Column("file", Text, nullable=False),
    Column("sealed", LargeBinary),
    Column("state", Text, nullable=False, server_default=text("'open'")),
    Column("at", MOMENT, nullable=False, server_default=func.now()),
    Column("by", Text),
    Column("sent", MOMENT),
    UniqueConstraint("corporation", "source", "state_table", "sha256", "record"),
    CheckConstraint("state IN ('open', 'sent', 'taken', 'lapsed')", name="state"),
    CheckConstraint("(state IN ('open', 'sent')) = (sealed IS NOT NULL)", name="sealed"),
    Index(None, "source", "state_table", "state"),
    Index(None, "household"),
    comment="Refused rows that somebody may still correct; what stood there is sealed, and gone"
    " when the row was taken or a newer file came",
)
