"""Telling other systems: in order per subject, at least once, under the same id, never data."""

import hashlib
import hmac
import json
import re
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Barrier, Event, Lock, Thread

import httpx
import pandas as pd
import pytest
from sqlalchemy import text

from data_contracts.events import FACT_COLUMNS
from data_contracts.subscribers import Subscriber
from pipelines import send
from pipelines.send import Sender, event_of, keep_sending, senders, tell, tell_all, wait_after
from pipelines.settings import Settings
from store import log, notices
from store.notices import Notice, UnknownSubscriber
from tests.counts import count

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
SOURCE = "urn:nld:oin:00000099000000001000:systeem:leveringen"
SECRET = b"0123456789abcdef0123456789abcdef"
GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "meeluisteren.md"


class Receiver:
    """A real server on loopback that keeps what it is told, and answers as a test says."""

    def __init__(self):
        self.told, self.lock = [], Lock()
        self.answer = lambda _event: 200
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with outer.lock:
                    outer.told.append((json.loads(body), dict(self.headers), body))
                code = outer.answer(json.loads(body))
                if code is None:  # hangs up without a word
                    self.close_connection = True
                    return
                self.send_response(code)
                if 300 <= code < 400:
                    self.send_header("Location", f"http://127.0.0.1:{outer.port}/elders")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/haak"

    @property
    def heard(self):
        """The sequence numbers that were posted, in order."""
        return [int(event["sequence"]) for event, _, _ in self.told]


@pytest.fixture
def receiver():
    made = Receiver()
    thread = Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture
def way_out():
    with send.client() as made:
        yield made


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now

    def forward(self, **much):
        self.now += timedelta(**much)


@pytest.fixture
def clock():
    return Clock()


def subscriber(url, **differs):
    said = {"name": "portaal", "url": url, "secret_file": "x", "kinds": ("NoticeWithdrawn",)}
    return Subscriber.model_validate(said | {"from": 1} | differs)


@pytest.fixture
def sender(database, receiver, way_out):
    one = subscriber(receiver.url)
    with database.begin() as connection:
        notices.sync(connection, [one], NOON)
    return Sender(database, one, SECRET, way_out, "https://wij.example")


def happen(database, *subjects, kind="NoticeWithdrawn"):
    """Let something happen to each of these; give the positions in the log."""
    with database.begin() as connection:
        before = log.head(connection)
        rows = [(SOURCE, f"{before}/{n}", kind, s, NOON, "{}") for n, s in enumerate(subjects)]
        facts = pd.DataFrame(rows, columns=list(FACT_COLUMNS))
        log.append(connection, facts.astype({"at": "datetime64[us, UTC]"}))
        return [before + n + 1 for n in range(len(subjects))]


def state_of(database):
    with database.connect() as connection:
        rows = connection.execute(
            text("SELECT position, state, tries, outcome FROM notice ORDER BY position")
        )
        return [tuple(row) for row in rows]


def test_a_fact_is_told_as_an_event_of_ids_and_a_place_to_read_more(database, sender, receiver):
    (position,) = happen(database, "O-1")

    assert tell(sender, lambda: NOON).sent == 1

    ((event, headers, _),) = receiver.told
    assert event == {
        "specversion": "1.0",
        "id": hashlib.sha256(f"{SOURCE}\x1f0/0".encode()).hexdigest()[:32],
        "source": "urn:nld:oin:00000099000000000000:systeem:verhuisketen",
        "type": "nl.verhuisketen.feit.notice-withdrawn.v1",
        "subject": "O-1",
        "time": "2026-06-15T12:00:00Z",
        "dataref": f"https://wij.example/v1/gebeurtenissen/{position}",
        "sequence": f"{position:019d}",
    }
    assert headers["Content-Type"] == "application/cloudevents+json; charset=utf-8"
    assert headers["Webhook-Id"] == event["id"]


def test_the_signature_is_over_id_timestamp_and_body(database, sender, receiver):
    happen(database, "O-1")
    tell(sender, lambda: NOON)

    ((_, headers, body),) = receiver.told
    signed = f"{headers['Webhook-Id']}.{int(NOON.timestamp())}.".encode() + body
    assert headers["Webhook-Timestamp"] == str(int(NOON.timestamp()))
    expected = hmac.new(SECRET, signed, "sha256").hexdigest()
    assert headers["Webhook-Signature"] == f"v1={expected}"


def test_the_check_in_the_guide_accepts_what_we_send_and_nothing_else(database, sender, receiver):
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), flags=re.DOTALL)
    told = {}
    exec(code, told)  # noqa: S102 - the example of our own guide
    happen(database, "O-1")
    tell(sender, lambda: NOON)
    ((_, headers, body),) = receiver.told
    now = NOON.timestamp()

    assert told["klopt"](SECRET, headers, body, nu=now)
    assert not told["klopt"](SECRET, headers, body + b" ", nu=now)
    assert not told["klopt"](SECRET[::-1], headers, body, nu=now)
    assert not told["klopt"](SECRET, headers | {"Webhook-Id": "x"}, body, nu=now)
    assert not told["klopt"](SECRET, headers, body, nu=now + 3_600)


def test_only_the_kinds_that_were_asked_for_are_told(database, sender, receiver):
    happen(database, "H-1", "H-2", kind="WishWithdrawn")
    wanted = happen(database, "O-1")

    tell(sender, lambda: NOON)

    assert receiver.heard == wanted


def test_who_listens_from_now_on_hears_nothing_older(database, receiver, way_out):
    happen(database, "O-1")
    one = subscriber(receiver.url, **{"from": "now"})
    with database.begin() as connection:
        notices.sync(connection, [one], NOON)
    later = happen(database, "O-2")

    tell(Sender(database, one, SECRET, way_out, "https://wij.example"), lambda: NOON)

    assert receiver.heard == later


def test_subjects_are_told_in_order_and_do_not_wait_for_one_another(
    database, sender, receiver, clock
):
    a1, b1, a2, b2 = happen(database, "A", "B", "A", "B")
    receiver.answer = lambda event: 500 if event["subject"] == "A" else 200

    tell_all([sender], clock)
    assert receiver.heard == [a1, b1, b2]

    receiver.answer = lambda _: 200
    clock.forward(seconds=1)
    tell_all([sender], clock)
    assert receiver.heard == [a1, b1, b2, a1, a2]
    assert [row[1] for row in state_of(database)] == ["sent"] * 4


def test_who_fails_is_tried_ever_later_under_the_same_id(database, sender, receiver, clock):
    happen(database, "A")
    receiver.answer = lambda _: 503
    waits = []
    for tries in range(1, 13):
        tell_all([sender], clock)
        assert len(receiver.told) == tries
        with database.connect() as connection:
            waits.append((notices.next_due(connection, "portaal") - clock.now).total_seconds())
        clock.forward(seconds=waits[-1] - 0.001)
        tell_all([sender], clock)
        assert len(receiver.told) == tries
        clock.forward(seconds=0.001)

    for tries, wait in enumerate(waits):
        assert 0.75 * min(900, 2**tries) <= wait <= min(900, 2**tries)
    assert len({event["id"] for event, _, _ in receiver.told}) == 1


def test_what_waits_for_an_earlier_one_is_not_due_before_it(database, sender, receiver, clock):
    happen(database, "A", "A")
    receiver.answer = lambda _: 500
    tell_all([sender], clock)

    with database.connect() as connection:
        assert notices.next_due(connection, "portaal") > clock.now


def test_what_failed_together_does_not_come_back_together():
    made = [
        Notice("portaal", n, "A", 8, NOON, SOURCE, str(n), "NoticeWithdrawn", NOON)
        for n in range(50)
    ]

    assert len({wait_after(one) for one in made}) > 40
    assert wait_after(made[0]) == wait_after(made[0])


def test_what_does_not_arrive_in_a_day_is_parked_and_holds_up_nobody(
    database, sender, receiver, clock
):
    first, second = happen(database, "A", "A")
    receiver.answer = lambda event: 200 if int(event["sequence"]) == second else 500
    tell_all([sender], clock)
    clock.forward(hours=23)
    tell_all([sender], clock)
    assert [row[1] for row in state_of(database)] == ["waiting", "waiting"]
    clock.forward(hours=1)

    tell_all([sender], clock)

    assert state_of(database) == [(first, "parked", 3, "HTTP 500"), (second, "sent", 1, "HTTP 200")]


def test_who_says_gone_is_not_asked_again(database, sender, receiver, clock):
    happen(database, "A")
    receiver.answer = lambda _: 410
    tell_all([sender], clock)
    clock.forward(days=2)
    tell_all([sender], clock)

    assert len(receiver.told) == 1
    with database.connect() as connection:
        (parked,) = notices.parked(connection)
    assert (parked["subscriber"], parked["outcome"]) == ("portaal", "HTTP 410")


def test_what_is_parked_can_be_told_again(database, sender, receiver, clock):
    happen(database, "A")
    receiver.answer = lambda _: 410
    tell_all([sender], clock)
    receiver.answer = lambda _: 204
    with database.begin() as connection:
        assert notices.replay_parked(connection, "portaal", clock.now) == 1

    assert tell_all([sender], clock)["portaal"].sent == 1
    assert len({event["id"] for event, _, _ in receiver.told}) == 1


def test_everything_from_a_position_on_can_be_told_again(database, sender, receiver, clock):
    one, two, three = happen(database, "A", "B", "A")
    tell_all([sender], clock)
    with database.begin() as connection:
        notices.replay(connection, "portaal", start=two)

    tell_all([sender], clock)

    assert receiver.heard == [one, two, three, two, three]
    with database.begin() as connection, pytest.raises(UnknownSubscriber):
        notices.replay(connection, "niemand", start=1)
    with database.begin() as connection, pytest.raises(UnknownSubscriber):
        notices.replay_parked(connection, "niemand", clock.now)


def test_a_redirect_is_not_followed(database, sender, receiver, clock):
    happen(database, "A")
    receiver.answer = lambda _: 307

    tell_all([sender], clock)

    assert len(receiver.told) == 1
    assert state_of(database)[0][1:] == ("waiting", 1, "HTTP 307")


def test_the_environment_cannot_send_us_elsewhere(database, sender, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    happen(database, "A")
    with send.client() as fresh:
        one = Sender(database, sender.subscriber, SECRET, fresh, "https://wij.example")
        assert tell(one, lambda: NOON).sent == 1


def test_a_door_that_does_not_open_is_knocked_on_once(database, sender, receiver, clock):
    happen(database, *(f"S-{n}" for n in range(8)))
    receiver.answer = lambda _: None

    made = tell(sender, clock)

    assert (made.failed, made.away, len(receiver.told)) == (1, True, 1)
    assert [row[2] for row in state_of(database)] == [1] + [0] * 7
    receiver.answer = lambda _: 200
    clock.forward(seconds=1)
    assert tell_all([sender], clock)["portaal"].sent == 8


def test_a_receiver_that_takes_too_long_is_tried_again(database, sender, receiver, clock):
    happen(database, "A")
    slow = Event()
    receiver.answer = lambda _: (slow.wait(5), 200)[1]
    with httpx.Client(timeout=0.2) as hasty:
        one = Sender(database, sender.subscriber, SECRET, hasty, "https://wij.example")
        made = tell(one, clock)
    slow.set()

    assert (made.sent, made.away) == (0, True)
    assert state_of(database)[0][1:] == ("waiting", 1, "ReadTimeout")


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


def test_an_event_is_small_and_the_same_every_time():
    told = Notice("a", 5, "S", 1, NOON, SOURCE, "é", "NoticeGiven", NOON)

    assert event_of(told, "https://wij.example") == event_of(told, "https://wij.example")
    assert len(event_of(told, "https://wij.example")) < 1_000
