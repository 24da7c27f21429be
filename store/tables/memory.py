"""What the store remembers: the log, the State, deliveries, runs, plans, proposals, people."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)

from store.tables.metadata import MOMENT, metadata

STANDING = ("offered", "taken_up", "accepted", "signed")
"""The states in which a proposal claims its household and its home."""

OF_DWELLINGS = ("MoveForbidden", "MovePinned", "NoticeGiven", "TenancyStarted", "WorksPlanned")
"""Kinds of fact that refer to a home; the log is indexed by it for these."""
OF_HOUSEHOLDS = ("MoveForbidden", "MovePinned", "TenancyStarted", "TieNamed", "VisitPlanned")
"""Kinds of fact that refer to a household, likewise."""


def in_words(kinds: tuple[str, ...]) -> str:
    """Write kinds of fact as SQL does, for an index and for whoever asks by it."""
    return ", ".join(f"'{kind}'" for kind in kinds)


log = Table(
    "log",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("source", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("data", Text, nullable=False),
    Column("digest", Text, nullable=False),
    UniqueConstraint("source", "id"),
    Index(None, "subject"),
    Index(
        "log_of_dwelling",
        text("(data::jsonb ->> 'dwelling')"),
        postgresql_where=text(f"kind IN ({in_words(OF_DWELLINGS)})"),
    ),
    Index(
        "log_of_household",
        text("(data::jsonb ->> 'household')"),
        postgresql_where=text(f"kind IN ({in_words(OF_HOUSEHOLDS)})"),
    ),
    comment="Everything that happened; append-only, guarded by triggers",
)

conflict = Table(
    "conflict",
    metadata,
    Column("source", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("data", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("noticed", MOMENT, nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("source", "id", "digest"),
    comment="Facts that came again under a known id with other content; never folded",
)

state_row = Table(
    "state_row",
    metadata,
    Column("state_table", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("gone", Boolean, nullable=False),
    Column("data", Text, nullable=False),
    PrimaryKeyConstraint("state_table", "key"),
    Index(
        "state_row_dwelling_idx",
        text("(data::jsonb ->> 'dwelling')"),
        postgresql_where=text("state_table IN ('tenancies', 'notices')"),
    ),
    Index(
        "state_row_coach_idx",
        text("(data::jsonb ->> 'coach')"),
        text("(data::jsonb ->> 'corporation')"),
        postgresql_where=text("state_table = 'households'"),
    ),
    comment="The State as folded so far: who said what last of every row",
)

state_stand = Table(
    "state_stand",
    metadata,
    Column("one", Boolean, CheckConstraint("one", name="single"), primary_key=True),
    Column("position", BigInteger, nullable=False),
    comment="The log position the State stands at: one row",
)

run = Table(
    "run",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False, server_default=text("'night'")),
    Column("region", Text, nullable=False),
    Column("night", Date, nullable=False),
    Column("started", MOMENT, nullable=False, server_default=func.now()),
    Column("finished", MOMENT),
    Column("status", Text, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("summary", Text, nullable=False),
    CheckConstraint("status IN ('running', 'done', 'failed', 'refused')", name="status"),
    CheckConstraint("kind IN ('night', 'event')", name="kind"),
    Index(None, "region", "started"),
)

lease = Table(
    "lease",
    metadata,
    Column("region", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("until", MOMENT, nullable=False),
    comment="Who may publish for a region; the fence rises with every holder",
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("run", Text),
    Column("source", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("state_table", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("reader", Text, nullable=False, server_default=text("''")),
    Column("position", BigInteger, nullable=False, server_default=text("0")),
    Column("facts", BigInteger, nullable=False, server_default=text("0")),
    Column("received", MOMENT, nullable=False),
    Column("records", BigInteger, nullable=False),
    Column("accepted", BigInteger, nullable=False),
    Column("rejected", BigInteger, nullable=False),
    Column("duplicates", BigInteger, nullable=False),
    Column("blank", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("allowed_by", Text),
    Column("allowed", MOMENT),
    CheckConstraint(
        "records = accepted + rejected + duplicates + blank"
        " AND least(accepted, rejected, duplicates, blank) >= 0",
        name="balance",
    ),
    CheckConstraint("status IN ('taken', 'waiting', 'refused')", name="status"),
    Index(None, "state_table", "source", "id"),
)

reject = Table(
    "reject",
    metadata,
    Column("delivery", BigInteger, ForeignKey("delivery.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("record", BigInteger, nullable=False),
    Column("line", BigInteger, nullable=False),
    Column("column", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("corporation", Text),
    PrimaryKeyConstraint("delivery", "number"),
    comment="Rows that were refused: where and why, never what stood there",
)

plan = Table(
    "plan",
    metadata,
    Column("id", Text, primary_key=True),
    Column("run", Text, ForeignKey("run.id"), nullable=False),
    Column("region", Text, nullable=False),
    Column("night", Date, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("published", MOMENT, nullable=False, server_default=func.now()),
    Column("position", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("value", BigInteger, nullable=False),
    Column("bound", BigInteger, nullable=False),
    Column("json", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("options", LargeBinary),
    Column("repairs", Text, ForeignKey("plan.id")),
    CheckConstraint("value <= bound", name="bound"),
    Index(None, "region", "published"),
)

current_plan = Table(
    "current_plan",
    metadata,
    Column("region", Text, primary_key=True),
    Column("plan", Text, ForeignKey("plan.id"), nullable=False),
    Column("fence", BigInteger, nullable=False),
    comment="The plan in force per region; only a higher fence replaces it",
)

proposal = Table(
    "proposal",
    metadata,
    Column("id", Text, primary_key=True),
    Column("region", Text, nullable=False),
    Column("plan", Text, ForeignKey("plan.id"), nullable=False),
    Column("repeated_by", Text, ForeignKey("plan.id"), nullable=False),
    Column("chain", Text, nullable=False),
    Column("step", Integer, nullable=False),
    Column("household", Text, nullable=False),
    Column("dwelling", Text, nullable=False),
    Column("leaves", Text),
    Column("coach", Text),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("offered_on", Date, nullable=False),
    Column("until", Date),
    Column("at", MOMENT, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("because", ARRAY(BigInteger), nullable=False, server_default=text("'{}'")),
    Column("corporation", Text),
    Column("by", Text),
    Column("presented", Date),
    Column("held_until", Date),
    Column("held_because", Text),
    CheckConstraint("(state = 'declined') = (reason IS NOT NULL)", name="reason"),
    CheckConstraint("step >= 1", name="step"),
    CheckConstraint("(held_until IS NULL) = (held_because IS NULL)", name="held"),
    Index(None, "coach", "state"),
    Index(None, "dwelling"),
    Index(None, "leaves"),
    Index(None, "corporation", "household"),
    comment="Proposals and how far each is; `position` is the log's at its last fact, `because` the"
    " positions of the facts that changed it between two nights",
)
_STANDS = text(f"state IN {STANDING}")
Index("proposal_one_per_household", proposal.c.household, unique=True, postgresql_where=_STANDS)
Index("proposal_one_per_dwelling", proposal.c.dwelling, unique=True, postgresql_where=_STANDS)

person = Table(
    "person",
    metadata,
    Column("household", Text, primary_key=True),
    Column("name", Text),
    Column("phone", Text),
    Column("email", Text),
    Column("corporation", Text),
    comment="Kept apart: who a household is",
)

address = Table(
    "address",
    metadata,
    Column("dwelling", Text, primary_key=True),
    Column("street", Text),
    Column("house_number", Integer),
    Column("house_letter", Text),
    Column("addition", Text),
    Column("postcode", Text),
    Column("town", Text),
    Column("corporation", Text),
    comment="Kept apart: where a dwelling is",
)

access = Table(
    "access",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", MOMENT, nullable=False, server_default=func.now()),
    Column("who", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("corporation", Text),
    Column("client", Text, nullable=False, server_default=text("''")),
    Column("ids", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Index(None, "ids", postgresql_using="gin"),
    comment="Every look at what is kept apart, written with the look itself; append-only",
)
