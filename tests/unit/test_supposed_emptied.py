"""What demolition and renovation do in a month: works, urgency, wisselwoningen, labels."""

from __future__ import annotations

from datetime import UTC, date, datetime

from matching.candidates import candidates, openings
from matching.simulate.supposed import supposed
from matching.state import project
from tests.a_street import (
    NOW,
    RENOVATION,
    SLOOP,
    a_street,
    changing,
    day,
    rolled,
    street_with,
)
from tests.builders import (
    a_dwelling,
    a_household,
    a_state,
    facts_of,
    the_rules,
)

LATE = datetime(2026, 7, 1, 23, tzinfo=UTC)


def offered(state, number):
    """Who may go where, as the engine sees it on a day."""
    options = candidates(state, the_rules(), NOW, day(number)).options
    return set(zip(options["household"], options["dwelling"], strict=True))


def test_a_home_that_will_be_demolished_is_not_let_from_rehousing_on():
    before, after = (rolled(a_street(), changing(SLOOP), months) for months in (1, 2))
    assert "c" in openings(before, NOW, day(0)).index
    assert list(openings(after, NOW, day(1)).index) == ["f", "g"]


def test_who_lives_there_is_urgent_and_asked_what_they_wish():
    state = rolled(a_street(), changing(SLOOP), 2)
    people = state.households
    assert people["priority"].fillna("-").to_dict() == {
        "elders": "-",
        "stil": "URG",
        "zoekt": "URG",
    }
    assert people.loc["stil", ["consent", "willingness"]].tolist() == [True, "ZEKER"]
    assert set(state.wishes["stated"].dt.date) == {day(1)}
    assert state.wishes.loc["zoekt", "max_rent"] == 70_000
    assert sorted(state.wishes.index) == ["stil", "zoekt"]


def test_who_has_urgency_and_a_fresh_wish_is_not_told_again():
    state = rolled(a_street(), changing(SLOOP), 2)
    assert supposed(state, changing(SLOOP), 2, day(2), NOW).empty


def test_what_is_supposed_counts_over_what_was_said_that_day():
    late = facts_of(a_state(households=[a_household("stil", wish=None)]), at=LATE)
    street = project(late, onto=a_street())
    state = project(supposed(street, changing(SLOOP), 1, day(1), NOW), onto=street)
    assert state.households.loc["stil", "priority"] == "URG"


def test_the_matching_finds_them_another_home():
    state = rolled(a_street(), changing(SLOOP), 2)
    assert offered(state, 1) == {(who, home) for who in ("stil", "zoekt") for home in "fg"}


def test_a_demolished_home_goes_when_nobody_lives_in_it():
    state = rolled(a_street(), changing(SLOOP), 5)
    assert list(state.dwellings.index) == ["a", "b", "e", "f", "g"]
    gone = project(facts_of(a_state(households=[a_household("stil", wish=None)])), onto=state)
    left = gone.tables | {"tenancies": gone.tenancies.drop("stil-a")}
    later = supposed(type(gone)(tables=left), changing(SLOOP), 5, day(5), NOW)
    assert later["subject"].tolist() == ["a"]


def test_the_largest_complex_of_a_kind_is_chosen_once_and_for_all():
    largest = "{change: demolition, kind: POF, month: 2026-08, rehouse_months: 1}"
    # of C1 three homes are let or of the kind; C9 is the largest once an empty one has gone
    more = [a_dwelling(f"z{n}", complex="C9", kind="POF") for n in range(2)]
    street = project(facts_of(a_state(dwellings=more)), onto=a_street())
    state = rolled(street, changing(largest), 6)
    assert state.works["complex"].tolist() == ["C1"]
    assert list(state.dwellings.index) == ["a", "b", "e", "f", "g", "z0", "z1"]


def test_two_demolitions_choose_two_complexes():
    largest = "{change: demolition, neighbourhood: BU99990101, month: 2026-09, rehouse_months: 1}"
    state = rolled(a_street(), changing(largest, largest), 3)
    assert state.works["complex"].to_dict() == {"sloop-2026-09-1": "C1", "sloop-2026-09-2": "C2"}


def test_who_found_nothing_by_then_goes_to_a_wisselwoning_and_seeks_on():
    keeps = SLOOP.replace("months: 3", "months: 3, wisselwoningen: 2")
    before = rolled(a_street(), changing(keeps), 3)
    assert before.dwellings.index[before.dwellings["status"] == "UIT"].tolist() == ["f", "g"]
    state = rolled(a_street(), changing(keeps), 5)

    let = state.tenancies.set_index("household")["dwelling"]
    assert {"a", "b", "c", "d"}.isdisjoint(state.dwellings.index)
    assert (let["stil"], let["zoekt"]) == ("f", "g")
    assert state.dwellings.loc[["f", "g"], "status"].tolist() == ["VEH", "VEH"]
    assert "stil" in state.wishes.index
    assert state.households.loc["stil", "priority"] == "URG"


def test_a_wisselwoning_that_nobody_needed_is_let_again():
    keeps = SLOOP.replace("months: 3", "months: 3, wisselwoningen: 3")
    street = project(facts_of(a_state(dwellings=[a_dwelling("z", complex="C2")])), onto=a_street())
    state = rolled(street, changing(keeps), 6)

    kept = set(state.works["dwelling"].dropna())
    assert kept == {"f", "g", "z"}
    assert sorted(state.dwellings.loc[sorted(kept), "status"]) == ["LEE", "VEH", "VEH"]


def test_a_complex_is_not_let_while_it_is_renovated_and_its_tenants_stay():
    street = street_with(households=[a_household("blijft", lives_in="a"), a_household("nieuw")])
    assert {home for who, home in offered(street, 2) if who == "nieuw"} == set("abcdefg")
    during = rolled(street, changing(RENOVATION), 3)
    assert {home for who, home in offered(during, 2) if who == "nieuw"} == {"f"}
    assert during.tenancies["dwelling"].tolist() == ["a"]


def test_wisselwoningen_are_kept_out_of_letting_near_ones_first_and_come_back():
    during = rolled(a_street(), changing(RENOVATION.replace(": 2, a", ": 1, a")), 3)
    assert during.dwellings.index[during.dwellings["status"] == "UIT"].tolist() == ["g"]
    both = rolled(a_street(), changing(RENOVATION), 4)
    assert both.dwellings.index[both.dwellings["status"] == "UIT"].tolist() == ["f", "g"]
    after = rolled(a_street(), changing(RENOVATION), 5)
    back = after.dwellings.loc[["f", "g"]]
    assert back["status"].tolist() == ["LEE", "LEE"]
    assert set(back["available"].dt.date) == {date(2026, 10, 1)}


def test_a_home_with_a_label_is_no_wisselwoning():
    label = "{change: allocation, label: 55plus, label_neighbourhood: BU99990102}"
    state = rolled(a_street(), changing(label, RENOVATION), 3)
    assert state.works["dwelling"].dropna().tolist() == ["f"]


def test_two_renovations_never_keep_the_same_home():
    one = RENOVATION.replace("wisselwoningen: 2", "wisselwoningen: 1")
    state = rolled(a_street(), changing(one, one), 3)
    assert sorted(state.works["dwelling"].dropna()) == ["f", "g"]


def test_a_home_is_never_worse_after_its_renovation():
    homes = rolled(a_street(), changing(RENOVATION), 5).dwellings.loc[list("abcde")]
    assert homes["access"].tolist() == ["ROA", "ROL", "ROA", "ROA", "ZON"]
    assert homes["energy"].fillna("-").tolist() == ["B", "B", "A++", "B", "-"]
