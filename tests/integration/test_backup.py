"""A copy of everything, made under load, proved, and put back whole or not at all."""

import errno
import json
import tarfile
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from store import backup, log, programs, rebuilt
from store import state as state_store
from store.backup import archive, dump, sealed
from store.database import connect, migrate
from store.programs import NoPostgres, clients
from tests.copies import (
    FILES,
    NIGHT,
    SECRET,
    a_fact,
    administer,
    an_empty_database,
    counted,
    in_force,
    kept,
)
from tests.integration.copying import assert_still_empty, brought, restored


class Writers:
    """Two who append facts, one a commit, until they are told to stop; what was acknowledged."""

    def __init__(self, engine):
        self.engine = engine
        self.acknowledged = set()
        self.written = threading.Condition()
        self.stopped = threading.Event()
        self.threads = [threading.Thread(target=self._write, args=(n,)) for n in range(2)]

    def _write(self, who):
        number = 0
        while not self.stopped.is_set():
            fact = a_fact(f"{who}-{number}")
            with self.engine.begin() as connection:
                log.append(connection, fact)
            with self.written:
                self.acknowledged.add(fact["id"].iloc[0])
                self.written.notify_all()
            number += 1

    def wait_for(self, number):
        with self.written:
            assert self.written.wait_for(lambda: len(self.acknowledged) >= number, timeout=60)
            return set(self.acknowledged)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        for thread in self.threads:
            thread.join()


def test_a_copy_made_while_others_write_comes_back_as_it_was_at_one_moment(installation, empty):
    engine, made = installation
    plan = in_force(engine)
    with Writers(engine) as writers:
        before = writers.wait_for(20)
        manifest = backup.make(engine, made)
        after = writers.wait_for(len(before) + 5)

    assert restored(empty, made) == manifest
    again, nights = empty
    assert counted(again) == manifest.tables
    with again.connect() as connection:
        ids = set(connection.execute(text("SELECT id FROM log")).scalars())
        assert log.head(connection) == manifest.head
    assert before <= ids
    assert {name for name in ids if name.startswith("schrijver/")} <= writers.acknowledged
    assert len(after) > len(before)
    assert rebuilt.prove(again).differ == ()
    assert in_force(again) == plan
    assert {path.name: path.read_bytes() for path in (nights / NIGHT).iterdir()} == FILES


def test_what_came_back_goes_on_where_the_copy_stood(copy, empty):
    made, manifest = copy
    restored(empty, made)
    engine, _ = empty

    with engine.begin() as connection:
        assert log.append(connection, a_fact("nieuw")) > manifest.head
        state, _ = state_store.catch_up(connection)
    assert "N-nieuw" in state.notices.index
    with pytest.raises(Exception, match="append-only"), engine.begin() as connection:
        connection.execute(text("DELETE FROM log"))


def test_a_copy_says_what_it_holds_and_is_read_back_without_a_database(originals):
    file, manifest = originals[SECRET]

    assert backup.check(file, SECRET) == manifest
    assert manifest.tables["person"].rows == 1
    assert manifest.night == NIGHT
    assert set(manifest.files) == {f"{NIGHT}/{name}" for name in FILES}
    assert file.stat().st_mode & 0o077 == 0


def test_nothing_of_a_person_can_be_read_from_a_sealed_copy(copy):
    assert b"Kanarie" not in copy[0].file.read_bytes()


def test_a_copy_without_a_key_is_an_ordinary_tar_that_comes_back_too(originals, empty, tmp_path):
    file, manifest = originals[None]
    with tarfile.open(file) as tar:
        names = tar.getnames()

    assert names[-1] == "manifest.json"
    assert names[-2].startswith("database/")
    assert restored(empty, brought(file, tmp_path, None)) == manifest


def test_a_database_that_was_only_migrated_counts_as_empty(copy, empty):
    made, manifest = copy
    engine, _ = empty
    migrate(engine)

    restored(empty, made)
    assert counted(engine) == manifest.tables


def test_a_copy_that_was_cut_off_while_it_came_back_is_simply_put_back_again(copy, empty):
    made, manifest = copy
    _, nights = empty
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(dump, "restore", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            restored(empty, made)
    assert_still_empty(empty)
    (nights / ".terugzetten" / "half").mkdir(parents=True)

    assert restored(empty, made) == manifest
    assert [path.name for path in nights.iterdir()] == [NIGHT]


def _interrupted(*_args, **_kwargs):
    raise KeyboardInterrupt


def test_a_copy_never_replaces_another(installation):
    engine, made = installation
    made.file.write_text("de kopie van gisteren")
    with pytest.raises(archive.Exists, match="nieuwe naam"):
        backup.make(engine, made)
    assert made.file.read_text() == "de kopie van gisteren"


class _FullDisk:
    """A file on a disk with little room."""

    def __init__(self, file, room=100_000):
        self.file = file
        self.room = room

    def write(self, data):
        self.room -= len(data)
        if self.room < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return self.file.write(data)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()

    def __getattr__(self, name):
        return getattr(self.file, name)


def test_a_full_disk_while_copying_leaves_no_file_and_names_it(installation, monkeypatch):
    engine, made = installation
    real = archive.os.fdopen
    monkeypatch.setattr(archive.os, "fdopen", lambda *args: _FullDisk(real(*args)))

    with pytest.raises(OSError, match="No space") as caught:
        backup.make(engine, made)
    assert caught.value.filename == str(made.file)
    assert [path.name for path in made.file.parent.iterdir()] == ["nachten"]


def test_a_full_disk_while_putting_back_leaves_everything_empty(copy, empty, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, "No space left on device", "schijf")

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(OSError, match="No space"):
        restored(empty, copy[0])
    assert_still_empty(empty)


def test_a_copy_that_was_written_wrong_is_thrown_away(installation, monkeypatch):
    engine, made = installation
    real = archive.add

    def wrong(tar, name, data):
        real(tar, name, data if name != f"{archive.DATABASE}000001" else data[:-1] + b"!")

    monkeypatch.setattr(archive, "add", wrong)
    with pytest.raises(sealed.Damaged, match="andere schijf"):
        backup.make(engine, made)
    assert not made.file.exists()


def test_what_comes_back_otherwise_than_it_went_is_taken_away_again(copy, empty, monkeypatch):
    real = dump.restore

    def careless(engine, pieces, **what):
        real(engine, pieces, **what)
        with engine.begin() as connection:
            connection.execute(text("UPDATE person SET name = 'iemand anders'"))

    monkeypatch.setattr(dump, "restore", careless)
    with pytest.raises(backup.Differs, match="person"):
        restored(empty, copy[0])
    assert_still_empty(empty)


def test_rows_that_are_hidden_from_us_make_no_silent_copy(installation, database_url):
    engine, made = installation
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE person ENABLE ROW LEVEL SECURITY"))
        connection.execute(text("DROP ROLE IF EXISTS lezer"))
        connection.execute(text("CREATE ROLE lezer LOGIN IN ROLE pg_read_all_data"))
    url = engine.url.set(username="lezer").render_as_string(hide_password=False)
    reader = connect(url, test=True)
    try:
        with pytest.raises(backup.Hidden, match="BYPASSRLS"):
            backup.make(reader, made)
    finally:
        reader.dispose()
        administer(database_url, "DROP ROLE lezer")
    assert not made.file.exists()


def test_a_copy_of_an_older_schema_is_brought_up_to_date(
    empty, database_url, tmp_path, monkeypatch
):
    # As the code of that schema asked it, which knew of no repaired plans.
    in_force_then = "SELECT region, '' AS run, '' AS digest, true AS current FROM current_plan"
    monkeypatch.setattr(backup, "IN_FORCE", text(in_force_then))
    older = connect(an_empty_database(database_url), test=True)
    migrate(older, to="0001")
    with older.begin() as connection:
        connection.execute(text("INSERT INTO person VALUES ('H9', 'Naam', NULL, NULL)"))
    made = kept(tmp_path)
    assert backup.make(older, made).schema == "0001"
    older.dispose()
    administer(database_url, f"DROP DATABASE {older.url.database} WITH (FORCE)")

    restored(empty, made)
    with empty[0].connect() as connection:
        assert connection.scalar(text("SELECT name FROM person")) == "Naam"
        assert connection.scalar(text("SELECT count(*) FROM machine_key")) == 0


def test_the_manifest_holds_counts_and_no_data(copy):
    said = archive.MANIFESTS.dump_json(copy[1]).decode()
    assert "Kanarie" not in said
    assert json.loads(said)["tables"]["log"]["rows"] == copy[1].head


def test_programs_that_do_not_understand_each_other_are_not_chosen(monkeypatch):
    monkeypatch.setattr(programs, "_folders", lambda _: map(Path, ("18", "17", "15")))
    monkeypatch.setattr(programs.shutil, "which", lambda _: None)
    monkeypatch.setattr(programs, "_version", lambda folder, *_, **__: folder.name)

    assert [clients(server).name for server in (14, 15, 17, 18)] == ["15", "15", "17", "18"]
    assert clients(17, at_least=18).name == "18"
    with pytest.raises(NoPostgres, match="postgresql-client-16"):
        clients(16)  # what 17 writes, 16 does not read
