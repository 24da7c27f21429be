"""The chain at a glance: from the first vacancy to the last freed home, and who signs when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data_contracts.phrases import home_in_words
from data_contracts.words import ProposalState
from desk.reading.homes import plain, plain_row
from desk.reading.words import STATES
from matching.candidates import every_home
from matching.model import Chain, Move
from store.whole_chains import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desk.thinking import Stand
    from desk.viewer import Viewer
    from store.whole_chains import Touching

_P = ProposalState
SAID_YES = (_P.ACCEPTED, _P.SIGNED, _P.MOVED)
"""In these states a household has said yes."""


@dataclass(frozen=True, slots=True)
class StripLink:
    """One household that goes one place on. Of another corporation's: no ids, only that it is so.

    `proposal` is None too where nothing was offered yet. `signs` is its place in the order of
    signatures, None when it signed or cannot; `waits` says why its next step must wait, or nothing.
    `chance` is how sure it is that the chain comes this far, in percent, as the policy estimates.
    """

    step: int
    proposal: str | None
    household: str | None
    dwelling: str | None
    leaves: str | None
    home_words: str
    state: ProposalState | None
    foreign: bool
    own: bool
    this: bool
    signs: int | None
    waits: str
    chance: int

    @property
    def who(self) -> str:
        """Say whose link it is, without a name."""
        if self.foreign:
            return "een huishouden van een andere corporatie"
        return f"huishouden {self.household}"

    @property
    def state_words(self) -> str:
        """Say how far it is."""
        return "nog niet aangeboden" if self.state is None else STATES[self.state]


@dataclass(frozen=True, slots=True)
class Strip:
    """A chain as links in order; what it `opens` and `closes` with as sentences.

    `vacancy` and `freed` say the same in a word: which home comes free first, which last.

    `order` groups the steps that sign at once (a ring); who signed already is left out. `whole`
    says that it is a chain of the plan in force; else the plan has changed since. `falling`: facts
    broke it and the plan is about to change here.
    """

    chain: str
    ring: bool
    links: tuple[StripLink, ...]
    opens: str
    closes: str
    vacancy: str
    freed: str
    order: tuple[tuple[int, ...], ...]
    whole: bool
    falling: bool = False

    @property
    def this(self) -> StripLink | None:
        """The link the page is about."""
        return next((link for link in self.links if link.this), None)

    @property
    def after(self) -> StripLink | None:
        """The link that goes next: who enters the home that comes free here."""
        this = self.this
        return (
            None if this is None else next((k for k in self.links if k.step == this.step + 1), None)
        )

    @property
    def certainty(self) -> str:
        """Say how many links say yes."""
        yes, many = sum(link.state in SAID_YES for link in self.links), len(self.links)
        if many == 1:
            return "Deze keten heeft één schakel."
        if yes == many:
            return "Alle schakels van deze keten zeggen ja."
        return f"{yes or 'Nog geen'} van de {many} schakels {'zegt' if yes < 2 else 'zeggen'} ja."  # noqa: PLR2004 - one


def strip(stand: Stand, viewer: Viewer, row: Mapping[str, Any], touching: Touching) -> Strip:
    """Lay out the chain of a proposal (its row) with what hangs together with it."""
    chain, whole = chain_of(stand, row, touching)
    names = [touching.homes.get((move.household, move.to)) for move in chain.moves]
    states = [_state(touching, name) for name in names]
    chances = _chances(states, stand.ways.policy.acceptance_percent, ring=chain.ring)
    links = tuple(
        _link(stand, viewer, touching, move, name, step=step, chance=chance, this=name == row["id"])
        for step, (move, name, chance) in enumerate(
            zip(chain.moves, names, chances, strict=True), start=1
        )
    )
    step_of = {name: step for step, name in enumerate(names, start=1) if name is not None}
    groups = [tuple(sorted(step_of[n] for n in group if n in step_of)) for group in touching.order]
    return Strip(
        chain=chain.key,
        ring=chain.ring,
        links=links,
        opens=_opens(stand, chain),
        closes=_closes(stand, chain),
        vacancy="een woningruil" if chain.ring else _named(stand, viewer, chain.opens),
        freed=_freed(stand, viewer, chain),
        order=tuple(group for group in groups if group),
        whole=whole,
        falling=chain in stand.fallen,
    )


def chain_of(stand: Stand, row: Mapping[str, Any], touching: Touching) -> tuple[Chain, bool]:
    """Give the chain a proposal is a link of, and whether the plan in force has it whole.

    Else it is put together from what was offered: the links that still follow one another.
    """
    chain = chain_in_plan(stand, row)
    if chain is not None:
        return chain, True
    offered = [one for one in touching.rows.values() if "household" in one]
    ahead = {one["dwelling"]: one for one in offered}
    behind = {one["leaves"]: one for one in offered if one["leaves"] is not None}
    line = [row]
    while (one := behind.get(line[0]["dwelling"])) is not None and one not in line:
        line.insert(0, one)
    while (one := ahead.get(line[-1]["leaves"])) is not None and one not in line:
        line.append(one)
    return Chain(tuple(Move(o["household"], o["dwelling"], o["leaves"], 0) for o in line)), False


def chain_in_plan(stand: Stand, row: Mapping[str, Any]) -> Chain | None:
    """Give the chain of the plan in force that makes this move; None when none does."""
    return stand.chains.get((row["household"], row["dwelling"]))


def _state(touching: Touching, name: str | None) -> ProposalState | None:
    return None if name is None else ProposalState(touching.rows[name]["state"])


def _chances(states: Sequence[ProposalState | None], percent: int, *, ring: bool) -> list[int]:
    """How sure it is that each link and all before it go through; who said yes counts as sure."""
    sure, found = 100, []
    for state in states:
        sure = sure if state in SAID_YES else sure * percent // 100
        found.append(sure)
    return [sure] * len(found) if ring else found


def _link(  # noqa: PLR0913 - one link, and all it is told from
    stand: Stand,
    viewer: Viewer,
    touching: Touching,
    move: Move,
    name: str | None,
    *,
    step: int,
    chance: int,
    this: bool,
) -> StripLink:
    foreign = _corporation(stand, move, touching, name) != viewer.corporation
    waits = {one.proposal: one.sentence for one in touching.steps if not one.open}
    signs = {one: place for place, group in enumerate(touching.order, start=1) for one in group}
    hidden = foreign or name is None or name.startswith(HIDDEN)
    return StripLink(
        step=step,
        proposal=None if hidden else name,
        household=None if foreign else move.household,
        dwelling=_ours(stand, viewer, move.to) if foreign else move.to,
        leaves=_ours(stand, viewer, move.leaves),
        home_words=_home_words(stand, move.to),
        state=_state(touching, name),
        foreign=foreign,
        own=not foreign and _coach(stand, move.household) == viewer.coach is not None,
        this=this,
        signs=None if name is None else signs.get(name),
        waits="" if name is None else waits.get(name, ""),
        chance=chance,
    )


def _corporation(stand: Stand, move: Move, touching: Touching, name: str | None) -> str | None:
    if name is not None:
        told: str | None = touching.rows[name].get("corporation")
        return told
    households = stand.state.households
    if move.household not in households.index:
        return None
    return str(households.at[move.household, "corporation"])


def _coach(stand: Stand, household: str) -> str | None:
    households = stand.state.households
    if household not in households.index:
        return None
    coach: str | None = plain(households.at[household, "coach"])
    return coach


def _ours(stand: Stand, viewer: Viewer, dwelling: str | None) -> str | None:
    """The id of a home, of the viewer's own corporation only."""
    homes = every_home(stand.state)
    if dwelling is None or dwelling not in homes.index:
        return None
    return dwelling if homes.at[dwelling, "corporation"] == viewer.corporation else None


def _home_words(stand: Stand, dwelling: str) -> str:
    return stand.told.once(("home in words", dwelling), lambda: _worded(stand, dwelling))


def _worded(stand: Stand, dwelling: str) -> str:
    homes = every_home(stand.state)
    if dwelling not in homes.index:
        return "een woning die niet meer bekend is"
    return home_in_words(plain_row(homes.loc[dwelling].to_dict()))


def _freed(stand: Stand, viewer: Viewer, chain: Chain) -> str:
    if chain.ring or chain.closes is None:
        return "geen woning"
    return _named(stand, viewer, chain.closes)


def _named(stand: Stand, viewer: Viewer, dwelling: str | None) -> str:
    return _ours(stand, viewer, dwelling) or "een woning van een andere corporatie"


def _opens(stand: Stand, chain: Chain) -> str:
    if chain.ring:
        return "Een woningruil: iedereen krijgt de woning van een ander."
    homes = stand.state.newbuild.index
    if chain.opens in homes:
        return "De keten begint met een nieuwe woning."
    return "De keten begint met een woning die vrij is of vrijkomt."


def _closes(stand: Stand, chain: Chain) -> str:
    if chain.ring:
        return "Er blijft geen woning leeg: de ruil sluit."
    if chain.closes is None:
        return "De keten eindigt bij een huishouden dat geen huurwoning achterlaat."
    return f"Aan het eind komt vrij: {_home_words(stand, chain.closes)}."
