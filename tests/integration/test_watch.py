"""The watched folder: whole files only, each taken in once, whatever happens halfway."""

import json
import os
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Barrier, Event, Thread

import pytest
import xlsxwriter
from sqlalchemy import event, text

from pipelines import inbox, ingest, watch
from pipelines.settings import Settings
from pipelines.watch import FELLED, Superseded, Watch, accept, keep_watching, one_round
from store import deliveries
from store.database import Outage, connect
from tests.counts import count as tries
from tests.deliveries import DWELLING, HOUSEHOLD, csv_text

AT = datetime(2026, 11, 22, 1, tzinfo=UTC)
LATER = AT + timedelta(seconds=10)


@pytest.fixture
def watched(database, tmp_path):
    settings = Settings(inbox=tmp_path / "postvak", settle_seconds=10)
    inbox.ready(settings.inbox)
    return Watch(database, settings)


def dwellings(*keys, **differs):
    return csv_text([DWELLING | {"eenheidcode": key} | differs for key in keys])


def put(watched, name, content):
    path = watched.settings.inbox / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rounds(watched, at=AT):
    """Two looks, far enough apart."""
    return [*one_round(watched, at), *one_round(watched, at + timedelta(seconds=10))]


def ended(watched, where):
    """Names of the files in one of the folders, the answers left out."""
    files = (watched.settings.inbox / where).rglob("*")
    return sorted(p.name for p in files if p.is_file() and p.suffix != ".json")


def answer(watched, name):
    (found,) = watched.settings.inbox.rglob(f"{name}.json")
    return json.loads(found.read_text("utf-8"))


def booked(engine):
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM delivery ORDER BY id")).mappings()
        return [dict(row) for row in rows]


def test_a_file_is_taken_in_archived_by_day_and_answered(watched):
    put(watched, "woningen.csv", dwellings("W-1", "W-2"))

    (taken,) = rounds(watched)

    assert (taken.status, taken.accepted, taken.facts) == ("taken", 2, 2)
    assert ended(watched, "verwerkt/2026-11-22") == ["woningen.csv"]
    assert ended(watched, "bezig") == []
    told = answer(watched, "woningen.csv")
    assert (told["status"], told["accepted"], told["rejects"]) == ("taken", 2, [])
    assert told["sha256"] == booked(watched.engine)[0]["sha256"]


def test_a_file_that_still_changes_is_left_alone(watched):
    path = put(watched, "woningen.csv", dwellings("W-1"))
    one_round(watched, AT)
    put(watched, "woningen.csv", dwellings("W-1", "W-2"))

    assert one_round(watched, LATER) == []
    stat = path.stat()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))  # written over, as long as before
    assert one_round(watched, LATER + timedelta(seconds=10)) == []
    assert one_round(watched, LATER + timedelta(seconds=19)) == []
    (taken,) = one_round(watched, LATER + timedelta(seconds=20))
    assert taken.accepted == 2


def test_a_file_that_changed_while_it_was_claimed_goes_back(watched):
    put(watched, "woningen.csv", dwellings("W-1"))
    folder = watched.settings.inbox
    seen = inbox.look(folder, {}, AT)["woningen.csv"]

    assert inbox.claim(folder, "woningen.csv", replace(seen, size=1), AT) is None
    assert (folder / "woningen.csv").exists()
    assert inbox.claims(folder) == []


@pytest.mark.parametrize(
    "name", ["woningen.csv.part", "woningen.csv.TMP", "woningen.filepart", ".woningen.csv"]
)
def test_the_name_of_an_unfinished_file_never_counts(watched, name):
    path = put(watched, name, dwellings("W-1"))

    assert rounds(watched) == []
    assert path.exists()


def test_a_link_is_not_followed(watched, tmp_path):
    (tmp_path / "elders.csv").write_text(dwellings("W-1"), "utf-8")
    (watched.settings.inbox / "woningen.csv").symlink_to(tmp_path / "elders.csv")

    assert rounds(watched) == []


def workbook(path):
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for y, row in enumerate([list(DWELLING), list(DWELLING.values())]):
        for x, cell in enumerate(row):
            sheet.write_string(y, x, cell)
    book.close()
    return path.read_bytes()


def test_half_a_workbook_waits_for_its_other_half(watched, tmp_path):
    whole = workbook(tmp_path / "heel.xlsx")
    put(watched, "woningen.xlsx", whole[: len(whole) // 2])

    assert rounds(watched) == []
    assert one_round(watched, LATER + timedelta(minutes=1)) == []
    put(watched, "woningen.xlsx", whole)
    (taken,) = rounds(watched, LATER + timedelta(minutes=2))
    assert (taken.status, taken.accepted) == ("taken", 1)


@pytest.mark.parametrize(
    ("name", "part"), [("woningen.xlsx", b"PK\x03\x04"), ("woningen.csv", b"")]
)
def test_half_a_file_that_stays_half_is_refused_in_the_end(watched, name, part):
    put(watched, name, part)
    assert rounds(watched) == []

    (taken,) = one_round(watched, AT + timedelta(seconds=10 * inbox.PATIENCE))

    assert taken.status == "refused"
    assert ended(watched, "geweigerd") == [name]


def test_a_file_without_a_required_column_is_refused_and_says_why(watched):
    put(watched, "woningen.csv", dwellings("W-1").replace("eenheidcode", "nummer"))
    put(watched, "huishoudens.csv", csv_text([HOUSEHOLD]))

    outcomes = {taken.file: taken.status for taken in rounds(watched)}

    assert outcomes == {"woningen.csv": "refused", "huishoudens.csv": "taken"}
    assert "eenheidcode" in answer(watched, "woningen.csv")["sentence"]
    assert ended(watched, "geweigerd") == ["woningen.csv"]


@pytest.mark.parametrize("name", ["klanten.csv", "woningen.doc", "x.json", "woningen\udcff.csv"])
def test_a_file_that_is_no_delivery_is_refused_without_being_read(watched, name):
    put(watched, name, "naam\nKanarie\n")

    (taken,) = rounds(watched)

    assert taken.status == "unknown"
    assert booked(watched.engine) == []
    assert len(list((watched.settings.inbox / "geweigerd").rglob("*.json"))) >= 1


def test_an_answer_names_records_and_columns_and_no_values(watched):
    good = [HOUSEHOLD | {"huishoudencode": f"H-{n}"} for n in range(30)]
    wrong = HOUSEHOLD | {"huishoudencode": "H-99", "aanspreeknaam": "Kanarie", "personen": "Zeven"}
    put(watched, "huishoudens.csv", csv_text([*good, wrong]))

    rounds(watched)

    told = answer(watched, "huishoudens.csv")
    assert [(r["record"], r["column"], r["line"]) for r in told["rejects"]] == [
        (31, "personen", 32)
    ]
    assert not {"Kanarie", "Zeven"} & set(json.dumps(told).replace('"', " ").split())


def shrunk(watched):
    put(watched, "woningen.csv", dwellings(*(f"W-{n}" for n in range(10))))
    rounds(watched)
    put(watched, "woningen.csv", dwellings("W-1"))
    return rounds(watched, AT + timedelta(hours=1))


def test_a_file_with_far_fewer_rows_waits_for_a_person(watched):
    (taken,) = shrunk(watched)

    assert taken.status == "waiting"
    assert ended(watched, "wacht") == ["woningen.csv"]
    assert "vorige keer 10" in taken.sentence


def test_a_waiting_file_may_be_let_in(watched):
    shrunk(watched)

    taken = accept(watched, "woningen.csv", AT + timedelta(hours=2))

    assert (taken.status, taken.accepted, taken.facts) == ("taken", 1, 9)
    assert ended(watched, "wacht") == []
    assert ended(watched, "verwerkt") == ["woningen.csv", "woningen.csv"]


def test_a_waiting_file_is_let_in_by_whoever_starts_next(watched):
    shrunk(watched)
    inbox.let_in(watched.settings.inbox, "woningen.csv", AT + timedelta(hours=2))

    (taken,) = one_round(Watch(watched.engine, watched.settings), AT + timedelta(hours=3))

    assert taken.status == "taken"


def test_a_waiting_file_is_not_let_in_after_a_newer_one(watched):
    shrunk(watched)
    put(watched, "woningen.csv", dwellings(*(f"W-{n}" for n in range(10)), etage="3"))
    rounds(watched, AT + timedelta(hours=2))

    with pytest.raises(Superseded):
        accept(watched, "woningen.csv", AT + timedelta(hours=3))


def test_a_file_that_does_not_wait_cannot_be_let_in(watched):
    with pytest.raises(inbox.NotWaiting):
        accept(watched, "woningen.csv", AT)


def test_the_same_file_again_gives_no_facts_and_is_not_read(watched, monkeypatch):
    for day in range(2):
        put(watched, "woningen.csv", dwellings("W-1", "W-2"))
        (taken,) = rounds(watched, AT + timedelta(days=day))
        monkeypatch.setattr(ingest, "parse", lambda *_: pytest.fail("read"))

    assert (taken.status, taken.accepted, taken.facts) == ("taken", 2, 0)
    assert [row["facts"] for row in booked(watched.engine)] == [2, 0]


def test_files_of_one_kind_are_taken_in_the_order_in_which_they_were_claimed(watched):
    folder = watched.settings.inbox
    for hour, floor in enumerate(("7", "8", "9")):
        path = put(watched, "woningen.csv", dwellings("W-1", etage=floor))
        seen = inbox.look(folder, {}, AT)[path.name]
        inbox.claim(folder, path.name, seen, AT + timedelta(hours=hour))

    one_round(watched, AT + timedelta(days=1))

    with watched.engine.connect() as connection:
        row = connection.execute(text("SELECT data FROM state_row")).scalar_one()
    assert json.loads(row)["floor"] == 9


class Killed(BaseException):
    """The end of the process, as far as our code can tell: nothing catches it."""


class Crossings:
    """Counts every statement, commit and change to the folder, and dies at one of them."""

    def __init__(self, engine, monkeypatch):
        self.engine, self.left = engine, None
        event.listen(engine, "before_cursor_execute", self.cross)
        event.listen(engine, "commit", self.cross)
        for name in ("rename", "mkdir", "rmdir", "replace", "touch", "write_text", "unlink"):
            monkeypatch.setattr(Path, name, self.around(getattr(Path, name)))

    def around(self, change):
        def crossed(*args, **kwargs):
            self.cross()
            done = change(*args, **kwargs)
            self.cross()
            return done

        return crossed

    def cross(self, *_):
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Killed

    @contextmanager
    def dying_at(self, crossing):
        self.left = crossing
        yield
        self.left = None


def round_of(engine, folder, number):
    """One round over two files of a source of their own; whatever they say is new."""
    source = f"urn:nld:oin:00000099000000001000:systeem:proef{number}"
    one = Watch(engine, Settings(inbox=folder, settle_seconds=0, source=source))
    one_round(one, AT + timedelta(hours=next(HOURS)))
    return one


HOURS = count()
EVERY = 60
"""There are at least so many crossings in one round over two files."""


def told_of(engine, folder, number):
    """Everything one round left behind, under names that do not differ per round."""
    like = {"like": f"%:proef{number}"}
    asked = (
        "SELECT file, records, facts, status FROM delivery WHERE source LIKE :like ORDER BY 1",
        "SELECT kind, split_part(subject, '.', 2) FROM log WHERE source LIKE :like ORDER BY 1, 2",
        "SELECT split_part(key, '.', 2), gone FROM state_row WHERE source LIKE :like ORDER BY 1",
    )
    with engine.connect() as connection:
        found = [connection.execute(text(ask), like).all() for ask in asked]
    here = Watch(engine, Settings(inbox=folder))
    return [*found, *(ended(here, place) for place in ("verwerkt", "geweigerd", "bezig"))]


def killed_at(crossing, crossings, folder, number):
    """Put two files, die at a crossing, start again; True when that crossing was reached."""
    inbox.ready(folder)
    rows = [DWELLING | {"eenheidcode": f"{number:03d}.W-{n}"} for n in range(3)]
    (folder / "woningen.csv").write_bytes(csv_text(rows).encode())
    (folder / "huishoudens.csv").write_bytes(b"a;b\n1;2\n")
    died = False
    with crossings.dying_at(crossing):
        try:
            round_of(crossings.engine, folder, number)
        except Killed:
            died = True
    round_of(crossings.engine, folder, number)
    return died


def test_whoever_is_killed_at_any_step_finishes_at_the_next_start(database, tmp_path, monkeypatch):
    crossings = Crossings(database, monkeypatch)
    every = EVERY // tries(ci=EVERY // 6, soak=EVERY)  # each sixth crossing, or each
    plain = None
    for number in range(0, 10_000, every):
        folder = tmp_path / f"postvak{number}"
        died = killed_at(number - 1 if number else None, crossings, folder, number)
        found = told_of(database, folder, number)
        plain = plain or found
        assert found == plain, f"killed at crossing {number - 1}"
        if number and not died:
            break
    assert number > EVERY
    assert plain[-3:] == [["woningen.csv"], ["huishoudens.csv"], []]


def test_only_one_of_many_claims_a_file(watched):
    folder = watched.settings.inbox
    for n in range(20):
        name = f"woningen-{n}.csv"
        put(watched, name, dwellings("W-1"))
        seen = inbox.look(folder, {}, AT)[name]
        ready, won = Barrier(4), []

        def grab(name=name, seen=seen, ready=ready, won=won, n=n):
            ready.wait()
            won.append(inbox.claim(folder, name, seen, AT + timedelta(seconds=n)))

        in_threads([grab] * 4)
        assert sum(claimed is not None for claimed in won) == 1
    assert len(inbox.claims(folder)) == 20


def in_threads(jobs):
    troubles = []

    def run(job):
        try:
            job()
        except BaseException as error:  # noqa: BLE001 - told to the test
            troubles.append(error)

    threads = [Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not troubles


@pytest.mark.parametrize(("turns", "files"), [(True, 30), (False, 10)])
def test_two_watchers_take_every_file_once(watched, database_url, monkeypatch, turns, files):
    if not turns:  # as when the database took back the turn of a watcher that slept

        @contextmanager
        def everybody(_engine):
            yield True

        monkeypatch.setattr(deliveries, "alone", everybody)
    for n in range(files):
        put(watched, f"woningen-k{n:02d}.csv", dwellings(f"W-{n}-1", f"W-{n}-2"))
    engines = [connect(database_url, test=True) for _ in range(2)]
    together, told = Barrier(2), [[], []]

    def look(which):
        mine = Watch(engines[which], watched.settings.model_copy(update={"settle_seconds": 0}))
        mine.tell = told[which].append
        together.wait()
        for n in range(400):
            one_round(mine, AT + timedelta(milliseconds=10 * n + which))
            if len(ended(watched, "verwerkt")) == files and not mine.looks:
                return
            Event().wait(0.05)

    in_threads([lambda: look(0), lambda: look(1)])
    for engine in engines:
        engine.dispose()

    names = sorted(taken.file for who in told for taken in who)
    assert names == [f"woningen-k{n:02d}.csv" for n in range(files)] == ended(watched, "verwerkt")
    rows = booked(watched.engine)
    assert (len(rows), sum(row["facts"] for row in rows)) == (files, 2 * files)


def test_a_watcher_whose_turn_was_taken_back_does_no_harm(database):
    with deliveries.alone(database) as first, deliveries.alone(database) as second:
        assert (first, second) == (True, False)
        with database.begin() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks"
                    " WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
                )
            )
        with deliveries.alone(database) as third:
            assert third
    with deliveries.alone(database) as fourth:
        assert fourth


def test_a_file_that_takes_the_process_along_is_not_tried_for_ever(watched, monkeypatch):
    put(watched, "woningen.csv", dwellings("W-1"))

    def die(*_):
        raise Killed

    monkeypatch.setattr(ingest, "parse", die)
    for n in range(2, 2 + watch.MOST_TRIES):
        with pytest.raises(Killed):
            rounds(watched, AT + timedelta(minutes=n))

    (taken,) = one_round(watched, AT + timedelta(hours=1))

    assert (taken.status, taken.sentence) == ("refused", FELLED)
    assert ended(watched, "geweigerd") == ["woningen.csv"]


def test_a_bug_on_one_file_leaves_it_for_the_next_start_and_the_others_go_on(watched, monkeypatch):
    put(watched, "woningen.csv", dwellings("W-1"))
    put(watched, "huishoudens.csv", csv_text([HOUSEHOLD]))
    parse, warned = ingest.parse, []
    watched.warn = warned.append

    def buggy(path, delivery, settings):
        if delivery.table == "dwellings":
            raise ZeroDivisionError
        return parse(path, delivery, settings)

    monkeypatch.setattr(ingest, "parse", buggy)
    assert [taken.file for taken in rounds(watched)] == ["huishoudens.csv"]
    assert one_round(watched, AT + timedelta(hours=1)) == []
    assert len(warned) == 1
    assert "ZeroDivisionError" in warned[0]

    monkeypatch.setattr(ingest, "parse", parse)
    fresh = Watch(watched.engine, watched.settings)
    assert [taken.file for taken in one_round(fresh, AT + timedelta(hours=2))] == ["woningen.csv"]


def test_what_people_put_among_the_claims_is_left_alone(watched):
    for name in ("bezig", "wacht"):
        (watched.settings.inbox / name / "van mij").mkdir()
        (watched.settings.inbox / name / "woningen.csv").write_text("x", "utf-8")

    assert rounds(watched) == []
    assert (watched.settings.inbox / "bezig" / "van mij").is_dir()


def test_a_claim_that_another_finished_meanwhile_is_told_alike(watched):
    put(watched, "woningen.csv", dwellings("W-1"))
    seen = inbox.look(watched.settings.inbox, {}, AT)["woningen.csv"]
    ours = inbox.claim(watched.settings.inbox, "woningen.csv", seen, AT)
    (first,) = one_round(Watch(watched.engine, watched.settings), AT)

    again, _ = watch._take_in(watched, ours, None)

    assert again == first
    assert len(booked(watched.engine)) == 1


def test_an_outage_is_waited_out(watched, monkeypatch):
    stop, warned, beats = Event(), [], []
    outcomes = iter([Outage(), None])

    def round_(*_):
        outcome = next(outcomes)
        if outcome is not None:
            raise outcome
        stop.set()

    monkeypatch.setattr(watch, "one_round", round_)
    watched.warn, watched.beat = warned.append, lambda: beats.append(1)
    watched.settings = watched.settings.model_copy(update={"settle_seconds": 0})

    keep_watching(watched, stop, clock=lambda: AT)

    assert (len(warned), len(beats)) == (1, 2)
