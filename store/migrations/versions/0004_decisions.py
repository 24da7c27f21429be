"""Decisions: who took a step and when it rests; visits, instructions, and words kept apart."""

from contextlib import closing

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

EARLIER = """
ALTER TABLE proposal ADD COLUMN by text;
ALTER TABLE proposal ADD COLUMN presented date;
ALTER TABLE proposal ADD COLUMN held_until date;
ALTER TABLE proposal ADD COLUMN held_because text;
ALTER TABLE proposal ADD CONSTRAINT proposal_held_check
    CHECK ((held_until IS NULL) = (held_because IS NULL));
"""

TABLES = """
CREATE TABLE visit (
    corporation text NOT NULL,
    id text NOT NULL,
    proposal text NOT NULL,
    household text NOT NULL,
    coach text,
    moment timestamptz NOT NULL,
    minutes integer NOT NULL,
    by text NOT NULL,
    cancelled timestamptz,
    position bigint NOT NULL,
    CONSTRAINT visit_pkey PRIMARY KEY (corporation, id),
    CONSTRAINT visit_proposal_fkey FOREIGN KEY (proposal) REFERENCES proposal (id),
    CONSTRAINT visit_minutes_check CHECK (minutes BETWEEN 5 AND 480)
);
CREATE INDEX visit_proposal_idx ON visit (proposal);
CREATE INDEX visit_coach_moment_idx ON visit (coach, moment) WHERE cancelled IS NULL;
COMMENT ON TABLE visit IS
    'Appointments of coaches with households; `position` is the log''s at the last fact';

CREATE TABLE instruction (
    corporation text NOT NULL,
    id text NOT NULL,
    household text NOT NULL,
    dwelling text NOT NULL,
    asks text NOT NULL,
    "on" date NOT NULL,
    until date,
    by text NOT NULL,
    at timestamptz NOT NULL,
    withdrawn timestamptz,
    position bigint NOT NULL,
    CONSTRAINT instruction_pkey PRIMARY KEY (corporation, id),
    CONSTRAINT instruction_corporation_household_dwelling_key
        UNIQUE (corporation, household, dwelling),
    CONSTRAINT instruction_asks_check CHECK (asks IN ('pin', 'forbid'))
);
COMMENT ON TABLE instruction IS
    'What coaches ask of the plan, one per household and home; `position` is the log''s at the'
    ' last fact';

CREATE TABLE words (
    id bigint GENERATED ALWAYS AS IDENTITY,
    corporation text NOT NULL,
    household text NOT NULL,
    about text NOT NULL,
    subject text NOT NULL,
    said text NOT NULL,
    by text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT words_pkey PRIMARY KEY (id),
    CONSTRAINT words_about_check CHECK (about IN ('decline', 'visit')),
    CONSTRAINT words_short_check CHECK (length(said) BETWEEN 1 AND 300)
);
CREATE INDEX words_corporation_household_idx ON words (corporation, household);
COMMENT ON TABLE words IS
    'Kept apart: what a coach wrote in own words; goes when the household is forgotten';
"""


def upgrade() -> None:
    with closing(op.get_bind().connection.cursor()) as cursor:
        cursor.execute(EARLIER)
        cursor.execute(TABLES)
