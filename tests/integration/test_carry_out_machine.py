"""Nobody is ever without a home (P11), on the real database: any steps, in any order, with mishaps.

The truth of who lives where is kept apart, from the moves that people made; after every step the
promises are asked of it, and the log must fold to the very proposals.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count as numbers

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from data_contracts.words import DeclineReason, ProposalState
from matching.model import Chain, Move
from store import life, log
from store import state as state_store
from store.undo import undo
from tests.builders import a_tenancy
from tests.chains_in_store import (
    a_ring,
    doubles,
    folded,
    house,
    publish,
    rows_of,
    tell,
    told,
)
from tests.counts import count
from tests.plans_for_store import ON, a_chain

P = ProposalState
RUNS = numbers()
ONWARD = {P.OFFERED: P.TAKEN_UP, P.TAKEN_UP: P.ACCEPTED, P.ACCEPTED: P.SIGNED, P.SIGNED: P.MOVED}
STEPS = [None, None, None, P.SIGNED, P.MOVED, P.DECLINED]
"""None: the step that follows."""
FEW = st.integers(0, 7)


@dataclass
class Truth:
    """Who really lives where, who died, which homes were withdrawn, who was let down."""

    lives: dict[str, str | None]
    dead: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    let_down: set[str] = field(default_factory=set)


class Carrying(RuleBasedStateMachine):
    """One region with a few chains; `database` is set by the test."""

    database = None

    @initialize(
        lengths=st.lists(st.integers(1, 4), min_size=1, max_size=2), ring=st.sampled_from([0, 2, 3])
    )
    def some_chains_are_on_offer(self, lengths, ring):
        self.run = next(RUNS)
        self.nights = numbers()
        self.failures = 0
        with self.database.connect() as connection:
            self.began = log.head(connection)
        names = [f"M{self.run}-{n}" for n in range(sum(lengths) + ring)]
        chains = []
        for number, length in enumerate(lengths):
            chains.append(a_chain(*names[:length], opens=f"leeg-{self.run}-{number}"))
            names = names[length:]
        if ring:
            chains.append(a_ring(*names))
        self.vacant = [f"leeg-{self.run}-{number}" for number in range(len(lengths))]
        self.spare = f"reserve-{self.run}"
        house(self.database, *chains, empty=[self.spare])
        self.truth = Truth({m.household: m.leaves for chain in chains for m in chain.moves})
        self.first = dict(self.truth.lives)
        self.people = sorted(self.truth.lives)
        self.before = {}
        self.publish(*chains)

    def publish(self, *chains):
        night = f"M{self.run}-{next(self.nights)}"
        publish(self.database, night, *chains, region=f"M{self.run}")

    def who(self, number):
        return self.people[number % len(self.people)]

    def row(self, number):
        return rows_of(self.database, [self.who(number)])[self.who(number)]

    def may_fail(self):
        return self.failures < 2

    @rule(number=FEW, state=st.sampled_from(STEPS), crash=st.integers(0, 9))
    def somebody_answers(self, number, state, crash):
        row = self.row(number)
        state = state or ONWARD.get(row["state"], P.MOVED)
        if state is P.DECLINED and not self.may_fail():
            return
        with self.database.connect() as connection:
            try:
                life.answer(
                    connection,
                    row["id"],
                    state,
                    on=ON,
                    expected_position=row["position"],
                    reason=DeclineReason.HUU if state is P.DECLINED else None,
                )
            except life.NotAllowed:
                return
            if crash:  # else the process dies before the commit
                connection.commit()
                self.failures += state is P.DECLINED

    @rule(times=st.integers(1, 4))
    def everybody_who_can_goes_on(self, times):
        """Chains are long and steps many: without a hand nobody would ever move."""
        for _ in range(times):
            for number in range(len(self.people)):
                self.somebody_answers(number, None, crash=1)

    @rule(number=FEW)
    def a_step_is_taken_back(self, number):
        row = self.row(number)
        with self.database.begin() as connection, suppress(life.NotAllowed):
            undo(connection, row["id"], on=ON, expected_position=row["position"])

    @precondition(may_fail)
    @rule(number=FEW)
    def somebody_dies(self, number):
        self.failures += 1
        self.truth.dead.add(self.who(number))
        self.truth.lives.pop(self.who(number), None)
        tell(self.database, ("HouseholdRemoved", self.who(number)))

    @precondition(may_fail)
    @rule(number=FEW)
    def a_home_is_withdrawn(self, number):
        self.failures += 1
        home = self.row(number)["dwelling"]
        self.truth.withdrawn.add(home)
        tell(self.database, ("DwellingRemoved", home))

    @precondition(may_fail)
    @rule(number=FEW)
    def an_appointment_is_missed(self, number):
        row = self.row(number)
        if row["state"] not in ("offered", "taken_up"):
            return
        self.failures += 1
        with self.database.begin() as connection:
            late = text("UPDATE proposal SET until = '2026-06-14' WHERE id = :id")
            connection.execute(late, {"id": row["id"]})
            life.expire(connection, ON)

    @rule()
    def the_product_looks_round(self):
        with self.database.begin() as connection:
            life.fall_back(connection, on=ON, region=f"M{self.run}")

    @rule(number=FEW)
    def a_night_offers_the_spare_home(self, number):
        """Somebody is offered another home instead; what else is on offer stays on offer."""
        who = self.who(number)
        if who in self.truth.dead or self.spare in self.truth.lives.values():
            return
        again = [
            Move(row["household"], row["dwelling"], row["leaves"], 10)
            for row in self.proposals()
            if row["state"] == P.OFFERED and who != row["household"]
        ]
        moves = [Move(who, self.spare, self.truth.lives.get(who), 10), *again]
        self.publish(
            *(Chain((move,)) for move in moves if move.to != self.spare or move is moves[0])
        )

    @rule(number=FEW)
    def the_corporation_writes_where_somebody_lives(self, number):
        who = self.who(number)
        home = self.truth.lives.get(who)
        if home not in (None, self.first[who]):
            tell(
                self.database,
                ("TenancyEnded", f"{who}-{self.first[who]}"),
                ("TenancyStarted", a_tenancy(home, who, start="2026-06-10")),
            )

    @rule()
    def the_state_is_folded(self):
        with self.database.begin() as connection:
            state_store.catch_up(connection)

    @invariant()
    def nobody_is_without_a_home(self):
        rows = self.proposals()
        self.follow(rows)
        lives = self.truth.lives
        assert all(home is not None for home in lives.values())
        assert len(set(lives.values())) == len(lives), "two households in one home"
        signed = {row["household"]: row for row in rows if row["state"] == P.SIGNED}
        for row in signed.values():
            stay = [who for who, home in lives.items() if home == row["dwelling"]]
            assert set(stay) <= {row["household"], *signed, *self.truth.let_down}

    def proposals(self):
        mine = text("SELECT * FROM proposal WHERE region = :region ORDER BY position")
        with self.database.connect() as connection:
            return connection.execute(mine, {"region": f"M{self.run}"}).mappings().all()

    def follow(self, rows):
        """Let the truth follow the keys, and see who was let down."""
        for row in rows:
            was, who = self.before.get(row["id"]), row["household"]
            if row["state"] == P.MOVED != was:
                assert row["dwelling"] not in self.truth.withdrawn
                self.truth.lives[who] = row["dwelling"]
            if was == P.MOVED != row["state"]:
                self.truth.lives[who] = row["leaves"]
            if was == P.SIGNED and row["state"] == "superseded":
                self.truth.let_down.add(who)
        self.before = {row["id"]: row["state"] for row in rows}

    @invariant()
    def the_log_says_the_same(self):
        history = told(self.database, after=self.began)
        assert doubles(history) == ()
        assert folded(history) == {row["id"]: row["state"] for row in self.proposals()}


def test_whatever_happens_nobody_is_without_a_home(database):
    machine = type("CarryingHere", (Carrying,), {"database": database})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=count(ci=30, soak=2_000), stateful_step_count=15, deadline=None
        ),
    )
