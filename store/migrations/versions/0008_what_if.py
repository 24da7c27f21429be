"""What if: simulations that planners asked for, and their finished replications."""

from contextlib import closing

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE simulation (
    id text NOT NULL,
    corporation text NOT NULL,
    by text,
    at timestamptz NOT NULL DEFAULT now(),
    digest text NOT NULL,
    scenarios text NOT NULL,
    replications integer NOT NULL,
    acceptances integer[] NOT NULL,
    total integer NOT NULL,
    basis text NOT NULL,
    start text NOT NULL,
    status text NOT NULL DEFAULT 'waiting',
    sentence text NOT NULL DEFAULT '',
    stop timestamptz,
    worker text,
    until timestamptz,
    began timestamptz,
    done_before integer NOT NULL DEFAULT 0,
    finished timestamptz,
    CONSTRAINT simulation_pkey PRIMARY KEY (id),
    CONSTRAINT simulation_status_check
        CHECK (status IN ('waiting', 'running', 'done', 'stopped', 'failed')),
    CONSTRAINT simulation_worker_check
        CHECK ((status = 'running') = (worker IS NOT NULL AND until IS NOT NULL))
);
CREATE INDEX simulation_status_at_idx ON simulation (status, at);
CREATE INDEX simulation_corporation_digest_idx ON simulation (corporation, digest);
COMMENT ON TABLE simulation IS
    'What planners asked to be simulated, from which State (`start`; `basis` is its hash), and who'
    ' works on it until when; `scenarios` are JSON, doing nothing first';

CREATE TABLE simulation_run (
    corporation text NOT NULL,
    basis text NOT NULL,
    scenario text NOT NULL,
    acceptance integer NOT NULL,
    replication integer NOT NULL,
    name text NOT NULL,
    figures bytea NOT NULL,
    chains bytea NOT NULL,
    freed bytea NOT NULL,
    steps bytea NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT simulation_run_pkey
        PRIMARY KEY (corporation, basis, scenario, acceptance, replication),
    CONSTRAINT simulation_run_acceptance_check CHECK (acceptance BETWEEN 1 AND 100),
    CONSTRAINT simulation_run_replication_check CHECK (replication >= 0)
);
COMMENT ON TABLE simulation_run IS
    'Finished replications as Parquet: tables of counts, and of nobody. `scenario` is a hash, so'
    ' that whoever asks the same of the same State finds them';
"""


def upgrade() -> None:
    with closing(op.get_bind().connection.cursor()) as cursor:
        cursor.execute(TABLES)
