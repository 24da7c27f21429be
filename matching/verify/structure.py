"""Whether a plan is a plan: everybody once, chains that begin vacant and link up, true sums."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from matching.verify.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from matching.model import Chain, Move, Plan
    from matching.verify.world import Row, World

BINDING = {"accepted", "signed"}
"""States of a proposal in which household and home are spoken for."""
NO_NOTICE = {"AFG", "GEA"}
"""Refused or cancelled notices: the tenant stays. Source: VERA, HUUROPZEGGINGSTATUS."""
NOT_LET = {"UIT", "ADM"}
"""Out of letting, or let by somebody else. Source: VERA, EENHEIDSTATUS."""


def everybody_once(moves: Sequence[Move]) -> Iterator[Finding]:
    """A household moves at most once, a home receives at most one."""
    for household, times in sorted(Counter(m.household for m in moves).items()):
        if times > 1:
            yield Finding("huishouden_eenmaal", "Een huishouden verhuist tweemaal.", household)
    for home, times in sorted(Counter(m.to for m in moves).items()):
        if times > 1:
            yield Finding("woning_eenmaal", "Twee huishoudens krijgen dezelfde woning.", None, home)


def linked(chain: Chain) -> Iterator[Finding]:
    """Each move enters what the one before leaves; a ring closes on what it opens."""
    if not chain.moves:
        yield Finding("keten_sluit_aan", "Een keten is leeg.")
    for before, after in pairwise(chain.moves):
        if before.leaves is None or before.leaves != after.to:
            sentence = "Een huishouden betrekt een woning die zijn voorganger niet vrijmaakt."
            yield Finding("keten_sluit_aan", sentence, after.household, after.to)
    if chain.ring and chain.moves and chain.moves[-1].leaves != chain.moves[0].to:
        yield Finding("keten_sluit_aan", "Een ruil komt niet rond.", None, chain.moves[0].to)


def short_enough(chain: Chain, *, longest_chain: int, longest_ring: int) -> Iterator[Finding]:
    """No chain or ring is longer than the policy allows."""
    longest = longest_ring if chain.ring else longest_chain
    if len(chain.moves) > longest:
        rule, noun = ("ruillengte", "ruil") if chain.ring else ("ketenlengte", "keten")
        sentence = f"Een {noun} telt {len(chain.moves)} verhuizingen; hoogstens {longest} mag."
        yield Finding(rule, sentence, None, chain.moves[0].to)


def begins_vacant(chain: Chain, world: World) -> Iterator[Finding]:
    """An open chain begins with a home that truly comes free."""
    if chain.moves and not chain.ring and not is_opening(chain.moves[0].to, world):
        sentence = "Een keten begint met een woning die niet vrijkomt."
        yield Finding("begint_met_leegstand", sentence, chain.moves[0].household, chain.moves[0].to)


def is_opening(dwelling: str, world: World) -> bool:
    """Whether a home stands empty, comes free within the horizon or is finished within it.

    Never one that is spoken for, or that nobody will let again.
    """
    if _promised(dwelling, world) or _gone(dwelling, world):
        return False
    ways = (_stands_empty, _notice_given, _is_finished, _left_behind)
    return any(way(dwelling, world) for way in ways)


def _gone(dwelling: str, world: World) -> bool:
    """Nobody lets it again: it will be demolished, is out of letting, or not ours to let."""
    home, row = world.home(dwelling), world.dwellings.get(dwelling)
    if home is None or (row is not None and row["status"] in NOT_LET):
        return True
    return any(works["kind"] == "SLOOP" for works in world.works_at(home))


def _stands_empty(dwelling: str, world: World) -> bool:
    row = world.dwellings.get(dwelling)
    if row is None or row["status"] != "LEE" or world.tenancies(dwelling):
        return False
    return row["available"] is None or row["available"] <= world.until


def _notice_given(dwelling: str, world: World) -> bool:
    return dwelling in world.dwellings and any(
        notice["status"] not in NO_NOTICE
        and notice["ends"] <= world.until
        and not _let_again(dwelling, notice, world)
        for notice in world.notices.get(dwelling, [])
    )


def _let_again(dwelling: str, notice: Row, world: World) -> bool:
    """A tenancy that began after the notice: that notice has been acted upon."""
    return any(t["start"] > notice["given"] for t in world.tenancies(dwelling))


def _is_finished(dwelling: str, world: World) -> bool:
    row = world.newbuild.get(dwelling)
    return row is not None and row["completed"] <= world.until and not world.tenancies(dwelling)


def _left_behind(dwelling: str, world: World) -> bool:
    """Who lives there, and nobody else, accepted, signed for or moved to another home."""
    tenants = {t["household"] for t in world.tenancies(dwelling)}
    if len(tenants) != 1 or dwelling not in world.dwellings:
        return False
    (tenant,) = tenants
    goes = {o["dwelling"] for o in world.offers_to(tenant) if o["state"] in {*BINDING, "moved"}}
    return bool(goes) and dwelling not in goes and world.lived_in(tenant) == dwelling


def _promised(dwelling: str, world: World) -> bool:
    """Somebody accepted it or signed for it, or moved there and has no tenancy yet."""
    lived = {t["household"] for t in world.lets.get(dwelling, [])}
    return any(
        offer["state"] in BINDING or (offer["state"] == "moved" and offer["household"] not in lived)
        for offer in world.offers_of(dwelling)
    )


def leaves_its_home(move: Move, world: World) -> Iterator[Finding]:
    """A household leaves the home it lives in; where another stays, as for a starter, none."""
    lived_in = world.lived_in(move.household)
    if lived_in is not None and _others_stay(move.household, lived_in, world):
        lived_in = None
    if move.leaves is None and lived_in is not None:
        sentence = "Een huishouden met een woning telt hier als starter."
        yield Finding("verlaat_eigen_woning", sentence, move.household, move.to)
    elif move.leaves is not None and lived_in is None:
        sentence = "Een huishouden laat een woning achter die niet vrijkomt."
        yield Finding("verlaat_eigen_woning", sentence, move.household, move.leaves)
    elif move.leaves != lived_in:
        sentence = "Een huishouden laat een woning achter waarin het niet woont."
        yield Finding("verlaat_eigen_woning", sentence, move.household, move.leaves)


def _others_stay(household: str, dwelling: str, world: World) -> bool:
    """Another household lives there too, or will: then nothing comes free."""
    return any(t["household"] != household for t in world.tenancies(dwelling))


def still_seeks(move: Move, world: World) -> Iterator[Finding]:
    """A household that accepted a home, signed or moved is not proposed another.

    Unless it stated a wish after it moved.
    """
    wish = world.wishes.get(move.household)
    mine = world.offers_to(move.household)
    settled = {o["on"] for o in mine if o["state"] == "moved"}
    still = any(wish is None or wish["stated"] <= day for day in settled)
    if still or any(offer["state"] in BINDING for offer in mine):
        sentence = "Dit huishouden heeft al een ander voorstel aangenomen."
        yield Finding("lopend_voorstel", sentence, move.household, move.to)


def leavers(moves: Sequence[Move]) -> dict[str, set[str]]:
    """Who leaves each home in this plan."""
    found: dict[str, set[str]] = {}
    for move in moves:
        if move.leaves is not None:
            found.setdefault(move.leaves, set()).add(move.household)
    return found


def comes_free(move: Move, world: World, left: Mapping[str, set[str]]) -> Iterator[Finding]:
    """A home that is entered is empty by then: it is vacant, or all who live there move out.

    `left` says who leaves each home (`leavers`).
    """
    if is_opening(move.to, world):
        return
    leaving = left.get(move.to, set())
    stay = [t for t in world.tenancies(move.to) if t["household"] not in leaving]
    if stay or not leaving or _promised(move.to, world) or _gone(move.to, world):
        sentence = "Deze woning komt niet vrij, of is al aan een ander huishouden gegeven."
        yield Finding("woning_komt_vrij", sentence, move.household, move.to)


def value_of(chains: Sequence[Chain], *, acceptance_percent: int, cost: int = 0) -> int:
    """What the plan is worth in whole points: the k-th move of a chain counts p^k of its gain.

    `cost` points are lost on proposals that people have seen and that the plan does not keep.
    """
    p = Fraction(acceptance_percent, 100)
    return round(sum((worth for chain in chains for worth in worths(chain, p)), Fraction(-cost)))


def worths(chain: Chain, p: Fraction) -> list[Fraction]:
    """What each move of a chain counts with chance `p`; a ring of n goes through whole, so p^n."""
    length = len(chain.moves)
    places = [length] * length if chain.ring else range(1, length + 1)
    return [p**place * move.gain for place, move in zip(places, chain.moves, strict=True)]


def true_totals(plan: Plan) -> Iterator[Finding]:
    """What the plan says of its own size is so."""
    moves = [move for chain in plan.chains for move in chain.moves]
    rings = sum(chain.ring for chain in plan.chains)
    lengths = Counter(len(chain.moves) for chain in plan.chains)
    counted = {
        "moves": len(moves),
        "chains": len(plan.chains) - rings,
        "rings": rings,
        "starters": sum(move.leaves is None for move in moves),
        "by_length": tuple(sorted(lengths.items())),
    }
    for name, count in counted.items():
        if getattr(plan.totals, name) != count:
            yield Finding("totalen", f"Het totaal '{name}' klopt niet met de verhuizingen.")
