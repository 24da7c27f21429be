"""What the store keeps about other programs: who may write, who is told, how far each has read."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
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

machine_key = Table(
    "machine_key",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("corporation", Text),
    Column("hash", Text, nullable=False),
    Column("per_minute", Integer, nullable=False),
    Column("created", MOMENT, nullable=False, server_default=func.now()),
    Column("revoked", MOMENT),
    UniqueConstraint("hash"),
    CheckConstraint("per_minute > 0", name="rate"),
    comment="Keys of other systems, as a sha256; `organisation` is the urn it may speak for",
)

machine_use = Table(
    "machine_use",
    metadata,
    Column("key", Text, ForeignKey("machine_key.id"), nullable=False),
    Column("minute", MOMENT, nullable=False),
    Column("calls", Integer, nullable=False),
    PrimaryKeyConstraint("key", "minute"),
    comment="Calls per key per minute, for the rate; old minutes are thrown away",
)

api_use = Table(
    "api_use",
    metadata,
    Column("who", Text, nullable=False),
    Column("minute", MOMENT, nullable=False),
    Column("calls", Integer, nullable=False),
    PrimaryKeyConstraint("who", "minute"),
    Index(None, "minute"),
    comment="Calls per key or account per minute, for the rate of the API; old minutes are"
    " thrown away",
)

subscriber = Table(
    "subscriber",
    metadata,
    Column("name", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("kinds", ARRAY(Text), nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("active", MOMENT),
    comment="Who is told what, as the settings say; `position` is how far the log was queued",
)

_WAITS = "state = 'waiting'"
notice = Table(
    "notice",
    metadata,
    Column("subscriber", Text, ForeignKey("subscriber.name"), nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("subject", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("since", MOMENT, nullable=False, server_default=func.now()),
    Column("next_try", MOMENT, nullable=False, server_default=func.now()),
    Column("outcome", Text, nullable=False, server_default=text("''")),
    PrimaryKeyConstraint("subscriber", "position"),
    CheckConstraint("state IN ('waiting', 'sent', 'parked')", name="state"),
    Index("notice_waiting", "subscriber", "position", postgresql_where=text(_WAITS)),
    Index("notice_in_order", "subscriber", "subject", "position", postgresql_where=text(_WAITS)),
    comment="What each subscriber is still to be told, or was: one row per fact of the log",
)

reader = Table(
    "reader",
    metadata,
    Column("name", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("at", MOMENT, nullable=False, server_default=func.now()),
    comment="How far each of our own readers of the log has come",
)
