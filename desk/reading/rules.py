"""Every rule that was passed, with its figure, its year and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data_contracts.words import Mobility, Verdict
from desk.figures import euro, short_day

if TYPE_CHECKING:
    from collections.abc import Iterable

    from data_contracts.policy import Policy
    from data_contracts.rules import Figure, Rules
    from desk.reading.homes import HomeSide
    from desk.reading.people import HouseholdSide
    from matching.model import Reason


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule: what it said then (`sentence`, `verdict`), the `figure` it goes by, its source.

    `figure` is empty where a rule goes by no number; `url` where nothing can be looked up.
    """

    criterion: str
    verdict: Verdict
    sentence: str
    figure: str
    source: str
    url: str = ""

    @property
    def sign(self) -> str:
        """How a page marks it: yes, ask or no."""
        return {Verdict.YES: "yes", Verdict.ASK: "ask", Verdict.NO: "no"}[self.verdict]


def rule_lines(
    reasons: Iterable[Reason],
    who: HouseholdSide | None,
    home: HomeSide | None,
    rules: Rules,
    policy: Policy,
) -> tuple[RuleLine, ...]:
    """Put beside each rule's sentence the figure it goes by today, questions first."""
    figures = {} if who is None else _of_household(who, policy)
    figures |= {} if home is None else _of_home(home)
    of_law = {} if who is None else _of_law(who, rules)
    lines = []
    for one in reasons:
        if one.verdict is None:
            continue
        law = of_law.get(one.criterion)
        words = figures.get(one.criterion, "") if law is None else _in_words(law, rules.year)
        source = one.source if law is None else f"{one.source}. {law.source}"
        url = "" if law is None else law.url
        lines.append(RuleLine(one.criterion, one.verdict, one.sentence, words, source, url))
    return tuple(lines)


def _of_law(who: HouseholdSide, rules: Rules) -> dict[str, Figure]:
    """The figures of the year that hold for a household of this size and age."""
    size = "eenpersoons" if who.persons == 1 else "meerpersoons"
    rent = "laag" if (who.persons or 1) <= 2 else "hoog"  # noqa: PLR2004 - BTIV: 1 and 2, 3 and more
    found = {
        "daeb_inkomen": rules.figure("daeb", f"inkomensgrens_{size}"),
        "passend_toewijzen": rules.figure("passend_toewijzen", f"aftoppingsgrens_{rent}"),
    }
    return {name: figure for name, figure in found.items() if figure is not None}


def _in_words(figure: Figure, year: int) -> str:
    per = {"eurocent/maand": " per maand", "eurocent/jaar": " per jaar"}.get(figure.unit, "")
    return f"Grens in {year}: {euro(figure.value)}{per}."


def _of_household(who: HouseholdSide, policy: Policy) -> dict[str, str]:
    """What the corporation's choices and the household's own wish say in figures."""
    walks = "" if who.mobility is Mobility.LOPEND else f" {who.moves_words}"
    highest = policy.highest_floor_without_lift[who.mobility]
    told = {
        "toestemming": f"Gegeven op {short_day(who.consent_given)}, geldig "
        f"{policy.consent_fresh_days} dagen.",
        "wens_geldig": f"Opgegeven op {short_day(who.wish_stated)}, geldig "
        f"{policy.wish_fresh_days} dagen.",
        "kamers": _rooms(who, policy),
        "etage_zonder_lift": f"Zonder lift{walks}: hoogstens verdieping {highest}.",
        "zoekgebied": f"Hoogstens {policy.search_radius} meter.",
    }
    if who.max_rent is not None:
        told["huur_binnen_wens"] = f"Wil hoogstens {euro(who.max_rent)} per maand betalen."
    return told


def _rooms(who: HouseholdSide, policy: Policy) -> str:
    steps = [one for one in policy.occupancy if one.persons <= (who.persons or 1)]
    if not steps:
        return ""
    step = max(steps, key=lambda one: one.persons)
    return f"Bij {who.size_words}: {step.min_rooms} tot en met {step.max_rooms} kamers."


def _of_home(home: HomeSide) -> dict[str, str]:
    return {
        "toegankelijkheid": f"De woning is {home.access_words}."
        if home.access_words.endswith(("geschikt", "treden", "gelijkvloers", "nultreden"))
        else f"De woning heeft {home.access_words}.",
    }
