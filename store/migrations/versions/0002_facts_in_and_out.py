"""Facts in and out: keys of other systems, subscribers, readers; repaired plans and their cause."""

from contextlib import closing

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

EARLIER = """
CREATE INDEX log_subject_idx ON log (subject);
CREATE INDEX state_row_dwelling_idx ON state_row ((data::jsonb ->> 'dwelling'))
    WHERE state_table IN ('tenancies', 'notices');
CREATE INDEX proposal_dwelling_idx ON proposal (dwelling);
CREATE INDEX proposal_leaves_idx ON proposal (leaves);
ALTER TABLE run ADD COLUMN kind text DEFAULT 'night' NOT NULL;
ALTER TABLE run ADD CONSTRAINT run_kind_check CHECK (kind IN ('night', 'event'));
ALTER TABLE delivery ADD COLUMN reader text DEFAULT '' NOT NULL;
ALTER TABLE delivery ADD COLUMN position bigint DEFAULT 0 NOT NULL;
ALTER TABLE delivery ADD COLUMN facts bigint DEFAULT 0 NOT NULL;
ALTER TABLE plan ADD COLUMN repairs text
    CONSTRAINT plan_repairs_fkey REFERENCES plan (id);
ALTER TABLE proposal ADD COLUMN because bigint[] DEFAULT '{}' NOT NULL;
COMMENT ON TABLE proposal IS
    'Proposals and how far each is; `position` is the log''s at its last fact, `because` the'
    ' positions of the facts that changed it between two nights';
"""

TABLES = """
CREATE TABLE machine_key (
    id text NOT NULL,
    name text NOT NULL,
    organisation text NOT NULL,
    corporation text,
    hash text NOT NULL,
    per_minute integer NOT NULL,
    created timestamptz NOT NULL DEFAULT now(),
    revoked timestamptz,
    CONSTRAINT machine_key_pkey PRIMARY KEY (id),
    CONSTRAINT machine_key_hash_key UNIQUE (hash),
    CONSTRAINT machine_key_rate_check CHECK (per_minute > 0)
);
COMMENT ON TABLE machine_key IS
    'Keys of other systems, as a sha256; `organisation` is the urn it may speak for';

CREATE TABLE machine_use (
    key text NOT NULL,
    minute timestamptz NOT NULL,
    calls integer NOT NULL,
    CONSTRAINT machine_use_pkey PRIMARY KEY (key, minute),
    CONSTRAINT machine_use_key_fkey FOREIGN KEY (key) REFERENCES machine_key (id)
);
COMMENT ON TABLE machine_use IS
    'Calls per key per minute, for the rate; old minutes are thrown away';

CREATE TABLE subscriber (
    name text NOT NULL,
    url text NOT NULL,
    kinds text[] NOT NULL,
    position bigint NOT NULL,
    active timestamptz,
    CONSTRAINT subscriber_pkey PRIMARY KEY (name)
);
COMMENT ON TABLE subscriber IS
    'Who is told what, as the settings say; `position` is how far the log was queued';

CREATE TABLE notice (
    subscriber text NOT NULL,
    position bigint NOT NULL,
    subject text NOT NULL,
    state text NOT NULL,
    tries integer NOT NULL DEFAULT 0,
    since timestamptz NOT NULL DEFAULT now(),
    next_try timestamptz NOT NULL DEFAULT now(),
    outcome text NOT NULL DEFAULT '',
    CONSTRAINT notice_pkey PRIMARY KEY (subscriber, position),
    CONSTRAINT notice_subscriber_fkey FOREIGN KEY (subscriber) REFERENCES subscriber (name),
    CONSTRAINT notice_state_check CHECK (state IN ('waiting', 'sent', 'parked'))
);
CREATE INDEX notice_waiting ON notice (subscriber, position) WHERE state = 'waiting';
CREATE INDEX notice_in_order ON notice (subscriber, subject, position) WHERE state = 'waiting';
COMMENT ON TABLE notice IS
    'What each subscriber is still to be told, or was: one row per fact of the log';

CREATE TABLE reader (
    name text NOT NULL,
    position bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT reader_pkey PRIMARY KEY (name)
);
COMMENT ON TABLE reader IS 'How far each of our own readers of the log has come';
"""

# A hint, no more: whoever misses it finds the same facts at the next look at the log.
HINT = """
CREATE FUNCTION hint_of_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('verhuisketen', '');
    RETURN NULL;
END $$;
CREATE TRIGGER log_hints AFTER INSERT ON log
    FOR EACH STATEMENT EXECUTE FUNCTION hint_of_facts();
"""


def upgrade() -> None:
    with closing(op.get_bind().connection.cursor()) as cursor:
        cursor.execute(EARLIER)
        cursor.execute(TABLES)
        cursor.execute(HINT)
