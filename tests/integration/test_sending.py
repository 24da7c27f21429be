"""The sender as a service: killed, two at once, woken, and when its page changes."""

from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from threading import Barrier, Event, Thread

import pytest

from pipelines import send
from pipelines.send import keep_sending, senders, tell, tell_all
from pipelines.settings import Settings
from store import notices
from tests.counts import count
from tests.integration.listening import NOON, SECRET, happen, state_of, subscriber


class Killed(BaseException):
    """The end of the process, as far as our code can tell."""


def die(*_):
    raise Killed


def test_whoever_is_killed_after_the_post_tells_it_twice_under_one_id(
    database, sender, receiver, clock, monkeypatch
):
    first, second = happen(database, "A", "A")
    with monkeypatch.context() as dying:
        dying.setattr(notices, "sent", die)
        with pytest.raises(Killed):
            tell(sender, clock)
    tell_all([sender], clock)  # whoever starts at once leaves it alone: it may still be on its way
    assert receiver.heard == [first]

    clock.forward(minutes=2)
    tell_all([sender], clock)

    assert receiver.heard == [first, first, second]
    assert len({event["id"] for event, _, _ in receiver.told}) == 2


@pytest.mark.parametrize("step", ["queue", "take", "sent"])
def test_nothing_is_lost_or_disordered_by_a_kill_at_any_step(
    database, sender, receiver, clock, monkeypatch, step
):
    told = happen(database, *(f"S-{n % 3}" for n in range(12)))
    for call in range(4):
        with monkeypatch.context() as dying:
            real, calls = getattr(notices, step), []

            def fall(*args, _real=real, _calls=calls, _at=call, **kwargs):
                done = _real(*args, **kwargs)
                _calls.append(1)
                if len(_calls) > _at:
                    raise Killed
                return done

            dying.setattr(notices, step, fall)
            with suppress(Killed):
                tell_all([sender], clock)
        clock.forward(minutes=2)
    tell_all([sender], clock)

    assert {row[1] for row in state_of(database)} == {"sent"}
    assert sorted(set(receiver.heard)) == told
    for n in range(3):
        own = [p for p in receiver.heard if (p - told[0]) % 3 == n]
        assert sorted(own) == own


def test_two_senders_tell_everything_once_and_in_order(database, sender, receiver):
    for _ in range(count(ci=3, soak=100)):
        receiver.told.clear()
        told = happen(database, *(f"S-{n % 7}" for n in range(60)))
        together = Barrier(2)

        def work(together=together):
            together.wait()
            until = datetime.now(tz=UTC) + timedelta(seconds=30)
            while datetime.now(tz=UTC) < until and waits(database):
                tell(sender, lambda: datetime.now(tz=UTC))

        tell_in_threads([work] * 2)
        assert sorted(receiver.heard) == told
        for n in range(7):
            own = [p for p in receiver.heard if (p - told[0]) % 7 == n]
            assert sorted(own) == own


def waits(database):
    """Whether anything is queued and not sent, or not queued yet."""
    with database.connect() as connection:
        (one,) = notices.standing(connection)
    return one["waiting"] or one["behind"]


def tell_in_threads(jobs):
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


def test_one_who_leaves_the_page_is_not_told_and_goes_on_where_it_was(
    database, sender, receiver, clock
):
    with database.begin() as connection:
        notices.sync(connection, [], NOON)
    told = happen(database, "A")
    assert tell_all([sender], clock)["portaal"].sent == 0
    with database.begin() as connection:
        notices.sync(connection, [sender.subscriber], NOON)

    assert tell_all([sender], clock)["portaal"].sent == 1
    assert receiver.heard == told


def test_a_page_that_is_read_again_changes_address_and_kinds_but_not_the_place(database, sender):
    happen(database, "A")
    tell(sender, lambda: NOON)
    moved = subscriber("https://elders.example/haak", kinds=("NoticeGiven",))
    with database.begin() as connection:
        notices.sync(connection, [moved], NOON)
        (one,) = notices.standing(connection)

    assert (one["url"], one["kinds"], one["position"]) == (moved.url, ["NoticeGiven"], 1)


def test_what_was_sent_long_ago_is_thrown_away_and_what_waits_is_not(database, sender):
    happen(database, "A")
    tell(sender, lambda: NOON)
    happen(database, "B")
    with database.begin() as connection:
        notices.queue(connection, "portaal", NOON)
        assert notices.tidy(connection, NOON + timedelta(days=29)) == 0
        assert notices.tidy(connection, NOON + timedelta(days=31)) == 1
    assert [row[1] for row in state_of(database)] == ["waiting"]


def test_a_long_log_is_queued_in_parts(database, sender, receiver, clock, monkeypatch):
    monkeypatch.setattr(notices, "FACTS_AT_ONCE", 7)
    told = happen(database, *(f"S-{n}" for n in range(30)))

    made = tell_all([sender], clock)["portaal"]

    assert (made.looked, made.sent, sorted(receiver.heard)) == (30, 30, told)


def test_the_page_and_the_secrets_are_read_before_anything_is_sent(database, tmp_path, way_out):
    secret, page = tmp_path / "geheim", tmp_path / "wie.yaml"
    secret.write_bytes(SECRET)
    page.write_text(
        f"subscribers:\n  - name: a\n    url: https://a.example/x\n    secret_file: {secret}\n",
        "utf-8",
    )
    settings = Settings(subscribers=page, public_url="https://wij.example/")

    (one,) = senders(database, settings, way_out, NOON)

    assert (one.subscriber.name, one.secret, one.public_url) == ("a", SECRET, "https://wij.example")
    assert "0123456789abcdef" not in repr(one)


@contextmanager
def sending(sender, hints, stop):
    thread = Thread(
        target=keep_sending,
        args=([sender], hints, stop),
        kwargs={"clock": lambda: datetime.now(tz=UTC), "settings": Settings()},
    )
    thread.start()
    yield thread
    stop.set()
    thread.join(30)
    assert not thread.is_alive()


def test_a_hint_wakes_a_sender_that_waits(database, sender, receiver, monkeypatch):
    monkeypatch.setattr(send, "POLL_SECONDS", 60.0)
    stop, news, idle = Event(), Event(), Event()
    due = notices.next_due

    def watched(*args):
        idle.set()
        return due(*args)

    monkeypatch.setattr(notices, "next_due", watched)

    def hints():
        while not stop.is_set():
            if news.wait(0.01):
                news.clear()
                yield

    with sending(sender, hints(), stop):
        assert idle.wait(10)
        told = happen(database, "A")
        news.set()
        until = datetime.now(tz=UTC) + timedelta(seconds=10)
        while receiver.heard != told and datetime.now(tz=UTC) < until:
            stop.wait(0.01)
        assert receiver.heard == told


def test_a_bug_in_a_sender_ends_the_service_with_that_bug(sender, monkeypatch):
    def buggy(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(send, "tell", buggy)
    stop = Event()

    def hints():
        while not stop.is_set():
            stop.wait(0.01)
            yield

    with pytest.raises(ZeroDivisionError):
        keep_sending([sender], hints(), stop, clock=lambda: NOON, settings=Settings())


def test_without_subscribers_there_is_nothing_to_send():
    with pytest.raises(send.NobodyListens):
        keep_sending([], iter(()), Event(), clock=lambda: NOON, settings=Settings())
