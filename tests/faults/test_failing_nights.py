"""P7: whatever makes a night fail, the last good plan stays, to the byte, and somebody is told."""

import signal
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from pipelines import asking, steps
from pipelines.night import Night
from store import runs
from store.database import connect
from tests.faults.failing import WAYS, Broken
from tests.faults.scenario import ON, settings_of

STAGE = "volgende nacht"
YESTERDAY = f"Het plan van {ON} geldt"
IN_FORCE = text("SELECT json FROM plan JOIN current_plan ON current_plan.plan = plan.id")
STANDING = text("SELECT id, state, position FROM proposal ORDER BY id")


@pytest.fixture
def broken(town, monkeypatch, tmp_path):
    """A town with a plan of yesterday and answers to it, about to have a night that fails."""
    town.back(STAGE)
    monkeypatch.setattr(asking, "connect", lambda url: connect(url, test=True))
    settings = settings_of(town.site, "tweede")
    return Broken(monkeypatch, settings, tmp_path, town.engine, ON + timedelta(days=1))


def asked(engine, *questions):
    """The answers of the database to these questions."""
    with closing(engine.connect()) as connection:
        answers = [connection.execute(question).all() for question in questions]
    engine.dispose()
    return answers


def night(broken, settings):
    engine = broken.engine()
    try:
        began = datetime.now(tz=UTC)
        return steps.whole_night(Night("mislukt", broken.on, began, settings, engine))
    finally:
        engine.dispose()


def error_of(broken, settings):
    """What a night fails with; None when it does not."""
    try:
        night(broken, settings)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - any failure will do
        return error
    return None


def last_run(broken):
    engine = broken.engine()
    with engine.connect() as connection:
        (last,) = runs.latest(connection, limit=1)
    engine.dispose()
    return last


@pytest.mark.parametrize("way", WAYS)
def test_a_night_that_fails_leaves_the_plan_in_force_and_says_why(broken, way):
    break_it, word = WAYS[way]
    before = asked(broken.engine(), IN_FORCE, STANDING)
    settings = break_it(broken) or broken.settings

    assert error_of(broken, settings) is not None
    broken.monkeypatch.undo()
    broken.monkeypatch.setattr(asking, "connect", lambda url: connect(url, test=True))

    assert asked(broken.engine(), IN_FORCE)[0] == before[0]
    if broken.on.year == ON.year:  # in another year yesterday's offers have lapsed by themselves
        assert asked(broken.engine(), STANDING)[0] == before[1]
    last = last_run(broken)
    assert (last["id"], last["status"]) == ("mislukt", "failed")
    assert word.lower() in last["sentence"].lower()
    said = asking.status(broken.settings, rejects=False).sentences
    assert said[0].startswith(YESTERDAY)
    assert last["sentence"] in said[1]


@pytest.mark.parametrize("how", ["kill", "away"])
@pytest.mark.parametrize("place", ["file half verhuisplan.json", "file half keuring.json"])
def test_a_night_that_dies_or_loses_its_database_is_booked_by_the_next(town, broken, how, place):
    """Nobody is left to book it: the plan of yesterday stays, and the next night says it broke."""
    before = asked(town.engine(), IN_FORCE, STANDING)
    at = town.stages[STAGE].names.index(place) + 1
    ended = town.forks.run(STAGE, town.site, at=at, how=how)

    assert (ended["signal"] == signal.SIGKILL) == (how == "kill")
    assert asked(town.engine(), IN_FORCE, STANDING) == before
    said = asking.status(broken.settings, rejects=False).sentences
    assert said[0].startswith(YESTERDAY)

    town.time_passes()
    assert town.finish(STAGE) == []
    broke_off = asked(town.engine(), text("SELECT sentence FROM run WHERE status = 'failed'"))
    assert broke_off == [[(runs.BROKEN_OFF,)]]


def test_a_delivery_that_cannot_be_read_is_refused_and_the_night_goes_on(broken):
    """It is no reason to have no plan: its rows stay as they were, and a person is told."""
    damaged = broken.folder / "beschadigd"
    damaged.mkdir()
    for path in broken.settings.deliveries.glob("*.csv"):
        (damaged / path.name).write_bytes(path.read_bytes())
    (damaged / "woningen.csv").write_bytes(b"PK\x03\x04 no workbook")

    summary = night(broken, broken.settings.model_copy(update={"deliveries": damaged}))

    refused = [file for file in summary["deliveries"] if file["status"] == "refused"]
    assert [file["file"] for file in refused] == ["woningen.csv"]
    assert last_run(broken)["status"] == "done"
    said = asking.status(broken.settings, rejects=False)
    assert "1 bestand(en) wachten op een mens." in said.sentences
    assert summary["totals"]["moves"] > 0


def test_a_night_that_fails_while_handing_over_says_that_its_plan_is_in_force(broken):
    """The offers are made, so that plan holds; `laatste` still leads to a whole folder."""
    broken.instead("pipelines.steps.handover.report", OSError("the page"))
    with pytest.raises(OSError, match="the page"):
        night(broken, broken.settings)

    latest = (broken.settings.data / "laatste").resolve()
    last = last_run(broken)
    assert last["status"] == "failed"
    assert last["sentence"].startswith("Het plan is aangeboden en geldt")
    assert latest.name != "mislukt"
    assert (latest / "verhuisplan.html").exists()
    said = asking.status(broken.settings, rejects=False).sentences
    assert said[0].startswith(f"Het plan van {broken.on} geldt")
