"""The months, one after another: what happens, what is matched, what is answered, what follows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data_contracts.scenario import Allocation, Letting
from data_contracts.words import WorksKind
from matching.candidates import candidates, every_home, lived_in, openings
from matching.candidates.supply import demolished, worked_on
from matching.lookup import among
from matching.simulate.answers import Answers
from matching.simulate.arriving import (
    Templates,
    oldest_newcomer,
    seeking,
    starters_come,
    templates_of,
    tenants_begin,
    who_begin,
)
from matching.simulate.classes import home_class
from matching.simulate.draws import Draws, keys
from matching.simulate.ledger import BEFORE, Cause, End, Ledger
from matching.simulate.letting import Let, Way, let
from matching.simulate.living import (
    Moment,
    ages,
    depart,
    empty_homes,
    leavers_of_list,
    leaving,
    limit,
    limited,
    stop_seeking,
    unsuitable,
)
from matching.simulate.model import Happened
from matching.simulate.moving import booked, by_match, by_portal, joined, settled
from matching.simulate.news import News
from matching.simulate.portal import entered
from matching.simulate.supposed import (
    allocation_in,
    for_sale,
    lets_to,
    policy_in,
    proposals_in,
    supposed,
)
from matching.state import State, project, typed
from matching.terms import terms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data_contracts.policy import Policy
    from data_contracts.scenario import Scenario
    from matching.simulate.model import Asked, World
    from matching.terms import Terms

LONG = 40_000
"""Days a wish stays fresh here: who stays on the list still wants to move."""
OLDER = 55
BY_LIST = (Allocation.REGISTRATION, Allocation.LOTTERY)
NEARLY_ALL = 100
"""Options per household where no plan is made: with the best few alone, who can enter few homes
would stand out in a list by registration or by lot."""


@dataclass(slots=True)
class Rolling:
    """One run on its way: the State of now, and what must be remembered from month to month."""

    world: World
    scenario: Scenario
    state: State
    policy: Policy
    templates: Templates
    sought: tuple[int, int]
    answers: Answers
    ledger: Ledger
    draws: Draws
    nothing: pd.DataFrame

    @classmethod
    def start(cls, world: World, scenario: Scenario, asked: Asked) -> Rolling:
        """Begin with the facts of today. Proposals under way are let go: nobody has signed.

        The norms of the year are counted here, not held: a planner asks whether they would be met.
        """
        on = pd.Timestamp(world.on)
        state = _today(world)
        draws = Draws(scenario.seed, asked.replication)
        policy = world.policy.model_copy(
            update={
                "horizon_days": 0,
                "longest_ring": 0,
                "wish_fresh_days": LONG,
                "consent_fresh_days": LONG,
                "acceptance_percent": asked.acceptance,
                "year_norms": False,
                "options_per_household": scenario.options_per_household,
            }
        )
        rolling = cls(
            world,
            scenario,
            state,
            policy,
            templates_of(state, on),
            seeking(state, on, but=pd.Index([], dtype="str")),
            Answers(draws, asked.acceptance),
            Ledger(),
            draws,
            candidates(State(), world.rules, policy, world.on).options,
        )
        rolling.ledger.begin(_empty(state), Cause.EMPTY, BEFORE, rolling.described(_empty(state)))
        return rolling

    def described(self, homes: pd.Index) -> pd.DataFrame:
        """Give what the book of chains says of homes: their class and neighbourhood."""
        rows = every_home(self.state).loc[homes]
        return pd.DataFrame(
            {"home": home_class(rows), "neighbourhood": rows["neighbourhood"].fillna("")}
        )

    def months(self) -> Iterator[tuple[Happened, Let]]:
        """Live through all months."""
        first = pd.Timestamp(self.world.on)
        step = self.scenario.step_months
        for number in range(0, self.scenario.months, step):
            on = first if not number else first.replace(day=1) + pd.DateOffset(months=number)
            yield self.month(Moment(number, on, step, self.draws))

    def month(self, moment: Moment) -> tuple[Happened, Let]:
        """Live through one month."""
        before = self.state = self.state.on_another_day()
        policy = policy_in(self.policy, self.scenario, moment.on.date())
        freed = self._lives(moment, policy)
        told = self._let(moment, policy)
        self.answers.declined.update(told.refused)
        moves, by_moving = self._moves(told, moment, policy)
        happened = Happened(
            number=moment.number,
            on=moment.on.date(),
            before=before,
            after=self.state,
            moves=moves,
            freed=pd.concat([freed, by_moving], ignore_index=True),
            open=pd.Index(sorted(self.ledger.vacant), dtype="str"),
            proposals=told.proposals,
            declined=len(told.refused),
        )
        return happened, told

    def _lives(self, moment: Moment, policy: Policy) -> pd.DataFrame:
        """What happens by itself and by the scenario before anything is let; the homes freed."""
        news, state, life = News(), self.state, self.scenario.demography
        why = leaving(state, life, moment)
        left = depart(state, why.index, news)
        cause = pd.Series(why.reindex(left).to_numpy(), index=left.index, dtype="str")
        left_list = leavers_of_list(state, life.arrivals.leave_list_a_year, moment)
        stop_seeking(state, left_list, news)
        homeless = left_list[~among(left_list, lived_in(state, moment.on.date()).index)]
        news.drop("households", homeless)
        news.drop("newbuild", state.newbuild.index[state.newbuild["completed"] <= moment.on])
        weaker = limited(state, life, moment).difference(why.index)
        limit(state, weaker, news)
        self._seek(moment, policy, weaker, why.index.union(left_list), news)
        news.say("dwellings", self._completed(moment))
        out = self._vacated(left.index, moment, news)
        what = self.described(left.index)
        self.state = news.onto(state)
        facts = supposed(self.state, self.scenario, moment.number, moment.on.date(), policy)
        self.state = project(facts, onto=self.state)
        for home, one in cause.items():
            self.ledger.begin([home], Cause(one), moment.number, what)
        self._withdrawn(out, moment)
        fresh = self._booked(moment)
        told = pd.concat([cause[~among(cause.index, out)], fresh[fresh != Cause.RETURNED]])
        return pd.DataFrame({"dwelling": told.index, "cause": told.to_numpy()}).astype("str")

    def _seek(
        self, moment: Moment, policy: Policy, weaker: pd.Index, gone: pd.Index, news: News
    ) -> None:
        """Who begins to seek: newcomers, tenants, and who can no longer live where they do."""
        comes = self.scenario.demography.arrivals
        now = seeking(self.state, moment.on, but=gone.union(self._must_move(moment)))
        starters = self._newcomers(
            "starters", comes.starters_a_year, self.sought[0], now[0], moment
        )
        starters_come(self.templates, starters, moment, news)
        stuck = unsuitable(self.state, weaker, policy, moment)
        stuck = stuck[~among(stuck, self.state.wishes.index.union(gone))]
        chance = self.draws.chances("zoekt", keys(stuck), month=moment.number)
        seek = stuck[chance < self.scenario.demography.limited_seeks]
        tenants = self._newcomers("huurders", comes.tenants_a_year, self.sought[1], now[1], moment)
        begin = who_begin(self.state, tenants - len(seek), moment, leave_out=gone.union(seek))
        tenants_begin(self.state, self.templates, begin.union(seek), moment, news)

    def _must_move(self, moment: Moment) -> pd.Index:
        """Name who lives in a home that will go: they seek besides those who want to."""
        lives = lived_in(self.state, moment.on.date())
        return lives.index[among(lives["dwelling"], demolished(self.state))]

    def _newcomers(
        self, what: str, a_year: int | None, sought: int, now: int, moment: Moment
    ) -> int:
        """How many begin to seek: as the scenario says, else so many that the list stays as long.

        So long lists stay long and short ones short: what a change does to the number that waits
        cannot be said without knowing who would come, and nobody knows.
        """
        if a_year is None:
            return max(0, sought - now)
        return self.draws.how_many(what, a_year * moment.months / 12, month=moment.number)

    def _completed(self, moment: Moment) -> pd.DataFrame:
        """Give the homes that are finished by now, as homes that can be let."""
        built = self.state.newbuild[self.state.newbuild["completed"] <= moment.on]
        fresh = built.assign(status="LEE", available=moment.on)[self.state.dwellings.columns]
        return typed(fresh, self.state.dwellings).rename_axis("dwelling")

    def _vacated(self, homes: pd.Index, moment: Moment, news: News) -> dict[str, End]:
        """Tell what becomes of homes that were left: let again, or taken out of the stock."""
        works = self.state.works[self.state.works["kind"] == WorksKind.SLOOP]
        complexes = every_home(self.state)["complex"].reindex(homes)
        doomed = among(homes, works["dwelling"]) | among(complexes, works["complex"])
        day = moment.on.date()
        sold = among(homes, for_sale(self.state, self.scenario, day, homes, self.draws))
        out = dict.fromkeys(homes[sold], End.SALE) | dict.fromkeys(homes[doomed], End.DEMOLITION)
        news.drop("dwellings", out)
        stays = homes[~among(homes, out)]
        empty_homes(self.state, stays, moment, self.scenario.demography.vacancy_months, news)
        return out

    def _withdrawn(self, out: dict[str, End], moment: Moment) -> None:
        for home, end in out.items():
            self.ledger.withdrawn(home, end, moment.number)

    def _booked(self, moment: Moment) -> pd.Series:
        """Book what stands empty by the scenario or by what was built, or does no more."""
        known, empty = self.ledger.vacant, _empty(self.state)
        for home in sorted(set(known) - set(empty)):
            there = home in self.state.dwellings.index
            self.ledger.withdrawn(home, End.WITHDRAWN if there else End.DEMOLITION, moment.number)
        fresh = empty[~among(empty, set(known))]
        built = ~among(fresh, self.world.state.dwellings.index)
        told = pd.Series(np.where(built, Cause.BUILT, Cause.RETURNED), index=fresh, dtype="str")
        what = self.described(fresh)
        for home, one in told.items():
            self.ledger.begin([home], Cause(one), moment.number, what)
        return told

    def _let(self, moment: Moment, policy: Policy) -> Let:
        """Match who seeks to what came free, and hear what they answer."""
        free = self._openings(policy, moment)
        if not free or self.state.wishes.empty:
            return Let(self.nothing)
        how = allocation_in(self.scenario, moment.on.date())
        if how in BY_LIST:
            policy = policy.model_copy(update={"options_per_household": NEARLY_ALL})
        asked = self._options(moment, policy, free)
        way = Way(
            how,
            self.scenario.acceptance.offers_a_month,
            self.state.households["registered"],
            proposals_in(policy),
        )
        return let(asked, free, policy, way, moment)

    def _options(self, moment: Moment, policy: Policy, free: tuple[str, ...]) -> Terms:
        """Who could move where on the terms of the policy, but who said no before."""
        found = candidates(
            self.state, self.world.rules, policy, moment.on.date(), network=self.world.network
        )
        found = replace(found, openings=free)
        asked = terms(
            self.state,
            found,
            self.world.rules,
            policy,
            moment.on.date(),
            network=self.world.network,
        )
        options = self._reserved(self.answers.marked(asked.options), moment)
        return replace(asked, options=self._let_again(options, free, moment))

    def _let_again(
        self, options: pd.DataFrame, free: tuple[str, ...], moment: Moment
    ) -> pd.DataFrame:
        """Leave out homes that would be sold once they are left: no chain goes through them."""
        left = pd.Index(options["dwelling"].unique())
        left = left[~among(left, free)]
        sold = for_sale(self.state, self.scenario, moment.on.date(), left, self.draws)
        return options[~among(options["dwelling"], sold)].reset_index(drop=True)

    def _first_for(self, moment: Moment) -> pd.Series:
        """Give the homes that are kept for others this month, with for whom (a Letting).

        As long as the portal would wait, from when the home can be entered.
        """
        first = lets_to(self.state, self.scenario, moment.on.date())
        if first.empty:
            return first
        first = first[among(first.index, set(self.ledger.vacant))]
        since = self.state.dwellings["available"].reindex(first.index).fillna(moment.on)
        waited = (moment.on.year - since.dt.year) * 12 + moment.on.month - since.dt.month
        return first[(waited < self.scenario.demography.portal.after_months).to_numpy()]

    def _reserved(self, options: pd.DataFrame, moment: Moment) -> pd.DataFrame:
        """Leave out who may not enter a home that is let to others first, while that lasts."""
        first = self._first_for(moment)
        if first.empty:
            return options
        to = first.reindex(options["dwelling"]).to_numpy(dtype=object)
        age = pd.Series(ages(self.state, moment.on), index=self.state.households.index)
        young = (age.reindex(options["household"]) < OLDER).to_numpy(dtype=bool)
        large = (options["family_home_freed"] > 0).to_numpy(dtype=bool)
        barred = ((to == Letting.OLDER) & young) | ((to == Letting.DOWNSIZERS) & ~large)
        return options[~barred].reset_index(drop=True)

    def _moves(
        self, told: Let, moment: Moment, policy: Policy
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Carry out what was agreed, and let by the portal what stands empty too long.

        Gives the moves and the homes freed (see `Happened`).
        """
        news = News()
        late = self._late(told, moment, policy)
        others = entered(
            self.state,
            late,
            self.scenario.demography.portal,
            moment,
            busy=told.moves["household"],
            oldest=oldest_newcomer(self.templates),
        )
        moves = pd.concat(
            [
                by_match(self.state, told.moves, policy, moment),
                by_portal(self.state, others, self.templates, moment, news),
            ],
            ignore_index=True,
        )
        also = joined(self.state, others, news)
        left = settled(self.state, moves, moment, news).append(pd.Index(also))
        out = self._vacated(left, moment, news)
        self.state = news.onto(self.state)
        booked(self.ledger, moves, also, moment)
        self._withdrawn(out, moment)
        homes = pd.concat([moves["leaves"].dropna(), also], ignore_index=True)
        homes = homes[~among(homes, out)]
        freed = pd.DataFrame({"dwelling": homes, "cause": Cause.MOVE.value})
        return moves, freed.astype("str")

    def _late(self, told: Let, moment: Moment, policy: Policy) -> list[str]:
        """Name the homes that stand empty too long for the list of wishes."""
        patience = self.scenario.demography.portal.after_months
        not_yet = {*told.moves["dwelling"], *self._first_for(moment).index}
        return [
            home
            for home in self._openings(policy, moment)
            if home not in not_yet and moment.number - self.ledger.since(home) >= patience
        ]

    def _openings(self, policy: Policy, moment: Moment) -> tuple[str, ...]:
        day = moment.on.date()
        free, busy = openings(self.state, policy, day).index, worked_on(self.state, policy, day)
        return tuple(home for home in free if home in self.ledger.vacant and home not in busy)


def _empty(state: State) -> pd.Index:
    """Name the homes in letting that nobody lives in."""
    homes = state.dwellings
    empty = homes.index[(homes["status"] == "LEE").to_numpy()]
    return empty[~among(empty, state.tenancies["dwelling"])]


def _today(world: World) -> State:
    """Give the State of today without what was said, open proposals, and wishes gone stale."""
    tables = {name: rows.sort_index() for name, rows in world.state.tables.items()}
    for name in ("offers", "visits", "instructions"):
        tables[name] = tables[name].iloc[:0]
    wishes = tables["wishes"]
    oldest = pd.Timestamp(world.on) - pd.Timedelta(days=world.policy.wish_fresh_days)
    fresh = (wishes["stated"] >= oldest) & ~(wishes["valid_until"] < pd.Timestamp(world.on))
    tables["wishes"] = typed(wishes[fresh].assign(valid_until=pd.NaT), wishes)
    people = tables["households"]
    housed = among(people.index, tables["tenancies"]["household"])
    seeks = among(people.index, tables["wishes"].index)
    tables["households"] = people[housed | seeks]
    return State(tables=tables)
