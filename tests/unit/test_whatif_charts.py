"""The charts of a what-if: equal bytes everywhere, readable in grey, never of a few people."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest

from desk.paper.whatif import canvas, charts, look, said
from desk.paper.whatif.figured import between, figure, signed
from desk.paper.whatif.shapes import Dots, Line, Lines, Panel, Point, Row, words
from tests.whatif_runs import BUILD, FEW_PLACE, LONGEST, LOT, a_comparison, some_scenarios

TITLES = {one.name: one.title for one in some_scenarios(BUILD, LOT, LONGEST)}
NASTY = "<script>alert(1)</script> $x^2$ & 'co'"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def found():
    return charts.of_comparison(a_comparison(BUILD, LOT), TITLES)


@pytest.fixture(scope="module")
def drawn(found):
    return {name: charts.svg(chart) for name, chart in found.items()}


def parsed(svg):
    return ET.fromstring(svg)  # noqa: S314 - our own drawing


def test_a_comparison_fills_every_chart(found):
    assert list(found) == [
        *("verschillen", "older-unsuitable-per-jaar", "moves-per-jaar", "ketenlengte"),
        *("keteneinden", "vrijgekomen-huurklasse", "vrijgekomen-kamers"),
        *("vrijgekomen-toegankelijkheid", "slaagkans-moves", "slaagkans-older-to-suitable"),
    ]


def test_the_same_chart_gives_the_same_bytes_in_another_process():
    few = {"replications": 2, "acceptances": (40,)}
    drawn_here = charts.svg(charts.differences(a_comparison(BUILD, LOT, **few), TITLES))
    code = (
        "import sys; from tests.whatif_runs import *; from desk.paper.whatif import charts\n"
        "titles = {s.name: s.title for s in some_scenarios(BUILD, LOT, LONGEST)}\n"
        "few = {'replications': 2, 'acceptances': (40,)}\n"
        "found = charts.differences(a_comparison(BUILD, LOT, **few), titles)\n"
        "sys.stdout.buffer.write(charts.svg(found))"
    )
    env = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": os.curdir}
    told = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=True)

    assert told.stdout == drawn_here


def test_a_setting_of_this_machine_changes_nothing(found, drawn):
    import matplotlib as mpl  # noqa: PLC0415 - only here

    theirs = {"axes.linewidth": 9, "xtick.major.width": 5, "svg.fonttype": "path"}
    with mpl.rc_context(theirs):
        assert charts.svg(found["moves-per-jaar"]) == drawn["moves-per-jaar"]


def test_a_drawing_has_no_style_no_scripts_and_no_address_but_its_namespace(drawn):
    for name, svg in drawn.items():
        text = svg.decode()
        assert not re.search(r"\sstyle=|<style|<script|<image|\son[a-z]+=", text), name
        assert set(re.findall(r"https?://[^\"' ]+", text)) == {"http://www.w3.org/2000/svg"}


def test_ids_in_charts_are_their_own_and_everything_led_to_is_there(drawn):
    every = [set(re.findall(r'\sid="([^"]+)"', svg.decode())) for svg in drawn.values()]
    led = [set(re.findall(r'(?:href="|url\()#([^")]+)', svg.decode())) for svg in drawn.values()]

    assert all(not one & other for one, other in combinations(every, 2))
    assert all(leads <= ids for leads, ids in zip(led, every, strict=True))


def test_what_somebody_typed_is_text_in_a_drawing():
    titles = {**TITLES, BUILD: NASTY}
    chart = charts.ends(a_comparison(BUILD, LOT), titles)
    root = parsed(charts.svg(chart))

    assert NASTY in [text.text for text in root.iter(f"{SVG}text")]
    assert not list(root.iter(f"{SVG}script"))


def test_a_sign_that_the_typeface_lacks_is_drawn_all_the_same():
    titles = {**TITLES, BUILD: "Wonen in \uff1e\u4e2d"}
    assert "中" in charts.svg(charts.ends(a_comparison(BUILD, LOT), titles)).decode()


def test_a_drawing_says_its_title_and_the_main_thing_to_who_cannot_see(found, drawn):
    for name, svg in drawn.items():
        root = parsed(svg)
        title = root.find(f"{SVG}title")
        assert root.get("role") == "img"
        assert root.get("aria-labelledby") == title.get("id")
        assert title.text == f"{found[name].title}. {charts.told(found[name])}"


def test_every_chart_is_told_in_one_sentence(found):
    for chart in found.values():
        assert re.fullmatch(r"[A-Z][^!?]*\.", charts.told(chart)), charts.told(chart)
        assert not re.search(r"\b(nan|None)\b", charts.told(chart))


def test_behind_every_chart_is_a_table_of_its_figures(found):
    for chart in found.values():
        headings, rows = charts.table(chart)
        assert rows
        assert all(len(row) == len(headings) for row in rows)


def _luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one, other=look.PAPER):
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_scenarios_are_told_apart_without_colour():
    styles = look.STYLES

    assert len(styles) == look.SERIES_MOST
    assert len({style.dashes for style in styles}) == len(styles)
    assert len({style.marker for style in styles}) == len(styles)
    assert all(_contrast(style.colour) >= 3 for style in styles)
    assert _contrast(look.SOFT) >= 4.5


def test_parts_of_a_bar_are_told_apart_without_colour():
    kinds = list(zip(look.FILLS, look.HATCHES, strict=True))

    assert len(set(kinds)) == len(kinds) == len(charts.ENDS)


def test_four_scenarios_are_drawn_with_four_kinds_of_lines():
    chart = charts.over_time(a_comparison(BUILD, LOT, LONGEST), TITLES, measure="moves")
    drawn = [
        {name: path.get(name) for name in ("stroke", "stroke-dasharray", "stroke-linecap")}
        for path in parsed(charts.svg(chart)).iter(f"{SVG}path")
        if path.get("clip-path") and path.get("stroke-width") == "2"
    ]

    assert len(drawn) == 4
    assert len({line["stroke-dasharray"] for line in drawn}) == 4


def test_older_people_are_shown_with_a_range_and_an_interval(found):
    chart = found["older-unsuitable-per-jaar"]
    headings, rows = charts.table(chart)

    assert chart.title == "Ouderen in een ongeschikte woning, per jaar"
    assert headings[1:] == (
        "Scenario",
        "huishoudens",
        "Strenge tot ruime lezing",
        "Verschil met niets doen",
    )
    assert re.fullmatch(r"\d+ \(\d+ tot \d+\)", rows[0][2])
    assert re.fullmatch(r"\d+ tot \d+", rows[0][3])
    assert "schattingen" in chart.note


def test_a_difference_is_drawn_around_zero_and_told_with_its_interval(found):
    chart = found["verschillen"]
    rows = {row[0]: row[1:] for row in charts.table(chart)[1]}

    assert chart.around_zero
    assert re.fullmatch(r"\+\d+ \(\d+ tot \d+\)", rows["Verhuizingen (huishoudens)"][1])
    assert "(−" in rows["Verhuizingen (huishoudens)"][0]
    assert re.search(r"bij Veertig woningen \d van de 8", charts.told(chart))


def test_what_nobody_spends_is_not_drawn():
    comparison = a_comparison(BUILD)
    totals = comparison.totals.copy()
    none = totals["measure"] == "scheme_cost"
    totals.loc[none, ["difference", "difference_low", "difference_high"]] = 0.0
    chart = charts.differences(replace(comparison, totals=totals), TITLES)

    assert "Kosten van regelingen" not in [panel.title for panel in chart.panels]


def test_four_what_ifs_beside_one_another_are_told_apart_and_five_are_not_drawn():
    one = (a_comparison(BUILD, LOT), TITLES)
    four, five = charts.beside([one, one]), charts.beside([one, one, (a_comparison(BUILD), TITLES)])

    markers = {look.STYLES[number].marker for number in range(4)}
    assert len(four.series) == len(markers) == 4
    assert charts.svg(four)
    assert five is None


def test_a_measure_that_does_not_fit_is_named_and_not_counted():
    chart = charts.differences(a_comparison(BUILD, LOT, LONGEST), TITLES)
    shown = {panel.title for panel in chart.panels}

    assert "Leegstand" not in shown
    assert chart.note.endswith("Niet in deze grafiek, wel in de tabellen: Leegstand.")
    assert f"van de {len(shown)}" in charts.told(chart)


def test_ends_add_up_to_a_hundred_percent(found):
    assert all(sum(parts) == 1000 for _, parts in found["keteneinden"].rows)


def test_too_many_lines_for_a_page_are_left_out_and_that_is_said():
    comparison = a_comparison(BUILD, LOT, LONGEST)
    chart = charts.lengths(comparison, TITLES)

    assert [panel.title for panel in chart.panels] == [
        "Ketens door nieuwbouw",
        "Ketens door overlijden",
    ]
    assert chart.note.endswith("Niet in deze grafiek, wel in het werkboek: Ketens door vertrek.")


def test_without_a_band_there_is_no_sweep():
    assert charts.sweep(a_comparison(BUILD, replications=2, acceptances=(40,)), TITLES) is None


def test_one_replication_gives_figures_without_intervals():
    found = charts.of_comparison(a_comparison(BUILD, replications=1, acceptances=(40,)), TITLES)

    assert re.fullmatch(r"\+\d+", charts.table(found["verschillen"])[1][0][1])
    assert charts.svg(found["verschillen"])


def test_a_cell_of_too_few_people_is_never_a_figure():
    few = Point(few=True)
    line = Line("Niets doen", (few, Point(12.0, 10.0, 14.0)))
    chart = Lines("n", "t", "huishoudens", "jaren", (1, 2), ("1", "2"), (line,), "Zin.")
    dots = Dots("n", "t", ("a",), (Panel("p", "u", (Row("r", (few,)),)),), "Zin.")

    assert charts.table(chart)[1][0] == ("1", "Niets doen", "niet getoond", "–")
    assert "niet getoond" in charts.svg(dots).decode()
    alone = replace(line, points=(few, few), least=(few, few), most=(few, few))
    assert "niet getoond" in charts.svg(replace(chart, lines=(alone,))).decode()
    assert FEW_PLACE not in charts.svg(chart).decode()


def test_a_level_stands_beside_its_difference_from_doing_nothing(found):
    for name in ("vrijgekomen-huurklasse", "moves-per-jaar", "ketenlengte"):
        headings, rows = charts.table(found[name])
        whose = headings.index("Scenario")
        assert headings[-1] == "Verschil met niets doen", name
        assert {row[-1] for row in rows if row[whose] == TITLES["niets-doen"]} == {"–"}
        assert all(
            re.fullmatch(r"[+−]?[\d,]+ \(−?[\d,]+ tot −?[\d,]+\)", row[-1])
            for row in rows
            if row[whose] != TITLES["niets-doen"]
        ), name


def test_whatever_figure_a_sentence_tells_has_its_interval(found):
    for chart in found.values():
        told = charts.told(chart)
        for sign in re.finditer(r"[+−]\d[\d,.]* (?!tot)", told):
            assert told[sign.end() :].startswith("("), told


def test_a_difference_that_may_be_chance_is_never_told_as_one(found):
    around_zero = re.compile(r"\(−[\d,.]+ tot \d[\d,.]*([^)]*)\)")
    told = around_zero.findall(" ".join(charts.told(chart) for chart in found.values()))

    assert len(told) >= 3
    assert {one.strip(", ") for one in told} == {"niet te onderscheiden"}
    assert "bij Loting niets" in charts.told(found["vrijgekomen-kamers"])


def test_how_often_each_level_was_run_stands_beside_the_sweep():
    assert said.sweep_note({20: 2, 40: 4}).endswith(
        "Herhalingen: 2 bij 20 % en 4 bij 40 %. Met minder herhalingen is een streep langer."
    )
    assert said.sweep_note({20: 4, 40: 4}).endswith("Herhalingen: 4 bij 20 % en 4 bij 40 %.")


def a_range(*low):
    """A stock through the years, of which the low reading is as given."""
    middle, high = Point(30.0, 28.0, 32.0), Point(78.0, 70.0, 86.0)
    line = Line("Niets doen", (middle,) * 2, least=low, most=(high,) * 2)
    return Lines("n", "t", "huishoudens", "jaren", (1, 2), ("1", "2"), (line,), "Zin.")


def test_a_low_reading_that_is_not_shown_leaves_the_rest_of_the_range():
    few, low = Point(few=True), Point(13.0, 11.0, 15.0)
    chart = a_range(few, low)

    assert [row[3] for row in charts.table(chart)[1]] == ["niet getoond tot 78", "13 tot 78"]
    assert charts.svg(chart) != charts.svg(a_range(low, low))


def test_a_range_that_begins_unseen_says_so():
    comparison = a_comparison(BUILD)
    yearly = comparison.yearly.copy()
    low = (yearly["measure"] == "older_unsuitable_low") & (yearly["group"] == "")
    yearly.loc[low, ["mean", "low", "high"]] = float("nan")
    yearly.loc[low, "suppressed"] = True
    chart = charts.over_time(replace(comparison, yearly=yearly), TITLES)

    assert chart.note.endswith(said.FROM_ZERO)
    assert re.search(r", naar gelang de lezing niet getoond tot \d+", charts.told(chart))
    assert not charts.over_time(comparison, TITLES).note.endswith(said.FROM_ZERO)


def test_a_figure_of_many_digits_stays_on_the_sheet():
    wide = Point(199_437.0, 119_857.0, 279_017.0)
    chart = Dots(
        "n", "t", ("a",), (Panel("p", "euro", (Row("r", (wide,)),)),), "Zin.", around_zero=True
    )
    text = "+199.437 (119.857 tot 279.017)"
    drawn = next(one for one in parsed(charts.svg(chart)).iter(f"{SVG}text") if one.text == text)
    left = float(
        re.search(r"translate\(([\d.]+)|", drawn.get("transform", ""))[1] or drawn.get("x")
    )

    assert left + canvas.wide(text, canvas.SMALL) <= canvas.WIDTH


def test_an_end_put_together_with_others_is_explained():
    comparison = a_comparison(BUILD)
    ends = comparison.ends.replace({"end": {"achterblijver": "overig"}})
    chart = charts.ends(replace(comparison, ends=ends), TITLES)

    assert chart.parts[-1] == "overig"
    assert chart.note.endswith(said.REST_NOTE)


@pytest.mark.parametrize(
    ("value", "told"),
    [(1184.8, "1.185"), (84.84, "84,8"), (7.0, "7"), (-3.0, "−3"), (-0.01, "0"), (None, "–")],
)
def test_figures_are_written_the_dutch_way(value, told):
    assert figure(value) == told


def test_a_figure_may_have_as_many_decimals_as_asked():
    assert figure(1184.84, digits=1) == "1.184,8"
    assert signed(34.0) == "+34"
    assert signed(-0.001) == signed(0.0) == "0"
    assert between(-4.0, 10.5) == "−4 tot 10,5"
    assert between(float("nan"), 1.0) == ""


def test_a_point_is_clear_only_when_its_interval_leaves_zero_out():
    assert Point(3.0, 1.0, 5.0).clear
    assert Point(-3.0, -5.0, -1.0).clear
    assert not Point(3.0, 0.0, 6.0).clear
    assert not Point(3.0).clear
    assert words(Point(3.0, -1.0, 7.0), difference=True) == "+3 (−1 tot 7)"
