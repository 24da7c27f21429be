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
"""


def upgrade() -> None:
    with closing(op.get_bind().connection.cursor()) as cursor:
        cursor.execute(TABLES)
