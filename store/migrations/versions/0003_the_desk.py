"""The desk: whose every row about people is; accounts, sessions, tries, broken glass, seals."""

from contextlib import closing

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

EARLIER = """
ALTER TABLE proposal ADD COLUMN corporation text;
ALTER TABLE person ADD COLUMN corporation text;
ALTER TABLE address ADD COLUMN corporation text;
ALTER TABLE reject ADD COLUMN corporation text;
ALTER TABLE access ADD COLUMN corporation text;
ALTER TABLE access ADD COLUMN client text DEFAULT '' NOT NULL;
ALTER TABLE access ADD COLUMN ids text[] DEFAULT '{}' NOT NULL;
CREATE INDEX proposal_corporation_household_idx ON proposal (corporation, household);
CREATE INDEX access_ids_idx ON access USING gin (ids);
"""

# Whose it was before: what the State says of the household or home. A refused row cannot be read
# any more: it is of the one corporation that there is, or of nobody.
FILLED = """
UPDATE proposal p SET corporation = s.data::jsonb ->> 'corporation' FROM state_row s
    WHERE s.state_table = 'households' AND s.key = p.household;
UPDATE person p SET corporation = s.data::jsonb ->> 'corporation' FROM state_row s
    WHERE s.state_table = 'households' AND s.key = p.household;
UPDATE address a SET corporation = s.data::jsonb ->> 'corporation' FROM state_row s
    WHERE s.state_table IN ('dwellings', 'newbuild') AND s.key = a.dwelling;
UPDATE reject SET corporation = (
    SELECT min(data::jsonb ->> 'corporation') FROM state_row WHERE state_table = 'households'
    HAVING count(DISTINCT data::jsonb ->> 'corporation') = 1
);
"""

TABLES = """
CREATE TABLE account (
    id text NOT NULL,
    corporation text NOT NULL,
    login text NOT NULL,
    name text NOT NULL,
    roles text[] NOT NULL,
    coach text,
    hours integer,
    areas text[] NOT NULL DEFAULT '{}',
    phone text,
    active boolean NOT NULL DEFAULT true,
    password text,
    must_change boolean NOT NULL DEFAULT false,
    factor text,
    factor_step bigint NOT NULL DEFAULT 0,
    factor_needed boolean NOT NULL DEFAULT true,
    issuer text,
    subject text,
    created timestamptz NOT NULL DEFAULT now(),
    seen timestamptz,
    CONSTRAINT account_pkey PRIMARY KEY (id),
    CONSTRAINT account_corporation_id_key UNIQUE (corporation, id),
    CONSTRAINT account_corporation_login_key UNIQUE (corporation, login),
    CONSTRAINT account_corporation_issuer_subject_key UNIQUE (corporation, issuer, subject),
    CONSTRAINT account_issuer_check CHECK ((issuer IS NULL) = (subject IS NULL)),
    CONSTRAINT account_hours_check CHECK (hours BETWEEN 0 AND 60),
    CONSTRAINT account_phone_check CHECK (length(phone) BETWEEN 1 AND 20),
    CONSTRAINT account_roles_check
        CHECK (roles <@ ARRAY['coach', 'planner', 'steward', 'administrator'])
);
COMMENT ON TABLE account IS
    'Who may sign in; `password` is an argon2id hash, `factor` the secret of the second factor and'
    ' `factor_step` its last step that was used';

CREATE TABLE session (
    hash text NOT NULL,
    corporation text NOT NULL,
    account text NOT NULL,
    stage text NOT NULL,
    began timestamptz NOT NULL,
    seen timestamptz NOT NULL,
    CONSTRAINT session_pkey PRIMARY KEY (hash),
    CONSTRAINT session_account_fkey FOREIGN KEY (corporation, account)
        REFERENCES account (corporation, id) ON DELETE CASCADE,
    CONSTRAINT session_stage_check CHECK (stage IN ('password', 'factor', 'whole'))
);
CREATE INDEX session_account_idx ON session (account);
COMMENT ON TABLE session IS
    'Who is in: the sha256 of a token, and what was shown: only who is `whole` may pass';

CREATE TABLE try (
    subject text NOT NULL,
    failures integer NOT NULL,
    until timestamptz NOT NULL,
    last timestamptz NOT NULL,
    CONSTRAINT try_pkey PRIMARY KEY (subject)
);
COMMENT ON TABLE try IS
    'Failed tries to come in, by the sha256 of an account or an address, and until when no other is'
    ' looked at';

CREATE TABLE errand (
    hash text NOT NULL,
    kind text NOT NULL,
    data text NOT NULL,
    until timestamptz NOT NULL,
    CONSTRAINT errand_pkey PRIMARY KEY (hash),
    CONSTRAINT errand_kind_check CHECK (kind IN ('factor', 'first', 'oidc'))
);
COMMENT ON TABLE errand IS
    'What is underway at the door: the code of the first administrator, a second factor that is'
    ' being set up, a sign-in elsewhere';

CREATE TABLE glass (
    id bigint GENERATED ALWAYS AS IDENTITY,
    corporation text NOT NULL,
    account text NOT NULL,
    household text NOT NULL,
    reason text NOT NULL,
    at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    CONSTRAINT glass_pkey PRIMARY KEY (id),
    CONSTRAINT glass_account_fkey FOREIGN KEY (corporation, account)
        REFERENCES account (corporation, id)
);
CREATE INDEX glass_corporation_household_idx ON glass (corporation, household);
COMMENT ON TABLE glass IS
    'Who looked at a household of another coach, why, and until when; append-only';

CREATE TABLE seal (
    corporation text NOT NULL,
    number bigint NOT NULL,
    access bigint NOT NULL,
    hash text NOT NULL,
    sealed timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT seal_pkey PRIMARY KEY (corporation, number),
    CONSTRAINT seal_access_key UNIQUE (access)
);
COMMENT ON TABLE seal IS
    'The lines of `access` chained per corporation ('''' is nobody''s): each hash is over the one'
    ' before and the line; append-only';
"""

# As in 0001: a statement trigger, because TRUNCATE passes by every trigger on rows.
GUARDS = """
CREATE TRIGGER glass_keeps_every_row BEFORE UPDATE OR DELETE OR TRUNCATE ON glass
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER seal_keeps_every_row BEFORE UPDATE OR DELETE OR TRUNCATE ON seal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    # Who may see which rows is no step of a migration but a state that `store.tenants.fence`
    # restores after every migration: a copy that was put back has lost its grants.
    with closing(op.get_bind().connection.cursor()) as cursor:
        cursor.execute(EARLIER)
        cursor.execute(FILLED)
        cursor.execute(TABLES)
        cursor.execute(GUARDS)
