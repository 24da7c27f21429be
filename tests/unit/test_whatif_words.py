"""What a what-if says in words: assumptions, changes, and the answer in three sentences."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from data_contracts.phrases import policy_in_words
from data_contracts.scenario import Scenario, examples, scenario_from
from data_contracts.scenario_mistakes import outside
from desk.paper.whatif import cells, sections
from desk.paper.whatif.answers import answers, sentences
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


def test_the_answer_says_what_changes_how_sure_that_is_and_what_does_not():
    what, chains, sure, same = sentences(a_comparison(BUILD, LOT), BUILD)

    assert re.match(r"In 3 jaar verhuizen er \d+ huishoudens meer \(\d+ tot \d+\),", what)
    assert "ongeschikte" not in what  # only the middle reading differs
    assert re.fullmatch(
        r"Een keten die met nieuwbouw begint telt gemiddeld 3(,\d)? verhuizingen "
        r"\([\d,]+ tot [\d,]+\)\.",
        chains,
    )
    assert sure == (
        "Dit volgt uit 4 herhalingen bij een slaagkans van 40 %, maar bij 20 % (4 herhalingen) "
        "wijst niet elk verschil dezelfde kant op."
    )
    assert same.startswith("Niet te onderscheiden van niets doen: ")
    assert "verhuizingen van starters" in same
    assert "ouderen in een ongeschikte woning" in same


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


def test_where_nothing_demonstrably_differs_the_answer_says_so():
    what, _, sure, same = sentences(a_comparison(BUILD, LOT), LOT)

    assert what == "In 3 jaar is op de hoofdpunten geen verschil met niets doen aan te tonen."
    assert sure.endswith("; ook met 20 % (4 herhalingen) is gerekend.")
    assert "verhuizingen, ouderen in een ongeschikte woning" in same


def test_what_demonstrably_costs_more_is_part_of_the_answer():
    comparison = a_comparison(BUILD, LOT)
    totals = comparison.totals.copy()
    here = (totals["scenario"] == LOT) & (totals["measure"] == "scheme_cost")
    totals.loc[here, ["difference", "difference_low", "difference_high"]] = [900.0, 800.0, 999.0]

    what, _, _, same = sentences(replace(comparison, totals=totals), LOT)

    assert what == "In 3 jaar is er meer geld nodig voor regelingen, vergeleken met niets doen."
    assert "regelingen" not in same


DIFFERENCE = ["difference", "difference_low", "difference_high"]


def with_differences(measures, *, level=40, rest=None):
    """A comparison in which building has these differences: `measure: (value, low, high)`.

    `rest`: what all others are at that level; left out, they are as they were.
    """
    comparison = a_comparison(BUILD, LOT)
    totals = comparison.totals.copy()
    here = (totals["scenario"] == BUILD) & (totals["group"] == "") & (totals["acceptance"] == level)
    if rest is not None:
        totals.loc[here, DIFFERENCE] = rest
    for measure, told in measures.items():
        totals.loc[here & (totals["measure"] == measure), DIFFERENCE] = told
        hidden = here & (totals["measure"] == measure) & (told[0] != told[0])
        totals.loc[hidden, "suppressed"] = True
    return replace(comparison, totals=totals)


LOW, MIDDLE, HIGH = (f"older_unsuitable{end}" for end in ("_low", "", "_high"))
HIDDEN = (float("nan"),) * 3


def test_older_people_unsuitably_housed_are_told_as_a_range_over_the_readings():
    clear = {LOW: (-3.0, -5.0, -1.0), MIDDLE: (-8.0, -9.0, -6.0), HIGH: (-12.0, -14.0, -10.0)}

    what = sentences(with_differences(clear), BUILD)[0]

    assert (
        "wonen er aan het eind 3 tot 12 huishoudens van ouderen minder in een ongeschikte woning "
        "(naar gelang de lezing; met het toeval erbij 1 tot 14)"
    ) in what


def test_a_reading_that_is_not_shown_claims_and_denies_nothing():
    shown = {LOW: HIDDEN, MIDDLE: (-8.0, -9.0, -6.0), HIGH: (-12.0, -14.0, -10.0)}

    assert "8 tot 12 huishoudens van ouderen minder" in sentences(with_differences(shown), BUILD)[0]


@pytest.mark.parametrize("doubtful", [LOW, MIDDLE, HIGH])
def test_one_reading_that_may_be_chance_makes_the_whole_chance(doubtful):
    clear = {LOW: (-3.0, -5.0, -1.0), MIDDLE: (-8.0, -9.0, -6.0), HIGH: (-12.0, -14.0, -10.0)}

    what, *_, same = sentences(with_differences(clear | {doubtful: (-6.0, -12.0, 0.5)}), BUILD)

    assert "ongeschikte" not in what
    assert "ouderen in een ongeschikte woning" in same


def test_only_a_difference_that_turns_round_makes_another_chance_doubtful():
    none = (0.0, -9.0, 9.0)
    wider = with_differences({"moves": (90.0, -200.0, 380.0)}, level=20, rest=none)
    turned = with_differences({"moves": (-90.0, -200.0, 20.0)}, level=20, rest=none)
    hidden = with_differences({"moves": HIDDEN}, level=20, rest=none)

    assert "wijst elk van deze verschillen dezelfde kant op" in sentences(wider, BUILD)[2]
    assert "wijst elk verschil dat daar getoond is dezelfde kant op" in sentences(hidden, BUILD)[2]
    assert (
        "bij 20 % (4 herhalingen) wijst niet elk verschil dezelfde kant op"
        in (sentences(turned, BUILD)[2])
    )


OF_BUILD = cells.others(a_comparison(BUILD, LOT)).index(BUILD)


def chains_part():
    return next(part for part in sections.PARTS if part.chains)


def test_how_long_chains_are_stands_beside_doing_nothing():
    lines = sections.measured(a_comparison(BUILD, LOT), chains_part())
    told = {line.title: line for line in lines}

    assert told["Verhuizingen per keten"].differences[OF_BUILD].verdict == "aantoonbaar meer"
    assert told["Verhuizingen per keten die met nieuwbouw begint"].baseline.startswith("2")


def without_new_homes():
    """A comparison in which nothing is built when nothing is done."""
    comparison = a_comparison(BUILD, LOT)
    lengths = comparison.lengths
    built = (lengths["scenario"] == "niets-doen") & (lengths["cause"] == "nieuwbouw")
    return replace(comparison, lengths=lengths[~built])


def test_chains_of_new_homes_alone_are_told_as_they_are():
    lines = sections.measured(without_new_homes(), chains_part())
    line = next(one for one in lines if one.title.endswith("met nieuwbouw begint"))

    assert line.baseline == "–"
    assert re.fullmatch(r"3(,\d)?", line.differences[OF_BUILD].told)
    assert re.fullmatch(r"[\d,]+ tot [\d,]+", line.differences[OF_BUILD].interval)
    assert line.differences[OF_BUILD].verdict == sections.ALONE


def test_without_new_homes_the_answer_tells_the_difference_of_all_chains():
    comparison = a_comparison(BUILD, LOT)
    lengths = comparison.lengths
    none = replace(comparison, lengths=lengths[lengths["cause"] != "nieuwbouw"])

    assert re.fullmatch(
        r"Een keten telt gemiddeld [\d,]+ verhuizingen meer dan bij niets doen "
        r"\([\d,]+ tot [\d,]+\)\.",
        sentences(none, BUILD)[1],
    )
    assert len(sentences(none, LOT)) == 3


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


@pytest.mark.parametrize(
    ("difference", "said"),
    [
        (
            (95.0, 80.0, 110.0),
            (
                "Aan het eind hebben 95 huishoudens van ouderen meer dan bij niets doen geen "
                "supermarkt op rollatorafstand (80 tot 110)."
            ),
        ),
        (
            (2.0, -3.0, 7.0),
            (
                "Hoeveel huishoudens van ouderen geen supermarkt op rollatorafstand hebben, is "
                "niet te onderscheiden van niets doen."
            ),
        ),
    ],
)
def test_who_closes_a_shop_hears_who_is_without(difference, said):
    comparison = a_comparison(BUILD)
    totals = comparison.totals
    whole = totals[(totals["measure"] == "facilities_missing") & (totals["group"] == "")]
    ends = ["difference", "difference_low", "difference_high"]
    shops = whole.assign(group="facility:SUPERMARKT", **dict(zip(ends, difference, strict=True)))
    found = replace(comparison, totals=pd.concat([totals, shops], ignore_index=True))
    closing = {"change": "facility_closes", "month": "2028-01", "kind": "SUPERMARKT"}

    (told,) = answers(found, (a_scenario(BUILD, changes=[closing]),))
    assert told.sentences[-1] == said
    (other,) = answers(found, (a_scenario(BUILD),))
    assert said not in other.sentences


def test_what_the_policy_says_of_what_is_counted_goes_along_with_the_report():
    told = dict(policy_in_words(a_policy(rollator_distance=400, region_hours_per_week=30)))

    assert told["Rollatorafstand"] == "400 meter"
    assert told["Uren van coaches"] == "30 per week samen"
    assert dict(policy_in_words(a_policy()))["Uren van coaches"] == "geen grens"
    start = Start("regio", date(2026, 11, 22), 7, "r", "b", "", "p", used=tuple(told.items()))
    assert START.validate_json(START.dump_json(start)) == start
    assert start.receipt.items() >= told.items()
