"""The rules of the year: figures with their source, loud when there are none."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
import yaml

from data_contracts.rules import OURS, BadRules, NoRulesFor, rules_on

if TYPE_CHECKING:
    from pathlib import Path

YEARS = (2024, 2025, 2026)
PAGE = (OURS / "2026.yaml").read_text("utf-8")


def page(folder: Path, text: str, year: int = 2027) -> Path:
    (folder / f"{year}.yaml").write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("year", YEARS)
def test_every_figure_has_a_unit_a_source_and_an_address(year: int) -> None:
    figures = [
        f for section in rules_on(date(year, 7, 1)).figures.values() for f in section.values()
    ]
    assert figures
    assert all(
        f.value > 0 and f.unit and f.source and f.url.startswith("https://") for f in figures
    )


@pytest.mark.parametrize(
    ("year", "section", "name", "value"),
    [
        (2024, "daeb", "huurgrens", 87_966),
        (2024, "passend_toewijzen", "aftoppingsgrens_laag", 65_043),
        (2025, "passend_toewijzen", "inkomensgrens_meerpersoons_aow", 3_735_000),
        (2025, "huurprijzen", "liberalisatiegrens", 118_482),
        (2026, "daeb", "inkomensgrens_eenpersoons", 5_153_700),
        (2026, "daeb", "inkomensgrens_meerpersoons", 5_691_000),
        (2026, "daeb", "huurgrens", 93_293),
        (2026, "passend_toewijzen", "aftoppingsgrens_laag", 71_302),
        (2026, "passend_toewijzen", "aftoppingsgrens_hoog", 76_414),
        (2026, "passend_toewijzen", "inkomensgrens_eenpersoons", 2_940_000),
        (2026, "passend_toewijzen", "norm", 950),
        (2026, "daeb", "norm", 925),
    ],
)
def test_a_confirmed_figure_is_in_its_page(year: int, section: str, name: str, value: int) -> None:
    assert rules_on(date(year, 1, 1)).value(section, name) == value


@pytest.mark.parametrize(
    ("year", "section", "name"),
    [
        (2024, "passend_toewijzen", "inkomensgrens_meerpersoons_aow"),
        (2024, "huurprijzen", "liberalisatiegrens"),
        (2026, "huurprijzen", "liberalisatiegrens"),
        (2026, "passend_toewijzen", "vermogensgrens_54a_alleen"),
    ],
)
def test_an_unconfirmed_figure_is_absent(year: int, section: str, name: str) -> None:
    assert rules_on(date(year, 1, 1)).figure(section, name) is None


@pytest.mark.parametrize("year", YEARS)
def test_what_no_figure_can_say_is_listed_with_a_reason(year: int) -> None:
    named = rules_on(date(year, 1, 1)).onvertaalbaar
    assert {"toetshuur_bij_huurbehoud", "artikel_54a", "zorgindicatie"} <= set(named)


def test_a_year_without_a_page_says_what_to_do() -> None:
    with pytest.raises(NoRulesFor, match=r"Kopieer de regels .* 2027\.yaml"):
        rules_on(date(2027, 1, 1))


def test_a_new_year_can_be_added_without_a_release(tmp_path: Path) -> None:
    page(tmp_path, PAGE.replace("jaar: 2026", "jaar: 2027"))
    assert rules_on(date(2027, 1, 1), folder=tmp_path).year == 2027


def test_a_page_of_ones_own_goes_before_ours(tmp_path: Path) -> None:
    page(tmp_path, PAGE.replace("value: 71302", "value: 71303"), year=2026)
    own = rules_on(date(2026, 1, 1), folder=tmp_path)
    assert own.value("passend_toewijzen", "aftoppingsgrens_laag") == 71_303
    assert own.hash != rules_on(date(2026, 1, 1)).hash


@pytest.mark.parametrize(
    ("was", "becomes", "named"),
    [
        ("value: 71302", "value: 713.02", r"passend_toewijzen\.aftoppingsgrens_laag\.value"),
        ("value: 71302", "value: '71302'", r"passend_toewijzen\.aftoppingsgrens_laag\.value"),
        ("unit: promille", "unit: procent", r"\.norm\.unit"),
        ("jaar: 2027", "jaar: 2026", "bij jaar staat 2026"),
        (
            "  aftoppingsgrens_hoog:",
            "  aftoppingsgrens_laag:",
            "aftoppingsgrens_laag staat er twee",
        ),
        ("daeb:", "daeb: [", "niet te lezen als YAML"),
    ],
)
def test_a_page_that_is_not_right_names_the_place(
    tmp_path: Path, was: str, becomes: str, named: str
) -> None:
    right = PAGE.replace("jaar: 2026", "jaar: 2027")
    assert was in right
    page(tmp_path, right.replace(was, becomes))
    with pytest.raises(BadRules, match=named):
        rules_on(date(2027, 1, 1), folder=tmp_path)


def test_a_figure_without_an_address_is_refused(tmp_path: Path) -> None:
    content = yaml.safe_load(PAGE) | {"jaar": 2027}
    del content["daeb"]["huurgrens"]["url"]
    page(tmp_path, yaml.safe_dump(content))
    with pytest.raises(BadRules, match=r"daeb\.huurgrens\.url"):
        rules_on(date(2027, 1, 1), folder=tmp_path)
