"""A plan matched again where facts touched it is a plan of the facts as they are now.

Facts of many kinds in random order, on a made-up region: what was searched again is what a whole
search finds, the judge passes every plan, and what is told as a revision gives that plan back.
"""

import json
from datetime import UTC, date, datetime, timedelta
from functools import cache

import numpy as np
import pandas as pd
import pytest

from data_contracts.feeds import parse
from data_contracts.policy import policy_from
from data_contracts.rules import rules_on
from matching.candidates import search, search_again
from matching.causes import causes, named_in
from matching.chains import unlink
from matching.match import Occasion, match
from matching.rematch import Ways, rematch, take_up
from matching.revision import REVISION, revised, revision_of
from matching.state import State, changes, project
from matching.terms import terms
from matching.verify import verify
from pipelines.sources import deliveries_in, read
from pipelines.sources.example import region, write
from tests.counts import count

ON = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 3, tzinfo=UTC)
SOURCE = "urn:nld:oin:00000099000000001000:systeem:proef"
RULES, POLICY = rules_on(ON), policy_from(None)
WAYS = Ways(RULES, POLICY)


@cache
def night(tmp_path):
    """A region in which a night was run and everything was offered."""
    write(region(dwellings=400, seed=3, on=ON), tmp_path)
    state = State()
    for delivery, path in deliveries_in(tmp_path):
        parsed = parse(read(path), delivery)
        news = changes(
            state, delivery.table, parsed.rows, source=SOURCE, delivery=delivery.name, at=AT
        )
        state = project(news, state)
    plan = match(state, RULES, POLICY, Occasion("Proef", ON, 1, 7, "x")).plan
    moves = [(chain, place) for chain in plan.chains for place in range(len(chain.moves))]
    offered = [offer(chain, place, "offered", 0) for chain, place in moves]
    return plan, project(table(offered), state)


@pytest.fixture(scope="module")
def offered(tmp_path_factory):
    return night(tmp_path_factory.mktemp("leveringen"))


def table(facts):
    return pd.DataFrame(facts).astype({"at": "datetime64[us, UTC]"})


def fact(kind, subject, data, turn):
    return {
        "source": SOURCE,
        "id": f"{kind}/{subject}/{turn}",
        "kind": kind,
        "subject": subject,
        "at": AT + timedelta(minutes=1 + turn),
        "data": json.dumps(data, sort_keys=True),
    }


def offer(chain, place, state, turn, *, plan="P"):
    move = chain.moves[place]
    name = f"V-{move.household}-{move.to}"
    said = {
        "proposal": name,
        "plan": plan,
        "chain": chain.key,
        "position": place + 1,
        "household": move.household,
        "dwelling": move.to,
        "state": state,
        "on": "2026-11-22",
    }
    said |= {"leaves": move.leaves} if move.leaves else {}
    said |= {"reason": "WOB"} if state == "declined" else {}
    kind = "ProposalOffered" if state == "offered" else "ProposalAnswered"
    return fact(kind, name, said, turn)


def answered(draw, warm, state, turn):
    chains = warm.plan.chains
    chain = chains[int(draw.integers(len(chains)))]
    place = int(draw.integers(len(chain.moves))) if state == "declined" else 0
    return offer(chain, place, state, turn)


def withdrawn(kind):
    def say(draw, warm, turn):
        names = {
            "DwellingRemoved": list(warm.openings),
            "WishWithdrawn": list(warm.search.market.seekers.index),
            "TenancyEnded": list(warm.state.tenancies.index),
            "TieDropped": list(warm.state.ties.index),
            "HouseholdRemoved": list(warm.search.market.seekers.index),
            "FacilityClosed": list(warm.state.facilities.index),
            "NoticeWithdrawn": list(warm.state.notices.index),
        }[kind]
        return fact(kind, names[int(draw.integers(len(names)))], {}, turn)

    return say


def notice(draw, warm, turn):
    running = warm.state.tenancies.sort_index()
    home = running["dwelling"].iloc[int(draw.integers(len(running)))]
    said = {"dwelling": home, "ends": "2026-12-20", "given": "2026-11-20", "notice": f"N{turn}"}
    return fact("NoticeGiven", f"N{turn}", said | {"status": "GOE"}, turn)


EVENTS = [
    *(lambda d, w, t, s=s: answered(d, w, s, t) for s in ("declined", "declined", "accepted")),
    lambda d, w, t: answered(d, w, "taken_up", t),
    *map(withdrawn, ("DwellingRemoved", "WishWithdrawn", "TenancyEnded", "TieDropped")),
    *map(withdrawn, ("HouseholdRemoved", "FacilityClosed", "NoticeWithdrawn")),
    notice,
]


def the_laws_hold(before, warm, facts):
    plan, found = warm.plan, warm.search.found
    whole = search(warm.state, RULES, POLICY, ON)
    pd.testing.assert_frame_equal(found.options, whole.found.options)
    assert found.openings == whole.found.openings
    asked = terms(warm.state, whole.found, RULES, POLICY, ON)
    pd.testing.assert_frame_equal(warm.options, asked.options)
    conditions = warm.standing.facts.conditions
    assert not verify(plan, warm.state, RULES, POLICY, options=warm.options, conditions=conditions)
    told = revision_of(before, plan)
    assert revised(before, REVISION.validate_json(REVISION.dump_json(told))) == plan
    moved = {m.household for chain in told.chains for m in chain.moves}
    assert moved <= set(causes(before, plan, named_in(facts)))


@pytest.mark.parametrize("seed", range(count(ci=5, soak=200)))
def test_after_any_facts_the_plan_is_one_of_the_facts_as_they_are(offered, seed):
    draw = np.random.default_rng(seed)
    plan, state = offered
    warm = take_up(plan, state, 2, WAYS)
    assert warm.plan.chains == plan.chains
    for turn in range(5):
        event = EVENTS[int(draw.integers(len(EVENTS)))]
        facts = table([event(draw, warm, turn)])
        facts.index = pd.Index([turn + 3], name="position")
        before, state = warm.plan, project(facts, state)
        warm = rematch(warm, state, turn + 3, WAYS)
        the_laws_hold(before, warm, facts)


def test_nothing_is_searched_again_when_nothing_changed(offered):
    _, state = offered
    once = search(state, RULES, POLICY, ON)
    again = search_again(once, state, RULES, POLICY)
    assert again.again == frozenset()
    pd.testing.assert_frame_equal(once.found.options, again.found.options)


def test_a_plan_that_is_taken_up_twice_is_the_same_plan(offered):
    plan, state = offered
    one, two = (take_up(plan, state, 2, WAYS).plan for _ in range(2))
    assert one == two


def shown_since(before, after, turn, *, plan):
    """The facts that a changed plan is offered by: what it is the first to propose."""
    made = {(move.household, move.to) for move in unlink(before.chains)}
    fresh = [
        offer(chain, place, "offered", turn, plan=plan)
        for chain in after.chains
        for place, move in enumerate(chain.moves)
        if (move.household, move.to) not in made
    ]
    return at_positions(table(fresh), turn)


def at_positions(facts, first):
    return facts.set_index(pd.RangeIndex(first, first + len(facts), name="position"))


@pytest.mark.parametrize("seed", [1, 3])
def test_who_takes_a_plan_up_anew_knows_as_well_how_good_it_is_as_who_kept_it_warm(offered, seed):
    """A listener that starts again, with nothing new to read and with a fact that broke a chain."""
    draw = np.random.default_rng(seed)
    plan, state = offered
    warm = take_up(plan, state, 2, WAYS, name="P")
    before, number = plan, "P"
    for turn in (10, 50):
        facts = at_positions(table([answered(draw, warm, "declined", turn)]), turn)
        state = project(facts, state)
        anew = take_up(warm.plan, state, turn, WAYS, name=number)
        before, warm = warm.plan, rematch(warm, state, turn, WAYS)
        assert anew.standing.value == warm.standing.value
        assert anew.standing.bound <= warm.standing.bound
        number = f"P{turn}"
        state = project(shown_since(before, warm.plan, turn + 1, plan=number), state)
        idle = take_up(warm.plan, state, turn + 40, WAYS, name=number)
        assert idle.standing.bound <= warm.standing.bound
