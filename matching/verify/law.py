"""Every hard rule once more, written from the rules' text: one plain function, one verdict.

Nothing here is shared with the criteria that made the plan; only the names of the rules are.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from data_contracts.words import Verdict
from matching.verify.case import offers
from matching.verify.world import place

if TYPE_CHECKING:
    from collections.abc import Callable

    from matching.verify.case import Case
    from matching.verify.world import Row, World

NO, ASK, YES = Verdict.NO, Verdict.ASK, Verdict.YES
LOW_LIMIT_PERSONS = 2
"""Up to so many persons the low aftoppingsgrens holds. Source: Woningwet art. 46 lid 2."""


def _yes_if(*conditions: bool) -> Verdict:
    return YES if all(conditions) else NO


def toestemming(case: Case) -> Verdict:
    """Consent to be approached was given, and not too long ago."""
    given = case.household["consent_date"]
    if not case.household["consent"] or given is None:
        return NO
    oldest = case.world.on - timedelta(days=case.policy.consent_fresh_days)
    return _yes_if(given >= oldest)


def wens_geldig(case: Case) -> Verdict:
    """There is a wish, it still holds, it is fresh, and the household would move."""
    wish, on = case.wish, case.world.on
    if wish is None or case.household["willingness"] == "NEE":
        return NO
    fresh = wish["stated"] >= on - timedelta(days=case.policy.wish_fresh_days)
    return _yes_if(fresh, wish["valid_until"] is None or wish["valid_until"] >= on)


def kamers(case: Case) -> Verdict:
    """The rooms suit the number of persons, and what the household asks."""
    rows = [o for o in case.policy.occupancy if o.persons <= case.household["persons"]]
    suits = max(rows, key=lambda row: row.persons, default=None)
    rooms = int(case.home["rooms"])
    return _yes_if(
        suits is None or suits.min_rooms <= rooms <= suits.max_rooms,
        rooms >= _wished(case, "min_rooms", 0),
        rooms <= _wished(case, "max_rooms", rooms),
    )


def oppervlakte(case: Case) -> Verdict:
    """The home is as large as the household asks."""
    return _yes_if(int(case.home["area"]) >= _wished(case, "min_area", 0))


def toegankelijkheid(case: Case) -> Verdict:
    """The home offers the accessibility that is needed."""
    return _yes_if(offers(str(case.home["access"]), str(case.household["access_needed"])))


def kenmerken(case: Case) -> Verdict:
    """The home has every feature that is needed."""
    return _yes_if(_codes(case.household["features_needed"]) <= _codes(case.home["features"]))


def etage_zonder_lift(case: Case) -> Verdict:
    """Without a lift no higher than the mobility allows; never higher than the wish says."""
    climbs = case.policy.highest_floor_without_lift[case.household["mobility"]]
    floor = int(case.home["floor"])
    reachable = bool(case.home["lift"]) or floor <= climbs
    return _yes_if(reachable, floor <= _wished(case, "max_floor", floor))


def leeftijdslabel(case: Case) -> Verdict:
    """The oldest has the age the home or its complex asks, where that selects."""
    complex_row = case.world.complexes.get(case.home["complex"] or "")
    asked = [case.home["min_age"]] if case.home["age_use"] == "SEL" else []
    asked += [complex_row["min_age"]] if complex_row else []
    youngest = max((int(age) for age in asked if age is not None), default=0)
    if youngest == 0:
        return YES
    age = case.age_this_year
    if age is None or age == youngest:
        return ASK  # the birthday may still have to come
    return _yes_if(age > youngest)


def huishoudlabel(case: Case) -> Verdict:
    """The household is as large as the home asks, where that selects."""
    if case.home["persons_use"] != "SEL":
        return YES
    persons = int(case.household["persons"])
    least, most = case.home["min_persons"], case.home["max_persons"]
    return _yes_if(least is None or persons >= least, most is None or persons <= most)


def huur_binnen_wens(case: Case) -> Verdict:
    """The rent that would be paid is within the wish."""
    return _yes_if(case.rent_to_pay <= _wished(case, "max_rent", case.rent_to_pay))


def passend_toewijzen(case: Case) -> Verdict:
    """A low income gets a rent up to its aftoppingsgrens, in a DAEB home under the DAEB rent limit.

    Source: Woningwet art. 46 lid 2. A figure that is not confirmed never makes a no.
    """
    ceiling = case.rules.value("daeb", "huurgrens")
    beyond = ceiling is not None and int(case.home["target_rent"]) > ceiling
    if beyond or not case.home["daeb"]:
        return YES
    verdicts = {_passend(case, rent) for rent in _tested_rents(case)}
    return verdicts.pop() if len(verdicts) == 1 else ASK


def _tested_rents(case: Case) -> set[int]:
    target = int(case.home["target_rent"])
    tested = {"streefhuur": {target}, "werkelijke_huur": {case.rent_to_pay}}
    return tested.get(case.policy.toetshuur or "", {target, case.rent_to_pay})


def _passend(case: Case, rent: int) -> Verdict:
    limit = _rent_limit(case)
    if limit is not None and rent <= limit:
        return YES
    if not _tested_this_year(case):
        return ASK
    if case.household["income"] != "PASSEND":
        return YES
    asked_54a = case.household["aow"] and case.household["exception_54a"]
    return ASK if asked_54a or not _figures_confirmed(case) else NO


def _rent_limit(case: Case) -> int | None:
    few = int(case.household["persons"]) <= LOW_LIMIT_PERSONS
    return case.rules.value("passend_toewijzen", f"aftoppingsgrens_{'laag' if few else 'hoog'}")


def _figures_confirmed(case: Case) -> bool:
    size = "eenpersoons" if int(case.household["persons"]) == 1 else "meerpersoons"
    aow = "_aow" if case.household["aow"] else ""
    resting_on = (
        case.rules.value("daeb", "huurgrens"),
        _rent_limit(case),
        case.rules.value("passend_toewijzen", f"inkomensgrens_{size}{aow}"),
    )
    return None not in resting_on


def daeb_inkomen(case: Case) -> Verdict:
    """A DAEB home goes to an income under the DAEB limit. Source: Woningwet art. 48."""
    if not case.home["daeb"]:
        return YES
    if not _tested_this_year(case):
        return ASK
    return _yes_if(case.household["income"] != "BOVEN")


def eigen_corporatie(case: Case) -> Verdict:
    """The home is of the household's own corporation, where the policy asks that."""
    own = case.household["corporation"] == case.home["corporation"]
    return _yes_if(case.policy.pool == "region" or own)


def werkzaamheden(case: Case) -> Verdict:
    """No works at the home within the horizon, and never a home that will be demolished."""
    return _yes_if(not any(_in_the_way(w, case) for w in case.world.works_at(case.home)))


def _in_the_way(works: Row, case: Case) -> bool:
    over = works["end"] is not None and works["end"] < case.world.on
    return works["kind"] == "SLOOP" or (works["start"] <= case.world.until and not over)


def moet_band(case: Case) -> Verdict:
    """Never further than the most minutes from a tie that must be near.

    Of a household that moves in the same plan: from where it will live then.
    """
    ties = case.world.ties.get(case.household["household"], [])
    verdicts = [_near_enough(tie, case) for tie in ties if tie["must"]]
    return NO if NO in verdicts else ASK if ASK in verdicts else YES


def _near_enough(tie: Row, case: Case) -> Verdict:
    there = place_of(tie, case.world)
    if there is None:
        return ASK
    if case.minutes is not None:
        walked = case.minutes.get((tie["tie"], case.home["dwelling"]))
        return _yes_if(walked is not None and walked <= tie["minutes"])
    # Both sides squared, so that whole numbers decide: metres x detour <= minutes x pace x 100.
    pace = case.policy.metres_per_minute[case.household["mobility"]]
    reach = int(tie["minutes"]) * pace * 100
    apart = _squared(there, place(case.home))
    return _yes_if(apart * case.detour_percent**2 <= reach**2)


def _squared(one: tuple[int, int], other: tuple[int, int]) -> int:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2


def place_of(tie: Row, world: World) -> tuple[int, int] | None:
    """Where a tie is when the plan is done: where that household then lives, if it moves in it."""
    entered = world.home(world.goes.get(tie["with_household"], ""))
    return world.place_now(tie) if entered is None else place(entered)


def eigen_woning(case: Case) -> Verdict:
    """Not the home they live in."""
    return _yes_if(case.world.lived_in(case.household["household"]) != case.home["dwelling"])


def afgewezen(case: Case) -> Verdict:
    """Not a home they declined."""
    offers = case.world.offers_to(case.household["household"])
    declined = {offer["dwelling"] for offer in offers if offer["state"] == "declined"}
    return _yes_if(case.home["dwelling"] not in declined)


def wens_gebied(case: Case) -> Verdict:
    """In one of the areas the household names, where it names any."""
    asked = _codes(_wish(case, "areas"))
    lies_in = {case.home[area] for area in ("neighbourhood", "district", "municipality")}
    return _yes_if(not asked or bool(asked & lies_in))


def zoekgebied(case: Case) -> Verdict:
    """Without areas in the wish: within the search radius of the own home or of a tie.

    Who must be near a household that moves in the same plan may follow it anywhere: how near the
    home must be then, `moet_band` says.
    """
    ties = case.world.ties.get(case.household["household"], [])
    if any(tie["must"] and tie["with_household"] in case.world.goes for tie in ties):
        return YES
    known = [case.world.place_now(tie) for tie in ties]
    known += [None if case.has is None else place(case.has)]
    around = [one for one in known if one is not None]
    if _codes(_wish(case, "areas")) or not around:
        return YES
    radius = case.policy.search_radius
    return _yes_if(min(_squared(one, place(case.home)) for one in around) <= radius**2)


def wens_soort(case: Case) -> Verdict:
    """Of one of the kinds the household names, where it names any."""
    asked = _codes(_wish(case, "kinds"))
    return _yes_if(not asked or case.home["kind"] in asked)


def _tested_this_year(case: Case) -> bool:
    known = case.household["income"] != "ONBEKEND"
    return bool(known and case.household["income_year"] == case.rules.year)


def _codes(joined: object) -> set[str]:
    return set(filter(None, str(joined or "").split("|")))


def _wish(case: Case, name: str) -> object:
    return None if case.wish is None else case.wish[name]


def _wished(case: Case, name: str, otherwise: int) -> int:
    asked = _wish(case, name)
    return otherwise if asked is None else int(str(asked))


HARD_RULES: tuple[Callable[[Case], Verdict], ...] = (
    toestemming,
    wens_geldig,
    kamers,
    oppervlakte,
    toegankelijkheid,
    kenmerken,
    etage_zonder_lift,
    leeftijdslabel,
    huishoudlabel,
    huur_binnen_wens,
    passend_toewijzen,
    daeb_inkomen,
    eigen_corporatie,
    werkzaamheden,
    moet_band,
    eigen_woning,
    afgewezen,
    wens_gebied,
    zoekgebied,
    wens_soort,
)
"""The hard rules of the house; the name of each function is the name of the rule."""
