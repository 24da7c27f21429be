"""P3: every record of every file is accounted for in the database, and so is every refusal.

Two oracles that share nothing with the product: the bookkeeping of the injection (`tests.damage`),
and a reader of thirty lines that counts records and the lines they stand on.
"""

import random
import re
from collections import Counter
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from data_contracts.records import DELIVERIES
from pipelines.ingest import Intake, take
from pipelines.settings import Settings
from tests.counts import count
from tests.damage import KINDS, STREETS, Book, written
from tests.deliveries import DWELLING

START = datetime(2026, 1, 1, tzinfo=UTC)
OFFICES = ("noord", "oost", "zuid", "west")
MOST_LINES = 3
"""Lines of one record: no cell here holds more than one line break."""


def lines_of_records(content, delimiter):
    """Give the line every record begins on, the heading left out: the second oracle.

    A line that is a record by itself is one. Otherwise a cell may go on on the next lines; when
    that gives no record of the right width either, the line is a broken record by itself.
    """
    d = re.escape(delimiter)
    cell = rf'(?:"(?:[^"]|"")*"|[^"\r\n{d}]*)'
    plain = re.compile(rf"{cell}(?:{d}{cell})*")
    whole = re.compile(rf"{cell}(?:{d}{cell}){{{len(DWELLING) - 1}}}")
    lines = re.split(r"\r\n|\n", content.decode("utf-8"))[:-1]
    found, at = [], 1
    while at < len(lines):
        found.append(at + 1)
        at += 1 if plain.fullmatch(lines[at]) else _height(lines, at, whole)
    return found


def _height(lines, at, whole):
    for height in range(2, MOST_LINES + 1):
        if at + height <= len(lines) and whole.fullmatch("\n".join(lines[at : at + height])):
            return height
    return 1


def damaged(chance, number):
    """Write a file with 1 to 50 defects among good rows, and the book of what was done."""
    book = Book(chance.choice(";,\t"))
    kinds = [chance.choice(KINDS) for _ in range(chance.randint(1, 50))]
    goods = [""] * chance.choice([chance.randint(0, 50), chance.randint(50, 150)])
    if chance.random() < 0.5:  # few enough for the gate
        kinds = kinds[: max(1, len(goods) // 20)]
    items = kinds + goods
    chance.shuffle(items)
    for kind in items:
        book.write(kind, "Verzonnenlaan" if kind else chance.choice(STREETS))
    content = written(book, chance.choice(["\r\n", "\n"]))
    return book, content.replace(b"W-", f"W{number}-".encode())  # keys of its own


def must_wait(book, before):
    """Say whether a person must look first: over 5 % refused, or over 20 % fewer than before."""
    filled = len(book.records) - book.told["blank"]
    shrunk = before is not None and len(book.good) < 0.8 * before
    return len(book.rejected) > 0.05 * filled or shrunk


def test_every_record_of_damaged_files_is_accounted_for(database, tmp_path):
    chance, known, before, seen = random.Random(7), None, {}, Counter()
    for number in range(count(ci=150, soak=2_000)):
        book, content = damaged(chance, number)
        office = chance.choice(OFFICES)
        path = tmp_path / f"woningen-{office}.csv"
        path.write_bytes(content)
        at = START + timedelta(hours=number)
        accept = frozenset({path.name} if chance.random() < 0.5 else ())
        intake = Intake(f"run-{number}", at, Settings(), accept)

        taken, known = take(database, intake, (DELIVERIES["dwellings"], path), known)

        waits = must_wait(book, before.get(office)) and not accept
        assert taken.status == ("waiting" if waits else "taken"), number
        before |= {} if waits else {office: len(book.good)}
        seen[taken.status] += 1
        check(database, book, content, number)
    assert min(seen["waiting"], seen["taken"]) > sum(seen.values()) // 5


def check(database, book, content, number):
    """Hold what the database says of a file against both oracles."""
    run = {"run": f"run-{number}"}
    with database.connect() as connection:
        (row,) = connection.execute(text("SELECT * FROM delivery WHERE run = :run"), run).all()
        told = connection.execute(
            text('SELECT record, line, "column", code FROM reject WHERE delivery = :id'),
            {"id": row.id},
        ).all()
        landed = connection.execute(
            text("SELECT subject FROM log WHERE kind = 'DwellingRegistered' AND id LIKE :ids"),
            {"ids": f"{row.id}/%"},
        ).scalars()
        keys = {good["eenheidcode"].replace("W-", f"W{number}-") for good in book.good}
        assert set(landed) == (keys if row.status == "taken" else set())
    lines = lines_of_records(content, book.delimiter)
    assert row.records == len(lines) == len(book.records)
    assert row.records == row.accepted + row.rejected + row.duplicates + row.blank
    assert (row.accepted, row.rejected) == (len(book.good), len(book.rejected))
    assert (row.duplicates, row.blank) == (book.told["duplicates"], book.told["blank"])
    assert {one.record for one in told} == set(book.rejected)
    assert all(one.line == lines[one.record - 1] for one in told)
    for record, (column, code) in book.rejected.items():
        assert (record, column, code) in {(one.record, one.column, one.code) for one in told}
