"""Between two nights: an answer, a notice or a wish changes what it touches, and nothing else."""

from datetime import UTC, date, datetime
from threading import Event, Thread

import pandas as pd
import pytest

from data_contracts.words import DeclineReason, ProposalState
from matching.model import PLAN
from matching.verify import Finding
from pipelines import asking, on_event
from pipelines.listener import keep_up
from pipelines.night import Night
from pipelines.on_event import Refused, Rematcher
from pipelines.steps import whole_night
from store import life, log, plans, proposals, readers, runs
from store.database import connect
from store.hints import hints

ON = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
SOURCE = "urn:nld:oin:00000099000000001000:systeem:proef"


@pytest.fixture
def region(settings, database_url):
    """A night has run: its proposals stand."""
    engine = connect(database_url, test=True)
    whole_night(Night("nacht-1", ON, NOW, settings, engine))
    yield Rematcher(engine, settings)
    engine.dispose()


def plan_of(rematcher):
    with rematcher.engine.connect() as connection:
        return PLAN.validate_json(plans.current(connection, rematcher.region))


def standing(rematcher):
    with rematcher.engine.connect() as connection:
        return proposals.of_coach(connection)


def a_link(rematcher, *, at):
    """A proposal at this step of a chain that goes on after it."""
    rows = standing(rematcher)
    longest = rows.groupby("chain")["step"].transform("max")
    return rows[(rows["step"] == at) & (longest > at)].iloc[0]


def declined(rematcher, row):
    with rematcher.engine.begin() as connection:
        return life.answer(
            connection,
            row["proposal"],
            ProposalState.DECLINED,
            on=ON,
            expected_position=int(row["position"]),
            reason=DeclineReason.WOB,
        )


def said(rematcher, kind, *subjects, data="{}"):
    same = {"source": SOURCE, "kind": kind, "at": pd.Timestamp("2026-11-22T10:00:00Z")}
    facts = [same | {"id": f"{kind}/{one}", "subject": one, "data": data} for one in subjects]
    with rematcher.engine.begin() as connection:
        return log.append(connection, pd.DataFrame(facts))


def test_a_decline_keeps_the_front_of_its_chain_and_carries_its_cause(region):
    region.catch_up()
    row = a_link(region, at=2)
    rows = standing(region)
    front = rows[(rows["chain"] == row["chain"]) & (rows["step"] == 1)].iloc[0]
    position = declined(region, row)
    outcome = region.catch_up()
    after = standing(region)
    assert outcome.plan is not None
    assert outcome.facts >= 1
    assert (row["household"], row["dwelling"]) not in set(
        zip(after["household"], after["dwelling"], strict=True)
    )
    kept = after[after["proposal"] == front["proposal"]]
    assert len(kept) == 1
    fresh = after[after["plan"] == outcome.plan]
    with region.engine.connect() as connection:
        causes = proposals.causes_of(connection, list(fresh["proposal"]))
    assert all(position in because for because in causes.values())


def test_what_the_facts_do_not_touch_stays_the_very_same(region):
    region.catch_up()
    before = {chain.key: chain for chain in plan_of(region).chains}
    declined(region, a_link(region, at=1))
    region.catch_up()
    after = {chain.key: chain for chain in plan_of(region).chains}
    same = [key for key in before if before[key] == after.get(key)]
    assert len(same) >= len(before) - 6


def test_a_plan_in_force_and_the_proposals_that_stand_say_the_same(region):
    region.catch_up()
    declined(region, a_link(region, at=1))
    region.catch_up()
    moves = {(m.household, m.to) for chain in plan_of(region).chains for m in chain.moves}
    rows = standing(region)
    assert set(zip(rows["household"], rows["dwelling"], strict=True)) == moves


def test_nothing_new_changes_nothing(region):
    region.catch_up()
    assert region.catch_up() is None


def test_who_wakes_up_cold_comes_to_the_same_plan_as_who_stayed_warm(region):
    region.catch_up()
    row = a_link(region, at=2)
    declined(region, row)
    warm = region.catch_up()
    cold = Rematcher(region.engine, region.settings)
    assert cold.catch_up().plan is None
    assert cold.warm.plan.chains == region.warm.plan.chains
    assert warm.value == cold.warm.plan.receipt.value


def test_a_withdrawn_home_is_on_offer_to_nobody_any_more(region):
    region.catch_up()
    row = a_link(region, at=1)
    said(region, "DwellingRemoved", row["dwelling"])
    region.catch_up()
    assert row["dwelling"] not in set(standing(region)["dwelling"])


def test_while_a_night_runs_the_facts_wait(region):
    region.catch_up()
    before = plan_of(region)
    declined(region, a_link(region, at=1))
    with region.engine.begin() as connection:
        runs.take(connection, region.region, holder="nacht-2", seconds=60)
    with pytest.raises(runs.Busy):
        region.catch_up()
    assert plan_of(region) == before
    with region.engine.begin() as connection:
        runs.release(connection, region.region, holder="nacht-2")
    assert region.catch_up().plan is not None


def test_two_who_are_woken_at_once_change_the_plan_once(region):
    region.catch_up()
    other = Rematcher(region.engine, region.settings)
    other.catch_up()
    declined(region, a_link(region, at=1))
    found = []
    threads = [
        Thread(target=lambda one=one: found.append(one.catch_up())) for one in (region, other)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one is not None and one.plan is not None for one in found) == 1


def test_a_plan_the_judge_refuses_is_not_offered(region, monkeypatch):
    region.catch_up()
    before, rows = plan_of(region), standing(region)
    declined(region, a_link(region, at=1))
    finding = Finding("proef", "Een bevinding.")
    monkeypatch.setattr("pipelines.on_event.verify", lambda *_, **__: (finding,))
    with pytest.raises(Refused, match="afgekeurd"):
        region.catch_up()
    assert plan_of(region) == before
    assert set(standing(region)["proposal"]) <= set(rows["proposal"])


def test_how_far_the_reader_came_is_booked(region):
    region.catch_up()
    head = said(region, "DwellingRemoved", "W-onbekend")
    region.catch_up()
    with region.engine.connect() as connection:
        assert readers.position(connection, region.reader) >= head


def test_other_homes_are_told_by_the_plan_as_it_is_now(region):
    region.catch_up()
    declined(region, a_link(region, at=1))
    region.catch_up()
    who = plan_of(region).chains[0].moves[0]
    told = asking.alternatives(region.settings, who.household)
    assert told.proposed == who


def test_a_changed_plan_passes_the_second_look_at_points_and_proof(region):
    region.catch_up()
    declined(region, a_link(region, at=1))
    assert region.catch_up().plan is not None
    assert region.second_look() == ()
    assert region.looked == region.plan_id


def test_the_second_look_waits_for_the_facts(region):
    region.catch_up()
    declined(region, a_link(region, at=1))
    changed = region.catch_up().plan
    declined(region, a_link(region, at=1))
    assert region.second_look() == ()
    assert region.looked != changed


def test_a_storm_of_a_thousand_facts_costs_two_runs(region, monkeypatch):
    region.catch_up()
    working, told, stop = Event(), Event(), Event()
    rematch, outcomes = on_event.rematch, []

    def slowly(*given):
        working.set()
        assert told.wait(300)
        return rematch(*given)

    monkeypatch.setattr(on_event, "rematch", slowly)
    rows = standing(region)
    said(region, "WishWithdrawn", rows["household"].iloc[0])
    news = hints(region.engine, poll_seconds=0.05, stop=stop)

    def listen():
        keep_up(region, news, stop, night=lambda _: None, told=outcomes.append)

    listener = Thread(target=listen)
    listener.start()
    assert working.wait(60)
    for number in range(50):  # while the first is being worked on, all the others come in
        last = said(region, "TieDropped", *(f"band-{number}-{one}" for one in range(20)))
    told.set()
    while passed(region) < last:
        assert listener.is_alive()
        Event().wait(0.02)
    stop.set()
    listener.join(60)

    assert [outcome.facts for outcome in outcomes if outcome.facts > 1][-1] >= 1_000
    assert len(outcomes) == 2


def passed(rematcher):
    with rematcher.engine.connect() as connection:
        return readers.position(connection, rematcher.reader)
