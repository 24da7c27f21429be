"""repeated_calls"""

from contextlib import closing

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE repeated_call (
    corporation text NOT NULL,
    who text NOT NULL,
    route text NOT NULL,
    key text NOT NULL,
    digest text NOT NULL,
    status integer NOT NULL,
    answer text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT repeated_call_pkey PRIMARY KEY (corporation, who, route, key),
    CONSTRAINT repeated_call_status_check CHECK (status BETWEEN 200 AND 499)
);
CREATE INDEX repeated_call_at_idx ON repeated_call (at);
COMMENT ON TABLE repeated_call IS
    'Calls that may come again: the first answer, written with its effect; ids only';

CREATE TABLE personal_key (
    id text NOT NULL,
    hash text NOT NULL,
    corporation text NOT NULL,
    account text NOT NULL,
    scope text NOT NULL,
    made timestamptz NOT NULL DEFAULT now(),
    until timestamptz NOT NULL,
    seen timestamptz,
    CONSTRAINT personal_key_pkey PRIMARY KEY (id),
    CONSTRAINT personal_key_hash_key UNIQUE (hash),
    CONSTRAINT personal_key_scope_check CHECK (scope IN ('read', 'answer')),
    CONSTRAINT personal_key_until_check CHECK (until > made),
    CONSTRAINT personal_key_account_fkey FOREIGN KEY (corporation, account)
        REFERENCES account (corporation, id) ON DELETE CASCADE
);
CREATE INDEX personal_key_corporation_account_idx ON personal_key (corporation, account);
COMMENT ON TABLE personal_key IS
    'Keys of somebody''s own programs, as a sha256: what they may do, and until when';
"""


def upgrade() -> None:
    with closing(op.get_bind().connection.cursor()) as cursor:
        cursor.execute(TABLES)
