"""What a what-if says in words: assumptions, changes, and where a measure stands."""

from __future__ import annotations

import re
from datetime import date

import pytest

from data_contracts.phrases import policy_in_words
from data_contracts.scenario import Scenario, examples, scenario_from
from data_contracts.scenario_mistakes import outside
from desk.paper.whatif import sections
from desk.paper.whatif.answers import sentences
from desk.paper.whatif.assumptions import (
    LABELS,
    NO_SOURCE,
    NOT_ASSUMED,
    assumptions,
    in_words,
    sourced,
)
from desk.paper.whatif.changes import change_in_words, month_in_words
from desk.paper.whatif.look import SERIES_MOST
from desk.paper.whatif.report import Told
from desk.paper.whatif.shapes import Point
from docs import whatif as documented
from matching.simulate.catalogue import MEASURES
from matching.simulate.ratios import SHARES
from store.simulation_start import START, Start
from tests.builders import a_policy
from tests.whatif_runs import BUILD, LOT, a_comparison, a_scenario, some_scenarios

BESIDE = {"dwellings", "older_households", "lets", "local_let"} | {
    part for pair in SHARES.values() for part in pair
}
"""Measures that stand in the workbook only, or in a percentage."""


def by_path(scenarios):
    return {one.path: one for one in assumptions(scenarios)}


def test_every_assumption_has_a_label_and_a_source():
    found = assumptions(some_scenarios(BUILD))

    assert {one.path for one in found} == set(LABELS)
    assert all(one.label and one.value and one.source for one in found)
    assert {path.split(".")[0] for path in LABELS} == set(Scenario.model_fields) - set(NOT_ASSUMED)


def test_what_a_planner_changed_is_marked_with_what_it_was():
    changed = by_path([a_scenario(acceptance={"percent": 25, "band": [10]}, years=10)])

    assert changed["years"].usual == ""
    assert changed["years"].whose == "standaard"
    assert (changed["acceptance.percent"].value, changed["acceptance.percent"].usual) == (
        "25 %",
        "40 %",
    )
    assert changed["acceptance.percent"].whose == "aangepast"


def test_our_source_says_nothing_of_a_figure_of_somebody_else():
    assert by_path([a_scenario(acceptance={"percent": 25})])["acceptance.percent"].source == (
        NO_SOURCE
    )
    told = {**a_scenario().sources, "acceptance": "eigen telling 2025"}
    with_source = by_path([a_scenario(acceptance={"percent": 25}, sources=told)])
    assert with_source["acceptance.percent"].source == "eigen telling 2025"


def test_where_scenarios_differ_each_value_is_told():
    found = by_path([a_scenario("een", years=5), a_scenario("twee", years=7)])

    assert found["years"].value == "Een: 5 jaar; Twee: 7 jaar"


def test_the_source_of_a_part_is_that_of_the_whole():
    assert sourced("demography.arrivals.starters_a_year", {"demography.arrivals": "CBS"}) == "CBS"
    assert sourced("years", {}) == ""


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("demography.vacancy_months", 1, "1 maand"),
        ("demography.limited_seeks", 0.035, "3,5 %"),
        (
            "demography.leave",
            [{"age": 0, "chance": 0.07}, {"age": 80, "chance": 0.1}],
            "7 %, 10 % vanaf 80",
        ),
        ("demography.arrivals.starters_a_year", None, "de lijst blijft even lang"),
        (
            "demography.portal.leaves",
            {"GAL": {"EIN": 0.25}},
            "naar galerijflat: 25 % uit eindwoning",
        ),
        ("acceptance.band", (20, 60), "20 %, 60 %"),
        ("acceptance.band", (), "geen"),
    ],
)
def test_values_are_told_in_dutch(path, value, told):
    assert in_words(path, value) == told


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            {"change": "new_build", "month": "2028-03", "number": 40, "home": {"rent": 65_050},
             "place": {"neighbourhood": "BU99990101"}, "let_to": "downsizers"},
            ("In maart 2028 komen er 40 woningen bij in buurt BU99990101: galerijflat, 3 kamers, "
            "70 m², met lift, rollatorgeschikt, zonder treden, €\u00a0650,50 per maand, eerst voor "
            "wie een grote woning achterlaat."),
        ),
        (
            {"change": "demolition", "complex": "C1", "month": "2029-01"},
            ("In januari 2029 wordt complex C1 gesloopt. De bewoners krijgen in de 12 maanden "
            "daarvoor een andere woning."),
        ),
        (
            {"change": "renovation", "complex": "C1", "month": "2029-01", "wisselwoningen": 1,
             "access": "NUL", "energy": "A"},
            ("In januari 2029 begint de renovatie van complex C1. Die duurt 6 maanden, met "
            "1 wisselwoning. Daarna: nultreden, energielabel A."),
        ),
        (
            {"change": "sale", "month": "2027-01", "until": "2028-12", "kind": "EIN", "share": 0.5},
            ("Vanaf januari 2027 tot en met december 2028 wordt 50 % van de woningen in alle "
            "buurten (eindwoning) verkocht als zij vrijkomen."),
        ),
        (
            {"change": "facility_opens", "month": "2027-01", "kind": "SUPERMARKT"},
            ("In januari 2027 opent een voorziening (supermarkt) in de buurt met de meeste "
            "woningen."),
        ),
        (
            {"change": "facility_closes", "month": "2027-01", "facility": "F1"},
            "In januari 2027 sluit een voorziening (F1).",
        ),
        (
            {"change": "allocation", "how": "lottery", "weights": {"year_waiting": 0}},
            ("Vanaf het begin worden woningen toegewezen door loting, met andere punten "
            "(year_waiting 0)."),
        ),
        (
            {"change": "scheme", "month": "2027-01",
             "scheme": {"name": "Verhuisvoordeel", "source": "x", "grant": 100_000,
                        "rent_retention": True, "min_age": 65}},
            ("Vanaf januari 2027 geldt de regeling Verhuisvoordeel met huurbehoud, een bijdrage "
            "van €\u00a01.000, vanaf 65 jaar."),
        ),
        (
            {"change": "coach_hours", "month": "2027-01", "hours_per_week": 24},
            ("Vanaf januari 2027 hebben de verhuiscoaches samen 24 uur per week voor nieuwe "
            "voorstellen."),
        ),
    ],
    ids=lambda value: value["change"] if isinstance(value, dict) else "",
)  # fmt: skip
def test_every_kind_of_change_is_told_in_a_sentence(change, told):
    assert change_in_words(a_scenario(changes=[change]).changes[0]) == told


def test_the_changes_of_every_example_can_be_told():
    for name in examples():
        for change in scenario_from(name).changes:
            assert re.fullmatch(r"[A-Z].*\.", change_in_words(change))


def test_a_change_without_a_month_is_from_the_start():
    assert month_in_words(None) == "het begin"


def test_assumptions_tell_what_was_run_not_what_was_written():
    told = Told(a_comparison(BUILD, LOT), some_scenarios(BUILD, LOT))
    found = by_path(told.scenarios)

    assert found["replications"].value == "4"
    assert found["replications"].usual == "20"
    assert found["acceptance.percent"].whose == "standaard"
    assert (found["acceptance.band"].value, found["acceptance.band"].usual) == (
        "20 %",
        "20 %, 60 %",
    )


def test_one_replication_proves_nothing():
    what, _, sure, _ = sentences(a_comparison(BUILD, replications=1, acceptances=(40,)), BUILD)

    assert "geen verschil" in what
    assert sure == "Er is maar één herhaling gerekend: hoe zeker dit is, valt niet te zeggen."


def test_every_measure_has_a_place_in_the_report():
    placed = [one for part in sections.PARTS for one in part.measures]

    assert len(placed) == len(set(placed))
    assert set(placed) | BESIDE == set(MEASURES)
    assert set(sections.RATIOS) == set(SHARES)


@pytest.mark.parametrize(
    ("point", "told"),
    [
        (Point(3.0, 1.0, 5.0), ("+3", "1 tot 5", "aantoonbaar meer")),
        (Point(-3.0, -5.0, -1.0), ("−3", "−5 tot −1", "aantoonbaar minder")),
        (Point(3.0, -1.0, 7.0), ("+3", "−1 tot 7", "niet te onderscheiden van niets doen")),
        (Point(0.0, 0.0, 0.0), ("0", "0 tot 0", "niet te onderscheiden van niets doen")),
        (Point(-6.0, -12.0, -0.04), ("−6", "−12 tot 0", "niet te onderscheiden van niets doen")),
        (Point(3.0), ("+3", "", "hoe zeker is niet te zeggen")),
        (Point(few=True), ("niet getoond", "", "")),
        (Point(), ("–", "", "")),
    ],
)
def test_a_difference_is_told_honestly(point, told):
    one = sections.difference(point)

    assert (one.told, one.interval, one.verdict) == told


def test_how_far_the_plans_are_from_the_best_is_told():
    lines = sections.distances(a_comparison(BUILD), {BUILD: "B", "niets-doen": "N"})

    assert lines[0] == (
        "N: 144 plannen gemaakt. Beter kon het gemiddeld hoogstens 1,00 %, en in de slechtste "
        "maand hoogstens 1,00 %. Nagerekend met de exacte motor: 12 plannen, gemiddeld 0,50 % "
        "onder het beste, hoogstens 0,50 %."
    )


def test_the_reports_of_our_examples_leave_none_out():
    shown = [name for names in documented.QUESTIONS.values() for name in names]

    assert sorted(shown) == sorted(examples())
    assert max(len(names) for names in documented.QUESTIONS.values()) < SERIES_MOST


def test_every_example_fits_the_years_of_the_reports():
    day = date.fromisoformat(documented.ON)
    for name in [name for names in documented.QUESTIONS.values() for name in names]:
        asked = scenario_from(name).model_copy(update={"years": documented.YEARS})
        assert list(outside(asked, day)) == []


def test_the_page_of_reports_leads_to_each_of_them():
    questions = list(documented.QUESTIONS)
    html = documented.page(questions)

    links = re.findall(r'href="\w+/wat-als\.(?:html|pdf|xlsx)"', html)
    assert len(links) == 3 * len(questions)


def test_what_the_policy_says_of_what_is_counted_goes_along_with_the_report():
    told = dict(policy_in_words(a_policy(rollator_distance=400, region_hours_per_week=30)))

    assert told["Rollatorafstand"] == "400 meter"
    assert told["Uren van coaches"] == "30 per week samen"
    assert dict(policy_in_words(a_policy()))["Uren van coaches"] == "geen grens"
    start = Start("regio", date(2026, 11, 22), 7, "r", "b", "", "p", used=tuple(told.items()))
    assert START.validate_json(START.dump_json(start)) == start
    assert start.receipt.items() >= told.items()
