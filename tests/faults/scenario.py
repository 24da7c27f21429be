"""The story that is killed: deliveries, facts, nights, answers, repairs, a watched folder, news.

Every stage can be run again after it was cut off, as an operator, a sender or a coach would do it:
by the same command, knowing nothing of how far it came.
"""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pandas as pd
from sqlalchemy import select

from data_contracts.words import DeclineReason, ProposalState
from matching.model import PLAN
from matching.state import State, changes
from pipelines import asking, steps
from pipelines.inbox import BUSY, ready
from pipelines.ingest import Intake, take_all
from pipelines.night import Night
from pipelines.on_event import Rematcher
from pipelines.send import senders, tell_all
from pipelines.settings import Settings
from pipelines.watch import Watch, one_round
from store import log, plans, proposals
from store import state as state_store
from store.database import connect
from store.tables import proposal as proposal_table

REGION = "regio"
ON = date(2026, 11, 22)
TOLD_AT = datetime(2026, 11, 22, 6, tzinfo=UTC)
SENDER = "urn:nld:oin:00000099000000002000:systeem:zorgwijzer"
P = ProposalState
LOOKS = 2_000
"""A watcher whose turn is still held by one that was killed looks again; the server soon knows."""
HEARD = "gehoord.jsonl"


class LookAgain(Exception):
    """The watcher or listener has to be started again."""


def settings_of(site, deliveries):
    """The settings of a site: its database, its folder, one of its two folders of deliveries."""
    folder = Path(site["folder"])
    return Settings(
        data=folder / "data",
        deliveries=folder / deliveries,
        database_url=site["url"],
        lease_seconds=site["lease"],
        inbox=folder / "data" / "postvak",
        subscribers=folder / "meeluisteren.yaml",
    )


def _engine(site):
    return connect(site["url"], test=True)


def ingest(site):
    """Take in the first deliveries: `verhuisketen ingest`."""
    engine = _engine(site)
    now = datetime.now(tz=UTC)
    take_all(engine, Intake(asking.new_run(ON), now, settings_of(site, "eerste")))


def facts(site):
    """Tell facts in batches, as another system would: told again after a silence, and doubled."""
    engine = _engine(site)
    told = _facilities()
    for batch in (told[:2], told[1:3], told[2:], told):
        with engine.begin() as connection:
            log.append(connection, batch)
    with engine.begin() as connection:
        state_store.catch_up(connection)


def _facilities():
    row = {"kind": "BIBLIOTHEEK", "name": None, "dwelling": None}
    rows = pd.DataFrame(
        [{"facility": f"BIEB-{n}", "x": 143000 + n, "y": 487000, **row} for n in range(4)]
    )
    return changes(State(), "facilities", rows, source=SENDER, delivery="melding", at=TOLD_AT)


def night(site, *, on=ON, deliveries="tweede", run=None):
    """Run a whole night on the second deliveries; give the number of its run."""
    engine = _engine(site)
    began = Night(
        run or asking.new_run(on), on, datetime.now(tz=UTC), settings_of(site, deliveries), engine
    )
    return steps.whole_night(began)["run"]


def tomorrow(site):
    """Run the night after."""
    return night(site, on=ON + timedelta(days=1))


def answers(site):
    """Answer the first proposals of the plan in force; what was answered already is left alone."""
    engine = _engine(site)
    with engine.connect() as connection:
        plan = PLAN.validate_json(plans.current(connection, REGION))
    households = sorted(move.household for chain in plan.chains for move in chain.moves)
    wanted = zip(
        households,
        ([P.TAKEN_UP, P.ACCEPTED], [P.DECLINED], [P.TAKEN_UP], [P.TAKEN_UP, P.DECLINED]),
        strict=False,
    )
    for household, path in wanted:
        for state in path:
            with engine.begin() as connection:
                _answer(connection, household, state, path)


def _answer(connection, household, state, path):
    row = connection.execute(
        select(proposal_table).where(proposal_table.c.household == household)
    ).one()
    if P(row.state) in path[path.index(state) :]:
        return
    proposals.answer(
        connection,
        row.id,
        state,
        on=ON,
        expected_position=row.position,
        reason=DeclineReason.HUU if state is P.DECLINED else None,
    )


def repair(site):
    """Match again what the answers touch, as the listener does when it is started."""
    rematcher = Rematcher(_engine(site), settings_of(site, "tweede"))
    for _ in range(LOOKS):
        if rematcher.catch_up() is not None:
            return
    raise LookAgain


def inbox(site):
    """Put files in the watched folder, as a sender does, and watch until all have their answer."""
    engine, settings = _engine(site), settings_of(site, "tweede")
    ready(settings.inbox)
    for path in sorted((settings.data / "onderweg").iterdir()):
        with suppress(FileNotFoundError):  # another who does the same put it there first
            path.rename(settings.inbox / path.name)
    watch, at = Watch(engine, settings), datetime.now(tz=UTC)
    for _ in range(LOOKS):
        one_round(watch, at)
        if watch.left:  # what went wrong waits for the next start, so this one ends
            raise LookAgain
        if not any((settings.inbox / BUSY).iterdir()) and not _lies_there(settings.inbox):
            return
        at += timedelta(seconds=settings.settle_seconds)  # what time does; the clock is ours
    raise LookAgain


def _lies_there(folder):
    return any(path.is_file() for path in folder.iterdir())


def tell_others(site):
    """Tell a subscriber what the log holds; what it hears it writes down before it answers."""
    engine, settings = _engine(site), settings_of(site, "tweede")
    heard = Path(site["folder"]) / HEARD

    def answer(request):
        with heard.open("ab") as lines:
            lines.write(request.content + b"\n")
        return httpx.Response(204)

    with httpx.Client(transport=httpx.MockTransport(answer)) as way_out:
        made = senders(engine, settings, way_out, datetime.now(tz=UTC))
        tell_all(made, lambda: datetime.now(tz=UTC))


STAGES = {
    "leveringen": ingest,
    "feiten": facts,
    "nacht": night,
    "antwoorden": answers,
    "herstel": repair,
    "volgende nacht": tomorrow,
    "postvak": inbox,
    "melden": tell_others,
}
"""The stages of the story, in order, by name."""
