"""The migrations make exactly the tables of `store.tables`, and may be called again."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from store.database import migrate
from store.tables import metadata

CONSTRAINTS = text(
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text"
    " <> 'alembic_version' AND contype <> 'n' ORDER BY 1, 2"
)
INDEXES = text(
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    " AND tablename <> 'alembic_version' ORDER BY 1, 2"
)
TABLES = text(
    "SELECT relname, obj_description(oid) FROM pg_class WHERE relkind = 'r'"
    " AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version' ORDER BY 1"
)


def anatomy(connection):
    return [connection.execute(what).all() for what in (CONSTRAINTS, INDEXES, TABLES)]


def test_what_was_migrated_is_what_the_tables_say(database):
    options = {"compare_type": True, "compare_server_default": True}
    with database.connect() as connection:
        assert (
            compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []
        )


def test_constraints_indexes_and_comments_are_those_of_the_tables_too(database):
    with database.begin() as connection:
        migrated = anatomy(connection)
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
        metadata.create_all(connection)
        assert anatomy(connection) == migrated


def test_migrating_again_changes_nothing(database):
    with database.connect() as connection:
        before = anatomy(connection)
    migrate(database)
    with database.connect() as connection:
        assert anatomy(connection) == before
        assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1


def test_no_table_forgets_in_a_crash(database):
    unlogged = text("SELECT relname FROM pg_class WHERE relpersistence = 'u'")
    with database.connect() as connection:
        assert connection.execute(unlogged).all() == []
