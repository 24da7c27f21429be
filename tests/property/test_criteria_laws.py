"""The columns and the judge agree: two readings of the same rules, written apart.

The judge (`matching.verify.law`) is the plainly written scalar twin of every vectorised rule. Where
one says yes the other may not say no.
"""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data_contracts.words import Access, Feature, IncomeClass, Mobility, Verdict
from matching.candidates import these_pairs
from matching.criteria import ASK, NO, YES
from matching.model import Move
from matching.verify.case import case_of
from matching.verify.law import HARD_RULES
from matching.verify.world import world_of
from tests.builders import (
    CORPORATION,
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

VERDICT = {Verdict.NO: NO, Verdict.ASK: ASK, Verdict.YES: YES}
Row = dict[str, Any]
maybe = lambda some: st.none() | some  # noqa: E731 - a word for a strategy
place = st.fixed_dictionaries(
    {"x": st.integers(142_000, 144_000), "y": st.integers(486_000, 488_000)}
)
corporation = st.sampled_from([CORPORATION, OTHER_CORPORATION])
features = st.sets(st.sampled_from(list(Feature)[:3])).map("|".join)
near_limits = st.sampled_from([60_000, 71_302, 71_303, 76_414, 76_415, 93_293, 93_294])
day = st.sampled_from(["2024-06-14", "2024-06-15", "2025-06-14", "2025-06-15", "2026-06-15"])

home = st.fixed_dictionaries(
    {
        "corporation": corporation,
        "rooms": st.integers(1, 6),
        "floor": st.integers(0, 5),
        "lift": st.booleans(),
        "access": st.sampled_from(list(Access)),
        "features": features,
        "target_rent": near_limits,
        "daeb": st.booleans(),
        "min_age": maybe(st.sampled_from([39, 40, 41, 65])),
        "age_use": st.sampled_from(["SEL", "SOR"]),
        "min_persons": maybe(st.integers(1, 2)),
        "max_persons": maybe(st.integers(2, 4)),
        "persons_use": st.sampled_from(["SEL", "SOR"]),
        "kind": st.sampled_from(["POW", "TUS"]),
        "complex": maybe(st.just("C")),
        "neighbourhood": st.sampled_from([None, "BU99990101", "BU99990102"]),
    }
)
household = st.fixed_dictionaries(
    {
        "corporation": corporation,
        "persons": st.integers(1, 6),
        "birth_year": maybe(st.sampled_from([1945, 1960, 1961, 1985, 1986, 1987])),
        "aow": st.booleans(),
        "income": st.sampled_from(list(IncomeClass)),
        "income_year": maybe(st.sampled_from([2025, 2026])),
        "exception_54a": st.booleans(),
        "mobility": st.sampled_from(list(Mobility)),
        "access_needed": st.sampled_from(list(Access)),
        "features_needed": features,
        "consent": st.booleans(),
        "consent_date": day,
        "willingness": st.sampled_from(["ZEKER", "MISSCHIEN", "NEE"]),
    }
)
wish = st.fixed_dictionaries(
    {
        "stated": st.sampled_from(["2025-06-14", "2025-06-15", "2026-06-14"]),
        "valid_until": maybe(st.sampled_from(["2026-06-14", "2026-06-15"])),
        "max_rent": maybe(near_limits),
        "min_rooms": maybe(st.integers(1, 3)),
        "max_rooms": maybe(st.integers(3, 6)),
        "max_floor": maybe(st.integers(0, 4)),
        "areas": st.sampled_from(["", "BU99990101", "BU99990102|WK999901", "GM0001"]),
        "kinds": st.sampled_from(["", "POW", "POW|TUS", "EIN"]),
    }
)
tie = st.fixed_dictionaries({"must": st.booleans(), "minutes": st.integers(1, 60)})
works = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["RENOVATIE", "SLOOP"]),
        "start": st.sampled_from(["2025-01-01", "2026-10-13", "2026-10-14"]),
        "end": maybe(st.just("2026-12-01")),
    }
)
choices = st.fixed_dictionaries(
    {
        "pool": st.sampled_from(["own", "region"]),
        "toetshuur": st.sampled_from([None, "streefhuur", "werkelijke_huur"]),
    }
)


@st.composite
def a_case(draw: st.DrawFn) -> tuple[dict[str, list[Row]], Row]:
    """Households and homes of every sort, with ties, works and declined proposals."""
    homes = [a_dwelling(f"W{n}", **draw(home), **draw(place)) for n in range(4)]
    lives = [{"lives_in": "W0", "pays": draw(near_limits)}, {}]
    people = [a_household(f"H{n}", **draw(household), wish=draw(wish), **lives[n]) for n in (0, 1)]
    ties = [
        a_tie("T0", "H0", **draw(tie), **draw(place)),
        a_tie("T1", "H1", **draw(tie), with_household="H0"),
    ]
    tables = {
        "dwellings": homes,
        "households": people,
        "ties": ties,
        "complexes": [
            {"complex": "C", "corporation": CORPORATION, "min_age": draw(maybe(st.just(55)))}
        ],
        "works": [{"works": "K", "dwelling": "W1", **draw(works)}],
        "offers": [an_offer("H1", "W2", state=draw(st.sampled_from(["declined", "expired"])))],
    }
    return tables, draw(choices)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # the assertion names rule and pair
)
@given(a_case())
def test_no_rule_says_yes_where_its_scalar_twin_says_no(
    case: tuple[dict[str, list[Row]], Row],
) -> None:
    tables, chosen = case
    state, rules, policy = a_state(**tables), the_rules(), a_policy(**chosen)
    pairs = [(f"H{h}", f"W{d}") for h in (0, 1) for d in range(4)]
    judged = these_pairs(state, pairs, rules, policy, ON)
    moves = [Move(h, d, "W0" if h == "H0" else None, 0) for h, d in pairs]
    for number, move in enumerate(moves):
        world = world_of(state, [move], ON, horizon_days=policy.horizon_days)
        twin = case_of(move, world, rules, policy)
        assert twin is not None
        for rule in HARD_RULES:
            said, plain = judged[rule.__name__][number], VERDICT[rule(twin)]
            assert {int(said), int(plain)} != {int(YES), int(NO)}, (rule.__name__, move)


def test_every_scalar_twin_has_its_column() -> None:
    state = a_state(dwellings=[a_dwelling("W")], households=[a_household("H")])
    judged = these_pairs(state, [("H", "W")], the_rules(), a_policy(), ON)
    assert {rule.__name__ for rule in HARD_RULES} <= set(judged.columns)
