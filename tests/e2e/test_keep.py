"""Keeping it, from the command line: a copy, a new installation, the same plan, a proved State."""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from sqlalchemy import text

from pipelines import asking
from pipelines.cli import main
from pipelines.settings import Settings
from store import backup, log
from tests.copies import FILES, NIGHT, SECRET, a_fact, furnish, in_force


@pytest.fixture
def place(monkeypatch):
    """A folder that the embedded server's own account can reach."""
    monkeypatch.delenv("VERHUISKETEN_DATABASE_URL", raising=False)
    made = Path(tempfile.mkdtemp(prefix="vhk-test-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def said(monkeypatch, capsys):
    """Run a command line; give its exit code, what it said, and its complaint."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["verhuisketen", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return ended.value.code, out, " ".join(err.split())

    return run


def test_a_drill_from_the_command_line(place, said):
    file, key, new = place / "kopie.vhk", place / "sleutel", place / "nieuw"
    key.write_text(SECRET.hex())
    with asking.database(Settings(data=place / "oud")) as engine:
        furnish(engine, place / "oud" / "nachten")
        plan = in_force(engine)

    code, _, complaint = said("backup", file, "--data", place / "oud")
    assert (code, file.exists()) == (1, False)
    assert "--key-file" in complaint

    code, out, _ = said("backup", file, "--key-file", key, "--data", place / "oud")
    assert code == 0
    assert "2 bestanden van het plan" in out.replace("\n", " ")

    code, out, _ = said("restore", file, "--key-file", key, "--data", new, "--json")
    assert code == 0
    assert json.loads(out)["night"] == NIGHT
    assert {path.name: path.read_bytes() for path in (new / "laatste").iterdir()} == FILES

    code, _, complaint = said("restore", file, "--key-file", key, "--data", new)
    assert (code, "lege installatie" in complaint) == (1, True)

    with asking.database(Settings(data=new)) as engine:
        assert in_force(engine) == plan
        with engine.begin() as connection:
            log.append(connection, a_fact("later"))
            connection.execute(text("DELETE FROM state_row WHERE state_table = 'wishes'"))
            connection.execute(text("UPDATE state_row SET gone = true WHERE key = 'W2'"))
        # From here on everything is done on this one server, which is running already.
        code, out, complaint = said("rebuild", "--data", new, "--json")
        assert (code, json.loads(out)["differ"]) == (1, ["dwellings", "wishes"])
        assert "dwellings, wishes" in complaint
        assert "--repair" in complaint
        assert said("rebuild", "--repair", "--data", new)[0] == 0
        code, out, _ = said("rebuild", "--data", new)
        assert code == 0
        assert "is wat het logboek zegt" in out.replace("\n", " ")


def test_a_copy_can_be_read_back_without_a_database(place, said, database):
    furnish(database, place / "nachten")
    file = place / "kopie.vhk"
    backup.make(database, backup.Kept(file, place / "nachten", None))

    code, out, _ = said("check-backup", file)
    assert (code, "is heel" in out) == (0, True)

    file.write_bytes(file.read_bytes()[:-20_000])
    code, _, complaint = said("check-backup", file)
    assert code == 1
    assert "beschadigd of niet compleet" in complaint
