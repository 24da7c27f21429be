"""P6: of many nights at once one publishes, also when another oversleeps its lease."""

import random
import signal
import time

from sqlalchemy import text

from tests.counts import count

NIGHT = "nacht"
SECONDS = 60
GRACE = 10
"""A killed night is taken over within its lease and so many seconds."""
TOLD_OFF = {"Outdated", "Outage"}
"""How a night that overslept finds out: another took over, or the server hung up on it."""

AT_THE_LAST = "file os.rename laatste"
"""The one place no fence reaches: asleep for ten minutes between its lock and this rename."""


def runs_of(town):
    engine = town.engine()
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT id, status FROM run")).all()
    engine.dispose()
    return dict(map(tuple, rows))


def in_force(town):
    """The run whose plan is in force."""
    engine = town.engine()
    with engine.connect() as connection:
        run = connection.scalar(
            text("SELECT run FROM plan JOIN current_plan ON current_plan.plan = plan.id")
        )
    engine.dispose()
    return run


def crossing_of(town, name):
    """The number of a crossing of the night."""
    return town.stages[NIGHT].names.index(name) + 1


def test_of_two_to_eight_nights_at_once_exactly_one_publishes(town):
    """Whoever gets the lease stands still before it publishes, until all others have ended."""
    halfway = crossing_of(town, "file half verhuisplan.json")
    for turn in range(count(ci=3, soak=200, of="P6 nights at once, rounds")):
        town.back(NIGHT)
        pids = town.start_at_once(NIGHT, 2 + turn % 7, at=halfway, how="stop")
        ended = {pid: town.forks.wait(pid, town.site) for pid in pids}
        (leader,) = [pid for pid, one in ended.items() if one["stopped"]]
        assert {one["error"] for pid, one in ended.items() if pid != leader} == {"Busy"}

        town.forks.wake(leader)
        first = town.forks.wait(leader, town.site)

        assert first["error"] is None, first["trace"]
        assert runs_of(town) == {first["answer"]: "done"}
        assert in_force(town) == first["answer"]
        assert town.wrong(NIGHT) == []


def places_to_sleep(town, number):
    """Crossings once the night has its lease: three that matter most, and others spread evenly."""
    names = town.stages[NIGHT].names
    first = next(i for i, name in enumerate(names) if "INSERT INTO lease" in name) + 2
    judged = crossing_of(town, "file half keuring.json")
    offering = names.index("file open verhuisplan.json", judged) + 1
    handing_over = crossing_of(town, "file half verhuisplan.html")
    pointing = next(i for i, name in enumerate(names, 1) if name.startswith("file os.symlink"))
    spread = [first + (2 * n + 1) * (len(names) - first) // (2 * number) for n in range(number)]
    return [
        offering,
        handing_over,
        pointing,
        *(at for at in spread if names[at - 1] != AT_THE_LAST),
    ]


def test_a_night_that_slept_anywhere_while_another_published_changes_nothing(town):
    """It stands still at any crossing once it has the lease; a successor does the whole night."""
    names = town.stages[NIGHT].names
    for at in places_to_sleep(town, count(ci=2, soak=200, of="P6 zombies, besides three places")):
        town.back(NIGHT)
        asleep = town.forks.start(NIGHT, town.site, at=at, how="stop")
        assert town.forks.wait(asleep, town.site)["stopped"]
        town.time_passes()
        successor = town.forks.run(NIGHT, town.site)
        assert successor["error"] is None, (names[at - 1], successor["trace"])

        town.forks.wake(asleep)
        zombie = town.forks.wait(asleep, town.site)

        where = (at, names[at - 1])
        assert in_force(town) == successor["answer"], where
        assert town.wrong(NIGHT) == [], where
        if zombie["error"] is not None:
            assert zombie["error"] in TOLD_OFF, (where, zombie["trace"])
            others = {run: how for run, how in runs_of(town).items() if run != successor["answer"]}
            assert set(others.values()) == {"failed"}, where
        else:  # all its work was done: only that it was came late
            assert at > names.index(AT_THE_LAST), where


def test_a_killed_night_is_taken_over_within_its_lease_and_ten_seconds(town):
    lease = 1
    site = town.site | {"lease": lease}
    for turn in range(count(ci=1, soak=20, of="P6 take-overs after a kill")):
        town.back(NIGHT)
        at = random.Random(turn).randint(
            crossing_of(town, "file half leveringen.json"), len(town.stages[NIGHT].names)
        )
        assert town.forks.run(NIGHT, site, at=at)["signal"] == signal.SIGKILL
        killed = time.monotonic()
        while (successor := town.forks.run(NIGHT, site))["error"] == "Busy":
            assert time.monotonic() < killed + lease + GRACE
        assert successor["error"] is None, successor["trace"]
        assert town.wrong(NIGHT) == []
