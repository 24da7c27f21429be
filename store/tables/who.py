"""Who may come in: accounts, their sessions and tries; glass that was broken; sealed looks."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
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

account = Table(
    "account",
    metadata,
    Column("id", Text, primary_key=True),
    Column("corporation", Text, nullable=False),
    Column("login", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("coach", Text),
    Column("hours", Integer),
    Column("areas", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("phone", Text),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("password", Text),
    Column("must_change", Boolean, nullable=False, server_default=text("false")),
    Column("factor", Text),
    Column("factor_step", BigInteger, nullable=False, server_default=text("0")),
    Column("factor_needed", Boolean, nullable=False, server_default=text("true")),
    Column("issuer", Text),
    Column("subject", Text),
    Column("created", MOMENT, nullable=False, server_default=func.now()),
    Column("seen", MOMENT),
    UniqueConstraint("corporation", "id"),
    UniqueConstraint("corporation", "login"),
    UniqueConstraint("corporation", "issuer", "subject"),
    CheckConstraint("(issuer IS NULL) = (subject IS NULL)", name="issuer"),
    CheckConstraint("hours BETWEEN 0 AND 60", name="hours"),
    CheckConstraint("length(phone) BETWEEN 1 AND 20", name="phone"),
    CheckConstraint("roles <@ ARRAY['coach', 'planner', 'steward', 'administrator']", name="roles"),
    comment="Who may sign in; `password` is an argon2id hash, `factor` the secret of the second"
    " factor and `factor_step` its last step that was used",
)

session = Table(
    "session",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("corporation", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("began", MOMENT, nullable=False),
    Column("seen", MOMENT, nullable=False),
    ForeignKeyConstraint(
        ["corporation", "account"],
        ["account.corporation", "account.id"],
        name="session_account_fkey",
        ondelete="CASCADE",
    ),
    CheckConstraint("stage IN ('password', 'factor', 'whole')", name="stage"),
    Index(None, "account"),
    comment="Who is in: the sha256 of a token, and what was shown: only who is `whole` may pass",
)

try_ = Table(
    "try",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("until", MOMENT, nullable=False),
    Column("last", MOMENT, nullable=False),
    comment="Failed tries to come in, by the sha256 of an account or an address, and until when"
    " no other is looked at",
)

errand = Table(
    "errand",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("until", MOMENT, nullable=False),
    CheckConstraint("kind IN ('factor', 'first', 'oidc')", name="kind"),
    comment="What is underway at the door: the code of the first administrator, a second factor"
    " that is being set up, a sign-in elsewhere",
)

glass = Table(
    "glass",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("corporation", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("household", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("until", MOMENT, nullable=False),
    ForeignKeyConstraint(
        ["corporation", "account"],
        ["account.corporation", "account.id"],
        name="glass_account_fkey",
    ),
    Index(None, "corporation", "household"),
    comment="Who looked at a household of another coach, why, and until when; append-only",
)

seal = Table(
    "seal",
    metadata,
    Column("corporation", Text, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("access", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
    Column("sealed", MOMENT, nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("corporation", "number"),
    UniqueConstraint("access"),
    comment="The lines of `access` chained per corporation ('' is nobody's): each hash is over the"
    " one before and the line; append-only",
)
