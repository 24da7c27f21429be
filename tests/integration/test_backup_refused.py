"""A copy that was spoilt, or does not belong here, is refused, and nothing is put back."""

import pytest
from sqlalchemy import text

from store import backup
from store.backup import archive, dump, sealed
from store.backup.placed import OtherFiles
from tests.copies import (
    NIGHT,
    SECRET,
    counted,
)
from tests.integration.copying import assert_still_empty, brought, restored, tables_in

PLACES = (0, 40, 75, 1_000, 70_000, -20_000, -1)
"""Where a byte is changed: in the header, in the first piece, in the middle, in the last."""


@pytest.mark.parametrize("place", PLACES)
def test_a_changed_byte_is_found_and_nothing_is_put_back(copy, empty, place):
    made, _ = copy
    said = bytearray(made.file.read_bytes())
    said[place] ^= 1
    made.file.write_bytes(said)

    with pytest.raises((sealed.Damaged, sealed.WrongKey, sealed.NotSealed)) as caught:
        restored(empty, made)
    assert str(caught.value).endswith(".") or str(caught.value).endswith("?")
    assert_still_empty(empty)


@pytest.mark.parametrize("left", [0.0, 0.4, 0.99])
@pytest.mark.parametrize("secret", [SECRET, None], ids=["sealed", "open"])
def test_a_copy_that_was_cut_short_is_found_and_nothing_is_put_back(
    originals, empty, tmp_path, left, secret
):
    made = brought(originals[secret][0], tmp_path, secret)
    said = made.file.read_bytes()
    made.file.write_bytes(said[: int(len(said) * left)])

    with pytest.raises((sealed.Damaged, sealed.NotSealed)):
        restored(empty, made)
    assert_still_empty(empty)


def test_another_key_opens_nothing(copy, empty):
    made, _ = copy
    with pytest.raises(sealed.WrongKey, match="past niet"):
        restored(empty, made._replace(secret=bytes(32)))
    with pytest.raises(sealed.NeedsKey, match="--key-file"):
        restored(empty, made._replace(secret=None))
    assert_still_empty(empty)


def test_a_key_that_is_none_is_one_sentence(tmp_path):
    (tmp_path / "sleutel").write_text("wachtwoord123")
    with pytest.raises(sealed.BadKey, match="openssl rand"):
        backup.secret_in(tmp_path / "sleutel")
    (tmp_path / "sleutel").write_text(SECRET.hex() + "\n")
    assert backup.secret_in(tmp_path / "sleutel") == SECRET


def test_a_key_with_an_open_copy_asks_whether_it_is_the_right_one(originals):
    with pytest.raises(sealed.NotSealed):
        backup.check(originals[None][0], SECRET)


def test_a_copy_is_never_put_back_over_facts(copy, installation):
    made, _ = copy
    engine, _ = installation
    before = counted(engine)

    with pytest.raises(backup.NotEmpty):
        backup.restore(engine, made)
    assert counted(engine) == before


def test_a_copy_is_never_put_back_among_tables_of_others(copy, empty):
    engine, _ = empty
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE van_een_ander (x int)"))
    with pytest.raises(backup.NotEmpty):
        restored(empty, copy[0])
    assert tables_in(engine) == ["van_een_ander"]


def test_files_of_another_installation_are_not_written_over(copy, empty):
    made, _ = copy
    _, nights = empty
    (nights / NIGHT).mkdir(parents=True)
    (nights / NIGHT / "verhuisplan.json").write_text("een ander plan")

    with pytest.raises(OtherFiles):
        restored(empty, made)
    assert (nights / NIGHT / "verhuisplan.json").read_text() == "een ander plan"
    assert tables_in(empty[0]) == []


def test_a_dump_that_cannot_be_put_back_is_one_sentence_without_anybodys_data(
    copy, empty, monkeypatch
):
    real = archive.database_in

    def torn(path, secret):
        pieces = b"".join(real(path, secret))
        yield pieces[:-100]  # the tables are there by then, and most of the rows

    monkeypatch.setattr(archive, "database_in", torn)
    with pytest.raises(dump.RestoreFailed) as caught:
        restored(empty, copy[0])
    assert "Kanarie" not in str(caught.value)
    assert_still_empty(empty)


def test_a_copy_of_newer_code_asks_to_update_first(installation, empty):
    engine, made = installation
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    backup.make(engine, made)
    with pytest.raises(backup.NewerForm, match="Werk eerst"):
        restored(empty, made)
    assert_still_empty(empty)
