"""Why, and why not: the columns that decided, read aloud in the sentences of their rule.

Nothing is computed anew here and nobody else's data is named: of another household only the chain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from data_contracts.words import Verdict
from matching.candidates import ALONG, one_pair
from matching.chains import unlink
from matching.criteria import ASK, MONEY, NO, OF_NOW, PREFERENCES, RULES, YES
from matching.model import Explanation, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from data_contracts.policy import Policy
    from data_contracts.rules import Rules
    from matching.model import Chain, Plan
    from matching.state import State
    from matching.walking import Network

Row = dict[str, Any]
"""A row of options, by column."""

VERDICTS = {int(NO): Verdict.NO, int(ASK): Verdict.ASK, int(YES): Verdict.YES}
OURS = "Verhuisketen"
"""The source of what follows from the plan rather than from a rule."""


@dataclass(frozen=True, slots=True)
class Margin:
    """What the prices of a plan say of a move that it does not make, in whole points.

    Every plan with the move `loses` at least so many points against this plan (0 or less proves
    nothing), and stays at least `below` under what no plan exceeds. Not `possible`: no chain or
    ring that is allowed holds it. Made by `matching.around.margin`.
    """

    loses: int
    below: int
    possible: bool


class _Said(dict[str, str]):
    """Figures as words; what is not known is said to be unknown."""

    def __missing__(self, figure: str) -> str:
        return "onbekend"


def explain_plan(chains: Iterable[Chain], options: pd.DataFrame) -> tuple[Explanation, ...]:
    """Explain every move from the very columns by which it was chosen, in the order of the chains.

    `options` as `candidates` made them: a column per rule, per preference and per figure.
    """
    moves = unlink(chains)
    wanted = pd.DataFrame(
        {"household": [m.household for m in moves], "dwelling": [m.to for m in moves]}
    )
    rows = wanted.astype("str").merge(
        options.drop_duplicates(["household", "dwelling"]), how="inner", validate="many_to_one"
    )
    return tuple(_explained(row) for row in rows.to_dict("records"))


def why(plan: Plan, household: str) -> Explanation | None:
    """Give the reasons the plan itself holds for what it proposes to a household, if anything."""
    return next((told for told in plan.reasons if told.household == household), None)


def why_not(  # noqa: PLR0913 - the question, and all that the answer rests on
    state: State,
    household: str,
    dwelling: str,
    rules: Rules,
    policy: Policy,
    on: date,
    *,
    plan: Plan | None = None,
    network: Network | None = None,
    margin: Margin | None = None,
) -> Explanation:
    """Say why a household does not get a home: it cannot, it fits less well, or it went elsewhere.

    In that order; a rule that says no ends the list. With a `margin` also what placing it there
    would cost the plan at least. Raises `candidates.UnknownHere` when the
    household or the home is not known.
    """
    row = _row_of(state, household, dwelling, rules, policy, on, network)
    offered = _proposed(plan, household)
    told = None if plan is None or offered != dwelling else why(plan, household)
    if told is not None and told.dwelling == dwelling:
        return told  # what was said then; alone the move may be refused, with another's it is not
    refused = [r for r in _ruled(row) if r.verdict is Verdict.NO]
    if refused:
        return Explanation(household, dwelling, tuple(refused))
    asked = [r for r in _ruled(row) if r.verdict is Verdict.ASK]
    if offered == dwelling:
        return _explained(row)
    better = []
    if offered is not None:
        other = _row_of(state, household, offered, rules, policy, on, network)
        better = _side_by_side(row, other)
    reasons = (*asked, *better, *_went_elsewhere(plan, dwelling, row), *_costs(margin))
    return Explanation(household, dwelling, reasons)


def _row_of(
    state: State,
    household: str,
    dwelling: str,
    rules: Rules,
    policy: Policy,
    on: date,
    network: Network | None,
) -> Row:
    table = one_pair(state, household, dwelling, rules, policy, on, network=network)
    row: Row = table.to_dict("records")[0]
    return row


def _explained(row: Row) -> Explanation:
    reasons = (*_ruled(row), *_preferred(row))
    return Explanation(str(row["household"]), str(row["dwelling"]), reasons)


def _ruled(row: Row) -> list[Reason]:
    """What every rule said of this pair, questions for the coach first."""
    said = _said(row)
    told = []
    for rule in RULES:
        verdict = VERDICTS[int(row[rule.name])]
        along = rule.along if row.get(ALONG, False) else ""
        sentence = along or rule.sentences[verdict].format_map(said)
        told.append(Reason(rule.name, verdict, 0, sentence, rule.source))
    return sorted(told, key=lambda reason: reason.verdict is Verdict.YES)


def _preferred(row: Row) -> list[Reason]:
    """Every preference that counted, the heaviest first."""
    said, along = _said(row), bool(row.get(ALONG, False))
    told = [
        Reason(
            p.name,
            None,
            int(row[p.name]),
            p.sentence.format_map(said) + p.along * along,
            p.source,
        )
        for p in PREFERENCES
        if int(row[p.name]) != 0
    ]
    return sorted(told, key=lambda reason: -abs(reason.points))


def _side_by_side(row: Row, other: Row) -> list[Reason]:
    """Compare with what is proposed: the sum, then every preference that differs most first."""
    here, there = int(row["gain"]), int(other["gain"])
    total = (
        f"Voorgesteld is woning {other['dwelling']}, met {there} punten. "
        f"Deze woning heeft {here} punten."
    )
    told = [Reason("past_minder_goed", None, here - there, total, OURS)]
    apart = [(p, int(row[p.name]) - int(other[p.name])) for p in PREFERENCES]
    for preference, points in sorted(apart, key=lambda pair: (pair[1], pair[0].name)):
        if points:
            here, there = int(row[preference.name]), int(other[preference.name])
            sentence = (
                f"{_name(preference.name)}: hier {here} punten, bij het voorstel {there} punten."
            )
            told.append(Reason(preference.name, None, points, sentence, preference.source))
    return told


def _name(criterion: str) -> str:
    return criterion.replace("_", " ").capitalize()


def _went_elsewhere(plan: Plan | None, dwelling: str, row: Row) -> list[Reason]:
    """Name the chain that took the home; or say that no chain did."""
    if plan is None:
        sentence = "Deze verhuizing mag. Er is geen plan om haar mee te vergelijken."
        return [Reason("kan_wel", None, int(row["gain"]), sentence, OURS)]
    chain = next((c for c in plan.chains if dwelling in {m.to for m in c.moves}), None)
    if chain is not None:
        noun = "De woningruil" if chain.ring else "De verhuisketen"
        sentence = (
            f"{noun} die begint met woning {chain.key} geeft deze woning aan een ander huishouden. "
            "Zo zijn meer mensen samen beter geholpen."
        )
        return [Reason("ging_naar_een_ander", None, 0, sentence, OURS)]
    if int(row["gain"]) <= 0:
        sentence = "Deze verhuizing mag, maar maakt het voor het huishouden niet beter."
        return [Reason("levert_niets_op", None, int(row["gain"]), sentence, OURS)]
    sentence = (
        "Deze verhuizing mag, maar past niet in de ketens van dit plan. "
        "De woning komt in dit plan niet vrij, of zij blijft nog even leeg."
    )
    return [Reason("niet_gekozen", None, int(row["gain"]), sentence, OURS)]


def _costs(margin: Margin | None) -> list[Reason]:
    """What the prices of the plan prove of placing the household there; or that they do not."""
    if margin is None:
        return []
    if not margin.possible:
        sentence = (
            "In geen enkele keten die mag, komt deze woning voor dit huishouden vrij: "
            "daarvoor zouden te veel huishoudens na elkaar moeten verhuizen."
        )
        return [Reason("marge", None, 0, sentence, OURS)]
    if margin.loses > 0:
        sentence = (
            f"Dit huishouden daar plaatsen kost het plan minstens {_points(margin.loses)}. "
            "Dat volgt uit het bewijs bij het plan."
        )
        return [Reason("marge", None, -margin.loses, sentence, OURS)]
    sentence = "Hoeveel het plan verliest als dit huishouden daar komt, volgt niet uit het bewijs. "
    if margin.below > 0:
        sentence += (
            f"Wel zeker: zo'n plan blijft minstens {_points(margin.below)} onder wat hoogstens kan."
        )
    else:
        sentence += "Laat de prijs van deze verhuizing uitrekenen."
    return [Reason("marge", None, 0, sentence, OURS)]


def _points(points: int) -> str:
    return "1 punt" if points == 1 else f"{points} punten"


def _proposed(plan: Plan | None, household: str) -> str | None:
    moves = () if plan is None else unlink(plan.chains)
    return next((move.to for move in moves if move.household == household), None)


def _said(row: Mapping[str, Any]) -> _Said:
    """Say every figure in words: amounts in euros, an unknown one as unknown."""
    return _Said({name: _word(name, value) for name, value in row.items()})


def _word(name: str, value: Any) -> str:  # noqa: ANN401 - any cell of a row
    if name in MONEY | OF_NOW and value < 0:
        return "onbekend"
    return euros(int(value)) if name in MONEY else str(value)


def euros(cents: int) -> str:
    """Write eurocents as one does in Dutch: € 1.234,56."""
    whole, rest = divmod(cents, 100)
    return f"€ {whole:,}".replace(",", ".") + f",{rest:02d}"
