"""The answer of a what-if: what changes, how long chains are, how sure, and what not."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest

from desk.paper.whatif import cells, sections
from desk.paper.whatif.answers import answers, sentences
from tests.whatif_runs import BUILD, LOT, a_comparison, a_scenario


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
