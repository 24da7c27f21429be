"""Quarantine: whose rows a delivery holds, refused rows sealed, files let through; histories."""

from contextlib import closing

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

EARLIER = """
ALTER TABLE delivery ADD COLUMN allowed_by text;
ALTER TABLE delivery ADD COLUMN allowed timestamptz;
CREATE INDEX log_of_dwelling ON log ((data::jsonb ->> 'dwelling')) WHERE kind IN
    ('MoveForbidden', 'MovePinned', 'NoticeGiven', 'TenancyStarted', 'WorksPlanned');
CREATE INDEX log_of_household ON log ((data::jsonb ->> 'household')) WHERE kind IN
    ('MoveForbidden', 'MovePinned', 'TenancyStarted', 'TieNamed', 'VisitPlanned');
"""

TABLES = """
CREATE TABLE delivery_share (
    delivery bigint NOT NULL,
    corporation text NOT NULL,
    accepted bigint NOT NULL,
    rejected bigint NOT NULL,
    CONSTRAINT delivery_share_pkey PRIMARY KEY (delivery, corporation),
    CONSTRAINT delivery_share_delivery_fkey FOREIGN KEY (delivery) REFERENCES delivery (id),
    CONSTRAINT delivery_share_counts_check CHECK (least(accepted, rejected) >= 0)
);
COMMENT ON TABLE delivery_share IS
    'How many rows of a delivery are of which corporation; '''' is of nobody we know';

CREATE TABLE quarantine (
    id text NOT NULL,
    turn bigint GENERATED ALWAYS AS IDENTITY,
    corporation text NOT NULL,
    source text NOT NULL,
    state_table text NOT NULL,
    sha256 text NOT NULL,
    record bigint NOT NULL,
    key text,
    household text,
    file text NOT NULL,
    sealed bytea,
    state text NOT NULL DEFAULT 'open',
    at timestamptz NOT NULL DEFAULT now(),
    by text,
    sent timestamptz,
    CONSTRAINT quarantine_pkey PRIMARY KEY (id),
    CONSTRAINT quarantine_corporation_source_state_table_sha256_record_key
        UNIQUE (corporation, source, state_table, sha256, record),
    CONSTRAINT quarantine_state_check CHECK (state IN ('open', 'sent', 'taken', 'lapsed')),
    CONSTRAINT quarantine_sealed_check
        CHECK ((state IN ('open', 'sent')) = (sealed IS NOT NULL))
);
CREATE INDEX quarantine_source_state_table_state_idx ON quarantine (source, state_table, state);
CREATE INDEX quarantine_household_idx ON quarantine (household);
COMMENT ON TABLE quarantine IS
    'Refused rows that somebody may still correct; what stood there is sealed, and gone'
    ' when the row was taken or a newer file came';
"""

# Of deliveries of before nobody wrote down whose rows they held: they are of the one corporation
# that there is, or of nobody.
FILLED = """
INSERT INTO delivery_share (delivery, corporation, accepted, rejected)
    SELECT d.id, coalesce((
        SELECT min(data::jsonb ->> 'corporation') FROM state_row WHERE state_table = 'households'
        HAVING count(DISTINCT data::jsonb ->> 'corporation') = 1
    ), ''), d.accepted, d.rejected FROM delivery d;
"""


def upgrade() -> None:
    with closing(op.get_bind().connection.cursor()) as cursor:
        cursor.execute(EARLIER)
        cursor.execute(TABLES)
        cursor.execute(FILLED)
