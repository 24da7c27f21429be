"""What was opened at the desk, and quick ways to a coach's households."""

from contextlib import closing

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE opened (
    corporation text NOT NULL,
    proposal text NOT NULL,
    who text NOT NULL,
    first timestamptz NOT NULL DEFAULT now(),
    last timestamptz NOT NULL DEFAULT now(),
    times integer NOT NULL DEFAULT 1,
    CONSTRAINT opened_pkey PRIMARY KEY (corporation, proposal, who),
    CONSTRAINT opened_proposal_fkey FOREIGN KEY (proposal) REFERENCES proposal (id)
);
CREATE INDEX opened_proposal_idx ON opened (proposal);
COMMENT ON TABLE opened IS
    'Which proposals were opened at the desk: by whom, first and last, how often';
CREATE INDEX state_row_coach_idx
    ON state_row ((data::jsonb ->> 'coach'), (data::jsonb ->> 'corporation'))
    WHERE state_table = 'households';
"""


def upgrade() -> None:
    with closing(op.get_bind().connection.cursor()) as cursor:
        cursor.execute(TABLES)
