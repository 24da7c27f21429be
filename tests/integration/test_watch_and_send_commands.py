"""`verhuisketen watch`, `send` and `subscribers`, as somebody types them."""

import json
import os
import signal
from datetime import UTC, datetime

import pandas as pd
import pytest
from typer.testing import CliRunner

from data_contracts.events import FACT_COLUMNS
from data_contracts.subscribers import BadSubscribers
from pipelines import asking
from pipelines.cli import app
from pipelines.commands.stopping import stop_on_signals
from pipelines.inbox import NotWaiting
from pipelines.send import client, senders, tell
from pipelines.settings import Settings
from store import log, notices
from store.database import connect
from tests.deliveries import DWELLING, csv_text

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
SOURCE = "urn:nld:oin:00000099000000001000:systeem:leveringen"


@pytest.fixture
def run(database_url, tmp_path, monkeypatch):
    monkeypatch.setattr(asking, "connect", lambda url: connect(url, test=True))
    monkeypatch.setenv("VERHUISKETEN_DATABASE_URL", database_url)
    monkeypatch.setenv("VERHUISKETEN_INBOX", str(tmp_path / "postvak"))

    def said(*words):
        result = CliRunner().invoke(app, list(words), standalone_mode=False)
        if result.exception is not None:
            raise result.exception
        return result.stdout

    return said


def put(tmp_path, rows):
    (tmp_path / "postvak").mkdir(exist_ok=True)
    text = csv_text([DWELLING | {"eenheidcode": f"W-{n}"} for n in range(rows)])
    (tmp_path / "postvak" / "woningen.csv").write_text(text, "utf-8")


def test_the_inbox_is_taken_in_once(run, tmp_path):
    put(tmp_path, 3)

    (taken,) = json.loads(run("watch", "--once", "--json"))

    assert (taken["file"], taken["status"], taken["facts"]) == ("woningen.csv", "taken", 3)


def test_a_waiting_file_is_let_in_by_its_name(run, tmp_path):
    for rows in (10, 2):
        put(tmp_path, rows)
        said = run("watch", "--once")
    assert "wacht op een mens" in said

    (taken,) = json.loads(run("watch", "--accept", "woningen.csv", "--json"))

    assert (taken["status"], taken["accepted"]) == ("taken", 2)
    with pytest.raises(NotWaiting):
        run("watch", "--accept", "woningen.csv")


@pytest.fixture
def page(tmp_path):
    """One subscriber on a port where nobody listens."""
    (tmp_path / "geheim").write_text("0123456789abcdef" * 2, "utf-8")
    path = tmp_path / "meeluisteren.yaml"
    path.write_text(
        "subscribers:\n  - name: portaal\n    url: http://127.0.0.1:9/haak\n"
        f"    secret_file: {tmp_path / 'geheim'}\n    kinds: [NoticeWithdrawn]\n    from: 1\n",
        "utf-8",
    )
    return path


def happen(database):
    row = (SOURCE, "1", "NoticeWithdrawn", "O-1", NOON, "{}")
    facts = pd.DataFrame([row], columns=list(FACT_COLUMNS))
    with database.begin() as connection:
        log.append(connection, facts.astype({"at": "datetime64[us, UTC]"}))


def test_sending_once_says_who_does_not_answer(run, page, database):
    happen(database)

    told = json.loads(run("send", "--once", "--subscribers", str(page), "--json"))
    words = run("send", "--once", "--subscribers", str(page))

    assert told == {"portaal": {"looked": 1, "sent": 0, "failed": 1, "away": True}}
    assert words.startswith("portaal: 0 verteld")


def test_the_list_says_how_far_everybody_is(run, page, database):
    happen(database)

    (one,) = json.loads(run("subscribers", "list", "--subscribers", str(page), "--json"))

    assert (one["name"], one["behind"], one["waiting"]) == ("portaal", 1, 0)
    assert "portaal: 0 wachten" in run("subscribers", "list", "--subscribers", str(page))
    assert "staat niet meer in de lijst" not in run("subscribers", "list")


def test_what_is_parked_is_listed_and_replayed(run, page, database):
    happen(database)
    settings = Settings(subscribers=page)
    with client() as way_out:
        (sender,) = senders(database, settings, way_out, NOON)
        tell(sender, lambda: NOON)
        with database.begin() as connection:
            (taken,) = notices.take(connection, "portaal", NOON.replace(hour=14), most=1)
            notices.failed(connection, taken, "HTTP 410", again=None)

    assert "HTTP 410" in run("subscribers", "parked")
    assert "1 berichten" in run("subscribers", "replay", "portaal", "--parked")
    assert "niets geparkeerd" in run("subscribers", "parked")
    assert "vanaf 1" in run("subscribers", "replay", "portaal", "--from", "1")
    with pytest.raises(notices.UnknownSubscriber):
        run("subscribers", "replay", "niemand", "--parked")


def test_a_page_with_a_mistake_stops_before_anything_is_sent(run, page):
    page.write_text(page.read_text("utf-8").replace("kinds", "kind"), "utf-8")

    with pytest.raises(BadSubscribers, match="kinds"):
        run("send", "--once", "--subscribers", str(page))


def test_a_service_is_asked_to_stop_by_a_signal():
    before = [signal.getsignal(asked) for asked in (signal.SIGTERM, signal.SIGINT)]
    try:
        stop = stop_on_signals()
        assert not stop.is_set()
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.wait(5)
    finally:
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGINT, before[1])
