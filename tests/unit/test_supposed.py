"""What the changes of a scenario do in a month: facts, and other choices."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd

from data_contracts.events import FACT
from data_contracts.scenario import Allocation, Letting
from matching.candidates import candidates, openings
from matching.simulate.draws import Draws
from matching.simulate.supposed import allocation_in, for_sale, lets_to, policy_in, supposed
from matching.state import State, project
from tests.a_street import (
    FORTY,
    HOME,
    NOW,
    SLOOP,
    a_street,
    changing,
    day,
    rolled,
    street_with,
)
from tests.builders import (
    CORPORATION,
    ON,
    OTHER_CORPORATION,
    a_dwelling,
    a_facility,
    a_household,
    a_policy,
    a_state,
    facts_of,
    the_rules,
)

LATE = datetime(2026, 7, 1, 23, tzinfo=UTC)


def offered(state, number):
    """Who may go where, as the engine sees it on a day."""
    options = candidates(state, the_rules(), NOW, day(number)).options
    return set(zip(options["household"], options["dwelling"], strict=True))


# --- new-build ----------------------------------------------------------------------------------


def test_nothing_happens_in_a_month_without_a_change():
    assert supposed(a_street(), changing(FORTY), 2, day(2), NOW).empty


def test_what_is_supposed_are_facts_as_any():
    facts = supposed(a_street(), changing(FORTY, SLOOP), 3, day(3), NOW)
    for row in facts.to_dict("records"):
        data = pd.io.json.ujson_loads(row["data"])
        FACT.validate_python({**row, "at": row["at"].to_pydatetime(), "data": data})
    assert not facts.duplicated(["source", "id"]).any()


def test_new_homes_stand_empty_in_their_month_as_they_were_described():
    state = rolled(a_street(), changing(FORTY), 4)
    built = state.dwellings[state.dwellings.index.str.startswith("nieuw-2026-09-1-")]
    assert len(built) == 40
    told = built[["rooms", "access", "rent", "target_rent", "status", "neighbourhood"]]
    assert set(map(tuple, told.to_numpy())) == {(2, "NUL", 61_000, 61_000, "LEE", "BU99990101")}
    assert set(built["available"].dt.date) == {date(2026, 9, 1)}
    assert set(built.index) <= set(openings(state, NOW, day(3)).index)


def test_new_homes_lie_a_little_apart_around_the_middle_of_the_neighbourhood():
    built = rolled(a_street(), changing(FORTY), 4).dwellings.filter(like="nieuw", axis=0)
    assert not built.duplicated(["x", "y"]).any()
    away = ((built["x"] - 143_000) ** 2 + (built["y"] - 487_000) ** 2) ** 0.5
    assert away.max() < 100


def test_new_homes_form_a_complex_of_whoever_has_most_homes_there():
    state = rolled(a_street(), changing(FORTY), 4)
    assert set(state.dwellings.filter(like="nieuw", axis=0)["complex"]) == {"nieuw-2026-09-1"}
    assert state.complexes.loc["nieuw-2026-09-1", ["corporation", "units"]].tolist() == [
        CORPORATION,
        40,
    ]


def test_new_homes_may_join_a_complex_and_are_then_of_its_corporation():
    one = f"{{change: new_build, month: 2026-09, number: 2, complex: C2, {HOME}}}"
    state = rolled(a_street(), changing(one), 4)
    built = state.dwellings.filter(like="nieuw", axis=0)
    assert set(built["complex"]) == {"C2"}
    assert set(built["corporation"]) == {OTHER_CORPORATION}  # though most homes are another's
    assert "nieuw-2026-09-1" not in state.complexes.index


def test_new_homes_are_planned_from_the_horizon_of_the_matching():
    policy = a_policy(horizon_days=60)
    early, later = (rolled(a_street(), changing(FORTY), months, policy) for months in (1, 2))
    assert len(early.newbuild) == 0
    assert len(later.newbuild) == 40
    assert set(openings(later, policy, day(2)).filter(like="nieuw").dt.date) == {date(2026, 9, 1)}
    there = rolled(later, changing(FORTY), 4, policy)
    assert (len(there.newbuild), len(there.dwellings)) == (0, 47)


def test_a_new_home_that_was_let_before_it_was_there_does_not_stand_empty():
    scenario, policy = changing(FORTY), a_policy(horizon_days=60)
    planned = rolled(a_street(), scenario, 2, policy)
    first = a_household("eerste", lives_in="nieuw-2026-09-1-0001", wish=None)
    let = project(facts_of(a_state(households=[first])), onto=planned)
    state = project(supposed(let, scenario, 3, day(3), policy), onto=let)
    assert state.dwellings.filter(like="nieuw", axis=0)["status"].value_counts().to_dict() == {
        "LEE": 39,
        "VEH": 1,
    }


def test_what_was_to_be_known_before_the_first_month_is_told_in_it():
    soon = FORTY.replace("2026-09", "2026-07")
    assert len(rolled(a_street(), changing(soon), 1, a_policy(horizon_days=120)).newbuild) == 40


def test_a_step_of_several_months_holds_the_changes_of_all_of_them():
    state = rolled(a_street(), changing(FORTY, step_months=6), 6)
    assert len(state.dwellings) == 47


def test_new_homes_have_the_same_names_whatever_else_changes():
    alone = rolled(a_street(), changing(FORTY), 4)
    beside = rolled(a_street(), changing(SLOOP, FORTY.replace("09", "08"), FORTY), 4)
    built = {name for name in beside.dwellings.index if "2026-09" in name}
    assert built == set(alone.dwellings.filter(like="nieuw", axis=0).index)


def test_homes_with_the_label_55plus_have_a_least_age():
    older = FORTY.replace("number", "let_to: 55plus, number")
    built = rolled(a_street(), changing(older), 4).dwellings.filter(like="nieuw", axis=0)
    assert set(built["min_age"]) == {55}
    young = a_household("jong", birth_year=1990)
    state = rolled(street_with(households=[young]), changing(older), 4)
    assert {home for _, home in offered(state, 3)} == {"a", "b", "c", "d", "f", "g", "e"}


# --- to whom ------------------------------------------------------------------------------------


def test_a_home_is_kept_for_downsizers_until_it_is_let():
    scenario = changing(FORTY.replace("number: 40", "let_to: downsizers, number: 2"))
    state = rolled(a_street(), scenario, 4)
    kept = lets_to(state, scenario, day(3))
    assert kept.to_dict() == dict.fromkeys(
        ("nieuw-2026-09-1-0001", "nieuw-2026-09-1-0002"), Letting.DOWNSIZERS
    )
    tenancy = facts_of(
        a_state(households=[a_household("stil", lives_in="nieuw-2026-09-1-0001", wish=None)])
    )
    after = project(tenancy, onto=state)
    assert list(lets_to(after, scenario, day(4)).index) == ["nieuw-2026-09-1-0002"]


def test_a_home_that_came_free_again_is_kept_for_downsizers_no_more():
    scenario = changing(FORTY.replace("number: 40", "let_to: downsizers, number: 2"))
    state = rolled(a_street(), scenario, 4)
    again = state.dwellings.assign(available=pd.Timestamp("2027-03-01").as_unit("s"))
    assert lets_to(State({**state.tables, "dwellings": again}), scenario, day(9)).empty


def test_no_home_is_kept_for_anybody_in_doing_nothing():
    assert lets_to(a_street(), changing(SLOOP), ON).empty


def test_a_label_holds_for_the_homes_that_are_good_enough_from_its_month_on():
    label = "{change: allocation, month: 2026-08, label: downsizers, label_access: NUL}"
    assert lets_to(a_street(), changing(label), day(1)).empty
    assert lets_to(a_street(), changing(label), day(2)).to_dict() == {"b": Letting.DOWNSIZERS}


def test_a_label_55plus_becomes_a_least_age_on_the_homes_of_a_neighbourhood():
    label = "{change: allocation, label: 55plus, label_neighbourhood: BU99990102}"
    homes = rolled(a_street(), changing(label), 1).dwellings
    assert homes.index[homes["min_age"].notna()].tolist() == ["d", "g"]


def test_homes_and_their_complex_lose_their_label_when_they_are_for_anybody():
    homes = [a_dwelling("a", complex="C1", min_age=55), a_dwelling("b", complex="C2", min_age=60)]
    complexes = [
        {"complex": name, "corporation": CORPORATION, "meeting_room": False, "min_age": 55}
        for name in ("C1", "C2", "C3")
    ]
    street = street_with(dwellings=homes, complexes=complexes, households=[])
    state = rolled(street, changing("{change: allocation, label: free}"), 1)
    assert state.dwellings["min_age"].isna().all()
    assert state.complexes["min_age"].isna().tolist() == [True, True, False]


def test_a_complex_keeps_its_label_while_some_of_its_homes_do():
    homes = [
        a_dwelling("a", complex="C1", min_age=55, neighbourhood="BU99990101"),
        a_dwelling("b", complex="C1", min_age=55, neighbourhood="BU99990102"),
    ]
    complexes = [
        {"complex": "C1", "corporation": CORPORATION, "meeting_room": False, "min_age": 55}
    ]
    street = street_with(dwellings=homes, complexes=complexes, households=[])
    free = "{change: allocation, label: free, label_neighbourhood: BU99990101}"
    state = rolled(street, changing(free), 1)
    assert state.dwellings["min_age"].isna().tolist() == [True, False]
    assert state.complexes["min_age"].tolist() == [55]


def test_of_two_changes_to_a_home_in_one_month_the_later_in_the_list_counts():
    street = street_with(dwellings=[a_dwelling("a", min_age=60)], households=[])
    labels = [f"{{change: allocation, label: {label}}}" for label in ("free", "55plus")]
    assert rolled(street, changing(*labels), 1).dwellings["min_age"].tolist() == [55]


# --- sale, facilities, choices ------------------------------------------------------------------


def test_homes_are_sold_while_the_sale_lasts_where_it_says():
    scenario = changing("{change: sale, month: 2026-08, until: 2026-09, kind: POF}")
    state, homes = a_street(), pd.Index(["a", "d", "e"], dtype="str")
    sold = [for_sale(state, scenario, day(number), homes, Draws(1, 0)) for number in range(1, 5)]
    assert sold == [set(), {"a"}, {"a"}, set()]


def test_a_larger_share_of_sale_holds_the_smaller():
    homes = [a_dwelling(f"w{number:03}") for number in range(300)]
    state = a_state(dwellings=homes)
    few, many = (
        for_sale(
            state,
            changing(f"{{change: sale, month: 2026-06, share: {share}}}"),
            ON,
            state.dwellings.index,
            Draws(1, 0),
        )
        for share in (0.2, 0.6)
    )
    assert few < many
    assert 30 < len(few) < 90
    assert 140 < len(many) < 220


def test_a_facility_opens_and_the_nearest_one_closes():
    shops = [a_facility("ver", x=150_000), a_facility("dichtbij")]
    opens = (
        "{change: facility_opens, month: 2026-07, kind: HUISARTS, place: {x: 143500, y: 487500}}"
    )
    shuts = "{change: facility_closes, month: 2026-08, kind: SUPERMARKT}"
    state = rolled(street_with(facilities=shops), changing(opens, shuts), 3)
    assert list(state.facilities.index) == ["ver", "voorziening-2026-07-1"]
    assert state.facilities.loc["voorziening-2026-07-1"].tolist() == [143_500, 487_500, "HUISARTS"]


def test_choices_hold_from_their_month_on_and_the_last_counts():
    scheme = "{name: Oude huur mee, source: proef, rent_retention: true}"
    scenario = changing(
        "{change: allocation, month: 2026-08, how: lottery, weights: {tie_minute: 9}}",
        "{change: allocation, month: 2026-09, weights: {outdoor: 1}, how: registration}",
        "{change: allocation, month: 2026-09, label: 55plus}",
        f"{{change: scheme, month: 2026-09, scheme: {scheme}}}",
        "{change: coach_hours, hours_per_week: 20}",
    )
    at = [policy_in(NOW, scenario, day(number)) for number in (1, 2, 3)]
    assert [one.weights.tie_minute for one in at] == [4, 9, 9]
    assert [one.weights.outdoor for one in at] == [8, 8, 1]
    assert [len(one.schemes) for one in at] == [2, 2, 3]
    assert {one.region_hours_per_week for one in at} == {87}  # of the weeks of a month together
    ways = [allocation_in(scenario, day(number)) for number in (1, 2, 3)]
    assert ways == [Allocation.ENGINE, Allocation.LOTTERY, Allocation.REGISTRATION]


def test_a_scheme_of_the_same_name_comes_instead():
    named = NOW.schemes[0].name
    scenario = changing(f"{{change: scheme, scheme: {{name: {named}, source: x, points: 3}}}}")
    assert [one.points for one in policy_in(NOW, scenario, ON).schemes] == [30, 3]


def test_without_choices_the_policy_is_the_very_same():
    assert policy_in(NOW, changing(FORTY), ON) is NOW


def test_a_home_whose_least_age_only_sorts_gets_the_label_that_selects():
    homes = a_street().dwellings
    sorts = homes.loc[["f"]].assign(min_age=65, age_use="SOR").astype(homes.dtypes)
    tables = a_street().tables | {"dwellings": pd.concat([homes.drop("f"), sorts]).sort_index()}
    label = "{change: allocation, label: 55plus, label_neighbourhood: BU99990103}"
    state = rolled(type(a_street())(tables=tables), changing(label), 1)
    assert state.dwellings.loc["f", ["min_age", "age_use"]].tolist() == [55, "SEL"]
