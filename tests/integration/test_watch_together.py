"""Watchers that are killed, stumble, or are with more than one: each file is taken in once."""

from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from threading import Barrier, Event, Thread

import pytest
from sqlalchemy import event, text

from pipelines import inbox, ingest, watch
from pipelines.settings import Settings
from pipelines.watch import FELLED, Watch, keep_watching, one_round
from store import deliveries
from store.database import Outage, connect
from tests.counts import count as tries
from tests.deliveries import DWELLING, HOUSEHOLD, csv_text
from tests.integration.watching import AT, booked, dwellings, ended, put, rounds


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
                    "SELECT pg_terminate_backend(pid, 60000) FROM pg_locks"  # until it is gone
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
