"""Telling other systems: in order per subject, at least once, under the same id, never data."""

import hashlib
import hmac
import re
from pathlib import Path
from threading import Event

import httpx
import pytest

from pipelines import send
from pipelines.send import Sender, event_of, tell, tell_all, wait_after
from store import notices
from store.notices import Notice, UnknownSubscriber
from tests.integration.listening import NOON, SECRET, SOURCE, happen, state_of, subscriber

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "meeluisteren.md"


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


def test_an_event_is_small_and_the_same_every_time():
    told = Notice("a", 5, "S", 1, NOON, SOURCE, "é", "NoticeGiven", NOON)

    assert event_of(told, "https://wij.example") == event_of(told, "https://wij.example")
    assert len(event_of(told, "https://wij.example")) < 1_000
