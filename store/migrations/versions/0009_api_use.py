"""How often somebody's programs call the API of the desk, counted by all its processes together."""

from contextlib import closing

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE api_use (
    who text NOT NULL,
    minute timestamptz NOT NULL,
    calls integer NOT NULL,
    CONSTRAINT api_use_pkey PRIMARY KEY (who, minute)
);
CREATE INDEX api_use_minute_idx ON api_use (minute);
COMMENT ON TABLE api_use IS
    'Calls per key or account per minute, for the rate of the API; old minutes are thrown away';
"""


def upgrade() -> None:
    with closing(op.get_bind().connection.cursor()) as cursor:
        cursor.execute(TABLES)
