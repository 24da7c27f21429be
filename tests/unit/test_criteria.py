"""Every hard rule on a table of one row that passes, one that fails, and one that asks."""

from __future__ import annotations

import string
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from data_contracts.words import Verdict
from matching.candidates import one_pair, these_pairs
from matching.criteria import ASK, NO, PREFERENCES, RULES, YES
from tests.builders import (
    ON,
    OTHER_CORPORATION,
    a_dwelling,
    a_household,
    a_policy,
    a_state,
    a_tie,
    an_offer,
    the_rules,
)

if TYPE_CHECKING:
    import pandas as pd

RULE_NAMES = [rule.name for rule in RULES]


def rows_of(
    household: dict[str, Any] | None = None,
    home: dict[str, Any] | None = None,
    *,
    old: dict[str, Any] | None = None,
    policy: dict[str, Any] | None = None,
    **tables: list[dict[str, Any]],
) -> dict[str, list[dict[str, Any]]]:
    """Household H in (or without) its old home, the empty home W, and whatever else is named."""
    del policy
    homes = [a_dwelling("W", **(home or {}))]
    homes += [] if old is None else [a_dwelling("oud", **old)]
    lives = {} if old is None else {"lives_in": "oud"}
    people = [a_household("H", **lives, **(household or {}))]
    return {"dwellings": homes, "households": people, **tables}


def judged(*args: Any, policy: dict[str, Any] | None = None, **kwargs: Any) -> pd.Series:
    """Judge household H for home W."""
    state = a_state(**rows_of(*args, **kwargs))
    return one_pair(state, "H", "W", the_rules(), a_policy(**(policy or {})), ON).iloc[0]


def works(**differs: Any) -> list[dict[str, Any]]:
    return [{"works": "K", "kind": "RENOVATIE", "start": "2026-07-01", "dwelling": "W", **differs}]


def complexes(**differs: Any) -> list[dict[str, Any]]:
    return [{"complex": "C", "corporation": OTHER_CORPORATION, **differs}]


FAR = {"x": 143_000 + 1_400, "y": 487_000}
CASES: list[tuple[str, Any, dict[str, Any]]] = [
    ("toestemming", YES, {}),
    ("toestemming", NO, {"household": {"consent": False, "consent_date": None}}),
    ("toestemming", YES, {"household": {"consent_date": "2024-06-15"}}),
    ("toestemming", NO, {"household": {"consent_date": "2024-06-14"}}),
    ("wens_geldig", YES, {"household": {"wish": {"valid_until": "2026-06-15"}}}),
    ("wens_geldig", NO, {"household": {"wish": {"valid_until": "2026-06-14"}}}),
    ("wens_geldig", NO, {"household": {"wish": {"stated": "2025-06-14"}}}),
    ("wens_geldig", NO, {"household": {"wish": None}}),
    ("wens_geldig", NO, {"household": {"willingness": "NEE"}}),
    ("lopend_voorstel", YES, {"offers": [an_offer("H", "W")]}),
    ("lopend_voorstel", NO, {"offers": [an_offer("H", "W", state="accepted")]}),
    ("woning_komt_vrij", YES, {}),
    ("woning_komt_vrij", NO, {"home": {"status": "VEH"}}),
    ("werkzaamheden", YES, {}),
    ("werkzaamheden", NO, {"works": works()}),
    ("werkzaamheden", NO, {"works": works(kind="SLOOP", start="2030-01-01")}),
    ("werkzaamheden", YES, {"works": works(start="2030-01-01")}),
    ("werkzaamheden", YES, {"works": works(start="2026-01-01", end="2026-06-14")}),
    ("werkzaamheden", NO, {"works": works(dwelling=None, complex="C"), "home": {"complex": "C"}}),
    ("kamers", YES, {}),
    ("kamers", NO, {"home": {"rooms": 4}}),
    ("kamers", NO, {"household": {"persons": 4}}),
    ("kamers", YES, {"household": {"persons": 9}, "home": {"rooms": 6}}),
    ("kamers", NO, {"household": {"wish": {"max_rooms": 2}}}),
    ("oppervlakte", YES, {"household": {"wish": {"min_area": 70}}}),
    ("oppervlakte", NO, {"household": {"wish": {"min_area": 71}}}),
    ("toegankelijkheid", YES, {"household": {"access_needed": "NUL"}, "home": {"access": "ROA"}}),
    ("toegankelijkheid", NO, {"household": {"access_needed": "NUL"}, "home": {"access": "ROG"}}),
    ("toegankelijkheid", NO, {"household": {"access_needed": "ROG"}, "home": {"access": "NUL"}}),
    (
        "kenmerken",
        YES,
        {"household": {"features_needed": "TUIN"}, "home": {"features": "TUIN|BALKON"}},
    ),
    ("kenmerken", NO, {"household": {"features_needed": "TUIN"}, "home": {"features": "BALKON"}}),
    ("etage_zonder_lift", YES, {"household": {"mobility": "STOK"}, "home": {"floor": 1}}),
    ("etage_zonder_lift", NO, {"household": {"mobility": "STOK"}, "home": {"floor": 2}}),
    (
        "etage_zonder_lift",
        YES,
        {"household": {"mobility": "STOK"}, "home": {"floor": 9, "lift": True}},
    ),
    (
        "etage_zonder_lift",
        NO,
        {"household": {"wish": {"max_floor": 3}}, "home": {"floor": 4, "lift": True}},
    ),
    ("leeftijdslabel", YES, {"home": {"min_age": 39}}),
    ("leeftijdslabel", ASK, {"home": {"min_age": 40}}),
    ("leeftijdslabel", NO, {"home": {"min_age": 41}}),
    ("leeftijdslabel", YES, {"home": {"min_age": 41, "age_use": "SOR"}}),
    ("leeftijdslabel", ASK, {"home": {"min_age": 41}, "household": {"birth_year": None}}),
    ("leeftijdslabel", NO, {"home": {"complex": "C"}, "complexes": complexes(min_age=55)}),
    ("huishoudlabel", YES, {"home": {"max_persons": 1}}),
    ("huishoudlabel", NO, {"home": {"min_persons": 2}}),
    ("huishoudlabel", YES, {"home": {"min_persons": 2, "persons_use": "SOR"}}),
    ("huur_binnen_wens", YES, {"household": {"wish": {"max_rent": 65_000}}}),
    ("huur_binnen_wens", NO, {"household": {"wish": {"max_rent": 64_999}}}),
    ("passend_toewijzen", YES, {"home": {"target_rent": 71_302}}),
    ("passend_toewijzen", NO, {"home": {"target_rent": 71_303}}),
    ("passend_toewijzen", YES, {"home": {"target_rent": 71_303}, "household": {"persons": 3}}),
    ("passend_toewijzen", NO, {"home": {"target_rent": 76_415}, "household": {"persons": 3}}),
    ("passend_toewijzen", YES, {"home": {"target_rent": 71_303}, "household": {"income": "DAEB"}}),
    (
        "passend_toewijzen",
        ASK,
        {"home": {"target_rent": 71_303}, "household": {"income": "ONBEKEND"}},
    ),
    (
        "passend_toewijzen",
        ASK,
        {"home": {"target_rent": 71_303}, "household": {"income_year": 2025}},
    ),
    (
        "passend_toewijzen",
        YES,
        {"home": {"target_rent": 71_302}, "household": {"income_year": 2025}},
    ),
    (
        "passend_toewijzen",
        ASK,
        {"home": {"target_rent": 71_303}, "household": {"aow": True, "exception_54a": True}},
    ),
    ("passend_toewijzen", NO, {"home": {"target_rent": 71_303}, "household": {"aow": True}}),
    (
        "passend_toewijzen",
        NO,
        {"home": {"target_rent": 71_303}, "household": {"exception_54a": True}},
    ),
    ("passend_toewijzen", NO, {"home": {"target_rent": 93_293}}),
    ("passend_toewijzen", YES, {"home": {"target_rent": 93_294}}),
    ("passend_toewijzen", YES, {"home": {"target_rent": 90_000, "daeb": False}}),
    ("daeb_inkomen", YES, {"household": {"income": "DAEB"}}),
    ("daeb_inkomen", NO, {"household": {"income": "BOVEN"}}),
    ("daeb_inkomen", YES, {"household": {"income": "BOVEN"}, "home": {"daeb": False}}),
    ("daeb_inkomen", ASK, {"household": {"income": "ONBEKEND"}}),
    ("daeb_inkomen", ASK, {"household": {"income": "BOVEN", "income_year": 2025}}),
    ("eigen_corporatie", YES, {"home": {"corporation": OTHER_CORPORATION}}),
    (
        "eigen_corporatie",
        NO,
        {"home": {"corporation": OTHER_CORPORATION}, "policy": {"pool": "own"}},
    ),
    ("eigen_corporatie", YES, {"policy": {"pool": "own"}}),
    ("moet_band", YES, {}),
    ("moet_band", YES, {"ties": [a_tie("T", "H", must=True, **FAR, minutes=24)]}),
    ("moet_band", NO, {"ties": [a_tie("T", "H", must=True, **FAR, minutes=23)]}),
    ("moet_band", YES, {"ties": [a_tie("T", "H", **FAR, minutes=23)]}),
    ("moet_band", ASK, {"ties": [a_tie("T", "H", must=True, with_household="weg")]}),
    ("eigen_woning", YES, {"old": {}}),
    ("afgewezen", YES, {"offers": [an_offer("H", "W", state="expired")]}),
    ("afgewezen", NO, {"offers": [an_offer("H", "W", state="declined", reason="WBN")]}),
    ("wens_gebied", YES, {"household": {"wish": {"areas": "BU99990101|WK999902"}}}),
    ("wens_gebied", YES, {"household": {"wish": {"areas": "GM9999"}}}),
    ("wens_gebied", NO, {"household": {"wish": {"areas": "BU99990102|WK999902"}}}),
    ("zoekgebied", YES, {}),
    ("zoekgebied", YES, {"old": {"x": 145_500}}),
    ("zoekgebied", NO, {"old": {"x": 145_501}}),
    ("zoekgebied", YES, {"old": {"x": 145_501}, "household": {"wish": {"areas": "GM9999"}}}),
    ("zoekgebied", YES, {"old": {"x": 145_501}, "ties": [a_tie("T", "H")]}),
    ("wens_soort", YES, {"household": {"wish": {"kinds": "POW|TUS"}}}),
    ("wens_soort", NO, {"household": {"wish": {"kinds": "TUS"}}}),
]


IDS = {"household", "dwelling", "complex", "tie", "works", "proposal", "with_household", "lives_in"}


def renamed(row: dict[str, Any], number: int) -> dict[str, Any]:
    """Give a row of one case its own ids, so that all cases fit in one State."""
    return {
        name: f"{value}-{number}" if name in IDS and isinstance(value, str) else value
        for name, value in row.items()
    }


@cache
def all_cases(pool: str) -> dict[int, pd.Series]:
    """Judge all cases of a policy together: a table is judged like a row."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for number, (_, _, case) in enumerate(CASES):
        for table, rows in rows_of(**case).items():
            tables.setdefault(table, []).extend(renamed(row, number) for row in rows)
    pairs = [(f"H-{number}", f"W-{number}") for number in range(len(CASES))]
    judged_rows = these_pairs(a_state(**tables), pairs, the_rules(), a_policy(pool=pool), ON)
    return {number: row for number, (_, row) in enumerate(judged_rows.iterrows())}


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda n: f"{CASES[n][0]}-{CASES[n][1]}")
def test_a_rule_says_what_it_should(number: int) -> None:
    rule, verdict, case = CASES[number]
    pool = case.get("policy", {}).get("pool", "region")
    assert all_cases(pool)[number][rule] == verdict, case


def test_every_rule_that_can_refuse_is_tried() -> None:
    refused = {rule for rule, verdict, _ in CASES if verdict == NO}
    assert set(RULE_NAMES) - refused == {"eigen_woning"}


def test_nobody_is_proposed_the_home_they_live_in() -> None:
    state = a_state(dwellings=[a_dwelling("W")], households=[a_household("H", lives_in="W")])
    assert one_pair(state, "H", "W", the_rules(), a_policy(), ON)["eigen_woning"].item() == NO


OLD = {"rent": 60_000}
RETAINED = {"birth_year": 1945, "aow": True}
DEAR = {"access": "NUL", "target_rent": 72_000}


def test_rent_retention_lets_the_old_rent_count_for_the_wish() -> None:
    wish = {"wish": {"max_rent": 61_000}}
    assert judged({**RETAINED, **wish}, DEAR, old=OLD)["huur_binnen_wens"] == YES
    assert judged(wish, DEAR, old=OLD)["huur_binnen_wens"] == NO


@pytest.mark.parametrize(
    ("toetshuur", "verdict"), [(None, ASK), ("streefhuur", NO), ("werkelijke_huur", YES)]
)
def test_the_rent_tested_under_retention_is_a_choice(toetshuur: str | None, verdict: int) -> None:
    choice = {} if toetshuur is None else {"toetshuur": toetshuur}
    assert judged(RETAINED, DEAR, old=OLD, policy=choice)["passend_toewijzen"] == verdict


@pytest.mark.parametrize(
    "unconfirmed",
    ["aftoppingsgrens_laag", "inkomensgrens_eenpersoons"],
)
def test_an_unconfirmed_figure_asks_the_coach(unconfirmed: str) -> None:
    rules = the_rules()
    section = {k: v for k, v in rules.figures["passend_toewijzen"].items() if k != unconfirmed}
    rules = replace(rules, figures={**rules.figures, "passend_toewijzen": section})
    state = a_state(dwellings=[a_dwelling("W", target_rent=80_000)], households=[a_household("H")])
    row = one_pair(state, "H", "W", rules, a_policy(), ON)
    assert row["passend_toewijzen"].item() == ASK


def test_an_untested_income_costs_no_points() -> None:
    tested = judged({"income": "DAEB"}, {"target_rent": 80_000})
    untested = judged({"income": "ONBEKEND"}, {"target_rent": 80_000})
    assert untested["asks"] == 2
    assert untested["gain"] == tested["gain"]


def test_another_question_costs_its_penalty() -> None:
    asked = judged(home={"min_age": 40})
    assert asked["navraag"] == -a_policy().weights.ask_penalty
    assert asked["asks"] == 1


def test_the_gain_is_the_sum_of_the_points() -> None:
    row = judged({"priority": "URG"}, {"features": "TUIN"}, old={"x": 143_400})
    assert row["gain"] == sum(row[preference.name] for preference in PREFERENCES) > 100


@pytest.mark.parametrize("rule", RULES, ids=RULE_NAMES)
def test_every_rule_has_a_source_and_a_sentence_for_what_it_says(rule: Any) -> None:
    asks = {name for name, verdict, _ in CASES if verdict == ASK}
    said = {Verdict.NO, Verdict.YES} | ({Verdict.ASK} if rule.name in asks else set())
    assert rule.source
    assert set(rule.sentences) == said
    assert all(sentence.endswith(".") for sentence in rule.sentences.values())


def test_every_word_in_a_sentence_is_a_figure() -> None:
    columns = set(judged().index)
    sentences = [s for rule in RULES for s in rule.sentences.values()]
    sentences += [preference.sentence for preference in PREFERENCES]
    named = {name for s in sentences for _, name, _, _ in string.Formatter().parse(s) if name}
    assert named
    assert named <= columns
