"""Keys by which somebody's own program comes in at the API, as themselves."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, Table, Text
from sqlalchemy import func as sql

from store.tables.metadata import MOMENT, metadata

personal_key = Table(
    "personal_key",
    metadata,
    Column("id", Text, primary_key=True),
    Column("hash", Text, nullable=False, unique=True),
    Column("corporation", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("made", MOMENT, nullable=False, server_default=sql.now()),
    Column("until", MOMENT, nullable=False),
    Column("seen", MOMENT),
    ForeignKeyConstraint(
        ["corporation", "account"],
        ["account.corporation", "account.id"],
        name="personal_key_account_fkey",
        ondelete="CASCADE",
    ),
    CheckConstraint("scope IN ('read', 'answer')", name="scope"),
    CheckConstraint("until > made", name="until"),
    Index(None, "corporation", "account"),
    comment="Keys of somebody's own programs, as a sha256: what they may do, and until when",
)
