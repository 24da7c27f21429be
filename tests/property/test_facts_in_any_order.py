"""P4: facts in any order, repeated, late and in any batches give the same State; so in the store.

By (source, id) a fact is known for ever: the same again changes nothing, the same id with other
content is kept apart and never folded.
"""

import hashlib
import random
from datetime import UTC, datetime, timedelta

import pandas as pd
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from sqlalchemy import text

from data_contracts.events import FACT_COLUMNS, KINDS, canonical
from matching.state import State, no_facts, project
from store import log
from store import state as state_store
from store.database import connect, snapshot
from tests import builders as b
from tests.counts import count

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
SOURCES = (b.SOURCE, f"{b.SOURCE}.ander")
NOTHING = State()
DATA = {
    "notices": lambda key, n: b.a_notice("W1", notice=key, ends=f"2026-07-{15 + n}"),
    "ties": lambda key, n: b.a_tie(key, "H1", minutes=10 + n),
    "offers": lambda key, n: b.an_offer(f"H{n}", "W1", proposal=key),
    "instructions": lambda key, n: {
        "instruction": key,
        "household": f"H{n}",
        "dwelling": "W1",
        "asks": "pin",
        "on": "2026-06-15",
    },
}
"""The tables that are told of, and what is said of a row: n makes it say something else."""
SPOKEN = sorted(name for name, kind in KINDS.items() if kind.table in DATA)


def a_fact(number, *, kind, key, minute, says):
    """One row of a table of facts; equal numbers are equal (source, id)."""
    told = KINDS[kind]
    data = canonical(DATA[told.table](key, says)) if told.appears else "{}"
    at = NOON + timedelta(minutes=minute)
    return (SOURCES[number % 2], str(number), kind, key, at, data)


def table_of(rows):
    if not rows:
        return no_facts()
    return pd.DataFrame(rows, columns=list(FACT_COLUMNS)).astype(no_facts().dtypes)


def digest_of(state):
    """The sha256 of everything a State says."""
    tables = [part[name] for part in (state.tables, state.said) for name in sorted(part)]
    said = "".join(f"{t.to_csv()}{[str(kind) for kind in t.dtypes]}" for t in tables if len(t))
    return hashlib.sha256(said.encode()).hexdigest()


def in_any_order(facts, dice):
    """The facts shuffled, half of them twice, in any number of batches."""
    order = [*range(len(facts)), *dice.choices(range(len(facts)), k=(len(facts) + 1) // 2)]
    dice.shuffle(order)
    cuts = sorted(dice.randrange(len(order) + 1) for _ in range(dice.randrange(4)))
    ends = [*cuts, len(order)]
    return [facts.iloc[order[a:b]] for a, b in zip([0, *ends], ends, strict=False)]


SAID = st.tuples(st.sampled_from(SPOKEN), st.sampled_from("abc"), st.integers(0, 4))
HISTORIES = st.lists(st.tuples(SAID, st.integers(0, 2)), min_size=1, max_size=20)


def history(said):
    return table_of(
        [
            a_fact(number, kind=kind, key=key, minute=minute, says=says)
            for number, ((kind, key, minute), says) in enumerate(said)
        ]
    )


@settings(max_examples=count(ci=150, soak=5_000, of="P4 permutaties, 50 % dubbel, in partijen"))
@given(HISTORIES, st.integers(0, 2**32))
@example([(("NoticeGiven", "a", 0), 0), (("NoticeWithdrawn", "a", 0), 0)], 0)
@example([(("TieNamed", "a", 1), 1), (("TieNamed", "a", 1), 2)], 1)
def test_facts_in_any_order_half_of_them_twice_in_any_batches_give_the_same_state(said, seed):
    facts = history(said)
    once = digest_of(project(facts, NOTHING))

    state = NOTHING
    for part in in_any_order(facts, random.Random(seed)):
        state = project(part, state)

    assert digest_of(state) == once


def test_the_digest_of_a_state_tells_of_every_fact():
    facts = history([((kind, f"van {kind}", 0), 1) for kind in SPOKEN])
    digests = {digest_of(project(facts.drop(index=n), NOTHING)) for n in facts.index}

    assert len(digests | {digest_of(project(facts, NOTHING))}) == len(facts) + 1


class Telling(RuleBasedStateMachine):
    """A log that is told facts in any order, by readers that stop, start, crash and lag behind."""

    fresh_database = None

    def __init__(self):
        super().__init__()
        self.place = type(self).fresh_database()
        self.url = self.place.__enter__()
        self.engine = connect(self.url, test=True)
        self.told, self.apart, self.marks = {}, set(), []
        self.seen = NOTHING, 0
        self.digest = None

    def teardown(self):
        try:
            self._everything_is_as_told()
        finally:
            self.engine.dispose()
            self.place.__exit__(None, None, None)

    NUMBERED = st.lists(
        st.tuples(st.integers(0, 39), st.sampled_from([0, 0, 0, 0, 0, 1])), min_size=1, max_size=8
    )

    @rule(numbers=NUMBERED)
    def tell(self, numbers):
        rows = [_numbered(*each) for each in numbers]
        with self.engine.begin() as connection:
            log.append(connection, table_of(rows))
        for row in rows:
            if self.told.setdefault(row[:2], row) != row:
                self.apart.add(row)
        self.digest = None

    @rule(numbers=NUMBERED)
    def tell_and_break_off(self, numbers):
        with self.engine.connect() as connection:
            log.append(connection, table_of([_numbered(*each) for each in numbers]))
            connection.rollback()

    @rule()
    def keep(self):
        with self.engine.begin() as connection:
            state, position = state_store.catch_up(connection)
        assert digest_of(state) == self._as_told()
        self.marks.append((position, digest_of(state)))

    @rule()
    def follow(self):
        with snapshot(self.engine) as connection:
            self.seen = state_store.since(connection, *self.seen)
        assert digest_of(self.seen[0]) == self._as_told()

    @precondition(lambda self: self.told)
    @rule()
    def start_again(self):
        self.engine.dispose()
        self.engine = connect(self.url, test=True)
        with snapshot(self.engine) as connection:
            self.seen = state_store.load(connection)
        assert digest_of(self.seen[0]) == self._as_told()

    def _as_told(self):
        """What the State must be, reckoned from what was told and nothing else."""
        if self.digest is None:
            self.digest = digest_of(project(table_of(list(self.told.values())), NOTHING))
        return self.digest

    def _everything_is_as_told(self):
        with self.engine.begin() as connection:
            assert digest_of(state_store.rebuild(connection)) == self._as_told()
            kept = connection.execute(
                text("SELECT source, id, kind, subject, at, data FROM conflict")
            )
            assert {tuple(row) for row in kept} == self.apart
            for position, digest in self.marks:  # what was so then can be said again now
                parts = [no_facts(), *log.read(connection, up_to=position)]
                assert digest_of(project(pd.concat(parts), NOTHING)) == digest


def _numbered(number, other):
    """The fact of this number, or (`other`) another one that came under the same id."""
    dice = random.Random(f"{number}/{other}")
    kind, key = dice.choice(SPOKEN), dice.choice("abc")
    return a_fact(number, kind=kind, key=key, minute=dice.randrange(4), says=dice.randrange(3))


def test_a_log_told_in_any_order_and_read_by_readers_that_stop_and_start_gives_one_state(
    fresh_database,
):
    Telling.fresh_database = staticmethod(fresh_database)
    run_state_machine_as_test(
        Telling,
        settings=settings(
            max_examples=count(ci=6, soak=500, of="P4 logboek met herstarts, 50 stappen"),
            stateful_step_count=50,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
