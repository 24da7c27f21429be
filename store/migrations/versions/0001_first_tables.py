"""First tables: the log and its guards, State, deliveries, runs, plans, proposals, people."""

from contextlib import closing

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Plain SQL functions, so that the planner writes them out: a million facts pay nothing for them.
WORDS = r"""
CREATE FUNCTION moment(microseconds bigint) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT timestamptz '1970-01-01 00:00:00+00' + microseconds * interval '1 microsecond'
$$;

CREATE FUNCTION fact_digest(kind text, subject text, at bigint, data text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT encode(sha256(convert_to(
        kind || E'\x1f' || subject || E'\x1f' || at::text || E'\x1f' || data, 'UTF8'
    )), 'hex')
$$;
COMMENT ON FUNCTION fact_digest IS
    'sha256 of kind, subject, microseconds since 1970 and data, joined by U+001F';
"""

TABLES = """
CREATE TABLE log (
    position bigint GENERATED ALWAYS AS IDENTITY,
    source text NOT NULL,
    id text NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    at timestamptz NOT NULL,
    data text NOT NULL,
    digest text NOT NULL,
    CONSTRAINT log_pkey PRIMARY KEY (position),
    CONSTRAINT log_source_id_key UNIQUE (source, id)
);
COMMENT ON TABLE log IS 'Everything that happened; append-only, guarded by triggers';

CREATE TABLE conflict (
    source text NOT NULL,
    id text NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    at timestamptz NOT NULL,
    data text NOT NULL,
    digest text NOT NULL,
    noticed timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT conflict_pkey PRIMARY KEY (source, id, digest)
);
COMMENT ON TABLE conflict IS
    'Facts that came again under a known id with other content; never folded';

CREATE TABLE state_row (
    state_table text NOT NULL,
    key text NOT NULL,
    source text NOT NULL,
    at timestamptz NOT NULL,
    gone boolean NOT NULL,
    data text NOT NULL,
    CONSTRAINT state_row_pkey PRIMARY KEY (state_table, key)
);
COMMENT ON TABLE state_row IS 'The State as folded so far: who said what last of every row';

CREATE TABLE state_stand (
    one boolean NOT NULL,
    position bigint NOT NULL,
    CONSTRAINT state_stand_pkey PRIMARY KEY (one),
    CONSTRAINT state_stand_single_check CHECK (one)
);
COMMENT ON TABLE state_stand IS 'The log position the State stands at: one row';

CREATE TABLE run (
    id text NOT NULL,
    region text NOT NULL,
    night date NOT NULL,
    started timestamptz NOT NULL DEFAULT now(),
    finished timestamptz,
    status text NOT NULL,
    sentence text NOT NULL,
    summary text NOT NULL,
    CONSTRAINT run_pkey PRIMARY KEY (id),
    CONSTRAINT run_status_check CHECK (status IN ('running', 'done', 'failed', 'refused'))
);
CREATE INDEX run_region_started_idx ON run (region, started);

CREATE TABLE lease (
    region text NOT NULL,
    holder text NOT NULL,
    fence bigint NOT NULL,
    until timestamptz NOT NULL,
    CONSTRAINT lease_pkey PRIMARY KEY (region)
);
COMMENT ON TABLE lease IS 'Who may publish for a region; the fence rises with every holder';

CREATE TABLE delivery (
    id bigint GENERATED ALWAYS AS IDENTITY,
    run text,
    source text NOT NULL,
    name text NOT NULL,
    state_table text NOT NULL,
    file text NOT NULL,
    sha256 text NOT NULL,
    received timestamptz NOT NULL,
    records bigint NOT NULL,
    accepted bigint NOT NULL,
    rejected bigint NOT NULL,
    duplicates bigint NOT NULL,
    blank bigint NOT NULL,
    status text NOT NULL,
    sentence text NOT NULL,
    CONSTRAINT delivery_pkey PRIMARY KEY (id),
    CONSTRAINT delivery_balance_check CHECK (
        records = accepted + rejected + duplicates + blank
        AND least(accepted, rejected, duplicates, blank) >= 0
    ),
    CONSTRAINT delivery_status_check CHECK (status IN ('taken', 'waiting', 'refused'))
);
CREATE INDEX delivery_state_table_source_id_idx ON delivery (state_table, source, id);

CREATE TABLE reject (
    delivery bigint NOT NULL,
    number integer NOT NULL,
    record bigint NOT NULL,
    line bigint NOT NULL,
    "column" text NOT NULL,
    code text NOT NULL,
    sentence text NOT NULL,
    CONSTRAINT reject_pkey PRIMARY KEY (delivery, number),
    CONSTRAINT reject_delivery_fkey FOREIGN KEY (delivery) REFERENCES delivery (id)
);
COMMENT ON TABLE reject IS 'Rows that were refused: where and why, never what stood there';

CREATE TABLE plan (
    id text NOT NULL,
    run text NOT NULL,
    region text NOT NULL,
    night date NOT NULL,
    fence bigint NOT NULL,
    published timestamptz NOT NULL DEFAULT now(),
    position bigint NOT NULL,
    status text NOT NULL,
    value bigint NOT NULL,
    bound bigint NOT NULL,
    json text NOT NULL,
    digest text NOT NULL,
    options bytea,
    CONSTRAINT plan_pkey PRIMARY KEY (id),
    CONSTRAINT plan_run_fkey FOREIGN KEY (run) REFERENCES run (id),
    CONSTRAINT plan_bound_check CHECK (value <= bound)
);
CREATE INDEX plan_region_published_idx ON plan (region, published);

CREATE TABLE current_plan (
    region text NOT NULL,
    plan text NOT NULL,
    fence bigint NOT NULL,
    CONSTRAINT current_plan_pkey PRIMARY KEY (region),
    CONSTRAINT current_plan_plan_fkey FOREIGN KEY (plan) REFERENCES plan (id)
);
COMMENT ON TABLE current_plan IS 'The plan in force per region; only a higher fence replaces it';

CREATE TABLE proposal (
    id text NOT NULL,
    region text NOT NULL,
    plan text NOT NULL,
    repeated_by text NOT NULL,
    chain text NOT NULL,
    step integer NOT NULL,
    household text NOT NULL,
    dwelling text NOT NULL,
    leaves text,
    coach text,
    state text NOT NULL,
    reason text,
    offered_on date NOT NULL,
    until date,
    at timestamptz NOT NULL,
    position bigint NOT NULL,
    CONSTRAINT proposal_pkey PRIMARY KEY (id),
    CONSTRAINT proposal_plan_fkey FOREIGN KEY (plan) REFERENCES plan (id),
    CONSTRAINT proposal_repeated_by_fkey FOREIGN KEY (repeated_by) REFERENCES plan (id),
    CONSTRAINT proposal_reason_check CHECK ((state = 'declined') = (reason IS NOT NULL)),
    CONSTRAINT proposal_step_check CHECK (step >= 1)
);
CREATE INDEX proposal_coach_state_idx ON proposal (coach, state);
CREATE UNIQUE INDEX proposal_one_per_household ON proposal (household)
    WHERE state IN ('offered', 'taken_up', 'accepted', 'signed');
CREATE UNIQUE INDEX proposal_one_per_dwelling ON proposal (dwelling)
    WHERE state IN ('offered', 'taken_up', 'accepted', 'signed');
COMMENT ON TABLE proposal IS
    'Proposals and how far each is; `position` is the log''s at its last fact';

CREATE TABLE person (
    household text NOT NULL,
    name text,
    phone text,
    email text,
    CONSTRAINT person_pkey PRIMARY KEY (household)
);
COMMENT ON TABLE person IS 'Kept apart: who a household is';

CREATE TABLE address (
    dwelling text NOT NULL,
    street text,
    house_number integer,
    house_letter text,
    addition text,
    postcode text,
    town text,
    CONSTRAINT address_pkey PRIMARY KEY (dwelling)
);
COMMENT ON TABLE address IS 'Kept apart: where a dwelling is';

CREATE TABLE access (
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT now(),
    who text NOT NULL,
    purpose text NOT NULL,
    what text NOT NULL,
    rows bigint NOT NULL,
    CONSTRAINT access_pkey PRIMARY KEY (id)
);
COMMENT ON TABLE access IS
    'Every look at what is kept apart, written with the look itself; append-only';
"""

# A row trigger alone lets TRUNCATE through, and an UPDATE that meets no row stays silent: hence
# statement triggers as well. Emptying a fact's data passes, inside forget_facts() only.
GUARDS = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: it is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION refuse_change_of_fact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('verhuisketen.forgetting', true), '') <> 'on'
        OR NEW.data <> '{}'
        OR (NEW.position, NEW.source, NEW.id, NEW.kind, NEW.subject, NEW.at, NEW.digest)
            IS DISTINCT FROM
           (OLD.position, OLD.source, OLD.id, OLD.kind, OLD.subject, OLD.at, OLD.digest)
    THEN
        RAISE EXCEPTION 'UPDATE on log is refused: it is append-only'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER log_keeps_every_row BEFORE DELETE OR TRUNCATE ON log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_keeps_every_fact BEFORE UPDATE ON log
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_fact();
CREATE TRIGGER access_keeps_every_row BEFORE UPDATE OR DELETE OR TRUNCATE ON access
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION forget_facts(own_kinds text[], households text[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    emptied bigint;
BEGIN
    PERFORM set_config('verhuisketen.forgetting', 'on', true);
    UPDATE log SET data = '{}'
    WHERE data <> '{}' AND (
        (subject = ANY (households) AND kind = ANY (own_kinds))
        OR (data LIKE '%household":"%' AND (
            data::jsonb ->> 'household' = ANY (households)
            OR data::jsonb ->> 'with_household' = ANY (households)))
    );
    GET DIAGNOSTICS emptied = ROW_COUNT;
    DELETE FROM conflict
    WHERE (subject = ANY (households) AND kind = ANY (own_kinds))
        OR (data LIKE '%household":"%' AND (
            data::jsonb ->> 'household' = ANY (households)
            OR data::jsonb ->> 'with_household' = ANY (households)));
    PERFORM set_config('verhuisketen.forgetting', 'off', true);
    RETURN emptied;
END $$;
"""


def upgrade() -> None:
    # Many statements and per cent signs: by the driver's own cursor, which reads them as they are.
    with closing(op.get_bind().connection.cursor()) as cursor:
        cursor.execute(WORDS)
        cursor.execute(TABLES)
        cursor.execute(GUARDS)
